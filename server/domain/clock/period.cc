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

using Words = std::pair<std::string, std::string>;

// Collects the steps, if anybody wants them: `words` gives their texts, Chinese and English.
class Steps {
 public:
  Steps(Explain explain, PeriodEnd& end) : explain_(explain), end_(end) {}
  template <class Say>
  void Add(Day day, Say say) {
    if (explain_ == Explain::kNo) return;
    v1::ClockStep& step = end_.steps.emplace_back();
    *step.mutable_date() = ToDate(day);
    Words words = say();
    step.set_message_zh(std::move(words.first));
    step.set_message_en(std::move(words.second));
  }

 private:
  Explain explain_;
  PeriodEnd& end_;
};

void AddStart(Day start, Steps& steps) {
  steps.Add(start, [&] {
    return Words(absl::StrCat("起算日 ", FormatDay(start), " 不计入期限"),
                 absl::StrCat("the day it begins, ", FormatDay(start), ", does not count"));
  });
}

bool IsCalendarUnit(v1::PeriodUnit unit) { return unit == v1::PERIOD_UNIT_MONTHS || unit == v1::PERIOD_UNIT_YEARS; }

// `sign` -1 goes back.
Day Corresponding(Day start, const v1::PeriodLength& length, int sign = 1) {
  const int amount = sign * length.amount();
  return length.unit() == v1::PERIOD_UNIT_YEARS ? AddYears(start, amount) : AddMonths(start, amount);
}

// Notes that the end depends on a day of which it is not known whether it is a working day.
void CheckKnown(Day day, const WorkingDays& calendar, PeriodEnd& end) {
  if (calendar.Knows(day)) return;
  end.provisional = true;
  if (end.unknown_year == 0) end.unknown_year = ToDate(day).year();
}

// The day on which so many working days are full.
Day CountWorkingDays(Day start, int amount, const WorkingDays& calendar, PeriodEnd& end) {
  Day day = start;
  while (amount > 0) {
    day = day + 1;
    CheckKnown(day, calendar, end);
    if (calendar.IsWorking(day)) --amount;
  }
  return day;
}

Day CountNominal(Day start, const v1::PeriodLength& length, const WorkingDays& calendar, Steps& steps, PeriodEnd& end) {
  const auto amount = [&] {
    const UnitWords unit = WordsOf(length.unit());
    return Words(absl::StrCat(length.amount(), " ", unit.chinese), absl::StrCat(length.amount(), " ", unit.english));
  };
  if (IsCalendarUnit(length.unit())) {
    const Day day = Corresponding(start, length);
    steps.Add(day, [&] {
      const bool has_day = ToDate(day).day() == ToDate(start).day();
      const auto [chinese, english] = amount();
      return Words(
          absl::StrCat(chinese, "后的", has_day ? "相应日" : "当月无相应日，以该月最后一日", "为 ", FormatDay(day)),
          absl::StrCat(english, " later, ",
                       has_day ? "the corresponding day is " : "which month has no such day, its last day is ",
                       FormatDay(day)));
    });
    return day;
  }
  const Day day = length.unit() == v1::PERIOD_UNIT_WORKING_DAYS
                      ? CountWorkingDays(start, length.amount(), calendar, end)
                      : start + length.amount();
  steps.Add(day, [&] {
    const auto [chinese, english] = amount();
    return Words(absl::StrCat("自次日起第 ", chinese, "为 ", FormatDay(day)),
                 absl::StrCat("counted from the day after, ", english, " are full on ", FormatDay(day)));
  });
  return day;
}

void AddSuspension(int days, Steps& steps, PeriodEnd& end) {
  if (days == 0) return;
  end.nominal = end.nominal + days;
  steps.Add(end.nominal, [&] {
    return Words(absl::StrCat("中止的 ", days, " 日不计入，顺延为 ", FormatDay(end.nominal)),
                 absl::StrCat("the ", days, " days of suspension do not count: ", FormatDay(end.nominal)));
  });
}

void AddProvisional(const PeriodEnd& end, Steps& steps) {
  if (!end.provisional) return;
  steps.Add(end.due, [&] {
    const int year = end.unknown_year;
    return Words(absl::StrCat("尚无 ", year, " 年的放假安排，日期为暂定"),
                 absl::StrCat("the calendar of ", year, " is not known: the date is provisional"));
  });
}

// Moves the end to a working day.
void Roll(const WorkingDays& calendar, Steps& steps, PeriodEnd& end) {
  end.due = end.nominal;
  for (int i = 0; i < kMostDaysOff; ++i) {
    CheckKnown(end.due, calendar, end);
    if (calendar.IsWorking(end.due)) break;
    end.due = end.due + 1;
  }
  if (end.due != end.nominal) {
    steps.Add(end.due, [&] {
      return Words(absl::StrCat(FormatDay(end.nominal), " 为", calendar.NameOf(end.nominal, Language::kChinese),
                                "，顺延至其后的第一个工作日 ", FormatDay(end.due)),
                   absl::StrCat(FormatDay(end.nominal), " is ", calendar.NameOf(end.nominal, Language::kEnglish),
                                ": the first working day after it is ", FormatDay(end.due)));
    });
  } else if (const std::string name = calendar.NameOf(end.due, Language::kEnglish); !name.empty()) {
    steps.Add(end.due, [&] {
      return Words(
          absl::StrCat(FormatDay(end.due), " 为", calendar.NameOf(end.due, Language::kChinese), "，按工作日计算"),
          absl::StrCat(FormatDay(end.due), " is ", name, ", which counts as a working day"));
    });
  }
  AddProvisional(end, steps);
}

