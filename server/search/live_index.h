// An index of rows at the newest revision, kept up to date by what Observer tells, and the same index made from the
// rows of an earlier revision.
//
// `Index` is default-constructible and has
//   static constexpr keyspace::Tag kTables[]                                         whose rows it holds
//   bool PutRow(keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> row)
//   adds or replaces a row, or (nullopt) takes it out; false: undecodable
// and any number of threads may read it while nobody changes it. It may also have
//   bool PutRow(table, id, row, revision)          instead of the above: with the revision of the row's last change
//   static constexpr keyspace::Tag kMadeFrom[]     tables that the entries of the tables kMade[] depend on: when they
//   change, the rows of both are put in once more
//   static constexpr keyspace::Tag kRemembered[]   tables whose superseded rows are put in, too, newest first, as are
//   the deletions of all tables: bool PutOlderRow(table, id, row, revision) std::unique_ptr<Index> CopyAt(revision,
//   keys)  a copy with the rows that it knows as of then; the keys of all other rows that were are added to `keys`, in
//   an order in which they can be put in
#ifndef GI_SERVER_SEARCH_LIVE_INDEX_H_
#define GI_SERVER_SEARCH_LIVE_INDEX_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/keyspace/key.h"
#include "storage/registry/registry.h"
#include "storage/table/table.h"

namespace gi::search {

template <class Index>
bool PutRowInto(Index& index, keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> row,
                Revision revision) {
  if constexpr (requires { index.PutRow(table, id, row, revision); }) {
    return index.PutRow(table, id, row, revision);
  } else {
    return index.PutRow(table, id, row);
  }
}

inline absl::Status UnreadableRow() {
  return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "a row that cannot be read"}});
}

// What a scan shows as a row; nullopt: a deletion.
inline std::optional<absl::string_view> RowOf(const engine::ViewScan& scan) {
  return scan.deleted() ? std::nullopt : std::optional<absl::string_view>(scan.value());
}

// Calls `put` with the id of each row of a scan. Errors of the store; CANCELLED once `stop` is requested.
template <class Put>
absl::Status ForEachRow(engine::ViewScan& scan, const std::stop_token& stop, Put put) {
  while (scan.Next()) {
    if (stop.stop_requested()) return absl::CancelledError();
    ASSIGN_OR_RETURN(const std::string id, table::RowId(scan.key()));
    if (!put(id)) return UnreadableRow();
  }
  return scan.status();
}

// Puts all rows of these tables of a view into an index. Errors of the store; CANCELLED once `stop` is requested.
template <class Index>
absl::Status ReadRows(const registry::ReadView& view, Index& index,
                      absl::Span<const keyspace::Tag> tables = Index::kTables, const std::stop_token& stop = {}) {
  for (const keyspace::Tag table : tables) {
    const std::unique_ptr<engine::ViewScan> scan =
        view.rows().Scan(engine::PrefixRange(keyspace::KeyWriter(table).bytes()));
    RETURN_IF_ERROR(ForEachRow(*scan, stop, [&](const std::string& id) {
      return PutRowInto(index, table, id, scan->value(), scan->revision());
    }));
  }
  return absl::OkStatus();
}

// Puts the rows of the newest view into a new index, and what it remembers of older ones. As ReadRows.
template <class Index>
absl::Status ReadAllRows(const registry::ReadView& view, Index& index, const std::stop_token& stop = {}) {
  if constexpr (!requires { Index::kRemembered; }) {
    return ReadRows(view, index, Index::kTables, stop);
  } else {
    for (const keyspace::Tag table : Index::kTables) {
      const auto scan = view.ScanNewest(engine::PrefixRange(keyspace::KeyWriter(table).bytes()));
      RETURN_IF_ERROR(ForEachRow(*scan, stop, [&](const std::string& id) {
        return PutRowInto(index, table, id, RowOf(*scan), scan->revision());
      }));
    }
    for (const keyspace::Tag table : Index::kRemembered) {
      const auto scan = view.ScanSuperseded(engine::PrefixRange(keyspace::KeyWriter(table).bytes()));
      RETURN_IF_ERROR(ForEachRow(*scan, stop, [&](const std::string& id) {
        return index.PutOlderRow(table, id, RowOf(*scan), scan->revision());
      }));
    }
    return absl::OkStatus();
  }
}

