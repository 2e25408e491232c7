#include "server/domain/grant.h"

#include "storage/base/status_macros.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

constexpr GrantTransition kTransitions[] = {
    {AUTHORIZATION_STATE_UNSPECIFIED, GRANT_EVENT_KIND_REQUESTED, AUTHORIZATION_STATE_PENDING},
    {AUTHORIZATION_STATE_UNSPECIFIED, GRANT_EVENT_KIND_GRANTED, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_PENDING, GRANT_EVENT_KIND_GRANTED, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_GRANTED, GRANT_EVENT_KIND_SUSPENDED, AUTHORIZATION_STATE_SUSPENDED},
    {AUTHORIZATION_STATE_GRANTED, GRANT_EVENT_KIND_REMOVED, AUTHORIZATION_STATE_REMOVED},
    {AUTHORIZATION_STATE_SUSPENDED, GRANT_EVENT_KIND_REINSTATED, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_SUSPENDED, GRANT_EVENT_KIND_REMOVED, AUTHORIZATION_STATE_REMOVED},
};

}  // namespace

absl::Span<const GrantTransition> GrantTransitions() { return kTransitions; }

Course<GrantEvent> GrantCourse(const Authorization& grant) {
  return InOrderOfEffect(grant.events(), [](const GrantEvent& event) { return ToDay(event.effective_from()); });
}

Validity ValidityOf(const Authorization& grant) {
  return {ToDay(grant.validity().from()).value_or(kFirstDay), ToDay(grant.validity().to()).value_or(kLastDay)};
}

GrantStatus GrantStatusOn(const Authorization& grant, Day day) {
  GrantStatus status;
  for (const DatedEvent<GrantEvent>& step : GrantCourse(grant)) {
    status.recorded = status.recorded || step.day <= day || step.event->kind() == GRANT_EVENT_KIND_GRANTED;
    const auto next = NextState(GrantTransitions(), status.state, step.event->kind());
    if (step.day > day || !next) continue;
    status.state = *next;
    if (*next == AUTHORIZATION_STATE_REMOVED) status.ground = step.event->ground();
  }
  return status;
}

AuthorizationState GrantStateOn(const Authorization& grant, Day day) {
  const AuthorizationState state = GrantStatusOn(grant, day).state;
  if (state != AUTHORIZATION_STATE_GRANTED) return state;
  const Validity validity = ValidityOf(grant);
  if (day < validity.from) return AUTHORIZATION_STATE_NOT_YET_EFFECTIVE;
  return day > validity.to ? AUTHORIZATION_STATE_EXPIRED : state;
}

absl::Status CheckGrantCourse(const Authorization& grant) {
  RETURN_IF_ERROR(CheckAnnulments(grant.name(), grant.events()));
  AuthorizationState state = AUTHORIZATION_STATE_UNSPECIFIED;
  for (const DatedEvent<GrantEvent>& step : GrantCourse(grant)) {
    const auto next = NextState(GrantTransitions(), state, step.event->kind());
    if (!next) return IllegalTransition(grant.name(), GrantTransitions(), state, step.event->kind(), step.day);
    state = *next;
  }
  return absl::OkStatus();
}

}  // namespace gi::domain
