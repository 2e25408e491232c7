#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/domain/clock/law_library.h"
#include "server/domain/resource_name.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr int kMostAmount = 1000;

void Malformed(const std::string& field, std::string value, const char* expected, const char* expected_zh,
               FieldViolations& violations) {
  violations.Add(field, v1::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", Excerpt(value)}, {"expected", expected}, {"expected_zh", expected_zh}});
}

void Contradicts(const std::string& field, std::string value, const std::string& other, const char* expected,
                 const char* expected_zh, FieldViolations& violations) {
  violations.Add(field, v1::ERROR_REASON_FIELD_CONTRADICTS,
                 {{"value", Excerpt(value)}, {"other", other}, {"expected", expected}, {"expected_zh", expected_zh}});
}

void CheckLength(const v1::PeriodLength& length, const std::string& field, FieldViolations& violations) {
  if (length.amount() >= 1 && length.amount() <= kMostAmount) return;
  Malformed(field + ".amount", absl::StrCat(length.amount()), "1 to 1,000", "1 至 1000", violations);
}

class BookCheck {
 public:
  BookCheck(const v1::LawBook& book, const LawLibrary& others, absl::string_view field, FieldViolations& violations)
      : book_(book), others_(others), field_(field), violations_(violations) {}

  void Run() {
    for (int i = 0; i < book_.laws_size(); ++i) CheckLaw(book_.laws(i), absl::StrCat(field_, ".laws[", i, "]"));
    for (int i = 0; i < book_.clock_rules_size(); ++i) {
      CheckRule(book_.clock_rules(i), absl::StrCat(field_, ".clock_rules[", i, "]"));
    }
    CheckForce();
    CheckCalendars();
  }

 private:
  void CheckLaw(const v1::Law& law, const std::string& field) {
    if (!IsResourceId(law.id())) {
      Malformed(field + ".id", law.id(), "[a-z0-9][a-z0-9.-]{0,62}", "[a-z0-9][a-z0-9.-]{0,62}", violations_);
    }
    if (!laws_.insert(law.id()).second || others_.FindLaw(law.id()) != nullptr) {
      Contradicts(field + ".id", law.id(), "another law with this id", "an id that no law of any book has",
                  "未被任何法律使用的编号", violations_);
    }
    if (!law.kinds().empty() && law.procedure() == v1::PROCEDURE_UNSPECIFIED) {
      violations_.Add(field + ".procedure", v1::ERROR_REASON_FIELD_REQUIRED);
    }
    const bool for_marks = law.procedure() == v1::PROCEDURE_TRADEMARK;
    for (int i = 0; i < law.kinds_size(); ++i) {
      const bool is_mark = law.kinds(i) == v1::APPLICATION_KIND_CERTIFICATION_MARK ||
                           law.kinds(i) == v1::APPLICATION_KIND_COLLECTIVE_MARK;
      if (law.procedure() == v1::PROCEDURE_UNSPECIFIED || is_mark == for_marks) continue;
      Contradicts(absl::StrCat(field, ".kinds[", i, "]"), v1::ApplicationKind_Name(law.kinds(i)), "procedure",
                  "a kind that takes this procedure", "适用该程序的申请种类", violations_);
    }
  }

  void CheckRule(const v1::ClockRule& rule, const std::string& field) {
    CheckLength(rule.length(), field + ".length", violations_);
    if (rule.has_extension()) CheckLength(rule.extension(), field + ".extension", violations_);
    for (int i = 0; i < rule.laws_size(); ++i) {
      const std::string& law = rule.laws(i);
      const bool own =
          std::any_of(book_.laws().begin(), book_.laws().end(), [&](const v1::Law& one) { return one.id() == law; });
      if (own || others_.FindLaw(law) != nullptr) continue;
      Malformed(absl::StrCat(field, ".laws[", i, "]"), law, "the id of a law in any book", "任一规则库中法律的编号",
                violations_);
    }
    const bool begins = !rule.start_events().empty() || !rule.title_events().empty();
    if (begins && rule.party() == v1::PARTY_UNSPECIFIED) {
      violations_.Add(field + ".party", v1::ERROR_REASON_FIELD_REQUIRED);
    }
    if (rule.start() == v1::CLOCK_START_END_OF_PERIOD && rule.after_rule().empty()) {
      violations_.Add(field + ".after_rule", v1::ERROR_REASON_FIELD_REQUIRED);
    }
    if (!rule.after_rule().empty() && !Exists(rule.after_rule())) {
      Malformed(field + ".after_rule", rule.after_rule(), "the id of a rule in any book", "任一规则库中规则的编号",
                violations_);
    }
    if ((rule.end() == v1::CLOCK_END_WINDOW_BEFORE) && rule.start() != v1::CLOCK_START_TERM_END) {
      Contradicts(field + ".end", v1::ClockEnd_Name(rule.end()), "start", "a window only before the end of a term",
                  "窗口期仅用于有效期届满之前", violations_);
    }
    const bool for_titles = rule.start() == v1::CLOCK_START_EVENT || rule.start() == v1::CLOCK_START_TERM_END;
    if (!rule.title_events().empty() && !for_titles) {
      Contradicts(field + ".title_events", "set", "start", "a start on the event or on the end of the term",
                  "以事件日或有效期届满日为起算", violations_);
    }
    const bool of_title = rule.start() == v1::CLOCK_START_TERM_END;
    if (of_title && !rule.start_events().empty()) {
      Contradicts(field + ".start_events", "set", "start", "title_events, since only titles have a term",
                  "title_events，因为只有地理标志有有效期", violations_);
    }
  }

  bool Exists(const std::string& rule_id) const {
    const auto has = [&](const v1::LawBook& book) {
      return std::any_of(book.clock_rules().begin(), book.clock_rules().end(),
                         [&](const v1::ClockRule& rule) { return rule.rule_id() == rule_id; });
    };
    return has(book_) || std::any_of(others_.books().begin(), others_.books().end(), has);
  }

  // Two rows of one rule for one law must not be in force on the same day; rows of other books count too.
  void CheckForce() {
    for (int i = 0; i < book_.clock_rules_size(); ++i) {
      const v1::ClockRule& rule = book_.clock_rules(i);
      for (const std::string& law : rule.laws()) {
        const RuleRows* rows = others_.FindRule(rule.rule_id(), law);
        bool clash = rows != nullptr &&
                     std::any_of(rows->begin(), rows->end(), [&](const auto* other) { return Overlap(rule, *other); });
        for (int j = 0; j < i && !clash; ++j) {
          const v1::ClockRule& other = book_.clock_rules(j);
          clash = other.rule_id() == rule.rule_id() &&
                  std::find(other.laws().begin(), other.laws().end(), law) != other.laws().end() &&
                  Overlap(rule, other);
        }
        if (!clash) continue;
        Contradicts(absl::StrCat(field_, ".clock_rules[", i, "].in_force"), rule.rule_id(),
                    absl::StrCat("another row of this rule for ", law), "a time of force in which no other row is",
                    "与其他行不重叠的施行期间", violations_);
      }
    }
  }

  static bool Overlap(const v1::ClockRule& a, const v1::ClockRule& b) {
    const Day from =
        std::max(ToDay(a.in_force().from()).value_or(kFirstDay), ToDay(b.in_force().from()).value_or(kFirstDay));
    const Day to = std::min(ToDay(a.in_force().to()).value_or(kLastDay), ToDay(b.in_force().to()).value_or(kLastDay));
    return from <= to;
  }

  void CheckCalendars() {
    std::set<int> years;
    for (const v1::LawBook& other : others_.books()) {
      for (const v1::WorkingCalendar& calendar : other.calendars()) years.insert(calendar.year());
    }
    for (int i = 0; i < book_.calendars_size(); ++i) {
      const v1::WorkingCalendar& calendar = book_.calendars(i);
      const std::string field = absl::StrCat(field_, ".calendars[", i, "]");
      CheckCalendar(calendar, field, violations_);
      if (years.insert(calendar.year()).second) continue;
      Contradicts(field + ".year", absl::StrCat(calendar.year()), "another calendar of this year",
                  "a year that no book has yet", "尚无日历的年份", violations_);
    }
  }

  const v1::LawBook& book_;
  const LawLibrary& others_;
  const std::string field_;
  FieldViolations& violations_;
  std::set<std::string> laws_;
};

}  // namespace

void CheckLawsStay(const v1::LawBook& before, const v1::LawBook& after, absl::string_view field,
                   FieldViolations& violations) {
  for (const v1::Law& law : before.laws()) {
    const bool stays = std::any_of(after.laws().begin(), after.laws().end(),
                                   [&](const v1::Law& other) { return other.id() == law.id(); });
    if (stays) continue;
    Contradicts(absl::StrCat(field, ".laws"), absl::StrCat("without ", law.id()), "the applications under it",
                "all laws that the book had", "原有的全部法律", violations);
  }
}

void CheckLawBook(const v1::LawBook& book, const LawLibrary& others, absl::string_view field,
                  FieldViolations& violations) {
  BookCheck(book, others, field, violations).Run();
}

}  // namespace gi::domain
