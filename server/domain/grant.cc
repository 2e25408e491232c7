#include "server/domain/grant.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/domain/title.h"
#include "storage/base/status_macros.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

constexpr GrantTransition kTransitions[] = {
    {AUTHORIZATION_STATE_UNSPECIFIED, GRANT_EVENT_KIND_REQUESTED, AUTHORIZATION_STATE_PENDING},
    {AUTHORIZATION_STATE_UNSPECIFIED, GRANT_EVENT_KIND_GRANTED, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_PENDING, GRANT_EVENT_KIND_GRANTED, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_PENDING, GRANT_EVENT_KIND_REFUSED, AUTHORIZATION_STATE_REFUSED},
    {AUTHORIZATION_STATE_GRANTED, GRANT_EVENT_KIND_EXTENDED, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_GRANTED, GRANT_EVENT_KIND_SUSPENDED, AUTHORIZATION_STATE_SUSPENDED},
    {AUTHORIZATION_STATE_GRANTED, GRANT_EVENT_KIND_REMOVED, AUTHORIZATION_STATE_REMOVED},
    {AUTHORIZATION_STATE_GRANTED, GRANT_EVENT_KIND_LOGO_PERMITTED, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_GRANTED, GRANT_EVENT_KIND_LOGO_WITHDRAWN, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_GRANTED, GRANT_EVENT_KIND_USE_REPORTED, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_SUSPENDED, GRANT_EVENT_KIND_EXTENDED, AUTHORIZATION_STATE_SUSPENDED},
    {AUTHORIZATION_STATE_SUSPENDED, GRANT_EVENT_KIND_REINSTATED, AUTHORIZATION_STATE_GRANTED},
    {AUTHORIZATION_STATE_SUSPENDED, GRANT_EVENT_KIND_REMOVED, AUTHORIZATION_STATE_REMOVED},
    {AUTHORIZATION_STATE_SUSPENDED, GRANT_EVENT_KIND_LOGO_WITHDRAWN, AUTHORIZATION_STATE_SUSPENDED},
    {AUTHORIZATION_STATE_SUSPENDED, GRANT_EVENT_KIND_USE_REPORTED, AUTHORIZATION_STATE_SUSPENDED},
    // The report of the last year comes after the end.
    {AUTHORIZATION_STATE_REMOVED, GRANT_EVENT_KIND_USE_REPORTED, AUTHORIZATION_STATE_REMOVED},
};

// 两年内未使用 (CNIPA announcement 354 of 2020).
constexpr int kYearsUnused = 2;

using Term = GrantStanding::Term;

bool Holds(AuthorizationState state) {
  return state == AUTHORIZATION_STATE_GRANTED || state == AUTHORIZATION_STATE_SUSPENDED;
}

struct DaySpan {
  Day from;
  Day to;
};
using DaySpans = absl::InlinedVector<DaySpan, 2>;

// The periods of a grant: its validity, open where an end is absent, and its extensions.
DaySpans PeriodsOf(const Authorization& grant, const Course<GrantEvent>& course) {
  DaySpans spans = {
      {ToDay(grant.validity().from()).value_or(kFirstDay), ToDay(grant.validity().to()).value_or(kLastDay)}};
  for (const DatedEvent<GrantEvent>& step : course) {
    if (step.event->kind() != GRANT_EVENT_KIND_EXTENDED) continue;
    spans.push_back({step.day, ToDay(step.event->valid_to()).value_or(step.day)});
  }
  return spans;
}

Term TermOn(const DaySpans& spans, Day day) {
  bool begun = false;
  for (const DaySpan& span : spans) {
    if (day >= span.from && day <= span.to) return Term::kWithin;
    begun = begun || day > span.to;
  }
  return begun ? Term::kAfter : Term::kBefore;
}

GrantStanding StandingOn(const Course<GrantEvent>& course, const DaySpans& spans, Day day) {
  GrantStanding standing;
  for (const DatedEvent<GrantEvent>& step : course) {
    const GrantEventKind kind = step.event->kind();
    standing.recorded = standing.recorded || step.day <= day || kind == GRANT_EVENT_KIND_GRANTED;
    const auto next = NextState(GrantTransitions(), standing.state, kind);
    if (step.day > day || !next) continue;
    standing.state = *next;
    if (kind == GRANT_EVENT_KIND_REMOVED) standing.ground = step.event->ground();
  }
  if (Holds(standing.state)) standing.term = TermOn(spans, day);
  return standing;
}

// The events that happened by then, with the state each left.
template <class Visit>
void Replay(const Course<GrantEvent>& course, Day day, Visit visit) {
  AuthorizationState state = AUTHORIZATION_STATE_UNSPECIFIED;
  for (const DatedEvent<GrantEvent>& step : course) {
    if (step.day > day) return;
    const auto next = NextState(GrantTransitions(), state, step.event->kind());
    if (!next) continue;
    state = *next;
    visit(*step.event);
  }
}

