#include "server/domain/title.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/domain/rules_testing.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using namespace rules_testing;
using ::testing::ElementsAre;

constexpr IndicationKind kMark = INDICATION_KIND_CERTIFICATION_MARK;
constexpr auto APPLIED = TITLE_EVENT_KIND_APPLIED;
constexpr auto PUBLISHED = TITLE_EVENT_KIND_PUBLISHED;
constexpr auto REGISTERED = TITLE_EVENT_KIND_REGISTERED;
constexpr auto RENEWED = TITLE_EVENT_KIND_RENEWED;
constexpr auto REVOKED = TITLE_EVENT_KIND_REVOKED;
constexpr auto INVALIDATED = TITLE_EVENT_KIND_INVALIDATED;
constexpr auto SURRENDERED = TITLE_EVENT_KIND_SURRENDERED;
constexpr auto REFUSED = TITLE_EVENT_KIND_REFUSED;

TitleState On(const Indication& title, absl::string_view day) { return TitleTimeline(title).StateOn(ADay(day)); }

TEST(TitleTimelineTest, MarkLivesThroughItsTerm) {
  const Indication title =
      ATitle(kMark, {Title(APPLIED, "2008-01-01"), Title(PUBLISHED, "2009-01-01"), Title(REGISTERED, "2010-03-01")});
  EXPECT_EQ(On(title, "2007-01-01"), TITLE_STATE_PENDING);
  EXPECT_EQ(On(title, "2010-02-28"), TITLE_STATE_PENDING);
  EXPECT_EQ(On(title, "2010-03-01"), TITLE_STATE_IN_FORCE);
  EXPECT_EQ(On(title, "2020-02-29"), TITLE_STATE_IN_FORCE);
  EXPECT_EQ(On(title, "2020-03-01"), TITLE_STATE_IN_GRACE);
  EXPECT_EQ(On(title, "2020-08-29"), TITLE_STATE_IN_GRACE);
  EXPECT_EQ(On(title, "2020-08-30"), TITLE_STATE_LAPSED);
  EXPECT_EQ(TitleTimeline(title).ItemSegments(0).size(), 4u);
}

TEST(TitleTest, HoldersByDate) {
  Indication title = ATitle(kMark, {Title(REGISTERED, "2010-03-01")});
  title.set_holder("entities/a");
  const auto transfer = [&](absl::string_view date, const char* holder) {
    TitleEvent event = Title(TITLE_EVENT_KIND_TRANSFERRED, date);
    event.set_new_holder(holder);
    Record(event, title);
  };
  transfer("2015-01-01", "entities/c");
  transfer("2012-01-01", "entities/b");
  EXPECT_EQ(HolderOn(title, ADay("2011-12-31")), "entities/a");
  EXPECT_EQ(HolderOn(title, ADay("2012-01-01")), "entities/b");
  EXPECT_EQ(HolderOn(title, ADay("2014-12-31")), "entities/b");
  EXPECT_EQ(HolderOn(title, ADay("2015-01-01")), "entities/c");
  Record(Annulment<TitleEvent>("e2"), title);
  EXPECT_EQ(HolderOn(title, ADay("2015-01-01")), "entities/b");
  DeriveState(ADay("2015-01-01"), title);
  EXPECT_EQ(title.effective_holder(), "entities/b");
  EXPECT_EQ(ToDay(title.protected_since()), ADay("2010-03-01"));
}

TEST(TitleTest, LastTermEnd) {
  EXPECT_EQ(LastTermEnd(ATitle(kMark, {})), std::nullopt);
  EXPECT_EQ(LastTermEnd(ATitle(INDICATION_KIND_GI_PRODUCT, {Title(REGISTERED, "2010-03-01")})), std::nullopt);
  EXPECT_EQ(LastTermEnd(ATitle(kMark, {Title(REGISTERED, "2010-03-01")})), ADay("2020-02-29"));
  EXPECT_EQ(LastTermEnd(ATitle(kMark, {Title(REGISTERED, "2010-03-01"), Title(RENEWED, "2019-06-01")})),
            ADay("2030-02-28"));
}

