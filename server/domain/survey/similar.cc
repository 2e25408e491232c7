#include "server/domain/survey/similar.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

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

// What is alike only by its place is less alike.
constexpr double kPlaceOnly = 0.7;

// The longer first.
constexpr absl::string_view kSuffixes[] = {"村村民委员会", "社区居民委员会",
                                           "村民委员会",   "居民委员会",
                                           "街道办事处",   "街道",
                                           "社区",         "省",
                                           "市",           "区",
                                           "县",           "镇",
                                           "乡",           "村"};

absl::string_view WithoutSuffix(absl::string_view place) {
  for (const absl::string_view suffix : kSuffixes) {
    if (place.size() > suffix.size() && absl::EndsWith(place, suffix)) return absl::StripSuffix(place, suffix);
  }
  return place;
}

// Whether one of the places was taken off the beginning.
bool ConsumePlace(absl::Span<const std::string> places, absl::string_view& name) {
  for (const std::string& place : places) {
    absl::string_view rest = name;
    if (!absl::ConsumePrefix(&rest, WithoutSuffix(place))) continue;
    for (const absl::string_view suffix : kSuffixes) {
      if (rest.size() > suffix.size() && absl::ConsumePrefix(&rest, suffix)) break;
    }
    if (rest.empty()) continue;
    name = rest;
    return true;
  }
  return false;
}

int PlacePoints(v1::DivisionLevel level) {
  if (level >= v1::DIVISION_LEVEL_TOWNSHIP) return kSameTownship;
  return level == v1::DIVISION_LEVEL_COUNTY ? kSameCounty : kElsewhere;
}

}  // namespace

std::string CoreName(absl::string_view name, absl::Span<const std::string> places) {
  while (ConsumePlace(places, name)) {
  }
  return std::string(name);
}

v1::DivisionLevel CommonLevel(absl::Span<const std::string> a, absl::Span<const std::string> b) {
  constexpr std::pair<size_t, v1::DivisionLevel> kLevels[] = {
      {12, v1::DIVISION_LEVEL_VILLAGE},
      {9, v1::DIVISION_LEVEL_TOWNSHIP},
      {6, v1::DIVISION_LEVEL_COUNTY},
  };
  for (const auto& [digits, level] : kLevels) {
    for (const std::string& one : a) {
      for (const std::string& other : b) {
        if (one.size() >= digits && other.size() >= digits && one.substr(0, digits) == other.substr(0, digits)) {
          return level;
        }
      }
    }
  }
  return v1::DIVISION_LEVEL_UNSPECIFIED;
}

void ScoreSimilarity(const NameLikeness& names, v1::SimilarProduct& similar) {
  const bool place_only = names.both_have_places && names.core == 0;
  const double name = place_only ? names.whole * kPlaceOnly : std::max(names.whole, names.core);
  int score = static_cast<int>(name * kNamePoints);
  score += PlacePoints(similar.common_place());
  if (similar.same_variety()) score += kSameVariety;
  if (similar.other_variety()) score += kOtherVariety;
  score += similar.same_sector() ? kSameSector : kOtherSector;
  similar.set_score(std::clamp(score, 0, 1000));
}

}  // namespace gi::domain
