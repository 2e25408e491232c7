#include "server/service/import/import_progress.h"

#include <memory>
#include <optional>

#include "server/domain/events.h"
#include "server/service/output.h"
#include "storage/registry/tables.h"

namespace gi::service {
namespace {

std::string ProgressKey(absl::string_view import_id) {
  return keyspace::KeyWriter(keyspace::kImportProgress).String(import_id).bytes();
}

keyspace::KeyWriter KeysOf(absl::string_view import_id) {
  return keyspace::KeyWriter(keyspace::kImportKeys).String(import_id);
}

absl::Status Corrupt(const char* detail) {
  return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", detail}});
}

absl::StatusOr<storage::v1::ImportProgress> Parse(const std::optional<std::string>& bytes) {
  storage::v1::ImportProgress progress;
  if (bytes && !progress.ParseFromString(*bytes)) return Corrupt("progress of an import");
  return progress;
}

absl::Status UseKeys(absl::string_view bytes, absl::FunctionRef<void(const storage::v1::ImportKeys::Row&)> use) {
  storage::v1::ImportKeys keys;
  if (!keys.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Corrupt("keys of an import");
  for (const auto& row : keys.rows()) use(row);
  return absl::OkStatus();
}

// What the rows that it changed say of it.
absl::StatusOr<storage::v1::ImportProgress> ProgressOfChunks(const table::RowReader& rows,
                                                             const std::string& import_id) {
  storage::v1::ImportProgress progress;
  registry::v1::ImportCounts& counts = *progress.mutable_counts();
  ASSIGN_OR_RETURN(const table::IdPage chunks, table::ScanIds(rows, registry::ChunksOfImport(import_id), "", SIZE_MAX));
  for (const std::string& id : chunks.ids) {
    ASSIGN_OR_RETURN(const auto chunk, registry::kImportChunks.Get(rows, id));
    if (!chunk) continue;
    for (const registry::v1::ImportedRow& row : chunk->message.rows()) {
      // A row may bring another along.
      if (row.line() == progress.last_line()) continue;
      progress.set_last_line(row.line());
      const bool created = row.outcome() == registry::v1::IMPORT_OUTCOME_CREATED;
      counts.set_read(counts.read() + 1);
      created ? counts.set_created(counts.created() + 1) : counts.set_changed(counts.changed() + 1);
    }
  }
  return progress;
}

}  // namespace

void Add(const registry::v1::ImportCounts& counts, registry::v1::ImportCounts& sum) {
  sum.set_read(sum.read() + counts.read());
  sum.set_created(sum.created() + counts.created());
  sum.set_changed(sum.changed() + counts.changed());
  sum.set_same(sum.same() + counts.same());
  sum.set_skipped(sum.skipped() + counts.skipped());
  sum.set_rejected(sum.rejected() + counts.rejected());
  sum.set_warnings(sum.warnings() + counts.warnings());
}

absl::StatusOr<storage::v1::ImportProgress> ReadProgress(const registry::Mutation& mutation,
                                                         const std::string& import_id) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, mutation.GetLocal(ProgressKey(import_id)));
  return Parse(bytes);
}

absl::StatusOr<storage::v1::ImportProgress> ReadProgress(const engine::ViewSnapshot& state,
                                                         const std::string& import_id) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, state.GetLocal(ProgressKey(import_id)));
  return Parse(bytes);
}

absl::StatusOr<storage::v1::ImportProgress> ReadProgress(const registry::Registry& registry,
                                                         const std::string& import_id) {
  ASSIGN_OR_RETURN(const auto state, registry.LocalState());
  return ReadProgress(*state, import_id);
}

void PutProgress(registry::Mutation& mutation, const std::string& import_id, int64_t first_line,
                 const storage::v1::ImportProgress& progress, const storage::v1::ImportKeys& keys) {
  mutation.PutLocal(ProgressKey(import_id), progress.SerializeAsString());
  if (keys.rows().empty()) return;
  const std::string key = KeysOf(import_id).Uint64(static_cast<uint64_t>(first_line)).bytes();
  mutation.PutLocal(key, keys.SerializeAsString());
}

absl::Status ForEachKey(const registry::Registry& registry, const std::string& import_id,
                        absl::FunctionRef<void(const storage::v1::ImportKeys::Row&)> use) {
  ASSIGN_OR_RETURN(const auto state, registry.LocalState());
  const std::unique_ptr<engine::ViewScan> scan = state->ScanLocal(engine::PrefixRange(KeysOf(import_id).bytes()));
  while (scan->Next()) RETURN_IF_ERROR(UseKeys(scan->value(), use));
  return scan->status();
}

absl::Status ForEachKey(const registry::Mutation& mutation, const std::string& import_id,
                        absl::FunctionRef<void(const storage::v1::ImportKeys::Row&)> use) {
  ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                   mutation.LocalKeys(engine::PrefixRange(KeysOf(import_id).bytes())));
  for (const std::string& key : keys) {
    ASSIGN_OR_RETURN(const std::optional<std::string> bytes, mutation.GetLocal(key));
    if (bytes) RETURN_IF_ERROR(UseKeys(*bytes, use));
  }
  return absl::OkStatus();
}

absl::Status CheckNotRestored(const std::shared_ptr<const engine::ViewSnapshot>& state, const std::string& import_id,
                              const registry::v1::Import& row) {
  if (row.state() != registry::v1::IMPORT_STATE_OPEN) return absl::OkStatus();
  ASSIGN_OR_RETURN(const storage::v1::ImportProgress progress, ReadProgress(*state, import_id));
  if (progress.last_line() > 0) return absl::OkStatus();
  const table::SnapshotReader rows(state);
  ASSIGN_OR_RETURN(const table::IdPage chunks, table::ScanIds(rows, registry::ChunksOfImport(import_id), "", 1));
  if (chunks.ids.empty()) return absl::OkStatus();
  return MakeError(
      ErrorReason::ERROR_REASON_IMPORT_NOT_OPEN,
      {{"name", row.name()}, {"state", "of before the register was restored"}, {"state_zh", "恢复存档之前的导入"}});
}

absl::Status CheckOpen(const registry::v1::Import& row) {
  if (row.state() == registry::v1::IMPORT_STATE_OPEN) return absl::OkStatus();
  return MakeError(ErrorReason::ERROR_REASON_IMPORT_NOT_OPEN,
                   {{"name", row.name()}, {"state", domain::ShortName(row.state())}});
}

absl::Status EndImport(registry::Mutation& mutation, const std::string& import_id, registry::v1::ImportState state,
                       registry::v1::Import row) {
  RETURN_IF_ERROR(CheckOpen(row));
  ASSIGN_OR_RETURN(storage::v1::ImportProgress progress, ReadProgress(mutation, import_id));
  if (progress.last_line() == 0) {
    ASSIGN_OR_RETURN(progress, ProgressOfChunks(mutation.rows(), import_id));
  }
  row.set_state(state);
  *row.mutable_counts() = progress.counts();
  row.set_last_line(progress.last_line());
  *row.mutable_end_time() = ToTimestamp(absl::ToUnixMicros(mutation.now()));
  Touch(mutation.now(), row);
  mutation.PutLocal(ProgressKey(import_id), std::nullopt);
  RETURN_IF_ERROR(mutation.DeleteLocal(engine::PrefixRange(KeysOf(import_id).bytes())));
  return mutation.Put(registry::kImports, import_id, row);
}

}  // namespace gi::service
