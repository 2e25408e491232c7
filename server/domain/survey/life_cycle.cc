#include "server/domain/survey/life_cycle.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/domain/events.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr auto kNone = v1::SURVEY_RECORD_STATE_UNSPECIFIED;
constexpr auto kDraft = v1::SURVEY_RECORD_STATE_DRAFT;
constexpr auto kSubmitted = v1::SURVEY_RECORD_STATE_SUBMITTED;
constexpr auto kReturned = v1::SURVEY_RECORD_STATE_RETURNED;
constexpr auto kAccepted = v1::SURVEY_RECORD_STATE_ACCEPTED;
constexpr auto kSuperseded = v1::SURVEY_RECORD_STATE_SUPERSEDED;

constexpr RecordTransition kRecordTransitions[] = {
    {kNone, v1::SURVEY_RECORD_VERB_CREATE, kTownship, kDraft},
    {kDraft, v1::SURVEY_RECORD_VERB_CORRECT, kTownship, kDraft},
    {kDraft, v1::SURVEY_RECORD_VERB_CHOOSE_MEASUREMENT, kTownship, kDraft},
    {kDraft, v1::SURVEY_RECORD_VERB_SUBMIT, kTownship, kSubmitted},
    {kSubmitted, v1::SURVEY_RECORD_VERB_DECIDE_DUPLICATE, kAnySurveyRole, kSubmitted},
    {kSubmitted, v1::SURVEY_RECORD_VERB_CHOOSE_MEASUREMENT, kDistrict, kSubmitted},
    {kSubmitted, v1::SURVEY_RECORD_VERB_RETURN, kDistrict, kReturned},
    {kSubmitted, v1::SURVEY_RECORD_VERB_ACCEPT, kDistrict, kAccepted},
    {kReturned, v1::SURVEY_RECORD_VERB_CORRECT, kTownship, kReturned},
    {kReturned, v1::SURVEY_RECORD_VERB_CHOOSE_MEASUREMENT, kTownship, kReturned},
    {kReturned, v1::SURVEY_RECORD_VERB_DECIDE_DUPLICATE, kAnySurveyRole, kReturned},
    {kReturned, v1::SURVEY_RECORD_VERB_RESUBMIT, kTownship, kSubmitted},
    {kAccepted, v1::SURVEY_RECORD_VERB_CORRECT, kDistrict, kAccepted},
    {kAccepted, v1::SURVEY_RECORD_VERB_CHOOSE_MEASUREMENT, kDistrict, kAccepted},
    {kAccepted, v1::SURVEY_RECORD_VERB_SUPERSEDE, kDistrict, kSuperseded},
    {kSuperseded, v1::SURVEY_RECORD_VERB_CORRECT, kDistrict, kSuperseded},
    {kSuperseded, v1::SURVEY_RECORD_VERB_CHOOSE_MEASUREMENT, kDistrict, kSuperseded},
};

constexpr SurveyTransition kSurveyTransitions[] = {
    {v1::SURVEY_STATE_PLANNED, v1::SURVEY_VERB_OPENED, kDistrict, v1::SURVEY_STATE_OPEN},
    {v1::SURVEY_STATE_OPEN, v1::SURVEY_VERB_CLOSED, kDistrict, v1::SURVEY_STATE_CLOSED},
    {v1::SURVEY_STATE_CLOSED, v1::SURVEY_VERB_OPENED, kDistrict, v1::SURVEY_STATE_OPEN},
    {v1::SURVEY_STATE_CLOSED, v1::SURVEY_VERB_ARCHIVED, kDistrict, v1::SURVEY_STATE_ARCHIVED},
};

// In which states of the campaign a step is taken with its records: bits 1 << SurveyState.
constexpr uint32_t Bit(v1::SurveyState state) { return 1u << static_cast<uint32_t>(state); }
constexpr uint32_t kOpen = Bit(v1::SURVEY_STATE_OPEN);
constexpr uint32_t kReviewing = kOpen | Bit(v1::SURVEY_STATE_CLOSED);
constexpr uint32_t kAlways = kReviewing | Bit(v1::SURVEY_STATE_ARCHIVED);
struct CampaignRule {
  v1::SurveyRecordVerb verb;
  uint32_t states;
};
constexpr CampaignRule kCampaignRules[] = {
    {v1::SURVEY_RECORD_VERB_CREATE, kOpen},
    {v1::SURVEY_RECORD_VERB_SUBMIT, kOpen},
    {v1::SURVEY_RECORD_VERB_RETURN, kReviewing},
    {v1::SURVEY_RECORD_VERB_RESUBMIT, kReviewing},
    {v1::SURVEY_RECORD_VERB_ACCEPT, kReviewing},
    {v1::SURVEY_RECORD_VERB_SUPERSEDE, kAlways},
    {v1::SURVEY_RECORD_VERB_CORRECT, kReviewing},
    {v1::SURVEY_RECORD_VERB_DECIDE_DUPLICATE, kReviewing},
    {v1::SURVEY_RECORD_VERB_CHOOSE_MEASUREMENT, kReviewing},
};

