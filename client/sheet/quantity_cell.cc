#include "client/sheet/quantity_cell.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

using namespace registry::v1;

// Longer words before those that they begin with.
constexpr std::pair<absl::string_view, Unit> kUnits[] = {
    {"平方公里", UNIT_SQUARE_KILOMETRE},
    {"平方千米", UNIT_SQUARE_KILOMETRE},
    {"km2", UNIT_SQUARE_KILOMETRE},
    {"平方米", UNIT_SQUARE_METRE},
    {"m2", UNIT_SQUARE_METRE},
    {"公顷", UNIT_HECTARE},
    {"hm2", UNIT_HECTARE},
    {"亩", UNIT_MU},
    {"吨", UNIT_TONNE},
    {"t", UNIT_TONNE},
    {"公斤", UNIT_KILOGRAM},
    {"千克", UNIT_KILOGRAM},
    {"kg", UNIT_KILOGRAM},
    {"市斤", UNIT_JIN},
    {"斤", UNIT_JIN},
    {"克", UNIT_GRAM},
    {"g", UNIT_GRAM},
    {"人民币", UNIT_YUAN},
    {"元", UNIT_YUAN},
    {"户", UNIT_HOUSEHOLD},
    {"家", UNIT_ORGANISATION},
    {"个", UNIT_ORGANISATION},
    {"头", UNIT_HEAD},
    {"只", UNIT_HEAD},
    {"羽", UNIT_HEAD},
    {"件", UNIT_PIECE},
    {"幅", UNIT_PIECE},
    {"株", UNIT_PLANT},
    {"人", UNIT_PERSON},
};

constexpr std::pair<absl::string_view, Magnitude> kMagnitudes[] = {
    {"百万", MAGNITUDE_MILLION}, {"万", MAGNITUDE_TEN_THOUSAND}, {"亿", MAGNITUDE_HUNDRED_MILLION},
    {"千", MAGNITUDE_THOUSAND},  {"百", MAGNITUDE_HUNDRED},
};

// Takes one of the words off the front; false if none is there.
template <class Value, size_t kSize>
bool Take(const std::pair<absl::string_view, Value> (&words)[kSize], absl::string_view& text, Value& value) {
  for (const auto& [word, meaning] : words) {
    if (!absl::ConsumePrefix(&text, word)) continue;
    value = meaning;
    return true;
  }
  return false;
}

bool TakeAny(std::initializer_list<absl::string_view> words, absl::string_view& text) {
  return std::any_of(words.begin(), words.end(),
                     [&](absl::string_view word) { return absl::ConsumePrefix(&text, word); });
}

// Magnitude and unit, either of which may be missing; false for anything else.
bool TakeMeasure(absl::string_view text, Quantity& quantity) {
  Magnitude magnitude = MAGNITUDE_UNSPECIFIED;
  Unit unit = UNIT_UNSPECIFIED;
  // "千克" is a unit, "千" a magnitude.
  if (Take(kUnits, text, unit)) {
    quantity.set_unit(unit);
    return text.empty();
  }
  if (Take(kMagnitudes, text, magnitude)) quantity.set_magnitude(magnitude);
  TakeAny({"余", "多"}, text);
  if (Take(kUnits, text, unit)) quantity.set_unit(unit);
  return text.empty();
}

}  // namespace

std::optional<SheetQuantity> ParseQuantityCell(absl::string_view given, absl::string_view unit) {
  const std::string folded = absl::StrReplaceAll(FoldText(given), {{" ", ""}, {"，", ","}, {"²", "2"}, {"㎡", "m2"}});
  absl::string_view text = folded;
  SheetQuantity parsed;
  parsed.approximate = TakeAny({"大约", "约", "将近", "近", "超过", "超", "逾"}, text);
  parsed.approximate = absl::ConsumeSuffix(&text, "左右") || absl::ConsumeSuffix(&text, "以上") || parsed.approximate;
  parsed.approximate = absl::StrContains(text, "余") || absl::StrContains(text, "多") || parsed.approximate;
  const size_t digits = std::min(text.find_first_not_of("0123456789.,"), text.size());
  const std::string number = absl::StrReplaceAll(text.substr(0, digits), {{",", ""}});
  text.remove_prefix(digits);
  if (number.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(number[0])) || number.back() == '.' ||
      std::count(number.begin(), number.end(), '.') > 1) {
    return std::nullopt;
  }
  parsed.quantity.set_value(number);
  TakeAny({"余", "多"}, text);
  if (!TakeMeasure(text, parsed.quantity)) return std::nullopt;
  if (parsed.quantity.unit() != UNIT_UNSPECIFIED) return parsed;
  // Of "1.5万" in a column of 亩, the unit is the column's; of "15" in one of 万元, the magnitude, too.
  Quantity column;
  if (!TakeMeasure(FoldText(unit), column) || column.unit() == UNIT_UNSPECIFIED) return std::nullopt;
  if (parsed.quantity.magnitude() != MAGNITUDE_UNSPECIFIED && column.magnitude() != MAGNITUDE_UNSPECIFIED) {
    return std::nullopt;
  }
  if (column.magnitude() != MAGNITUDE_UNSPECIFIED) parsed.quantity.set_magnitude(column.magnitude());
  parsed.quantity.set_unit(column.unit());
  return parsed;
}

absl::string_view UnitInHead(absl::string_view head) {
  const auto between = [&](absl::string_view open, absl::string_view close) -> absl::string_view {
    const size_t begin = head.rfind(open);
    if (begin == head.npos) return "";
    const absl::string_view rest = head.substr(begin + open.size());
    const size_t end = close.empty() ? rest.size() : rest.find(close);
    return end == rest.npos ? "" : rest.substr(0, end);
  };
  for (const auto& [open, close] :
       {std::pair{"（", "）"}, std::pair{"(", ")"}, std::pair{"（", ")"}, std::pair{"(", "）"}, std::pair{"/", ""}}) {
    const absl::string_view inside = between(open, close);
    const size_t colon = inside.rfind("：");
    const absl::string_view unit = colon == inside.npos ? inside : inside.substr(colon + 3);
    Quantity measure;
    if (!unit.empty() && TakeMeasure(FoldText(unit), measure) && measure.unit() != UNIT_UNSPECIFIED) return unit;
  }
  return "";
}

}  // namespace gi::client::sheet
