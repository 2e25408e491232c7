// Who may do what with campaigns and their records, in which state. Two tables; what they do not list is illegal. Pure
// and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_LIFE_CYCLE_H_
#define GI_SERVER_DOMAIN_SURVEY_LIFE_CYCLE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain {

// Roles that a caller has, or that may take a step: bits 1 << SurveyRole.
using SurveyRoles = uint32_t;
constexpr SurveyRoles RoleBit(registry::v1::SurveyRole role) { return 1u << static_cast<uint32_t>(role); }
inline constexpr SurveyRoles kTownship = RoleBit(registry::v1::SURVEY_ROLE_TOWNSHIP);
inline constexpr SurveyRoles kDistrict = RoleBit(registry::v1::SURVEY_ROLE_DISTRICT);
inline constexpr SurveyRoles kAnySurveyRole = kTownship | kDistrict;

// "TOWNSHIP, DISTRICT".
std::string RoleNames(SurveyRoles roles);

// A legal step.
template <class State>
struct SurveyStepTaken {
  State next;
  // The role it was taken in: the only one that may, or the lower of those that the caller has.
  registry::v1::SurveyRole role;
};

// Judges a step of the record `name` by a caller who has `roles`. TRANSITION_ILLEGAL (with the state, and what is legal
// in it for anyone) if nobody may take it in this state; ROLE_NOT_ALLOWED if others may.
absl::StatusOr<SurveyStepTaken<registry::v1::SurveyRecordState>> TakeRecordStep(absl::string_view name,
                                                                                registry::v1::SurveyRecordState state,
                                                                                registry::v1::SurveyRecordVerb verb,
                                                                                SurveyRoles roles, Day today);

// The same for a campaign.
absl::StatusOr<SurveyStepTaken<registry::v1::SurveyState>> TakeSurveyStep(absl::string_view name,
                                                                          registry::v1::SurveyState state,
                                                                          registry::v1::SurveyVerb verb,
                                                                          SurveyRoles roles, Day today);

// ROLE_NOT_ALLOWED unless the caller is the district: for what has no states (creating and correcting campaigns, the
// catalogue, rule sets).
absl::Status RequireDistrict(absl::string_view name, absl::string_view event, SurveyRoles roles);
// The same for any of `allowed`.
absl::Status RequireRole(absl::string_view name, absl::string_view event, SurveyRoles roles, SurveyRoles allowed);

// SURVEY_NOT_OPEN unless this is done with records of a campaign in that state.
absl::Status CheckCampaignAllows(absl::string_view survey, registry::v1::SurveyState state,
                                 registry::v1::SurveyRecordVerb verb);

// The tables themselves, for the test that walks them.
struct RecordTransition {
  registry::v1::SurveyRecordState from;
  registry::v1::SurveyRecordVerb verb;
  SurveyRoles roles;
  registry::v1::SurveyRecordState to;
};
absl::Span<const RecordTransition> RecordTransitions();
struct SurveyTransition {
  registry::v1::SurveyState from;
  registry::v1::SurveyVerb verb;
  SurveyRoles roles;
  registry::v1::SurveyState to;
};
absl::Span<const SurveyTransition> SurveyTransitions();

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_LIFE_CYCLE_H_
