// A gRPC service built from a descriptor instead of generated code: its methods take and give bytes.
#ifndef GI_SERVER_RPC_RAW_SERVICE_H_
#define GI_SERVER_RPC_RAW_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/support/async_unary_call.h"
#include "server/rpc/adapter.h"
#include "server/rpc/method_table.h"

namespace gi::rpc {

// Does by hand what generated code does with its WithRawCallbackMethod mix-ins. Immutable.
class RawService final : public grpc::Service {
 public:
  // `adapter` outlives the service.
  RawService(std::string name, std::vector<std::shared_ptr<const ServedMethod>> methods, const Adapter& adapter);

  // Full name: "gi.registry.v1.EntityService".
  const std::string& name() const { return name_; }

  // The methods that are to be served from a completion queue, by index.
  const std::vector<int>& queued_methods() const { return queued_; }
  const std::shared_ptr<const ServedMethod>& method(int index) const { return methods_[static_cast<size_t>(index)]; }
  // Asks gRPC for the next call of one of them; `tag` comes out of `queue` when there is one.
  void RequestCall(int index, grpc::ServerContext& context, grpc::ByteBuffer& request,
                   grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>& writer, grpc::ServerCompletionQueue& queue,
                   void* tag) {
    RequestAsyncUnary(index, &context, &request, &writer, &queue, &queue, tag);
  }

 private:
  const std::string name_;
  // gRPC keeps pointers into the paths of these.
  const std::vector<std::shared_ptr<const ServedMethod>> methods_;
  std::vector<int> queued_;
};

// One service for each service that a method of the table belongs to. FAILED_PRECONDITION naming the method, if the
// table and the protos linked into this program do not agree: a method of a service that the table lacks, one that no
// service has, one twice, one with another request type, one that streams in one direction only or does not fill its
// responses.
absl::StatusOr<std::vector<std::unique_ptr<RawService>>> MakeServices(const MethodTable& table, const Adapter& adapter);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_RAW_SERVICE_H_
