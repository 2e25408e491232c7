#include "server/domain/geometry.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace gi::domain {
namespace {

using registry::v1::Geometry;
using registry::v1::Point;

constexpr size_t kMaxDecimals = 10;
// What no point in China has the other way round: its longitudes are larger than any latitude it has.
constexpr double kChinaWest = 73;
constexpr double kChinaEast = 136;
constexpr double kChinaSouth = 3;
constexpr double kChinaNorth = 54;

void Refuse(absl::string_view field, absl::string_view value, absl::string_view expected, absl::string_view expected_zh,
            FieldViolations& violations) {
  violations.Add(
      field, registry::v1::ERROR_REASON_FIELD_MALFORMED,
      {{"value", Excerpt(value)}, {"expected", std::string(expected)}, {"expected_zh", std::string(expected_zh)}});
}

// "-107.7694" and the like; no exponent, no sign but a minus.
std::optional<double> ParseDegrees(absl::string_view text) {
  absl::string_view digits = text;
  absl::ConsumePrefix(&digits, "-");
  const size_t point = std::min(digits.find('.'), digits.size());
  const absl::string_view whole = digits.substr(0, point);
  const absl::string_view decimals = point < digits.size() ? digits.substr(point + 1) : "";
  const auto all_digits = [](absl::string_view part) {
    return std::all_of(part.begin(), part.end(), absl::ascii_isdigit);
  };
  double value = 0;
  if (whole.empty() || (point < digits.size() && decimals.empty()) || decimals.size() > kMaxDecimals ||
      !all_digits(whole) || !all_digits(decimals) || !absl::SimpleAtod(text, &value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> CheckNumber(absl::string_view text, absl::string_view field, FieldViolations& violations) {
  const std::optional<double> value = ParseDegrees(text);
  if (!value && !text.empty()) {
    Refuse(field, text, "decimal degrees such as 107.7694", "十进制度数,如 107.7694", violations);
  }
  return value;
}

bool InChina(const Degrees& at) {
  return at.longitude > kChinaWest && at.longitude < kChinaEast && at.latitude > kChinaSouth &&
         at.latitude < kChinaNorth;
}

std::optional<Degrees> CheckPoint(const Point& point, absl::string_view field, FieldViolations& violations) {
  const auto longitude = CheckNumber(point.longitude(), absl::StrCat(field, ".longitude"), violations);
  const auto latitude = CheckNumber(point.latitude(), absl::StrCat(field, ".latitude"), violations);
  if (!longitude || !latitude) return std::nullopt;
  const std::string value = absl::StrCat(point.longitude(), ", ", point.latitude());
  if (InChina({*latitude, *longitude})) {
    Refuse(field, value, "longitude and latitude in their places: they look swapped", "经度和纬度各在其位:疑似互换",
           violations);
    return std::nullopt;
  }
  if (std::abs(*longitude) > 180 || std::abs(*latitude) > 90) {
    Refuse(field, value, "a longitude within 180 and a latitude within 90 degrees", "经度不超过180度、纬度不超过90度",
           violations);
    return std::nullopt;
  }
  return Degrees{*longitude, *latitude};
}

void CheckBox(const registry::v1::BoundingBox& box, const std::string& field, FieldViolations& violations) {
  const auto from = CheckPoint(box.south_west(), field + ".south_west", violations);
  const auto to = CheckPoint(box.north_east(), field + ".north_east", violations);
  if (!from || !to || (from->longitude < to->longitude && from->latitude < to->latitude)) return;
  Refuse(field + ".north_east", absl::StrCat(box.north_east().longitude(), ", ", box.north_east().latitude()),
         "a corner north and east of south_west", "位于 south_west 东北方的角点", violations);
}

// Twice the signed area of a triangle: positive if it turns left.
double Turn(const Degrees& a, const Degrees& b, const Degrees& c) {
  return (b.longitude - a.longitude) * (c.latitude - a.latitude) -
         (b.latitude - a.latitude) * (c.longitude - a.longitude);
}

bool OnSide(const Degrees& a, const Degrees& b, const Degrees& p) {
  return std::min(a.longitude, b.longitude) <= p.longitude && p.longitude <= std::max(a.longitude, b.longitude) &&
         std::min(a.latitude, b.latitude) <= p.latitude && p.latitude <= std::max(a.latitude, b.latitude);
}

// Two sides have a point in common.
bool Meet(const Degrees& a, const Degrees& b, const Degrees& c, const Degrees& d) {
  if (std::max(a.longitude, b.longitude) < std::min(c.longitude, d.longitude) ||
      std::max(c.longitude, d.longitude) < std::min(a.longitude, b.longitude)) {
    return false;
  }
  const double abc = Turn(a, b, c), abd = Turn(a, b, d), cda = Turn(c, d, a), cdb = Turn(c, d, b);
  if (((abc > 0 && abd < 0) || (abc < 0 && abd > 0)) && ((cda > 0 && cdb < 0) || (cda < 0 && cdb > 0))) return true;
  return (abc == 0 && OnSide(a, b, c)) || (abd == 0 && OnSide(a, b, d)) || (cda == 0 && OnSide(c, d, a)) ||
         (cdb == 0 && OnSide(c, d, b));
}

// An outline must be simple: no side meets another but its neighbours at their corner.
void CheckSides(const std::vector<Degrees>& corners, const std::string& field, FieldViolations& violations) {
  const size_t n = corners.size();
  for (size_t i = 0; i < n; ++i) {
    const Degrees& from = corners[i];
    const Degrees& to = corners[(i + 1) % n];
    if (from.longitude == to.longitude && from.latitude == to.latitude) {
      return Refuse(absl::StrCat(field, "[", (i + 1) % n, "]"), "the corner before it again",
                    "corners that differ from their neighbours, the last not the first again",
                    "相邻角点互不相同，且末点不重复首点", violations);
    }
    for (size_t j = i + 2; j < n; ++j) {
      if (i == 0 && j == n - 1) continue;  // neighbours
      if (!Meet(from, to, corners[j], corners[(j + 1) % n])) continue;
      return Refuse(absl::StrCat(field, "[", j, "]"), absl::StrCat("sides ", i, " and ", j, " cross"),
                    "corners in order, so that no sides cross", "按顺序排列、各边互不相交的角点", violations);
    }
  }
}

}  // namespace

std::optional<Degrees> ToDegrees(const Point& point) {
  const std::optional<double> longitude = ParseDegrees(point.longitude());
  const std::optional<double> latitude = ParseDegrees(point.latitude());
  if (!longitude || !latitude || std::abs(*longitude) > 180 || std::abs(*latitude) > 90) return std::nullopt;
  return Degrees{*longitude, *latitude};
}

void CheckWithinExtent(const Geometry& geometry, const Geometry& extent, absl::string_view field,
                       FieldViolations& violations) {
  const auto from = ToDegrees(extent.box().south_west());
  const auto to = ToDegrees(extent.box().north_east());
  if (!from || !to) return;
  const auto outside = [&](const Point& point, const std::string& path) {
    const auto at = ToDegrees(point);
    if (!at || (at->longitude >= from->longitude && at->longitude <= to->longitude && at->latitude >= from->latitude &&
                at->latitude <= to->latitude)) {
      return false;
    }
    const registry::v1::BoundingBox& box = extent.box();
    violations.Add(path, registry::v1::ERROR_REASON_GEOMETRY_OUT_OF_AREA,
                   {{"value", absl::StrCat(point.longitude(), ", ", point.latitude())},
                    {"extent", absl::StrCat(box.south_west().longitude(), ", ", box.south_west().latitude(), " – ",
                                            box.north_east().longitude(), ", ", box.north_east().latitude())}});
    return true;
  };
  const std::string path(field);
  if (geometry.has_point() && outside(geometry.point(), path + ".point")) return;
  if (geometry.has_box() && (outside(geometry.box().south_west(), path + ".box.south_west") ||
                             outside(geometry.box().north_east(), path + ".box.north_east"))) {
    return;
  }
  for (int i = 0; i < geometry.outline_size(); ++i) {
    if (outside(geometry.outline(i), absl::StrCat(field, ".outline[", i, "]"))) return;
  }
}

void CheckGeometry(const Geometry& geometry, absl::string_view field, FieldViolations& violations) {
  const std::string path(field);
  if (geometry.has_box()) CheckBox(geometry.box(), path + ".box", violations);
  if (geometry.has_point()) CheckPoint(geometry.point(), path + ".point", violations);
  std::vector<Degrees> corners;
  for (int i = 0; i < geometry.outline_size(); ++i) {
    const auto corner = CheckPoint(geometry.outline(i), absl::StrCat(field, ".outline[", i, "]"), violations);
    if (corner) corners.push_back(*corner);
  }
  if (corners.size() >= 3 && corners.size() == static_cast<size_t>(geometry.outline_size())) {
    CheckSides(corners, path + ".outline", violations);
  }
  if (geometry.outline_size() == 1 || geometry.outline_size() == 2) {
    Refuse(path + ".outline", absl::StrCat(geometry.outline_size(), " points"), "none, or at least three points",
           "不填,或至少三个点", violations);
  }
  if (!geometry.has_box() && !geometry.has_point() && geometry.outline().empty()) {
    violations.Add(path + ".box", registry::v1::ERROR_REASON_FIELD_REQUIRED);
  }
}

}  // namespace gi::domain
