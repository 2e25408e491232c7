// A call whose answers come whenever there is news: one request, a stream of answers. Used by the call queue only.
#ifndef GI_SERVER_RPC_WATCH_CALL_H_
#define GI_SERVER_RPC_WATCH_CALL_H_

#include <memory>

#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/call_queue.h"

namespace gi::rpc {

// Lasts until the caller leaves or the server stops. News that come faster than they can be sent replace each other.
class WatchCall final : private EventQueue::Event, public std::enable_shared_from_this<WatchCall> {
 public:
  static void AskFor(const CallHost& host);

 private:
  // The caller has left, or the call has ended otherwise.
  class Left final : public EventQueue::Event {
   public:
    explicit Left(WatchCall& call) : call_(call) {}
    void Proceed(bool ok) override;

   private:
    WatchCall& call_;
  };

  explicit WatchCall(const CallHost& host) : host_(host), writer_(&grpc_context_), left_(*this) {}

  void Proceed(bool ok) override;
  void Begin();
  // On the queue's thread.
  void Publish(const google::protobuf::Message& message);
  void Write();
  // Nothing points here any more once nothing is under way.
  void ReleaseIfOver();

  const CallHost host_;
  grpc::ServerContext grpc_context_;
  grpc::ByteBuffer request_;
  grpc::ServerAsyncWriter<grpc::ByteBuffer> writer_;
  Left left_;
  // What keeps this alive while gRPC knows it.
  std::shared_ptr<WatchCall> self_;
  std::shared_ptr<void> subscription_;
  grpc::ByteBuffer news_;
  bool begun_ = false;
  bool has_news_ = false;
  bool sending_ = false;
  bool over_ = false;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_WATCH_CALL_H_
