#include "server/rpc/call_gate.h"

#include "storage/base/error.h"

namespace gi::rpc {

absl::Status CallGate::Enter(bool reserved) {
  const int before = calls_.fetch_add(1);
  // Looked at after counting: whoever closes the gate and then finds no call has indeed shut out all others.
  if (!open_.load()) {
    Leave();
    return MakeError(registry::v1::ERROR_REASON_NOT_SERVING);
  }
  if (before >= (reserved ? capacity_ : capacity_ - reserve_)) {
    Leave();
    return MakeError(registry::v1::ERROR_REASON_OVERLOADED);
  }
  return absl::OkStatus();
}

void CallGate::Leave() {
  if (calls_.fetch_sub(1) != 1 || open_.load()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.notify_all();
}

bool CallGate::WaitUntilIdle(absl::Time deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  return idle_.wait_until(lock, absl::ToChronoTime(deadline), [this] { return calls_.load() == 0; });
}

}  // namespace gi::rpc
