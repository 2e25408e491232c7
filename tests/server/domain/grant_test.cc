#include "server/domain/grant.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/domain/rules_testing.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using namespace rules_testing;

constexpr auto REQUESTED = GRANT_EVENT_KIND_REQUESTED;
constexpr auto GRANTED = GRANT_EVENT_KIND_GRANTED;
constexpr auto SUSPENDED = GRANT_EVENT_KIND_SUSPENDED;
constexpr auto REINSTATED = GRANT_EVENT_KIND_REINSTATED;
constexpr auto REMOVED = GRANT_EVENT_KIND_REMOVED;
constexpr auto REFUSED = GRANT_EVENT_KIND_REFUSED;
constexpr auto EXTENDED = GRANT_EVENT_KIND_EXTENDED;
constexpr auto LOGO_PERMITTED = GRANT_EVENT_KIND_LOGO_PERMITTED;
constexpr auto LOGO_WITHDRAWN = GRANT_EVENT_KIND_LOGO_WITHDRAWN;
constexpr auto USE_REPORTED = GRANT_EVENT_KIND_USE_REPORTED;
constexpr GrantEventKind kKinds[] = {REQUESTED, GRANTED,  SUSPENDED,      REINSTATED,     REMOVED,
                                     REFUSED,   EXTENDED, LOGO_PERMITTED, LOGO_WITHDRAWN, USE_REPORTED};

TEST(GrantTest, EveryStateAndEvent) {
  const std::map<AuthorizationState, std::vector<GrantEvent>> ways = {
      {AUTHORIZATION_STATE_UNSPECIFIED, {}},
      {AUTHORIZATION_STATE_PENDING, {Grant(REQUESTED, "2020-01-01")}},
      {AUTHORIZATION_STATE_GRANTED, {Grant(REQUESTED, "2020-01-01"), Grant(GRANTED, "2020-02-01")}},
      {AUTHORIZATION_STATE_SUSPENDED, {Grant(GRANTED, "2020-01-01"), Grant(SUSPENDED, "2020-02-01")}},
      {AUTHORIZATION_STATE_REMOVED, {Grant(GRANTED, "2020-01-01"), Grant(REMOVED, "2020-02-01")}},
      {AUTHORIZATION_STATE_REFUSED, {Grant(REQUESTED, "2020-01-01"), Grant(REFUSED, "2020-02-01")}}};
  const std::map<std::pair<AuthorizationState, GrantEventKind>, AuthorizationState> legal = {
      {{AUTHORIZATION_STATE_UNSPECIFIED, REQUESTED}, AUTHORIZATION_STATE_PENDING},
      {{AUTHORIZATION_STATE_UNSPECIFIED, GRANTED}, AUTHORIZATION_STATE_GRANTED},
      {{AUTHORIZATION_STATE_PENDING, GRANTED}, AUTHORIZATION_STATE_GRANTED},
      {{AUTHORIZATION_STATE_GRANTED, SUSPENDED}, AUTHORIZATION_STATE_SUSPENDED},
      {{AUTHORIZATION_STATE_GRANTED, REMOVED}, AUTHORIZATION_STATE_REMOVED},
      {{AUTHORIZATION_STATE_SUSPENDED, REINSTATED}, AUTHORIZATION_STATE_GRANTED},
      {{AUTHORIZATION_STATE_SUSPENDED, REMOVED}, AUTHORIZATION_STATE_REMOVED},
      {{AUTHORIZATION_STATE_PENDING, REFUSED}, AUTHORIZATION_STATE_REFUSED},
      {{AUTHORIZATION_STATE_GRANTED, EXTENDED}, AUTHORIZATION_STATE_GRANTED},
      {{AUTHORIZATION_STATE_SUSPENDED, EXTENDED}, AUTHORIZATION_STATE_SUSPENDED},
      {{AUTHORIZATION_STATE_GRANTED, LOGO_PERMITTED}, AUTHORIZATION_STATE_GRANTED},
      {{AUTHORIZATION_STATE_GRANTED, LOGO_WITHDRAWN}, AUTHORIZATION_STATE_GRANTED},
      {{AUTHORIZATION_STATE_SUSPENDED, LOGO_WITHDRAWN}, AUTHORIZATION_STATE_SUSPENDED},
      {{AUTHORIZATION_STATE_GRANTED, USE_REPORTED}, AUTHORIZATION_STATE_GRANTED},
      {{AUTHORIZATION_STATE_SUSPENDED, USE_REPORTED}, AUTHORIZATION_STATE_SUSPENDED},
      {{AUTHORIZATION_STATE_REMOVED, USE_REPORTED}, AUTHORIZATION_STATE_REMOVED}};
  for (const auto& [state, way] : ways) {
    for (const GrantEventKind kind : kKinds) {
      std::vector<GrantEvent> events = way;
      events.push_back(Grant(kind, "2020-03-01"));
      const Authorization grant = AGrant("a", events);
      const auto next = legal.find({state, kind});
      const absl::Status status = CheckGrantCourse(grant);
      EXPECT_EQ(StandingOn(grant, "2020-02-29").state, state);
      EXPECT_EQ(StandingOn(grant, "2020-03-01").state, next == legal.end() ? state : next->second);
      ASSERT_EQ(status.ok(), next != legal.end()) << ShortName(state) << " " << ShortName(kind);
      if (status.ok()) continue;
      EXPECT_EQ(GetErrorReason(status), ERROR_REASON_TRANSITION_ILLEGAL);
      EXPECT_EQ(Metadata(status, "name"), "authorizations/a");
      EXPECT_EQ(Metadata(status, "event"), ShortName(kind));
      EXPECT_EQ(Metadata(status, "state"), ShortName(state));
      EXPECT_EQ(Metadata(status, "date"), "2020-03-01");
      for (const GrantEventKind other : kKinds) {
        const bool listed =
            (", " + Metadata(status, "allowed") + ",").find(" " + ShortName(other) + ",") != std::string::npos;
        EXPECT_EQ(listed, legal.count({state, other}) != 0);
      }
    }
  }
}

