#include "server/domain/survey/quantity.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/domain/personal_data.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr size_t kMaxWholeDigits = 15;
constexpr size_t kMaxDecimals = 9;
constexpr int kMostDecimals = 30;

constexpr UnitValue kUnits[] = {
    {v1::UNIT_MU, v1::UNIT_MU, 1, 1, "亩", "mu"},
    {v1::UNIT_HECTARE, v1::UNIT_MU, 15, 1, "公顷", "hectare"},
    {v1::UNIT_SQUARE_METRE, v1::UNIT_MU, 3, 2000, "平方米", "square metre"},
    {v1::UNIT_SQUARE_KILOMETRE, v1::UNIT_MU, 1500, 1, "平方公里", "square kilometre"},
    {v1::UNIT_KILOGRAM, v1::UNIT_KILOGRAM, 1, 1, "公斤", "kilogram"},
    {v1::UNIT_JIN, v1::UNIT_KILOGRAM, 1, 2, "斤", "jin"},
    {v1::UNIT_TONNE, v1::UNIT_KILOGRAM, 1000, 1, "吨", "tonne"},
    {v1::UNIT_GRAM, v1::UNIT_KILOGRAM, 1, 1000, "克", "gram"},
    {v1::UNIT_YUAN, v1::UNIT_YUAN, 1, 1, "元", "yuan"},
    {v1::UNIT_HOUSEHOLD, v1::UNIT_HOUSEHOLD, 1, 1, "户", "household"},
    {v1::UNIT_ORGANISATION, v1::UNIT_ORGANISATION, 1, 1, "家", "organisation"},
    {v1::UNIT_HEAD, v1::UNIT_HEAD, 1, 1, "头（只、羽）", "head"},
    {v1::UNIT_PIECE, v1::UNIT_PIECE, 1, 1, "件", "piece"},
    {v1::UNIT_PLANT, v1::UNIT_PLANT, 1, 1, "株", "plant"},
    {v1::UNIT_PERSON, v1::UNIT_PERSON, 1, 1, "人", "person"},
};

struct MagnitudeRow {
  v1::Magnitude magnitude;
  int value;
  const char* word_zh;
  const char* word_en;
};
constexpr MagnitudeRow kMagnitudes[] = {
    {v1::MAGNITUDE_UNSPECIFIED, 1, "", ""},
    {v1::MAGNITUDE_TEN_THOUSAND, 10'000, "万", "ten thousand "},
    {v1::MAGNITUDE_HUNDRED_MILLION, 100'000'000, "亿", "hundred million "},
    {v1::MAGNITUDE_THOUSAND, 1'000, "千", "thousand "},
    {v1::MAGNITUDE_HUNDRED, 100, "百", "hundred "},
    {v1::MAGNITUDE_MILLION, 1'000'000, "百万", "million "},
};

const MagnitudeRow* FindMagnitude(v1::Magnitude magnitude) {
  const auto* row = std::find_if(std::begin(kMagnitudes), std::end(kMagnitudes),
                                 [&](const MagnitudeRow& candidate) { return candidate.magnitude == magnitude; });
  return row == std::end(kMagnitudes) ? nullptr : row;
}

mpz_class PowerOfTen(int exponent) {
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, static_cast<unsigned long>(exponent));
  return power;
}

// The decimals that the number needs: the larger exponent of 2 and 5 in its denominator. nullopt: it has no end.
std::optional<int> DecimalsOf(const mpq_class& value) {
  mpz_class rest = value.get_den();
  const mpz_class two(2);
  const mpz_class five(5);
  const auto twos = static_cast<int>(mpz_remove(rest.get_mpz_t(), rest.get_mpz_t(), two.get_mpz_t()));
  const auto fives = static_cast<int>(mpz_remove(rest.get_mpz_t(), rest.get_mpz_t(), five.get_mpz_t()));
  if (rest != 1) return std::nullopt;
  return std::max(twos, fives);
}

// value × 10^decimals, rounded half to even.
mpz_class Scaled(const mpq_class& value, int decimals) {
  const mpq_class scaled = value * PowerOfTen(decimals);
  mpz_class quotient, rest;
  mpz_fdiv_qr(quotient.get_mpz_t(), rest.get_mpz_t(), scaled.get_num_mpz_t(), scaled.get_den_mpz_t());
  const mpz_class twice = 2 * rest;
  const int order = cmp(twice, scaled.get_den());
  const bool odd = mpz_odd_p(quotient.get_mpz_t()) != 0;
  if (order > 0 || (order == 0 && odd)) ++quotient;
  return quotient;
}

bool AllDigits(absl::string_view text) { return std::all_of(text.begin(), text.end(), absl::ascii_isdigit); }

}  // namespace

absl::Span<const UnitValue> AllUnits() { return kUnits; }

