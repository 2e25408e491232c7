#include "storage/registry/staging.h"

#include "absl/container/inlined_vector.h"
#include "storage/base/status_macros.h"
#include "storage/keyspace/key.h"

namespace gi::registry {

// Merges the base's scan with the staged keys of the range; a staged key hides those below it. `base`: at its first
// key; nullptr if it has none.
class Staging::MergedScan final : public engine::ViewScan {
 public:
  // `maps`: the uppermost first; nullptr: none.
  MergedScan(std::unique_ptr<engine::ViewScan> base, const engine::KeyRange& range,
             std::initializer_list<const Map*> maps)
      : base_(std::move(base)), base_valid_(base_ != nullptr), end_(range.end) {
    for (const Map* map : maps) {
      if (map != nullptr) layers_.emplace_back(map->lower_bound(range.begin), map->end());
    }
  }

  bool Next() override {
    // It was at the base's key.
    if (begun_ && staged_ == nullptr && base_valid_) base_valid_ = base_->Next();
    begun_ = true;
    while (status().ok()) {
      staged_ = First();
      if (base_valid_ && (staged_ == nullptr || base_->key() < staged_->first)) {
        staged_ = nullptr;
        return true;
      }
      if (staged_ == nullptr) return false;
      for (Layer& layer : layers_) {
        if (layer.first != layer.second && layer.first->first == staged_->first) ++layer.first;
      }
      if (base_valid_ && base_->key() == staged_->first) base_valid_ = base_->Next();
      if (staged_->second.value) return true;
    }
    return false;
  }
  absl::string_view key() const override { return staged_ == nullptr ? base_->key() : staged_->first; }
  absl::string_view value() const override { return staged_ == nullptr ? base_->value() : *staged_->second.value; }
  Revision revision() const override { return staged_ == nullptr ? base_->revision() : staged_->second.revision; }
  absl::Status status() const override { return base_ == nullptr ? absl::OkStatus() : base_->status(); }

 private:
  // Of the staged keys that are left, the first one, from the uppermost layer that has it.
  const Map::value_type* First() const {
    const Map::value_type* first = nullptr;
    for (const Layer& layer : layers_) {
      if (layer.first == layer.second || (!end_.empty() && layer.first->first >= end_)) continue;
      if (first == nullptr || layer.first->first < first->first) first = &*layer.first;
    }
    return first;
  }

  std::unique_ptr<engine::ViewScan> base_;
  bool base_valid_;
  using Layer = std::pair<Map::const_iterator, Map::const_iterator>;
  absl::InlinedVector<Layer, 2> layers_;
  const std::string end_;
  bool begun_ = false;
  // Where it is; nullptr: at the base's key.
  const Map::value_type* staged_ = nullptr;
};

Staging::Staging(std::shared_ptr<const engine::ViewSnapshot> snapshot, std::shared_ptr<const Staging> before)
    : base_(std::move(snapshot)), before_(std::move(before)) {}

const Staging::Staged* Staging::Find(Map Staging::*map, absl::string_view key) const {
  const Map& own = this->*map;
  if (const auto it = own.find(key); it != own.end()) return &it->second;
  if (before_ == nullptr) return nullptr;
  const Map& earlier = (*before_).*map;
  const auto it = earlier.find(key);
  return it == earlier.end() ? nullptr : &it->second;
}

absl::StatusOr<std::optional<engine::VersionedValue>> Staging::Get(absl::string_view key) const {
  if (const Staged* staged = Find(&Staging::staged_, key); staged != nullptr) {
    if (!staged->value) return std::optional<engine::VersionedValue>();
    return std::optional<engine::VersionedValue>({staged->revision, *staged->value});
  }
  if (absent_.contains(key)) return std::optional<engine::VersionedValue>();
  absl::StatusOr<std::optional<engine::VersionedValue>> stored = base_.Get(key);
  if (stored.ok() && !stored->has_value()) absent_.emplace(key);
  return stored;
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
  if (const Staged* staged = Find(&Staging::local_, key); staged != nullptr) return staged->value;
  return base_.snapshot().GetLocal(key);
}

absl::StatusOr<std::vector<std::string>> Staging::LocalKeys(const engine::KeyRange& range) const {
  std::vector<std::string> keys;
  for (const Staging* layer : {this, before_.get()}) {
    if (layer == nullptr) continue;
    for (auto it = layer->local_.lower_bound(range.begin); it != layer->local_.end(); ++it) {
      if (!range.end.empty() && it->first >= range.end) break;
      if (it->second.value && Find(&Staging::local_, it->first) == &it->second) keys.push_back(it->first);
    }
  }
  const std::unique_ptr<engine::ViewScan> scan = base_.snapshot().ScanLocal(range);
  while (scan->Next()) {
    if (Find(&Staging::local_, scan->key()) == nullptr) keys.emplace_back(scan->key());
  }
  RETURN_IF_ERROR(scan->status());
  return keys;
}

std::unique_ptr<engine::ViewScan> Staging::Scan(const engine::KeyRange& range) const {
  std::unique_ptr<engine::ViewScan> base;
  if (const auto known = empty_.find(range.begin); known == empty_.end() || known->second != range.end) {
    base = base_.Scan(range);
    // One that failed says so when it is used.
    if (!base->Next() && base->status().ok()) {
      empty_[range.begin] = range.end;
      base.reset();
    }
  }
  return std::make_unique<MergedScan>(
      std::move(base), range,
      std::initializer_list<const Map*>{&staged_, before_ == nullptr ? nullptr : &before_->staged_});
}

void Staging::ForEachRow(
    absl::FunctionRef<void(absl::string_view key, const std::optional<std::string>& row)> use) const {
  for (const Staging* layer : {this, before_.get()}) {
    if (layer == nullptr) continue;
    for (const auto& [key, staged] : layer->staged_) {
      const bool hidden = Find(&Staging::staged_, key) != &staged;
      if (!hidden && !keyspace::IsIndex(keyspace::TagOf(key))) use(key, staged.value);
    }
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
