// Scans of the view, and what they share with point reads: which version of a key a revision shows.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_SCAN_H_
#define GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_SCAN_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/engine/rocksdb/record.h"
#include "storage/engine/rocksdb/rocksdb_core.h"
#include "storage/engine/view_store.h"

namespace gi::engine {

// A snapshot of the database that its last owner releases.
struct PinnedSnapshot {
  PinnedSnapshot(std::shared_ptr<RocksDbCore> the_core, const rocksdb::Snapshot* the_snapshot)
      : core(std::move(the_core)), snapshot(the_snapshot) {}
  ~PinnedSnapshot() { core->Release(snapshot); }
  PinnedSnapshot(const PinnedSnapshot&) = delete;
  PinnedSnapshot& operator=(const PinnedSnapshot&) = delete;

  // Reads of the database as of the snapshot.
  rocksdb::ReadOptions Options() const;

  const std::shared_ptr<RocksDbCore> core;
  const rocksdb::Snapshot* const snapshot;
};

// Where the version of a key lies that revision `at` shows, judged by its newest version.
enum class Place { kNowhere, kCurrent, kHistory };
Place FindPlace(const CurrentRecord& newest, Revision at);

// The version of `key` at `at`, which FindPlace has found to lie in history: one seek of `versions`, an iterator over
// that family. nullopt if the key was deleted then. A Call must be held.
absl::StatusOr<std::optional<VersionedValue>> FindInHistory(rocksdb::Iterator& versions, absl::string_view key,
                                                            Revision at);

// The keys of the range in a family: of kCurrent as they are at `at`; of kHistory all versions, and of kLocal all keys
// (`at` is then ignored). With deletions, those that Scan passes over are shown, of kCurrent the newest only.
std::unique_ptr<ViewScan> NewRocksDbScan(std::shared_ptr<const PinnedSnapshot> pinned, Family family,
                                         const KeyRange& range, Revision at, bool with_deletions = false);

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_SCAN_H_
