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
    {ENTITY_STATE_ACTIVE, ENTITY_EVENT_KIND_SUCCEEDED, ENTITY_STATE_ACTIVE},
    {ENTITY_STATE_ACTIVE, ENTITY_EVENT_KIND_DEREGISTERED, ENTITY_STATE_DISSOLVED},
    {ENTITY_STATE_ACTIVE, ENTITY_EVENT_KIND_LICENCE_REVOKED, ENTITY_STATE_DISSOLVED},
    // 吊销 is followed by winding up and 注销.
    {ENTITY_STATE_DISSOLVED, ENTITY_EVENT_KIND_DEREGISTERED, ENTITY_STATE_DISSOLVED},
    {ENTITY_STATE_DISSOLVED, ENTITY_EVENT_KIND_SUCCEEDED, ENTITY_STATE_DISSOLVED},
};

}  // namespace

absl::Span<const EntityTransition> EntityTransitions() { return kTransitions; }

Course<EntityEvent> EntityCourse(const Entity& entity) {
  return InOrderOfEffect(entity.events(), [](const EntityEvent& event) { return ToDay(event.effective_from()); });
}

EntityFacts FactsOf(const Entity& entity) {
  EntityFacts facts;
  facts.name = entity.name();
  facts.names.push_back({kFirstDay, entity.display_name()});
  facts.aliases.assign(entity.aliases().begin(), entity.aliases().end());
  EntityState state = ENTITY_STATE_ACTIVE;
  for (const auto& [event, day] : EntityCourse(entity)) {
    const auto next = NextState(EntityTransitions(), state, event->kind());
    if (!next) continue;
    if (*next != state) facts.dissolved_from = day;
    state = *next;
    if (event->kind() == ENTITY_EVENT_KIND_RENAMED) facts.names.push_back({day, event->new_name()});
    if (event->kind() == ENTITY_EVENT_KIND_SUCCEEDED) facts.successors.push_back({day, event->successor()});
  }
  return facts;
}

EntityState StateOn(const EntityFacts& entity, Day day) {
  return day >= entity.dissolved_from ? ENTITY_STATE_DISSOLVED : ENTITY_STATE_ACTIVE;
}

absl::string_view NameOn(const EntityFacts& entity, Day day) {
  absl::string_view name;
  for (const DatedText& known : entity.names) {
    if (known.from <= day) name = known.text;
  }
  return name;
}

size_t SuccessorsOn(const EntityFacts& entity, Day day) {
  size_t count = 0;
  while (count < entity.successors.size() && entity.successors[count].from <= day) ++count;
  return count;
}

void DeriveState(Day day, Entity& entity) {
  const EntityFacts facts = FactsOf(entity);
  entity.set_state(StateOn(facts, day));
  entity.set_effective_name(std::string(NameOn(facts, day)));
  for (size_t i = 0; i < SuccessorsOn(facts, day); ++i) entity.add_successors(std::string(facts.successors[i].text));
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
  const bool succeeded = event.kind() == ENTITY_EVENT_KIND_SUCCEEDED;
  if (succeeded && event.successor().empty()) require("successor");
  if (!succeeded && !event.successor().empty()) refuse("successor", event.successor(), "SUCCEEDED");
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
