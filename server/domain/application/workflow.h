// The procedures of applications as tables: what may follow what, what an event must say, who may record it. What a
// table does not list is illegal. Periods are not here: they are data (clock/law_library.h). Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_APPLICATION_WORKFLOW_H_
#define GI_SERVER_DOMAIN_APPLICATION_WORKFLOW_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/procedure.pb.h"
#include "server/domain/events.h"
#include "server/domain/survey/life_cycle.h"

namespace gi::domain {

// Sets of procedures, as bits.
constexpr uint32_t ProcedureBit(registry::v1::Procedure procedure) {
  return 1u << (static_cast<uint32_t>(procedure) & 31);
}

// `kinds` is a set of procedures. `to` UNSPECIFIED: back to the state before.
using ApplicationTransition = Transition<registry::v1::ApplicationState, registry::v1::ApplicationEventKind>;
absl::Span<const ApplicationTransition> ApplicationTransitions();

// The state comes back after it: RESUMED, OBJECTION_REJECTED and REGISTRATION_NOTICE_REVOKED lead to the one before.
bool IsReturnedFrom(registry::v1::ApplicationState state);

// The application, or the item, is not under way any more, unless a notice is revoked: its periods stop.
bool HasEnded(registry::v1::ApplicationState state);

// Refused and not yet past it: what the rest of a partly refused application is told from.
bool IsRefused(registry::v1::ApplicationState state);

// What an event must say and who may record it.
struct EventNeeds {
  registry::v1::ApplicationEventKind kind;
  SurveyRoles roles;
  bool service = false;  // a notice: its periods begin with service
  bool number = false;
  bool registration_number = false;
  bool note = false;
  bool law = false;
  bool annuls = false;
  // Where the requirement comes from, or why it is asked for.
  absl::string_view source;
};
absl::Span<const EventNeeds> AllEventNeeds();
// nullptr for a kind that nobody records (DIVIDED).
const EventNeeds* NeedsOf(registry::v1::ApplicationEventKind kind);

// The kind of title that an application of this kind leads to.
registry::v1::IndicationKind TitleKindOf(registry::v1::ApplicationKind kind);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_APPLICATION_WORKFLOW_H_
