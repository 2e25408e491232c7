#include "server/domain/geometry.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gi::domain {
namespace {

using registry::v1::Geometry;
using testing::ElementsAre;
using testing::IsEmpty;

using Corners = std::vector<std::pair<std::string, std::string>>;

Geometry Outline(const Corners& corners) {
  Geometry geometry;
  geometry.set_datum(registry::v1::DATUM_CGCS2000);
  for (const auto& [longitude, latitude] : corners) {
    registry::v1::Point& point = *geometry.add_outline();
    point.set_longitude(longitude);
    point.set_latitude(latitude);
  }
  return geometry;
}

Geometry Box(const std::string& west, const std::string& south, const std::string& east, const std::string& north) {
  Geometry geometry;
  geometry.mutable_box()->mutable_south_west()->set_longitude(west);
  geometry.mutable_box()->mutable_south_west()->set_latitude(south);
  geometry.mutable_box()->mutable_north_east()->set_longitude(east);
  geometry.mutable_box()->mutable_north_east()->set_latitude(north);
  return geometry;
}

// The fields that are wrong.
std::vector<std::string> Findings(const Geometry& geometry) {
  FieldViolations violations;
  CheckGeometry(geometry, "g", violations);
  std::vector<std::string> fields;
  for (const registry::v1::Violation& violation : violations.all()) fields.push_back(violation.field());
  return fields;
}

TEST(GeometryTest, OutlinesAndBoxesThatAreRight) {
  EXPECT_THAT(Findings(Outline({{"107.7694", "30.6"}, {"108", "30.6"}, {"108", "31.0000000001"}})), IsEmpty());
  EXPECT_THAT(Findings(Box("107.2", "30.4", "108.1", "30.9")), IsEmpty());
  EXPECT_THAT(Findings(Box("-5.5", "-40", "-5.4", "0")), IsEmpty()) << "foreign titles have areas too";
}

TEST(GeometryTest, SomethingMustBeThere) {
  EXPECT_THAT(Findings(Geometry()), ElementsAre("g.box"));
  EXPECT_THAT(Findings(Outline({{"107", "30"}, {"108", "30"}})), ElementsAre("g.outline"));
}

TEST(GeometryTest, PlacesThatWereSwapped) {
  EXPECT_THAT(Findings(Outline({{"30.6", "107.7"}, {"108", "30.6"}, {"108", "31"}})), ElementsAre("g.outline[0]"));
  EXPECT_THAT(Findings(Box("30.4", "107.2", "30.9", "108.1")), ElementsAre("g.box.south_west", "g.box.north_east"));
  // Nothing in China is there the other way round.
  EXPECT_THAT(Findings(Box("2.3", "48.8", "2.4", "48.9")), IsEmpty());
}

TEST(GeometryTest, CornersThatWereSwapped) {
  EXPECT_THAT(Findings(Box("108.1", "30.9", "107.2", "30.4")), ElementsAre("g.box.north_east"));
  EXPECT_THAT(Findings(Box("107.2", "30.4", "107.2", "30.9")), ElementsAre("g.box.north_east"));
}

TEST(GeometryTest, NumbersThatAreNone) {
  for (const char* number :
       {"107,5", "1e2", "+107", "107.", ".5", "0x6b", "nan", "inf", "107.00000000001", "-", "107 "}) {
    EXPECT_THAT(Findings(Box(number, "30.4", "120", "30.9")), ElementsAre("g.box.south_west.longitude")) << number;
  }
  EXPECT_THAT(Findings(Box("181", "30", "182", "31")), ElementsAre("g.box.south_west", "g.box.north_east"));
  EXPECT_THAT(Findings(Box("-10", "-91", "10", "10")), ElementsAre("g.box.south_west"));
}

}  // namespace
}  // namespace gi::domain
