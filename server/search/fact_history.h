// What the facts of a table's rows were before: of each row the versions that differ, newest first. A version counts
// from its revision until that of the next newer one. Any number of threads may read while nobody changes it.
#ifndef GI_SERVER_SEARCH_FACT_HISTORY_H_
#define GI_SERVER_SEARCH_FACT_HISTORY_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "storage/base/revision.h"

namespace gi::search {

template <class Fact>
class FactHistory {
 public:
  // The newest fact of the row at `place`, which was so since `since`, is about to be replaced.
  void AddNewest(size_t place, Revision since, Fact fact) {
    if (place >= newest_.size()) newest_.resize(place + 1, kNone);
    versions_.push_back({since, std::exchange(newest_[place], Next()), std::move(fact)});
  }

  // A fact older than all that are known of the row; `since` and `now` are the present one. One that does not differ
  // from the next newer version only takes that one's beginning back.
  void AddOldest(size_t place, Revision revision, Fact fact, Revision& since, const Fact& now) {
    if (place >= newest_.size()) newest_.resize(place + 1, kNone);
    Revision* oldest_since = &since;
    const Fact* oldest = &now;
    uint32_t* end = &newest_[place];
    while (*end != kNone) {
      Version& version = versions_[*end];
      oldest_since = &version.since;
      oldest = &version.fact;
      end = &version.older;
    }
    if (*oldest == fact) {
      *oldest_since = revision;
    } else {
      *end = Next();
      versions_.push_back({revision, kNone, std::move(fact)});
    }
  }

  // What a row that was changed after `revision` was then; nullptr: it was not there.
  const Fact* At(size_t place, Revision revision) const {
    if (place >= newest_.size()) return nullptr;
    uint32_t at = newest_[place];
    while (at != kNone && versions_[at].since > revision) at = versions_[at].older;
    return at == kNone ? nullptr : &versions_[at].fact;
  }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};

  struct Version {
    Revision since;
    uint32_t older;
    Fact fact;
  };

  uint32_t Next() const { return static_cast<uint32_t>(versions_.size()); }

  // By place; may be shorter.
  std::vector<uint32_t> newest_;
  std::vector<Version> versions_;
};

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_FACT_HISTORY_H_
