// Reading the view: snapshots and scans.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_SNAPSHOT_H_
#define GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_SNAPSHOT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "storage/engine/rocksdb/rocksdb_core.h"
#include "storage/engine/view_store.h"

namespace gi::engine {

// A snapshot of the newest state. It and its scans may outlive the engine. No Call may be held.
absl::StatusOr<std::shared_ptr<const ViewSnapshot>> NewRocksDbSnapshot(const std::shared_ptr<RocksDbCore>& core);

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_SNAPSHOT_H_
