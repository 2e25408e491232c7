// What every unary call has, however gRPC serves it: the request on an arena, the handler run once, exactly one answer.
// Used by the adapter only.
#ifndef GI_SERVER_RPC_CALL_CORE_H_
#define GI_SERVER_RPC_CALL_CORE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"
#include "server/rpc/call_gate.h"
#include "server/rpc/method_table.h"

namespace gi::rpc {

// kStream: a message in, a message out, as often as wanted. kConversation: the same, with several on their way. kWatch:
// one in, many out.
enum class CallShape { kUnary, kStream, kConversation, kWatch };

// A method of the table as it is served. Immutable; shared with the calls, because a call may be answered after its
// server is gone.
struct ServedMethod {
  Method method;
  // As on the wire: "/gi.registry.v1.EntityService/CreateEntity".
  std::string path;
  // Has a share in the places kept for reserved calls.
  bool reserved = false;
  // Served whether or not the gate is open, and not counted: health and reflection.
  bool always = false;
  CallShape shape = CallShape::kUnary;
};

// The operator has to look at faults of the server; everything else is the caller's business and stays out of the log.
void LogFault(const Method& method, const absl::Status& status);

// Runs a method that fills its response, and contains what it throws.
absl::Status RunFill(const ServedMethod& served, const CallContext& context, const google::protobuf::Message& request,
                     google::protobuf::Message& response);

// REQUEST_TOO_LARGE.
absl::Status TooLarge(size_t size, size_t limit);

class CallCore {
 public:
  explicit CallCore(std::shared_ptr<const ServedMethod> served);
  CallCore(const CallCore&) = delete;
  CallCore& operator=(const CallCore&) = delete;
  virtual ~CallCore() = default;

  // The request to parse into, on the arena.
  google::protobuf::Message& request() { return *request_; }
  CallContext& context() { return context_; }

  // Hands the call to the method's handler. The call answers once: a handler that throws or drops its answer has
  // answered INTERNAL, a second answer is ignored. Nothing of the call may be touched after Run or Refuse.
  void Run();
  // Answers with an error instead.
  void Refuse(const absl::Status& status);

 protected:
  const ServedMethod& served() const { return *served_; }
  // Exactly once, on any thread; may destroy the call.
  virtual void Answer(const absl::StatusOr<const google::protobuf::Message*>& answer) = 0;

 private:
  // Requests and answers of usual size need no memory beyond the call itself.
  static constexpr size_t kInlineArenaBytes = 2048;

  const std::shared_ptr<const ServedMethod> served_;
  alignas(8) char block_[kInlineArenaBytes];
  google::protobuf::Arena arena_;
  google::protobuf::Message* const request_;
  CallContext context_;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_CALL_CORE_H_