// Puts the rows of a view with these keys into an index, those that there are. Errors of the store.
template <class Index>
absl::Status ReadRowsOf(const registry::ReadView& view, absl::Span<const std::string> keys, Index& index) {
  constexpr size_t kAtOnce = 1000;
  for (size_t begin = 0; begin < keys.size(); begin += kAtOnce) {
    const absl::Span<const std::string> some = keys.subspan(begin, kAtOnce);
    ASSIGN_OR_RETURN(const auto rows, view.rows().MultiGet(some));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i]) continue;
      ASSIGN_OR_RETURN(const std::string id, table::RowId(some[i]));
      if (!PutRowInto(index, keyspace::TagOf(some[i]), id, rows[i]->value, rows[i]->revision)) return UnreadableRow();
    }
  }
  return absl::OkStatus();
}

template <class Index>
bool IsMadeFrom(keyspace::Tag table) {
  if constexpr (requires { Index::kMadeFrom; }) {
    return std::find(std::begin(Index::kMadeFrom), std::end(Index::kMadeFrom), table) != std::end(Index::kMadeFrom);
  }
  return false;
}

// Thread-safe. The writer only leaves what has changed; the next reader puts it into the index. So a reader waits for
// other readers at most while a change is put in, and the writer never does.
template <class Index>
class LiveIndex : public registry::Observer {
 public:
  // Before anything else. Errors of the store.
  absl::Status Load(const registry::ReadView& view) {
    RETURN_IF_ERROR(ReadRows(view, *index_));
    changed_ = waiting_changed_ = head_ = view.revision();
    return absl::OkStatus();
  }

  // Instead of Load: the first reader loads it. `registry` must outlive this.
  void LoadOnDemand(const registry::Registry& registry) {
    source_ = &registry;
    head_ = registry.Newest().revision();
    unmade_ = true;
  }

  // Loading ends soon, without an index; so nobody waits for it.
  void StopLoading() { stop_.request_stop(); }

  void OnCommitted(absl::Span<const engine::ViewCommit> commits, Revision head, int64_t) override {
    const std::lock_guard<std::mutex> lock(waiting_mutex_);
    for (const engine::ViewCommit& commit : commits) {
      for (const engine::ViewMutation& mutation : commit.mutations) {
        if (mutation.space != engine::Space::kVersioned) continue;
        const keyspace::Tag table = keyspace::TagOf(mutation.key);
        if (std::find(std::begin(Index::kTables), std::end(Index::kTables), table) == std::end(Index::kTables))
          continue;
        waiting_changed_ = commit.revision;
        // Who loads it reads this row.
        if (unmade_) continue;
        if (IsMadeFrom<Index>(table)) {
          stale_ = true;
        } else {
          waiting_[mutation.key] = {commit.revision, mutation.value};
        }
      }
    }
    head_ = head;
    head_moved_.notify_all();
  }

  // The index as it is at a revision, valid while the lock is held. The pointer is nullptr if rows have changed since
  // that revision: it has to be read from the rows (PastIndexes).
  struct Held {
    std::shared_lock<std::shared_mutex> lock;
    const Index* index = nullptr;
    // It holds all that was committed up to this revision, at least.
    Revision caught_up = {};
  };
  Held At(Revision revision) const {
    {
      std::unique_lock<std::mutex> lock(waiting_mutex_);
      if (!head_moved_.wait_for(lock, kLongestWait, [&] { return head_ >= revision; })) return {};
    }
    Held held = CatchUp();
    if (held.index == nullptr || changed_ > revision) return {};
    return held;
  }

  // The index at the newest revision; nullptr if it is damaged.
  Held Newest() const { return CatchUp(); }

 private:
  // Whatever is committed from here on waits for the next reader; a row that is put in twice does no harm.
  void Make() const {
    const registry::ReadView view = source_->Newest();
    auto made = std::make_unique<Index>();
    const absl::Status read = ReadAllRows(view, *made, stop_.get_token());
    const std::unique_lock<std::shared_mutex> lock(index_mutex_);
    index_ = std::move(made);
    changed_ = view.revision();
    damaged_ = !read.ok();
    if (read.ok()) return;
    const std::lock_guard<std::mutex> waiting(waiting_mutex_);
    waiting_.clear();
    unmade_ = true;
  }

  // Puts in all that depends on rows of kMadeFrom, after one of those has changed.
  void Refresh() const {
    if constexpr (requires { Index::kMadeFrom; }) {
      const registry::ReadView view = source_->Newest();
      const std::unique_lock<std::shared_mutex> lock(index_mutex_);
      absl::Status read = ReadRows(view, *index_, Index::kMadeFrom);
      if (read.ok()) read = ReadRows(view, *index_, Index::kMade);
      changed_ = std::max(changed_, view.revision());
      if (!read.ok()) damaged_ = true;
    }
  }

