// Which events of a title may be recorded, and the tables behind that.
#include "server/domain/title_rules.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/title.h"
#include "tests/server/domain/rules_testing.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using namespace rules_testing;

constexpr IndicationKind kMark = INDICATION_KIND_COLLECTIVE_MARK;
constexpr auto APPLIED = TITLE_EVENT_KIND_APPLIED;
constexpr auto REGISTERED = TITLE_EVENT_KIND_REGISTERED;
constexpr auto RENEWED = TITLE_EVENT_KIND_RENEWED;
constexpr auto REVOKED = TITLE_EVENT_KIND_REVOKED;
constexpr auto INVALIDATED = TITLE_EVENT_KIND_INVALIDATED;
constexpr auto SURRENDERED = TITLE_EVENT_KIND_SURRENDERED;
constexpr auto REFUSED = TITLE_EVENT_KIND_REFUSED;

// Events that bring a title into each state by 2024-01-01.
const std::map<TitleState, std::vector<TitleEvent>>& WaysInto() {
  static const auto* const kWays = new std::map<TitleState, std::vector<TitleEvent>>{
      {TITLE_STATE_PENDING, {Title(APPLIED, "2009-01-01")}},
      {TITLE_STATE_REFUSED, {Title(REFUSED, "2010-01-01")}},
      {TITLE_STATE_IN_FORCE, {Title(REGISTERED, "2020-01-01")}},
      {TITLE_STATE_IN_GRACE, {Title(REGISTERED, "2013-10-01")}},
      {TITLE_STATE_LAPSED, {Title(REGISTERED, "2010-01-01")}},
      {TITLE_STATE_REVOKED, {Title(REGISTERED, "2020-01-01"), Title(REVOKED, "2022-01-01")}},
      {TITLE_STATE_INVALIDATED, {Title(REGISTERED, "2020-01-01"), Title(INVALIDATED, "2022-01-01")}},
      {TITLE_STATE_SURRENDERED, {Title(REGISTERED, "2020-01-01"), Title(SURRENDERED, "2022-01-01")}}};
  return *kWays;
}

// What may happen, written down a second time: A(pplied) P(ublished) R(egistered) N(renewed) V(revoked) I(nvalidated)
// S(urrendered) F(refused).
std::string Legal(TitleState state, IndicationKind kind) {
  const bool foreign = kind == INDICATION_KIND_FOREIGN;
  const std::string renewed = kind == kMark || kind == INDICATION_KIND_CERTIFICATION_MARK ? "N" : "";
  switch (state) {
    case TITLE_STATE_PENDING:
      return "APRF";
    case TITLE_STATE_REFUSED:
      return foreign ? "APR" : "R";
    case TITLE_STATE_IN_FORCE:
      return (foreign ? "APFVIS" : "APVIS") + renewed;
    case TITLE_STATE_IN_GRACE:
      return "VIS" + renewed;
    case TITLE_STATE_LAPSED:
      return "I" + renewed;
    case TITLE_STATE_REVOKED:
    case TITLE_STATE_SURRENDERED:
      return "I";
    default:
      return "";
  }
}

TEST(TitleCourseTest, EveryStateAndEvent) {
  const std::map<char, TitleEventKind> letters = {{'A', APPLIED},     {'P', TITLE_EVENT_KIND_PUBLISHED},
                                                  {'R', REGISTERED},  {'N', RENEWED},
                                                  {'V', REVOKED},     {'I', INVALIDATED},
                                                  {'S', SURRENDERED}, {'F', REFUSED}};
  for (int k = INDICATION_KIND_CERTIFICATION_MARK; k <= INDICATION_KIND_FOREIGN; ++k) {
    const auto kind = static_cast<IndicationKind>(k);
    for (const auto& [state, way] : WaysInto()) {
      if (!HasTerm(kind) && (state == TITLE_STATE_IN_GRACE || state == TITLE_STATE_LAPSED)) continue;
      for (const auto& [letter, event_kind] : letters) {
        std::vector<TitleEvent> events = way;
        events.push_back(Title(event_kind, "2024-01-01"));
        if (!HasTerm(kind)) {  // the surrender of what is no mark has one date
          for (TitleEvent& event : events) {
            if (event.has_received_on()) event.mutable_announced_on()->Swap(event.mutable_received_on());
          }
        }
        const Indication title = ATitle(kind, events);
        const absl::Status status = CheckTitleCourse(title);
        const bool legal = Legal(state, kind).find(letter) != std::string::npos;
        ASSERT_EQ(status.ok(), legal) << ShortName(kind) << " " << ShortName(state) << " " << letter << " " << status;
        if (legal) continue;
        EXPECT_EQ(GetErrorReason(status), ERROR_REASON_TRANSITION_ILLEGAL);
        EXPECT_EQ(Metadata(status, "name"), "indications/t");
        EXPECT_EQ(Metadata(status, "event"), ShortName(event_kind));
        EXPECT_EQ(Metadata(status, "state"), ShortName(state));
        EXPECT_EQ(Metadata(status, "date"), "2024-01-01");
        size_t allowed = 0;
        for (const auto& [l, e] : letters) {
          if (Metadata(status, "allowed").find(ShortName(e)) != std::string::npos) ++allowed;
        }
        EXPECT_EQ(allowed, Legal(state, kind).size()) << Metadata(status, "allowed");
        // What is illegal changes nothing.
        EXPECT_EQ(TitleTimeline(title).StateOn(ADay("2024-01-01")), state);
      }
    }
  }
}

