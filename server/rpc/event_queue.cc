#include "server/rpc/event_queue.h"

namespace gi::rpc {

void EventQueue::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void EventQueue::Loop() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
    const std::lock_guard<std::recursive_mutex> lock(mutex_);
    // Nothing may be asked of a queue that is shut down; what comes now has lost its connection already.
    static_cast<Event*>(tag)->Proceed(ok && !stopped_);
  }
}

void EventQueue::Stop() {
  {
    const std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (std::exchange(stopped_, true)) return;
    queue_->Shutdown();
  }
  if (thread_.joinable()) return thread_.join();
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
  }
}

}  // namespace gi::rpc
