#include "storage/base/date.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "storage/base/error.h"

namespace gi {
namespace {

using registry::v1::Date;

constexpr int kMaxYear = 9999;
constexpr int64_t kSecondsPerDay = 86400;
constexpr int64_t kShanghaiOffset = int64_t{8} * 3600;

constexpr absl::CivilDay kEpoch(1970, 1, 1);

constexpr Day DayOf(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days days{std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)};
  return Day{static_cast<int32_t>(days.time_since_epoch().count())};
}
// What a Date can hold.
constexpr Day kFirstDate = DayOf(1, 1, 1);
constexpr Day kLastDate = DayOf(kMaxYear, 12, 31);

Day FromCivil(absl::CivilDay civil) {
  const int64_t days = civil - kEpoch;
  return Day{static_cast<int32_t>(std::clamp<int64_t>(days, kFirstDay.value, kLastDay.value))};
}

absl::CivilDay ToCivil(Day day) { return kEpoch + day.value; }

bool YearInRange(const Date& date) { return date.year() >= 1 && date.year() <= kMaxYear; }
bool MonthInRange(const Date& date) { return date.month() >= 1 && date.month() <= 12; }

absl::CivilDay LastDayOfMonth(absl::CivilMonth month) { return absl::CivilDay(month + 1) - 1; }

Day AddCivilMonths(Day day, int64_t months) {
  if (day <= kFirstDay || day >= kLastDay) return day;
  const absl::CivilDay civil = ToCivil(day);
  const absl::CivilDay last = LastDayOfMonth(absl::CivilMonth(civil) + months);
  return FromCivil(absl::CivilDay(last.year(), last.month(), std::min(civil.day(), last.day())));
}

absl::Status NotADate(absl::string_view text) {
  return MakeError(registry::v1::ERROR_REASON_DATE_INVALID, {{"field", "date"}, {"value", Excerpt(text)}});
}

bool ParseDigits(absl::string_view text, int& value) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit) && absl::SimpleAtoi(text, &value);
}

}  // namespace

std::optional<Day> ToDay(const Date& date) {
  if (!YearInRange(date) || !MonthInRange(date) || date.day() < 1 || date.day() > 31) return std::nullopt;
  const std::chrono::year_month_day civil(std::chrono::year(date.year()),
                                          std::chrono::month(static_cast<unsigned>(date.month())),
                                          std::chrono::day(static_cast<unsigned>(date.day())));
  if (!civil.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(civil).time_since_epoch().count();
  return Day{static_cast<int32_t>(std::clamp<int64_t>(days, kFirstDay.value, kLastDay.value))};
}

Date ToDate(Day day) {
  Date date;
  if (day < kFirstDate || day > kLastDate) return date;
  const std::chrono::year_month_day civil{std::chrono::sys_days(std::chrono::days(day.value))};
  date.set_year(static_cast<int>(civil.year()));
  date.set_month(static_cast<int32_t>(static_cast<unsigned>(civil.month())));
  date.set_day(static_cast<int32_t>(static_cast<unsigned>(civil.day())));
  return date;
}

bool IsPartialDate(const Date& date) { return FirstDayOf(date).has_value(); }

std::optional<Day> FirstDayOf(const Date& date) {
  if (date.day() != 0) return ToDay(date);
  if (!YearInRange(date)) return std::nullopt;
  if (date.month() == 0) return FromCivil(absl::CivilDay(date.year(), 1, 1));
  if (!MonthInRange(date)) return std::nullopt;
  return FromCivil(absl::CivilDay(date.year(), date.month(), 1));
}

std::optional<Day> LastDayOf(const Date& date) {
  if (date.day() != 0) return ToDay(date);
  if (!YearInRange(date)) return std::nullopt;
  if (date.month() == 0) return FromCivil(absl::CivilDay(date.year(), 12, 31));
  if (!MonthInRange(date)) return std::nullopt;
  return FromCivil(LastDayOfMonth(absl::CivilMonth(date.year(), date.month())));
}

std::string FormatDate(const Date& date) {
  if (date.year() == 0 && date.month() == 0 && date.day() == 0) return "";
  if (date.day() != 0) return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
  if (date.month() != 0) return absl::StrFormat("%04d-%02d", date.year(), date.month());
  return absl::StrFormat("%04d", date.year());
}

std::string FormatDay(Day day) { return FormatDate(ToDate(day)); }

absl::StatusOr<Date> ParseDate(absl::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !ParseDigits(text.substr(0, 4), year) ||
      !ParseDigits(text.substr(5, 2), month) || !ParseDigits(text.substr(8, 2), day)) {
    return NotADate(text);
  }
  Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  if (!ToDay(date).has_value()) return NotADate(text);
  return date;
}

Day AddMonths(Day day, int months) { return AddCivilMonths(day, months); }

Day LastStartOf(Day end, int months) {
  // Months of unequal length: of a few days near the corresponding one, the last that fits.
  Day start = AddMonths(end, -months);
  if (start <= kFirstDay || start >= kLastDay) return start;
  start = start + 4;
  while (AddMonths(start, months) > end) start = start - 1;
  return start;
}

Day AddYears(Day day, int years) { return AddCivilMonths(day, int64_t{12} * years); }

Day DayInShanghai(absl::Time time) {
  const absl::Time earliest = absl::FromUnixSeconds(kFirstDay.value * kSecondsPerDay);
  const absl::Time latest = absl::FromUnixSeconds(kLastDay.value * kSecondsPerDay);
  if (time < earliest) return kFirstDay;
  if (time >= latest) return kLastDay;
  const absl::TimeZone shanghai = absl::FixedTimeZone(kShanghaiOffset);
  return FromCivil(absl::ToCivilDay(time, shanghai));
}

absl::Time EndOfDayInShanghai(Day day) {
  if (day <= kFirstDay) return absl::InfinitePast();
  if (day >= kLastDay) return absl::InfiniteFuture();
  return absl::FromUnixSeconds((day.value + int64_t{1}) * kSecondsPerDay - kShanghaiOffset) - absl::Microseconds(1);
}

google::protobuf::Timestamp ToTimestamp(int64_t unix_micros) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(unix_micros / 1'000'000);
  timestamp.set_nanos(static_cast<int32_t>(unix_micros % 1'000'000 * 1000));
  return timestamp;
}

}  // namespace gi
