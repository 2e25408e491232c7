#include "storage/engine/rocksdb/rocksdb_view.h"

#include <optional>
#include <string>

#include "storage/base/status_macros.h"
#include "storage/engine/preconditions.h"
#include "storage/engine/rocksdb/history_key.h"
#include "storage/engine/rocksdb/record.h"
#include "storage/engine/rocksdb/rocksdb_snapshot.h"
#include "storage/engine/rocksdb/rocksdb_status.h"
#include "storage/engine/rocksdb/version_overlay.h"

namespace gi::engine {
namespace {

absl::Status StageLocal(const RocksDbCore& core, absl::Span<const ViewMutation> mutations, rocksdb::WriteBatch& batch) {
  for (const ViewMutation& mutation : mutations) {
    if (mutation.space != Space::kLocal) continue;
    rocksdb::ColumnFamilyHandle* const local = core.family(Family::kLocal);
    RETURN_IF_ERROR(ToStatus(mutation.value.has_value() ? batch.Put(local, mutation.key, *mutation.value)
                                                        : batch.Delete(local, mutation.key)));
  }
  return absl::OkStatus();
}

absl::Status StageApplied(const RocksDbCore& core, Revision revision, rocksdb::WriteBatch& batch) {
  return ToStatus(batch.Put(core.family(Family::kMeta), kAppliedKey, RevisionKey(revision)));
}

}  // namespace

absl::StatusOr<Revision> ReadAppliedRevision(const RocksDbCore& core, const rocksdb::ReadOptions& options) {
  rocksdb::PinnableSlice bytes;
  ASSIGN_OR_RETURN(const bool found, core.Get(options, Family::kMeta, kAppliedKey, &bytes));
  const std::optional<Revision> revision = found ? ParseRevisionKey(ToView(bytes)) : std::nullopt;
  if (!revision.has_value()) return Corrupt("the applied revision is missing or damaged");
  return *revision;
}

absl::Status RocksDbView::Load() {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  ASSIGN_OR_RETURN(const Revision revision, ReadAppliedRevision(*core_, {}));
  applied_.store(revision.value, std::memory_order_release);
  return absl::OkStatus();
}

absl::StatusOr<Revision> RocksDbView::AppliedRevision() const {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  return applied();
}

absl::Status RocksDbView::Apply(absl::Span<const ViewCommit> commits) {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  std::lock_guard<std::mutex> lock(core_->writer());
  rocksdb::WriteBatch batch;
  RETURN_IF_ERROR(Stage(commits, batch));
  if (commits.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(core_->Write(batch, RocksDbCore::Durability::kUnsynced));
  Staged(commits);
  return absl::OkStatus();
}

absl::Status RocksDbView::Stage(absl::Span<const ViewCommit> commits, rocksdb::WriteBatch& batch) const {
  RETURN_IF_ERROR(CheckViewCommits(applied(), commits));
  if (commits.empty()) return absl::OkStatus();
  VersionOverlay overlay(*core_);
  RETURN_IF_ERROR(overlay.Load(commits));
  for (const ViewCommit& commit : commits) {
    RETURN_IF_ERROR(overlay.Add(commit, batch));
    RETURN_IF_ERROR(StageLocal(*core_, commit.mutations, batch));
  }
  RETURN_IF_ERROR(overlay.Finish(batch));
  return StageApplied(*core_, commits.back().revision, batch);
}

void RocksDbView::Staged(absl::Span<const ViewCommit> commits) {
  if (!commits.empty()) applied_.store(commits.back().revision.value, std::memory_order_release);
}

absl::Status RocksDbView::ApplyLocal(absl::Span<const ViewMutation> mutations) {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  RETURN_IF_ERROR(CheckLocalMutations(mutations));
  rocksdb::WriteBatch batch;
  RETURN_IF_ERROR(StageLocal(*core_, mutations, batch));
  return core_->Write(batch, RocksDbCore::Durability::kUnsynced);
}

absl::StatusOr<std::shared_ptr<const ViewSnapshot>> RocksDbView::Snapshot() const { return NewRocksDbSnapshot(core_); }

absl::Status RocksDbView::Clear() {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  std::lock_guard<std::mutex> lock(core_->writer());
  // Above every key: no key is as long and none has a greater byte. (Escaping lengthens a key in `history` only after a
  // 0x00.)
  const std::string end(kMaxKeyBytes + 1, '\xFF');
  rocksdb::WriteBatch batch;
  for (const Family family : {Family::kCurrent, Family::kHistory, Family::kLocal}) {
    RETURN_IF_ERROR(ToStatus(batch.DeleteRange(core_->family(family), rocksdb::Slice(), end)));
  }
  RETURN_IF_ERROR(StageApplied(*core_, Revision{0}, batch));
  RETURN_IF_ERROR(core_->Write(batch, RocksDbCore::Durability::kUnsynced));
  applied_.store(0, std::memory_order_release);
  return absl::OkStatus();
}

}  // namespace gi::engine
