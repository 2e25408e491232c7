// The view of the memory engine: every version of every key, each stamped with the number of the write that made it. A
// snapshot is such a number: it sees what is stamped with it or below.
#ifndef GI_STORAGE_ENGINE_MEMORY_MEMORY_VIEW_H_
#define GI_STORAGE_ENGINE_MEMORY_MEMORY_VIEW_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "storage/engine/view_store.h"

namespace gi::engine {

// One value of a key from one write on, until the next cell of the key.
struct MemoryCell {
  uint64_t write;
  // Local space: 0.
  Revision revision;
  // nullopt: deleted.
  std::optional<std::string> value;
};

// Cells of a key in the order of their writes, so also of their revisions.
using MemoryTable = std::map<std::string, std::vector<MemoryCell>, std::less<>>;

// The contents between two calls of Clear; a snapshot keeps its own. Guarded by `mutex`.
struct MemoryContents {
  mutable std::mutex mutex;
  bool closed = false;
  uint64_t writes = 0;
  Revision applied;
  MemoryTable versioned;
  MemoryTable local;

  // STORE_CLOSED after Close. `mutex` must be held.
  absl::Status CheckOpen() const;
};

// Thread-safe.
class MemoryView final : public ViewStore {
 public:
  absl::StatusOr<Revision> AppliedRevision() const override;
  absl::Status Apply(absl::Span<const ViewCommit> commits) override;
  absl::Status ApplyLocal(absl::Span<const ViewMutation> mutations) override;
  absl::StatusOr<std::shared_ptr<const ViewSnapshot>> Snapshot() const override;
  absl::Status Clear() override;

  void Close();

 private:
  std::shared_ptr<MemoryContents> contents() const;

  // Guards the pointer. Taken before the mutex of the contents.
  mutable std::mutex mutex_;
  std::shared_ptr<MemoryContents> contents_ = std::make_shared<MemoryContents>();
  // Older contents, for Close: snapshots of them must answer STORE_CLOSED too.
  std::vector<std::weak_ptr<MemoryContents>> cleared_;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_MEMORY_MEMORY_VIEW_H_
