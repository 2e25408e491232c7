// The one place where a status of RocksDB becomes one of ours.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_STATUS_H_
#define GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rocksdb/slice.h"
#include "rocksdb/status.h"

namespace gi::engine {

// By code and subcode, never by text; the text becomes the detail.
//   IOError             STORE_IO
//   Corruption          DATA_CORRUPT
//   ShutdownInProgress  STORE_CLOSED
//   anything else       INTERNAL: this engine calls nothing that may give it (NotFound is handled where it can occur)
absl::Status ToStatus(const rocksdb::Status& status);

inline rocksdb::Slice ToSlice(absl::string_view bytes) { return rocksdb::Slice(bytes.data(), bytes.size()); }
inline absl::string_view ToView(const rocksdb::Slice& bytes) { return absl::string_view(bytes.data(), bytes.size()); }

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_ROCKSDB_STATUS_H_
