// How RocksDB is set up, each choice with its reason (in the source).
#ifndef GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_SETTINGS_H_
#define GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_SETTINGS_H_

#include <vector>

#include "rocksdb/db.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"

namespace gi::engine {

// The column families, in the order in which they are opened.
enum class Family { kMeta, kLog, kCurrent, kHistory, kLocal };

rocksdb::DBOptions DatabaseSettings(const RocksDbOptions& options);

// One for each Family, in order, with a block cache they share.
std::vector<rocksdb::ColumnFamilyDescriptor> FamilySettings(const RocksDbOptions& options);

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_SETTINGS_H_
