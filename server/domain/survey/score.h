// How promising a product is as a candidate for a title: points from the fields of its accepted records, by fixed
// tables (score.cc), weighted as the rule set says. Whole numbers only. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_SCORE_H_
#define GI_SERVER_DOMAIN_SURVEY_SCORE_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gi/registry/v1/product.pb.h"

namespace gi::domain {

inline constexpr int kMaxPoints = 100;
inline constexpr registry::v1::ScoreComponent kScoreComponents[] = {
    registry::v1::SCORE_COMPONENT_EVIDENCE, registry::v1::SCORE_COMPONENT_REPUTATION,
    registry::v1::SCORE_COMPONENT_SCALE, registry::v1::SCORE_COMPONENT_DISTINCTIVENESS,
    registry::v1::SCORE_COMPONENT_RISK};

// Where the points of a record come from, in the order of its fields.
std::vector<registry::v1::ScoreItem> ScoreItems(const registry::v1::SurveyRecord& record,
                                                registry::v1::ScoreComponent component);
// Their sum, within 0 and kMaxPoints.
int SumOf(absl::Span<const registry::v1::ScoreItem> items);

// What an accepted record adds to its product.
registry::v1::RecordStanding StandingOf(const registry::v1::SurveyRecord& record);

// For each component the most points of any standing, in the order of kScoreComponents. Without standings all are 0.
using Points = std::array<int32_t, 5>;
Points BestPoints(const registry::v1::Product& product);
int32_t PointsIn(const registry::v1::RecordStanding& standing, registry::v1::ScoreComponent component);
int32_t WeightIn(const registry::v1::ScoreWeights& weights, registry::v1::ScoreComponent component);

// Σ weight × points / Σ weight in thousandths, rounded down.
int32_t ScoreOf(const Points& points, const registry::v1::ScoreWeights& weights);
// "73.250".
std::string FormatScore(int32_t thousandths);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_SCORE_H_
