#include "storage/engine/rocksdb/version_overlay.h"

#include <algorithm>
#include <string>

#include "storage/base/status_macros.h"
#include "storage/engine/rocksdb/history_key.h"
#include "storage/engine/rocksdb/rocksdb_status.h"

namespace gi::engine {

absl::Status VersionOverlay::Load(absl::Span<const ViewCommit> commits) {
  for (const ViewCommit& commit : commits) {
    for (const ViewMutation& mutation : commit.mutations) {
      if (mutation.space == Space::kVersioned) keys_.push_back(mutation.key);
    }
  }
  std::sort(keys_.begin(), keys_.end());
  keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());

  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys_.size());
  for (const absl::string_view key : keys_) slices.push_back(ToSlice(key));
  std::vector<rocksdb::Status> statuses(keys_.size());
  stored_ = std::vector<rocksdb::PinnableSlice>(keys_.size());
  rows_.resize(keys_.size());
  core_.db().MultiGet({}, core_.family(Family::kCurrent), slices.size(), slices.data(), stored_.data(), statuses.data(),
                      /*sorted_input=*/true);
  places_.reserve(keys_.size());
  for (size_t i = 0; i < keys_.size(); ++i) {
    places_.emplace(keys_[i], i);
    if (statuses[i].IsNotFound()) continue;
    RETURN_IF_ERROR(ToStatus(statuses[i]));
    ASSIGN_OR_RETURN(rows_[i].newest, DecodeCurrentRecord(ToView(stored_[i])));
  }
  return absl::OkStatus();
}

absl::Status VersionOverlay::Add(const ViewCommit& commit, rocksdb::WriteBatch& batch) {
  // Backwards, so that the last mutation of a key is the first one met, and the one that counts.
  for (size_t i = commit.mutations.size(); i-- > 0;) {
    const ViewMutation& mutation = commit.mutations[i];
    if (mutation.space != Space::kVersioned) continue;
    RETURN_IF_ERROR(Change(mutation, commit.revision, rows_[places_.at(mutation.key)], batch));
  }
  return absl::OkStatus();
}

absl::Status VersionOverlay::Change(const ViewMutation& mutation, Revision revision, Row& row,
                                    rocksdb::WriteBatch& batch) {
  if (row.last_commit == revision) return absl::OkStatus();
  row.last_commit = revision;
  const bool exists = row.newest.has_value() && !row.newest->content.deleted;
  if (!mutation.value.has_value() && !exists) return absl::OkStatus();
  Revision first = revision;
  if (row.newest.has_value()) {
    first = row.newest->first;
    RETURN_IF_ERROR(ToStatus(batch.Put(core_.family(Family::kHistory), HistoryKey(mutation.key, row.newest->revision),
                                       EncodeHistoryRecord(row.newest->content))));
  }
  row.newest = CurrentRecord{
      .revision = revision, .first = first, .content = {.deleted = !mutation.value.has_value(), .value = {}}};
  if (mutation.value.has_value()) row.newest->content.value = *mutation.value;
  row.changed = true;
  return absl::OkStatus();
}

absl::Status VersionOverlay::Finish(rocksdb::WriteBatch& batch) const {
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (!rows_[i].changed) continue;
    const std::string value = EncodeCurrentRecord(*rows_[i].newest);
    RETURN_IF_ERROR(ToStatus(batch.Put(core_.family(Family::kCurrent), ToSlice(keys_[i]), value)));
  }
  return absl::OkStatus();
}

}  // namespace gi::engine
