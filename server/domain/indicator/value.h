// The number of a figure, exact: counts and sums of money alike. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_INDICATOR_VALUE_H_
#define GI_SERVER_DOMAIN_INDICATOR_VALUE_H_

#include <gmpxx.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/survey_record.pb.h"

namespace gi::domain {

class FigureValue {
 public:
  FigureValue() = default;
  explicit FigureValue(int64_t count) : value_(static_cast<long>(count)) {}
  // A decimal number above 0; nullopt for anything else.
  static std::optional<FigureValue> ParsePositive(absl::string_view text);

  FigureValue& operator+=(const FigureValue& other) {
    value_ += other.value_;
    return *this;
  }
  bool IsZero() const { return value_ == 0; }
  friend bool operator<(const FigureValue& a, const FigureValue& b) { return a.value_ < b.value_; }
  // All decimals.
  std::string ToText() const;

  friend std::string PercentOf(const FigureValue& value, const FigureValue& whole);
  friend std::string GrowthPercent(const FigureValue& before, const FigureValue& now);
  friend FigureValue OutputValueOf(const registry::v1::SurveyRecord& record);

 private:
  mpq_class value_;
};

// Percent with one decimal, half to even: "12.5"; "" if `whole` or `before` is 0.
std::string PercentOf(const FigureValue& value, const FigureValue& whole);
std::string GrowthPercent(const FigureValue& before, const FigureValue& now);

// The output value in yuan that counts of an accepted record: the newest one; 0: none.
FigureValue OutputValueOf(const registry::v1::SurveyRecord& record);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_INDICATOR_VALUE_H_
