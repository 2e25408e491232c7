// Keys of the column family `history`: the key, escaped so that its end is marked and its order kept, and the revision,
// inverted so that newer versions come first. The newest version at or before N is what a seek to (key, N) finds.
//
//   0x00 -> 0x00 0xFF     other bytes as they are     end: 0x00 0x01     ~revision: 8 bytes, big-endian
//
// Free functions, thread-safe.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_HISTORY_KEY_H_
#define GI_STORAGE_ENGINE_ROCKSDB_HISTORY_KEY_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/base/revision.h"

namespace gi::engine {

std::string HistoryKey(absl::string_view key, Revision revision);

// What stands before the end mark: all versions of keys from `key` on, and none of those below, are at or after it.
std::string HistoryKeyPrefix(absl::string_view key);

struct KeyAndRevision {
  std::string key;
  Revision revision;
};
// nullopt for bytes that HistoryKey never makes.
std::optional<KeyAndRevision> ParseHistoryKey(absl::string_view history_key);

// The revision of `history_key` if it is one of the same key as `sought`, itself made by HistoryKey; nullopt otherwise.
std::optional<Revision> HistoryRevision(absl::string_view history_key, absl::string_view sought);

// A revision as 8 bytes, big-endian: the key of a commit in `log`. Ordered as the revisions are.
std::string RevisionKey(Revision revision);
std::optional<Revision> ParseRevisionKey(absl::string_view bytes);

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_HISTORY_KEY_H_
