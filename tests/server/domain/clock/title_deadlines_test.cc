// Deadlines of titles: the window of renewal, the period of grace, and what closes them.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/clock/deadline.h"
#include "server/domain/events.h"
#include "server/domain/title.h"
#include "tests/server/domain/clock/shipped_laws.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using Strings = std::vector<std::string>;

const LawLibrary& Laws() {
  static const LawLibrary* const laws = new LawLibrary(ShippedLaws());
  return *laws;
}

TitleEvent Happened(TitleEventKind kind, absl::string_view effective, std::vector<std::string> items = {}) {
  TitleEvent event;
  event.set_kind(kind);
  *event.mutable_effective_from() = *ParseDate(effective);
  event.set_law_version(LAW_VERSION_TRADEMARK_2019);
  for (std::string& item : items) event.add_items(std::move(item));
  return event;
}

Indication Mark(std::vector<TitleEvent> events) {
  Indication title;
  title.set_name("indications/t");
  title.set_kind(INDICATION_KIND_CERTIFICATION_MARK);
  for (const char* id : {"g1", "g2"}) title.add_goods()->set_id(id);
  for (TitleEvent& event : events) {
    TitleEvent& added = *title.add_events();
    added = std::move(event);
    AssignEventIds(*title.mutable_events());
    FillTerm(title.kind(), RunningTermEnd(title, added), added);
  }
  EXPECT_TRUE(CheckTitleCourse(title).ok()) << CheckTitleCourse(title);
  return title;
}

Strings Texts(const Indication& title, absl::string_view rule, absl::string_view day) {
  Strings texts;
  for (const Deadline& deadline : DeadlinesOf(title, Laws())) {
    if (deadline.rule->rule_id() != rule) continue;
    const std::string opens = deadline.end.opens ? FormatDay(*deadline.end.opens) : "";
    texts.push_back(absl::StrCat(opens, " ", FormatDay(deadline.end.due), " ",
                                 ShortName(StateOn(deadline.run, *ToDay(*ParseDate(day))))));
  }
  return texts;
}

TEST(TitleDeadlinesTest, ARenewalHasItsWindowAndItsGrace) {
  const Indication title = Mark({Happened(TITLE_EVENT_KIND_REGISTERED, "2015-03-07")});
  // The term ends on 2025-03-06.
  EXPECT_EQ(Texts(title, "TM-RENEW-WINDOW", "2024-06-01"), (Strings{"2024-03-07 2025-03-06 OPEN"}));
  EXPECT_EQ(Texts(title, "TM-RENEW-WINDOW", "2025-03-07"), (Strings{"2024-03-07 2025-03-06 MISSED"}));
  EXPECT_EQ(Texts(title, "TM-RENEW-GRACE", "2025-03-07"), (Strings{"2025-03-07 2025-09-08 OPEN"})) << "a Saturday";
}

TEST(TitleDeadlinesTest, RenewedInTimeInGraceOrNeither) {
  TitleEvent renewed = Happened(TITLE_EVENT_KIND_RENEWED, "2025-03-07");
  Indication title = Mark({Happened(TITLE_EVENT_KIND_REGISTERED, "2015-03-07"), renewed});
  EXPECT_EQ(Texts(title, "TM-RENEW-WINDOW", "2025-04-01")[0], "2024-03-07 2025-03-06 MET") << "it follows the term";
  EXPECT_EQ(Texts(title, "TM-RENEW-GRACE", "2025-04-01")[0], "2025-03-07 2025-09-08 STOPPED");
  *renewed.mutable_received_on() = *ParseDate("2025-05-01");
  title = Mark({Happened(TITLE_EVENT_KIND_REGISTERED, "2015-03-07"), renewed});
  EXPECT_EQ(Texts(title, "TM-RENEW-WINDOW", "2025-06-01")[0], "2024-03-07 2025-03-06 MISSED");
  EXPECT_EQ(Texts(title, "TM-RENEW-GRACE", "2025-06-01")[0], "2025-03-07 2025-09-08 MET");
  EXPECT_EQ(Texts(title, "TM-RENEW-WINDOW", "2025-06-01").size(), 2u) << "and the next term has its own";
}

TEST(TitleDeadlinesTest, ARenewalOfSomeGoodsLeavesThePeriodsOfTheOthers) {
  TitleEvent renewed = Happened(TITLE_EVENT_KIND_RENEWED, "2025-01-14", {"g1"});
  const Indication title = Mark({Happened(TITLE_EVENT_KIND_REGISTERED, "2015-01-14", {"g1"}),
                                 Happened(TITLE_EVENT_KIND_REGISTERED, "2015-06-01", {"g2"}), renewed});
  EXPECT_EQ(Texts(title, "TM-RENEW-WINDOW", "2025-02-01")[0], "2024-01-14 2025-01-13 MET");
  EXPECT_EQ(Texts(title, "TM-RENEW-WINDOW", "2025-02-01")[1], "2024-06-01 2025-06-03 OPEN");
}

TEST(TitleDeadlinesTest, ARequestOutsideItsTimeIsFound) {
  const auto findings = [](absl::string_view received) {
    Indication title = Mark({Happened(TITLE_EVENT_KIND_REGISTERED, "2015-03-07")});
    TitleEvent renewed = Happened(TITLE_EVENT_KIND_RENEWED, "2025-03-07");
    *renewed.mutable_received_on() = *ParseDate(received);
    FieldViolations violations;
    CheckTitleEvent(title, renewed, "event", violations);
    return violations.empty() ? std::string() : violations.all()[0].field();
  };
  EXPECT_EQ(findings("2024-03-06"), "event.received_on");
  EXPECT_EQ(findings("2024-03-07"), "");
  EXPECT_EQ(findings("2025-09-08"), "");
  EXPECT_EQ(findings("2025-10-01"), "event.received_on");
}

TEST(TitleDeadlinesTest, AChangedNameChangesNothingElse) {
  TitleEvent changed = Happened(TITLE_EVENT_KIND_NAME_CHANGED, "2016-01-01");
  changed.set_new_name("示例协会（新）");
  Indication title = Mark({Happened(TITLE_EVENT_KIND_REGISTERED, "2015-03-07"), changed});
  EXPECT_EQ(HolderNameOn(title, *ToDay(*ParseDate("2015-12-31"))), "");
  EXPECT_EQ(HolderNameOn(title, *ToDay(*ParseDate("2016-01-01"))), "示例协会（新）");
  EXPECT_EQ(TitleTimeline(title).StateOn(*ToDay(*ParseDate("2016-01-01"))), TITLE_STATE_IN_FORCE);
  TitleEvent transferred = Happened(TITLE_EVENT_KIND_TRANSFERRED, "2017-01-01");
  transferred.set_new_holder("entities/e");
  title = Mark({Happened(TITLE_EVENT_KIND_REGISTERED, "2015-03-07"), changed, transferred});
  EXPECT_EQ(HolderNameOn(title, *ToDay(*ParseDate("2017-01-01"))), "") << "of the holder before";
}

}  // namespace
}  // namespace gi::domain
