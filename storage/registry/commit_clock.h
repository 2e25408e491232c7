// CommitClock: gives commits their times and answers which record times are settled.
//
// Commit times ascend strictly. Once a read was answered as of time T, no later commit gets a time at or before T: the
// past does not change. (After a restart the clock must not stand before the last read's time; the operating system's
// is trusted for that.)
#ifndef GI_STORAGE_REGISTRY_COMMIT_CLOCK_H_
#define GI_STORAGE_REGISTRY_COMMIT_CLOCK_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace gi::registry {

// Thread-safe; Begin, Next and End are called by one writer.
class CommitClock {
 public:
  CommitClock(std::function<absl::Time()> clock, int64_t last_us) : clock_(std::move(clock)), last_us_(last_us) {}

  // Starts a batch: times at or after now are unsettled until its End. Others may be under way.
  void BeginBatch();
  // The time of the next commit of the batch begun last: max(clock, last + 1 µs), and after every time already answered
  // for.
  int64_t NextUs();
  // Ends the batch that was begun first. `published`: its commits can be read (or there were none). Otherwise their
  // outcome is unknown and stays unsettled.
  void EndBatch(bool published);

  // OK once every commit at or before `time` can be read, waiting for a running batch if need be, and none can be
  // added. RECORD_TIME_IN_FUTURE if `time` is later than now; WRITES_STOPPED if that can no longer be known.
  absl::Status Settle(absl::Time time);

 private:
  std::function<absl::Time()> clock_;
  std::mutex mutex_;
  std::condition_variable settled_;
  int64_t last_us_;
  // The latest time a read was answered for.
  int64_t answered_us_ = INT64_MIN;
  // First time that each batch under way may use, in order.
  std::deque<int64_t> pending_from_us_;
  bool unknown_ = false;
};

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_COMMIT_CLOCK_H_