GrantEvent Extended(absl::string_view from, absl::string_view to) {
  GrantEvent event = Grant(EXTENDED, from);
  *event.mutable_valid_to() = ADate(to);
  return event;
}

GrantEvent Reported(absl::string_view on, int year, absl::string_view last_used) {
  GrantEvent event = Grant(USE_REPORTED, on);
  event.mutable_use_report()->set_year(year);
  event.mutable_use_report()->set_used(!last_used.empty());
  if (!last_used.empty()) *event.mutable_use_report()->mutable_last_used_on() = ADate(last_used);
  return event;
}

Authorization Derived(Authorization grant, absl::string_view day) {
  DeriveState(ADay(day), grant);
  return grant;
}

TEST(GrantTest, ExtensionsAddPeriodsAndMayLeaveGaps) {
  const Authorization grant = AGrant(
      "a", {Grant(GRANTED, "2020-01-01"), Extended("2022-01-01", "2022-12-31"), Extended("2023-03-01", "2023-12-31")},
      "2020-01-01", "2021-12-31");
  const std::map<std::string, AuthorizationState> states = {{"2019-12-31", AUTHORIZATION_STATE_NOT_YET_EFFECTIVE},
                                                            {"2020-01-01", AUTHORIZATION_STATE_GRANTED},
                                                            {"2022-01-01", AUTHORIZATION_STATE_GRANTED},
                                                            {"2022-12-31", AUTHORIZATION_STATE_GRANTED},
                                                            {"2023-01-01", AUTHORIZATION_STATE_EXPIRED},
                                                            {"2023-03-01", AUTHORIZATION_STATE_GRANTED},
                                                            {"2024-01-01", AUTHORIZATION_STATE_EXPIRED}};
  for (const auto& [day, state] : states) EXPECT_EQ(ShortName(Derived(grant, day).state()), ShortName(state)) << day;
  EXPECT_EQ(ToDay(Derived(grant, "2021-06-01").holds_until()), ADay("2023-12-31"));
}

TEST(GrantTest, LogoOfADay) {
  const Authorization grant = AGrant(
      "a", {Grant(GRANTED, "2020-01-01"), Grant(LOGO_PERMITTED, "2020-02-01"), Grant(LOGO_WITHDRAWN, "2020-03-01"),
            Grant(LOGO_PERMITTED, "2020-04-01"), Grant(REMOVED, "2020-05-01")});
  EXPECT_FALSE(Derived(grant, "2020-01-31").logo_permitted());
  EXPECT_TRUE(Derived(grant, "2020-02-01").logo_permitted());
  EXPECT_FALSE(Derived(grant, "2020-03-01").logo_permitted());
  EXPECT_TRUE(Derived(grant, "2020-04-30").logo_permitted());
  EXPECT_FALSE(Derived(grant, "2020-05-01").logo_permitted()) << "a removed user may not download it";
}

