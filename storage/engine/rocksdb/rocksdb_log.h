// The log in RocksDB: family `log`, end revision -> entries ‖ payload.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_LOG_H_
#define GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_LOG_H_

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/engine/log_store.h"
#include "storage/engine/rocksdb/rocksdb_core.h"

namespace gi::engine {

// Thread-safe. That the log has no gaps is checked at its end when it is opened, elsewhere when it is read:
// DATA_CORRUPT.
class RocksDbLog final : public LogStore {
 public:
  explicit RocksDbLog(std::shared_ptr<RocksDbCore> core) : core_(std::move(core)) {}

  // Finds the head. To be called once, before anything else.
  absl::Status Load();

  absl::StatusOr<Revision> Head() const override;
  absl::Status Append(Revision expected_head, absl::Span<const LogCommit> commits) override;
  absl::StatusOr<std::vector<LogCommit>> Read(Revision after, size_t max_commits, size_t max_bytes) const override;
  absl::StatusOr<Neighbours> FindCommitEnds(Revision revision) const override;
  absl::StatusOr<std::string> HistoryId() const override;
  absl::Status StartNewHistory() override;

  // The two halves of Append, for a batch that has more in it; a Call and the writer lock must be held for both.
  absl::Status Stage(Revision expected_head, absl::Span<const LogCommit> commits, rocksdb::WriteBatch& batch) const;
  void Staged(absl::Span<const LogCommit> commits);

 private:
  std::unique_ptr<rocksdb::Iterator> NewIterator() const;
  Revision head() const { return Revision{head_.load(std::memory_order_acquire)}; }

  const std::shared_ptr<RocksDbCore> core_;
  // The end of the last commit whose write has returned.
  std::atomic<uint64_t> head_ = 0;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_LOG_H_
