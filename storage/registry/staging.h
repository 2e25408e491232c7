// Staging: the rows and indexes that the commits of one group batch would leave, over the newest durable snapshot and
// the batch before, which may not be durable yet. Belongs to the writer thread.
#ifndef GI_STORAGE_REGISTRY_STAGING_H_
#define GI_STORAGE_REGISTRY_STAGING_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "storage/table/row_reader.h"

namespace gi::registry {

class Staging final : public table::RowReader {
 public:
  // `before`: everything of it is in `snapshot`, or all it lacks is in `before`. It must not change any more.
  explicit Staging(std::shared_ptr<const engine::ViewSnapshot> snapshot,
                   std::shared_ptr<const Staging> before = nullptr);
  // Once nothing more is staged: what it was based on is not needed by those that are based on it.
  void ForgetBefore() { before_.reset(); }

  absl::StatusOr<std::optional<engine::VersionedValue>> Get(absl::string_view key) const override;
  absl::StatusOr<std::vector<std::optional<engine::VersionedValue>>> MultiGet(
      absl::Span<const std::string> keys) const override;
  // Do not stage while a scan is in use.
  std::unique_ptr<engine::ViewScan> Scan(const engine::KeyRange& range) const override;

  // The local space: what was staged, or else what the snapshot has.
  absl::StatusOr<std::optional<std::string>> GetLocal(const std::string& key) const;

  // Of the snapshot.
  Revision base() const { return base_.at(); }

  // In any order.
  absl::StatusOr<std::vector<std::string>> LocalKeys(const engine::KeyRange& range) const;

  // The rows (without index entries) that are staged here or in the batch before, as they stand; nullopt: deleted.
  void ForEachRow(absl::FunctionRef<void(absl::string_view key, const std::optional<std::string>& row)> use) const;

  void Stage(absl::Span<const engine::ViewMutation> mutations);

  // A point to which RollBack can return; good until the next Keep.
  using Mark = size_t;
  Mark Here() const { return undo_.size(); }
  // Undoes what was staged since the mark, or since the last Keep.
  void RollBack(Mark mark = 0);
  // Keeps it, as written by the commit that ends at `revision`.
  void Keep(Revision revision);

 private:
  struct Staged {
    Revision revision;
    std::optional<std::string> value;
  };
  using Map = absl::btree_map<std::string, Staged>;
  class MergedScan;

  // What is staged for a key, here or in the batch before; nullptr: nothing.
  const Staged* Find(Map Staging::*map, absl::string_view key) const;

  table::SnapshotReader base_;
  std::shared_ptr<const Staging> before_;
  // What the snapshot was found not to have: keys, and beginnings of ranges with their ends. A new row is looked for
  // more than once before it is staged.
  mutable absl::flat_hash_set<std::string> absent_;
  mutable absl::flat_hash_map<std::string, std::string> empty_;
  Map staged_;
  Map local_;
  // What a key touched since the last Keep was before; nullopt: not staged.
  struct Undo {
    Map* map;
    std::string key;
    std::optional<Staged> before;
  };
  std::vector<Undo> undo_;
};

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_STAGING_H_
