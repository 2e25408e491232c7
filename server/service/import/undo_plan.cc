#include "server/service/import/undo_plan.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "storage/registry/apply.h"

namespace gi::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kCommitsAtOnce = 256;
constexpr size_t kBytesAtOnce = 8 << 20;

uint64_t HashOf(absl::string_view name) { return absl::Hash<absl::string_view>()(name); }

// Fields whose texts are codes of divisions.
constexpr absl::string_view kFieldsOfCodes[] = {"code",       "area_codes",  "division_code", "divisions",
                                                "place_code", "place_codes", "jurisdiction",  "township"};
bool HasCodes(const FieldDescriptor& field) {
  return std::find(std::begin(kFieldsOfCodes), std::end(kFieldsOfCodes), field.name()) != std::end(kFieldsOfCodes);
}

std::string NameIn(const FieldDescriptor& field, const std::string& text) {
  return HasCodes(field) ? absl::StrCat(domain::kDivisionCollection, "/", text) : text;
}

// The names of resources that a row may hold: any text, and codes, by which divisions are named.
void ForEachName(const Message& message, absl::FunctionRef<void(const std::string&)> use) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_text = field->type() == FieldDescriptor::TYPE_STRING;
    if (!is_text && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    std::string scratch;
    if (!field->is_repeated()) {
      if (is_text) {
        use(NameIn(*field, reflection.GetStringReference(message, field, &scratch)));
      } else {
        ForEachName(reflection.GetMessage(message, field), use);
      }
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (is_text) {
        use(NameIn(*field, reflection.GetRepeatedStringReference(message, field, i, &scratch)));
      } else {
        ForEachName(reflection.GetRepeatedMessage(message, field, i), use);
      }
    }
  }
}

// What a row says of its changes, not of what it is about.
void DropHistory(Message& row) {
  for (const char* name : {"update_time", "steps"}) {
    const FieldDescriptor* field = row.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) row.GetReflection()->ClearField(&row, field);
  }
}

}  // namespace

absl::StatusOr<UndoPlan> UndoPlan::Make(const registry::ReadView& view, const std::string& import_id) {
  UndoPlan plan;
  const std::unique_ptr<engine::ViewScan> scan = view.rows().Scan(registry::ChunksOfImport(import_id));
  while (scan->Next()) {
    ASSIGN_OR_RETURN(const registry::v1::ImportChunk chunk, registry::kImportChunks.Parse(scan->value()));
    ASSIGN_OR_RETURN(const std::string chunk_id, table::RowId(scan->key()));
    plan.chunks_.push_back({registry::LineOfImportChunk(chunk_id), scan->revision()});
    for (const registry::v1::ImportedRow& changed : chunk.rows()) {
      const bool created = changed.outcome() == registry::v1::IMPORT_OUTCOME_CREATED;
      const auto [row, is_first] = plan.rows_.try_emplace(HashOf(changed.name()));
      if (is_first && !created) row->second.before = Revision{static_cast<uint64_t>(changed.revision_before())};
      if (is_first && created) ++plan.created_;
      row->second.last = scan->revision();
      row->second.line = changed.line();
    }
  }
  RETURN_IF_ERROR(scan->status());
  return plan;
}

const UndoPlan::Row* UndoPlan::Find(absl::string_view name) const {
  const auto found = rows_.find(HashOf(name));
  return found == rows_.end() ? nullptr : &found->second;
}

absl::Status CheckUnchanged(const engine::ViewSnapshot& snapshot, const table::AnyTable& table,
                            const UndoPlan::Row& row, const std::string& name, const std::string& key,
                            const std::optional<engine::VersionedValue>& now, FieldViolations& obstacles) {
  if (now && now->revision == row.last) return absl::OkStatus();
  if (now) {
    ASSIGN_OR_RETURN(const std::optional<engine::VersionedValue> left, snapshot.Get(key, row.last));
    const std::unique_ptr<Message> was = table.NewRow(), is = table.NewRow();
    if (!left || !was->ParseFromString(left->value) || !is->ParseFromString(now->value)) {
      return table::RowCorrupt(table.name());
    }
    DropHistory(*was);
    DropHistory(*is);
    if (google::protobuf::util::MessageDifferencer::Equals(*was, *is)) return absl::OkStatus();
  }
  obstacles.Add(name, ErrorReason::ERROR_REASON_ROW_CHANGED_SINCE,
                {{"name", name},
                 {"line", absl::StrCat(row.line)},
                 {"revision", now ? absl::StrCat(now->revision.value) : "withdrawn"}});
  return absl::OkStatus();
}

