// Courses of applications: states per goods item, late and annulled events, random walks.
#include "server/domain/application/course.h"

#include <algorithm>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "server/domain/application/application_deadlines.h"
#include "tests/server/domain/application/application_testing.h"
#include "tests/server/domain/clock/shipped_laws.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

const LawLibrary& Laws() {
  static const LawLibrary* const laws = new LawLibrary(ShippedLaws());
  return *laws;
}

Application Mark(std::vector<ApplicationEvent> events, int goods = 2) {
  return MakeApplication(APPLICATION_KIND_CERTIFICATION_MARK, "trademark-2019", goods, std::move(events));
}

std::vector<ApplicationEvent> UntilExam() {
  return {Happened(APPLICATION_EVENT_KIND_FILED, "2025-01-06"), Happened(APPLICATION_EVENT_KIND_ACCEPTED, "2025-02-10"),
          Happened(APPLICATION_EVENT_KIND_EXAMINATION_BEGUN, "2025-03-03")};
}

std::vector<ApplicationEvent> With(std::vector<ApplicationEvent> events, std::vector<ApplicationEvent> more) {
  events.insert(events.end(), more.begin(), more.end());
  return events;
}

ApplicationState On(const Application& application, absl::string_view day) {
  return ApplicationCourse(application, Laws()).StateOn(DayNamed(day));
}

TEST(ApplicationCourseTest, ItemsGoTheirOwnWays) {
  const Application application =
      Mark(With(UntilExam(), {Notice(APPLICATION_EVENT_KIND_REFUSED, "2025-06-02", {"g2"}),
                              Happened(APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED, "2025-06-13"),
                              Happened(APPLICATION_EVENT_KIND_REGISTERED, "2025-09-14")}));
  ASSERT_TRUE(CheckApplicationCourse(application, Laws()).ok());
  EXPECT_EQ(On(application, "2025-01-05"), APPLICATION_STATE_DRAFT);
  EXPECT_EQ(On(application, "2025-06-01"), APPLICATION_STATE_SUBSTANTIVE_EXAM);
  EXPECT_EQ(On(application, "2025-06-02"), APPLICATION_STATE_PARTIALLY_REFUSED);
  EXPECT_EQ(On(application, "2025-06-13"), APPLICATION_STATE_PARTIALLY_REFUSED);
  EXPECT_EQ(On(application, "2025-09-14"), APPLICATION_STATE_PARTLY_REGISTERED);
  const ApplicationCourse course(application, Laws());
  EXPECT_EQ(course.ItemStateOn(0, DayNamed("2025-09-14")), APPLICATION_STATE_REGISTERED);
  EXPECT_EQ(course.ItemStateOn(1, DayNamed("2025-09-14")), APPLICATION_STATE_REFUSED);
}

TEST(ApplicationCourseTest, WhatWasBeforeComesBack) {
  const Application application =
      Mark(With(UntilExam(), {Happened(APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED, "2025-06-13"),
                              Happened(APPLICATION_EVENT_KIND_OPPOSED, "2025-07-01"),
                              Happened(APPLICATION_EVENT_KIND_SUSPENDED, "2025-08-01"),
                              Happened(APPLICATION_EVENT_KIND_RESUMED, "2025-09-01"),
                              Happened(APPLICATION_EVENT_KIND_REGISTERED, "2025-10-01"),
                              Happened(APPLICATION_EVENT_KIND_REGISTRATION_NOTICE_REVOKED, "2025-10-20"),
                              Happened(APPLICATION_EVENT_KIND_REGISTERED, "2025-12-01")}));
  ASSERT_TRUE(CheckApplicationCourse(application, Laws()).ok()) << CheckApplicationCourse(application, Laws());
  EXPECT_EQ(On(application, "2025-08-31"), APPLICATION_STATE_SUSPENDED);
  EXPECT_EQ(On(application, "2025-09-01"), APPLICATION_STATE_OPPOSED);
  EXPECT_EQ(On(application, "2025-10-20"), APPLICATION_STATE_OPPOSED) << "the state before the registration";
  EXPECT_EQ(On(application, "2025-12-01"), APPLICATION_STATE_REGISTERED);
}

TEST(ApplicationCourseTest, IllegalEventsAreNamedWithTheirState) {
  const Application application = Mark(With(UntilExam(), {Happened(APPLICATION_EVENT_KIND_OPPOSED, "2025-06-02")}));
  const absl::Status status = CheckApplicationCourse(application, Laws());
  EXPECT_EQ(GetErrorReason(status), ERROR_REASON_TRANSITION_ILLEGAL);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("SUBSTANTIVE_EXAM on 2025-06-02"));
  EXPECT_EQ(On(application, "2025-06-02"), APPLICATION_STATE_SUBSTANTIVE_EXAM) << "and passed over";
  // Of named items, each must be able to.
  const Application partly =
      Mark(With(UntilExam(), {Notice(APPLICATION_EVENT_KIND_REFUSED, "2025-06-02", {"g2"}),
                              Happened(APPLICATION_EVENT_KIND_REVIEW_REQUESTED, "2025-06-10", {"g1", "g2"})}));
  EXPECT_EQ(GetErrorReason(CheckApplicationCourse(partly, Laws())), ERROR_REASON_TRANSITION_ILLEGAL);
}

