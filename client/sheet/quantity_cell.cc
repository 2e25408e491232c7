#include "client/sheet/quantity_cell.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

using namespace registry::v1;

struct UnitWord {
  absl::string_view word;
  Unit unit;
  // What it is a unit of: area, mass, money, or a count of things.
  char of;
};
// Longer words before those that they begin with.
constexpr UnitWord kUnits[] = {
    {"平方公里", UNIT_SQUARE_KILOMETRE, 'a'},
    {"平方千米", UNIT_SQUARE_KILOMETRE, 'a'},
    {"km2", UNIT_SQUARE_KILOMETRE, 'a'},
    {"平方米", UNIT_SQUARE_METRE, 'a'},
    {"m2", UNIT_SQUARE_METRE, 'a'},
    {"公顷", UNIT_HECTARE, 'a'},
    {"hm2", UNIT_HECTARE, 'a'},
    {"亩", UNIT_MU, 'a'},
    {"吨", UNIT_TONNE, 'm'},
    {"t", UNIT_TONNE, 'm'},
    {"公斤", UNIT_KILOGRAM, 'm'},
    {"千克", UNIT_KILOGRAM, 'm'},
    {"kg", UNIT_KILOGRAM, 'm'},
    {"市斤", UNIT_JIN, 'm'},
    {"斤", UNIT_JIN, 'm'},
    {"克", UNIT_GRAM, 'm'},
    {"g", UNIT_GRAM, 'm'},
    {"人民币", UNIT_YUAN, 'y'},
    {"元", UNIT_YUAN, 'y'},
    {"户", UNIT_HOUSEHOLD, 'h'},
    {"家", UNIT_ORGANISATION, 'o'},
    {"个", UNIT_ORGANISATION, 'o'},
    {"头", UNIT_HEAD, 'l'},
    {"只", UNIT_HEAD, 'l'},
    {"羽", UNIT_HEAD, 'l'},
    {"件", UNIT_PIECE, 'p'},
    {"幅", UNIT_PIECE, 'p'},
    {"株", UNIT_PLANT, 't'},
    {"人", UNIT_PERSON, 'n'},
};
// What words for units have in them, known ones and others.
constexpr absl::string_view kSignsOfUnits[] = {"亩", "顷", "平方", "公里", "斤", "吨", "克",
                                               "元", "担", "万",   "亿",   "kg", "ton"};

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

bool TakeUnit(absl::string_view& text, Unit& unit) {
  for (const UnitWord& row : kUnits) {
    if (!absl::ConsumePrefix(&text, row.word)) continue;
    unit = row.unit;
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
  if (TakeUnit(text, unit)) {
    quantity.set_unit(unit);
    return text.empty();
  }
  if (Take(kMagnitudes, text, magnitude)) quantity.set_magnitude(magnitude);
  TakeAny({"余", "多"}, text);
  if (TakeUnit(text, unit)) quantity.set_unit(unit);
  return text.empty();
}

// UNSPECIFIED: it is none.
Unit UnitOf(absl::string_view text) {
  Quantity measure;
  return !text.empty() && TakeMeasure(FoldText(text), measure) ? measure.unit() : UNIT_UNSPECIFIED;
}

// 含间作 does not; 2024年 neither.
bool LooksLikeUnit(absl::string_view text) {
  return std::any_of(std::begin(kSignsOfUnits), std::end(kSignsOfUnits),
                     [&](absl::string_view sign) { return absl::StrContains(text, sign); });
}

// Of folded text.
std::vector<std::string> PartsOf(absl::string_view text) {
  const std::string same =
      absl::StrReplaceAll(text, {{"、", ","}, {"；", ","}, {";", ","}, {":", ","}, {"/", ","}, {"。", ","}});
  return absl::StrSplit(same, ',', absl::SkipEmpty());
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
  const std::optional<std::string> number = WithoutCommas(text.substr(0, digits));
  text.remove_prefix(digits);
  if (!number || number->empty() || !absl::ascii_isdigit(static_cast<unsigned char>(number->front())) ||
      number->back() == '.' || std::count(number->begin(), number->end(), '.') > 1) {
    return std::nullopt;
  }
  parsed.quantity.set_value(*number);
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

HeadUnit UnitInHead(absl::string_view given) {
  // Brackets of any kind, one after the other, and what follows a slash.
  const std::string head = absl::StrReplaceAll(
      FoldText(given), {{"[", "("}, {"]", ")"}, {"【", "("}, {"】", ")"}, {"〔", "("}, {"〕", ")"}});
  HeadUnit found;
  const auto look = [&](absl::string_view inside) {
    for (const std::string& part : PartsOf(inside)) {
      if (found.unit.empty() && IsUnit(part)) found.unit = part;
      found.unknown |= LooksLikeUnit(part);
    }
  };
  size_t end = 0;
  for (size_t open = head.find('('); open != head.npos; open = head.find('(', end)) {
    end = std::min(head.find(')', open), head.size());
    look(absl::string_view(head).substr(open + 1, end - open - 1));
  }
  if (const size_t slash = head.rfind('/'); slash != head.npos && slash > end) {
    look(absl::string_view(head).substr(slash + 1));
  }
  found.unknown = found.unknown && found.unit.empty();
  return found;
}

bool IsUnit(absl::string_view text) { return UnitOf(text) != UNIT_UNSPECIFIED; }

bool AreAlike(absl::string_view unit, absl::string_view other) {
  const auto kind = [](Unit one) {
    const auto found =
        std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& row) { return row.unit == one; });
    return found == std::end(kUnits) ? '\0' : found->of;
  };
  const char one = kind(UnitOf(unit));
  return one != '\0' && one == kind(UnitOf(other));
}

std::vector<std::string> UnitsInLine(absl::string_view text) {
  const std::string folded = FoldText(text);
  std::vector<std::string> units;
  for (const std::string word : {"计量单位:", "单位:"}) {
    const size_t at = folded.find(word);
    // 填报单位 is somebody.
    const bool begins = at == 0 || (at != folded.npos && folded[at - 1] == '(');
    if (!begins) continue;
    const absl::string_view rest = absl::string_view(folded).substr(at + word.size());
    for (std::string& part : PartsOf(rest.substr(0, rest.find(')')))) {
      if (IsUnit(part)) units.push_back(std::move(part));
    }
    break;
  }
  return units;
}

std::optional<std::string> WithoutCommas(absl::string_view number) {
  const absl::string_view whole = number.substr(0, number.find('.'));
  const std::vector<absl::string_view> groups = absl::StrSplit(whole, ',');
  for (size_t i = 0; i < groups.size(); ++i) {
    const bool fits =
        i == 0 ? groups.size() == 1 || (!groups[0].empty() && groups[0].size() <= 3) : groups[i].size() == 3;
    if (!fits) return std::nullopt;
  }
  if (absl::StrContains(number.substr(whole.size()), ',')) return std::nullopt;
  return absl::StrCat(absl::StrJoin(groups, ""), number.substr(whole.size()));
}

}  // namespace gi::client::sheet
