#include "server/rpc/call_queue.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "server/rpc/conversation_call.h"
#include "server/rpc/stream_call.h"
#include "server/rpc/unary_call.h"
#include "server/rpc/watch_call.h"

namespace gi::rpc {
namespace {

// Calls of a method that are taken without waiting for the queue's thread to ask for the next.
constexpr int kAskedFor = 8;
constexpr int kHotAskedFor = 64;

// Reads wait for disks now and then, so there are more threads than processors.
int WorkerCount() { return 2 * std::max(2, static_cast<int>(std::thread::hardware_concurrency())); }

void AskFor(const CallHost& host) {
  switch (host.served()->shape) {
    case CallShape::kUnary:
      return UnaryCall::AskFor(host);
    case CallShape::kStream:
      return StreamCall::AskFor(host);
    case CallShape::kConversation:
      return ConversationCall::AskFor(host);
    case CallShape::kWatch:
      return WatchCall::AskFor(host);
  }
}

}  // namespace

CallQueue::CallQueue(std::unique_ptr<grpc::ServerCompletionQueue> queue, const Adapter& adapter)
    : queue_(std::make_shared<EventQueue>(std::move(queue))), adapter_(adapter), workers_(WorkerCount()) {}

void CallQueue::Start(const std::vector<std::unique_ptr<RawService>>& services, bool first) {
  for (const std::unique_ptr<RawService>& service : services) {
    for (int index = 0; index < service->size(); ++index) {
      const CallHost host{*service, index, queue_, adapter_, workers_};
      const int count = host.served()->method.serving == Serving::kQueue ? kHotAskedFor : kAskedFor;
      for (int i = 0; i < count; ++i) AskFor(host);
    }
  }
  queue_->Start(first);
}

void CallQueue::Stop() {
  // What a worker still answers is dropped; what the queue's thread would hand to a worker must find one.
  queue_->Stop();
  workers_.Stop();
}

}  // namespace gi::rpc