TEST(GrantTest, WhoIsTwoYearsWithoutUse) {
  Authorization grant = AGrant("a", {Grant(GRANTED, "2020-03-10")}, "2020-03-10");
  // Two years from the grant, if nothing was reported.
  EXPECT_FALSE(Derived(grant, "2022-03-09").unused_two_years());
  EXPECT_TRUE(Derived(grant, "2022-03-11").unused_two_years());
  *grant.add_events() = Reported("2022-01-15", 2021, "2021-11-05");
  AssignEventIds(*grant.mutable_events());
  EXPECT_FALSE(Derived(grant, "2022-03-11").unused_two_years());
  EXPECT_EQ(ToDay(Derived(grant, "2022-03-11").last_used_on()), ADay("2021-11-05"));
  EXPECT_FALSE(Derived(grant, "2022-01-14").has_last_used_on()) << "not reported by then";
  EXPECT_TRUE(Derived(grant, "2023-11-06").unused_two_years());
  // A report that says otherwise for the same year replaces the first.
  *grant.add_events() = Reported("2022-02-01", 2021, "");
  AssignEventIds(*grant.mutable_events());
  EXPECT_FALSE(Derived(grant, "2022-03-09").has_last_used_on());
  EXPECT_TRUE(Derived(grant, "2022-03-11").unused_two_years());
}

TEST(GrantTest, NoGrantOutlastsItsMark) {
  const Indication mark =
      ATitle(INDICATION_KIND_CERTIFICATION_MARK, {Title(TITLE_EVENT_KIND_REGISTERED, "2020-03-07")});
  EXPECT_TRUE(CheckWithinTitle(mark, ADate("2030-03-06"), "valid_to").ok());
  const absl::Status status = CheckWithinTitle(mark, ADate("2030-03-07"), "valid_to");
  EXPECT_EQ(GetErrorReason(status), ERROR_REASON_GRANT_OUTLASTS_TITLE);
  EXPECT_EQ(Metadata(status, "field"), "valid_to");
  const Indication product = ATitle(INDICATION_KIND_GI_PRODUCT, {Title(TITLE_EVENT_KIND_REGISTERED, "2020-03-07")});
  EXPECT_TRUE(CheckWithinTitle(product, ADate("2099-01-01"), "valid_to").ok()) << "has no term";
}

TEST(GrantTest, PeriodDecidesWhileGranted) {
  const Authorization grant =
      AGrant("a", {Grant(REQUESTED, "2019-01-01"), Grant(GRANTED, "2019-06-01")}, "2020-01-01", "2020-12-31");
  EXPECT_EQ(StateOf(StandingOn(grant, "2018-12-31")), AUTHORIZATION_STATE_NOT_YET_EFFECTIVE);
  EXPECT_EQ(StateOf(StandingOn(grant, "2019-01-01")), AUTHORIZATION_STATE_PENDING);
  EXPECT_EQ(StateOf(StandingOn(grant, "2019-06-01")), AUTHORIZATION_STATE_NOT_YET_EFFECTIVE);
  EXPECT_EQ(StateOf(StandingOn(grant, "2019-12-31")), AUTHORIZATION_STATE_NOT_YET_EFFECTIVE);
  EXPECT_EQ(StateOf(StandingOn(grant, "2020-01-01")), AUTHORIZATION_STATE_GRANTED);
  EXPECT_EQ(StateOf(StandingOn(grant, "2020-12-31")), AUTHORIZATION_STATE_GRANTED);
  EXPECT_EQ(StateOf(StandingOn(grant, "2021-01-01")), AUTHORIZATION_STATE_EXPIRED);
  const Authorization open = AGrant("a", {Grant(GRANTED, "2019-06-01")});
  EXPECT_EQ(StateOf(StandingOn(open, "9999-12-31")), AUTHORIZATION_STATE_GRANTED);
  const Authorization removed = AGrant("a", {Grant(GRANTED, "2019-06-01"), Grant(REMOVED, "2019-07-01")}, "2020-01-01");
  EXPECT_EQ(StateOf(StandingOn(removed, "2019-07-01")), AUTHORIZATION_STATE_REMOVED);
}

