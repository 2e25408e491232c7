#include "server/service/import/undo_rows.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace gi::service {
namespace {

using google::protobuf::Message;
using registry::v1::ImportChunk;
using registry::v1::ImportedRow;

absl::StatusOr<std::unique_ptr<Message>> Parsed(const table::AnyTable& table, absl::string_view bytes) {
  std::unique_ptr<Message> row = table.NewRow();
  if (!row->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return table::RowCorrupt(table.name());
  return row;
}

absl::StatusOr<std::unique_ptr<Message>> RowAt(const engine::ViewSnapshot& snapshot, const RowImporter& importer,
                                               const std::string& id, Revision at) {
  ASSIGN_OR_RETURN(const auto value, snapshot.Get(importer.table().Key(id), at));
  if (!value) return table::RowCorrupt(importer.table().name());
  return Parsed(importer.table(), value->value);
}

absl::Status TakeBack(const RowsUndone& of, const RowImporter& importer, const std::string& id,
                      const UndoPlan::Row& row, const engine::VersionedValue& now, registry::Mutation& mutation,
                      FieldViolations& findings) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> current, Parsed(importer.table(), now.value));
  if (row.created()) return importer.Replace(mutation, current.get(), nullptr);
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> then, RowAt(of.snapshot, importer, id, row.before));
  AddFinding(importer.kind() == of.kind
                 ? importer.Restore(of.context, mutation, of.reason, *current, now.revision, *then, findings)
                 : importer.Replace(mutation, current.get(), then.get()),
             "", findings);
  return absl::OkStatus();
}

// ROW_NOT_PUT_BACK. `other`: what is in its place.
void LeaveOut(const ImportedRow& row, const std::string& other, FieldViolations& left) {
  left.Add(row.name(), ErrorReason::ERROR_REASON_ROW_NOT_PUT_BACK,
           {{"name", row.name()},
            {"line", absl::StrCat(row.line())},
            {"revision", absl::StrCat(row.revision_before())},
            {"other", other}});
}

absl::Status PutBack(const RowsUndone& of, const ImportedRow& row, Revision at, registry::Mutation& mutation,
                     FieldViolations& left) {
  std::string id;
  const RowImporter* importer = of.importers.FindNamed(row.name(), id);
  if (importer == nullptr) return table::RowCorrupt("import_chunks");
  ASSIGN_OR_RETURN(const auto now, mutation.rows().Get(importer->table().Key(id)));
  const bool withdrawn = row.outcome() == registry::v1::IMPORT_OUTCOME_WITHDRAWN;
  if (withdrawn ? now.has_value() : !now || now->revision != at) {
    LeaveOut(row, row.name(), left);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> then,
                   RowAt(of.snapshot, *importer, id, Revision{static_cast<uint64_t>(row.revision_before())}));
  ASSIGN_OR_RETURN(const std::string taken_by, importer->KeyTakenBy(mutation.rows(), *then));
  if (!taken_by.empty()) {
    LeaveOut(row, taken_by, left);
    return absl::OkStatus();
  }
  std::unique_ptr<Message> current;
  if (now) {
    ASSIGN_OR_RETURN(current, Parsed(importer->table(), now->value));
  }
  return importer->Replace(mutation, current.get(), then.get());
}

}  // namespace

absl::Status TakeBackRows(const RowsUndone& of, const UndoPlan& plan, const UndoPlan::Chunk& place,
                          const ImportChunk& chunk, registry::Mutation& mutation, ImportChunk& undone,
                          FieldViolations& obstacles) {
  absl::flat_hash_set<std::string> met;
  for (int i = chunk.rows_size(); i-- > 0;) {
    const ImportedRow& changed = chunk.rows(i);
    const UndoPlan::Row& row = *plan.Find(changed.name());
    // What a later chunk changed again went back at once.
    if (row.last != place.revision || !met.insert(changed.name()).second) continue;
    std::string id;
    const RowImporter* importer = of.importers.FindNamed(changed.name(), id);
    if (importer == nullptr) return table::RowCorrupt("import_chunks");
    const std::string key = importer->table().Key(id);
    ASSIGN_OR_RETURN(const auto now, mutation.rows().Get(key));
    FieldViolations findings;
    RETURN_IF_ERROR(CheckUnchanged(of.snapshot, importer->table(), row, changed.name(), key, now, findings));
    if (findings.empty()) RETURN_IF_ERROR(TakeBack(of, *importer, id, row, *now, mutation, findings));
    for (registry::v1::Violation finding : findings.all()) {
      finding.set_field(changed.name());
      obstacles.Add(finding);
    }
    if (!findings.empty()) continue;
    ImportedRow& made = *undone.add_rows();
    made.set_line(changed.line());
    made.set_outcome(row.created() ? registry::v1::IMPORT_OUTCOME_WITHDRAWN : registry::v1::IMPORT_OUTCOME_RESTORED);
    made.set_name(changed.name());
    made.set_revision_before(static_cast<int64_t>(now->revision.value));
  }
  std::reverse(undone.mutable_rows()->begin(), undone.mutable_rows()->end());
  return absl::OkStatus();
}

absl::Status PutBackRows(const RowsUndone& of, const ImportChunk& undone, Revision at, registry::Mutation& mutation,
                         FieldViolations& left) {
  for (const ImportedRow& row : undone.rows()) RETURN_IF_ERROR(PutBack(of, row, at, mutation, left));
  return absl::OkStatus();
}

}  // namespace gi::service
