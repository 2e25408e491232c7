// Serves the calls of all services: one thread reads the completion queue and answers short calls itself, a few others
// run the rest. Used by the gRPC server only.
//
// gRPC's callback and synchronous interfaces are not used at all: they poll the same connections with threads of their
// own, and every hand-over between threads costs as much as a check (ARCHITECTURE.md, decision 10).
#ifndef GI_SERVER_RPC_CALL_QUEUE_H_
#define GI_SERVER_RPC_CALL_QUEUE_H_

#include <memory>
#include <vector>

#include "server/rpc/adapter.h"
#include "server/rpc/event_queue.h"
#include "server/rpc/raw_service.h"
#include "server/rpc/worker_pool.h"

namespace gi::rpc {

// What a call needs of its server. All but the queue outlive only the queue's thread and the workers.
struct CallHost {
  RawService& service;
  int index;
  std::shared_ptr<EventQueue> queue;
  const Adapter& adapter;
  WorkerPool& workers;

  const std::shared_ptr<const ServedMethod>& served() const { return service.method(index); }
  // Runs on this thread what is short, and hands the rest to a worker.
  template <class Work>
  void Run(size_t request_bytes, Work work) const {
    // A longer request holds a batch that takes its time.
    constexpr size_t kShort = 2048;
    if (served()->method.serving == Serving::kQueue && request_bytes <= kShort) {
      work();
    } else {
      workers.Run(std::move(work));
    }
  }
};

// Start after the gRPC server was built, Stop after it was shut down.
class CallQueue {
 public:
  CallQueue(std::unique_ptr<grpc::ServerCompletionQueue> queue, const Adapter& adapter);
  ~CallQueue() { Stop(); }

  // `first`: as EventQueue::Start.
  void Start(const std::vector<std::unique_ptr<RawService>>& services, bool first);
  // Idempotent.
  void Stop();

 private:
  const std::shared_ptr<EventQueue> queue_;
  const Adapter& adapter_;
  WorkerPool workers_;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_CALL_QUEUE_H_
