#include "storage/engine/rocksdb/rocksdb_core.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/engine/preconditions.h"
#include "storage/engine/rocksdb/history_key.h"
#include "storage/engine/rocksdb/record.h"
#include "storage/engine/rocksdb/rocksdb_status.h"

namespace gi::engine {
namespace {

// Changed when older code could not read what newer code writes.
constexpr absl::string_view kFormat = "1";

}  // namespace

absl::StatusOr<std::shared_ptr<RocksDbCore>> RocksDbCore::Open(const RocksDbOptions& options) {
  std::shared_ptr<RocksDbCore> core(new RocksDbCore(options));
  ASSIGN_OR_RETURN(core->lock_, DirectoryLock::Acquire(options.path, options.create_if_missing));
  RETURN_IF_ERROR(core->OpenDatabase(options));
  RETURN_IF_ERROR(core->CheckFormat());
  return core;
}

absl::Status RocksDbCore::OpenDatabase(const RocksDbOptions& options) {
  rocksdb::Env* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  if (!options.create_if_missing && env->FileExists(options.path + "/CURRENT").IsNotFound()) {
    return MakeError(registry::v1::ERROR_REASON_STORE_IO, {{"detail", absl::StrCat("no store in ", options.path)}});
  }
  rocksdb::DB* db = nullptr;
  RETURN_IF_ERROR(
      ToStatus(rocksdb::DB::Open(DatabaseSettings(options), options.path, FamilySettings(options), &families_, &db)));
  db_.reset(db);
  return absl::OkStatus();
}

absl::Status RocksDbCore::CheckFormat() {
  rocksdb::PinnableSlice format;
  ASSIGN_OR_RETURN(const bool found, Get({}, Family::kMeta, kFormatKey, &format));
  if (!found) return Create();
  if (ToView(format) == kFormat) return absl::OkStatus();
  return Corrupt(absl::StrCat("the store has format ", absl::string_view(Excerpt(ToView(format))), ", not ", kFormat));
}

absl::Status RocksDbCore::Create() {
  for (size_t i = 0; i < families_.size(); ++i) {
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}, families_[i]));
    it->SeekToFirst();
    RETURN_IF_ERROR(ToStatus(it->status()));
    if (it->Valid()) return Corrupt("the store has data but no format");
  }
  ASSIGN_OR_RETURN(const std::string history_id, NewHistoryId());
  rocksdb::WriteBatch batch;
  RETURN_IF_ERROR(ToStatus(batch.Put(family(Family::kMeta), kFormatKey, ToSlice(kFormat))));
  RETURN_IF_ERROR(ToStatus(batch.Put(family(Family::kMeta), kHistoryIdKey, history_id)));
  RETURN_IF_ERROR(ToStatus(batch.Put(family(Family::kMeta), kAppliedKey, RevisionKey(Revision{0}))));
  return Write(batch, Durability::kSynced);
}

absl::StatusOr<RocksDbCore::Call> RocksDbCore::Begin() const {
  if (!closing_.load(std::memory_order_acquire)) {
    Call call(calls_);
    // Close may have come and gone between the two.
    if (!closing_.load(std::memory_order_acquire)) return call;
  }
  return MakeError(registry::v1::ERROR_REASON_STORE_CLOSED);
}

absl::StatusOr<bool> RocksDbCore::Get(const rocksdb::ReadOptions& options, Family from, absl::string_view key,
                                      rocksdb::PinnableSlice* value) const {
  const rocksdb::Status status = db_->Get(options, family(from), ToSlice(key), value);
  if (status.IsNotFound()) return false;
  RETURN_IF_ERROR(ToStatus(status));
  return true;
}

absl::Status RocksDbCore::Write(rocksdb::WriteBatch& batch, Durability durability) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_.ok()) {
      return MakeError(registry::v1::ERROR_REASON_STORE_IO,
                       {{"detail", absl::StrCat("an earlier write failed: ", failure_.message())}});
    }
  }
  rocksdb::WriteOptions options;
  options.sync = sync_ && durability == Durability::kSynced;
  absl::Status status = ToStatus(db_->Write(options, &batch));
  if (status.ok()) return status;
  std::lock_guard<std::mutex> lock(mutex_);
  if (failure_.ok()) failure_ = status;
  return status;
}

const rocksdb::Snapshot* RocksDbCore::Pin() {
  const rocksdb::Snapshot* snapshot = db_->GetSnapshot();
  std::lock_guard<std::mutex> lock(mutex_);
  snapshots_.insert(snapshot);
  return snapshot;
}

void RocksDbCore::Release(const rocksdb::Snapshot* snapshot) {
  const absl::StatusOr<Call> call = Begin();
  if (!call.ok()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    snapshots_.erase(snapshots_.find(snapshot));
  }
  db_->ReleaseSnapshot(snapshot);
}

void RocksDbCore::Register(const std::shared_ptr<ScanState>& scan) {
  std::lock_guard<std::mutex> lock(mutex_);
  scans_.insert(scan);
}

void RocksDbCore::Unregister(const std::shared_ptr<ScanState>& scan) {
  const absl::StatusOr<Call> call = Begin();
  if (!call.ok()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    scans_.erase(scan);
  }
  scan->rows.reset();
  scan->versions.reset();
}

absl::Status RocksDbCore::Close() {
  closing_.store(true, std::memory_order_release);
  std::unique_lock<std::shared_mutex> no_calls(calls_);
  absl::Status status = CloseDatabase();
  lock_.Release();
  return status;
}

absl::Status RocksDbCore::CloseDatabase() {
  if (db_ == nullptr) return absl::OkStatus();
  for (const std::shared_ptr<ScanState>& scan : scans_) {
    scan->rows.reset();
    scan->versions.reset();
  }
  scans_.clear();
  for (const rocksdb::Snapshot* snapshot : snapshots_) db_->ReleaseSnapshot(snapshot);
  snapshots_.clear();
  // What Apply wrote without a sync. Nothing to save after a failure, which is reported once more.
  absl::Status status = failure_;
  if (status.ok() && sync_) status = ToStatus(db_->SyncWAL());
  for (rocksdb::ColumnFamilyHandle* handle : families_) {
    const rocksdb::Status destroyed = db_->DestroyColumnFamilyHandle(handle);
    if (status.ok()) status = ToStatus(destroyed);
  }
  families_.clear();
  const rocksdb::Status closed = db_->Close();
  if (status.ok()) status = ToStatus(closed);
  db_.reset();
  return status;
}

}  // namespace gi::engine
