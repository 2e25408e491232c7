#include "server/domain/geometry.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

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

struct Degrees {
  double longitude;
  double latitude;
};

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

}  // namespace

void CheckGeometry(const Geometry& geometry, absl::string_view field, FieldViolations& violations) {
  const std::string path(field);
  if (geometry.has_box()) CheckBox(geometry.box(), path + ".box", violations);
  for (int i = 0; i < geometry.outline_size(); ++i) {
    CheckPoint(geometry.outline(i), absl::StrCat(field, ".outline[", i, "]"), violations);
  }
  if (geometry.outline_size() == 1 || geometry.outline_size() == 2) {
    Refuse(path + ".outline", absl::StrCat(geometry.outline_size(), " points"), "none, or at least three points",
           "不填,或至少三个点", violations);
  }
  if (!geometry.has_box() && geometry.outline().empty()) {
    violations.Add(path + ".box", registry::v1::ERROR_REASON_FIELD_REQUIRED);
  }
}

}  // namespace gi::domain