TEST(TitleTimelineTest, OtherKindsHaveNoTerm) {
  for (const IndicationKind kind : {INDICATION_KIND_GI_PRODUCT, INDICATION_KIND_AGI, INDICATION_KIND_FOREIGN}) {
    const Indication title = ATitle(kind, {Title(REGISTERED, "1990-03-01")});
    EXPECT_FALSE(title.events(0).has_term_end());
    EXPECT_EQ(On(title, "9999-12-31"), TITLE_STATE_IN_FORCE);
  }
}

TEST(TitleTimelineTest, WithoutEventsOrDatesNothingIsInForce) {
  EXPECT_EQ(On(ATitle(kMark, {}), "2020-01-01"), TITLE_STATE_PENDING);
  EXPECT_EQ(On(ATitle(kMark, {Title(REGISTERED, "")}), "2020-01-01"), TITLE_STATE_PENDING);
  EXPECT_EQ(On(ATitle(kMark, {}, 3), "2020-01-01"), TITLE_STATE_PENDING);
}

TEST(TitleTimelineTest, InvalidatedNeverExisted) {
  // Announced in 2026; asked for 2023.
  Indication title = ATitle(kMark, {Title(REGISTERED, "2020-05-01")});
  EXPECT_EQ(On(title, "2023-06-01"), TITLE_STATE_IN_FORCE);
  Record(Title(INVALIDATED, "2026-02-01"), title);
  EXPECT_TRUE(CheckTitleCourse(title).ok());
  for (const char* day : {"0001-01-01", "2019-01-01", "2023-06-01", "2026-01-31", "2026-02-01", "2099-01-01"}) {
    EXPECT_EQ(On(title, day), TITLE_STATE_INVALIDATED) << day;
  }
}

TEST(TitleTimelineTest, RevokedEndsOnTheAnnouncement) {
  const Indication title = ATitle(kMark, {Title(REGISTERED, "2020-05-01"), Title(REVOKED, "2024-02-01")});
  EXPECT_EQ(On(title, "2024-01-31"), TITLE_STATE_IN_FORCE);
  EXPECT_EQ(On(title, "2024-02-01"), TITLE_STATE_REVOKED);
  EXPECT_EQ(On(title, "2040-02-01"), TITLE_STATE_REVOKED) << "the term goes no further";
}

TEST(TitleTimelineTest, SurrenderTakesEffectAsTheLawSays) {
  TitleEvent event = Title(SURRENDERED, "2026-11-20");
  *event.mutable_announced_on() = ADate("2027-02-01");
  const Indication old_law = ATitle(kMark, {Title(REGISTERED, "2020-05-01"), event});
  EXPECT_EQ(On(old_law, "2026-11-19"), TITLE_STATE_IN_FORCE);
  EXPECT_EQ(On(old_law, "2026-11-20"), TITLE_STATE_SURRENDERED);
  event.set_law_version(LAW_VERSION_TRADEMARK_2026);
  const Indication new_law = ATitle(kMark, {Title(REGISTERED, "2020-05-01"), event});
  EXPECT_EQ(On(new_law, "2027-01-31"), TITLE_STATE_IN_FORCE);
  EXPECT_EQ(On(new_law, "2027-02-01"), TITLE_STATE_SURRENDERED);
  event.clear_law_version();
  const Indication no_law = ATitle(kMark, {Title(REGISTERED, "2020-05-01"), event});
  EXPECT_EQ(On(no_law, "2028-01-01"), TITLE_STATE_IN_FORCE);
}

