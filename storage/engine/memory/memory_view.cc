#include "storage/engine/memory/memory_view.h"

#include <algorithm>
#include <utility>

#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/engine/preconditions.h"

namespace gi::engine {
namespace {

// The newest cell that a snapshot taken at `write` sees at revision `at`; null if there is none or it is a deletion.
const MemoryCell* VisibleCell(const std::vector<MemoryCell>& cells, uint64_t write, Revision at) {
  auto it = std::partition_point(cells.begin(), cells.end(),
                                 [&](const MemoryCell& cell) { return cell.write <= write && cell.revision <= at; });
  if (it == cells.begin() || !std::prev(it)->value.has_value()) return nullptr;
  return &*std::prev(it);
}

void WriteCell(MemoryTable& table, uint64_t write, Revision revision, const ViewMutation& mutation) {
  table[mutation.key].push_back(MemoryCell{write, revision, mutation.value});
}

class MemoryScan final : public ViewScan {
 public:
  MemoryScan(std::shared_ptr<const MemoryContents> contents, const MemoryTable& table, uint64_t write, KeyRange range,
             Revision at)
      : contents_(std::move(contents)), table_(table), write_(write), range_(std::move(range)), at_(at) {}

  bool Next() override {
    if (ended_) return false;
    // The place is found again by key each time: the map may have changed since.
    std::lock_guard<std::mutex> lock(contents_->mutex);
    status_ = contents_->CheckOpen();
    if (status_.ok()) {
      auto it = begun_ ? table_.upper_bound(key_) : table_.lower_bound(range_.begin);
      begun_ = true;
      for (; it != table_.end() && (range_.end.empty() || it->first < range_.end); ++it) {
        if (Show(*it)) return true;
      }
    }
    ended_ = true;
    return false;
  }

  absl::string_view key() const override { return key_; }
  absl::string_view value() const override { return value_; }
  Revision revision() const override { return revision_; }
  absl::Status status() const override { return status_; }

 private:
  bool Show(const MemoryTable::value_type& entry) {
    const MemoryCell* cell = VisibleCell(entry.second, write_, at_);
    if (cell == nullptr) return false;
    key_ = entry.first;
    value_ = *cell->value;
    revision_ = cell->revision;
    return true;
  }

  const std::shared_ptr<const MemoryContents> contents_;
  const MemoryTable& table_;
  const uint64_t write_;
  const KeyRange range_;
  const Revision at_;
  bool begun_ = false;
  bool ended_ = false;
  std::string key_;
  std::string value_;
  Revision revision_;
  absl::Status status_;
};

// The versions of a key, oldest first: of cells of one revision the last counts, and deleting what is not there makes
// no version.
std::vector<const MemoryCell*> VersionsOf(const std::vector<MemoryCell>& cells, uint64_t write) {
  std::vector<const MemoryCell*> versions;
  for (size_t i = 0; i < cells.size() && cells[i].write <= write; ++i) {
    const bool last = i + 1 == cells.size() || cells[i + 1].write > write || cells[i + 1].revision != cells[i].revision;
    if (!last) continue;
    const bool exists = !versions.empty() && versions.back()->value.has_value();
    if (cells[i].value.has_value() || exists) versions.push_back(&cells[i]);
  }
  return versions;
}

// Shows versions with their deletions. Copies what it shows when it is made: for tests and small registers.
class MemoryVersionScan final : public ViewScan {
 public:
  // The mutex of `contents` must be held. The newest version of each key that there is or was, or all others.
  MemoryVersionScan(std::shared_ptr<const MemoryContents> contents, uint64_t write, const KeyRange& range, bool newest)
      : contents_(std::move(contents)) {
    const MemoryTable& table = contents_->versioned;
    for (auto it = table.lower_bound(range.begin); it != table.end(); ++it) {
      if (!range.end.empty() && it->first >= range.end) break;
      const std::vector<const MemoryCell*> versions = VersionsOf(it->second, write);
      for (size_t i = versions.size(); i-- > 0;) {
        const bool is_newest = i + 1 == versions.size();
        if (is_newest == newest) versions_.emplace_back(it->first, *versions[i]);
      }
    }
  }

  bool Next() override {
    {
      std::lock_guard<std::mutex> lock(contents_->mutex);
      if (status_.ok()) status_ = contents_->CheckOpen();
    }
    if (!status_.ok() || shown_ == versions_.size()) return false;
    ++shown_;
    return true;
  }
  absl::string_view key() const override { return versions_[shown_ - 1].first; }
  absl::string_view value() const override { return deleted() ? absl::string_view() : *cell().value; }
  Revision revision() const override { return cell().revision; }
  bool deleted() const override { return !cell().value.has_value(); }
  absl::Status status() const override { return status_; }

 private:
  const MemoryCell& cell() const { return versions_[shown_ - 1].second; }

  const std::shared_ptr<const MemoryContents> contents_;
  std::vector<std::pair<std::string, MemoryCell>> versions_;
  size_t shown_ = 0;
  absl::Status status_;
};

class MemorySnapshot final : public ViewSnapshot {
 public:
  // The mutex of `contents` must be held.
  explicit MemorySnapshot(std::shared_ptr<const MemoryContents> contents)
      : contents_(std::move(contents)), write_(contents_->writes), revision_(contents_->applied) {}

  Revision revision() const override { return revision_; }

