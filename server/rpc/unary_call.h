// One unary call. Used by the call queue only.
#ifndef GI_SERVER_RPC_UNARY_CALL_H_
#define GI_SERVER_RPC_UNARY_CALL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_unary_call.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/call_core.h"
#include "server/rpc/call_queue.h"

namespace gi::rpc {

// Waits for a call, answers it, and deletes itself when the answer was sent, or when it is given after the server has
// gone. A caller who leaves is noticed when the answer is sent.
class UnaryCall final : public CallCore, private EventQueue::Event {
 public:
  static void AskFor(const CallHost& host) { new UnaryCall(host); }

 private:
  explicit UnaryCall(const CallHost& host);
  ~UnaryCall() override = default;

  void Proceed(bool ok) override;
  void Begin();
  void Answer(const absl::StatusOr<const google::protobuf::Message*>& answer) override;
  void Send(const absl::Status& status, bool alive);

  const CallHost host_;
  const std::shared_ptr<CallGate> gate_;
  grpc::ServerContext grpc_context_;
  grpc::ByteBuffer request_bytes_;
  grpc::ByteBuffer response_bytes_;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> writer_;
  bool begun_ = false;
  bool entered_ = false;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_UNARY_CALL_H_
