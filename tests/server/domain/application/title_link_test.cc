// What applications do to their titles.
#include "server/domain/application/title_link.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/application/application_deadlines.h"
#include "server/domain/title.h"
#include "tests/server/domain/application/application_testing.h"
#include "tests/server/domain/clock/shipped_laws.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

const LawLibrary& Laws() {
  static const LawLibrary* const laws = new LawLibrary(ShippedLaws());
  return *laws;
}

ApplicationEvent Registration(absl::string_view date, std::vector<std::string> items = {}) {
  ApplicationEvent event = Happened(APPLICATION_EVENT_KIND_REGISTERED, date, std::move(items));
  event.set_number("公告-1");
  event.set_registration_number("SHILI-1");
  return event;
}

Application Published(std::vector<ApplicationEvent> more) {
  std::vector<ApplicationEvent> events = {Happened(APPLICATION_EVENT_KIND_FILED, "2024-01-05"),
                                          Happened(APPLICATION_EVENT_KIND_ACCEPTED, "2024-02-05"),
                                          Happened(APPLICATION_EVENT_KIND_EXAMINATION_BEGUN, "2024-03-05"),
                                          Happened(APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED, "2024-07-01")};
  events.insert(events.end(), more.begin(), more.end());
  return MakeApplication(APPLICATION_KIND_COLLECTIVE_MARK, "trademark-2019", 2, std::move(events));
}

// Brings the title to what the application says; its events that count, as text.
std::string Update(const Application& application, Indication& title) {
  const ApplicationCourse course(application, Laws());
  const auto wanted = TitleEventsOf(course, DeadlinesOf(course, Laws()), Laws());
  if (title.display_name().empty()) title = NewTitle(course);
  for (const int place : UpdateTitle(course, wanted, title)) {
    TitleEvent& event = *title.mutable_events(place);
    FillTerm(title.kind(), RunningTermEnd(title, event), event);
  }
  EXPECT_TRUE(CheckTitleCourse(title).ok()) << CheckTitleCourse(title);
  std::string text;
  for (const TitleEvent& event : title.events()) {
    if (IsAnnulment(event) || IsAnnulled(title.events(), title.events_size(), event.id())) continue;
    absl::StrAppend(&text, ShortName(event.kind()), " ", FormatDate(event.effective_from()), "; ");
  }
  return text;
}

TEST(TitleLinkTest, RegistrationMakesTheTitle) {
  Indication title;
  EXPECT_EQ(Update(Published({Registration("2024-10-02")}), title),
            "APPLIED 2024-01-05; PUBLISHED 2024-07-01; REGISTERED 2024-10-02; ");
  EXPECT_EQ(title.kind(), INDICATION_KIND_COLLECTIVE_MARK);
  EXPECT_EQ(title.goods_size(), 2);
  EXPECT_EQ(title.numbers(0).number(), "SHILI-1");
  EXPECT_EQ(FormatDate(title.events(2).term_end()), "2034-10-01");
  EXPECT_EQ(title.events(2).law_version(), LAW_VERSION_TRADEMARK_2019);
}

TEST(TitleLinkTest, TheRightOfAnOpposedMarkCountsFromTheEndOfTheOppositionPeriod) {
  Indication title;
  EXPECT_EQ(
      Update(Published({Happened(APPLICATION_EVENT_KIND_OPPOSED, "2024-09-01"), Registration("2025-08-14")}), title),
      "APPLIED 2024-01-05; PUBLISHED 2024-07-01; REGISTERED 2024-10-08; ")
      << "2024-10-01 is a holiday: the period ends on the first working day after it";
  EXPECT_EQ(FormatDate(title.events(2).announced_on()), "2025-08-14");
  ApplicationEvent stated = Registration("2025-08-14");
  *stated.mutable_effective_from() = *ParseDate("2024-10-02");
  Indication other;
  EXPECT_EQ(Update(Published({Happened(APPLICATION_EVENT_KIND_OPPOSED, "2024-09-01"), stated}), other),
            "APPLIED 2024-01-05; PUBLISHED 2024-07-01; REGISTERED 2024-10-02; ")
      << "what the certificate says goes before";
}

TEST(TitleLinkTest, LateEventsAndAnnulmentsReachTheTitle) {
  Indication title;
  Application application = Published({Registration("2024-10-02")});
  Update(application, title);
  // An opposition that was recorded late.
  *application.add_events() = Happened(APPLICATION_EVENT_KIND_OPPOSED, "2024-09-01");
  AssignEventIds(*application.mutable_events());
  EXPECT_EQ(Update(application, title), "APPLIED 2024-01-05; PUBLISHED 2024-07-01; REGISTERED 2024-10-08; ");
  ApplicationEvent annulment;
  annulment.set_kind(APPLICATION_EVENT_KIND_ANNULMENT);
  annulment.set_annuls(application.events().rbegin()->id());
  *application.add_events() = annulment;
  AssignEventIds(*application.mutable_events());
  EXPECT_EQ(Update(application, title), "APPLIED 2024-01-05; PUBLISHED 2024-07-01; REGISTERED 2024-10-02; ");
  const int events = title.events_size();
  Update(application, title);
  EXPECT_EQ(title.events_size(), events) << "nothing more to do";
}

TEST(TitleLinkTest, ANumberThatWasTakenBackGoes) {
  Indication title;
  Application application = Published({Registration("2024-10-02")});
  Update(application, title);
  ApplicationEvent annulment;
  annulment.set_kind(APPLICATION_EVENT_KIND_ANNULMENT);
  annulment.set_annuls(application.events().rbegin()->id());
  *application.add_events() = annulment;
  ApplicationEvent again = Registration("2024-10-02");
  again.set_registration_number("SHILI-2");
  *application.add_events() = again;
  AssignEventIds(*application.mutable_events());
  Update(application, title);
  ASSERT_EQ(title.numbers_size(), 1);
  EXPECT_EQ(title.numbers(0).number(), "SHILI-2");
}

TEST(TitleLinkTest, ANoticeIsRevokedAndPublishedAgain) {
  Indication title;
  Application application = Published(
      {Registration("2024-10-02"), Happened(APPLICATION_EVENT_KIND_REGISTRATION_NOTICE_REVOKED, "2024-11-01")});
  EXPECT_EQ(Update(application, title), "APPLIED 2024-01-05; PUBLISHED 2024-07-01; ");
  EXPECT_EQ(TitleTimeline(title).StateOn(DayNamed("2024-12-01")), TITLE_STATE_PENDING);
  *application.add_events() = Registration("2025-01-10");
  AssignEventIds(*application.mutable_events());
  EXPECT_EQ(Update(application, title), "APPLIED 2024-01-05; PUBLISHED 2024-07-01; REGISTERED 2025-01-10; ");
}

TEST(TitleLinkTest, OnlyWhatWasRegisteredIsInTheTitle) {
  Indication title;
  Update(Published({Registration("2024-10-02", {"g2"})}), title);
  ASSERT_EQ(title.goods_size(), 1);
  EXPECT_EQ(title.goods(0).id(), "g2");
  EXPECT_EQ(TitleTimeline(title).StateOn(DayNamed("2024-10-02")), TITLE_STATE_IN_FORCE);
}

}  // namespace
}  // namespace gi::domain