const UnitValue* FindUnit(v1::Unit unit) {
  const auto* row = std::find_if(std::begin(kUnits), std::end(kUnits),
                                 [&](const UnitValue& candidate) { return candidate.unit == unit; });
  return row == std::end(kUnits) ? nullptr : row;
}

int MagnitudeValue(v1::Magnitude magnitude) {
  const MagnitudeRow* row = FindMagnitude(magnitude);
  return row == nullptr ? 0 : row->value;
}

std::optional<mpq_class> ParseDecimal(absl::string_view text, bool with_sign) {
  const bool negative = with_sign && absl::ConsumePrefix(&text, "-");
  const size_t point = std::min(text.find('.'), text.size());
  const absl::string_view whole = text.substr(0, point);
  const absl::string_view decimals = point < text.size() ? text.substr(point + 1) : "";
  if (whole.empty() || whole.size() > kMaxWholeDigits || (point < text.size() && decimals.empty()) ||
      decimals.size() > kMaxDecimals || !AllDigits(whole) || !AllDigits(decimals)) {
    return std::nullopt;
  }
  mpq_class value(mpz_class(absl::StrCat(whole, decimals), 10), PowerOfTen(static_cast<int>(decimals.size())));
  value.canonicalize();
  return negative ? mpq_class(-value) : value;
}

void CheckQuantity(const v1::Quantity& quantity, absl::string_view field, FieldViolations& violations) {
  if (quantity.value().empty() || ParseDecimal(quantity.value())) return;
  violations.Add(
      absl::StrCat(field, ".value"), v1::ERROR_REASON_FIELD_MALFORMED,
      {{"value", EchoValue(quantity.value())},
       {"expected",
        "a decimal number such as 1234.5: digits and one point, no sign, separator or exponent, at "
        "most 15 digits before and 9 after the point"},
       {"expected_zh",
        "十进制数，如 1234.5：只含数字和一个小数点，无符号、分隔符或指数，整数部分不超过 15 位，小数部分不超过 9 位"}});
}

std::optional<Amount> ToAmount(const v1::Quantity& quantity) {
  const UnitValue* unit = FindUnit(quantity.unit());
  const int magnitude = MagnitudeValue(quantity.magnitude());
  std::optional<mpq_class> value = ParseDecimal(quantity.value());
  if (!value || unit == nullptr || magnitude == 0) return std::nullopt;
  mpq_class factor(unit->numerator, unit->denominator);
  factor.canonicalize();
  return Amount{*value * magnitude * factor, unit->canonical};
}

v1::Quantity ToQuantity(const Amount& amount) {
  v1::Quantity quantity;
  quantity.set_value(FormatExactly(amount.value));
  quantity.set_unit(amount.unit);
  return quantity;
}

std::string FormatDecimal(const mpq_class& value, int decimals) {
  const mpz_class scaled = Scaled(value, decimals);
  std::string digits = mpz_class(abs(scaled)).get_str();
  const auto places = static_cast<size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) {
    digits.insert(digits.size() - places, ".");
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return absl::StrCat(sgn(scaled) < 0 ? "-" : "", digits);
}

std::string FormatExactly(const mpq_class& value) {
  return FormatDecimal(value, DecimalsOf(value).value_or(kMostDecimals));
}

std::string QuantityText(const v1::Quantity& quantity, Language language) {
  const UnitValue* unit = FindUnit(quantity.unit());
  const MagnitudeRow* magnitude = FindMagnitude(quantity.magnitude());
  if (unit == nullptr || magnitude == nullptr) return quantity.value();
  if (language == Language::kChinese) return absl::StrCat(quantity.value(), magnitude->word_zh, unit->word_zh);
  return absl::StrCat(quantity.value(), " ", magnitude->word_en, unit->word_en);
}

std::optional<Conversion> Convert(const v1::Quantity& quantity, v1::Unit unit, v1::Magnitude magnitude) {
  const std::optional<Amount> amount = ToAmount(quantity);
  const UnitValue* target = FindUnit(unit);
  const int factor = MagnitudeValue(magnitude);
  if (!amount || target == nullptr || factor == 0 || target->canonical != amount->unit) return std::nullopt;
  Conversion conversion;
  mpq_class worth(target->numerator, target->denominator);
  worth.canonicalize();
  conversion.value = amount->value / worth / factor;
  const std::optional<int> decimals = DecimalsOf(conversion.value);
  conversion.exact = decimals && *decimals <= static_cast<int>(kMaxDecimals);
  conversion.quantity.set_value(FormatDecimal(conversion.value, static_cast<int>(kMaxDecimals)));
  conversion.quantity.set_unit(unit);
  conversion.quantity.set_magnitude(magnitude);
  return conversion;
}

}  // namespace gi::domain
