// The engine on one machine: log and view in one RocksDB, so that a commit of both is one atomic write with one sync.
//
// Column families, all ordered bytewise (bytes of keys and records: history_key.h, record.h):
//   default  format version, history id, applied revision
//   log      end revision -> a commit
//   current  key -> newest version; a deleted key stays as a tombstone, so that a scan of the past walks here only
//   history  key, inverted revision -> a superseded version
//   local    key -> value
#ifndef GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_ENGINE_H_
#define GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_ENGINE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/engine/engine.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace gi::engine {

struct RocksDbOptions {
  // The data directory. Made, with its parents, if `create_if_missing`.
  std::string path;
  // Memory for uncompressed blocks, indexes and filters, in bytes; write buffers (at most about 400 MiB) come on top.
  size_t block_cache_bytes = size_t{256} << 20;
  // Whether Append, Commit and StartNewHistory wait for the device. Off in tests only: an acknowledged write is lost
  // with the power.
  bool sync = true;
  bool create_if_missing = true;
  // For tests: the files of RocksDB (not the lock file) go through this. Must outlive the engine; null: the default.
  rocksdb::Env* env = nullptr;
};

// Opens the store and recovers it: a write that the power cut short at the very end of the write-ahead log is dropped.
//   STORE_LOCKED   it is open elsewhere, in another process or this one
//   DATA_CORRUPT   bytes before that end do not check out, or the store is of another format; nothing was changed
//   STORE_IO       the device failed, or there is no store at `path` and `create_if_missing` is false
//
// After a failed write every later write returns STORE_IO until the store is reopened; reads go on. Close, and the
// destructor, wait for running calls and invalidate what is still held: snapshots and scans answer STORE_CLOSED from
// then on, whenever they are destroyed; key and value of a scan stay readable.
absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDbEngine(const RocksDbOptions& options);

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_ENGINE_H_