TEST(TitleTimelineTest, RegistrationIsNotUndoneByLaterSteps) {
  const Indication applied_later =
      ATitle(INDICATION_KIND_FOREIGN,
             {Title(APPLIED, "2017-08-04"), Title(PUBLISHED, "2011-03-18"), Title(REGISTERED, "2014-02-04")});
  EXPECT_TRUE(CheckTitleCourse(applied_later).ok());
  EXPECT_EQ(On(applied_later, "2014-02-03"), TITLE_STATE_PENDING);
  EXPECT_EQ(On(applied_later, "2018-01-01"), TITLE_STATE_IN_FORCE);

  const Indication undated =
      ATitle(INDICATION_KIND_FOREIGN, {Title(APPLIED, "2016-03-30"), Title(REFUSED, "2017-01-01"),
                                       Title(PUBLISHED, "2020-02-14"), Title(REGISTERED, "")});
  EXPECT_TRUE(CheckTitleCourse(undated).ok());
  EXPECT_EQ(On(undated, "0001-01-01"), TITLE_STATE_IN_FORCE);
  EXPECT_EQ(On(undated, "2020-02-14"), TITLE_STATE_IN_FORCE);

  const Indication rejected = ATitle(
      INDICATION_KIND_FOREIGN, {Title(APPLIED, "2006-01-20"), Title(PUBLISHED, "2007-01-01"), Title(REFUSED, "")});
  EXPECT_TRUE(CheckTitleCourse(rejected).ok());
  EXPECT_EQ(On(rejected, "2020-01-01"), TITLE_STATE_REFUSED);
}

TEST(TitleTimelineTest, RenewalLeavesNoGap) {
  // In the window before, in grace, and after it.
  for (const char* day : {"2019-06-01", "2020-03-01", "2020-05-10", "2020-08-30", "2021-01-01"}) {
    const Indication title = ATitle(kMark, {Title(REGISTERED, "2010-03-01"), Title(RENEWED, day)});
    EXPECT_TRUE(CheckTitleCourse(title).ok()) << day;
    EXPECT_EQ(FormatDate(title.events(1).term_end()), "2030-02-28") << day;
    const TitleTimeline timeline(title);
    EXPECT_THAT(timeline.ItemSegments(0), ElementsAre(TitleTimeline::Segment{kFirstDay, TITLE_STATE_PENDING},
                                                      TitleTimeline::Segment{ADay("2010-03-01"), TITLE_STATE_IN_FORCE},
                                                      TitleTimeline::Segment{ADay("2030-03-01"), TITLE_STATE_IN_GRACE},
                                                      TitleTimeline::Segment{ADay("2030-08-29"), TITLE_STATE_LAPSED}));
  }
}

TEST(TitleTimelineTest, EndInGraceKeepsTheGraceBefore) {
  const Indication title = ATitle(kMark, {Title(REGISTERED, "2010-03-01"), Title(REVOKED, "2020-05-01")});
  EXPECT_EQ(On(title, "2020-04-30"), TITLE_STATE_IN_GRACE);
  EXPECT_EQ(On(title, "2020-05-01"), TITLE_STATE_REVOKED);
}

TEST(TitleTimelineTest, ItemsGoTheirOwnWays) {
  Indication title = ATitle(
      kMark,
      {Title(REGISTERED, "2020-03-01"), Title(REVOKED, "2022-01-01", {"g2"}), Title(INVALIDATED, "2023-01-01", {"g3"})},
      3);
  EXPECT_TRUE(CheckTitleCourse(title).ok());
  const TitleTimeline timeline(title);
  EXPECT_FALSE(timeline.uniform());
  EXPECT_EQ(timeline.ItemStateOn(0, ADay("2021-01-01")), TITLE_STATE_IN_FORCE);
  EXPECT_EQ(timeline.ItemStateOn(1, ADay("2021-01-01")), TITLE_STATE_IN_FORCE);
  EXPECT_EQ(timeline.ItemStateOn(1, ADay("2022-01-01")), TITLE_STATE_REVOKED);
  EXPECT_EQ(timeline.ItemStateOn(2, ADay("2021-01-01")), TITLE_STATE_INVALIDATED);
  EXPECT_EQ(timeline.StateOn(ADay("2021-01-01")), TITLE_STATE_PARTLY_IN_FORCE);
  EXPECT_EQ(timeline.StateOn(ADay("2019-01-01")), TITLE_STATE_PENDING);

  DeriveState(ADay("2022-06-01"), title);
  EXPECT_EQ(title.state(), TITLE_STATE_PARTLY_IN_FORCE);
  ASSERT_EQ(title.item_states_size(), 3);
  EXPECT_EQ(title.item_states(1).item(), "g2");
  EXPECT_EQ(title.item_states(1).state(), TITLE_STATE_REVOKED);

  // The rest is renewed; what ended stays ended.
  Record(Title(RENEWED, "2030-01-01"), title);
  EXPECT_TRUE(CheckTitleCourse(title).ok());
  DeriveState(ADay("2035-01-01"), title);
  EXPECT_EQ(title.item_states(0).state(), TITLE_STATE_IN_FORCE);
  EXPECT_EQ(title.item_states(1).state(), TITLE_STATE_REVOKED);
}

