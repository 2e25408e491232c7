// One unary call served by gRPC's callback API. Used by the adapter only.
#ifndef GI_SERVER_RPC_CALL_H_
#define GI_SERVER_RPC_CALL_H_

#include <atomic>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "server/rpc/call_core.h"

namespace gi::rpc {

// Deletes itself when gRPC is done with it and the answer is given or dropped, whichever comes later. Thread-safe where
// gRPC needs it: cancellation may race with the answer, and one of them wins.
class Call final : public grpc::ServerUnaryReactor, public CallCore {
 public:
  // The gate has been entered; the call leaves it when it is answered. `response` is gRPC's and lives until Finish is
  // done.
  Call(std::shared_ptr<const ServedMethod> served, std::shared_ptr<CallGate> gate, grpc::ByteBuffer& response);

 private:
  ~Call() override = default;

  void Answer(const absl::StatusOr<const google::protobuf::Message*>& answer) override;
  absl::Status Send(const absl::StatusOr<const google::protobuf::Message*>& answer);
  // Answer and cancellation: the first decides what the caller sees.
  bool Win() { return !finished_.exchange(true); }
  void Unref();

  void OnDone() override { Unref(); }
  // The caller is gone or the server is forced to stop: gRPC need not wait for the handler.
  void OnCancel() override;
  // OnDone and OnCancel neither block nor run code of others, so gRPC need not move them to another thread.
  bool InternalInlineable() override { return true; }

  const std::shared_ptr<CallGate> gate_;
  grpc::ByteBuffer& response_;
  std::atomic<bool> finished_{false};
  // gRPC, and whoever will answer.
  std::atomic<int> refs_{2};
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_CALL_H_