PeriodEnd Window(Day end_of_term, const v1::PeriodLength& length, const WorkingDays& calendar, Explain explain) {
  PeriodEnd end;
  Steps steps(explain, end);
  // Counted as a period that ends with the term: its start does not count.
  end.opens =
      (IsCalendarUnit(length.unit()) ? Corresponding(end_of_term, length, -1) : end_of_term - length.amount()) + 1;
  end.nominal = end_of_term;
  steps.Add(*end.opens, [&] {
    const UnitWords unit = WordsOf(length.unit());
    return Words(absl::StrCat("届满日 ", FormatDay(end_of_term), " 前 ", length.amount(), " ", unit.chinese, "内，自 ",
                              FormatDay(*end.opens), " 起"),
                 absl::StrCat("within ", length.amount(), " ", unit.english, " before ", FormatDay(end_of_term),
                              ", from ", FormatDay(*end.opens)));
  });
  Roll(calendar, steps, end);
  return end;
}

}  // namespace

PeriodEnd EndOfPeriod(Day start, const v1::PeriodLength& length, const WorkingDays& calendar, Explain explain,
                      int days_not_counted) {
  PeriodEnd end;
  Steps steps(explain, end);
  AddStart(start, steps);
  end.nominal = CountNominal(start, length, calendar, steps, end);
  AddSuspension(days_not_counted, steps, end);
  Roll(calendar, steps, end);
  return end;
}

PeriodEnd EndOfTerm(Day start, const v1::PeriodLength& length, Explain explain) {
  PeriodEnd end;
  Steps steps(explain, end);
  const Day corresponding = IsCalendarUnit(length.unit()) ? Corresponding(start, length) : start + length.amount();
  // A month without the corresponding day: the term ends with that month (as title_rules.h has it).
  const bool has_day = !IsCalendarUnit(length.unit()) || ToDate(corresponding).day() == ToDate(start).day();
  end.nominal = end.due = has_day ? corresponding - 1 : corresponding;
  steps.Add(end.due, [&] {
    return Words(
        absl::StrCat("自 ", FormatDay(start), " 起 ", length.amount(), " ", WordsOf(length.unit()).chinese,
                     has_day ? absl::StrCat("，至相应日 ", FormatDay(corresponding), " 的前一日 ", FormatDay(end.due))
                             : absl::StrCat("，当月无相应日，至该月最后一日 ", FormatDay(end.due)),
                     " 止"),
        absl::StrCat(
            length.amount(), " ", WordsOf(length.unit()).english, " from ", FormatDay(start), ": until ",
            FormatDay(end.due),
            has_day ? ", the day before the corresponding day" : ", the last day of a month without such a day"));
  });
  return end;
}

PeriodEnd EndOfClock(const v1::ClockRule& rule, Day start, const WorkingDays& calendar, Explain explain,
                     int days_not_counted) {
  switch (rule.end()) {
    case v1::CLOCK_END_TERM:
      return EndOfTerm(start, rule.length(), explain);
    case v1::CLOCK_END_WINDOW_BEFORE:
      return Window(start, rule.length(), calendar, explain);
    case v1::CLOCK_END_AS_COUNTED: {
      PeriodEnd end;
      Steps steps(explain, end);
      AddStart(start, steps);
      end.nominal = CountNominal(start, rule.length(), calendar, steps, end);
      AddSuspension(days_not_counted, steps, end);
      end.due = end.nominal;
      AddProvisional(end, steps);
      return end;
    }
    default:
      break;
  }
  PeriodEnd end = EndOfPeriod(start, rule.length(), calendar, explain, days_not_counted);
  // What follows the end of a term cannot be done before it.
  if (rule.start() == v1::CLOCK_START_TERM_END) end.opens = start + 1;
  return end;
}

std::optional<Day> LatestEnd(const v1::ClockRule& rule, Day start, const WorkingDays& calendar, int days_not_counted) {
  if (!rule.has_extension()) return std::nullopt;
  v1::PeriodLength length = rule.length();
  if (length.unit() == rule.extension().unit()) {
    length.set_amount(length.amount() + rule.extension().amount());
    return EndOfPeriod(start, length, calendar, Explain::kNo, days_not_counted).due;
  }
  const PeriodEnd first = EndOfPeriod(start, length, calendar, Explain::kNo, days_not_counted);
  return EndOfPeriod(first.nominal, rule.extension(), calendar, Explain::kNo).due;
}

}  // namespace gi::domain
