// Products of the catalogue: the stages of cultivation (培育) and who may move between them, what has stalled, how far
// mergers go. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_CULTIVATION_H_
#define GI_SERVER_DOMAIN_SURVEY_CULTIVATION_H_

#include <vector>

#include "absl/types/span.h"
#include "gi/registry/v1/product.pb.h"
#include "server/domain/survey/life_cycle.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain {

// Most products merged one into the next: who follows mergers needs no more steps.
inline constexpr int kMostMergers = 16;

struct StageTransition {
  registry::v1::CultivationStage from;
  registry::v1::CultivationStage to;
  SurveyRoles roles;
};
absl::Span<const StageTransition> StageTransitions();

// TRANSITION_ILLEGAL, ROLE_NOT_ALLOWED.
absl::Status CheckMove(const registry::v1::Product& product, registry::v1::CultivationStage to, SurveyRoles roles,
                       Day today);

// Why the product has stalled on that day; nothing for one that is merged or TITLED, or only IDENTIFIED without tasks:
// nobody has begun with it.
std::vector<registry::v1::Stall> StallsOf(const registry::v1::Product& product, Day today, int stall_months);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_CULTIVATION_H_
