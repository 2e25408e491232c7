#include "server/domain/clock/working_days.h"

#include <optional>

#include "absl/strings/str_cat.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr int kFirstYear = 1949;
constexpr int kLastYear = 2200;
constexpr int kDaysOfWeek = 7;
constexpr int kSunday = 0;
constexpr int kSaturday = 6;
// 1970-01-01 was a Thursday.
constexpr int kWeekdayOfFirst = 4;

int WeekdayOf(Day day) {
  const int shifted = (day.value + kWeekdayOfFirst) % kDaysOfWeek;
  return shifted < 0 ? shifted + kDaysOfWeek : shifted;
}

bool IsWeekend(Day day) { return WeekdayOf(day) == kSunday || WeekdayOf(day) == kSaturday; }

}  // namespace

void CheckCalendar(const v1::WorkingCalendar& calendar, absl::string_view field, FieldViolations& violations) {
  if (calendar.year() < kFirstYear || calendar.year() > kLastYear) {
    violations.Add(absl::StrCat(field, ".year"), v1::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", absl::StrCat(calendar.year())},
                    {"expected", absl::StrCat(kFirstYear, " to ", kLastYear)},
                    {"expected_zh", absl::StrCat(kFirstYear, " 至 ", kLastYear)}});
    return;
  }
  std::optional<Day> last;
  for (int i = 0; i < calendar.days_size(); ++i) {
    const v1::Date& date = calendar.days(i).date();
    const std::optional<Day> day = ToDay(date);
    if (!day) continue;  // a finding of the field rules
    const bool near = date.year() >= calendar.year() - 1 && date.year() <= calendar.year() + 1;
    if (near && (!last || *last < *day)) {
      last = day;
      continue;
    }
    violations.Add(absl::StrCat(field, ".days[", i, "].date"), v1::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", FormatDate(date)},
                    {"expected", absl::StrCat("a day of ", calendar.year(), " after the one before it")},
                    {"expected_zh", absl::StrCat(calendar.year(), " 年内晚于前一项的日期")}});
  }
}

void WorkingDays::Add(const v1::WorkingCalendar& calendar) {
  years_.insert(calendar.year());
  for (const v1::CalendarDay& named : calendar.days()) {
    if (const std::optional<Day> day = ToDay(named.date())) days_[day->value] = {named.off(), named.name()};
  }
}

bool WorkingDays::Knows(Day day) const { return days_.contains(day.value) || years_.contains(ToDate(day).year()); }

bool WorkingDays::IsWorking(Day day) const {
  const auto named = days_.find(day.value);
  if (named == days_.end()) return !IsWeekend(day);
  if (named->second.off) return false;
  return make_up_days_count_ || !IsWeekend(day);
}

std::string WorkingDays::NameOf(Day day, Language language) const {
  const bool chinese = language == Language::kChinese;
  const auto named = days_.find(day.value);
  if (named != days_.end() && named->second.off) {
    const std::string& name = named->second.name;
    if (chinese) return name.empty() ? "节假日" : name;
    return name.empty() ? "a holiday" : absl::StrCat("a holiday (", name, ")");
  }
  if (!IsWeekend(day)) return "";
  const bool works = named != days_.end();
  const bool saturday = WeekdayOf(day) == kSaturday;
  const char* weekday = chinese ? (saturday ? "周六" : "周日") : (saturday ? "Saturday" : "Sunday");
  return works ? absl::StrCat(weekday, chinese ? "（调休上班）" : " (make-up working day)") : weekday;
}

}  // namespace gi::domain
