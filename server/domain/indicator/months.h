// The months that figures are of, under the convention they are counted by. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_INDICATOR_MONTHS_H_
#define GI_SERVER_DOMAIN_INDICATOR_MONTHS_H_

#include "gi/registry/v1/indicator.pb.h"
#include "storage/base/date.h"

namespace gi::domain {

struct Month {
  int year = 0;
  int month = 0;
  friend auto operator<=>(const Month&, const Month&) = default;
  Month operator+(int months) const;
  // Months from `other` to this one.
  int operator-(const Month& other) const { return (year - other.year) * 12 + month - other.month; }
};

// Days, both ends included.
struct Days {
  Day from;
  Day to;
};

// National (国家口径): the 16th of the month before to the 15th. Calendar: the first to the last.
Days DaysOf(const Month& month, registry::v1::PeriodConvention convention);
// From the beginning of the year to the end of the month; nationally a year begins on 16 December of the year before.
Days YearToDate(const Month& month, registry::v1::PeriodConvention convention);
// The month that has the day.
Month MonthOf(Day day, registry::v1::PeriodConvention convention);

registry::v1::Date ToDate(const Month& month);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_INDICATOR_MONTHS_H_
