// What a district configures of the survey, with the defaults where it does not. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_RULESET_H_
#define GI_SERVER_DOMAIN_SURVEY_RULESET_H_

#include <gmpxx.h>

#include "gi/registry/v1/ruleset.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

inline constexpr char kDefaultRuleSet[] = "rulesets/default";
inline constexpr int kDefaultStallMonths = 6;

// Adds what is wrong with a rule set. `field` is its path.
void CheckRuleSet(const registry::v1::RuleSet& rules, absl::string_view field, FieldViolations& violations);

// With the defaults of ruleset.proto where `rules` says nothing.
registry::v1::ScoreWeights WeightsOf(const registry::v1::RuleSet& rules);
mpq_class JumpFactorOf(const registry::v1::RuleSet& rules);
int StallMonthsOf(const registry::v1::RuleSet& rules);
// nullptr if none fits.
const registry::v1::UsualYield* UsualYieldOf(const registry::v1::RuleSet& rules,
                                             const registry::v1::SurveyRecord& record);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_RULESET_H_