TEST(ApplicationCourseTest, TheLawIsTheOneChosenLast) {
  ApplicationEvent chosen = Happened(APPLICATION_EVENT_KIND_LAW_CHOSEN, "2026-12-20");
  chosen.set_law("trademark-2026");
  const Application application = Mark(With(UntilExam(), {chosen}));
  const ApplicationCourse course(application, Laws());
  EXPECT_EQ(course.LawOn(DayNamed("2026-12-19")), "trademark-2019");
  EXPECT_EQ(course.LawOn(DayNamed("2026-12-20")), "trademark-2026");
  EXPECT_EQ(course.StateOn(DayNamed("2026-12-20")), APPLICATION_STATE_SUBSTANTIVE_EXAM);
}

TEST(ApplicationCourseTest, ObjectionsComeWhereTheLawHasThem) {
  const auto product = [](const std::string& law, std::vector<ApplicationEvent> events) {
    return MakeApplication(APPLICATION_KIND_GI_PRODUCT, law, 1, std::move(events));
  };
  const std::vector<ApplicationEvent> accepted = {Happened(APPLICATION_EVENT_KIND_FILED, "2023-01-06"),
                                                  Happened(APPLICATION_EVENT_KIND_ACCEPTED, "2023-02-10")};
  const auto objected = With(accepted, {Happened(APPLICATION_EVENT_KIND_OBJECTED, "2023-03-01"),
                                        Happened(APPLICATION_EVENT_KIND_OBJECTION_REJECTED, "2023-04-01"),
                                        Happened(APPLICATION_EVENT_KIND_EXAMINATION_BEGUN, "2023-05-01")});
  EXPECT_TRUE(CheckApplicationCourse(product("gi-product-2005", objected), Laws()).ok());
  EXPECT_FALSE(CheckApplicationCourse(product("gi-product-2024", objected), Laws()).ok());
  const auto recognised = With(accepted, {Happened(APPLICATION_EVENT_KIND_EXAMINATION_BEGUN, "2023-05-01"),
                                          Happened(APPLICATION_EVENT_KIND_PRELIMINARILY_RECOGNISED, "2023-06-01"),
                                          Happened(APPLICATION_EVENT_KIND_RECOGNISED, "2023-09-01")});
  EXPECT_TRUE(CheckApplicationCourse(product("gi-product-2024", recognised), Laws()).ok());
  EXPECT_FALSE(CheckApplicationCourse(product("gi-product-2005", recognised), Laws()).ok());
}

TEST(ApplicationCourseTest, ObjectionsMayBeSeveralAndSuspended) {
  const Application application = MakeApplication(
      APPLICATION_KIND_GI_PRODUCT, "gi-product-2024", 1,
      {Happened(APPLICATION_EVENT_KIND_FILED, "2025-01-06"), Happened(APPLICATION_EVENT_KIND_ACCEPTED, "2025-02-10"),
       Happened(APPLICATION_EVENT_KIND_EXAMINATION_BEGUN, "2025-03-03"),
       Happened(APPLICATION_EVENT_KIND_PRELIMINARILY_RECOGNISED, "2025-04-01"),
       Happened(APPLICATION_EVENT_KIND_OBJECTED, "2025-04-10"), Happened(APPLICATION_EVENT_KIND_OBJECTED, "2025-04-20"),
       Happened(APPLICATION_EVENT_KIND_SUSPENDED, "2025-05-01"), Happened(APPLICATION_EVENT_KIND_RESUMED, "2025-06-01"),
       Happened(APPLICATION_EVENT_KIND_OBJECTION_REJECTED, "2025-07-01")});
  ASSERT_TRUE(CheckApplicationCourse(application, Laws()).ok()) << CheckApplicationCourse(application, Laws());
  EXPECT_EQ(On(application, "2025-06-01"), APPLICATION_STATE_OBJECTED);
  EXPECT_EQ(On(application, "2025-07-01"), APPLICATION_STATE_PRELIMINARILY_RECOGNISED);
}

