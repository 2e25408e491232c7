#include "server/domain/survey/ruleset.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/domain/survey/quantity.h"
#include "storage/base/text.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr int kDefaultWeight = 100;
constexpr int kMaxWeight = 1000;
constexpr int kDefaultJumpFactor = 2;
constexpr int kMaxStallMonths = 120;

void Refuse(const std::string& field, const std::string& value, const char* expected, const char* expected_zh,
            FieldViolations& violations) {
  violations.Add(field, v1::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", Excerpt(value)}, {"expected", expected}, {"expected_zh", expected_zh}});
}

void CheckWeights(const v1::ScoreWeights& weights, const std::string& field, FieldViolations& violations) {
  const struct {
    const char* name;
    int value;
  } all[] = {{"evidence", weights.evidence()},
             {"reputation", weights.reputation()},
             {"scale", weights.scale()},
             {"distinctiveness", weights.distinctiveness()},
             {"risk", weights.risk()}};
  int sum = 0;
  for (const auto& weight : all) {
    sum += weight.value > 0 ? 1 : 0;
    if (weight.value >= 0 && weight.value <= kMaxWeight) continue;
    Refuse(absl::StrCat(field, ".", weight.name), absl::StrCat(weight.value), "a weight of 0 to 1,000",
           "0 至 1000 的权重", violations);
  }
  if (sum == 0) Refuse(field, "all 0", "at least one weight above 0", "至少一个大于 0 的权重", violations);
}

void CheckYield(const v1::UsualYield& yield, const std::string& field, FieldViolations& violations) {
  CheckQuantity(yield.low(), field + ".low", violations);
  CheckQuantity(yield.high(), field + ".high", violations);
  const auto low = ToAmount(yield.low());
  const auto high = ToAmount(yield.high());
  if (!low || !high) return;
  if (low->unit != high->unit || low->value > high->value) {
    Refuse(field + ".high", QuantityText(yield.high(), Language::kEnglish),
           "a quantity of the same kind as low and not below it", "与 low 同类且不小于它的数量", violations);
  }
}

}  // namespace

void CheckRuleSet(const v1::RuleSet& rules, absl::string_view field, FieldViolations& violations) {
  const std::string path(field);
  if (rules.has_weights()) CheckWeights(rules.weights(), path + ".weights", violations);
  for (int i = 0; i < rules.usual_yields_size(); ++i) {
    CheckYield(rules.usual_yields(i), absl::StrCat(field, ".usual_yields[", i, "]"), violations);
  }
  if (!rules.jump_factor().empty()) {
    const auto factor = ParseDecimal(rules.jump_factor());
    if (!factor || *factor <= 1) {
      Refuse(path + ".jump_factor", rules.jump_factor(), "a decimal number above 1", "大于 1 的十进制数", violations);
    }
  }
  if (rules.stall_months() < 0 || rules.stall_months() > kMaxStallMonths) {
    Refuse(path + ".stall_months", absl::StrCat(rules.stall_months()), "1 to 120, or 0 for the default",
           "1 至 120，或以 0 表示默认值", violations);
  }
}

v1::ScoreWeights WeightsOf(const v1::RuleSet& rules) {
  if (rules.has_weights()) return rules.weights();
  v1::ScoreWeights weights;
  weights.set_evidence(kDefaultWeight);
  weights.set_reputation(kDefaultWeight);
  weights.set_scale(kDefaultWeight);
  weights.set_distinctiveness(kDefaultWeight);
  weights.set_risk(kDefaultWeight);
  return weights;
}

mpq_class JumpFactorOf(const v1::RuleSet& rules) {
  return ParseDecimal(rules.jump_factor()).value_or(mpq_class(kDefaultJumpFactor));
}

int StallMonthsOf(const v1::RuleSet& rules) {
  return rules.stall_months() == 0 ? kDefaultStallMonths : rules.stall_months();
}

const v1::UsualYield* UsualYieldOf(const v1::RuleSet& rules, const v1::SurveyRecord& record) {
  for (const v1::UsualYield& yield : rules.usual_yields()) {
    if (yield.sector() != record.sector()) continue;
    if (yield.category().empty() || FoldText(yield.category()) == FoldText(record.category())) return &yield;
  }
  return nullptr;
}

}  // namespace gi::domain
