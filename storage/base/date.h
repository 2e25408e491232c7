// Calendar days. The proto message Date is what is stored and sent; Day is what is calculated with.
// Pure and thread-safe.
#ifndef GI_STORAGE_BASE_DATE_H_
#define GI_STORAGE_BASE_DATE_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gi/registry/v1/common.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace gi {

// A day as a number of days since 1970-01-01. Also holds the two ends of time, which compare as expected.
struct Day {
  int32_t value = 0;
  friend auto operator<=>(const Day&, const Day&) = default;
  Day operator+(int32_t days) const { return Day{value + days}; }
  Day operator-(int32_t days) const { return Day{value - days}; }
};
inline constexpr Day kFirstDay{INT32_MIN / 2};  // before every date
inline constexpr Day kLastDay{INT32_MAX / 2};   // after every date

// A full date that exists, year 1..9999; nullopt otherwise (also for partial dates).
std::optional<Day> ToDay(const registry::v1::Date& date);
// Requires a day within years 1..9999; the ends of time give an empty Date.
registry::v1::Date ToDate(Day day);

// A date that may be partial: year, year and month, or full, and what is given exists.
bool IsPartialDate(const registry::v1::Date& date);
// First and last day that a full or partial date can mean; nullopt if it is not a date.
std::optional<Day> FirstDayOf(const registry::v1::Date& date);
std::optional<Day> LastDayOf(const registry::v1::Date& date);

// "2023-05-01", "2023-05", "2023"; "" for an empty date. Writes dates that do not exist as they are.
std::string FormatDate(const registry::v1::Date& date);
std::string FormatDay(Day day);
// ISO 8601 full date "2023-05-01" only; otherwise DATE_INVALID.
absl::StatusOr<registry::v1::Date> ParseDate(absl::string_view text);

// The corresponding day `months` later, or the last day of that month if it has none (实施条例 2014 art. 12 para. 1).
// The ends of time stay, and nothing goes beyond them.
Day AddMonths(Day day, int months);
// The last day from which `months` later is `end` or before: the greatest day with AddMonths(day, months) <= end.
Day LastStartOf(Day end, int months);
// As AddMonths(12 * years).
Day AddYears(Day day, int years);

// The day it is in Asia/Shanghai (UTC+8, no daylight saving time since 1991). Infinite times are the ends of time, and
// the other way round below.
Day DayInShanghai(absl::Time time);
// The last microsecond of the day in Asia/Shanghai.
absl::Time EndOfDayInShanghai(Day day);

// An instant as messages write it, to the microsecond.
google::protobuf::Timestamp ToTimestamp(int64_t unix_micros);

}  // namespace gi

#endif  // GI_STORAGE_BASE_DATE_H_
