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
#include "client/sheet/unit_words.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

using namespace registry::v1;

bool TakeAny(std::initializer_list<absl::string_view> words, absl::string_view& text) {
  return std::any_of(words.begin(), words.end(),
                     [&](absl::string_view word) { return absl::ConsumePrefix(&text, word); });
}

size_t ZerosOf(Magnitude magnitude) {
  switch (magnitude) {
    case MAGNITUDE_HUNDRED:
      return 2;
    case MAGNITUDE_THOUSAND:
      return 3;
    case MAGNITUDE_TEN_THOUSAND:
      return 4;
    case MAGNITUDE_MILLION:
      return 6;
    case MAGNITUDE_HUNDRED_MILLION:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

std::optional<SheetQuantity> ParseQuantityCell(absl::string_view given, absl::string_view unit) {
  // Of units, where it is no mark.
  const std::string plain = absl::StrReplaceAll(given, {{"m²", "m2"}, {"M²", "m2"}, {"㎡", "m2"}});
  if (HasDoubtfulDigits(plain)) return std::nullopt;
  const std::string folded = absl::StrReplaceAll(FoldText(plain), {{"，", ","}});
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

bool HasDoubtfulDigits(absl::string_view text) {
  if (HasNumberSigns(text)) return true;
  bool digit = false, space = false;
  for (const char c : AsciiOutline(text)) {
    const bool is_digit = absl::ascii_isdigit(static_cast<unsigned char>(c));
    if (is_digit && digit && space) return true;
    space = c == ' ';
    if (!space) digit = is_digit;
  }
  return false;
}

std::optional<std::string> ParseDecimalCell(absl::string_view text) {
  // In yuan, so that it has some unit.
  const std::optional<SheetQuantity> parsed = ParseQuantityCell(text, "元");
  if (!parsed || parsed->approximate || parsed->quantity.unit() != UNIT_YUAN || absl::StrContains(text, "元")) {
    return std::nullopt;
  }
  std::string digits = parsed->quantity.value();
  const size_t zeros = ZerosOf(parsed->quantity.magnitude());
  if (zeros == 0) return digits;
  const size_t point = std::min(digits.find('.'), digits.size());
  std::string behind = digits.substr(std::min(point + 1, digits.size()));
  if (behind.size() < zeros) behind.append(zeros - behind.size(), '0');
  std::string whole = absl::StrCat(digits.substr(0, point), behind.substr(0, zeros));
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  const std::string rest = behind.substr(zeros);
  return rest.empty() ? whole : absl::StrCat(whole, ".", rest);
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
