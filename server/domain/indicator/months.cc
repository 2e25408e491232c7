#include "server/domain/indicator/months.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

// 地理标志商标注册量按上年12月16日至当年当月15日统计: of CNIPA's monthly tables.
constexpr int kNationalLastDay = 15;
constexpr int kMonths = 12;

Day DayOf(const Month& month, int day) {
  v1::Date date;
  date.set_year(month.year);
  date.set_month(month.month);
  date.set_day(day);
  return *ToDay(date);
}

bool IsCalendar(v1::PeriodConvention convention) { return convention == v1::PERIOD_CONVENTION_CALENDAR; }

}  // namespace

Month Month::operator+(int months) const {
  const int index = year * kMonths + month - 1 + months;
  return {index / kMonths, index % kMonths + 1};
}

Days DaysOf(const Month& month, v1::PeriodConvention convention) {
  if (IsCalendar(convention)) return {DayOf(month, 1), DayOf(month + 1, 1) - 1};
  return {DayOf(month + -1, kNationalLastDay + 1), DayOf(month, kNationalLastDay)};
}

Days YearToDate(const Month& month, v1::PeriodConvention convention) {
  return {DaysOf({month.year, 1}, convention).from, DaysOf(month, convention).to};
}

Month MonthOf(Day day, v1::PeriodConvention convention) {
  const v1::Date date = gi::ToDate(day);
  const Month month{date.year(), date.month()};
  return !IsCalendar(convention) && date.day() > kNationalLastDay ? month + 1 : month;
}

v1::Date ToDate(const Month& month) {
  v1::Date date;
  date.set_year(month.year);
  date.set_month(month.month);
  return date;
}

}  // namespace gi::domain