TEST(TitleCourseTest, ALateEventMustFitWhatFollowed) {
  Indication title = ATitle(kMark, {Title(REGISTERED, "2020-01-01"), Title(REVOKED, "2024-01-01")});
  Record(Title(SURRENDERED, "2022-01-01"), title);
  const absl::Status status = CheckTitleCourse(title);
  EXPECT_EQ(GetErrorReason(status), ERROR_REASON_TRANSITION_ILLEGAL);
  EXPECT_EQ(Metadata(status, "event"), "REVOKED");
  Record(Annulment<TitleEvent>("e2"), title);
  EXPECT_TRUE(CheckTitleCourse(title).ok());
}

TEST(TitleCourseTest, AnnulmentsMustHitAStandingEvent) {
  const Indication start = ATitle(kMark, {Title(REGISTERED, "2020-01-01"), Title(REVOKED, "2024-01-01")});
  for (const char* id : {"e3", "e4", "e9", "", "E1"}) {
    Indication title = start;
    Record(Annulment<TitleEvent>(id), title);
    EXPECT_EQ(GetErrorReason(CheckTitleCourse(title)), ERROR_REASON_EVENT_NOT_ANNULLABLE) << id;
    EXPECT_EQ(Metadata(CheckTitleCourse(title), "event"), id);
  }
  Indication title = start;
  Record(Annulment<TitleEvent>("e2"), title);
  EXPECT_TRUE(CheckTitleCourse(title).ok());
  for (const char* id : {"e2", "e3"}) {  // annulled already; an annulment
    Indication again = title;
    Record(Annulment<TitleEvent>(id), again);
    EXPECT_EQ(GetErrorReason(CheckTitleCourse(again)), ERROR_REASON_EVENT_NOT_ANNULLABLE) << id;
  }
  Record(Annulment<TitleEvent>("e1"), title);
  EXPECT_TRUE(CheckTitleCourse(title).ok());
  EXPECT_EQ(TitleTimeline(title).StateOn(ADay("2021-01-01")), TITLE_STATE_PENDING);
  // What rests on an event keeps it from being taken back.
  Indication held = start;
  Record(Annulment<TitleEvent>("e1"), held);
  EXPECT_EQ(GetErrorReason(CheckTitleCourse(held)), ERROR_REASON_TRANSITION_ILLEGAL);
}

TEST(TitleCourseTest, PartialEvents) {
  const Indication start = ATitle(kMark, {Title(REGISTERED, "2020-01-01"), Title(REVOKED, "2022-01-01", {"g1"})}, 2);
  const auto with = [&](TitleEvent event) {
    Indication title = start;
    Record(std::move(event), title);
    return CheckTitleCourse(title);
  };
  EXPECT_FALSE(with(Title(SURRENDERED, "2023-01-01", {"g1"})).ok());
  EXPECT_FALSE(with(Title(SURRENDERED, "2023-01-01", {"g2", "g1"})).ok()) << "named items must all allow it";
  EXPECT_TRUE(with(Title(SURRENDERED, "2023-01-01", {"g2"})).ok());
  EXPECT_TRUE(with(Title(SURRENDERED, "2023-01-01")).ok()) << "all that is left";
  EXPECT_FALSE(with(Title(REGISTERED, "2023-01-01")).ok());
  EXPECT_FALSE(
      CheckTitleCourse(ATitle(kMark, {Title(REGISTERED, "2020-01-01", {"g1"}), Title(REGISTERED, "2021-01-01")}, 2))
          .ok())
      << "g1 is registered already";
  EXPECT_TRUE(CheckTitleCourse(
                  ATitle(kMark, {Title(REGISTERED, "2020-01-01", {"g1"}), Title(REGISTERED, "2021-01-01", {"g2"})}, 2))
                  .ok());
}

