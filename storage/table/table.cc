#include "storage/table/table.h"

#include <algorithm>

namespace gi::table {

std::vector<std::string> IndexEntries::TakeSorted() {
  std::sort(keys_.begin(), keys_.end());
  keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
  return std::move(keys_);
}

void AppendIndexDifference(const std::vector<std::string>& old_keys, const std::vector<std::string>& new_keys,
                           absl::string_view id, std::vector<engine::ViewMutation>& mutations) {
  auto old_key = old_keys.begin();
  auto new_key = new_keys.begin();
  while (old_key != old_keys.end() || new_key != new_keys.end()) {
    if (new_key == new_keys.end() || (old_key != old_keys.end() && *old_key < *new_key)) {
      mutations.push_back({engine::Space::kVersioned, *old_key++, std::nullopt});
    } else if (old_key == old_keys.end() || *new_key < *old_key) {
      mutations.push_back({engine::Space::kVersioned, *new_key++, std::string(id)});
    } else {
      ++old_key;
      ++new_key;
    }
  }
}

absl::Status RowCorrupt(absl::string_view table) {
  return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "row of table " + std::string(table)}});
}

absl::StatusOr<std::string> RowId(absl::string_view key) {
  keyspace::KeyReader reader(key);
  RETURN_IF_ERROR(reader.ReadTag().status());
  ASSIGN_OR_RETURN(std::string id, reader.String());
  RETURN_IF_ERROR(reader.Done());
  return id;
}

absl::StatusOr<IdPage> ScanIds(const RowReader& reader, engine::KeyRange range, absl::string_view after, size_t limit) {
  ASSIGN_OR_RETURN(const keyspace::Tag tag, keyspace::KeyReader(range.begin).ReadTag());
  const bool is_index = keyspace::IsIndex(tag);
  if (!after.empty()) range.begin = std::max(range.begin, keyspace::KeyAfter(after));
  IdPage page;
  const std::unique_ptr<engine::ViewScan> scan = reader.Scan(range);
  while (scan->Next()) {
    if (page.ids.size() == limit) {
      page.more = true;
      break;
    }
    page.keys.emplace_back(scan->key());
    if (is_index) {
      page.ids.emplace_back(scan->value());
    } else {
      ASSIGN_OR_RETURN(std::string id, RowId(scan->key()));
      page.ids.push_back(std::move(id));
    }
  }
  RETURN_IF_ERROR(scan->status());
  return page;
}

}  // namespace gi::table