absl::InlinedVector<ReportedUse, 2> ReportsOf(const Course<GrantEvent>& course) {
  absl::InlinedVector<ReportedUse, 2> reports;
  Replay(course, kLastDay, [&](const GrantEvent& event) {
    if (event.kind() != GRANT_EVENT_KIND_USE_REPORTED) return;
    const UseReport& report = event.use_report();
    const std::optional<Day> used = report.used() ? ToDay(report.last_used_on()) : std::nullopt;
    reports.push_back({*ToDay(event.effective_from()), used.value_or(kFirstDay), report.year()});
  });
  return reports;
}

// First day of the periods.
Day FirstDay(const DaySpans& spans) {
  Day first = kLastDay;
  for (const DaySpan& span : spans) first = std::min(first, span.from);
  return first;
}

// Whether the logo may be downloaded after an event, given whether it might before.
bool LogoAfter(const GrantEvent& event, bool before) {
  if (event.kind() == GRANT_EVENT_KIND_LOGO_PERMITTED) return true;
  if (event.kind() == GRANT_EVENT_KIND_LOGO_WITHDRAWN || event.kind() == GRANT_EVENT_KIND_REMOVED) return false;
  return before;
}

bool LogoPermitted(const Course<GrantEvent>& course, Day day) {
  bool permitted = false;
  Replay(course, day, [&](const GrantEvent& event) { permitted = LogoAfter(event, permitted); });
  return permitted;
}

void CheckUseReport(const GrantEvent& event, absl::string_view field, FieldViolations& violations) {
  const UseReport& report = event.use_report();
  const std::string path = absl::StrCat(field, "use_report.");
  if (report.year() < 1 || report.year() > event.effective_from().year()) {
    violations.Add(path + "year", ERROR_REASON_FIELD_MALFORMED,
                   {{"value", absl::StrCat(report.year())},
                    {"expected", "the year of the report's day, or an earlier one"},
                    {"expected_zh", "报告日所在年份或更早的年份"}});
  }
  if (report.used() && !report.has_last_used_on()) violations.Add(path + "last_used_on", ERROR_REASON_FIELD_REQUIRED);
  if (!report.has_last_used_on() || (report.used() && report.last_used_on().year() == report.year())) return;
  violations.Add(path + "last_used_on", ERROR_REASON_FIELD_MALFORMED,
                 {{"value", FormatDate(report.last_used_on())},
                  {"expected", "a day of the year reported on, and only if the GI was used in it"},
                  {"expected_zh", "所报告年份中的日期,且仅在该年有使用时填写"}});
}

}  // namespace

absl::Span<const GrantTransition> GrantTransitions() { return kTransitions; }

Course<GrantEvent> GrantCourse(const Authorization& grant) {
  return InOrderOfEffect(grant.events(), [](const GrantEvent& event) { return ToDay(event.effective_from()); });
}

GrantSegments GrantTimeline(const Authorization& grant) {
  const Course<GrantEvent> course = GrantCourse(grant);
  const DaySpans spans = PeriodsOf(grant, course);
  absl::InlinedVector<Day, 16> days = {kFirstDay};
  for (const DatedEvent<GrantEvent>& step : course) days.push_back(step.day);
  for (const DaySpan& span : spans) {
    days.push_back(span.from);
    if (span.to < kLastDay) days.push_back(span.to + 1);
  }
  std::sort(days.begin(), days.end());
  GrantSegments segments;
  for (const Day day : days) {
    const GrantStanding standing = StandingOn(course, spans, day);
    if (segments.empty() || segments.back().standing != standing) segments.push_back({day, standing});
  }
  return segments;
}

const GrantSegment& SegmentOn(absl::Span<const GrantSegment> segments, Day day) {
  size_t i = segments.size() - 1;
  while (i > 0 && segments[i].from > day) --i;
  return segments[i];
}

AuthorizationState StateOf(const GrantStanding& standing) {
  if (!standing.recorded) return AUTHORIZATION_STATE_UNSPECIFIED;
  if (standing.state == AUTHORIZATION_STATE_UNSPECIFIED) return AUTHORIZATION_STATE_NOT_YET_EFFECTIVE;
  if (standing.state != AUTHORIZATION_STATE_GRANTED || standing.term == Term::kWithin) return standing.state;
  return standing.term == Term::kBefore ? AUTHORIZATION_STATE_NOT_YET_EFFECTIVE : AUTHORIZATION_STATE_EXPIRED;
}

void DeriveState(Day day, Authorization& grant) {
  const Course<GrantEvent> course = GrantCourse(grant);
  const DaySpans spans = PeriodsOf(grant, course);
  const GrantStanding standing = StandingOn(course, spans, day);
  grant.set_state(StateOf(standing));
  Day last = kFirstDay;
  for (const DaySpan& span : spans) last = std::max(last, span.to);
  if (grant.has_validity() && last < kLastDay) *grant.mutable_holds_until() = ToDate(last);
  grant.set_logo_permitted(LogoPermitted(course, day));
  const std::optional<Day> used = LastUse(ReportsOf(course), day);
  if (used) *grant.mutable_last_used_on() = ToDate(*used);
  grant.set_unused_two_years(Holds(standing.state) && standing.term == Term::kWithin &&
                             UnusedTwoYears(FirstDay(spans), used, LastDayTwoYearsBefore(day)));
}

