// A bidirectional stream of a method that fills its responses: every message is answered by itself, in order.
// Used by the adapter only.
#ifndef GI_SERVER_RPC_STREAM_CALL_H_
#define GI_SERVER_RPC_STREAM_CALL_H_

#include <memory>

#include "absl/status/status.h"
#include "google/protobuf/arena.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "server/rpc/call_core.h"

namespace gi::rpc {

// Ends when the caller has sent its last message and has all answers, or with the first error. Deletes itself. gRPC
// calls its reactions one after the other, except OnCancel.
class StreamCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // `admitted`: not OK is the answer to the whole stream.
  StreamCall(std::shared_ptr<const ServedMethod> served, std::shared_ptr<CallGate> gate,
             std::unique_ptr<CallContext> context, size_t max_request_bytes, const absl::Status& admitted);

 private:
  ~StreamCall() override = default;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override { delete this; }

  // Answers the message in `request_`.
  absl::Status Respond();
  void End(const absl::Status& status);

  const std::shared_ptr<const ServedMethod> served_;
  const std::shared_ptr<CallGate> gate_;
  const std::unique_ptr<CallContext> context_;
  const size_t max_request_bytes_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  google::protobuf::Arena arena_;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_STREAM_CALL_H_
