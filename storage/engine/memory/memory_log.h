// The log of the memory engine: a vector of commits.
#ifndef GI_STORAGE_ENGINE_MEMORY_MEMORY_LOG_H_
#define GI_STORAGE_ENGINE_MEMORY_MEMORY_LOG_H_

#include <mutex>
#include <string>
#include <vector>

#include "storage/engine/log_store.h"

namespace gi::engine {

// Thread-safe.
class MemoryLog final : public LogStore {
 public:
  absl::StatusOr<Revision> Head() const override;
  absl::Status Append(Revision expected_head, absl::Span<const LogCommit> commits) override;
  absl::StatusOr<std::vector<LogCommit>> Read(Revision after, size_t max_commits, size_t max_bytes) const override;
  absl::StatusOr<Neighbours> FindCommitEnds(Revision revision) const override;
  absl::StatusOr<std::string> HistoryId() const override;
  absl::Status StartNewHistory() override;

  void Close();

 private:
  absl::Status CheckOpen() const;
  Revision HeadLocked() const;

  mutable std::mutex mutex_;
  bool closed_ = false;
  std::vector<LogCommit> commits_;
  // Made when it is first asked for, so that construction cannot fail.
  mutable std::string history_id_;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_MEMORY_MEMORY_LOG_H_
