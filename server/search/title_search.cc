#include "server/search/title_search.h"

#include <chrono>
#include <memory>

#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/keyspace/key.h"
#include "storage/registry/tables.h"
#include "storage/table/table.h"

namespace gi::search {
namespace {

using registry::v1::Indication;

// A revision can be read a moment before the observer is told of it.
constexpr std::chrono::seconds kLongestWait(1);

bool PutRow(absl::string_view id, absl::string_view row, TitleIndex& index) {
  Indication title;
  if (!title.ParseFromArray(row.data(), static_cast<int>(row.size()))) return false;
  index.Put(id, title);
  return true;
}

}  // namespace

absl::Status ReadTitles(const registry::ReadView& view, TitleIndex& index) {
  const std::unique_ptr<engine::ViewScan> scan = view.rows().Scan(registry::AllIndications());
  while (scan->Next()) {
    ASSIGN_OR_RETURN(const std::string id, table::RowId(scan->key()));
    if (!PutRow(id, scan->value(), index)) {
      return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "a title that cannot be read"}});
    }
  }
  return scan->status();
}

absl::Status TitleSearch::Load(const registry::ReadView& view) {
  RETURN_IF_ERROR(ReadTitles(view, index_));
  changed_ = waiting_changed_ = head_ = view.revision();
  return absl::OkStatus();
}

void TitleSearch::OnCommitted(absl::Span<const engine::ViewCommit> commits, Revision head, int64_t) {
  const std::lock_guard<std::mutex> lock(waiting_mutex_);
  for (const engine::ViewCommit& commit : commits) {
    for (const engine::ViewMutation& mutation : commit.mutations) {
      if (mutation.space != engine::Space::kVersioned || !mutation.value) continue;
      if (keyspace::TagOf(mutation.key) != keyspace::kIndications) continue;
      waiting_[mutation.key] = *mutation.value;
      waiting_changed_ = commit.revision;
    }
  }
  head_ = head;
  head_moved_.notify_all();
}

std::shared_lock<std::shared_mutex> TitleSearch::CatchUp() const {
  const std::lock_guard<std::mutex> entry(entry_);
  absl::flat_hash_map<std::string, std::string> rows;
  Revision changed;
  {
    const std::lock_guard<std::mutex> lock(waiting_mutex_);
    rows.swap(waiting_);
    changed = waiting_changed_;
  }
  if (!rows.empty()) {
    const std::unique_lock<std::shared_mutex> lock(index_mutex_);
    for (const auto& [key, row] : rows) {
      const absl::StatusOr<std::string> id = table::RowId(key);
      if (!id.ok() || !PutRow(*id, row, index_)) damaged_ = true;
    }
    changed_ = changed;
  }
  return std::shared_lock<std::shared_mutex>(index_mutex_);
}

absl::StatusOr<std::optional<Findings>> TitleSearch::Search(Revision revision, absl::string_view query,
                                                            const Filters& filters, Day day, AreaFilter area) const {
  {
    std::unique_lock<std::mutex> lock(waiting_mutex_);
    if (!head_moved_.wait_for(lock, kLongestWait, [&] { return head_ >= revision; })) return std::nullopt;
  }
  const std::shared_lock<std::shared_mutex> lock = CatchUp();
  if (damaged_ || changed_ > revision) return std::nullopt;
  ASSIGN_OR_RETURN(Findings findings, index_.Search(query, filters, day, area));
  return findings;
}

std::vector<TitleHit> TitleSearch::Similar(absl::string_view name, size_t limit) const {
  const std::shared_lock<std::shared_mutex> lock = CatchUp();
  return index_.Similar(name, limit);
}

}  // namespace gi::search
