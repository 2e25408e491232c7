#include "storage/engine/rocksdb/rocksdb_scan.h"

#include <string>

#include "storage/base/status_macros.h"
#include "storage/engine/rocksdb/history_key.h"
#include "storage/engine/rocksdb/key_prefix.h"
#include "storage/engine/rocksdb/rocksdb_status.h"

namespace gi::engine {
namespace {

// Key and value are copies: what an iterator points to goes with Close, at any time.
class RocksDbScan final : public ViewScan {
 public:
  // `range`: of the family's keys.
  RocksDbScan(std::shared_ptr<const PinnedSnapshot> pinned, Family family, KeyRange range, Revision at,
              bool with_deletions)
      : pinned_(std::move(pinned)),
        family_(family),
        at_(at),
        with_deletions_(with_deletions),
        state_(std::make_shared<ScanState>()) {
    state_->range = std::move(range);
    state_->end = state_->range.end;
  }

  ~RocksDbScan() override { pinned_->core->Unregister(state_); }

  bool Next() override {
    if (ended_) return false;
    absl::StatusOr<bool> found = Advance();
    if (found.ok() && *found) return true;
    ended_ = true;
    if (!found.ok()) status_ = std::move(found).status();
    return false;
  }

  absl::string_view key() const override { return key_; }
  absl::string_view value() const override { return value_; }
  Revision revision() const override { return revision_; }
  bool deleted() const override { return deleted_; }
  absl::Status status() const override { return status_; }

 private:
  absl::StatusOr<bool> Advance() {
    ASSIGN_OR_RETURN(const RocksDbCore::Call call, pinned_->core->Begin());
    if (state_->rows == nullptr) {
      Start();
    } else {
      state_->rows->Next();
    }
    for (; state_->rows->Valid(); state_->rows->Next()) {
      ASSIGN_OR_RETURN(const bool shown, Show());
      if (shown) return true;
    }
    RETURN_IF_ERROR(ToStatus(state_->rows->status()));
    return false;
  }

  void Start() {
    rocksdb::ReadOptions options = pinned_->Options();
    if (!state_->range.end.empty()) options.iterate_upper_bound = &state_->end;
    // Otherwise filters may be asked whether there is anything with the prefix.
    options.total_order_seek = family_ != Family::kCurrent || !IsOfOnePrefix(state_->range);
    state_->rows.reset(pinned_->core->db().NewIterator(options, pinned_->core->family(family_)));
    pinned_->core->Register(state_);
    state_->rows->Seek(state_->range.begin);
  }

  // Takes over what the row shows at the revision; false if that is nothing.
  absl::StatusOr<bool> Show() {
    const absl::string_view key = ToView(state_->rows->key());
    const absl::string_view bytes = ToView(state_->rows->value());
    if (family_ == Family::kLocal) return Take(key, bytes, Revision{0});
    if (family_ == Family::kHistory) return ShowSuperseded(key, bytes);
    ASSIGN_OR_RETURN(const CurrentRecord newest, DecodeCurrentRecord(bytes));
    switch (FindPlace(newest, at_)) {
      case Place::kNowhere:
        if (!with_deletions_ || newest.revision > at_) return false;
        return Take(key, {}, newest.revision, /*deleted=*/true);
      case Place::kCurrent:
        return Take(key, newest.content.value, newest.revision);
      case Place::kHistory:
        break;
    }
    if (state_->versions == nullptr) {
      state_->versions.reset(
          pinned_->core->db().NewIterator(pinned_->Options(), pinned_->core->family(Family::kHistory)));
    }
    ASSIGN_OR_RETURN(const std::optional<VersionedValue> version, FindInHistory(*state_->versions, key, at_));
    return version.has_value() && Take(key, version->value, version->revision);
  }

  absl::StatusOr<bool> ShowSuperseded(absl::string_view history_key, absl::string_view bytes) {
    ASSIGN_OR_RETURN(const HistoryRecord record, DecodeHistoryRecord(bytes));
    if (record.deleted && !with_deletions_) return false;
    std::optional<KeyAndRevision> version = ParseHistoryKey(history_key);
    if (!version.has_value()) return Corrupt("a key of the history that is none");
    return Take(version->key, record.value, version->revision, record.deleted);
  }

  bool Take(absl::string_view key, absl::string_view value, Revision revision, bool deleted = false) {
    key_.assign(key.data(), key.size());
    value_.assign(value.data(), value.size());
    revision_ = revision;
    deleted_ = deleted;
    return true;
  }

  const std::shared_ptr<const PinnedSnapshot> pinned_;
  const Family family_;
  const Revision at_;
  const bool with_deletions_;
  const std::shared_ptr<ScanState> state_;
  bool ended_ = false;
  std::string key_;
  std::string value_;
  Revision revision_;
  bool deleted_ = false;
  absl::Status status_;
};

}  // namespace

rocksdb::ReadOptions PinnedSnapshot::Options() const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  return options;
}

Place FindPlace(const CurrentRecord& newest, Revision at) {
  if (newest.first > at) return Place::kNowhere;
  if (newest.revision > at) return Place::kHistory;
  return newest.content.deleted ? Place::kNowhere : Place::kCurrent;
}

absl::StatusOr<std::optional<VersionedValue>> FindInHistory(rocksdb::Iterator& versions, absl::string_view key,
                                                            Revision at) {
  const std::string sought = HistoryKey(key, at);
  versions.Seek(sought);
  RETURN_IF_ERROR(ToStatus(versions.status()));
  // The key had a first version by then, so this is never another key.
  const std::optional<Revision> revision =
      versions.Valid() ? HistoryRevision(ToView(versions.key()), sought) : std::nullopt;
  if (!revision.has_value()) return Corrupt("a superseded version is missing");
  ASSIGN_OR_RETURN(const HistoryRecord record, DecodeHistoryRecord(ToView(versions.value())));
  if (record.deleted) return std::nullopt;
  return VersionedValue{*revision, std::string(record.value)};
}

std::unique_ptr<ViewScan> NewRocksDbScan(std::shared_ptr<const PinnedSnapshot> pinned, Family family,
                                         const KeyRange& range, Revision at, bool with_deletions) {
  KeyRange keys = range;
  if (family == Family::kHistory) keys = {HistoryKeyPrefix(range.begin), HistoryKeyPrefix(range.end)};
  return std::make_unique<RocksDbScan>(std::move(pinned), family, std::move(keys), at, with_deletions);
}

}  // namespace gi::engine