TEST(TitleCourseTest, ARenewalMustLengthenTheTerm) {
  Indication title = ATitle(kMark, {Title(REGISTERED, "2010-03-01")});
  TitleEvent renewed = Title(RENEWED, "2019-12-01");
  *renewed.mutable_term_end() = ADate("2020-02-29");
  Record(renewed, title);
  const absl::Status status = CheckTitleCourse(title);
  EXPECT_EQ(GetErrorReason(status), ERROR_REASON_PERIOD_REVERSED);
  EXPECT_EQ(Metadata(status, "field"), "events[1].term_end");
  EXPECT_EQ(Metadata(status, "from"), "2020-03-01");
  EXPECT_EQ(Metadata(status, "to"), "2020-02-29");
  EXPECT_EQ(TitleTimeline(title).StateOn(ADay("2020-02-29")), TITLE_STATE_IN_FORCE);
}

TEST(TermTest, DefaultsFollowTheLaw) {
  const struct {
    const char* registered;
    const char* term_end;
    const char* grace_end;
    const char* renewed_to;
  } kCases[] = {{"2010-03-01", "2020-02-29", "2020-08-29", "2030-02-28"},
                {"2020-02-29", "2030-02-28", "2030-08-28", "2040-02-29"},
                {"2016-03-01", "2026-02-28", "2026-08-28", "2036-02-29"},
                {"2010-09-01", "2020-08-31", "2021-02-28", "2030-08-31"},
                {"2001-01-01", "2010-12-31", "2011-06-30", "2020-12-31"}};
  for (const auto& c : kCases) {
    const Indication title = ATitle(kMark, {Title(REGISTERED, c.registered), Title(RENEWED, c.term_end)});
    EXPECT_EQ(FormatDate(title.events(0).term_end()), c.term_end);
    EXPECT_EQ(FormatDate(title.events(0).grace_end()), c.grace_end);
    EXPECT_EQ(FormatDate(title.events(1).term_end()), c.renewed_to);
  }
}

TEST(TermTest, GivenDatesStay) {
  TitleEvent event = Title(REGISTERED, "2010-03-01");
  *event.mutable_term_end() = ADate("2015-01-31");
  FillTerm(kMark, std::nullopt, event);
  EXPECT_EQ(FormatDate(event.term_end()), "2015-01-31");
  EXPECT_EQ(FormatDate(event.grace_end()), "2015-07-31");
  for (auto [kind, e] : {std::pair(INDICATION_KIND_GI_PRODUCT, Title(REGISTERED, "2010-03-01")),
                         std::pair(kMark, Title(RENEWED, "2010-03-01")), std::pair(kMark, Title(REVOKED, "2010-03-01")),
                         std::pair(kMark, Title(REGISTERED, "9995-01-01"))}) {
    FillTerm(kind, std::nullopt, e);
    EXPECT_FALSE(e.has_term_end() || e.has_grace_end()) << e.ShortDebugString();
  }
}

TEST(TermTest, TheRunningTermIsTheEarliestOfTheItemsConcerned) {
  const Indication title = ATitle(kMark,
                                  {Title(REGISTERED, "2010-03-01", {"g1"}), Title(REGISTERED, "2012-03-01", {"g2"}),
                                   Title(RENEWED, "2019-12-01", {"g1"})},
                                  3);
  EXPECT_EQ(RunningTermEnd(title, Title(RENEWED, "2019-01-01")), ADay("2020-02-29"));
  EXPECT_EQ(RunningTermEnd(title, Title(RENEWED, "2019-01-01", {"g2"})), ADay("2022-02-28"));
  EXPECT_EQ(RunningTermEnd(title, Title(RENEWED, "2020-01-01")), ADay("2022-02-28"));
  EXPECT_EQ(RunningTermEnd(title, Title(RENEWED, "2019-01-01", {"g3"})), std::nullopt);
  EXPECT_EQ(RunningTermEnd(title, Title(RENEWED, "2001-01-01")), std::nullopt);
  EXPECT_EQ(RunningTermEnd(title, title.events(2)), ADay("2020-02-29"));
}

std::vector<std::string> Findings(const Indication& title, const TitleEvent& event) {
  FieldViolations violations;
  CheckTitleEvent(title, event, "event", violations);
  std::vector<std::string> found;
  for (const Violation& v : violations.all()) found.push_back(v.field() + " " + v.reason().substr(13));
  return found;
}

