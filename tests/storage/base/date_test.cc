#include "storage/base/date.h"

#include "gtest/gtest.h"
#include "storage/base/error.h"

namespace gi {
namespace {

using registry::v1::Date;

Date MakeDate(int year, int month = 0, int day = 0) {
  Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

Day At(int year, int month, int day) {
  const std::optional<Day> found = ToDay(MakeDate(year, month, day));
  EXPECT_TRUE(found.has_value()) << year << "-" << month << "-" << day;
  return found.value_or(Day{});
}

TEST(DayTest, CountsFrom1970) {
  EXPECT_EQ(At(1970, 1, 1).value, 0);
  EXPECT_EQ(At(1969, 12, 31).value, -1);
  EXPECT_EQ(At(2000, 3, 1).value, 11017);
  EXPECT_LT(kFirstDay, At(1, 1, 1));
  EXPECT_GT(kLastDay, At(9999, 12, 31));
}

TEST(DayTest, GoesThereAndBackForEveryDayOfCenturies) {
  for (Day day = At(1899, 1, 1); day <= At(2101, 12, 31); day = day + 1) ASSERT_EQ(ToDay(ToDate(day)), day);
}

TEST(DayTest, RefusesWhatIsNoFullDate) {
  EXPECT_FALSE(ToDay(Date()).has_value());
  EXPECT_FALSE(ToDay(MakeDate(2023)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(2023, 5)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(2023, 2, 29)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(1900, 2, 29)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(2023, 4, 31)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(2023, 13, 1)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(2023, -1, 1)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(2023, 1, -1)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(0, 1, 1)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(10000, 1, 1)).has_value());
  EXPECT_FALSE(ToDay(MakeDate(INT32_MIN, INT32_MIN, INT32_MAX)).has_value());
  EXPECT_TRUE(ToDay(MakeDate(2024, 2, 29)).has_value());
  EXPECT_TRUE(ToDay(MakeDate(2000, 2, 29)).has_value());
}

TEST(DayTest, TheEndsOfTimeAreNoDates) {
  EXPECT_EQ(FormatDay(kFirstDay), "");
  EXPECT_EQ(FormatDay(kLastDay), "");
  EXPECT_EQ(FormatDay(At(1, 1, 1) - 1), "");
  EXPECT_EQ(FormatDay(At(9999, 12, 31)), "9999-12-31");
}

TEST(PartialDateTest, HasAFirstAndALastDay) {
  EXPECT_EQ(FirstDayOf(MakeDate(2023)), At(2023, 1, 1));
  EXPECT_EQ(LastDayOf(MakeDate(2023)), At(2023, 12, 31));
  EXPECT_EQ(FirstDayOf(MakeDate(2024, 2)), At(2024, 2, 1));
  EXPECT_EQ(LastDayOf(MakeDate(2024, 2)), At(2024, 2, 29));
  EXPECT_EQ(LastDayOf(MakeDate(2023, 12)), At(2023, 12, 31));
  EXPECT_EQ(FirstDayOf(MakeDate(2023, 5, 7)), At(2023, 5, 7));
  EXPECT_EQ(LastDayOf(MakeDate(2023, 5, 7)), At(2023, 5, 7));
}

TEST(PartialDateTest, RefusesWhatIsNoDate) {
  for (const Date& date : {Date(), MakeDate(0, 5), MakeDate(2023, 0, 7), MakeDate(2023, 13), MakeDate(2023, 2, 30),
                           MakeDate(10000), MakeDate(2023, -2)}) {
    EXPECT_FALSE(IsPartialDate(date)) << date.ShortDebugString();
    EXPECT_FALSE(FirstDayOf(date).has_value());
    EXPECT_FALSE(LastDayOf(date).has_value());
  }
  EXPECT_TRUE(IsPartialDate(MakeDate(2023)));
  EXPECT_TRUE(IsPartialDate(MakeDate(2023, 5)));
  EXPECT_TRUE(IsPartialDate(MakeDate(2023, 5, 1)));
}

TEST(FormatDateTest, WritesWhatIsThere) {
  EXPECT_EQ(FormatDate(MakeDate(2023, 5, 1)), "2023-05-01");
  EXPECT_EQ(FormatDate(MakeDate(2023, 5)), "2023-05");
  EXPECT_EQ(FormatDate(MakeDate(987)), "0987");
  EXPECT_EQ(FormatDate(Date()), "");
  EXPECT_EQ(FormatDate(MakeDate(2023, 13, 40)), "2023-13-40");
}

TEST(ParseDateTest, TakesIsoDatesOnly) {
  const absl::StatusOr<Date> date = ParseDate("2023-05-01");
  ASSERT_TRUE(date.ok());
  EXPECT_EQ(ToDay(*date), At(2023, 5, 1));
  for (const char* text : {"", "2023", "2023-05", "2023-5-1", "2023/05/01", "2023-02-29", "2023-05-01 ", "+023-05-01",
                           " 023-05-01", "0000-01-01", "2023-05-0x", "20230501", "２０２３-05-01"}) {
    EXPECT_EQ(GetErrorReason(ParseDate(text).status()), registry::v1::ERROR_REASON_DATE_INVALID) << text;
  }
}

TEST(AddMonthsTest, EndsOnTheCorrespondingOrTheLastDay) {
  EXPECT_EQ(AddMonths(At(2023, 1, 15), 1), At(2023, 2, 15));
  EXPECT_EQ(AddMonths(At(2023, 1, 31), 1), At(2023, 2, 28));
  EXPECT_EQ(AddMonths(At(2024, 1, 31), 1), At(2024, 2, 29));
  EXPECT_EQ(AddMonths(At(2023, 8, 31), 6), At(2024, 2, 29));
  EXPECT_EQ(AddMonths(At(2023, 12, 31), 2), At(2024, 2, 29));
  EXPECT_EQ(AddMonths(At(2023, 3, 31), -1), At(2023, 2, 28));
  EXPECT_EQ(AddMonths(At(2023, 1, 1), -1), At(2022, 12, 1));
  EXPECT_EQ(AddYears(At(2024, 2, 29), 10), At(2034, 2, 28));
  EXPECT_EQ(AddYears(At(2024, 2, 29), 4), At(2028, 2, 29));
}

TEST(AddMonthsTest, StaysWithinTime) {
  EXPECT_EQ(AddMonths(kFirstDay, 12), kFirstDay);
  EXPECT_EQ(AddYears(kLastDay, -10), kLastDay);
  EXPECT_EQ(AddYears(At(2023, 1, 1), INT32_MAX), kLastDay);
  EXPECT_EQ(AddYears(At(2023, 1, 1), INT32_MIN), kFirstDay);
}

TEST(ShanghaiTest, DaysBeginEightHoursBeforeUtc) {
  const absl::Time midnight = absl::FromCivil(absl::CivilSecond(2023, 4, 30, 16, 0, 0), absl::UTCTimeZone());
  EXPECT_EQ(DayInShanghai(midnight), At(2023, 5, 1));
  EXPECT_EQ(DayInShanghai(midnight - absl::Nanoseconds(1)), At(2023, 4, 30));
  EXPECT_EQ(EndOfDayInShanghai(At(2023, 4, 30)), midnight - absl::Microseconds(1));
  EXPECT_EQ(DayInShanghai(absl::UnixEpoch()), At(1970, 1, 1));
  EXPECT_EQ(DayInShanghai(absl::UnixEpoch() - absl::Hours(9)), At(1969, 12, 31));
}

TEST(ShanghaiTest, TheEndsOfTimeStay) {
  EXPECT_EQ(DayInShanghai(absl::InfinitePast()), kFirstDay);
  EXPECT_EQ(DayInShanghai(absl::InfiniteFuture()), kLastDay);
  EXPECT_EQ(EndOfDayInShanghai(kFirstDay), absl::InfinitePast());
  EXPECT_EQ(EndOfDayInShanghai(kLastDay), absl::InfiniteFuture());
}

TEST(DateTest, TheLastDayThatLiesMonthsBack) {
  for (const int months : {1, 6, 12, 24}) {
    for (int value = 18000; value < 19600; ++value) {
      const Day start = LastStartOf(Day{value}, months);
      ASSERT_LE(AddMonths(start, months), Day{value}) << value;
      ASSERT_GT(AddMonths(start + 1, months), Day{value}) << value;
    }
  }
}

}  // namespace
}  // namespace gi
