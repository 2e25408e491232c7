#include "server/domain/clock/period.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

// No calendar has so many days off in a row.
constexpr int kMostDaysOff = 60;

struct UnitWords {
  const char* chinese;
  const char* english;
};

UnitWords WordsOf(v1::PeriodUnit unit) {
  switch (unit) {
    case v1::PERIOD_UNIT_WORKING_DAYS:
      return {"个工作日", "working days"};
    case v1::PERIOD_UNIT_MONTHS:
      return {"个月", "months"};
    case v1::PERIOD_UNIT_YEARS:
      return {"年", "years"};
    default:
      return {"日", "days"};
  }
}

void AddStep(Day day, std::string chinese, std::string english, PeriodEnd& end) {
  v1::ClockStep& step = end.steps.emplace_back();
  *step.mutable_date() = ToDate(day);
  step.set_message_zh(std::move(chinese));
  step.set_message_en(std::move(english));
}

void AddStart(Day start, PeriodEnd& end) {
  AddStep(start, absl::StrCat("起算日 ", FormatDay(start), " 不计入期限"),
          absl::StrCat("the day it begins, ", FormatDay(start), ", does not count"), end);
}

bool IsCalendarUnit(v1::PeriodUnit unit) { return unit == v1::PERIOD_UNIT_MONTHS || unit == v1::PERIOD_UNIT_YEARS; }

Day Corresponding(Day start, const v1::PeriodLength& length) {
  return length.unit() == v1::PERIOD_UNIT_YEARS ? AddYears(start, length.amount()) : AddMonths(start, length.amount());
}

// The day on which so many working days are full.
Day CountWorkingDays(Day start, int amount, const WorkingDays& calendar, bool& provisional) {
  Day day = start;
  while (amount > 0) {
    day = day + 1;
    if (!calendar.Knows(day)) provisional = true;
    if (calendar.IsWorking(day)) --amount;
  }
  return day;
}

Day CountNominal(Day start, const v1::PeriodLength& length, const WorkingDays& calendar, PeriodEnd& end) {
  const UnitWords unit = WordsOf(length.unit());
  const std::string chinese = absl::StrCat(length.amount(), " ", unit.chinese);
  const std::string english = absl::StrCat(length.amount(), " ", unit.english);
  if (IsCalendarUnit(length.unit())) {
    const Day day = Corresponding(start, length);
    const bool has_day = ToDate(day).day() == ToDate(start).day();
    AddStep(day,
            absl::StrCat(chinese, "后的", has_day ? "相应日" : "当月无相应日，以该月最后一日", "为 ", FormatDay(day)),
            absl::StrCat(english, " later, ",
                         has_day ? "the corresponding day is " : "which month has no such day, its last day is ",
                         FormatDay(day)),
            end);
    return day;
  }
  const Day day = length.unit() == v1::PERIOD_UNIT_WORKING_DAYS
                      ? CountWorkingDays(start, length.amount(), calendar, end.provisional)
                      : start + length.amount();
  AddStep(day, absl::StrCat("自次日起第 ", chinese, "为 ", FormatDay(day)),
          absl::StrCat("counted from the day after, ", english, " are full on ", FormatDay(day)), end);
  return day;
}

// Moves the end to a working day.
void Roll(const WorkingDays& calendar, PeriodEnd& end) {
  end.due = end.nominal;
  for (int i = 0; i < kMostDaysOff; ++i) {
    if (!calendar.Knows(end.due)) end.provisional = true;
    if (calendar.IsWorking(end.due)) break;
    end.due = end.due + 1;
  }
  if (end.due != end.nominal) {
    AddStep(end.due,
            absl::StrCat(FormatDay(end.nominal), " 为", calendar.NameOf(end.nominal, Language::kChinese),
                         "，顺延至其后的第一个工作日 ", FormatDay(end.due)),
            absl::StrCat(FormatDay(end.nominal), " is ", calendar.NameOf(end.nominal, Language::kEnglish),
                         ": the first working day after it is ", FormatDay(end.due)),
            end);
  } else if (const std::string name = calendar.NameOf(end.due, Language::kEnglish); !name.empty()) {
    AddStep(end.due,
            absl::StrCat(FormatDay(end.due), " 为", calendar.NameOf(end.due, Language::kChinese), "，按工作日计算"),
            absl::StrCat(FormatDay(end.due), " is ", name, ", which counts as a working day"), end);
  }
  if (!end.provisional) return;
  AddStep(end.due, absl::StrCat("尚无 ", ToDate(end.due).year(), " 年的放假安排，日期为暂定"),
          absl::StrCat("the calendar of ", ToDate(end.due).year(), " is not known: the date is provisional"), end);
}

}  // namespace

PeriodEnd EndOfPeriod(Day start, const v1::PeriodLength& length, const WorkingDays& calendar) {
  PeriodEnd end;
  AddStart(start, end);
  end.nominal = CountNominal(start, length, calendar, end);
  Roll(calendar, end);
  return end;
}

PeriodEnd EndOfTerm(Day start, const v1::PeriodLength& length) {
  PeriodEnd end;
  const Day corresponding = IsCalendarUnit(length.unit()) ? Corresponding(start, length) : start + length.amount();
  end.nominal = end.due = corresponding - 1;
  AddStep(end.due,
          absl::StrCat("自 ", FormatDay(start), " 起 ", length.amount(), " ", WordsOf(length.unit()).chinese,
                       "，至相应日 ", FormatDay(corresponding), " 的前一日 ", FormatDay(end.due), " 止"),
          absl::StrCat(length.amount(), " ", WordsOf(length.unit()).english, " from ", FormatDay(start), ": until ",
                       FormatDay(end.due), ", the day before the corresponding day"),
          end);
  return end;
}

}  // namespace gi::domain
