// The state of an authorization (one grant) on a day, derived from its events; and which events may be recorded.
// Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_GRANT_H_
#define GI_SERVER_DOMAIN_GRANT_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gi/registry/v1/authorization.pb.h"
#include "server/domain/events.h"
#include "storage/base/date.h"

namespace gi::domain {

// PENDING, GRANTED, SUSPENDED, REMOVED, and UNSPECIFIED before the first event.
using GrantTransition = Transition<registry::v1::AuthorizationState, registry::v1::GrantEventKind>;
absl::Span<const GrantTransition> GrantTransitions();

// The events that count, in order. Points into the grant.
Course<registry::v1::GrantEvent> GrantCourse(const registry::v1::Authorization& grant);

// Days on which the grant holds if its events say so: Authorization.validity, open where an end is absent.
struct Validity {
  Day from;
  Day to;
};
Validity ValidityOf(const registry::v1::Authorization& grant);

// What the events say, whatever the period. Illegal events are passed over, so that any row can be read.
struct GrantStatus {
  registry::v1::AuthorizationState state = registry::v1::AUTHORIZATION_STATE_UNSPECIFIED;  // before the first event
  registry::v1::RemovalGround ground = registry::v1::REMOVAL_GROUND_UNSPECIFIED;
  // The register has it: something was recorded for the day or an earlier one, or a grant begins later. (A request made
  // later is nothing yet.)
  bool recorded = false;
};
GrantStatus GrantStatusOn(const registry::v1::Authorization& grant, Day day);

// UNSPECIFIED: the register has no record of it for that day yet. While GRANTED by its events, the period decides:
// NOT_YET_EFFECTIVE before it, EXPIRED after it.
registry::v1::AuthorizationState GrantStateOn(const registry::v1::Authorization& grant, Day day);

// Checks all events, the new one among them, with their ids. EVENT_NOT_ANNULLABLE (see CheckAnnulments), or
// TRANSITION_ILLEGAL for the first event in the order of effect that may not follow the state the grant is in then.
absl::Status CheckGrantCourse(const registry::v1::Authorization& grant);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_GRANT_H_
