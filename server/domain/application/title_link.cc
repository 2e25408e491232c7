#include "server/domain/application/title_link.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/domain/application/workflow.h"
#include "server/domain/events.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

template <class List, class Value>
bool Holds(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool Registers(const ApplicationEvent& event) {
  return event.kind() == APPLICATION_EVENT_KIND_REGISTERED || event.kind() == APPLICATION_EVENT_KIND_RECOGNISED;
}

bool Publishes(const ApplicationEvent& event) {
  return event.kind() == APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED ||
         event.kind() == APPLICATION_EVENT_KIND_PRELIMINARILY_RECOGNISED;
}

// A registration of the item at step `i` still stands.
bool Stands(const ApplicationCourse& course, size_t i, int item) {
  const auto& steps = course.steps();
  return std::none_of(
      steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, steps.end(), [&](const ApplicationStep& step) {
        return step.event->kind() == APPLICATION_EVENT_KIND_REGISTRATION_NOTICE_REVOKED && Holds(step.items, item);
      });
}

// The end of the opposition period of an item that was opposed before step `i`, since its last publication.
std::optional<Day> EndOfOpposition(const ApplicationCourse& course, const std::vector<Deadline>& deadlines, size_t i,
                                   int item) {
  bool opposed = false;
  for (size_t j = i; j-- > 0;) {
    const ApplicationStep& step = course.steps()[j];
    if (!Holds(step.items, item)) continue;
    if (step.event->kind() == APPLICATION_EVENT_KIND_OPPOSED) opposed = true;
    if (!Publishes(*step.event)) continue;
    if (!opposed) return std::nullopt;
    for (const Deadline& deadline : deadlines) {
      const bool of_opposition = Holds(deadline.rule->met_by(), int{APPLICATION_EVENT_KIND_OPPOSED});
      if (of_opposition && deadline.event == step.event->id() && Holds(deadline.items, item)) return deadline.end.due;
    }
    return std::nullopt;
  }
  return std::nullopt;
}

TitleEvent EventFrom(const ApplicationCourse& course, const ApplicationStep& step, TitleEventKind kind, Day day,
                     const LawLibrary& laws) {
  TitleEvent event;
  event.set_kind(kind);
  *event.mutable_effective_from() = ToDate(day);
  if (const Law* law = laws.FindLaw(step.law); law != nullptr) event.set_law_version(law->law_version());
  event.set_origin_event(absl::StrCat(course.application().name(), "#", step.event->id()));
  if (!step.event->number().empty()) {
    event.mutable_basis()->set_kind(DOCUMENT_KIND_ANNOUNCEMENT);
    event.mutable_basis()->set_number(step.event->number());
    *event.mutable_basis()->mutable_date() = step.event->date();
  }
  return event;
}

// What makes two events the same, whatever their ids and terms.
std::string Key(const TitleEvent& event) {
  return absl::StrCat(event.kind(), "|", FormatDate(event.effective_from()), "|", FormatDate(event.announced_on()), "|",
                      absl::StrJoin(event.items(), ","), "|", event.law_version(), "|", event.origin_event());
}

bool HasNumber(const Indication& title, const TitleNumber& number) {
  return std::any_of(title.numbers().begin(), title.numbers().end(), [&](const TitleNumber& other) {
    return other.kind() == number.kind() && other.number() == number.number() && other.issuer() == number.issuer();
  });
}

void AddNumber(const ApplicationEvent& event, Indication& title) {
  TitleNumber number;
  if (event.kind() == APPLICATION_EVENT_KIND_REGISTERED) {
    number.set_kind(NUMBER_KIND_REGISTRATION);
    number.set_number(event.registration_number());
  } else {
    // A number without its issuer says nothing.
    if (event.basis().issuer().empty()) return;
    number.set_kind(NUMBER_KIND_ANNOUNCEMENT);
    number.set_number(event.number());
    number.set_issuer(event.basis().issuer());
  }
  if (!HasNumber(title, number)) *title.add_numbers() = number;
}

// Takes away the registration numbers of registrations that were taken back.
void RemoveNumbers(const ApplicationCourse& course, Indication& title) {
  const auto given = [](const ApplicationEvent& event, const TitleNumber& number) {
    return event.kind() == APPLICATION_EVENT_KIND_REGISTERED && number.kind() == NUMBER_KIND_REGISTRATION &&
           event.registration_number() == number.number();
  };
  auto& numbers = *title.mutable_numbers();
  numbers.erase(std::remove_if(numbers.begin(), numbers.end(),
                               [&](const TitleNumber& number) {
                                 const auto& events = course.application().events();
                                 const auto& steps = course.steps();
                                 return std::any_of(events.begin(), events.end(),
                                                    [&](const auto& event) { return given(event, number); }) &&
                                        std::none_of(steps.begin(), steps.end(),
                                                     [&](const auto& step) { return given(*step.event, number); });
                               }),
                numbers.end());
}

void AddGoods(const ApplicationCourse& course, const std::vector<int>& items, Indication& title) {
  for (const int i : items) {
    if (i >= course.application().goods_size()) continue;
    const GoodsItem& item = course.application().goods(i);
    const bool known = std::any_of(title.goods().begin(), title.goods().end(),
                                   [&](const GoodsItem& other) { return other.id() == item.id(); });
    if (!known) *title.add_goods() = item;
  }
}

}  // namespace

