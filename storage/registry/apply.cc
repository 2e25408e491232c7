#include "storage/registry/apply.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "storage/base/error.h"
#include "storage/base/leaf.h"
#include "storage/base/status_macros.h"
#include "storage/registry/tables.h"

namespace gi::registry {
namespace {

absl::Status Corrupt(absl::string_view detail, Revision end) {
  return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT,
                   {{"detail", absl::StrCat("commit ending at revision ", end.value, ": ", detail)}});
}

// The salt of a unit: from the seed, or as kept once something was erased.
std::string SaltOf(const storage::v1::LogEntry& entry, uint32_t unit) {
  if (!entry.seed().empty()) return UnitSalt(entry.seed(), unit);
  for (const storage::v1::UnitSalt& kept : entry.salts()) {
    if (kept.unit() == unit) return kept.salt();
  }
  return "";
}

// The units of an entry that are disclosed, with their bytes.
absl::StatusOr<std::vector<FieldUnit>> DisclosedUnits(const storage::v1::Commit& commit,
                                                      const storage::v1::LogEntry& entry) {
  ASSIGN_OR_RETURN(std::vector<FieldUnit> units, SplitFields(entry.row()));
  units.push_back({kKeyUnit, entry.key()});
  units.push_back({kActorUnit, commit.header().actor().SerializeAsString()});
  units.push_back({kReasonUnit, commit.header().reason().SerializeAsString()});
  units.push_back({kCallUnit, commit.header().call().SerializeAsString()});
  return units;
}

}  // namespace

absl::StatusOr<storage::v1::Commit> UnpackCommit(const engine::LogCommit& packed) {
  storage::v1::Commit commit;
  if (!commit.ParseFromString(packed.payload)) return Corrupt("does not parse", packed.end);
  if (commit.header().format() != kCommitFormat) {
    return Corrupt(absl::StrCat("format ", commit.header().format(), " is not known"), packed.end);
  }
  if (static_cast<uint64_t>(commit.entries_size()) != packed.entries || commit.entries_size() == 0 ||
      commit.header().call().answer_entry() >= packed.entries) {
    return Corrupt("wrong number of entries", packed.end);
  }
  return commit;
}

engine::LogCommit PackCommit(const storage::v1::Commit& commit, Revision end) {
  return {end, static_cast<uint64_t>(commit.entries_size()), commit.SerializeAsString()};
}

absl::StatusOr<engine::ViewCommit> ApplyCommit(const storage::v1::Commit& commit, Revision end,
                                               const table::RowReader& before) {
  engine::ViewCommit view{end, {}};
  // Rows that an earlier entry of the same commit changed.
  absl::flat_hash_map<std::string, std::optional<absl::string_view>> changed;
  for (const storage::v1::LogEntry& entry : commit.entries()) {
    const table::AnyTable* table = FindTable(entry.table());
    if (table == nullptr) return Corrupt(absl::StrCat("unknown table ", entry.table()), end);
    std::optional<engine::VersionedValue> stored;
    std::optional<absl::string_view> old_row;
    if (auto it = changed.find(entry.key()); it != changed.end()) {
      old_row = it->second;
    } else {
      ASSIGN_OR_RETURN(stored, before.Get(entry.key()));
      if (stored) old_row = stored->value;
    }
    std::optional<absl::string_view> new_row;
    if (entry.has_row()) new_row = entry.row();
    RETURN_IF_ERROR(table->AppendRowChange(entry.key(), old_row, new_row, nullptr, view.mutations));
    changed[entry.key()] = new_row;
  }
  AppendCommitRecords(commit, end, view.mutations);
  return view;
}

storage::v1::CallRecord CallRecordOf(const storage::v1::Commit& commit, Revision end) {
  const storage::v1::CommitHeader& header = commit.header();
  storage::v1::CallRecord record;
  record.set_request_digest(header.call().request_digest());
  record.set_revision(end.value);
  record.set_answer_key(commit.entries(static_cast<int>(header.call().answer_entry())).key());
  return record;
}