absl::Status RoleNotAllowed(absl::string_view name, absl::string_view state, absl::string_view event, SurveyRoles roles,
                            SurveyRoles allowed) {
  return MakeError(v1::ERROR_REASON_ROLE_NOT_ALLOWED, {{"name", std::string(name)},
                                                       {"state", std::string(state)},
                                                       {"event", std::string(event)},
                                                       {"role", RoleNames(roles)},
                                                       {"allowed", RoleNames(allowed)}});
}

v1::SurveyRole RoleOf(SurveyRoles roles) {
  return (roles & kTownship) != 0 ? v1::SURVEY_ROLE_TOWNSHIP : v1::SURVEY_ROLE_DISTRICT;
}

template <class Row, class State, class Verb>
absl::StatusOr<SurveyStepTaken<State>> Take(absl::Span<const Row> table, absl::string_view name, State state, Verb verb,
                                            SurveyRoles roles, Day today) {
  std::string legal;
  for (const Row& row : table) {
    if (row.from != state) continue;
    if (row.verb != verb) {
      absl::StrAppend(&legal, legal.empty() ? "" : ", ", ShortName(row.verb));
    } else if ((row.roles & roles) == 0) {
      return RoleNotAllowed(name, ShortName(state), ShortName(verb), roles, row.roles);
    } else {
      return SurveyStepTaken<State>{row.to, RoleOf(row.roles & roles)};
    }
  }
  return MakeError(v1::ERROR_REASON_TRANSITION_ILLEGAL, {{"name", std::string(name)},
                                                         {"event", ShortName(verb)},
                                                         {"state", ShortName(state)},
                                                         {"date", FormatDay(today)},
                                                         {"allowed", legal}});
}

}  // namespace

std::string RoleNames(SurveyRoles roles) {
  std::string names;
  for (const v1::SurveyRole role : {v1::SURVEY_ROLE_TOWNSHIP, v1::SURVEY_ROLE_DISTRICT}) {
    if ((roles & RoleBit(role)) != 0) absl::StrAppend(&names, names.empty() ? "" : ", ", ShortName(role));
  }
  return names;
}

absl::StatusOr<SurveyStepTaken<v1::SurveyRecordState>> TakeRecordStep(absl::string_view name,
                                                                      v1::SurveyRecordState state,
                                                                      v1::SurveyRecordVerb verb, SurveyRoles roles,
                                                                      Day today) {
  return Take(RecordTransitions(), name, state, verb, roles, today);
}

absl::StatusOr<SurveyStepTaken<v1::SurveyState>> TakeSurveyStep(absl::string_view name, v1::SurveyState state,
                                                                v1::SurveyVerb verb, SurveyRoles roles, Day today) {
  return Take(SurveyTransitions(), name, state, verb, roles, today);
}

absl::Status RequireDistrict(absl::string_view name, absl::string_view event, SurveyRoles roles) {
  return RequireRole(name, event, roles, kDistrict);
}

absl::Status RequireRole(absl::string_view name, absl::string_view event, SurveyRoles roles, SurveyRoles allowed) {
  if ((roles & allowed) != 0) return absl::OkStatus();
  return RoleNotAllowed(name, "", event, roles, allowed);
}

absl::Status CheckCampaignAllows(absl::string_view survey, v1::SurveyState state, v1::SurveyRecordVerb verb) {
  uint32_t states = 0;
  for (const CampaignRule& rule : kCampaignRules) {
    if (rule.verb == verb) states = rule.states;
  }
  if ((states & Bit(state)) != 0) return absl::OkStatus();
  std::vector<std::string> allowed;
  for (const v1::SurveyState one : {v1::SURVEY_STATE_OPEN, v1::SURVEY_STATE_CLOSED, v1::SURVEY_STATE_ARCHIVED}) {
    if ((states & Bit(one)) != 0) allowed.push_back(ShortName(one));
  }
  return MakeError(v1::ERROR_REASON_SURVEY_NOT_OPEN, {{"name", std::string(survey)},
                                                      {"state", ShortName(state)},
                                                      {"event", ShortName(verb)},
                                                      {"allowed", absl::StrJoin(allowed, ", ")}});
}

absl::Span<const RecordTransition> RecordTransitions() { return kRecordTransitions; }
absl::Span<const SurveyTransition> SurveyTransitions() { return kSurveyTransitions; }

}  // namespace gi::domain
