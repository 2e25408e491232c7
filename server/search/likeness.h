// How alike two names are, on a scale that ranks all ways of being alike. Pure and thread-safe.
#ifndef GI_SERVER_SEARCH_LIKENESS_H_
#define GI_SERVER_SEARCH_LIKENESS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/indication.pb.h"
#include "storage/base/reading.h"

namespace gi::search {

// A name, or a query for one, in the forms that are compared. Characters beyond kMaxNameChars do not count.
struct NameForms {
  // FoldText
  std::string plain;
  // FoldName
  std::u32string folded;
  bool ascii = false;
  // Of the folded form; none if there is only one.
  std::vector<std::u32string> words;
  std::vector<Reading> readings;
};

inline constexpr size_t kMaxNameChars = 120;

NameForms FormsOf(absl::string_view name);

struct Likeness {
  registry::v1::MatchKind kind = registry::v1::MATCH_KIND_UNSPECIFIED;
  // 0: not alike; 1: the same.
  double score = 0;
};

// The best of all ways. Ways are tried in the order of MatchKind; within one, the more of the name the query covers the
// better. Typing errors are looked for only where nothing else is found, since they take much longer.
Likeness LikenessOf(const NameForms& query, const NameForms& name);

// What an edit distance of two texts says of them: insertions, deletions, substitutions, and transpositions of
// neighbours, each 1, none within another (optimal string alignment).
struct EditDistances {
  // From all of `query` to all of `name`.
  size_t whole = 0;
  // From all of `query` to the nearest beginning of `name`.
  size_t beginning = 0;
};
EditDistances EditDistance(std::u32string_view query, std::u32string_view name);
EditDistances EditDistance(std::string_view query, std::string_view name);

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_LIKENESS_H_
