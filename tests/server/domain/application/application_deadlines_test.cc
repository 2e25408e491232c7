// Deadlines of applications on the shipped law books: what begins, closes, stops and postpones them.
#include "server/domain/application/application_deadlines.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/domain/application/application_testing.h"
#include "tests/server/domain/clock/shipped_laws.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using testing::HasSubstr;

const LawLibrary& Laws() {
  static const LawLibrary* const laws = new LawLibrary(ShippedLaws());
  return *laws;
}

std::vector<ApplicationEvent> UntilExam() {
  return {Happened(APPLICATION_EVENT_KIND_FILED, "2025-01-06"), Happened(APPLICATION_EVENT_KIND_ACCEPTED, "2025-02-10"),
          Happened(APPLICATION_EVENT_KIND_EXAMINATION_BEGUN, "2025-03-03")};
}

// The deadlines of an application by rule, as text: items, due date, state on a day.
std::vector<std::string> Texts(const Application& application, absl::string_view rule, absl::string_view day,
                               const LawLibrary& laws = Laws()) {
  const ApplicationCourse course(application, laws);
  std::vector<std::string> texts;
  for (const Deadline& deadline : DeadlinesOf(course, laws)) {
    if (deadline.rule->rule_id() != rule) continue;
    std::string text;
    for (const int item : deadline.items) absl::StrAppend(&text, "g", item + 1, " ");
    absl::StrAppend(&text, FormatDay(deadline.end.due), " ", ShortName(StateOn(deadline.run, DayNamed(day))));
    texts.push_back(text);
  }
  return texts;
}

Application Mark(std::vector<ApplicationEvent> more, int goods = 2, const std::string& law = "trademark-2019") {
  std::vector<ApplicationEvent> events = UntilExam();
  events.insert(events.end(), more.begin(), more.end());
  return MakeApplication(APPLICATION_KIND_CERTIFICATION_MARK, law, goods, std::move(events));
}

using Strings = std::vector<std::string>;

TEST(ApplicationDeadlinesTest, ItemsThatGoTheirOwnWaysHaveDeadlinesOfTheirOwn) {
  const Application application = Mark({Notice(APPLICATION_EVENT_KIND_REFUSED, "2025-06-02"),
                                        Happened(APPLICATION_EVENT_KIND_REVIEW_REQUESTED, "2025-06-10", {"g1"})});
  EXPECT_EQ(Texts(application, "TM-REFUSAL-REVIEW", "2025-06-09"),
            (Strings{"g2 2025-06-18 OPEN", "g1 2025-06-18 OPEN"}));
  EXPECT_EQ(Texts(application, "TM-REFUSAL-REVIEW", "2025-06-19"),
            (Strings{"g2 2025-06-18 MISSED", "g1 2025-06-18 MET"}));
}

TEST(ApplicationDeadlinesTest, DivisionIsForTheRestOfAPartlyRefusedApplication) {
  const Application partly = Mark({Notice(APPLICATION_EVENT_KIND_REFUSED, "2025-06-02", {"g2"})});
  EXPECT_EQ(Texts(partly, "TM-SPLIT", "2025-06-10"), (Strings{"g1 2025-06-18 OPEN"}));
  const Application wholly = Mark({Notice(APPLICATION_EVENT_KIND_REFUSED, "2025-06-02")});
  EXPECT_EQ(Texts(wholly, "TM-SPLIT", "2025-06-10"), Strings{});
}

TEST(ApplicationDeadlinesTest, DoneLateIsMissed) {
  const Application application = Mark({Notice(APPLICATION_EVENT_KIND_OPINION_ISSUED, "2025-06-02"),
                                        Happened(APPLICATION_EVENT_KIND_OPINION_ANSWERED, "2025-06-30")},
                                       1);
  EXPECT_EQ(Texts(application, "TM-SUBST-CLARIFY", "2025-06-18"), (Strings{"g1 2025-06-18 OPEN"}));
  EXPECT_EQ(Texts(application, "TM-SUBST-CLARIFY", "2025-06-30"), (Strings{"g1 2025-06-18 MISSED"}));
}

TEST(ApplicationDeadlinesTest, TheOppositionIsDecidedFromTheEndOfTheOppositionPeriod) {
  const Application application = Mark({Happened(APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED, "2025-05-01"),
                                        Happened(APPLICATION_EVENT_KIND_OPPOSED, "2025-07-01")},
                                       1);
  EXPECT_EQ(Texts(application, "TM-OPP", "2025-07-01"), (Strings{"g1 2025-08-01 MET"}));
  EXPECT_EQ(Texts(application, "TM-OPP-DECIDE", "2025-07-01"), (Strings{"g1 2026-08-03 OPEN"}))
      << "2026-08-01: Saturday";
  const ApplicationCourse course(application, Laws());
  for (const Deadline& deadline : DeadlinesOf(course, Laws())) {
    if (deadline.rule->rule_id() != "TM-OPP-DECIDE") continue;
    EXPECT_EQ(FormatDay(*deadline.latest), "2027-02-01");
  }
}

