#include "server/domain/entity.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

constexpr EntityTransition kTransitions[] = {
    {ENTITY_STATE_ACTIVE, ENTITY_EVENT_KIND_RENAMED, ENTITY_STATE_ACTIVE},
    {ENTITY_STATE_ACTIVE, ENTITY_EVENT_KIND_DEREGISTERED, ENTITY_STATE_DISSOLVED},
    {ENTITY_STATE_ACTIVE, ENTITY_EVENT_KIND_LICENCE_REVOKED, ENTITY_STATE_DISSOLVED},
    // 吊销 is followed by winding up and 注销.
    {ENTITY_STATE_DISSOLVED, ENTITY_EVENT_KIND_DEREGISTERED, ENTITY_STATE_DISSOLVED},
};

}  // namespace

absl::Span<const EntityTransition> EntityTransitions() { return kTransitions; }

Course<EntityEvent> EntityCourse(const Entity& entity) {
  return InOrderOfEffect(entity.events(), [](const EntityEvent& event) { return ToDay(event.effective_from()); });
}

EntityState StateOn(const Entity& entity, Day day) {
  EntityState state = ENTITY_STATE_ACTIVE;
  for (const DatedEvent<EntityEvent>& step : EntityCourse(entity)) {
    if (step.day > day) break;
    state = NextState(EntityTransitions(), state, step.event->kind()).value_or(state);
  }
  return state;
}

absl::string_view NameOn(const Entity& entity, Day day) {
  absl::string_view name = entity.display_name();
  EntityState state = ENTITY_STATE_ACTIVE;
  for (const DatedEvent<EntityEvent>& step : EntityCourse(entity)) {
    if (step.day > day) break;
    const auto next = NextState(EntityTransitions(), state, step.event->kind());
    if (!next) continue;
    state = *next;
    if (step.event->kind() == ENTITY_EVENT_KIND_RENAMED) name = step.event->new_name();
  }
  return name;
}

absl::InlinedVector<absl::string_view, 4> NamesOn(const Entity& entity, Day day) {
  absl::InlinedVector<absl::string_view, 4> names = {NameOn(entity, day)};
  names.insert(names.end(), entity.aliases().begin(), entity.aliases().end());
  return names;
}

void CheckEntityEvent(const EntityEvent& event, absl::string_view field, FieldViolations& violations) {
  const auto require = [&](absl::string_view name) {
    violations.Add(absl::StrCat(field, ".", name), ERROR_REASON_FIELD_REQUIRED);
  };
  const auto refuse = [&](absl::string_view name, absl::string_view value, absl::string_view kind) {
    violations.Add(absl::StrCat(field, ".", name), ERROR_REASON_FIELD_MALFORMED,
                   {{"value", Excerpt(value)},
                    {"expected", absl::StrCat("empty, except for ", kind)},
                    {"expected_zh", absl::StrCat("空(", kind, " 除外)")}});
  };
  const bool renamed = event.kind() == ENTITY_EVENT_KIND_RENAMED;
  if (!IsAnnulment(event) && !event.has_effective_from()) require("effective_from");
  if (renamed && IsBlank(event.new_name())) require("new_name");
  if (!renamed && !event.new_name().empty()) refuse("new_name", event.new_name(), "RENAMED");
  if (IsAnnulment(event) && event.annuls().empty()) require("annuls");
  if (!IsAnnulment(event) && !event.annuls().empty()) refuse("annuls", event.annuls(), "ANNULMENT");
}

absl::Status CheckEntityCourse(const Entity& entity) {
  RETURN_IF_ERROR(CheckAnnulments(entity.name(), entity.events()));
  EntityState state = ENTITY_STATE_ACTIVE;
  for (const DatedEvent<EntityEvent>& step : EntityCourse(entity)) {
    const auto next = NextState(EntityTransitions(), state, step.event->kind());
    if (!next) return IllegalTransition(entity.name(), EntityTransitions(), state, step.event->kind(), step.day);
    state = *next;
  }
  return absl::OkStatus();
}

}  // namespace gi::domain
