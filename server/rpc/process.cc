#include "server/rpc/process.h"

#include <malloc.h>
#include <sched.h>

#include <thread>

#include "absl/synchronization/mutex.h"

namespace gi::rpc {

void PrepareProcess() {
  constexpr int kKept = 64 << 20;
  mallopt(M_TRIM_THRESHOLD, kKept);
  mallopt(M_MMAP_THRESHOLD, kKept);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

bool GoFirst() {
  sched_param least = {};
  least.sched_priority = sched_get_priority_min(SCHED_RR);
  return std::thread::hardware_concurrency() > 1 && sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &least) == 0;
}

}  // namespace gi::rpc
