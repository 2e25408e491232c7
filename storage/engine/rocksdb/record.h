// Values of the column families. Decoders take any bytes and return DATA_CORRUPT for those no encoder makes; views in
// what they return point into their argument. Numbers are varints (7 bits a byte, lowest first).
//
//   log      entries ‖ payload
//   current  revision ‖ revision - first revision of the key ‖ state ‖ value
//   history  state ‖ value
//   state    one byte: 0 the value follows, 1 deleted
#ifndef GI_STORAGE_ENGINE_ROCKSDB_RECORD_H_
#define GI_STORAGE_ENGINE_ROCKSDB_RECORD_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/base/revision.h"

namespace gi::engine {

struct LogRecord {
  uint64_t entries = 0;
  absl::string_view payload;
};
std::string EncodeLogRecord(const LogRecord& record);
absl::StatusOr<LogRecord> DecodeLogRecord(absl::string_view bytes);

struct HistoryRecord {
  bool deleted = false;
  // Empty if deleted.
  absl::string_view value;
};
std::string EncodeHistoryRecord(const HistoryRecord& record);
absl::StatusOr<HistoryRecord> DecodeHistoryRecord(absl::string_view bytes);

struct CurrentRecord {
  // When this version and when the key's first one was written. No version of the key, and so nothing in history, is
  // older.
  Revision revision;
  Revision first;
  HistoryRecord content;
};
std::string EncodeCurrentRecord(const CurrentRecord& record);
absl::StatusOr<CurrentRecord> DecodeCurrentRecord(absl::string_view bytes);

// DATA_CORRUPT with this detail.
absl::Status Corrupt(absl::string_view detail);

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_RECORD_H_
