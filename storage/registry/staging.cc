#include "storage/registry/staging.h"

#include "storage/base/status_macros.h"
#include "storage/keyspace/key.h"

namespace gi::registry {

// Merges the base's scan with the staged keys of the range; a staged key hides the base's. `base`: at its first key;
// nullptr if it has none.
class Staging::MergedScan final : public engine::ViewScan {
 public:
  MergedScan(std::unique_ptr<engine::ViewScan> base, Map::const_iterator staged, Map::const_iterator staged_end)
      : base_(std::move(base)), base_valid_(base_ != nullptr), staged_(staged), staged_end_(staged_end) {}

  bool Next() override {
    if (at_base_) base_valid_ = base_->Next();
    if (at_staged_) ++staged_;
    at_base_ = at_staged_ = false;
    while (true) {
      if (!status().ok()) return false;
      const bool has_staged = staged_ != staged_end_;
      if (!has_staged && !base_valid_) return false;
      if (!has_staged || (base_valid_ && base_->key() < staged_->first)) {
        at_base_ = true;
        return true;
      }
      if (base_valid_ && base_->key() == staged_->first) base_valid_ = base_->Next();
      if (staged_->second.value) {
        at_staged_ = true;
        return true;
      }
      ++staged_;
    }
  }
  absl::string_view key() const override { return at_base_ ? base_->key() : absl::string_view(staged_->first); }
  absl::string_view value() const override { return at_base_ ? base_->value() : *staged_->second.value; }
  Revision revision() const override { return at_base_ ? base_->revision() : staged_->second.revision; }
  absl::Status status() const override { return base_ == nullptr ? absl::OkStatus() : base_->status(); }

 private:
  std::unique_ptr<engine::ViewScan> base_;
  bool base_valid_;
  Map::const_iterator staged_, staged_end_;
  bool at_base_ = false, at_staged_ = false;
};

Staging::Staging(std::shared_ptr<const engine::ViewSnapshot> snapshot) : base_(std::move(snapshot)) {}

absl::StatusOr<std::optional<engine::VersionedValue>> Staging::Get(absl::string_view key) const {
  const auto it = staged_.find(key);
  if (it == staged_.end()) {
    if (absent_.contains(key)) return std::optional<engine::VersionedValue>();
    absl::StatusOr<std::optional<engine::VersionedValue>> stored = base_.Get(key);
    if (stored.ok() && !stored->has_value()) absent_.emplace(key);
    return stored;
  }
  if (!it->second.value) return std::optional<engine::VersionedValue>();
  return std::optional<engine::VersionedValue>({it->second.revision, *it->second.value});
}

absl::StatusOr<std::vector<std::optional<engine::VersionedValue>>> Staging::MultiGet(
    absl::Span<const std::string> keys) const {
  std::vector<std::optional<engine::VersionedValue>> values;
  values.reserve(keys.size());
  for (const std::string& key : keys) {
    ASSIGN_OR_RETURN(std::optional<engine::VersionedValue> value, Get(key));
    values.push_back(std::move(value));
  }
  return values;
}

absl::StatusOr<std::optional<std::string>> Staging::GetLocal(const std::string& key) const {
  const auto it = local_.find(key);
  if (it != local_.end()) return it->second.value;
  return base_.snapshot().GetLocal(key);
}

absl::StatusOr<std::vector<std::string>> Staging::LocalKeys(const engine::KeyRange& range) const {
  std::vector<std::string> keys;
  for (auto it = local_.lower_bound(range.begin); it != local_.end() && it->first < range.end; ++it) {
    if (it->second.value) keys.push_back(it->first);
  }
  const std::unique_ptr<engine::ViewScan> scan = base_.snapshot().ScanLocal(range);
  while (scan->Next()) {
    if (!local_.contains(scan->key())) keys.emplace_back(scan->key());
  }
  RETURN_IF_ERROR(scan->status());
  return keys;
}

std::unique_ptr<engine::ViewScan> Staging::Scan(const engine::KeyRange& range) const {
  const auto begin = staged_.lower_bound(range.begin);
  const auto end = range.end.empty() || range.end <= range.begin ? (range.end.empty() ? staged_.end() : begin)
                                                                 : staged_.lower_bound(range.end);
  std::unique_ptr<engine::ViewScan> base;
  if (std::pair<std::string, std::string> asked(range.begin, range.end); !empty_.contains(asked)) {
    base = base_.Scan(range);
    // One that failed says so when it is used.
    if (!base->Next() && base->status().ok()) {
      empty_.insert(std::move(asked));
      base.reset();
    }
  }
  return std::make_unique<MergedScan>(std::move(base), begin, end);
}

void Staging::ForEachRow(
    absl::FunctionRef<void(absl::string_view key, const std::optional<std::string>& row)> use) const {
  for (const auto& [key, staged] : staged_) {
    if (!keyspace::IsIndex(keyspace::TagOf(key))) use(key, staged.value);
  }
}

void Staging::Stage(absl::Span<const engine::ViewMutation> mutations) {
  for (const engine::ViewMutation& mutation : mutations) {
    Map& map = mutation.space == engine::Space::kVersioned ? staged_ : local_;
    auto [it, inserted] = map.try_emplace(mutation.key);
    undo_.push_back({&map, mutation.key, inserted ? std::nullopt : std::optional<Staged>(it->second)});
    it->second.value = mutation.value;
  }
}

void Staging::RollBack(Mark mark) {
  for (; undo_.size() > mark; undo_.pop_back()) {
    Undo& undo = undo_.back();
    if (undo.before) {
      (*undo.map)[undo.key] = *std::move(undo.before);
    } else {
      undo.map->erase(undo.key);
    }
  }
}

void Staging::Keep(Revision revision) {
  for (const Undo& undo : undo_) (*undo.map)[undo.key].revision = revision;
  undo_.clear();
}

}  // namespace gi::registry