TEST(ApplicationDeadlinesTest, TheLawOfTheDayCounts) {
  const auto published = [](const std::string& law) {
    return Mark({Happened(APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED, "2026-09-01")}, 1, law);
  };
  EXPECT_EQ(Texts(published("trademark-2019"), "TM-OPP", "2026-10-01"), (Strings{"g1 2026-12-01 OPEN"}));
  EXPECT_EQ(Texts(published("trademark-2026"), "TM-OPP", "2026-10-01"), (Strings{"g1 2026-11-02 OPEN"}));
  // Under the law of 2019 also beyond its time of force, if the officer says so.
  const Application late = Mark({Happened(APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED, "2027-02-01")}, 1);
  EXPECT_EQ(Texts(late, "TM-OPP", "2027-03-01"), (Strings{"g1 2027-05-03 OPEN"})) << "2027-05-01: Saturday";
}

TEST(ApplicationDeadlinesTest, SuspensionPutsTheOfficesPeriodsOff) {
  const Application application = Mark({Happened(APPLICATION_EVENT_KIND_SUSPENDED, "2025-04-01"),
                                        Happened(APPLICATION_EVENT_KIND_RESUMED, "2025-05-01")},
                                       1);
  // Nine months end on 2025-10-06, in the holidays; thirty days later is 2025-11-05.
  EXPECT_EQ(Texts(application, "TM-EXAM-LIMIT", "2025-03-31"), (Strings{"g1 2025-11-05 OPEN"}));
  EXPECT_EQ(Texts(application, "TM-EXAM-LIMIT", "2025-04-15"), (Strings{"g1 2025-11-05 STOPPED"}));
  EXPECT_EQ(Texts(application, "TM-EXAM-LIMIT", "2025-11-06"), (Strings{"g1 2025-11-05 MISSED"}));
}

TEST(ApplicationDeadlinesTest, ASuspensionAfterTheEndPutsNothingOff) {
  const Application application = Mark({Happened(APPLICATION_EVENT_KIND_SUSPENDED, "2026-04-01"),
                                        Happened(APPLICATION_EVENT_KIND_RESUMED, "2026-05-01")},
                                       1);
  EXPECT_EQ(Texts(application, "TM-EXAM-LIMIT", "2026-04-15"), (Strings{"g1 2025-10-09 MISSED"}));
}

TEST(ApplicationDeadlinesTest, TheRowOfTheDaySaysWhatBeginsAPeriod) {
  std::vector<LawBook> books = Laws().books();
  for (LawBook& book : books) {
    for (ClockRule& rule : *book.mutable_clock_rules()) {
      if (rule.rule_id() == "TM-SUBST-CLARIFY" && rule.laws(0) == "trademark-2019") {
        ClockRule later = rule;
        *rule.mutable_in_force()->mutable_to() = *ParseDate("2025-05-31");
        *later.mutable_in_force()->mutable_from() = *ParseDate("2025-06-01");
        later.set_start_events(0, APPLICATION_EVENT_KIND_CORRECTION_REQUESTED);
        *book.add_clock_rules() = later;
        break;
      }
    }
  }
  const LawLibrary laws(std::move(books));
  const auto opinion = [](absl::string_view date) {
    return Mark({Notice(APPLICATION_EVENT_KIND_OPINION_ISSUED, date)}, 1);
  };
  EXPECT_EQ(Texts(opinion("2025-05-20"), "TM-SUBST-CLARIFY", "2025-05-21", laws).size(), 1u);
  EXPECT_EQ(Texts(opinion("2025-06-02"), "TM-SUBST-CLARIFY", "2025-06-03", laws).size(), 0u);
}

TEST(ApplicationDeadlinesTest, TheEndOfAnApplicationStopsItsPeriods) {
  const Application application = Mark({Notice(APPLICATION_EVENT_KIND_OPINION_ISSUED, "2025-06-02"),
                                        Happened(APPLICATION_EVENT_KIND_WITHDRAWN, "2025-06-05")},
                                       1);
  EXPECT_EQ(Texts(application, "TM-SUBST-CLARIFY", "2025-06-30"), (Strings{"g1 2025-06-18 STOPPED"}));
}

TEST(ApplicationDeadlinesTest, NoticesAreDeemedServed) {
  ApplicationEvent refused = Happened(APPLICATION_EVENT_KIND_REFUSED, "2025-08-29");
  refused.mutable_service()->set_mode(SERVICE_MODE_ELECTRONIC);
  *refused.mutable_service()->mutable_dispatched_on() = *ParseDate("2025-09-01");
  EXPECT_EQ(Texts(Mark({refused}, 1), "TM-REFUSAL-REVIEW", "2025-09-20"), (Strings{"g1 2025-10-09 OPEN"}));
  refused.mutable_service()->set_mode(SERVICE_MODE_PUBLICATION);
  *refused.mutable_service()->mutable_published_on() = *ParseDate("2025-09-01");
  EXPECT_EQ(Texts(Mark({refused}, 1), "TM-REFUSAL-REVIEW", "2025-10-10"), (Strings{"g1 2025-10-16 OPEN"}));
  *refused.mutable_service()->mutable_received_on() = *ParseDate("2025-09-03");
  EXPECT_EQ(Texts(Mark({refused}, 1), "TM-REFUSAL-REVIEW", "2025-09-10"), (Strings{"g1 2025-09-18 OPEN"}))
      << "what is known counts instead of what is deemed";
}

