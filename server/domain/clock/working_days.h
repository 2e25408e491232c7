// Which days are working days in China. Pure; thread-safe once built.
#ifndef GI_SERVER_DOMAIN_CLOCK_WORKING_DAYS_H_
#define GI_SERVER_DOMAIN_CLOCK_WORKING_DAYS_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/clock.pb.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain {

// Adds what is wrong with a calendar: a year out of range, days out of order or far from the year.
void CheckCalendar(const registry::v1::WorkingCalendar& calendar, absl::string_view field, FieldViolations& violations);

class WorkingDays {
 public:
  // Whether a make-up working day (a Saturday or Sunday on which offices work) counts as a working day. That it does is
  // an inference from 实施条例 (2014) art. 12, not its words: hence a switch.
  explicit WorkingDays(bool make_up_days_count = true) : make_up_days_count_(make_up_days_count) {}

  // A later calendar of the same year replaces what an earlier one said of a day.
  void Add(const registry::v1::WorkingCalendar& calendar);

  // The notice of that day's year is known, or names the day in another year's.
  bool Knows(Day day) const;
  // Of a day that is not known: what its weekday says.
  bool IsWorking(Day day) const;
  // Why it is no ordinary working day: 春节, 周六; "" for an ordinary one.
  std::string NameOf(Day day, Language language) const;

 private:
  struct Named {
    bool off = false;
    std::string name;
  };

  bool make_up_days_count_;
  absl::flat_hash_set<int> years_;
  absl::flat_hash_map<int32_t, Named> days_;
};

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_CLOCK_WORKING_DAYS_H_
