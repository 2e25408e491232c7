// How long a period of law runs, and why it ends when it ends (商标法实施条例 2014, art. 12):
//   - the day on which it begins does not count;
//   - a period in months or years ends on the corresponding day of the last month, or on the last day of that month if
//     it has none;
//   - if the last day is no working day, the period ends on the first working day after it;
//   - a term of registration ends on the day before the corresponding day (para. 2), whatever day that is.
// Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_CLOCK_PERIOD_H_
#define GI_SERVER_DOMAIN_CLOCK_PERIOD_H_

#include <optional>
#include <vector>

#include "gi/registry/v1/clock.pb.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "server/domain/clock/working_days.h"
#include "storage/base/date.h"

namespace gi::domain {

// Whether a computation says its steps in words, which costs ten times what the computation does.
enum class Explain { kYes, kNo };

struct PeriodEnd {
  // By counting alone.
  Day nominal;
  // The last day on which the act is in time.
  Day due;
  // First day on which the act can be done; nullopt: as soon as the period begins.
  std::optional<Day> opens;
  // It depends on a year whose calendar is not known: the day may turn out to be another one.
  bool provisional = false;
  // The first such year; 0: none.
  int unknown_year = 0;
  std::vector<registry::v1::ClockStep> steps;
};

// Requires an amount above 0 and a known unit. Working days are counted as the calendar knows them. `days_not_counted`
// (of a suspension) put the end off by as many days.
PeriodEnd EndOfPeriod(Day start, const registry::v1::PeriodLength& length, const WorkingDays& calendar,
                      Explain explain = Explain::kYes, int days_not_counted = 0);

// The last day of a term that begins on `start`: not moved to a working day.
PeriodEnd EndOfTerm(Day start, const registry::v1::PeriodLength& length, Explain explain = Explain::kYes);

// As the rule ends its periods (ClockRule.end).
PeriodEnd EndOfClock(const registry::v1::ClockRule& rule, Day start, const WorkingDays& calendar,
                     Explain explain = Explain::kYes, int days_not_counted = 0);

// The last day with the extension that the rule allows; nullopt if it allows none.
std::optional<Day> LatestEnd(const registry::v1::ClockRule& rule, Day start, const WorkingDays& calendar,
                             int days_not_counted = 0);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_CLOCK_PERIOD_H_
