#include "server/domain/application/derive.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "server/domain/application/application_deadlines.h"
#include "server/domain/application/application_rules.h"
#include "server/domain/events.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

// First day of the state that holds on the day; nullopt: from the beginning.
std::optional<Day> Since(const std::vector<ApplicationCourse::Segment>& segments, Day day) {
  std::optional<Day> since;
  for (const ApplicationCourse::Segment& segment : segments) {
    if (segment.from <= day && segment.from != kFirstDay) since = segment.from;
  }
  return since;
}

void SetItemStates(const ApplicationCourse& course, Day day, v1::Application& application) {
  application.clear_item_states();
  bool differ = false;
  for (int i = 1; i < course.items(); ++i) {
    differ = differ || course.ItemStateOn(i, day) != course.ItemStateOn(0, day);
  }
  if (!differ) return;
  for (int i = 0; i < course.items(); ++i) {
    v1::ApplicationItemState& item = *application.add_item_states();
    item.set_item(application.goods(i).id());
    item.set_state(course.ItemStateOn(i, day));
    if (const auto since = Since(course.ItemSegments(i), day); since) *item.mutable_since() = ToDate(*since);
  }
}

void SetOpenDeadlines(const ApplicationCourse& course, const LawLibrary& laws, Day day, v1::Application& application) {
  std::vector<Deadline> deadlines = DeadlinesOf(course, laws, Explain::kNo);
  std::stable_sort(deadlines.begin(), deadlines.end(),
                   [](const Deadline& a, const Deadline& b) { return a.end.due < b.end.due; });
  application.clear_open_deadlines();
  for (const Deadline& deadline : deadlines) {
    if (StateOn(deadline.run, day) != v1::DEADLINE_STATE_OPEN) continue;
    *application.add_open_deadlines() = ToMessage(application, deadline, day);
  }
}

}  // namespace

void DeriveState(Day day, const LawLibrary& laws, v1::Application& application) {
  const ApplicationCourse course(application, laws, day);
  if (const std::optional<Day> divided = ToDay(application.divided_on()); divided && day < *divided) {
    for (const char* field :
         {"state", "item_states", "state_since", "effective_law", "material_gaps", "open_deadlines"}) {
      application.GetReflection()->ClearField(&application, application.GetDescriptor()->FindFieldByName(field));
    }
    return;
  }
  application.set_state(course.StateOn(day));
  application.clear_state_since();
  if (const auto since = Since(course.Segments(), day); since) *application.mutable_state_since() = ToDate(*since);
  application.clear_filing_date();
  if (const auto filed = course.filing_day(); filed) *application.mutable_filing_date() = ToDate(*filed);
  application.set_effective_law(std::string(course.LawOn(day)));
  SetItemStates(course, day, application);
  application.clear_material_gaps();
  for (v1::MaterialGap& gap : MaterialGaps(application, laws)) *application.add_material_gaps() = std::move(gap);
  SetOpenDeadlines(course, laws, day, application);
}

v1::Deadline ToMessage(const v1::Application& application, const Deadline& deadline, Day day) {
  v1::Deadline message =
      ToMessage(deadline, ShortName(static_cast<v1::ApplicationEventKind>(deadline.event_kind)), day);
  message.set_subject(application.name());
  message.set_subject_name(application.display_name());
  message.set_office(application.office());
  for (std::string& id : ItemIds(application, deadline.items)) message.add_items(std::move(id));
  return message;
}

v1::Deadline ToMessage(const v1::Indication& title, const Deadline& deadline, Day day) {
  v1::Deadline message = ToMessage(deadline, ShortName(static_cast<v1::TitleEventKind>(deadline.event_kind)), day);
  message.set_subject(title.name());
  message.set_subject_name(title.display_name());
  return message;
}

}  // namespace gi::domain
