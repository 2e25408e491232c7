#include "storage/engine/memory/memory_log.h"

#include <algorithm>

#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/engine/preconditions.h"

namespace gi::engine {

absl::Status MemoryLog::CheckOpen() const {
  return closed_ ? MakeError(registry::v1::ERROR_REASON_STORE_CLOSED) : absl::OkStatus();
}

Revision MemoryLog::HeadLocked() const { return commits_.empty() ? Revision{0} : commits_.back().end; }

absl::StatusOr<Revision> MemoryLog::Head() const {
  std::lock_guard<std::mutex> lock(mutex_);
  RETURN_IF_ERROR(CheckOpen());
  return HeadLocked();
}

absl::Status MemoryLog::Append(Revision expected_head, absl::Span<const LogCommit> commits) {
  std::lock_guard<std::mutex> lock(mutex_);
  RETURN_IF_ERROR(CheckOpen());
  RETURN_IF_ERROR(CheckLogCommits(expected_head, commits));
  RETURN_IF_ERROR(CheckHead(HeadLocked(), expected_head));
  commits_.insert(commits_.end(), commits.begin(), commits.end());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LogCommit>> MemoryLog::Read(Revision after, size_t max_commits, size_t max_bytes) const {
  std::lock_guard<std::mutex> lock(mutex_);
  RETURN_IF_ERROR(CheckOpen());
  RETURN_IF_ERROR(CheckReadLimit(max_commits));
  std::vector<LogCommit> found;
  size_t bytes = 0;
  auto it = std::upper_bound(commits_.begin(), commits_.end(), after,
                             [](Revision revision, const LogCommit& commit) { return revision < commit.end; });
  for (; it != commits_.end() && found.size() < max_commits; ++it) {
    bytes += it->payload.size();
    if (!found.empty() && bytes > max_bytes) break;
    found.push_back(*it);
  }
  return found;
}

absl::StatusOr<LogStore::Neighbours> MemoryLog::FindCommitEnds(Revision revision) const {
  std::lock_guard<std::mutex> lock(mutex_);
  RETURN_IF_ERROR(CheckOpen());
  if (revision == Revision{0}) return Neighbours{.before = revision, .after = revision, .has_after = true};
  auto it = std::lower_bound(commits_.begin(), commits_.end(), revision,
                             [](const LogCommit& commit, Revision wanted) { return commit.end < wanted; });
  if (it == commits_.end()) return Neighbours{.before = HeadLocked(), .after = Revision{0}, .has_after = false};
  const Revision before = it->end == revision ? revision : Revision{it->end.value - it->entries};
  return Neighbours{.before = before, .after = it->end, .has_after = true};
}

absl::StatusOr<std::string> MemoryLog::HistoryId() const {
  std::lock_guard<std::mutex> lock(mutex_);
  RETURN_IF_ERROR(CheckOpen());
  if (history_id_.empty()) {
    ASSIGN_OR_RETURN(history_id_, NewHistoryId());
  }
  return history_id_;
}

absl::Status MemoryLog::StartNewHistory() {
  std::lock_guard<std::mutex> lock(mutex_);
  RETURN_IF_ERROR(CheckOpen());
  ASSIGN_OR_RETURN(history_id_, NewHistoryId());
  return absl::OkStatus();
}

void MemoryLog::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  commits_.clear();
}

}  // namespace gi::engine
