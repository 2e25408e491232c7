// The names and the state of an entity on a day, derived from its events; and which events may be recorded.
// Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_ENTITY_H_
#define GI_SERVER_DOMAIN_ENTITY_H_

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/entity.pb.h"
#include "server/domain/events.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain {

using EntityTransition = Transition<registry::v1::EntityState, registry::v1::EntityEventKind>;
absl::Span<const EntityTransition> EntityTransitions();

// The events that count, in order. Points into the entity.
Course<registry::v1::EntityEvent> EntityCourse(const registry::v1::Entity& entity);

// Illegal events are passed over, so that any row can be read.
registry::v1::EntityState StateOn(const registry::v1::Entity& entity, Day day);

// The registered name: display_name until the first RENAMED event. Points into the entity.
absl::string_view NameOn(const registry::v1::Entity& entity, Day day);

// All names the entity answers to on the day: the registered one first, then the aliases. Points into the entity.
absl::InlinedVector<absl::string_view, 4> NamesOn(const registry::v1::Entity& entity, Day day);

// Adds what is wrong with the event by itself. `field` is its path, e.g. "event".
void CheckEntityEvent(const registry::v1::EntityEvent& event, absl::string_view field, FieldViolations& violations);

// Checks all events, the new one among them, with their ids. EVENT_NOT_ANNULLABLE (see CheckAnnulments), or
// TRANSITION_ILLEGAL for the first event in the order of effect that may not follow the state the entity is in then: a
// dissolved entity is not renamed and not dissolved again.
absl::Status CheckEntityCourse(const registry::v1::Entity& entity);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_ENTITY_H_
