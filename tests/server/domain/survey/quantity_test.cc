#include "server/domain/survey/quantity.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "tests/server/domain/survey/survey_testing.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

std::string Canonical(const std::string& value, v1::Unit unit, v1::Magnitude magnitude = v1::MAGNITUDE_UNSPECIFIED) {
  const auto amount = ToAmount(MakeQuantity(value, unit, magnitude));
  return amount ? ToQuantity(*amount).value() : "none";
}

// A decimal number of any length.
std::optional<mpq_class> ParseWide(std::string text) {
  const size_t point = text.find('.');
  if (point == std::string::npos) return mpq_class(text, 10);
  const std::string denominator = "1" + std::string(text.size() - point - 1, '0');
  mpq_class value(text.erase(point, 1) + "/" + denominator, 10);
  value.canonicalize();
  return value;
}

TEST(QuantityTest, CanonicalUnits) {
  EXPECT_EQ(Canonical("1", v1::UNIT_HECTARE), "15");
  EXPECT_EQ(Canonical("1", v1::UNIT_SQUARE_KILOMETRE), "1500");
  EXPECT_EQ(Canonical("1", v1::UNIT_SQUARE_METRE), "0.0015");
  EXPECT_EQ(Canonical("15.8", v1::UNIT_MU, v1::MAGNITUDE_TEN_THOUSAND), "158000");
  EXPECT_EQ(Canonical("3", v1::UNIT_JIN), "1.5");
  EXPECT_EQ(Canonical("0.000000001", v1::UNIT_GRAM), "0.000000000001");
  EXPECT_EQ(Canonical("50", v1::UNIT_YUAN, v1::MAGNITUDE_HUNDRED_MILLION), "5000000000");
  EXPECT_EQ(Canonical("999999999999999.999999999", v1::UNIT_SQUARE_KILOMETRE, v1::MAGNITUDE_HUNDRED_MILLION),
            "149999999999999999999999850");
  EXPECT_EQ(Canonical("0", v1::UNIT_PIECE), "0");
}

TEST(QuantityTest, OnlyPlainDecimalsAreNumbers) {
  for (const char* text : {"", ".", "1.", ".1", "+1", "-1", "1e3", "1,000", "1 ", " 1", "１", "0x10", "1..2", "nan",
                           "1234567890123456", "1.1234567890", "1/2"}) {
    EXPECT_FALSE(ParseDecimal(text)) << text;
    FieldViolations violations;
    CheckQuantity(MakeQuantity(text, v1::UNIT_MU), "q", violations);
    EXPECT_EQ(violations.empty(), *text == '\0') << text;  // that one is FIELD_REQUIRED
  }
  EXPECT_EQ(ParseDecimal("000.50"), mpq_class(1, 2));
  EXPECT_EQ(ParseDecimal("-0.5", true), mpq_class(-1, 2));
  EXPECT_FALSE(ParseDecimal("--1", true));
}

TEST(QuantityTest, RoundsHalfToEven) {
  EXPECT_EQ(FormatDecimal(mpq_class(1, 8), 2), "0.12");
  EXPECT_EQ(FormatDecimal(mpq_class(3, 8), 2), "0.38");
  EXPECT_EQ(FormatDecimal(mpq_class(-1, 8), 2), "-0.12");
  EXPECT_EQ(FormatDecimal(mpq_class(-3, 8), 2), "-0.38");
  EXPECT_EQ(FormatDecimal(mpq_class(2, 3), 4), "0.6667");
  EXPECT_EQ(FormatDecimal(mpq_class(1, 1000), 2), "0");
  EXPECT_EQ(FormatDecimal(mpq_class(5, 2), 0), "2");
  EXPECT_EQ(FormatExactly(mpq_class(1, 3)), FormatDecimal(mpq_class(1, 3), 30));
}

TEST(QuantityTest, DimensionsDoNotMix) {
  for (const UnitValue& from : AllUnits()) {
    for (const UnitValue& to : AllUnits()) {
      const auto conversion = Convert(MakeQuantity("1", from.unit), to.unit, v1::MAGNITUDE_UNSPECIFIED);
      EXPECT_EQ(conversion.has_value(), from.canonical == to.canonical) << from.word_en << " → " << to.word_en;
    }
  }
}

TEST(QuantityTest, EveryUnitHasARow) {
  const auto* units = v1::Unit_descriptor();
  for (int i = 1; i < units->value_count(); ++i) {
    EXPECT_NE(FindUnit(static_cast<v1::Unit>(units->value(i)->number())), nullptr) << units->value(i)->name();
  }
  const auto* magnitudes = v1::Magnitude_descriptor();
  for (int i = 0; i < magnitudes->value_count(); ++i) {
    EXPECT_GT(MagnitudeValue(static_cast<v1::Magnitude>(magnitudes->value(i)->number())), 0);
  }
  EXPECT_EQ(FindUnit(static_cast<v1::Unit>(999)), nullptr);
  EXPECT_FALSE(ToAmount(MakeQuantity("1", static_cast<v1::Unit>(999))));
  EXPECT_FALSE(ToAmount(MakeQuantity("1", v1::UNIT_MU, static_cast<v1::Magnitude>(999))));
}

// There and back is the same number, whatever the units.
RC_GTEST_PROP(QuantityTest, ConversionsAreExact, ()) {
  const std::vector<UnitValue> units(AllUnits().begin(), AllUnits().end());
  const UnitValue from = units[*rc::gen::inRange<size_t>(0, units.size())];
  std::vector<UnitValue> targets;
  for (const UnitValue& unit : units) {
    if (unit.canonical == from.canonical) targets.push_back(unit);
  }
  const UnitValue to = targets[*rc::gen::inRange<size_t>(0, targets.size())];
  mpq_class number(*rc::gen::inRange<int64_t>(0, 1'000'000'000'000'000), 1);
  mpq_class decimals(*rc::gen::inRange<int>(0, 1'000'000'000), 1'000'000'000);
  decimals.canonicalize();
  number += decimals;
  const auto conversion = Convert(MakeQuantity(FormatExactly(number), from.unit), to.unit, v1::MAGNITUDE_UNSPECIFIED);
  RC_ASSERT(conversion.has_value());
  // Numbers, not expressions: those hold references that the assertion would outlive.
  const mpq_class there = conversion->value * to.numerator * from.denominator;
  const mpq_class back = number * from.numerator * to.denominator;
  RC_ASSERT(there == back);
  // What is called exact says just that number; what is not differs from it by less than a billionth.
  const mpq_class difference = conversion->value - *ParseWide(conversion->quantity.value());
  RC_ASSERT(conversion->exact == (difference == 0));
  const mpq_class distance = abs(difference);
  const mpq_class most(1, 2'000'000'000);
  RC_ASSERT(distance <= most);
}

}  // namespace
}  // namespace gi::domain
