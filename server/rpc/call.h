// One unary call under way. Used by the adapter only.
#ifndef GI_SERVER_RPC_CALL_H_
#define GI_SERVER_RPC_CALL_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "server/rpc/call_gate.h"
#include "server/rpc/method_table.h"

namespace gi::rpc {

// A method of the table as it is served. Immutable; shared with the calls, because a call may be answered after its
// server is gone.
struct ServedMethod {
  Method method;
  // As on the wire: "/gi.registry.v1.EntityService/CreateEntity".
  std::string path;
  // Has a share in the places kept for reserved calls.
  bool reserved = false;
};

// Owns the request and its arena. Deletes itself when gRPC is done with it and the answer is given or dropped,
// whichever comes later. Thread-safe where gRPC needs it: cancellation may race with the answer, and one of them wins.
class Call final : public grpc::ServerUnaryReactor {
 public:
  // The gate has been entered; the call leaves it when it is answered. `response` is gRPC's and lives until Finish is
  // done.
  Call(std::shared_ptr<const ServedMethod> served, std::shared_ptr<CallGate> gate, Language language,
       grpc::ByteBuffer& response);

  // The request to parse into, on the arena.
  google::protobuf::Message& request() { return *request_; }
  CallContext& context() { return context_; }

  // Hands the call to the method's handler. The call answers once: a handler that throws or drops its answer has
  // answered INTERNAL, a second answer is ignored. Nothing of the call may be touched after Run or Refuse.
  void Run();
  // Answers with an error instead.
  void Refuse(const absl::Status& status);

 private:
  class OneAnswer;

  ~Call() override = default;

  void Give(const absl::StatusOr<const google::protobuf::Message*>& answer);
  absl::Status Send(const absl::StatusOr<const google::protobuf::Message*>& answer);
  // Answer and cancellation: the first decides what the caller sees.
  bool Win() { return !finished_.exchange(true); }
  void Unref();

  void OnDone() override { Unref(); }
  // The caller is gone or the server is forced to stop: gRPC need not wait for the handler.
  void OnCancel() override;
  // OnDone and OnCancel neither block nor run code of others, so gRPC need not move them to another thread.
  bool InternalInlineable() override { return true; }

  // Requests of usual size need no memory beyond the call itself.
  static constexpr size_t kInlineArenaBytes = 2048;

  const std::shared_ptr<const ServedMethod> served_;
  const std::shared_ptr<CallGate> gate_;
  const Language language_;
  grpc::ByteBuffer& response_;
  alignas(8) char block_[kInlineArenaBytes];
  google::protobuf::Arena arena_;
  google::protobuf::Message* const request_;
  CallContext context_;
  std::atomic<bool> finished_{false};
  // gRPC, and whoever will answer.
  std::atomic<int> refs_{2};
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_CALL_H_
