#include "server/search/area_index.h"

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gi::search {
namespace {

using registry::v1::Datum;
using registry::v1::Geometry;
using ::testing::ElementsAre;

constexpr Datum kDatums[] = {registry::v1::DATUM_CGCS2000, registry::v1::DATUM_WGS84, registry::v1::DATUM_GCJ02,
                             registry::v1::DATUM_BD09};

void Set(double longitude, double latitude, registry::v1::Point& point) {
  point.set_longitude(absl::StrCat(longitude));
  point.set_latitude(absl::StrCat(latitude));
}

Geometry PointAt(double longitude, double latitude, Datum datum = registry::v1::DATUM_CGCS2000) {
  Geometry geometry;
  geometry.set_datum(datum);
  Set(longitude, latitude, *geometry.mutable_point());
  return geometry;
}

Geometry Box(double west, double south, double east, double north, Datum datum = registry::v1::DATUM_CGCS2000) {
  Geometry geometry;
  geometry.set_datum(datum);
  Set(west, south, *geometry.mutable_box()->mutable_south_west());
  Set(east, north, *geometry.mutable_box()->mutable_north_east());
  return geometry;
}

// A star-shaped outline around a centre, either way round: simple whatever the radii are.
Geometry Outline(double longitude, double latitude, double radius, std::mt19937& random) {
  Geometry geometry;
  std::uniform_real_distribution<double> share(0.3, 1);
  const int corners = std::uniform_int_distribution<int>(3, 9)(random);
  const bool clockwise = std::uniform_int_distribution<int>(0, 1)(random) == 1;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * 3.14159265358979 * (clockwise ? corners - i : i) / corners;
    const double r = radius * share(random);
    Set(longitude + r * std::cos(angle), latitude + r * std::sin(angle), *geometry.add_outline());
  }
  return geometry;
}

std::vector<std::pair<uint32_t, bool>> Pairs(const std::vector<AreaHit>& hits) {
  std::vector<std::pair<uint32_t, bool>> pairs;
  for (const AreaHit& hit : hits) pairs.emplace_back(hit.owner, hit.approximate);
  return pairs;
}

TEST(AreaIndexTest, PointsAndAreas) {
  AreaIndex index;
  index.Put(0, {Box(107.7, 30.6, 107.8, 30.7)});
  index.Put(1, {PointAt(107.75, 30.65)});
  index.Put(2, {Box(107.79, 30.69, 107.9, 30.8, registry::v1::DATUM_WGS84), PointAt(107, 30)});
  EXPECT_THAT(Pairs(index.Find(PointAt(107.75, 30.65))), ElementsAre(std::pair(0u, false), std::pair(1u, false)));
  EXPECT_THAT(Pairs(index.Find(PointAt(107.795, 30.695))), ElementsAre(std::pair(0u, false), std::pair(2u, false)));
  EXPECT_THAT(Pairs(index.Find(PointAt(107.8001, 30.65))), ElementsAre(std::pair(0u, false))) << "within 20 m";
  EXPECT_THAT(Pairs(index.Find(PointAt(107.801, 30.65))), ElementsAre());
  EXPECT_THAT(Pairs(index.Find(PointAt(107.801, 30.65, registry::v1::DATUM_GCJ02))), ElementsAre(std::pair(0u, true)));
  EXPECT_THAT(Pairs(index.Find(Box(106, 29, 109, 32))),
              ElementsAre(std::pair(0u, false), std::pair(1u, false), std::pair(2u, false)));
  EXPECT_THAT(Pairs(index.Find(Box(107.76, 30.61, 107.77, 30.62))), ElementsAre(std::pair(0u, false))) << "inside one";
  index.Put(0, {});
  EXPECT_THAT(Pairs(index.Find(PointAt(107.75, 30.65))), ElementsAre(std::pair(1u, false)));
  EXPECT_THAT(Pairs(index.Find(Geometry())), ElementsAre());
}

TEST(AreaIndexTest, SidesOfABoxFollowItsParallels) {
  AreaIndex index;
  index.Put(0, {Box(107, 30, 108, 31)});
  // The straight line between the northern corners runs some 75 m north of the parallel in the middle.
  EXPECT_THAT(Pairs(index.Find(PointAt(107.5, 31.0004))), ElementsAre());
  EXPECT_THAT(Pairs(index.Find(PointAt(107.5, 30.9999))), ElementsAre(std::pair(0u, false)));
  EXPECT_THAT(Pairs(index.Find(PointAt(107.5, 30.0001))), ElementsAre(std::pair(0u, false)));
}

TEST(AreaIndexTest, AgreesWithComparingAll) {
  std::mt19937 random(500155);
  std::uniform_real_distribution<double> longitude(107.4, 108.1), latitude(30.4, 30.9), size(0.0005, 0.08);
  const auto geometry = [&] {
    Geometry made;
    switch (std::uniform_int_distribution<int>(0, 2)(random)) {
      case 0:
        made = PointAt(longitude(random), latitude(random));
        break;
      case 1: {
        const double west = longitude(random), south = latitude(random);
        made = Box(west, south, west + size(random), south + size(random));
        break;
      }
      default:
        made = Outline(longitude(random), latitude(random), size(random), random);
    }
    made.set_datum(kDatums[std::uniform_int_distribution<int>(0, 3)(random)]);
    return made;
  };
  AreaIndex index;
  size_t hits = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<Geometry> areas;
    for (int i = std::uniform_int_distribution<int>(0, 2)(random); i > 0; --i) areas.push_back(geometry());
    index.Put(static_cast<uint32_t>(std::uniform_int_distribution<int>(0, 150)(random)), areas);
    const Geometry question = geometry();
    const auto found = Pairs(index.Find(question));
    ASSERT_EQ(found, Pairs(index.CompareAll(question))) << question.ShortDebugString();
    hits += found.size();
  }
  EXPECT_GT(hits, 400u) << "the questions meet something";
}

}  // namespace
}  // namespace gi::search