TEST(GrantTest, OrderOfRecordingAndAnnulledEventsDoNotMatter) {
  const std::vector<GrantEvent> events = {Grant(REQUESTED, "2020-01-05"), Grant(GRANTED, "2020-01-10"),
                                          Grant(SUSPENDED, "2020-01-15"), Grant(REINSTATED, "2020-01-20"),
                                          Grant(REMOVED, "2020-01-25")};
  const Authorization expected = AGrant("a", events, "2020-01-12");
  std::vector<size_t> order = {0, 1, 2, 3, 4};
  do {
    std::vector<GrantEvent> late;
    for (const size_t i : order) {
      late.push_back(events[i]);
      late.push_back(Grant(REMOVED, "2020-01-11"));
      late.push_back(Annulment<GrantEvent>(EventId(static_cast<int>(late.size()) - 1)));
    }
    const Authorization grant = AGrant("a", late, "2020-01-12");
    ASSERT_TRUE(CheckGrantCourse(grant).ok()) << CheckGrantCourse(grant);
    for (Day day = ADay("2020-01-01"); day < ADay("2020-02-01"); day = day + 1) {
      ASSERT_EQ(SegmentOn(GrantTimeline(grant), day).standing, SegmentOn(GrantTimeline(expected), day).standing)
          << FormatDay(day);
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(GrantTest, SameDayGoesByPlaceInTheList) {
  const Authorization grant = AGrant("a", {Grant(GRANTED, "2020-01-10"), Grant(SUSPENDED, "2020-01-10")});
  EXPECT_TRUE(CheckGrantCourse(grant).ok());
  EXPECT_EQ(StateOf(StandingOn(grant, "2020-01-10")), AUTHORIZATION_STATE_SUSPENDED);
  EXPECT_FALSE(CheckGrantCourse(AGrant("a", {Grant(SUSPENDED, "2020-01-10"), Grant(GRANTED, "2020-01-10")})).ok());
}

TEST(GrantTest, BackDatedEventsMustFitWhatFollowed) {
  const std::vector<GrantEvent> events = {Grant(GRANTED, "2020-01-01"), Grant(SUSPENDED, "2022-01-01")};
  std::vector<GrantEvent> late = events;
  late.push_back(Grant(REMOVED, "2021-01-01"));
  const absl::Status status = CheckGrantCourse(AGrant("a", late));
  EXPECT_EQ(Metadata(status, "event"), "SUSPENDED");
  EXPECT_EQ(Metadata(status, "state"), "REMOVED");
  EXPECT_EQ(Metadata(status, "date"), "2022-01-01");
  EXPECT_EQ(Metadata(status, "allowed"), "USE_REPORTED");
  late.push_back(Annulment<GrantEvent>("e2"));
  EXPECT_TRUE(CheckGrantCourse(AGrant("a", late)).ok());
}

TEST(GrantTest, AnnulmentOfWhatOthersRestOn) {
  EXPECT_EQ(GetErrorReason(CheckGrantCourse(AGrant(
                "a", {Grant(GRANTED, "2020-01-01"), Grant(REMOVED, "2021-01-01"), Annulment<GrantEvent>("e1")}))),
            ERROR_REASON_TRANSITION_ILLEGAL);
  const Authorization none = AGrant("a", {Grant(GRANTED, "2020-01-01"), Annulment<GrantEvent>("e1")});
  EXPECT_TRUE(CheckGrantCourse(none).ok());
  EXPECT_EQ(StateOf(StandingOn(none, "2020-01-01")), AUTHORIZATION_STATE_UNSPECIFIED);
  EXPECT_FALSE(StandingOn(none, "2020-01-01").recorded);
  EXPECT_EQ(GetErrorReason(CheckGrantCourse(AGrant("a", {Grant(GRANTED, "2020-01-01"), Annulment<GrantEvent>("e2")}))),
            ERROR_REASON_EVENT_NOT_ANNULLABLE);
}

TEST(GrantTest, RecordedFromTheRequestOnOrIfGrantedLater) {
  const Authorization requested = AGrant("a", {Grant(REQUESTED, "2020-01-10")});
  EXPECT_FALSE(StandingOn(requested, "2020-01-09").recorded);
  EXPECT_TRUE(StandingOn(requested, "2020-01-10").recorded);
  const Authorization granted = AGrant("a", {Grant(REQUESTED, "2020-01-10"), Grant(GRANTED, "2020-02-01")});
  EXPECT_TRUE(StandingOn(granted, "2020-01-09").recorded);
  EXPECT_EQ(StandingOn(granted, "2020-01-09").state, AUTHORIZATION_STATE_UNSPECIFIED);
}

TEST(GrantTest, TheGroundIsThatOfTheRemoval) {
  GrantEvent removed = Grant(REMOVED, "2021-01-01");
  removed.set_ground(REMOVAL_GROUND_TWO_YEARS_UNUSED);
  const Authorization grant = AGrant("a", {Grant(GRANTED, "2020-01-01"), removed});
  EXPECT_EQ(StandingOn(grant, "2020-12-31").ground, REMOVAL_GROUND_UNSPECIFIED);
  EXPECT_EQ(StandingOn(grant, "2021-01-01").ground, REMOVAL_GROUND_TWO_YEARS_UNUSED);
}

}  // namespace
}  // namespace gi::domain