void AppendCommitRecords(const storage::v1::Commit& commit, Revision end,
                         std::vector<engine::ViewMutation>& mutations) {
  const storage::v1::CommitHeader& header = commit.header();
  mutations.push_back({engine::Space::kLocal, CallKey(header.call()), CallRecordOf(commit, end).SerializeAsString()});
  mutations.push_back({engine::Space::kLocal, CommitTimeKey(header.commit_time_us()), absl::StrCat(end.value)});
  for (const storage::v1::LogEntry& entry : commit.entries()) {
    if (entry.has_row()) continue;
    mutations.push_back(
        {engine::Space::kLocal, DeletionsKey(static_cast<keyspace::Tag>(entry.table())), absl::StrCat(end.value)});
  }
}

std::string DeletionsKey(keyspace::Tag table) {
  return keyspace::KeyWriter(keyspace::kDeletions).Uint64(table).bytes();
}

std::string CallKey(const storage::v1::Call& call) {
  return keyspace::KeyWriter(keyspace::kCalls)
      .String(call.agency())
      .String(call.method())
      .String(call.request_id())
      .bytes();
}

std::string CommitTimeKey(int64_t commit_time_us) {
  return keyspace::KeyWriter(keyspace::kCommitTimes).Uint64(~static_cast<uint64_t>(commit_time_us)).bytes();
}

absl::StatusOr<std::string> EncodeEntryLeaf(const storage::v1::Commit& commit, int index, Revision end) {
  const storage::v1::LogEntry& entry = commit.entries(index);
  ASSIGN_OR_RETURN(const std::vector<FieldUnit> disclosed, DisclosedUnits(commit, entry));
  std::map<uint32_t, std::string> commitments;
  for (const storage::v1::ErasedUnit& erased : entry.erased()) commitments[erased.unit()] = erased.commitment();
  for (const FieldUnit& unit : disclosed) {
    commitments[unit.number] = UnitCommitment(unit.number, SaltOf(entry, unit.number), unit.bytes);
  }
  std::vector<CommittedUnit> units;
  for (auto& [unit, commitment] : commitments) units.push_back({unit, std::move(commitment)});
  const uint64_t sequence = end.value - static_cast<uint64_t>(commit.entries_size()) + static_cast<uint64_t>(index);
  return EncodeLeaf({sequence, end.value, commit.header().commit_time_us(), entry.table(), !entry.has_row()}, units);
}

absl::Status EraseField(storage::v1::LogEntry& entry, uint32_t field_number) {
  ASSIGN_OR_RETURN(const std::vector<FieldUnit> fields, SplitFields(entry.row()));
  auto erased =
      std::find_if(fields.begin(), fields.end(), [&](const FieldUnit& f) { return f.number == field_number; });
  if (erased == fields.end()) return absl::OkStatus();
  const std::string commitment = UnitCommitment(field_number, SaltOf(entry, field_number), erased->bytes);
  std::vector<std::pair<uint32_t, std::string>> salts;
  std::string row;
  for (const FieldUnit& field : fields) {
    if (field.number == field_number) continue;
    row += field.bytes;
    salts.emplace_back(field.number, SaltOf(entry, field.number));
  }
  for (const uint32_t unit : {kKeyUnit, kActorUnit, kReasonUnit, kCallUnit})
    salts.emplace_back(unit, SaltOf(entry, unit));
  entry.set_row(row);
  entry.clear_seed();
  entry.clear_salts();
  for (auto& [unit, salt] : salts) {
    storage::v1::UnitSalt* kept = entry.add_salts();
    kept->set_unit(unit);
    kept->set_salt(std::move(salt));
  }
  storage::v1::ErasedUnit* gone = entry.add_erased();
  gone->set_unit(field_number);
  gone->set_commitment(commitment);
  return absl::OkStatus();
}

}  // namespace gi::registry
