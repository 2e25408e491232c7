// The keys of the rows that an import has taken, by which two rows of one file are found that name the same.
#ifndef GI_SERVER_SERVICE_IMPORT_ROW_KEYS_H_
#define GI_SERVER_SERVICE_IMPORT_ROW_KEYS_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "gi/storage/v1/import.pb.h"
#include "storage/registry/registry.h"

namespace gi::service {

// Of one import, in about 30 bytes a key. Belongs to the thread that takes rows.
class RowKeys {
 public:
  struct Seen {
    int64_t line;
    uint64_t content;
  };

  void Remember(const storage::v1::ImportKeys::Row& key) { seen_[key.key()] = {key.line(), key.content()}; }
  // nullptr: no row has the key.
  const Seen* Find(uint64_t key) const;

  // All rows up to this line are remembered.
  int64_t up_to() const { return up_to_; }
  void set_up_to(int64_t line) { up_to_ = line; }

  // What was kept of the import, up to `line`. Errors of the store, DATA_CORRUPT.
  absl::Status Load(const registry::Mutation& mutation, const std::string& import_id, int64_t line);
  absl::Status Load(const registry::Registry& registry, const std::string& import_id, int64_t line);

 private:
  int64_t up_to_ = 0;
  absl::flat_hash_map<uint64_t, Seen> seen_;
};

// Those of all imports to which streams are open: each once, however many streams there are. Thread-safe.
class OpenRowKeys {
 public:
  // Loads them if no other stream has, and must be kept as long as rows are taken. Errors of the store, DATA_CORRUPT.
  absl::StatusOr<std::shared_ptr<RowKeys>> Of(const registry::Registry& registry, const std::string& import_id);

 private:
  std::mutex mutex_;
  // By import.
  absl::flat_hash_map<std::string, std::weak_ptr<RowKeys>> open_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_ROW_KEYS_H_
