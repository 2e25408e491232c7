#include "server/domain/application/application_deadlines.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

template <class List, class Value>
bool Holds(const List& list, Value value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// The event of the step did something to the item.
bool Concerns(const ApplicationStep& step, int item) {
  return step.items.size() == step.states.size() || std::binary_search(step.items.begin(), step.items.end(), item);
}

// What closes the period of an item.
struct ItemClosing {
  Closing closing = Closing::kNone;
  int step = -1;
  absl::InlinedVector<std::pair<Day, Day>, 1> suspensions;
  friend bool operator<(const ItemClosing& a, const ItemClosing& b) {
    return std::tie(a.step, a.closing, a.suspensions) < std::tie(b.step, b.closing, b.suspensions);
  }
};

class Finder {
 public:
  Finder(const ApplicationCourse& course, const LawLibrary& laws, Explain explain)
      : course_(course), laws_(laws), explain_(explain) {}

  std::vector<Deadline> Find() {
    for (int i = 0; i < static_cast<int>(course_.steps().size()); ++i) {
      const ApplicationStep& begun = step(i);
      for (const RuleRows& rows : laws_.BegunBy(begun.event->kind(), begun.law)) Begin(i, rows.front()->rule_id());
    }
    return std::move(found_);
  }

 private:
  const ApplicationStep& step(int i) const { return course_.steps()[static_cast<size_t>(i)]; }

  static v1::ApplicationState StateAfter(const ApplicationStep& step, int item) {
    return step.states[static_cast<size_t>(item)];
  }

  std::vector<int> ItemsOf(const ApplicationStep& begun, const v1::ClockRule& rule) const {
    std::vector<int> items;
    for (int i = 0; i < course_.items(); ++i) {
      const bool own = Concerns(begun, i);
      const v1::ApplicationState state = StateAfter(begun, i);
      if (rule.items() == v1::CLOCK_ITEMS_REST) {
        if (!own && !HasEnded(state) && !IsRefused(state)) items.push_back(i);
      } else if (own && (rule.start_states().empty() || Holds(rule.start_states(), state))) {
        items.push_back(i);
      }
    }
    return items;
  }

  // The period that a rule is counted after: the last one found yet for one of the items.
  const Deadline* PeriodBefore(const std::string& rule_id, const std::vector<int>& items) const {
    for (auto deadline = found_.rbegin(); deadline != found_.rend(); ++deadline) {
      if (deadline->rule->rule_id() != rule_id) continue;
      if (std::any_of(items.begin(), items.end(), [&](int item) { return Holds(deadline->items, item); })) {
        return &*deadline;
      }
    }
    return nullptr;
  }

  // The day it is counted from, and how that was reached; nullopt: it does not begin.
  std::optional<Served> Start(int i, const v1::ClockRule& rule, const std::vector<int>& items,
                              bool& provisional) const {
    const v1::ApplicationEvent& event = *step(i).event;
    if (rule.start() == v1::CLOCK_START_SERVICE) {
      if (!event.has_service()) return std::nullopt;
      return ServedOn(event.service(), step(i).law, laws_, explain_);
    }
    if (rule.start() == v1::CLOCK_START_EVENT) return Served{step(i).day, {}};
    if (rule.start() != v1::CLOCK_START_END_OF_PERIOD) return std::nullopt;
    const Deadline* before = PeriodBefore(rule.after_rule(), items);
    if (before == nullptr) return std::nullopt;
    provisional = before->end.provisional;
    return Served{before->end.due, before->end.steps};
  }

  // `rule_id`: of a rule some row of which the event begins.
  void Begin(int i, const std::string& rule_id) {
    const RuleRows& rows = *laws_.FindRule(rule_id, step(i).law);
    // The row of the day says whether and how it begins, that of the start how long it is.
    const v1::ClockRule& beginning = RowOn(rows, step(i).day);
    if (!Holds(beginning.start_events(), int{step(i).event->kind()})) return;
    if (beginning.if_evidence_declared() && !step(i).event->evidence_declared()) return;
    const std::vector<int> items = ItemsOf(step(i), beginning);
    if (items.empty()) return;
    bool provisional = false;
    std::optional<Served> start = Start(i, beginning, items, provisional);
    if (!start) return;
    const v1::ClockRule& rule = RowOn(rows, start->day);
    // Items that go different ways have deadlines of their own.
    std::map<ItemClosing, std::vector<int>> ways;
    for (const int item : items) ways[ClosingOf(i, item, rule)].push_back(item);
    for (auto& [way, own] : ways) Add(i, rule, *start, provisional, way, std::move(own));
  }

  void Add(int i, const v1::ClockRule& rule, const Served& start, bool provisional, const ItemClosing& way,
           std::vector<int> items) {
    const ApplicationStep& begun = step(i);
    // What was over before an application was divided off is its parent's.
    if (!begun.event->inherited_from().empty() && way.step >= 0 && !step(way.step).event->inherited_from().empty()) {
      return;
    }
    // A suspension counts if the period had not ended by then.
    int not_counted = 0;
    DeadlineRun run;
    for (const auto& [from, to] : way.suspensions) {
      if (from > EndOfClock(rule, start.day, laws_.working_days(), Explain::kNo, not_counted).due) break;
      run.suspensions.push_back({from, to});
      not_counted += to == kLastDay ? 0 : to.value - from.value;
    }
    Deadline deadline{&rule,
                      begun.law,
                      begun.event->id(),
                      begun.event->kind(),
                      std::move(items),
                      start.day,
                      EndOfClock(rule, start.day, laws_.working_days(), explain_, not_counted),
                      LatestEnd(rule, start.day, laws_.working_days(), not_counted),
                      "",
                      std::move(run)};
    deadline.end.provisional = deadline.end.provisional || provisional;
    deadline.end.steps.insert(deadline.end.steps.begin(), start.steps.begin(), start.steps.end());
    // What an application had before it was divided off was its parent's until then.
    deadline.run.begun = std::max(begun.day, ToDay(course_.application().divided_on()).value_or(kFirstDay));
    deadline.run.due = deadline.end.due;
    deadline.run.closing = way.closing;
    if (way.step >= 0) {
      deadline.closed_by = step(way.step).event->id();
      deadline.run.closed_on = step(way.step).day;
    }
    found_.push_back(std::move(deadline));
  }

  ItemClosing ClosingOf(int begun, int item, const v1::ClockRule& rule) const {
    ItemClosing way;
    const bool suspends = rule.has_not_counted_while_suspended();
    for (int i = begun + 1; i < static_cast<int>(course_.steps().size()); ++i) {
      const ApplicationStep& later = step(i);
      if (!Concerns(later, item)) continue;
      const v1::ApplicationEventKind kind = later.event->kind();
      if (suspends && kind == v1::APPLICATION_EVENT_KIND_SUSPENDED) way.suspensions.push_back({later.day, kLastDay});
      if (!way.suspensions.empty() && way.suspensions.back().second == kLastDay &&
          StateAfter(later, item) != v1::APPLICATION_STATE_SUSPENDED) {
        way.suspensions.back().second = later.day;
      }
      const bool met = Holds(rule.met_by(), kind);
      if (!met && !Holds(rule.stopped_by(), kind) && !HasEnded(StateAfter(later, item))) continue;
      way.closing = met ? Closing::kMet : Closing::kStopped;
      way.step = i;
      break;
    }
    return way;
  }

  const ApplicationCourse& course_;
  const LawLibrary& laws_;
  const Explain explain_;
  std::vector<Deadline> found_;
};

}  // namespace

std::vector<Deadline> DeadlinesOf(const ApplicationCourse& course, const LawLibrary& laws, Explain explain) {
  return Finder(course, laws, explain).Find();
}

}  // namespace gi::domain
