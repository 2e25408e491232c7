// What taking an import back has to undo, and what stands in the way.
#ifndef GI_SERVER_SERVICE_IMPORT_UNDO_PLAN_H_
#define GI_SERVER_SERVICE_IMPORT_UNDO_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/import.pb.h"
#include "server/service/import/row_importers.h"
#include "storage/registry/registry.h"

namespace gi::service {

// The rows that an import changed, in about 40 bytes each. Immutable and thread-safe.
class UndoPlan {
 public:
  // Errors of the store, DATA_CORRUPT.
  static absl::StatusOr<UndoPlan> Make(const registry::ReadView& view, const std::string& import_id);

  struct Row {
    // Of its last change before the import (0: it was not there), and of the last one by the import.
    Revision before, last;
    int64_t line = 0;
    bool created() const { return before == Revision{}; }
  };
  // nullptr: the import did not change it.
  const Row* Find(absl::string_view name) const;

  struct Chunk {
    int64_t line;
    Revision revision;
  };
  // In the order of the file.
  const std::vector<Chunk>& chunks() const { return chunks_; }
  int64_t created() const { return created_; }
  int64_t changed() const { return static_cast<int64_t>(rows_.size()) - created_; }

 private:
  // By a hash of the name.
  absl::flat_hash_map<uint64_t, Row> rows_;
  std::vector<Chunk> chunks_;
  int64_t created_ = 0;
};

// Adds ROW_CHANGED_SINCE for a row of the plan that is not as the import left it, or is no more (nullopt). What was
// changed and changed back, by another import that was taken back for instance, is as it was. `snapshot`: any that has
// `now`.
absl::Status CheckUnchanged(const engine::ViewSnapshot& snapshot, const table::AnyTable& table,
                            const UndoPlan::Row& row, const std::string& name, const std::string& key,
                            const std::optional<engine::VersionedValue>& now, FieldViolations& obstacles);

// Adds ROW_REFERRED_TO for each row of the plan that the import created and that `row` names, unless that is itself one
// of the plan. Rows that are no resources are passed over.
absl::Status CheckReferences(const UndoPlan& plan, const RowImporters& importers, absl::string_view key,
                             absl::string_view row, FieldViolations& obstacles);
// The same for an entry of the log that `rows` still have as it was written.
absl::Status CheckReferences(const UndoPlan& plan, const RowImporters& importers, const storage::v1::LogEntry& entry,
                             Revision revision, const table::RowReader& rows, FieldViolations& obstacles);

// CheckUnchanged for all rows of the plan, whether a caller with these roles may change them, and CheckReferences for
// all rows that were changed since, as they are in the newest view. Errors of the store; CANCELLED once `stopped`.
absl::Status FindObstacles(registry::Registry& registry, const registry::ReadView& view, const UndoPlan& plan,
                           const std::string& import_id, const RowImporters& importers, domain::SurveyRoles roles,
                           absl::FunctionRef<bool()> stopped, FieldViolations& obstacles);

// Calls `use` with the entries of the log that end after one revision and not after another, and the revision at which
// their commit ends, until it returns an error.
using UseEntry = absl::FunctionRef<absl::Status(const storage::v1::LogEntry& entry, Revision revision)>;
absl::Status ForEachEntry(registry::Registry& registry, Revision after, Revision until, UseEntry use);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_UNDO_PLAN_H_
