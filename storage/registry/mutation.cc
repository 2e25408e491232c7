#include "storage/registry/mutation.h"

#include "storage/base/leaf.h"

namespace gi::registry {

absl::Status Mutation::Change(const table::AnyTable& table, absl::string_view id,
                              const std::optional<std::string>& bytes, const google::protobuf::Message* parsed) {
  std::optional<std::string> row;
  if (bytes) {
    ASSIGN_OR_RETURN(row, CanonicalRow(*bytes));
  }
  const std::string key = table.Key(id);
  ASSIGN_OR_RETURN(const std::optional<engine::VersionedValue> old_row, staging_.Get(key));
  if (!row && !old_row) return absl::OkStatus();
  std::vector<engine::ViewMutation> changes;
  RETURN_IF_ERROR(table.AppendRowChange(key, old_row ? std::optional<absl::string_view>(old_row->value) : std::nullopt,
                                        row ? std::optional<absl::string_view>(*row) : std::nullopt, parsed, changes));
  staging_.Stage(changes);
  std::move(changes.begin(), changes.end(), std::back_inserter(view_));

  before_.push_back(old_row ? old_row->revision : Revision{});
  storage::v1::LogEntry& entry = *commit_.add_entries();
  entry.set_table(table.tag());
  entry.set_key(key);
  if (row) entry.set_row(*std::move(row));
  entry.set_seed(entropy_(kSeedBytes));
  return absl::OkStatus();
}

absl::Status Mutation::Try(absl::FunctionRef<absl::Status()> part) {
  const Staging::Mark mark = staging_.Here();
  const int entries = commit_.entries_size();
  const size_t changes = view_.size();
  absl::Status status = part();
  if (!status.ok()) {
    staging_.RollBack(mark);
    commit_.mutable_entries()->DeleteSubrange(entries, commit_.entries_size() - entries);
    before_.resize(static_cast<size_t>(entries));
    view_.erase(view_.begin() + static_cast<ptrdiff_t>(changes), view_.end());
  }
  return status;
}

absl::Status Mutation::DeleteLocal(const engine::KeyRange& range) {
  ASSIGN_OR_RETURN(std::vector<std::string> keys, staging_.LocalKeys(range));
  for (std::string& key : keys) PutLocal(std::move(key), std::nullopt);
  return absl::OkStatus();
}

absl::StatusOr<std::string> Mutation::KeyOfEntry(const table::AnyTable& table, int first) const {
  for (int i = first; i < commit_.entries_size(); ++i) {
    if (commit_.entries(i).table() == table.tag()) return commit_.entries(i).key();
  }
  return MakeError(ErrorReason::ERROR_REASON_INTERNAL, {{"detail", "a rule that staged nothing"}});
}

void Mutation::PutLocal(std::string key, std::optional<std::string> value) {
  const engine::ViewMutation change{engine::Space::kLocal, std::move(key), std::move(value)};
  staging_.Stage({&change, 1});
  view_.push_back(change);
}

void Mutation::SetAnswer(const table::AnyTable& table, absl::string_view id) {
  const std::string key = table.Key(id);
  for (int i = 0; i < commit_.entries_size(); ++i) {
    if (commit_.entries(i).key() != key) continue;
    commit_.mutable_header()->mutable_call()->set_answer_entry(static_cast<uint32_t>(i));
  }
}

}  // namespace gi::registry
