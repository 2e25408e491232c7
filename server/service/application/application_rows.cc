#include "server/service/application/application_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/domain/application/application_deadlines.h"
#include "server/domain/application/changes.h"
#include "server/domain/application/course.h"
#include "server/domain/application/title_link.h"
#include "server/domain/title.h"

namespace gi::service {
namespace {

using registry::v1::Application;
using registry::v1::ApplicationEvent;
using registry::v1::Indication;

// A title was made or updated from the application.
bool HasMadeTitle(const Application& row) {
  return std::any_of(row.events().begin(), row.events().end(), [](const ApplicationEvent& event) {
    return absl::StartsWith(event.made(), domain::kIndicationCollection);
  });
}

// What follows from the events of an application. Points into it.
struct Outcome {
  Outcome(const Application& row, const domain::LawLibrary& laws)
      : course(row, laws), deadlines(domain::DeadlinesOf(course, laws, domain::Explain::kNo)) {
    // A registration that was annulled leaves a title to be told so.
    has_title = domain::HasTitle(course) || HasMadeTitle(row);
    if (has_title) title_events = domain::TitleEventsOf(course, deadlines, laws);
  }
  domain::Consequences consequences() const { return domain::ConsequencesOf(course, deadlines, title_events); }

  domain::ApplicationCourse course;
  std::vector<domain::Deadline> deadlines;
  bool has_title;
  std::vector<registry::v1::TitleEvent> title_events;
};

// What a title that the register had already lacks.
void Complete(const Indication& from, Indication& title) {
  if (title.holder().empty()) title.set_holder(from.holder());
  if (title.product().empty()) title.set_product(from.product());
  if (title.area_codes().empty()) *title.mutable_area_codes() = from.area_codes();
  if (title.area_text().empty()) title.set_area_text(from.area_text());
}

absl::StatusOr<Indication> ReadTitle(registry::Mutation& mutation, const Outcome& outcome, const std::string& name,
                                     bool is_new) {
  Indication made = domain::NewTitle(outcome.course);
  made.set_name(name);
  const std::string id = domain::IdOfKnownName(name, domain::kIndicationCollection);
  ASSIGN_OR_RETURN(std::optional<table::Row<Indication>> existing, registry::kIndications.Get(mutation.rows(), id));
  if (!existing) return made;
  if (is_new) {
    return MakeError(ErrorReason::ERROR_REASON_RESOURCE_EXISTS, {{"name", name}, {"field", "name"}, {"value", id}});
  }
  Complete(made, existing->message);
  return std::move(existing->message);
}

absl::Status PutTitle(registry::Mutation& mutation, const Outcome& outcome, const std::string& name, bool is_new,
                      FieldViolations& violations) {
  ASSIGN_OR_RETURN(Indication title, ReadTitle(mutation, outcome, name, is_new));
  const std::string old = title.SerializeAsString();
  for (const int place : domain::UpdateTitle(outcome.course, outcome.title_events, title)) {
    registry::v1::TitleEvent& event = *title.mutable_events(place);
    domain::CheckTitleEvent(title, event, absl::StrCat("title.events[", place, "]"), violations);
    domain::FillTerm(title.kind(), domain::RunningTermEnd(title, event), event);
  }
  if (!violations.empty() || (!is_new && title.SerializeAsString() == old)) return absl::OkStatus();
  if (title.events_size() > kMaxEvents) return ResourceFull(name, kMaxEvents);
  RETURN_IF_ERROR(domain::CheckTitleCourse(title));
  Touch(mutation.now(), title);
  return mutation.Put(registry::kIndications, domain::IdOfKnownName(name, domain::kIndicationCollection), title);
}

void NameTitle(const std::string& name, Application& row) {
  row.set_indication(name);
  for (ApplicationEvent& event : *row.mutable_events()) {
    if (event.kind() == registry::v1::APPLICATION_EVENT_KIND_REGISTERED ||
        event.kind() == registry::v1::APPLICATION_EVENT_KIND_RECOGNISED) {
      event.set_made(name);
    }
  }
}

void KeepItems(const std::vector<std::string>& items, ApplicationEvent& event) {
  auto& own = *event.mutable_items();
  own.erase(
      std::remove_if(own.begin(), own.end(),
                     [&](const std::string& id) { return std::find(items.begin(), items.end(), id) == items.end(); }),
      own.end());
}

}  // namespace

absl::Status PutApplication(registry::Mutation& mutation, const domain::LawLibrary& laws, const Application* before,
                            Application row, const std::string& indication_id, FieldViolations& violations) {
  if (row.events_size() > kMaxEvents) return ResourceFull(row.name(), kMaxEvents);
  RETURN_IF_ERROR(domain::CheckApplicationCourse(row, laws));
  const Outcome after(row, laws);
  const bool happened = before == nullptr || row.events_size() > before->events_size();
  if (before != nullptr && happened) {
    const Outcome earlier(*before, laws);
    domain::DescribeChanges(earlier.consequences(), after.consequences(), *row.mutable_events()->rbegin());
  }
  const bool makes_title = after.has_title && row.indication().empty();
  const std::string id = domain::IdOfKnownName(row.name(), domain::kApplicationCollection);
  const std::string title =
      makes_title ? domain::ResourceName(domain::kIndicationCollection, indication_id.empty() ? id : indication_id)
                  : row.indication();
  if (after.has_title) NameTitle(title, row);
  Touch(mutation.now(), row);
  RETURN_IF_ERROR(mutation.Put(registry::kApplications, id, row));
  // A correction of the application is none of the title.
  if (!happened || !after.has_title) return absl::OkStatus();
  return PutTitle(mutation, after, title, makes_title, violations);
}

Application DividedOff(const Application& parent, const std::vector<std::string>& items, const std::string& name,
                       const domain::LawLibrary& laws) {
  const domain::ApplicationCourse course(parent, laws);
  Application child = parent;
  child.set_name(name);
  child.set_parent(parent.name());
  child.clear_indication();
  child.clear_events();
  child.clear_create_time();
  auto& goods = *child.mutable_goods();
  goods.erase(
      std::remove_if(goods.begin(), goods.end(),
                     [&](const auto& item) { return std::find(items.begin(), items.end(), item.id()) == items.end(); }),
      goods.end());
  const Day divided_on = ToDay(parent.events().rbegin()->date()).value_or(kLastDay);
  *child.mutable_divided_on() = ToDate(divided_on);
  for (const domain::ApplicationStep& step : course.steps()) {
    if (step.event->kind() == registry::v1::APPLICATION_EVENT_KIND_DIVIDED || step.day > divided_on) continue;
    const std::vector<std::string> concerned = domain::ItemIds(parent, step.items);
    const bool concerns =
        step.items.empty() || concerned.empty() || std::any_of(items.begin(), items.end(), [&](const std::string& id) {
          return std::find(concerned.begin(), concerned.end(), id) != concerned.end();
        });
    if (!concerns) continue;
    ApplicationEvent& event = *child.add_events();
    event = *step.event;
    event.set_inherited_from(step.event->id());
    event.clear_changes();
    KeepItems(items, event);
  }
  domain::AssignEventIds(*child.mutable_events());
  return child;
}

}  // namespace gi::service
