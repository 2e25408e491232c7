// Threads for what takes too long for the event queue's one. Thread-safe.
#ifndef GI_SERVER_RPC_WORKER_POOL_H_
#define GI_SERVER_RPC_WORKER_POOL_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace gi::rpc {

class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  ~WorkerPool() { Stop(); }

  // Work is begun in the order it was given. Not bounded: the gate bounds the calls.
  void Run(absl::AnyInvocable<void()> work);
  // Finishes what was given. Idempotent.
  void Stop();

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<absl::AnyInvocable<void()>> waiting_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_WORKER_POOL_H_
