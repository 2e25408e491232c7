// Geometries: any areas and questions, through the rules that refuse some and the index that answers the others.
//
// Input: for each of two geometries a byte for datum and kind (point, box, outline), a byte for the number of corners,
// and for each coordinate two bytes.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/domain/geometry.h"
#include "server/search/area_index.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

namespace v1 = registry::v1;

constexpr int kMostCorners = 12;

// Of any size down to neighbours on a grid, so that corners meet and sides touch.
void ReadPoint(Input& input, v1::Point& point) {
  const int longitude = input.Byte() << 8 | input.Byte();
  const int latitude = input.Byte() << 8 | input.Byte();
  point.set_longitude(absl::StrCat((longitude - 32768) * 181.0 / 32768));
  point.set_latitude(absl::StrCat((latitude - 32768) * 91.0 / 32768));
}

v1::Geometry ReadGeometry(Input& input) {
  v1::Geometry geometry;
  const uint8_t kind = input.Byte();
  geometry.set_datum(static_cast<v1::Datum>(1 + kind % 4));
  switch (kind / 4 % 3) {
    case 0:
      ReadPoint(input, *geometry.mutable_point());
      break;
    case 1:
      ReadPoint(input, *geometry.mutable_box()->mutable_south_west());
      ReadPoint(input, *geometry.mutable_box()->mutable_north_east());
      break;
    default:
      for (int i = input.Byte() % kMostCorners; i > 0; --i) ReadPoint(input, *geometry.add_outline());
  }
  return geometry;
}

std::vector<std::pair<uint32_t, bool>> Pairs(const std::vector<search::AreaHit>& hits) {
  std::vector<std::pair<uint32_t, bool>> pairs;
  for (const search::AreaHit& hit : hits) pairs.emplace_back(hit.owner, hit.approximate);
  return pairs;
}

bool IsAccepted(const v1::Geometry& geometry) {
  FieldViolations violations;
  domain::CheckGeometry(geometry, "geometry", violations);
  FieldViolations outside;
  domain::CheckWithinExtent(geometry, geometry, "geometry", outside);
  return violations.empty();
}

}  // namespace
}  // namespace gi::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::Input input(data, size);
  const auto area = gi::fuzz::ReadGeometry(input);
  const auto question = gi::fuzz::ReadGeometry(input);
  // What the rules refuse never gets here, and must do no harm all the same.
  const bool accepted = gi::fuzz::IsAccepted(area) && gi::fuzz::IsAccepted(question);
  gi::search::AreaIndex index;
  index.Put(0, {area});
  index.Put(1, {area, question});
  FUZZ_CHECK(gi::fuzz::Pairs(index.Find(question)) == gi::fuzz::Pairs(index.CompareAll(question)));
  if (accepted && area.has_point()) FUZZ_CHECK(index.Find(area).size() == 2);
  index.Put(1, {});
  FUZZ_CHECK(gi::fuzz::Pairs(index.Find(area)) == gi::fuzz::Pairs(index.CompareAll(area)));
  return 0;
}
