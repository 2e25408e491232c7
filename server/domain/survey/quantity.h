// Quantities with exact arithmetic (亩, 公顷, 斤, 公斤, 吨, 元, counts; 万, 亿): rational numbers of a canonical unit,
// never doubles. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_QUANTITY_H_
#define GI_SERVER_DOMAIN_SURVEY_QUANTITY_H_

#include <gmpxx.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/quantity.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

// What a unit is worth: numerator/denominator of its canonical unit. Sources: 1 hm² = 10,000 m² and 15 亩 = 1 hm²
// (GB 3100-1993 and the State Council's order on legal units of 1984); 1 斤 = 0.5 kg (1959).
struct UnitValue {
  registry::v1::Unit unit;
  registry::v1::Unit canonical;
  int numerator;
  int denominator;
  const char* word_zh;
  const char* word_en;
};
absl::Span<const UnitValue> AllUnits();
// nullptr for a number that is no unit.
const UnitValue* FindUnit(registry::v1::Unit unit);
// 0 for a number that is no magnitude.
int MagnitudeValue(registry::v1::Magnitude magnitude);

// An exact number of a canonical unit.
struct Amount {
  mpq_class value;
  registry::v1::Unit unit = registry::v1::UNIT_UNSPECIFIED;
};

// Digits with at most one point, not at an end; at most 15 before and 9 after it. With `signed`, one "-" may lead.
std::optional<mpq_class> ParseDecimal(absl::string_view text, bool with_sign = false);

// Adds FIELD_MALFORMED for a value that is no decimal number. The field rules have seen to the rest.
void CheckQuantity(const registry::v1::Quantity& quantity, absl::string_view field, FieldViolations& violations);

// nullopt for what CheckQuantity or the field rules refuse.
std::optional<Amount> ToAmount(const registry::v1::Quantity& quantity);

// In the canonical unit. Exact for every sum or difference of amounts: each has a finite decimal expansion.
registry::v1::Quantity ToQuantity(const Amount& amount);

// The number with at most `decimals` decimals, rounded half to even; without trailing zeros, "0.0005" and not ".0005".
std::string FormatDecimal(const mpq_class& value, int decimals);
// All decimals of a number that has finitely many; of another, as many as FormatDecimal(value, 30).
std::string FormatExactly(const mpq_class& value);

// "1.5 万亩", "20 tonne".
std::string QuantityText(const registry::v1::Quantity& quantity, Language language);

struct Conversion {
  // Rounded to nine decimals, half to even, if not exact.
  registry::v1::Quantity quantity;
  bool exact = false;
  // In lowest terms.
  mpq_class value;
};
// The quantity in another unit. nullopt if that is of another dimension.
std::optional<Conversion> Convert(const registry::v1::Quantity& quantity, registry::v1::Unit unit,
                                  registry::v1::Magnitude magnitude);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_QUANTITY_H_