bool HasTitle(const ApplicationCourse& course) {
  return std::any_of(course.steps().begin(), course.steps().end(),
                     [](const ApplicationStep& step) { return Registers(*step.event); });
}

std::vector<TitleEvent> TitleEventsOf(const ApplicationCourse& course, const std::vector<Deadline>& deadlines,
                                      const LawLibrary& laws) {
  std::vector<TitleEvent> events;
  for (size_t i = 0; i < course.steps().size(); ++i) {
    const ApplicationStep& step = course.steps()[i];
    if (step.event->kind() == APPLICATION_EVENT_KIND_FILED) {
      events.push_back(EventFrom(course, step, TITLE_EVENT_KIND_APPLIED, step.day, laws));
    } else if (Publishes(*step.event)) {
      events.push_back(EventFrom(course, step, TITLE_EVENT_KIND_PUBLISHED, step.day, laws));
    } else if (Registers(*step.event)) {
      std::map<Day, std::vector<int>> by_day;
      const std::optional<Day> stated = ToDay(step.event->effective_from());
      for (const int item : step.items) {
        if (!Stands(course, i, item)) continue;
        const std::optional<Day> opposed = EndOfOpposition(course, deadlines, i, item);
        by_day[stated ? *stated : opposed.value_or(step.day)].push_back(item);
      }
      for (const auto& [day, items] : by_day) {
        TitleEvent event = EventFrom(course, step, TITLE_EVENT_KIND_REGISTERED, day, laws);
        *event.mutable_announced_on() = step.event->date();
        for (const int item : items) {
          if (item < course.application().goods_size()) event.add_items(course.application().goods(item).id());
        }
        events.push_back(std::move(event));
      }
    }
  }
  return events;
}

Indication NewTitle(const ApplicationCourse& course) {
  const Application& application = course.application();
  Indication title;
  title.set_kind(TitleKindOf(application.kind()));
  title.set_display_name(application.display_name());
  title.set_holder(application.applicant());
  title.set_product(application.product());
  *title.mutable_area_codes() = application.area_codes();
  title.set_area_text(application.area_text());
  *title.mutable_source() = application.source();
  return title;
}

std::vector<int> UpdateTitle(const ApplicationCourse& course, const std::vector<TitleEvent>& wanted,
                             Indication& title) {
  for (size_t i = 0; i < course.steps().size(); ++i) {
    const ApplicationStep& step = course.steps()[i];
    if (!Registers(*step.event)) continue;
    AddGoods(course, step.items, title);
    AddNumber(*step.event, title);
  }
  RemoveNumbers(course, title);
  const std::string origin = course.application().name() + "#";
  std::vector<std::string> missing;
  for (const TitleEvent& event : wanted) missing.push_back(Key(event));
  const int before = title.events_size();
  for (int i = 0; i < before; ++i) {
    const TitleEvent& event = title.events(i);
    if (IsAnnulment(event) || !absl::StartsWith(event.origin_event(), origin) ||
        IsAnnulled(title.events(), before, event.id())) {
      continue;
    }
    const auto same = std::find(missing.begin(), missing.end(), Key(event));
    if (same != missing.end()) {
      same->clear();
      continue;
    }
    TitleEvent annulment;
    annulment.set_kind(TITLE_EVENT_KIND_ANNULMENT);
    annulment.set_annuls(event.id());
    annulment.set_origin_event(event.origin_event());
    *title.add_events() = annulment;
  }
  std::vector<int> added;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (missing[i].empty()) continue;
    added.push_back(title.events_size());
    *title.add_events() = wanted[i];
  }
  AssignEventIds(*title.mutable_events());
  return added;
}

}  // namespace gi::domain
