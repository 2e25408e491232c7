#include "server/service/import/row_keys.h"

#include "server/service/import/import_progress.h"
#include "storage/base/status_macros.h"

namespace gi::service {

const RowKeys::Seen* RowKeys::Find(uint64_t key) const {
  const auto found = seen_.find(key);
  return found == seen_.end() ? nullptr : &found->second;
}

absl::Status RowKeys::Load(const registry::Mutation& mutation, const std::string& import_id, int64_t line) {
  seen_.clear();
  up_to_ = line;
  return ForEachKey(mutation, import_id, [&](const auto& key) { Remember(key); });
}

absl::Status RowKeys::Load(const registry::Registry& registry, const std::string& import_id, int64_t line) {
  seen_.clear();
  up_to_ = line;
  return ForEachKey(registry, import_id, [&](const auto& key) { Remember(key); });
}

absl::StatusOr<std::shared_ptr<RowKeys>> OpenRowKeys::Of(const registry::Registry& registry,
                                                         const std::string& import_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  absl::erase_if(open_, [](const auto& one) { return one.second.expired(); });
  if (const auto found = open_.find(import_id); found != open_.end()) {
    if (std::shared_ptr<RowKeys> keys = found->second.lock()) return keys;
  }
  // Nobody else sends rows to it. A chunk that comes in between nonetheless shows as a later line.
  ASSIGN_OR_RETURN(const storage::v1::ImportProgress progress, ReadProgress(registry, import_id));
  auto keys = std::make_shared<RowKeys>();
  RETURN_IF_ERROR(keys->Load(registry, import_id, progress.last_line()));
  open_[import_id] = keys;
  return keys;
}

}  // namespace gi::service
