// Finds the title that a question names: by resource name, by number, or by one of its names.
#ifndef GI_SERVER_SERVICE_TITLE_FINDER_H_
#define GI_SERVER_SERVICE_TITLE_FINDER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/table/table.h"

namespace gi::service {

// The ids of titles that answer, and what of them does.
struct TitleMatches {
  struct Match {
    std::string id;
    std::string matched;
  };
  // One that is `certain`: the title. Otherwise those that may have been meant, the likeliest first.
  std::vector<Match> matches;
  bool certain = false;
};

inline constexpr size_t kMaxCandidates = 20;

// Thread-safe.
class TitleFinder {
 public:
  // Titles with a name like this one, the likeliest first, at most `limit`; of the newest state, whatever is read.
  using Similar = std::function<std::vector<TitleMatches::Match>(absl::string_view name, size_t limit)>;

  explicit TitleFinder(Similar similar) : similar_(std::move(similar)) {}

  // A resource name is taken for certain, whether or not there is such a title. A number or name is certain if just one
  // title has it; names are compared by FoldName. Otherwise candidates: the titles that have it, or else those with a
  // similar name. Errors of the store.
  absl::StatusOr<TitleMatches> Find(const table::RowReader& rows, const std::string& reference) const;

 private:
  const Similar similar_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_TITLE_FINDER_H_
