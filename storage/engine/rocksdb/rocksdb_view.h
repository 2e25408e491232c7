// The view in RocksDB: families `current`, `history` and `local`. A write moves the version it supersedes to history;
// reads are in rocksdb_snapshot.h.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_VIEW_H_
#define GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_VIEW_H_

#include <atomic>
#include <memory>
#include <utility>

#include "storage/engine/rocksdb/rocksdb_core.h"
#include "storage/engine/view_store.h"

namespace gi::engine {

// Thread-safe. Apply, ApplyLocal and Clear do not sync; the next synced write, or Close, does it for them.
class RocksDbView final : public ViewStore {
 public:
  explicit RocksDbView(std::shared_ptr<RocksDbCore> core) : core_(std::move(core)) {}

  // Finds the applied revision. To be called once, before anything else.
  absl::Status Load();

  absl::StatusOr<Revision> AppliedRevision() const override;
  absl::Status Apply(absl::Span<const ViewCommit> commits) override;
  absl::Status ApplyLocal(absl::Span<const ViewMutation> mutations) override;
  absl::StatusOr<std::shared_ptr<const ViewSnapshot>> Snapshot() const override;
  absl::Status Clear() override;

  // The two halves of Apply, for a batch that has more in it; a Call and the writer lock must be held for both.
  absl::Status Stage(absl::Span<const ViewCommit> commits, rocksdb::WriteBatch& batch) const;
  void Staged(absl::Span<const ViewCommit> commits);

  // The applied revision; a Call must be held.
  Revision applied() const { return Revision{applied_.load(std::memory_order_acquire)}; }

 private:
  const std::shared_ptr<RocksDbCore> core_;
  std::atomic<uint64_t> applied_ = 0;
};

// The applied revision that `options` shows. DATA_CORRUPT if there is none. A Call must be held.
absl::StatusOr<Revision> ReadAppliedRevision(const RocksDbCore& core, const rocksdb::ReadOptions& options);

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_VIEW_H_
