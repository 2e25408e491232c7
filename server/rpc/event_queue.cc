#include "server/rpc/event_queue.h"

#include "server/rpc/process.h"
#include "spdlog/spdlog.h"

namespace gi::rpc {

thread_local const EventQueue* EventQueue::current_ = nullptr;

EventQueue::EventQueue(std::unique_ptr<grpc::ServerCompletionQueue> queue) : queue_(std::move(queue)), wake_(*this) {}

void EventQueue::Start(bool first) {
  thread_ = std::thread([this, first] { Loop(first); });
}

void EventQueue::Loop(bool first) {
  current_ = this;
  if (first && !GoFirst()) spdlog::info("checks have no precedence over other work: the system does not permit it");
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
    // What comes after the queue was stopped has lost its connection already.
    static_cast<Event*>(tag)->Proceed(ok && !stopped_here_);
  }
}

void EventQueue::Post(Posted work) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!stopped_) return Append(std::move(work));
  }
  work(false);
}

void EventQueue::Append(Posted work) {
  posted_.push_back(std::move(work));
  if (posted_.size() == 1) alarm_.Set(queue_.get(), gpr_inf_past(GPR_CLOCK_MONOTONIC), Tag(wake_));
}

void EventQueue::RunPosted() {
  std::vector<Posted> posted;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    posted.swap(posted_);
  }
  for (Posted& work : posted) std::exchange(work, nullptr)(!stopped_here_);
}

void EventQueue::Stop() {
  const auto shut_down = [this](bool) {
    stopped_here_ = true;
    queue_->Shutdown();
  };
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(stopped_, true)) return;
    if (thread_.joinable()) Append(shut_down);
  }
  if (thread_.joinable()) return thread_.join();
  shut_down(false);
  RunPosted();
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
  }
}

}  // namespace gi::rpc