GrantUses UsesOf(const Authorization& grant) {
  const Course<GrantEvent> course = GrantCourse(grant);
  const DaySpans spans = PeriodsOf(grant, course);
  GrantUses uses;
  uses.reports = ReportsOf(course);
  uses.first = FirstDay(spans);
  // What the events leave, from each of their days on; and all days on which anything may change.
  struct Left {
    Day from;
    AuthorizationState state;
    bool logo;
  };
  absl::InlinedVector<Left, 8> left = {{kFirstDay, AUTHORIZATION_STATE_UNSPECIFIED, false}};
  absl::InlinedVector<Day, 16> days = {kFirstDay};
  for (const DatedEvent<GrantEvent>& step : course) {
    const auto next = NextState(GrantTransitions(), left.back().state, step.event->kind());
    if (!next) continue;
    left.push_back({step.day, *next, LogoAfter(*step.event, left.back().logo)});
    days.push_back(step.day);
  }
  for (const DaySpan& span : spans) {
    days.push_back(span.from);
    if (span.to < kLastDay) days.push_back(span.to + 1);
  }
  std::sort(days.begin(), days.end());
  size_t at = 0;
  for (const Day day : days) {
    while (at + 1 < left.size() && left[at + 1].from <= day) ++at;
    const bool within = Holds(left[at].state) && TermOn(spans, day) == Term::kWithin;
    int use = 0;
    if (within && left[at].state == AUTHORIZATION_STATE_GRANTED) use |= static_cast<int>(GrantUse::kActive);
    if (within) use |= static_cast<int>(GrantUse::kHeld);
    if (left[at].logo) use |= static_cast<int>(GrantUse::kLogo);
    const GrantUse before = uses.segments.empty() ? GrantUse::kNone : uses.segments.back().use;
    if (static_cast<GrantUse>(use) != before) uses.segments.push_back({day, static_cast<GrantUse>(use)});
  }
  return uses;
}

std::optional<Day> LastUse(absl::Span<const ReportedUse> reports, Day day) {
  std::optional<Day> last;
  for (size_t i = 0; i < reports.size(); ++i) {
    const ReportedUse& report = reports[i];
    if (report.reported > day || report.last_used == kFirstDay || report.last_used > day) continue;
    const bool replaced =
        std::any_of(reports.begin() + static_cast<std::ptrdiff_t>(i) + 1, reports.end(),
                    [&](const ReportedUse& later) { return later.year == report.year && later.reported <= day; });
    if (!replaced && (!last || report.last_used > *last)) last = report.last_used;
  }
  return last;
}

Day LastDayTwoYearsBefore(Day day) { return LastStartOf(day, 12 * kYearsUnused); }

bool UnusedTwoYears(Day first, std::optional<Day> last_use, Day two_years_before) {
  const Day since = std::max(first, last_use.value_or(first));
  return since > kFirstDay && since <= two_years_before;
}

void CheckGrantEvent(const GrantEvent& event, absl::string_view field, FieldViolations& violations) {
  if (event.kind() == GRANT_EVENT_KIND_USE_REPORTED) CheckUseReport(event, field, violations);
  const std::optional<Day> from = ToDay(event.effective_from());
  const std::optional<Day> to = ToDay(event.valid_to());
  if (event.kind() != GRANT_EVENT_KIND_EXTENDED || !from || !to || *from <= *to) return;
  violations.Add(absl::StrCat(field, "valid_to"), ERROR_REASON_PERIOD_REVERSED,
                 {{"from", FormatDay(*from)}, {"to", FormatDay(*to)}});
}

absl::Status CheckGrantCourse(const Authorization& grant) {
  RETURN_IF_ERROR(CheckAnnulments(grant.name(), grant.events()));
  AuthorizationState state = AUTHORIZATION_STATE_UNSPECIFIED;
  for (const DatedEvent<GrantEvent>& step : GrantCourse(grant)) {
    const auto next = NextState(GrantTransitions(), state, step.event->kind());
    if (!next) return IllegalTransition(grant.name(), GrantTransitions(), state, step.event->kind(), step.day);
    state = *next;
  }
  return absl::OkStatus();
}

absl::Status CheckWithinTitle(const Indication& title, const Date& last, absl::string_view field) {
  const std::optional<Day> day = ToDay(last);
  const std::optional<Day> end = LastTermEnd(title);
  if (!day || !end || *day <= *end) return absl::OkStatus();
  return MakeError(
      ERROR_REASON_GRANT_OUTLASTS_TITLE,
      {{"field", std::string(field)}, {"to", FormatDay(*day)}, {"title", title.name()}, {"term_end", FormatDay(*end)}});
}

}  // namespace gi::domain
