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

struct DatedText {
  Day from;
  absl::string_view text;
};

// What an entity was, is and will be, as far as its events say. Points into the entity.
struct EntityFacts {
  // entities/{entity}
  absl::string_view name;
  // The first day on which it is dissolved; kLastDay if none.
  Day dissolved_from = kLastDay;
  // The registered names, sorted by day; the first counts from kFirstDay on.
  absl::InlinedVector<DatedText, 1> names;
  absl::InlinedVector<absl::string_view, 1> aliases;
  // Who took over business of it, sorted by day: entities/{entity}.
  absl::InlinedVector<DatedText, 1> successors;
};
// Illegal events are passed over, so that any row can be read.
EntityFacts FactsOf(const registry::v1::Entity& entity);

registry::v1::EntityState StateOn(const EntityFacts& entity, Day day);
// The registered name of the day.
absl::string_view NameOn(const EntityFacts& entity, Day day);
// How many of the successors were so by then.
size_t SuccessorsOn(const EntityFacts& entity, Day day);

// Sets state, effective_name and successors for the day.
void DeriveState(Day day, registry::v1::Entity& entity);

// Adds what is wrong with the event by itself. `field` is its path, e.g. "event".
void CheckEntityEvent(const registry::v1::EntityEvent& event, absl::string_view field, FieldViolations& violations);

// Checks all events, the new one among them, with their ids. EVENT_NOT_ANNULLABLE (see CheckAnnulments), or
// TRANSITION_ILLEGAL for the first event in the order of effect that may not follow the state the entity is in then: a
// dissolved entity is not renamed and not dissolved again.
absl::Status CheckEntityCourse(const registry::v1::Entity& entity);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_ENTITY_H_
