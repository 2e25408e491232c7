#include "server/rpc/process.h"

#include <malloc.h>

#include "absl/synchronization/mutex.h"

namespace gi::rpc {

void PrepareProcess() {
  constexpr int kKept = 64 << 20;
  mallopt(M_TRIM_THRESHOLD, kKept);
  mallopt(M_MMAP_THRESHOLD, kKept);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

}  // namespace gi::rpc