  absl::StatusOr<std::optional<VersionedValue>> Get(absl::string_view key, Revision at) const override {
    RETURN_IF_ERROR(CheckKey(key));
    std::lock_guard<std::mutex> lock(contents_->mutex);
    RETURN_IF_ERROR(contents_->CheckOpen());
    const MemoryCell* cell = Find(contents_->versioned, key, std::min(at, revision_));
    if (cell == nullptr) return std::nullopt;
    return VersionedValue{cell->revision, *cell->value};
  }

  absl::StatusOr<std::vector<std::optional<VersionedValue>>> MultiGet(absl::Span<const std::string> keys,
                                                                      Revision at) const override {
    std::vector<std::optional<VersionedValue>> values;
    values.reserve(keys.size());
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(std::optional<VersionedValue> value, Get(key, at));
      values.push_back(std::move(value));
    }
    return values;
  }

  std::unique_ptr<ViewScan> Scan(const KeyRange& range, Revision at) const override {
    return std::make_unique<MemoryScan>(contents_, contents_->versioned, write_, range, std::min(at, revision_));
  }

  std::unique_ptr<ViewScan> ScanNewest(const KeyRange& range) const override {
    std::lock_guard<std::mutex> lock(contents_->mutex);
    return std::make_unique<MemoryVersionScan>(contents_, write_, range, /*newest=*/true);
  }

  std::unique_ptr<ViewScan> ScanSuperseded(const KeyRange& range) const override {
    std::lock_guard<std::mutex> lock(contents_->mutex);
    return std::make_unique<MemoryVersionScan>(contents_, write_, range, /*newest=*/false);
  }

  absl::StatusOr<std::optional<std::string>> GetLocal(absl::string_view key) const override {
    RETURN_IF_ERROR(CheckKey(key));
    std::lock_guard<std::mutex> lock(contents_->mutex);
    RETURN_IF_ERROR(contents_->CheckOpen());
    const MemoryCell* cell = Find(contents_->local, key, revision_);
    if (cell == nullptr) return std::nullopt;
    return cell->value;
  }

  std::unique_ptr<ViewScan> ScanLocal(const KeyRange& range) const override {
    return std::make_unique<MemoryScan>(contents_, contents_->local, write_, range, revision_);
  }

 private:
  const MemoryCell* Find(const MemoryTable& table, absl::string_view key, Revision at) const {
    auto it = table.find(key);
    return it == table.end() ? nullptr : VisibleCell(it->second, write_, at);
  }

  const std::shared_ptr<const MemoryContents> contents_;
  const uint64_t write_;
  const Revision revision_;
};

}  // namespace

absl::Status MemoryContents::CheckOpen() const {
  return closed ? MakeError(registry::v1::ERROR_REASON_STORE_CLOSED) : absl::OkStatus();
}

std::shared_ptr<MemoryContents> MemoryView::contents() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return contents_;
}

absl::StatusOr<Revision> MemoryView::AppliedRevision() const {
  const std::shared_ptr<MemoryContents> now = contents();
  std::lock_guard<std::mutex> lock(now->mutex);
  RETURN_IF_ERROR(now->CheckOpen());
  return now->applied;
}

absl::Status MemoryView::Apply(absl::Span<const ViewCommit> commits) {
  const std::shared_ptr<MemoryContents> now = contents();
  std::lock_guard<std::mutex> lock(now->mutex);
  RETURN_IF_ERROR(now->CheckOpen());
  RETURN_IF_ERROR(CheckViewCommits(now->applied, commits));
  // One number for all: no snapshot can fall between the commits. Of equal cells of a key the last counts.
  ++now->writes;
  for (const ViewCommit& commit : commits) {
    now->applied = commit.revision;
    for (const ViewMutation& mutation : commit.mutations) {
      if (mutation.space == Space::kLocal) {
        WriteCell(now->local, now->writes, Revision{0}, mutation);
      } else {
        WriteCell(now->versioned, now->writes, commit.revision, mutation);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status MemoryView::ApplyLocal(absl::Span<const ViewMutation> mutations) {
  const std::shared_ptr<MemoryContents> now = contents();
  std::lock_guard<std::mutex> lock(now->mutex);
  RETURN_IF_ERROR(now->CheckOpen());
  RETURN_IF_ERROR(CheckLocalMutations(mutations));
  ++now->writes;
  for (const ViewMutation& mutation : mutations) WriteCell(now->local, now->writes, Revision{0}, mutation);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const ViewSnapshot>> MemoryView::Snapshot() const {
  const std::shared_ptr<MemoryContents> now = contents();
  std::lock_guard<std::mutex> lock(now->mutex);
  RETURN_IF_ERROR(now->CheckOpen());
  return std::make_shared<const MemorySnapshot>(now);
}

absl::Status MemoryView::Clear() {
  std::lock_guard<std::mutex> lock(mutex_);
  {
    std::lock_guard<std::mutex> contents_lock(contents_->mutex);
    RETURN_IF_ERROR(contents_->CheckOpen());
  }
  cleared_.push_back(contents_);
  contents_ = std::make_shared<MemoryContents>();
  return absl::OkStatus();
}

void MemoryView::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  cleared_.push_back(contents_);
  for (const std::weak_ptr<MemoryContents>& weak : cleared_) {
    const std::shared_ptr<MemoryContents> contents = weak.lock();
    if (contents == nullptr) continue;
    std::lock_guard<std::mutex> contents_lock(contents->mutex);
    contents->closed = true;
  }
  cleared_.clear();
}

}  // namespace gi::engine
