// Counts the calls under way and decides whether one more may begin. Thread-safe and without locks, except to wait.
#ifndef GI_SERVER_RPC_CALL_GATE_H_
#define GI_SERVER_RPC_CALL_GATE_H_

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace gi::rpc {

class CallGate {
 public:
  // At most `capacity` calls at a time, of which the last `reserve` places are kept for reserved calls. Starts closed.
  CallGate(int capacity, int reserve) : capacity_(capacity), reserve_(reserve) {}

  void SetOpen(bool open) { open_.store(open); }

  // OK: the call has begun and Leave must follow. NOT_SERVING if the gate is closed, OVERLOADED if there is no place.
  absl::Status Enter(bool reserved);
  void Leave();

  // Waits until no call is under way, but not longer than until `deadline`. True if none is.
  // With the gate closed before, none begins afterwards.
  bool WaitUntilIdle(absl::Time deadline);

 private:
  const int capacity_;
  const int reserve_;
  std::atomic<bool> open_{false};
  std::atomic<int> calls_{0};
  std::mutex mutex_;
  std::condition_variable idle_;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_CALL_GATE_H_
