#include "server/domain/application/course.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "server/domain/events.h"
#include "storage/base/status_macros.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

// Changes the law and no item.
bool ChangesLaw(const ApplicationEvent& event) { return event.kind() == APPLICATION_EVENT_KIND_LAW_CHOSEN; }

Course<ApplicationEvent> EventsInOrder(const Application& application, Day until = kLastDay) {
  return InOrderOfEffect(application.events(), [until](const ApplicationEvent& event) {
    const std::optional<Day> day = ToDay(event.date());
    return day && *day <= until ? day : std::nullopt;
  });
}

class ItemCourse {
 public:
  ApplicationState state() const { return state_; }

  std::optional<ApplicationState> Next(ApplicationEventKind event, uint32_t procedures) const {
    return NextState(ApplicationTransitions(), state_, event, procedures);
  }

  // Requires `next` as Next gives it.
  void Enter(ApplicationState next) {
    if (next == APPLICATION_STATE_UNSPECIFIED) {
      // Only states that were entered over another one are returned from (workflow_test.cc).
      state_ = before_.back();
      before_.pop_back();
      return;
    }
    if (next == state_) return;
    if (IsReturnedFrom(next)) {
      before_.push_back(state_);
    } else {
      before_.clear();
    }
    state_ = next;
  }

 private:
  ApplicationState state_ = APPLICATION_STATE_DRAFT;
  // What the states that are returned from came after.
  std::vector<ApplicationState> before_;
};

// Takes the events of an application in their order.
class Walk {
 public:
  Walk(const Application& application, const LawLibrary& laws)
      : laws_(laws), items_(static_cast<size_t>(std::max(application.goods_size(), 1))), law_(application.law()) {
    for (int i = 0; i < application.goods_size(); ++i) places_.emplace(application.goods(i).id(), i);
  }

  // What the event does; no items: nothing.
  ApplicationStep Take(const DatedEvent<ApplicationEvent>& dated) {
    const ApplicationEvent& event = *dated.event;
    if (ChangesLaw(event)) law_ = event.law();
    ApplicationStep step{&event, dated.day, law_, {}, {}};
    const uint32_t procedures = Procedures();
    for (const int i : Named(event)) {
      const std::optional<ApplicationState> next = item(i).Next(event.kind(), procedures);
      if (!next) continue;
      item(i).Enter(*next);
      step.items.push_back(i);
    }
    step.states.reserve(items_.size());
    for (const ItemCourse& one : items_) step.states.push_back(one.state());
    return step;
  }

  // The first item that the event names, or might concern, and that it may not happen to. A law can be chosen while any
  // item is under way.
  const ItemCourse* Refusing(const ApplicationEvent& event) {
    const bool every = !event.items().empty() || event.kind() == APPLICATION_EVENT_KIND_FILED;
    const ItemCourse* refusing = nullptr;
    bool any = false;
    const uint32_t procedures = Procedures();
    for (const int i : Named(event)) {
      const bool legal =
          ChangesLaw(event) ? !HasEnded(item(i).state()) : item(i).Next(event.kind(), procedures).has_value();
      any = any || legal;
      if (!legal && refusing == nullptr) refusing = &item(i);
    }
    return every || !any ? refusing : nullptr;
  }

  uint32_t Procedures() const {
    const Law* law = laws_.FindLaw(law_);
    return law == nullptr ? 0 : ProcedureBit(law->procedure());
  }

 private:
  int items() const { return static_cast<int>(items_.size()); }
  ItemCourse& item(int i) { return items_[static_cast<size_t>(i)]; }

  // The places of the items that the event names, ascending; all if it names none.
  std::vector<int> Named(const ApplicationEvent& event) const {
    std::vector<int> named;
    if (event.items().empty()) {
      for (int i = 0; i < items(); ++i) named.push_back(i);
      return named;
    }
    for (const std::string& id : event.items()) {
      if (const auto place = places_.find(id); place != places_.end()) named.push_back(place->second);
    }
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    return named;
  }

  const LawLibrary& laws_;
  absl::flat_hash_map<absl::string_view, int> places_;
  std::vector<ItemCourse> items_;
  absl::string_view law_;
};

void AddSegment(Day from, ApplicationState state, std::vector<ApplicationCourse::Segment>& segments) {
  if (segments.back().from == from) segments.pop_back();
  if (segments.empty() || segments.back().state != state) segments.push_back({from, state});
}