// A legal course of random length, its events on days of their own.
Application RandomWalk() {
  const bool mark = *rc::gen::arbitrary<bool>();
  const std::string law = mark ? *rc::gen::element<std::string>("trademark-2019", "trademark-2026")
                               : *rc::gen::element<std::string>("gi-product-2005", "gi-product-2024");
  Application application = MakeApplication(mark ? APPLICATION_KIND_CERTIFICATION_MARK : APPLICATION_KIND_GI_PRODUCT,
                                            law, *rc::gen::inRange(1, 4), {});
  const int length = *rc::gen::inRange(1, 18);
  Day day = DayNamed("2023-01-02");
  for (int i = 0; i < length; ++i) {
    day = day + *rc::gen::inRange(1, 60);
    // The first step is to file; otherwise most walks would end at once.
    const auto kind =
        i == 0 ? APPLICATION_EVENT_KIND_FILED
               : static_cast<ApplicationEventKind>(*rc::gen::inRange(1, int{APPLICATION_EVENT_KIND_ANNULMENT}));
    if (kind == APPLICATION_EVENT_KIND_LAW_CHOSEN) continue;
    Application longer = application;
    ApplicationEvent event = Notice(kind, FormatDay(day));
    if (i > 0 && *rc::gen::arbitrary<bool>()) {
      event.add_items(application.goods(*rc::gen::inRange(0, application.goods_size())).id());
    }
    event.set_evidence_declared(*rc::gen::arbitrary<bool>());
    *longer.add_events() = event;
    AssignEventIds(*longer.mutable_events());
    if (CheckApplicationCourse(longer, Laws()).ok()) application = longer;
  }
  return application;
}

std::string Describe(const Application& application) {
  const ApplicationCourse course(application, Laws());
  std::string text;
  for (int i = 0; i < course.items(); ++i) {
    for (const auto& segment : course.ItemSegments(i)) {
      absl::StrAppend(&text, i, " ", segment.from.value, " ", ShortName(segment.state), "\n");
    }
  }
  std::vector<std::string> deadlines;
  for (const Deadline& deadline : DeadlinesOf(course, Laws())) {
    std::string one = absl::StrCat(deadline.rule->rule_id(), " ", deadline.run.begun.value, " ", deadline.end.due.value,
                                   " ", static_cast<int>(deadline.run.closing), " ", deadline.run.closed_on.value);
    for (const int item : deadline.items) absl::StrAppend(&one, " ", item);
    deadlines.push_back(one);
  }
  std::sort(deadlines.begin(), deadlines.end());
  for (const std::string& one : deadlines) absl::StrAppend(&text, one, "\n");
  return text;
}

RC_GTEST_PROP(ApplicationCourseTest, RandomWalksStayDefinedAndExplained, ()) {
  const Application application = RandomWalk();
  const ApplicationCourse course(application, Laws());
  for (const ApplicationStep& step : course.steps()) {
    for (const ApplicationState state : step.states) {
      RC_ASSERT(ApplicationState_IsValid(state) && state != APPLICATION_STATE_UNSPECIFIED);
    }
    RC_ASSERT(course.StateOn(step.day) != APPLICATION_STATE_UNSPECIFIED);
  }
  for (const Deadline& deadline : DeadlinesOf(course, Laws())) {
    RC_ASSERT(!deadline.end.steps.empty());
    RC_ASSERT(!deadline.rule->source().title().empty());
    RC_ASSERT(!deadline.items.empty());
    for (int i = 0; i < 800; i += 31) {
      const Day day = DayNamed("2023-01-01") + i;
      const DeadlineState state = StateOn(deadline.run, day);
      RC_ASSERT((state == DEADLINE_STATE_UNSPECIFIED) == (day < deadline.run.begun));
      if (state == DEADLINE_STATE_OPEN) RC_ASSERT(day <= deadline.run.due);
    }
  }
}

// Recorded in any order that was accepted all the way, the same events come to the same.
RC_GTEST_PROP(ApplicationCourseTest, LateEventsEqualTheSameEventsInOrder, ()) {
  const Application application = RandomWalk();
  std::vector<int> order(static_cast<size_t>(application.events_size()));
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::shuffle(order.begin(), order.end(), std::mt19937(*rc::gen::arbitrary<uint32_t>()));
  Application late = application;
  late.clear_events();
  for (const int i : order) *late.add_events() = application.events(i);
  AssignEventIds(*late.mutable_events());
  RC_ASSERT(CheckApplicationCourse(late, Laws()).ok());
  RC_ASSERT(Describe(late) == Describe(application));
}

// An annulled event is as if it had never been recorded.
RC_GTEST_PROP(ApplicationCourseTest, AnnulledEventsNeverWere, ()) {
  const Application application = RandomWalk();
  if (application.events_size() == 0) return;
  const int place = *rc::gen::inRange(0, application.events_size());
  Application annulled = application;
  ApplicationEvent& annulment = *annulled.add_events();
  annulment.set_kind(APPLICATION_EVENT_KIND_ANNULMENT);
  annulment.set_annuls(application.events(place).id());
  AssignEventIds(*annulled.mutable_events());
  Application without = application;
  without.mutable_events()->DeleteSubrange(place, 1);
  RC_ASSERT(Describe(annulled) == Describe(without));
  RC_ASSERT(CheckApplicationCourse(annulled, Laws()).ok() == CheckApplicationCourse(without, Laws()).ok());
}

}  // namespace
}  // namespace gi::domain
