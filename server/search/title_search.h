// The index of titles at the newest revision, kept up to date by what Observer tells.
//
// Thread-safe. The writer only leaves what has changed; the next search puts it into the index. So a search waits for
// other searches at most while a change is put in, and the writer never does.
#ifndef GI_SERVER_SEARCH_TITLE_SEARCH_H_
#define GI_SERVER_SEARCH_TITLE_SEARCH_H_

#include <condition_variable>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/search/title_index.h"
#include "storage/registry/registry.h"

namespace gi::search {

// Puts all titles of a view into an empty index. Errors of the store.
absl::Status ReadTitles(const registry::ReadView& view, TitleIndex& index);

class TitleSearch final : public registry::Observer {
 public:
  // Before anything else. Errors of the store.
  absl::Status Load(const registry::ReadView& view);

  void OnCommitted(absl::Span<const engine::ViewCommit> commits, Revision head, int64_t commit_time_us) override;

  // nullopt: titles have changed since that revision; it has to be read from the rows (ReadTitles).
  absl::StatusOr<std::optional<Findings>> Search(Revision revision, absl::string_view query, const Filters& filters,
                                                 Day day, AreaFilter area) const;

  // At the newest revision.
  std::vector<TitleHit> Similar(absl::string_view name, size_t limit) const;

 private:
  std::shared_lock<std::shared_mutex> CatchUp() const;

  // Who enters puts in what is waiting, and lets nobody pass meanwhile: else searches could keep changes out for ever.
  mutable std::mutex entry_;
  mutable std::shared_mutex index_mutex_;
  mutable TitleIndex index_;
  // The index holds the titles as they are from `changed_` on.
  mutable Revision changed_;
  mutable bool damaged_ = false;

  mutable std::mutex waiting_mutex_;
  mutable std::condition_variable head_moved_;
  // The last row of each key: no more than there are titles, however long nobody searches.
  mutable absl::flat_hash_map<std::string, std::string> waiting_;
  Revision waiting_changed_;
  Revision head_;
};

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_TITLE_SEARCH_H_
