// A completion queue of gRPC with the one thread that reads it and that begins all its operations.
#ifndef GI_SERVER_RPC_EVENT_QUEUE_H_
#define GI_SERVER_RPC_EVENT_QUEUE_H_

#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "grpcpp/alarm.h"
#include "grpcpp/completion_queue.h"

namespace gi::rpc {

// Thread-safe. Shared with the calls, because one may be answered after its server is gone.
//
// No other thread waits for the queue's or makes it wait: a lock around operations, held by a thread that has to give
// up its processor, kept short calls waiting for milliseconds (ARCHITECTURE.md, decision 10).
class EventQueue {
 public:
  // What operations are begun with, as their tag.
  class Event {
   public:
    // The operation has ended, with success or not. Runs on the queue's thread. May destroy the event.
    virtual void Proceed(bool ok) = 0;

   protected:
    ~Event() = default;
  };

  explicit EventQueue(std::unique_ptr<grpc::ServerCompletionQueue> queue);
  ~EventQueue() { Stop(); }

  grpc::ServerCompletionQueue& queue() { return *queue_; }

  // `first`: its thread goes before others, if that is permitted (GoFirst).
  void Start(bool first);
  // After the gRPC server was shut down; what was posted before is run. Idempotent.
  void Stop();

  // Runs `work`, which may begin operations, on the queue's thread: at once if this is it. `alive` is false, and `work`
  // may run on any thread, if the queue is stopped: then it must begin none.
  template <class Work>  // void(bool alive)
  void Run(Work work) {
    if (current_ == this) return work(!stopped_here_);
    Post(std::move(work));
  }

  // On the queue's thread: no operation may be begun any more.
  bool stopped() const { return stopped_here_; }

 private:
  using Posted = absl::AnyInvocable<void(bool alive)>;

  class Wake final : public Event {
   public:
    explicit Wake(EventQueue& owner) : owner_(owner) {}
    void Proceed(bool) override { owner_.RunPosted(); }

   private:
    EventQueue& owner_;
  };

  void Loop(bool first);
  void Post(Posted work);
  // With mutex_ held, so that no alarm is set for a queue that is shut down.
  void Append(Posted work);
  void RunPosted();

  // The queue whose thread this is.
  static thread_local const EventQueue* current_;

  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::thread thread_;
  // Of the queue's thread.
  bool stopped_here_ = false;

  // Held for moments only.
  std::mutex mutex_;
  std::vector<Posted> posted_;
  bool stopped_ = false;
  // Rings when something was posted.
  grpc::Alarm alarm_;
  Wake wake_;
};

// An event as gRPC passes it around.
inline void* Tag(EventQueue::Event& event) { return &event; }

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_EVENT_QUEUE_H_
