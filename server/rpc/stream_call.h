// A bidirectional stream of a method that fills its responses: every message is answered by itself, in order.
// Used by the call queue only.
#ifndef GI_SERVER_RPC_STREAM_CALL_H_
#define GI_SERVER_RPC_STREAM_CALL_H_

#include <memory>

#include "absl/status/status.h"
#include "google/protobuf/arena.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/call_core.h"
#include "server/rpc/call_queue.h"

namespace gi::rpc {

// Ends when the caller has sent its last message and has all answers, or with the first error. Each message passes the
// gate by itself. Deletes itself.
class StreamCall final : private EventQueue::Event {
 public:
  static void AskFor(const CallHost& host) { new StreamCall(host); }

 private:
  enum class State { kWaiting, kReading, kWriting, kFinishing };

  explicit StreamCall(const CallHost& host);
  ~StreamCall() = default;

  void Proceed(bool ok) override;
  void Begin();
  // Answers the message in `request_`.
  void Respond();
  absl::Status Fill();
  // On the queue's thread.
  void Send(const absl::Status& status, bool entered, bool alive);
  void Read();
  void End(const absl::Status& status);

  const CallHost host_;
  const std::shared_ptr<CallGate> gate_;
  grpc::ServerContext grpc_context_;
  grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer> stream_;
  CallContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  google::protobuf::Arena arena_;
  State state_ = State::kWaiting;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_STREAM_CALL_H_
