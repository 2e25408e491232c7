#include "server/domain/indicator/facts.h"

#include <algorithm>

#include "absl/time/time.h"
#include "server/domain/application/application_deadlines.h"
#include "server/domain/application/workflow.h"
#include "server/domain/title_rules.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

std::vector<DeadlineFact> DeadlineFacts(const std::vector<Deadline>& deadlines) {
  std::vector<DeadlineFact> facts;
  facts.reserve(deadlines.size());
  for (const Deadline& deadline : deadlines) {
    facts.push_back({deadline.rule->rule_id(), deadline.rule->party(), std::string(deadline.event), deadline.run});
  }
  return facts;
}

Day DayOf(const google::protobuf::Timestamp& time) { return DayInShanghai(absl::FromUnixSeconds(time.seconds())); }

// The last of the sorted segments that begins on or before the day; nullptr: none.
template <class Segments>
auto SegmentAt(const Segments& segments, Day day) -> decltype(&segments[0]) {
  const auto after = std::upper_bound(segments.begin(), segments.end(), day,
                                      [](Day a, const auto& segment) { return a < segment.from; });
  return after == segments.begin() ? nullptr : &*(after - 1);
}

}  // namespace

TitleFact FactOf(const v1::Indication& title, const LawLibrary& laws) {
  TitleFact fact;
  fact.kind = title.kind();
  fact.product = title.product();
  const TitleTimeline timeline(title);
  std::vector<Day> days;
  for (int i = 0; i < (timeline.uniform() ? 1 : timeline.items()); ++i) {
    for (const TitleTimeline::Segment& segment : timeline.ItemSegments(i)) days.push_back(segment.from);
  }
  std::sort(days.begin(), days.end());
  for (const Day day : days) {
    const v1::TitleState state = timeline.StateOn(day);
    if (fact.segments.empty() || fact.segments.back().state != state) fact.segments.push_back({day, state});
  }
  const auto day_of = [&](const v1::TitleEvent& event) { return domain::DayOf(title.kind(), event); };
  for (const auto& [event, from] : InOrderOfEffect(title.events(), day_of)) {
    if (event->kind() != v1::TITLE_EVENT_KIND_REGISTERED || from == kFirstDay) continue;
    fact.registered = std::min(fact.registered, ToDay(event->announced_on()).value_or(from));
  }
  fact.deadlines = DeadlineFacts(DeadlinesOf(title, laws, Explain::kNo));
  return fact;
}

bool InForceOn(const TitleFact& title, Day day) {
  const auto* segment = SegmentAt(title.segments, day);
  return segment != nullptr &&
         (segment->state == v1::TITLE_STATE_IN_FORCE || segment->state == v1::TITLE_STATE_PARTLY_IN_FORCE);
}

GrantFact FactOf(const v1::Authorization& grant) {
  GrantFact fact;
  const GrantUses uses = UsesOf(grant);
  fact.segments.assign(uses.segments.begin(), uses.segments.end());
  fact.reports.assign(uses.reports.begin(), uses.reports.end());
  fact.first = uses.first;
  return fact;
}

GrantUse UseOn(const GrantFact& grant, Day day) {
  const auto* segment = SegmentAt(grant.segments, day);
  return segment == nullptr ? GrantUse::kNone : segment->use;
}

bool UnusedOn(const GrantFact& grant, Day day, Day two_years_before) {
  if (grant.first > two_years_before || !Has(UseOn(grant, day), GrantUse::kHeld)) return false;
  return UnusedTwoYears(grant.first, LastUse(grant.reports, day), two_years_before);
}

CalendarYear::CalendarYear(int number) : year(number) {
  v1::Date date;
  date.set_year(number);
  first = *FirstDayOf(date);
  last = *LastDayOf(date);
}

bool OwesReport(const GrantFact& grant, const CalendarYear& year, Day day) {
  bool held = Has(UseOn(grant, year.first), GrantUse::kHeld);
  for (const GrantUseSegment& segment : grant.segments) {
    held = held || (Has(segment.use, GrantUse::kHeld) && segment.from >= year.first && segment.from <= year.last);
  }
  return held && std::none_of(grant.reports.begin(), grant.reports.end(), [&](const ReportedUse& report) {
           return report.year == year.year && report.reported <= day;
         });
}

ApplicationFact FactOf(const v1::Application& application, const LawLibrary& laws) {
  ApplicationFact fact;
  const ApplicationCourse course(application, laws);
  fact.kind = application.kind();
  fact.segments = course.Segments();
  fact.filed = course.filing_day().value_or(kLastDay);
  if (!course.steps().empty()) fact.last_event = course.steps().back().day;
  fact.created = DayOf(application.create_time());
  fact.office = application.office();
  fact.divided = ToDay(application.divided_on()).value_or(kFirstDay);
  for (const ApplicationStep& step : course.steps()) {
    const bool pending = std::any_of(step.states.begin(), step.states.end(),
                                     [](v1::ApplicationState state) { return !HasEnded(state); });
    if (fact.pending.empty() || fact.pending.back().pending != pending) fact.pending.push_back({step.day, pending});
  }
  fact.deadlines = DeadlineFacts(DeadlinesOf(course, laws, Explain::kNo));
  return fact;
}

bool IsPendingOn(const ApplicationFact& application, Day day) {
  const auto* segment = SegmentAt(application.pending, day);
  return segment != nullptr && segment->pending && application.filed <= day && application.divided <= day;
}

v1::ApplicationState StateOn(const ApplicationFact& application, Day day) {
  const auto* segment = SegmentAt(application.segments, day);
  const v1::ApplicationState state = segment == nullptr ? v1::APPLICATION_STATE_UNSPECIFIED : segment->state;
  const bool unknown = (state == v1::APPLICATION_STATE_DRAFT && day < application.created) || day < application.divided;
  return unknown ? v1::APPLICATION_STATE_UNSPECIFIED : state;
}

ProductFact FactOf(const v1::Product& product) {
  ProductFact fact;
  fact.merged = !product.merged_into().empty();
  for (const v1::CultivationStep& step : product.steps()) fact.steps.push_back({DayOf(step.time()), step.stage()});
  return fact;
}

v1::CultivationStage StageOn(const ProductFact& product, Day day) {
  const auto* step = SegmentAt(product.steps, day);
  return step == nullptr ? v1::CULTIVATION_STAGE_UNSPECIFIED : step->stage;
}

}  // namespace gi::domain