  struct Waiting {
    Revision revision;
    // nullopt: it was deleted.
    std::optional<std::string> row;
  };

  // A revision can be read a moment before the observer is told of it.
  static constexpr std::chrono::seconds kLongestWait{1};

  Held CatchUp() const {
    const std::lock_guard<std::mutex> entry(entry_);
    absl::flat_hash_map<std::string, Waiting> rows;
    Revision changed;
    bool make = false, refresh = false;
    {
      const std::lock_guard<std::mutex> lock(waiting_mutex_);
      rows.swap(waiting_);
      changed = waiting_changed_;
      caught_up_ = std::max(caught_up_, head_);
      make = std::exchange(unmade_, false);
      refresh = std::exchange(stale_, false);
    }
    if (make) {
      Make();
    } else if (refresh) {
      Refresh();
    }
    if (!rows.empty()) {
      const std::unique_lock<std::shared_mutex> lock(index_mutex_);
      for (const auto& [key, row] : rows) {
        const absl::StatusOr<std::string> id = table::RowId(key);
        if (!id.ok() || !PutRowInto(*index_, keyspace::TagOf(key), *id, row.row, row.revision)) damaged_ = true;
      }
      changed_ = std::max(changed_, changed);
    }
    std::shared_lock<std::shared_mutex> lock(index_mutex_);
    return {std::move(lock), damaged_ ? nullptr : index_.get(), caught_up_};
  }

  // Who enters puts in what is waiting, and lets nobody pass meanwhile: else readers could keep changes out for ever.
  mutable std::mutex entry_;
  mutable std::shared_mutex index_mutex_;
  mutable std::unique_ptr<Index> index_ = std::make_unique<Index>();
  // The index holds the rows as they are from `changed_` on.
  mutable Revision changed_;
  mutable bool damaged_ = false;
  // Guarded by `entry_`.
  mutable Revision caught_up_;

  mutable std::mutex waiting_mutex_;
  mutable std::condition_variable head_moved_;
  // The last row of each key: no more than there are rows, however long nobody reads.
  mutable absl::flat_hash_map<std::string, Waiting> waiting_;
  Revision waiting_changed_;
  Revision head_;
  // Nothing waits, since the next reader reads all rows.
  mutable bool unmade_ = false;
  // A row of kMadeFrom has changed.
  mutable bool stale_ = false;
  std::stop_source stop_;
  const registry::Registry* source_ = nullptr;
};

// Indexes of revisions before the last change: made from the rows, or from the live index and the rows that have
// changed since, one at a time; the last ones are kept, since a list has several pages. Thread-safe.
template <class Index>
class PastIndexes {
 public:
  absl::StatusOr<std::shared_ptr<const Index>> At(const LiveIndex<Index>& live, const registry::ReadView& view) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [revision, index] : kept_) {
      if (revision == view.revision()) return index;
    }
    ASSIGN_OR_RETURN(std::shared_ptr<const Index> made, Make(live, view));
    if (kept_.size() == kMostKept) kept_.pop_front();
    return kept_.emplace_back(view.revision(), std::move(made)).second;
  }

 private:
  static absl::StatusOr<std::shared_ptr<const Index>> Make(const LiveIndex<Index>& live,
                                                           const registry::ReadView& view) {
    std::unique_ptr<Index> made;
    std::vector<std::string> changed;
    if constexpr (requires(const Index& index) { index.CopyAt(view.revision(), changed); }) {
      const auto held = live.Newest();
      if (held.index != nullptr && held.caught_up >= view.revision())
        made = held.index->CopyAt(view.revision(), changed);
    }
    if (made != nullptr) {
      RETURN_IF_ERROR(ReadRowsOf(view, changed, *made));
    } else {
      made = std::make_unique<Index>();
      RETURN_IF_ERROR(ReadRows(view, *made));
    }
    return std::shared_ptr<const Index>(std::move(made));
  }

  static constexpr size_t kMostKept = 2;
  std::mutex mutex_;
  std::deque<std::pair<Revision, std::shared_ptr<const Index>>> kept_;
};

// Asks the index of a view's revision, whichever of the two has it.
template <class Index, class Ask>
auto AskIndex(const LiveIndex<Index>& live, PastIndexes<Index>& past, const registry::ReadView& view, Ask ask)
    -> decltype(ask(std::declval<const Index&>())) {
  if (const auto held = live.At(view.revision()); held.index != nullptr) return ask(*held.index);
  ASSIGN_OR_RETURN(const std::shared_ptr<const Index> index, past.At(live, view));
  return ask(*index);
}

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_LIVE_INDEX_H_
