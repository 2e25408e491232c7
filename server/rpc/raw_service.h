// A gRPC service built from a descriptor instead of generated code: its methods take and give bytes.
#ifndef GI_SERVER_RPC_RAW_SERVICE_H_
#define GI_SERVER_RPC_RAW_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/async_unary_call.h"
#include "server/rpc/adapter.h"
#include "server/rpc/method_table.h"

namespace gi::rpc {

// Does by hand what generated code does with its WithRawMethod mix-ins. Immutable.
class RawService final : public grpc::Service {
 public:
  RawService(std::string name, std::vector<std::shared_ptr<const ServedMethod>> methods);

  // Full name: "gi.registry.v1.EntityService".
  const std::string& name() const { return name_; }

  int size() const { return static_cast<int>(methods_.size()); }
  const std::shared_ptr<const ServedMethod>& method(int index) const { return methods_[static_cast<size_t>(index)]; }

  // Asks gRPC for the next call of a method of that shape; `tag` comes out of `queue` when there is one.
  void RequestUnary(int index, grpc::ServerContext& context, grpc::ByteBuffer& request,
                    grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>& writer, grpc::ServerCompletionQueue& queue,
                    void* tag) {
    RequestAsyncUnary(index, &context, &request, &writer, &queue, &queue, tag);
  }
  void RequestStream(int index, grpc::ServerContext& context,
                     grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>& stream,
                     grpc::ServerCompletionQueue& queue, void* tag) {
    RequestAsyncBidiStreaming(index, &context, &stream, &queue, &queue, tag);
  }
  void RequestWatch(int index, grpc::ServerContext& context, grpc::ByteBuffer& request,
                    grpc::ServerAsyncWriter<grpc::ByteBuffer>& writer, grpc::ServerCompletionQueue& queue, void* tag) {
    RequestAsyncServerStreaming(index, &context, &request, &writer, &queue, &queue, tag);
  }

 private:
  const std::string name_;
  // gRPC keeps pointers into the paths of these.
  const std::vector<std::shared_ptr<const ServedMethod>> methods_;
};

// One service for each service that a method of the table belongs to. FAILED_PRECONDITION naming the method, if the
// table and the protos linked into this program do not agree: a method of a service that the table lacks, one that no
// service has, one twice, one with another request type, one whose shape is not that of its registration.
absl::StatusOr<std::vector<std::unique_ptr<RawService>>> MakeServices(const MethodTable& table,
                                                                      const CallLimits& limits);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_RAW_SERVICE_H_
