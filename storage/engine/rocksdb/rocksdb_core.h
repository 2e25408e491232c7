// What log, view, snapshots and scans of one open RocksDB share: the database, who is using it, and how it ends.
//
// Every use of the database happens while a Call is held. Close first refuses new calls, then waits for those that run,
// then destroys whatever snapshots and iterators are left, and only then the database. So nothing touches freed memory,
// and nobody who keeps a snapshot or a scan can hold Close up.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_CORE_H_
#define GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_CORE_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"
#include "storage/engine/rocksdb/directory_lock.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "storage/engine/rocksdb/rocksdb_settings.h"
#include "storage/engine/view_store.h"

namespace gi::engine {

// Keys of the family kMeta.
inline constexpr char kFormatKey[] = "format";
inline constexpr char kHistoryIdKey[] = "history_id";
inline constexpr char kAppliedKey[] = "applied";

// The iterators of one scan, and what they point to. Shared with the core, which empties it on Close.
struct ScanState {
  KeyRange range;
  rocksdb::Slice end;
  // Null before the first step and after Close.
  std::unique_ptr<rocksdb::Iterator> rows;
  // Null until a version is sought.
  std::unique_ptr<rocksdb::Iterator> versions;
};

// Thread-safe.
class RocksDbCore {
 public:
  // Errors as OpenRocksDbEngine.
  static absl::StatusOr<std::shared_ptr<RocksDbCore>> Open(const RocksDbOptions& options);
  ~RocksDbCore() { (void)Close(); }

  using Call = std::shared_lock<std::shared_mutex>;
  // STORE_CLOSED after Close. Must not be called while this thread holds a Call.
  absl::StatusOr<Call> Begin() const;

  // The following only while a Call is held.

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family family) const { return families_[static_cast<size_t>(family)]; }
  // False if there is no such key.
  absl::StatusOr<bool> Get(const rocksdb::ReadOptions& options, Family family, absl::string_view key,
                           rocksdb::PinnableSlice* value) const;

  enum class Durability { kSynced, kUnsynced };
  // Writes the batch atomically. After the first failure, STORE_IO and nothing is written.
  absl::Status Write(rocksdb::WriteBatch& batch, Durability durability);

  // A snapshot of the database; give it back with Release.
  const rocksdb::Snapshot* Pin();
  // Makes the core responsible for the iterators of `scan` until Unregister.
  void Register(const std::shared_ptr<ScanState>& scan);

  // The following without a Call: they begin their own.

  // Does nothing after Close, which released it.
  void Release(const rocksdb::Snapshot* snapshot);
  // Destroys the iterators, if Close has not.
  void Unregister(const std::shared_ptr<ScanState>& scan);

  // Held by whoever reads the store to decide what to write. Taken after Begin.
  std::mutex& writer() { return writer_; }

  // Syncs and closes. Idempotent; a second call returns OK.
  absl::Status Close();

 private:
  explicit RocksDbCore(const RocksDbOptions& options) : sync_(options.sync) {}
  absl::Status OpenDatabase(const RocksDbOptions& options);
  absl::Status CheckFormat();
  absl::Status Create();
  absl::Status CloseDatabase();

  const bool sync_;
  DirectoryLock lock_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;

  // Set before Close waits: a stream of new calls must not keep it waiting.
  std::atomic<bool> closing_ = false;
  // Shared: a call runs. Exclusive: the database goes.
  mutable std::shared_mutex calls_;
  std::mutex writer_;

  // Guards what follows; held briefly, and nothing is locked after it.
  std::mutex mutex_;
  std::multiset<const rocksdb::Snapshot*> snapshots_;
  absl::flat_hash_set<std::shared_ptr<ScanState>> scans_;
  // The first failure of a write.
  absl::Status failure_;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_CORE_H_