TEST(TitleTimelineTest, EqualItemsHaveOneState) {
  Indication title =
      ATitle(kMark, {Title(REGISTERED, "2020-03-01", {"g1"}), Title(REGISTERED, "2020-03-01", {"g2"})}, 2);
  DeriveState(ADay("2021-01-01"), title);
  EXPECT_EQ(title.state(), TITLE_STATE_IN_FORCE);
  EXPECT_TRUE(title.item_states().empty());
}

TEST(TitleTimelineTest, CombineIsSymmetricAndNeverInventsForce) {
  for (int a = TITLE_STATE_PENDING; a <= TITLE_STATE_PARTLY_IN_FORCE; ++a) {
    for (int b = TITLE_STATE_PENDING; b <= TITLE_STATE_PARTLY_IN_FORCE; ++b) {
      const auto combined = TitleTimeline::Combine(static_cast<TitleState>(a), static_cast<TitleState>(b));
      EXPECT_EQ(combined, TitleTimeline::Combine(static_cast<TitleState>(b), static_cast<TitleState>(a)));
      const bool any = a == TITLE_STATE_IN_FORCE || b == TITLE_STATE_IN_FORCE || a == TITLE_STATE_PARTLY_IN_FORCE ||
                       b == TITLE_STATE_PARTLY_IN_FORCE;
      if (a == b) {
        EXPECT_EQ(combined, a);
      } else if (any) {
        EXPECT_EQ(combined, TITLE_STATE_PARTLY_IN_FORCE);
      } else {
        EXPECT_TRUE(combined == a || combined == b);
      }
    }
  }
  EXPECT_EQ(TitleTimeline::Combine(TITLE_STATE_LAPSED, TITLE_STATE_INVALIDATED), TITLE_STATE_LAPSED);
}

TEST(TitleTimelineTest, OrderOfRecordingDoesNotMatter) {
  const std::vector<TitleEvent> events = {Title(APPLIED, "2008-01-01"), Title(REGISTERED, "2010-03-01"),
                                          Title(RENEWED, "2020-05-01"), Title(REVOKED, "2024-01-01", {"g2"}),
                                          Title(SURRENDERED, "2025-01-01", {"g1"})};
  const TitleTimeline expected(ATitle(kMark, events, 3));
  std::vector<size_t> order = {0, 1, 2, 3, 4};
  do {
    Indication late = ATitle(kMark, {}, 3);
    for (const size_t i : order) {
      *late.add_events() = events[i];
      // A mistake, taken back.
      *late.add_events() = Title(INVALIDATED, "2015-01-01");
      *late.add_events() = Annulment<TitleEvent>(EventId(late.events_size() - 1));
    }
    AssignEventIds(*late.mutable_events());
    ASSERT_TRUE(CheckTitleCourse(late).ok()) << CheckTitleCourse(late);
    const TitleTimeline timeline(late);
    for (int item = 0; item < 3; ++item) ASSERT_EQ(timeline.ItemSegments(item), expected.ItemSegments(item));
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace gi::domain
