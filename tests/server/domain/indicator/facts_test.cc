// The facts that figures are counted from say what the rows say, on every day; months under both conventions.
#include "server/domain/indicator/facts.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "server/domain/events.h"
#include "server/domain/indicator/months.h"
#include "server/domain/indicator/value.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

constexpr int kDays = 900;
const Day kBegin{19000};

Date RandomDate() { return gi::ToDate(kBegin + *rc::gen::inRange(0, kDays)); }

Authorization RandomGrant() {
  Authorization grant;
  if (*rc::gen::arbitrary<bool>()) *grant.mutable_validity()->mutable_from() = RandomDate();
  if (*rc::gen::arbitrary<bool>()) *grant.mutable_validity()->mutable_to() = RandomDate();
  const int events = *rc::gen::inRange(0, 8);
  for (int i = 0; i < events; ++i) {
    GrantEvent& event = *grant.add_events();
    event.set_kind(static_cast<GrantEventKind>(*rc::gen::inRange(1, int{GrantEventKind_ARRAYSIZE})));
    *event.mutable_effective_from() = RandomDate();
    *event.mutable_valid_to() = RandomDate();
    event.set_annuls(EventId(*rc::gen::inRange(0, 8)));
    UseReport& report = *event.mutable_use_report();
    report.set_used(*rc::gen::arbitrary<bool>());
    *report.mutable_last_used_on() = RandomDate();
    report.set_year(report.last_used_on().year());
  }
  AssignEventIds(*grant.mutable_events());
  return grant;
}

RC_GTEST_PROP(GrantFactTest, SaysWhatTheRowSays, ()) {
  const Authorization grant = RandomGrant();
  const GrantFact fact = FactOf(grant);
  for (int i = -5; i < kDays + 800; i += 7) {
    const Day day = kBegin + i;
    Authorization row = grant;
    DeriveState(day, row);
    const GrantUse use = UseOn(fact, day);
    RC_ASSERT(Has(use, GrantUse::kActive) == (row.state() == AUTHORIZATION_STATE_GRANTED));
    RC_ASSERT(Has(use, GrantUse::kLogo) == row.logo_permitted());
    RC_ASSERT(UnusedOn(fact, day, LastDayTwoYearsBefore(day)) == row.unused_two_years());
    const auto used = LastUse(fact.reports, day);
    RC_ASSERT(used.has_value() == row.has_last_used_on());
    if (used) RC_ASSERT(*used == *ToDay(row.last_used_on()));
  }
}

RC_GTEST_PROP(GrantFactTest, SegmentsBeginWhereSomethingChanges, ()) {
  const GrantFact fact = FactOf(RandomGrant());
  GrantUse before = GrantUse::kNone;
  Day last = Day{INT32_MIN};
  for (const GrantUseSegment& segment : fact.segments) {
    RC_ASSERT(segment.use != before);
    RC_ASSERT(last < segment.from);
    before = segment.use;
    last = segment.from;
  }
}

TEST(GrantFactTest, AReportIsOwedForAYearInWhichTheGrantHeld) {
  Authorization grant;
  *grant.mutable_validity()->mutable_from() = *ParseDate("2023-06-01");
  *grant.mutable_validity()->mutable_to() = *ParseDate("2024-03-31");
  GrantEvent& granted = *grant.add_events();
  granted.set_kind(GRANT_EVENT_KIND_GRANTED);
  *granted.mutable_effective_from() = *ParseDate("2023-06-01");
  GrantEvent& report = *grant.add_events();
  report.set_kind(GRANT_EVENT_KIND_USE_REPORTED);
  *report.mutable_effective_from() = *ParseDate("2024-02-01");
  report.mutable_use_report()->set_year(2023);
  AssignEventIds(*grant.mutable_events());
  const GrantFact fact = FactOf(grant);
  const auto owes = [&](int year, absl::string_view day) {
    return OwesReport(fact, CalendarYear(year), *ToDay(*ParseDate(day)));
  };
  EXPECT_FALSE(owes(2022, "2024-12-31"));
  EXPECT_TRUE(owes(2023, "2024-01-31"));
  EXPECT_FALSE(owes(2023, "2024-02-01"));
  EXPECT_TRUE(owes(2024, "2025-01-31"));
  EXPECT_FALSE(owes(2025, "2026-01-31"));
}

TEST(MonthsTest, NationalMonthsEndOnThe15th) {
  const auto text = [](Days days) { return FormatDay(days.from) + " " + FormatDay(days.to); };
  constexpr auto kNational = PERIOD_CONVENTION_NATIONAL;
  constexpr auto kCalendar = PERIOD_CONVENTION_CALENDAR;
  EXPECT_EQ(text(DaysOf({2026, 1}, kNational)), "2025-12-16 2026-01-15");
  EXPECT_EQ(text(YearToDate({2026, 3}, kNational)), "2025-12-16 2026-03-15");
  EXPECT_EQ(text(YearToDate({2026, 12}, kNational)), "2025-12-16 2026-12-15");
  EXPECT_EQ(text(DaysOf({2024, 2}, kCalendar)), "2024-02-01 2024-02-29");
  EXPECT_EQ(text(YearToDate({2024, 12}, kCalendar)), "2024-01-01 2024-12-31");
  const auto month = [](absl::string_view day, PeriodConvention convention) {
    return FormatDate(ToDate(MonthOf(*ToDay(*ParseDate(day)), convention)));
  };
  EXPECT_EQ(month("2025-12-15", kNational), "2025-12");
  EXPECT_EQ(month("2025-12-16", kNational), "2026-01");
  EXPECT_EQ(month("2025-12-16", kCalendar), "2025-12");
}

// Months follow each other without a gap, and every day lies in the month it is said to lie in.
RC_GTEST_PROP(MonthsTest, EveryDayHasItsMonth, ()) {
  const auto convention = *rc::gen::element(PERIOD_CONVENTION_NATIONAL, PERIOD_CONVENTION_CALENDAR);
  const Day day{*rc::gen::inRange(0, 40000)};
  const Month month = MonthOf(day, convention);
  const Days days = DaysOf(month, convention);
  RC_ASSERT(days.from <= day && day <= days.to);
  RC_ASSERT(DaysOf(month + 1, convention).from == days.to + 1);
  RC_ASSERT((month + 1) - month == 1);
}

TEST(FigureValueTest, Percents) {
  EXPECT_EQ(GrowthPercent(FigureValue(8), FigureValue(9)), "12.5");
  EXPECT_EQ(GrowthPercent(FigureValue(8), FigureValue(7)), "-12.5");
  EXPECT_EQ(GrowthPercent(FigureValue(0), FigureValue(7)), "");
  EXPECT_EQ(PercentOf(FigureValue(1), FigureValue(3)), "33.3");
  EXPECT_EQ(PercentOf(FigureValue(3), FigureValue(3)), "100.0");
  EXPECT_FALSE(FigureValue::ParsePositive("0"));
  EXPECT_FALSE(FigureValue::ParsePositive("-1"));
  EXPECT_FALSE(FigureValue::ParsePositive("1e3"));
  EXPECT_EQ(FigureValue::ParsePositive("10.5")->ToText(), "10.5");
}

}  // namespace
}  // namespace gi::domain