// A course of states read off the steps.
std::vector<ApplicationCourse::Segment> MakeSegments(
    const std::vector<ApplicationStep>& steps,
    absl::FunctionRef<ApplicationState(const std::vector<ApplicationState>&)> state) {
  std::vector<ApplicationCourse::Segment> segments = {{kFirstDay, APPLICATION_STATE_DRAFT}};
  for (const ApplicationStep& step : steps) AddSegment(step.day, state(step.states), segments);
  return segments;
}

bool LeftAside(ApplicationState state) {
  return state == APPLICATION_STATE_DIVIDED || state == APPLICATION_STATE_WITHDRAWN;
}

}  // namespace

ApplicationCourse::ApplicationCourse(const Application& application, const LawLibrary& laws, Day until)
    : application_(application), items_(std::max(application.goods_size(), 1)) {
  Walk walk(application, laws);
  for (const auto& dated : EventsInOrder(application, until)) {
    ApplicationStep step = walk.Take(dated);
    if (!step.items.empty() || ChangesLaw(*step.event)) steps_.push_back(std::move(step));
  }
}

int ApplicationCourse::StepOn(Day day) const {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), day,
                                      [](Day a, const ApplicationStep& step) { return a < step.day; });
  return static_cast<int>(after - steps_.begin()) - 1;
}

ApplicationState ApplicationCourse::ItemStateOn(int item, Day day) const {
  const int step = StepOn(day);
  return step < 0 ? APPLICATION_STATE_DRAFT : steps_[static_cast<size_t>(step)].states[static_cast<size_t>(item)];
}

std::vector<ApplicationCourse::Segment> ApplicationCourse::ItemSegments(int item) const {
  return MakeSegments(steps_, [item](const auto& states) { return states[static_cast<size_t>(item)]; });
}

ApplicationState ApplicationCourse::StateOn(Day day) const {
  const int step = StepOn(day);
  return step < 0 ? APPLICATION_STATE_DRAFT : Combine(steps_[static_cast<size_t>(step)].states);
}

std::vector<ApplicationCourse::Segment> ApplicationCourse::Segments() const {
  return MakeSegments(steps_, [this](const auto& states) { return Combine(states); });
}

ApplicationState ApplicationCourse::Combine(absl::Span<const ApplicationState> states) const {
  const bool any_left = std::any_of(states.begin(), states.end(), [](ApplicationState s) { return !LeftAside(s); });
  std::optional<ApplicationState> common;
  bool same = true, registered = false, refused = false, others = false;
  for (const ApplicationState state : states) {
    if (any_left && LeftAside(state)) continue;
    same = same && (!common || *common == state);
    if (!common) common = state;
    registered = registered || state == APPLICATION_STATE_REGISTERED || state == APPLICATION_STATE_RECOGNISED;
    (IsRefused(state) ? refused : others) = true;
  }
  if (same) return *common;
  if (registered) return APPLICATION_STATE_PARTLY_REGISTERED;
  return refused && others ? APPLICATION_STATE_PARTIALLY_REFUSED : APPLICATION_STATE_MIXED;
}

absl::string_view ApplicationCourse::LawOn(Day day) const {
  const int step = StepOn(day);
  return step < 0 ? absl::string_view(application_.law()) : steps_[static_cast<size_t>(step)].law;
}

std::optional<Day> ApplicationCourse::filing_day() const {
  for (const ApplicationStep& step : steps_) {
    if (step.event->kind() == APPLICATION_EVENT_KIND_FILED) return step.day;
  }
  return std::nullopt;
}

absl::Status CheckApplicationCourse(const Application& application, const LawLibrary& laws) {
  RETURN_IF_ERROR(CheckAnnulments(application.name(), application.events()));
  Walk walk(application, laws);
  for (const auto& dated : EventsInOrder(application)) {
    if (const ItemCourse* refusing = walk.Refusing(*dated.event); refusing != nullptr) {
      return IllegalTransition(application.name(), ApplicationTransitions(), refusing->state(), dated.event->kind(),
                               dated.day, walk.Procedures());
    }
    walk.Take(dated);
  }
  return absl::OkStatus();
}

std::vector<std::string> ItemIds(const Application& application, absl::Span<const int> items) {
  std::vector<std::string> ids;
  if (static_cast<int>(items.size()) >= std::max(application.goods_size(), 1)) return ids;
  for (const int item : items) ids.push_back(application.goods(item).id());
  return ids;
}

}  // namespace gi::domain
