#include "storage/registry/mutation.h"

#include "storage/base/leaf.h"

namespace gi::registry {

absl::Status Mutation::PutBytes(const table::AnyTable& table, absl::string_view id, const std::string& bytes) {
  ASSIGN_OR_RETURN(std::string row, CanonicalRow(bytes));
  const std::string key = table.Key(id);
  ASSIGN_OR_RETURN(const std::optional<engine::VersionedValue> old_row, staging_.Get(key));
  std::vector<engine::ViewMutation> changes;
  RETURN_IF_ERROR(table.AppendRowChange(key, old_row ? std::optional<absl::string_view>(old_row->value) : std::nullopt,
                                        row, changes));
  staging_.Stage(changes);
  std::move(changes.begin(), changes.end(), std::back_inserter(view_));

  storage::v1::LogEntry& entry = *commit_.add_entries();
  entry.set_table(table.tag());
  entry.set_key(key);
  entry.set_row(std::move(row));
  entry.set_seed(entropy_(kSeedBytes));
  return absl::OkStatus();
}

void Mutation::SetAnswer(const table::AnyTable& table, absl::string_view id) {
  const std::string key = table.Key(id);
  for (int i = 0; i < commit_.entries_size(); ++i) {
    if (commit_.entries(i).key() == key) commit_.mutable_header()->set_answer_entry(static_cast<uint32_t>(i));
  }
}

}  // namespace gi::registry
