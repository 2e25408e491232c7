#include <algorithm>
#include <optional>

#include "server/domain/clock/deadline.h"
#include "server/domain/title.h"
#include "server/domain/title_rules.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

template <class List, class Value>
bool Holds(const List& list, Value value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// The day on which what the period waits for was done. A renewal is recorded with the day of its request or, where that
// is not known, with its effect; one that takes effect right after the term was then asked for in time.
Day DoneOn(const DatedEvent<v1::TitleEvent>& dated, Day term_end) {
  if (dated.event->kind() != v1::TITLE_EVENT_KIND_RENEWED) return dated.day;
  if (const std::optional<Day> received = ToDay(dated.event->received_on()); received) return *received;
  return dated.day == term_end + 1 ? term_end : dated.day;
}

std::optional<Day> StartOf(const v1::ClockRule& rule, const DatedEvent<v1::TitleEvent>& begun) {
  switch (rule.start()) {
    case v1::CLOCK_START_EVENT:
      return begun.day;
    case v1::CLOCK_START_TERM_END:
      // Recorded with the event, so that it never depends on the program's version.
      return ToDay(begun.event->term_end());
    default:
      return std::nullopt;
  }
}

// What happens to some goods items only leaves the periods of the others.
bool Covers(const v1::TitleEvent& later, const v1::TitleEvent& begun) {
  if (later.items().empty()) return true;
  return !begun.items().empty() && std::all_of(begun.items().begin(), begun.items().end(),
                                               [&](const std::string& item) { return Holds(later.items(), item); });
}

void Close(const v1::ClockRule& rule, const Course<v1::TitleEvent>& course, size_t begun, Deadline& deadline) {
  for (size_t i = begun + 1; i < course.size(); ++i) {
    const bool met = Holds(rule.title_met_by(), course[i].event->kind());
    if (!met && !Holds(rule.title_stopped_by(), course[i].event->kind())) continue;
    if (!Covers(*course[i].event, *course[begun].event)) continue;
    const Day done = DoneOn(course[i], deadline.start);
    const bool early = deadline.end.opens && done < *deadline.end.opens;
    deadline.run.closing = met && !early ? Closing::kMet : Closing::kStopped;
    deadline.run.closed_on = done;
    deadline.closed_by = course[i].event->id();
    return;
  }
}

}  // namespace

std::vector<Deadline> DeadlinesOf(const v1::Indication& title, const LawLibrary& laws, Explain explain) {
  std::vector<Deadline> found;
  const auto day_of = [&](const v1::TitleEvent& event) { return DayOf(title.kind(), event); };
  const Course<v1::TitleEvent> course = InOrderOfEffect(title.events(), day_of);
  for (size_t i = 0; i < course.size(); ++i) {
    const v1::TitleEvent& event = *course[i].event;
    const v1::Law* law = laws.LawOfTitle(title.kind(), event.law_version(), course[i].day);
    if (law == nullptr || course[i].day == kFirstDay) continue;
    for (const RuleRows& rows : laws.BegunBy(event.kind(), law->id())) {
      const std::optional<Day> start = StartOf(*rows.front(), course[i]);
      if (!start) continue;
      const v1::ClockRule& rule = RowOn(rows, *start);
      Deadline deadline{&rule,
                        law->id(),
                        event.id(),
                        event.kind(),
                        {},
                        *start,
                        EndOfClock(rule, *start, laws.working_days(), explain),
                        LatestEnd(rule, *start, laws.working_days()),
                        "",
                        {}};
      deadline.run.begun = course[i].day;
      deadline.run.due = deadline.end.due;
      Close(rule, course, i, deadline);
      found.push_back(std::move(deadline));
    }
  }
  return found;
}

}  // namespace gi::domain
