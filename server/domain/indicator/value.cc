#include "server/domain/indicator/value.h"

#include <vector>

#include "server/domain/survey/measurements.h"
#include "server/domain/survey/quantity.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

std::string Percent(const mpq_class& ratio) {
  const std::string text = FormatDecimal(ratio * 100, 1);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::optional<FigureValue> FigureValue::ParsePositive(absl::string_view text) {
  const std::optional<mpq_class> value = ParseDecimal(text);
  if (!value || *value <= 0) return std::nullopt;
  FigureValue figure;
  figure.value_ = *value;
  return figure;
}

std::string FigureValue::ToText() const { return FormatExactly(value_); }

std::string PercentOf(const FigureValue& value, const FigureValue& whole) {
  return whole.IsZero() ? "" : Percent(value.value_ / whole.value_);
}

std::string GrowthPercent(const FigureValue& before, const FigureValue& now) {
  return before.IsZero() ? "" : Percent((now.value_ - before.value_) / before.value_);
}

FigureValue OutputValueOf(const v1::SurveyRecord& record) {
  FigureValue value;
  const std::vector<FigureGroup> groups = GroupFigures(record);
  if (const FigureGroup* newest = NewestFigure(groups, v1::MEASURED_SUBJECT_OUTPUT_VALUE, v1::UNIT_YUAN);
      newest != nullptr) {
    value.value_ = newest->amount.value;
  }
  return value;
}

}  // namespace gi::domain
