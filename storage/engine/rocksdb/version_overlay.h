// The versions that a row of view commits makes, on top of what is stored: what becomes current and what history.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_VERSION_OVERLAY_H_
#define GI_STORAGE_ENGINE_ROCKSDB_VERSION_OVERLAY_H_

#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rocksdb/slice.h"
#include "rocksdb/write_batch.h"
#include "storage/engine/rocksdb/record.h"
#include "storage/engine/rocksdb/rocksdb_core.h"
#include "storage/engine/view_store.h"

namespace gi::engine {

// For one batch, on one thread; a Call of `core` must be held, and the commits must outlive it.
class VersionOverlay {
 public:
  explicit VersionOverlay(const RocksDbCore& core) : core_(core) {}

  // Reads the newest stored versions of all versioned keys that the commits touch, in one multi-get. To be called once.
  absl::Status Load(absl::Span<const ViewCommit> commits);

  // Puts into the batch the history that `commit` makes, and keeps what it makes current. Commits of Load, each once,
  // in order.
  absl::Status Add(const ViewCommit& commit, rocksdb::WriteBatch& batch);

  // Puts into the batch what is current in the end.
  absl::Status Finish(rocksdb::WriteBatch& batch) const;

 private:
  struct Row {
    // The newest version; nullopt: the key never had one. Its value lies in `stored_` or in a mutation.
    std::optional<CurrentRecord> newest;
    bool changed = false;
    // The last commit with a mutation of the key.
    Revision last_commit;
  };

  absl::Status Change(const ViewMutation& mutation, Revision revision, Row& row, rocksdb::WriteBatch& batch);

  const RocksDbCore& core_;
  // In the order of their keys, each once.
  std::vector<absl::string_view> keys_;
  std::vector<rocksdb::PinnableSlice> stored_;
  std::vector<Row> rows_;
  absl::flat_hash_map<absl::string_view, size_t> places_;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_VERSION_OVERLAY_H_
