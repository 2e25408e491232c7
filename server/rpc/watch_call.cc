#include "server/rpc/watch_call.h"

#include <utility>

#include "server/rpc/decode.h"
#include "server/rpc/status.h"
#include "storage/base/error.h"

namespace gi::rpc {

void WatchCall::AskFor(const CallHost& host) {
  std::shared_ptr<WatchCall> call(new WatchCall(host));
  WatchCall& waiting = *call;
  waiting.self_ = std::move(call);
  waiting.grpc_context_.AsyncNotifyWhenDone(Tag(waiting.left_));
  host.service.RequestWatch(host.index, waiting.grpc_context_, waiting.request_, waiting.writer_, host.queue->queue(),
                            Tag(waiting));
}

void WatchCall::Proceed(bool ok) {
  if (begun_) {
    sending_ = false;
    if (ok && has_news_ && !over_) return Write();
    return ReleaseIfOver();
  }
  begun_ = true;
  // A call that never was is not reported as left either.
  if (!ok) return self_.reset();
  Begin();
}

void WatchCall::Begin() {
  AskFor(host_);
  const Method& method = host_.served()->method;
  const std::unique_ptr<google::protobuf::Message> request(method.request_prototype->New());
  absl::Status status = Decode(request_, *request);
  if (status.ok()) {
    subscription_ = method.subscribe(
        *request, [queue = host_.queue, call = weak_from_this()](std::unique_ptr<google::protobuf::Message> message) {
          std::shared_ptr<WatchCall> watcher = call.lock();
          if (watcher == nullptr) return;
          queue->Run([watcher = std::move(watcher), message = std::move(message)](bool alive) {
            if (alive) watcher->Publish(*message);
          });
        });
    if (subscription_ == nullptr) status = MakeError(registry::v1::ERROR_REASON_OVERLOADED);
  }
  if (status.ok()) return;
  sending_ = true;
  writer_.Finish(ToGrpcStatus(status, host_.adapter.LanguageOf(grpc_context_)), Tag(*this));
}

void WatchCall::Publish(const google::protobuf::Message& message) {
  news_.Clear();
  if (over_ || !Encode(message, news_).ok()) return;
  has_news_ = true;
  if (!sending_) Write();
}

void WatchCall::Write() {
  has_news_ = false;
  sending_ = true;
  writer_.Write(news_, Tag(*this));
}

void WatchCall::Left::Proceed(bool) {
  call_.over_ = true;
  call_.ReleaseIfOver();
}

void WatchCall::ReleaseIfOver() {
  if (!over_ || sending_) return;
  // The last of these may be this.
  const std::shared_ptr<WatchCall> self = std::move(self_);
  subscription_.reset();
}

}  // namespace gi::rpc