absl::Status CheckReferences(const UndoPlan& plan, const RowImporters& importers, absl::string_view key,
                             absl::string_view row, FieldViolations& obstacles) {
  const table::AnyTable* table = registry::FindTable(keyspace::TagOf(key));
  const RowImporter* importer = table == nullptr ? nullptr : importers.FindTable(*table);
  if (importer == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string id, table::RowId(key));
  const std::string own = domain::ResourceName(importer->collection(), id);
  if (plan.Find(own) != nullptr) return absl::OkStatus();
  const std::unique_ptr<Message> message = table->NewRow();
  if (!message->ParseFromArray(row.data(), static_cast<int>(row.size()))) return table::RowCorrupt(table->name());
  ForEachName(*message, [&](const std::string& name) {
    const UndoPlan::Row* named = plan.Find(name);
    if (named == nullptr || !named->created()) return;
    obstacles.Add(name, ErrorReason::ERROR_REASON_ROW_REFERRED_TO,
                  {{"name", name}, {"line", absl::StrCat(named->line)}, {"other", own}});
  });
  return absl::OkStatus();
}

absl::Status CheckReferences(const UndoPlan& plan, const RowImporters& importers, const storage::v1::LogEntry& entry,
                             Revision revision, const table::RowReader& rows, FieldViolations& obstacles) {
  if (!entry.has_row()) return absl::OkStatus();
  FieldViolations found;
  RETURN_IF_ERROR(CheckReferences(plan, importers, entry.key(), entry.row(), found));
  if (found.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto now, rows.Get(entry.key()));
  if (now && now->revision == revision) obstacles.Merge(found);
  return absl::OkStatus();
}

absl::Status ForEachEntry(registry::Registry& registry, Revision after, Revision until, UseEntry use) {
  while (after < until) {
    ASSIGN_OR_RETURN(const std::vector<engine::LogCommit> commits,
                     registry.engine().log().Read(after, kCommitsAtOnce, kBytesAtOnce));
    for (const engine::LogCommit& packed : commits) {
      if (packed.end > until) return absl::OkStatus();
      ASSIGN_OR_RETURN(const storage::v1::Commit commit, registry::UnpackCommit(packed));
      for (const storage::v1::LogEntry& entry : commit.entries()) RETURN_IF_ERROR(use(entry, packed.end));
      after = packed.end;
    }
    if (commits.empty()) break;
  }
  return absl::OkStatus();
}

absl::Status FindObstacles(registry::Registry& registry, const registry::ReadView& view, const UndoPlan& plan,
                           const std::string& import_id, const RowImporters& importers, domain::SurveyRoles roles,
                           absl::FunctionRef<bool()> stopped, FieldViolations& obstacles) {
  ASSIGN_OR_RETURN(const auto snapshot, registry.LocalState());
  const Day today = DayInShanghai(registry.Now());
  for (const UndoPlan::Chunk& place : plan.chunks()) {
    if (stopped()) return absl::CancelledError();
    ASSIGN_OR_RETURN(const auto chunk,
                     registry::kImportChunks.Get(view.rows(), registry::ImportChunkId(import_id, place.line)));
    if (!chunk) return table::RowCorrupt("import_chunks");
    for (const registry::v1::ImportedRow& changed : chunk->message.rows()) {
      const UndoPlan::Row& row = *plan.Find(changed.name());
      if (row.last != place.revision) continue;
      std::string id;
      const RowImporter* importer = importers.FindNamed(changed.name(), id);
      if (importer == nullptr) return table::RowCorrupt("import_chunks");
      const std::string key = importer->table().Key(id);
      ASSIGN_OR_RETURN(const auto now, view.rows().Get(key));
      RETURN_IF_ERROR(CheckUnchanged(*snapshot, importer->table(), row, changed.name(), key, now, obstacles));
      if (now) AddFinding(importer->CheckMayChange(now->value, roles, today), changed.name(), obstacles);
    }
  }
  if (plan.created() == 0) return absl::OkStatus();
  return ForEachEntry(registry, plan.chunks().front().revision, view.revision(),
                      [&](const storage::v1::LogEntry& entry, Revision revision) -> absl::Status {
                        if (stopped()) return absl::CancelledError();
                        return CheckReferences(plan, importers, entry, revision, view.rows(), obstacles);
                      });
}

}  // namespace gi::service
