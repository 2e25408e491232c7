// A completion queue of gRPC with the one thread that reads it.
#ifndef GI_SERVER_RPC_EVENT_QUEUE_H_
#define GI_SERVER_RPC_EVENT_QUEUE_H_

#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "grpcpp/completion_queue.h"

namespace gi::rpc {

// Thread-safe. Shared with the calls, because one may be answered after its server is gone.
class EventQueue {
 public:
  // What operations are begun with, as their tag.
  class Event {
   public:
    // The operation has ended, with success or not. Runs on the queue's thread, within Locked unless the queue is
    // stopped (then `ok` is false). May destroy the event.
    virtual void Proceed(bool ok) = 0;

   protected:
    ~Event() = default;
  };

  explicit EventQueue(std::unique_ptr<grpc::ServerCompletionQueue> queue) : queue_(std::move(queue)) {}
  ~EventQueue() { Stop(); }

  grpc::ServerCompletionQueue& queue() { return *queue_; }

  void Start();
  // After the gRPC server was shut down. Idempotent.
  void Stop();

  // Runs `work`, which may begin operations, and returns true; false, without having run it, if the queue is stopped.
  // One at a time; may be nested.
  template <class Work>
  bool Locked(Work work) {
    const std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (stopped_) return false;
    work();
    return true;
  }

 private:
  void Loop();

  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::thread thread_;
  std::recursive_mutex mutex_;
  bool stopped_ = false;
};

// An event as gRPC passes it around.
inline void* Tag(EventQueue::Event& event) { return &event; }

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_EVENT_QUEUE_H_
