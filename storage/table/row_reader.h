// RowReader: rows and indexes at one revision, whether a snapshot's or those a mutation has staged.
#ifndef GI_STORAGE_TABLE_ROW_READER_H_
#define GI_STORAGE_TABLE_ROW_READER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/engine/view_store.h"

namespace gi::table {

class RowReader {
 public:
  virtual ~RowReader() = default;
  virtual absl::StatusOr<std::optional<engine::VersionedValue>> Get(absl::string_view key) const = 0;
  virtual absl::StatusOr<std::vector<std::optional<engine::VersionedValue>>> MultiGet(
      absl::Span<const std::string> keys) const = 0;
  // Must not outlive the reader.
  virtual std::unique_ptr<engine::ViewScan> Scan(const engine::KeyRange& range) const = 0;
};

// A snapshot read at one revision. Thread-safe.
class SnapshotReader final : public RowReader {
 public:
  // At the snapshot's own revision.
  explicit SnapshotReader(std::shared_ptr<const engine::ViewSnapshot> snapshot)
      : snapshot_(std::move(snapshot)), at_(snapshot_->revision()) {}
  SnapshotReader(std::shared_ptr<const engine::ViewSnapshot> snapshot, Revision at)
      : snapshot_(std::move(snapshot)), at_(at) {}
  absl::StatusOr<std::optional<engine::VersionedValue>> Get(absl::string_view key) const override {
    return snapshot_->Get(key, at_);
  }
  absl::StatusOr<std::vector<std::optional<engine::VersionedValue>>> MultiGet(
      absl::Span<const std::string> keys) const override {
    return snapshot_->MultiGet(keys, at_);
  }
  std::unique_ptr<engine::ViewScan> Scan(const engine::KeyRange& range) const override {
    return snapshot_->Scan(range, at_);
  }
  const engine::ViewSnapshot& snapshot() const { return *snapshot_; }
  Revision at() const { return at_; }

 private:
  std::shared_ptr<const engine::ViewSnapshot> snapshot_;
  Revision at_;
};

}  // namespace gi::table

#endif  // GI_STORAGE_TABLE_ROW_READER_H_
