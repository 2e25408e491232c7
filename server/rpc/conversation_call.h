// A bidirectional stream whose messages belong together (Conversation). Used by the call queue only.
#ifndef GI_SERVER_RPC_CONVERSATION_CALL_H_
#define GI_SERVER_RPC_CONVERSATION_CALL_H_

#include <cstdint>
#include <map>
#include <memory>

#include "absl/status/status.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/call_core.h"
#include "server/rpc/call_queue.h"

namespace gi::rpc {

// Reads the next message as soon as the one before was taken, while few enough are unanswered; so gRPC's flow control
// holds back a caller who sends faster than that. Ends when the caller has sent the last message and has all answers,
// or with the first error. Each message passes the gate by itself.
class ConversationCall final : public std::enable_shared_from_this<ConversationCall> {
 public:
  static void AskFor(const CallHost& host);

 private:
  // An operation of gRPC; it keeps the call alive while it runs.
  class Operation final : public EventQueue::Event {
   public:
    Operation(ConversationCall& call, void (ConversationCall::*then)(bool)) : call_(call), then_(then) {}
    void* Begin();
    void Proceed(bool ok) override;
    bool running() const { return running_ != nullptr; }

   private:
    ConversationCall& call_;
    void (ConversationCall::*const then_)(bool);
    std::shared_ptr<ConversationCall> running_;
  };

  explicit ConversationCall(const CallHost& host);

  // What ended.
  void OnCall(bool ok);
  void OnRead(bool ok);
  void OnWritten(bool ok);
  void OnFinished(bool) {}
  // On a worker.
  void Take();
  absl::Status DecodeInto(std::shared_ptr<google::protobuf::Message>& message) const;
  // From any thread.
  void Answer(uint64_t number, const absl::StatusOr<const google::protobuf::Message*>& answer);
  // On the queue's thread.
  void GoOn();
  void End(absl::Status status);

  struct Answered {
    absl::Status status;
    grpc::ByteBuffer bytes;
  };

  const CallHost host_;
  const std::shared_ptr<CallGate> gate_;
  grpc::ServerContext grpc_context_;
  grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer> stream_;
  CallContext context_;
  std::shared_ptr<Conversation> conversation_;
  Operation call_, read_, write_, finish_;
  grpc::ByteBuffer request_;
  // By the number of the message; those that wait for their turn, and the one that is being sent.
  std::map<uint64_t, Answered> answers_;
  uint64_t taken_ = 0;
  uint64_t sent_ = 0;
  // The message that was read last is still to be taken.
  bool taking_ = false;
  bool last_was_read_ = false;
  bool ended_ = false;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_CONVERSATION_CALL_H_
