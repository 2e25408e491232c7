#include "server/domain/survey/similar.h"

#include <algorithm>

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

// The name carries most; the rest confirms or contradicts it.
constexpr double kNamePoints = 800;
constexpr int kSameTownship = 120;  // or village
constexpr int kSameCounty = 60;
constexpr int kElsewhere = -60;
constexpr int kSameVariety = 60;
constexpr int kOtherVariety = -120;
constexpr int kSameSector = 20;
constexpr int kOtherSector = -80;

int PlacePoints(v1::DivisionLevel level) {
  if (level >= v1::DIVISION_LEVEL_TOWNSHIP) return kSameTownship;
  return level == v1::DIVISION_LEVEL_COUNTY ? kSameCounty : kElsewhere;
}

}  // namespace

void ScoreSimilarity(double name_likeness, v1::SimilarProduct& similar) {
  int score = static_cast<int>(name_likeness * kNamePoints);
  score += PlacePoints(similar.common_place());
  if (similar.same_variety()) score += kSameVariety;
  if (similar.other_variety()) score += kOtherVariety;
  score += similar.same_sector() ? kSameSector : kOtherSector;
  similar.set_score(std::clamp(score, 0, 1000));
}

}  // namespace gi::domain
