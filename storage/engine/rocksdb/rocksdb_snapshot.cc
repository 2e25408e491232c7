#include "storage/engine/rocksdb/rocksdb_snapshot.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/status_macros.h"
#include "storage/engine/preconditions.h"
#include "storage/engine/rocksdb/rocksdb_scan.h"
#include "storage/engine/rocksdb/rocksdb_status.h"
#include "storage/engine/rocksdb/rocksdb_view.h"

namespace gi::engine {
namespace {

class RocksDbSnapshot final : public ViewSnapshot {
 public:
  RocksDbSnapshot(std::shared_ptr<const PinnedSnapshot> pinned, Revision revision)
      : pinned_(std::move(pinned)), core_(*pinned_->core), revision_(revision) {}

  Revision revision() const override { return revision_; }

  absl::StatusOr<std::optional<VersionedValue>> Get(absl::string_view key, Revision at) const override {
    RETURN_IF_ERROR(CheckKey(key));
    ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_.Begin());
    rocksdb::PinnableSlice bytes;
    ASSIGN_OR_RETURN(const bool found, core_.Get(pinned_->Options(), Family::kCurrent, key, &bytes));
    if (!found) return std::nullopt;
    std::unique_ptr<rocksdb::Iterator> versions;
    return Resolve(key, ToView(bytes), std::min(at, revision_), versions);
  }

  absl::StatusOr<std::vector<std::optional<VersionedValue>>> MultiGet(absl::Span<const std::string> keys,
                                                                      Revision at) const override {
    for (const std::string& key : keys) RETURN_IF_ERROR(CheckKey(key));
    ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_.Begin());
    const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> bytes(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    core_.db().MultiGet(pinned_->Options(), core_.family(Family::kCurrent), slices.size(), slices.data(), bytes.data(),
                        statuses.data());
    std::vector<std::optional<VersionedValue>> values(keys.size());
    // One for all keys that need it.
    std::unique_ptr<rocksdb::Iterator> versions;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (statuses[i].IsNotFound()) continue;
      RETURN_IF_ERROR(ToStatus(statuses[i]));
      ASSIGN_OR_RETURN(values[i], Resolve(keys[i], ToView(bytes[i]), std::min(at, revision_), versions));
    }
    return values;
  }

  std::unique_ptr<ViewScan> Scan(const KeyRange& range, Revision at) const override {
    return NewRocksDbScan(pinned_, Family::kCurrent, range, std::min(at, revision_));
  }

  std::unique_ptr<ViewScan> ScanNewest(const KeyRange& range) const override {
    return NewRocksDbScan(pinned_, Family::kCurrent, range, revision_, /*with_deletions=*/true);
  }

  std::unique_ptr<ViewScan> ScanSuperseded(const KeyRange& range) const override {
    return NewRocksDbScan(pinned_, Family::kHistory, range, Revision{0}, /*with_deletions=*/true);
  }

  absl::StatusOr<std::optional<std::string>> GetLocal(absl::string_view key) const override {
    RETURN_IF_ERROR(CheckKey(key));
    ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_.Begin());
    rocksdb::PinnableSlice bytes;
    ASSIGN_OR_RETURN(const bool found, core_.Get(pinned_->Options(), Family::kLocal, key, &bytes));
    if (!found) return std::nullopt;
    return bytes.ToString();
  }

  std::unique_ptr<ViewScan> ScanLocal(const KeyRange& range) const override {
    return NewRocksDbScan(pinned_, Family::kLocal, range, Revision{0});
  }

 private:
  // The version at `at` of a key whose record in `current` is `bytes`. `versions` is made when it is first needed.
  absl::StatusOr<std::optional<VersionedValue>> Resolve(absl::string_view key, absl::string_view bytes, Revision at,
                                                        std::unique_ptr<rocksdb::Iterator>& versions) const {
    ASSIGN_OR_RETURN(const CurrentRecord newest, DecodeCurrentRecord(bytes));
    switch (FindPlace(newest, at)) {
      case Place::kNowhere:
        return std::nullopt;
      case Place::kCurrent:
        return VersionedValue{newest.revision, std::string(newest.content.value)};
      case Place::kHistory:
        break;
    }
    if (versions == nullptr) {
      versions.reset(core_.db().NewIterator(pinned_->Options(), core_.family(Family::kHistory)));
    }
    return FindInHistory(*versions, key, at);
  }

  const std::shared_ptr<const PinnedSnapshot> pinned_;
  RocksDbCore& core_;
  const Revision revision_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const ViewSnapshot>> NewRocksDbSnapshot(const std::shared_ptr<RocksDbCore>& core) {
  std::shared_ptr<const PinnedSnapshot> pinned;
  absl::StatusOr<Revision> revision;
  {
    // Ends before `pinned` may go, which begins a call of its own.
    ASSIGN_OR_RETURN(const RocksDbCore::Call call, core->Begin());
    pinned = std::make_shared<const PinnedSnapshot>(core, core->Pin());
    revision = ReadAppliedRevision(*core, pinned->Options());
  }
  if (!revision.ok()) return std::move(revision).status();
  return std::make_shared<const RocksDbSnapshot>(std::move(pinned), *revision);
}

}  // namespace gi::engine
