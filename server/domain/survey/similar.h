// When two products are likely the same: how alike their names are, together with place, variety and sector. Pure and
// thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_SIMILAR_H_
#define GI_SERVER_DOMAIN_SURVEY_SIMILAR_H_

#include "gi/registry/v1/survey_record.pb.h"

namespace gi::domain {

// From this score on, a product is named as a likely duplicate, and an officer must decide.
inline constexpr int kLikelyScore = 600;
// Most of them that are named.
inline constexpr int kMostSimilar = 10;

// Fills `score` (0 to 1,000) from the other fields and the likeness of the names, 0 to 1: the table is in similar.cc.
void ScoreSimilarity(double name_likeness, registry::v1::SimilarProduct& similar);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_SIMILAR_H_
