#include "storage/registry/commit_clock.h"

#include <algorithm>

#include "absl/time/time.h"
#include "storage/base/error.h"

namespace gi::registry {

void CommitClock::BeginBatch() {
  std::lock_guard lock(mutex_);
  pending_from_us_.push_back(std::max({absl::ToUnixMicros(clock_()), last_us_ + 1, answered_us_ + 1}));
}

int64_t CommitClock::NextUs() {
  std::lock_guard lock(mutex_);
  last_us_ = std::max({absl::ToUnixMicros(clock_()), last_us_ + 1, pending_from_us_.back()});
  return last_us_;
}

void CommitClock::EndBatch(bool published) {
  {
    std::lock_guard lock(mutex_);
    if (published) {
      pending_from_us_.pop_front();
    } else {
      unknown_ = true;
    }
  }
  settled_.notify_all();
}

absl::Status CommitClock::Settle(absl::Time time) {
  // Times of commits are whole microseconds; the fraction of `time` plays no part.
  const int64_t time_us = absl::ToUnixMicros(time);
  std::unique_lock lock(mutex_);
  if (time_us > absl::ToUnixMicros(clock_())) {
    return MakeError(ErrorReason::ERROR_REASON_RECORD_TIME_IN_FUTURE, {{"time", absl::FormatTime(time)}});
  }
  const auto settled = [&] { return pending_from_us_.empty() || time_us < pending_from_us_.front(); };
  settled_.wait(lock, [&] { return unknown_ || settled(); });
  if (!settled()) return MakeError(ErrorReason::ERROR_REASON_WRITES_STOPPED);
  answered_us_ = std::max(answered_us_, time_us);
  return absl::OkStatus();
}

}  // namespace gi::registry