TEST(CheckTitleEventTest, RequiredDates) {
  using ::testing::ElementsAre;
  using ::testing::IsEmpty;
  const Indication mark = ATitle(kMark, {}, 2);
  const Indication foreign = ATitle(INDICATION_KIND_FOREIGN, {});
  for (const auto kind : {APPLIED, TITLE_EVENT_KIND_PUBLISHED, REGISTERED, RENEWED, REFUSED}) {
    EXPECT_THAT(Findings(mark, Title(kind, "")), ElementsAre("event.effective_from FIELD_REQUIRED"));
    EXPECT_THAT(Findings(foreign, Title(kind, "")), IsEmpty());
    EXPECT_THAT(Findings(mark, Title(kind, "2020-01-01")), IsEmpty());
  }
  for (const auto kind : {REVOKED, INVALIDATED}) {
    EXPECT_THAT(Findings(mark, Title(kind, "")), ElementsAre("event.announced_on FIELD_REQUIRED"));
    EXPECT_THAT(Findings(foreign, Title(kind, "")), ElementsAre("event.announced_on FIELD_REQUIRED"));
  }
  TitleEvent surrendered = Title(SURRENDERED, "");
  EXPECT_THAT(Findings(mark, surrendered), ElementsAre("event.received_on FIELD_REQUIRED"));
  surrendered.set_law_version(LAW_VERSION_TRADEMARK_2026);
  EXPECT_THAT(Findings(mark, surrendered), ElementsAre("event.announced_on FIELD_REQUIRED"));
  surrendered.clear_law_version();
  EXPECT_THAT(Findings(mark, surrendered), ElementsAre("event.law_version FIELD_REQUIRED"));
  EXPECT_THAT(Findings(mark, Annulment<TitleEvent>("")), ElementsAre("event.annuls FIELD_REQUIRED"));
}

TEST(CheckTitleEventTest, WhatTheTitleDoesNotKnow) {
  using ::testing::ElementsAre;
  const Indication mark = ATitle(kMark, {}, 2);
  const Indication product = ATitle(INDICATION_KIND_GI_PRODUCT, {});
  EXPECT_THAT(Findings(mark, Title(REVOKED, "2020-01-01", {"g1", "g3"})),
              ElementsAre("event.items[1] FIELD_MALFORMED"));
  TitleEvent event = Title(REGISTERED, "2020-01-01");
  event.set_law_version(LAW_VERSION_GI_PRODUCT_2024);
  EXPECT_THAT(Findings(mark, event), ElementsAre("event.law_version FIELD_MALFORMED"));
  EXPECT_THAT(Findings(product, event), ::testing::IsEmpty());
  event.set_law_version(LAW_VERSION_UNSPECIFIED);
  event.set_annuls("e1");
  EXPECT_THAT(Findings(mark, event), ElementsAre("event.annuls FIELD_MALFORMED"));
  event.clear_annuls();
  *event.mutable_term_end() = ADate("2019-12-31");
  EXPECT_THAT(Findings(mark, event), ElementsAre("event.term_end PERIOD_REVERSED"));
  EXPECT_THAT(Findings(product, event), ElementsAre("event.term_end FIELD_MALFORMED"));
  *event.mutable_term_end() = ADate("2029-12-31");
  *event.mutable_grace_end() = ADate("2029-12-30");
  EXPECT_THAT(Findings(mark, event), ElementsAre("event.grace_end PERIOD_REVERSED"));
  event.clear_term_end();
  EXPECT_THAT(Findings(mark, event), ElementsAre("event.term_end FIELD_REQUIRED"));
}

TEST(TitleRulesTest, TablesAreComplete) {
  for (int k = INDICATION_KIND_CERTIFICATION_MARK; k <= INDICATION_KIND_FOREIGN; ++k) {
    for (int e = TITLE_EVENT_KIND_APPLIED; e <= TITLE_EVENT_KIND_REFUSED; ++e) {
      TitleEvent event;
      event.set_kind(static_cast<TitleEventKind>(e));
      event.set_law_version(LAW_VERSION_TRADEMARK_2019);
      EXPECT_NE(FindEffectRule(static_cast<IndicationKind>(k), event), nullptr) << k << " " << e;
    }
  }
  for (const EffectRule& rule : EffectRules()) {
    EXPECT_FALSE(rule.source.empty());
    EXPECT_EQ(rule.ab_initio, rule.event == INVALIDATED);
    EXPECT_TRUE(rule.verified || (rule.kinds & kMarks) == 0) << "marks rest on published law only";
  }
  for (const TermRule& rule : TermRules()) EXPECT_TRUE(rule.verified && !rule.source.empty() && rule.months > 0);
}

}  // namespace
}  // namespace gi::domain