TEST(ApplicationDeadlinesTest, EveryStepIsInWords) {
  ApplicationEvent refused = Happened(APPLICATION_EVENT_KIND_REFUSED, "2025-08-29");
  refused.mutable_service()->set_mode(SERVICE_MODE_ELECTRONIC);
  *refused.mutable_service()->mutable_dispatched_on() = *ParseDate("2025-09-01");
  const Application application = Mark({refused}, 1);
  const ApplicationCourse course(application, Laws());
  for (const Deadline& deadline : DeadlinesOf(course, Laws())) {
    if (deadline.rule->rule_id() != "TM-REFUSAL-REVIEW") continue;
    ASSERT_EQ(deadline.end.steps.size(), 4u);
    EXPECT_THAT(deadline.end.steps[0].message_zh(), HasSubstr("满 15 日视为送达：2025-09-16"));
    EXPECT_THAT(deadline.end.steps[1].message_en(), HasSubstr("2025-09-16, does not count"));
    EXPECT_THAT(deadline.end.steps[2].message_zh(), HasSubstr("第 15 日为 2025-10-01"));
    EXPECT_THAT(deadline.end.steps[3].message_en(), HasSubstr("the first working day after it is 2025-10-09"));
  }
}

// A law that no program knew when it was written.
TEST(ApplicationDeadlinesTest, ANewLawIsAChangeOfData) {
  LawBook book = ReadLawBook("trademark");
  book.set_name("lawbooks/later");
  Law law = book.laws(1);
  law.set_id("trademark-2041");
  *law.mutable_in_force()->mutable_from() = *ParseDate("2041-01-01");
  ClockRule rule;
  for (const ClockRule& one : book.clock_rules()) {
    if (one.rule_id() == "TM-OPP") rule = one;
  }
  book.Clear();
  book.set_name("lawbooks/later");
  book.set_display_name("later");
  rule.clear_laws();
  rule.add_laws("trademark-2041");
  rule.clear_in_force();
  rule.mutable_length()->set_amount(45);
  rule.mutable_length()->set_unit(PERIOD_UNIT_DAYS);
  *book.add_laws() = law;
  *book.add_clock_rules() = rule;
  FieldViolations violations;
  CheckLawBook(book, Laws(), "lawbook", violations);
  ASSERT_TRUE(violations.empty()) << violations.all()[0].message_en();
  std::vector<LawBook> books = Laws().books();
  books.push_back(book);
  const LawLibrary laws(std::move(books));
  const Application application =
      Mark({Happened(APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED, "2026-06-01")}, 1, "trademark-2041");
  EXPECT_EQ(Texts(application, "TM-OPP", "2026-06-15", laws), (Strings{"g1 2026-07-16 OPEN"}));
}

TEST(LawBookTest, FindsWhatIsWrong) {
  const auto findings = [](absl::FunctionRef<void(LawBook&)> spoil) {
    LawBook book = ReadLawBook("trademark");
    spoil(book);
    std::vector<LawBook> others = {ReadLawBook("calendars"), ReadLawBook("gi-product")};
    FieldViolations violations;
    CheckLawBook(book, LawLibrary(std::move(others)), "b", violations);
    std::string fields;
    for (const Violation& violation : violations.all()) absl::StrAppend(&fields, violation.field(), " ");
    return fields;
  };
  EXPECT_EQ(findings([](LawBook&) {}), "");
  EXPECT_THAT(findings([](LawBook& book) { book.mutable_laws(0)->set_id("gi-product-2024"); }),
              HasSubstr("b.laws[0].id"));
  EXPECT_THAT(findings([](LawBook& book) { book.mutable_laws(0)->clear_procedure(); }),
              HasSubstr("b.laws[0].procedure"));
  EXPECT_THAT(findings([](LawBook& book) { book.mutable_laws(0)->set_kinds(0, APPLICATION_KIND_GI_PRODUCT); }),
              HasSubstr("b.laws[0].kinds[0]"));
  EXPECT_THAT(findings([](LawBook& book) { book.mutable_clock_rules(0)->set_laws(0, "none"); }),
              HasSubstr("b.clock_rules[0].laws[0]"));
  EXPECT_THAT(findings([](LawBook& book) { book.mutable_clock_rules(0)->mutable_length()->set_amount(0); }),
              HasSubstr("b.clock_rules[0].length.amount"));
  EXPECT_THAT(findings([](LawBook& book) { book.mutable_clock_rules(0)->clear_party(); }),
              HasSubstr("b.clock_rules[0].party"));
  EXPECT_THAT(findings([](LawBook& book) { *book.add_clock_rules() = book.clock_rules(0); }), HasSubstr("in_force"));
  EXPECT_THAT(findings([](LawBook& book) { *book.add_calendars() = ReadLawBook("calendars").calendars(0); }),
              HasSubstr("b.calendars[0].year"));
}

}  // namespace
}  // namespace gi::domain
