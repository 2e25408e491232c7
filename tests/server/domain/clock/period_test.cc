// Periods of law against vectors that were computed by another program (tests/data/deadline_vectors.csv), on the
// shipped calendars.
#include "server/domain/clock/period.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "tests/server/domain/clock/shipped_laws.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;
using ::testing::HasSubstr;

Day DayOf(absl::string_view text) { return *ToDay(*ParseDate(text)); }

std::vector<v1::WorkingCalendar> ShippedCalendars() {
  const v1::LawBook book = ReadLawBook("calendars");
  return {book.calendars().begin(), book.calendars().end()};
}

WorkingDays Shipped(bool make_up_days_count = true) {
  WorkingDays days(make_up_days_count);
  for (const v1::WorkingCalendar& calendar : ShippedCalendars()) days.Add(calendar);
  return days;
}

v1::PeriodLength Length(int amount, v1::PeriodUnit unit) {
  v1::PeriodLength length;
  length.set_amount(amount);
  length.set_unit(unit);
  return length;
}

TEST(PeriodTest, Vectors) {
  const WorkingDays calendar = Shipped();
  std::ifstream file(GI_SOURCE_DIR "/tests/data/deadline_vectors.csv");
  std::string line;
  std::getline(file, line);
  int rows = 0;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(absl::StripTrailingAsciiWhitespace(line), ',');
    ASSERT_EQ(cells.size(), 5u) << line;
    int amount = 0;
    ASSERT_TRUE(absl::SimpleAtoi(cells[2].substr(0, cells[2].size() - 1), &amount)) << line;
    const v1::PeriodUnit unit = cells[2].back() == 'm' ? v1::PERIOD_UNIT_MONTHS : v1::PERIOD_UNIT_DAYS;
    const PeriodEnd end = EndOfPeriod(DayOf(cells[1]), Length(amount, unit), calendar);
    EXPECT_EQ(FormatDay(end.nominal), cells[3]) << line;
    EXPECT_EQ(FormatDay(end.due), cells[4]) << line;
    EXPECT_FALSE(end.provisional) << line;
    EXPECT_FALSE(end.steps.empty()) << line;
    ++rows;
  }
  EXPECT_GE(rows, 16);
}

TEST(PeriodTest, ShippedCalendarsAreRight) {
  const std::vector<v1::WorkingCalendar> calendars = ShippedCalendars();
  EXPECT_EQ(calendars.size(), 4u);
  for (const v1::WorkingCalendar& calendar : calendars) {
    FieldViolations violations;
    CheckCalendar(calendar, "c", violations);
    EXPECT_TRUE(violations.empty()) << calendar.year();
  }
  v1::WorkingCalendar spoiled = calendars[0];
  spoiled.mutable_days()->SwapElements(0, 1);
  FieldViolations violations;
  CheckCalendar(spoiled, "c", violations);
  EXPECT_FALSE(violations.empty());
}

TEST(PeriodTest, AMakeUpSaturdayIsAWorkingDayUnlessSaidOtherwise) {
  // 2026-02-28 is a Saturday on which offices work.
  const PeriodEnd works = EndOfPeriod(DayOf("2025-11-30"), Length(3, v1::PERIOD_UNIT_MONTHS), Shipped());
  EXPECT_EQ(FormatDay(works.due), "2026-02-28");
  EXPECT_THAT(works.steps.back().message_en(), HasSubstr("Saturday (make-up working day)"));
  const PeriodEnd rests = EndOfPeriod(DayOf("2025-11-30"), Length(3, v1::PERIOD_UNIT_MONTHS), Shipped(false));
  EXPECT_EQ(FormatDay(rests.due), "2026-03-02");
}

TEST(PeriodTest, AYearWithoutACalendarIsProvisional) {
  const PeriodEnd unknown = EndOfPeriod(DayOf("2026-11-03"), Length(2, v1::PERIOD_UNIT_MONTHS), Shipped());
  EXPECT_EQ(FormatDay(unknown.due), "2027-01-04") << "a Sunday, moved as far as weekdays tell";
  EXPECT_TRUE(unknown.provisional);
  EXPECT_THAT(unknown.steps.back().message_zh(), HasSubstr("暂定"));
  // The end is known, but the day after it, which it is moved to, is not.
  const PeriodEnd across = EndOfPeriod(DayOf("2027-01-01"), Length(10, v1::PERIOD_UNIT_DAYS), Shipped());
  EXPECT_TRUE(across.provisional);
}

TEST(PeriodTest, MonthsWithoutTheDay) {
  const WorkingDays calendar = Shipped();
  const auto nominal = [&](const char* start, int months) {
    return FormatDay(EndOfPeriod(DayOf(start), Length(months, v1::PERIOD_UNIT_MONTHS), calendar).nominal);
  };
  EXPECT_EQ(nominal("2024-01-31", 1), "2024-02-29");
  EXPECT_EQ(nominal("2023-01-31", 1), "2023-02-28");
  EXPECT_EQ(nominal("2024-02-29", 12), "2025-02-28");
  EXPECT_EQ(nominal("2024-08-31", 3), "2024-11-30");
  EXPECT_EQ(nominal("2024-02-29", 1), "2024-03-29");
}

TEST(PeriodTest, WorkingDays) {
  const WorkingDays calendar = Shipped();
  const auto due = [&](const char* start, int days) {
    return FormatDay(EndOfPeriod(DayOf(start), Length(days, v1::PERIOD_UNIT_WORKING_DAYS), calendar).due);
  };
  EXPECT_EQ(due("2025-09-30", 1), "2025-10-09") << "over the holidays of October";
  EXPECT_EQ(due("2025-10-09", 2), "2025-10-11") << "a make-up Saturday counts";
  EXPECT_EQ(due("2025-03-03", 5), "2025-03-10");
}

TEST(PeriodTest, TermsEndTheDayBefore) {
  const auto end = [](const char* start) {
    return FormatDay(EndOfTerm(DayOf(start), Length(10, v1::PERIOD_UNIT_YEARS)).due);
  };
  EXPECT_EQ(end("2015-03-07"), "2025-03-06");
  EXPECT_EQ(end("2016-02-29"), "2026-02-28") << "no corresponding day: the last day of that month";
  EXPECT_EQ(end("2016-03-01"), "2026-02-28") << "a Saturday, and still the end";
}

// Whatever the period: it ends on a working day, on or after the nominal one, with nothing but days off between.
RC_GTEST_PROP(PeriodTest, EndsOnTheFirstWorkingDay, ()) {
  const WorkingDays calendar = Shipped();
  const Day start = DayOf("2023-01-01") + *rc::gen::inRange(0, 1400);
  const auto unit = *rc::gen::element(v1::PERIOD_UNIT_DAYS, v1::PERIOD_UNIT_MONTHS, v1::PERIOD_UNIT_WORKING_DAYS);
  const PeriodEnd end = EndOfPeriod(start, Length(*rc::gen::inRange(1, 60), unit), calendar);
  RC_ASSERT(calendar.IsWorking(end.due));
  RC_ASSERT(start < end.nominal && end.nominal <= end.due);
  for (Day day = end.nominal; day < end.due; day = day + 1) RC_ASSERT(!calendar.IsWorking(day));
  RC_ASSERT(end.provisional || calendar.Knows(end.due));
  RC_ASSERT(*ToDay(end.steps[1].date()) == end.nominal);
}

}  // namespace
}  // namespace gi::domain
