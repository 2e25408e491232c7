// Titles as readers look for them: by name in any spelling, by number, by words of the specification; filtered and
// counted by what they are on a day.
//
// Any number of threads may search while nobody changes it.
#ifndef GI_SERVER_SEARCH_TITLE_INDEX_H_
#define GI_SERVER_SEARCH_TITLE_INDEX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/title.h"
#include "server/search/name_index.h"
#include "storage/base/date.h"
#include "storage/keyspace/key.h"

namespace gi::search {

// Empty: no filter on that field.
struct Filters {
  absl::flat_hash_set<registry::v1::IndicationKind> kinds = {};
  absl::flat_hash_set<registry::v1::TitleState> states = {};
  absl::flat_hash_set<std::string> countries = {};
  absl::flat_hash_set<int> nice_classes = {};
  absl::flat_hash_set<std::string> holders = {};
  bool by_division = false;
};

// Whether an area code of a title passes the filter on divisions; asked once for each code.
using AreaFilter = absl::FunctionRef<absl::StatusOr<bool>(const std::string& area_code)>;

struct TitleHit {
  std::string id;
  registry::v1::MatchKind kind = registry::v1::MATCH_KIND_UNSPECIFIED;
  std::string matched_name;
  double score = 0;
};

struct Findings {
  // Sorted by score, then by display name and id; at most kMaxFindings.
  std::vector<TitleHit> hits;
  std::vector<registry::v1::Facet> facets;
};

class TitleIndex {
 public:
  static constexpr size_t kMaxFindings = 10'000;
  static constexpr int kMaxFacetValues = 100;
  // What is still searched of a specification, in bytes of its folded form; the field is limited to less.
  static constexpr size_t kMaxTextBytes = 100'000;

  // Adds or replaces a title.
  void Put(absl::string_view id, const registry::v1::Indication& title);
  void Remove(absl::string_view id);

  // For LiveIndex.
  static constexpr keyspace::Tag kTables[] = {keyspace::kIndications};
  bool PutRow(keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> row);

  // Errors of `area`.
  absl::StatusOr<Findings> Search(absl::string_view query, const Filters& filters, Day day, AreaFilter area) const;

  // Titles with a name like this one, the likeliest first, at most `limit`.
  std::vector<TitleHit> Similar(absl::string_view name, size_t limit) const;

  size_t size() const { return by_id_.size(); }

 private:
  using TitleNumber = uint32_t;
  struct Title {
    std::string id;
    // What filters and facets read.
    registry::v1::Indication row;
    domain::TitleTimeline timeline;
    std::vector<std::string> countries;
    std::vector<std::string> numbers;
    // Folded.
    std::string text;
    bool removed = false;
  };
  struct Hit {
    TitleNumber title;
    registry::v1::MatchKind kind;
    double score;
    absl::string_view name;
  };

  void PutNumbers(TitleNumber number, const registry::v1::Indication& title);
  void PutText(TitleNumber number, const registry::v1::Indication& title);
  std::vector<Hit> Find(absl::string_view query) const;
  void FindText(absl::string_view query, absl::flat_hash_set<TitleNumber>& found, std::vector<Hit>& hits) const;
  TitleHit Describe(const Hit& hit) const;
  void Rank(std::vector<Hit>& hits, size_t limit) const;

  std::vector<Title> titles_;
  absl::flat_hash_map<std::string, TitleNumber> by_id_;
  NameIndex names_;
  // May lead to titles that had it once: what the title has counts.
  absl::flat_hash_map<std::string, std::vector<TitleNumber>> by_number_;
  absl::flat_hash_map<uint64_t, std::vector<TitleNumber>> by_text_pair_;
};

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_TITLE_INDEX_H_
