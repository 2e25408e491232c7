// When two products are likely the same: how alike their names are, with and without the place they begin with,
// together with place, variety and sector. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_SIMILAR_H_
#define GI_SERVER_DOMAIN_SURVEY_SIMILAR_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/survey_record.pb.h"

namespace gi::domain {

// From this score on, a product is named as a likely duplicate, and an officer must decide.
inline constexpr int kLikelyScore = 510;
// Most of them that are named.
inline constexpr int kMostSimilar = 10;

// The name without the places that it begins with: 张鸭子 of 重庆梁平张鸭子, if 重庆市 and 梁平区 are among `places`,
// which may be written with or without 省, 市, 区, 县, 镇, 乡, 街道, 村. The whole name if nothing else is left.
std::string CoreName(absl::string_view name, absl::Span<const std::string> places);

// The smallest division that two places have in common, by their present codes; UNSPECIFIED above the county.
registry::v1::DivisionLevel CommonLevel(absl::Span<const std::string> a, absl::Span<const std::string> b);

// How alike two names are, 0 to 1.
struct NameLikeness {
  double whole = 0;
  // Of their cores.
  double core = 0;
  // Both begin with a place.
  bool both_have_places = false;
};

// Fills `score` (0 to 1,000) from the other fields and the likeness of the names: the table is in similar.cc.
void ScoreSimilarity(const NameLikeness& names, registry::v1::SimilarProduct& similar);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_SIMILAR_H_
