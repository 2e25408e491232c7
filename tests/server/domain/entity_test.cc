#include "server/domain/entity.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/domain/rules_testing.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using rules_testing::ADay;
using rules_testing::AnEntity;
using rules_testing::Annulment;
using rules_testing::Metadata;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Event = registry::v1::EntityEvent;

constexpr auto RENAMED = ENTITY_EVENT_KIND_RENAMED;
constexpr auto DEREGISTERED = ENTITY_EVENT_KIND_DEREGISTERED;
constexpr auto LICENCE_REVOKED = ENTITY_EVENT_KIND_LICENCE_REVOKED;

Event An(EntityEventKind kind, absl::string_view date, absl::string_view name = "") {
  return rules_testing::EntityChange(kind, date, name);
}

TEST(EntityTest, NamesOfADay) {
  Entity entity = AnEntity("甲", {An(RENAMED, "2022-01-01", "丙"), An(RENAMED, "2020-01-01", "乙")});
  *entity.add_aliases() = "甲社";
  EXPECT_EQ(NameOn(FactsOf(entity), ADay("2019-12-31")), "甲");
  EXPECT_EQ(NameOn(FactsOf(entity), ADay("2020-01-01")), "乙");
  EXPECT_EQ(NameOn(FactsOf(entity), ADay("2021-12-31")), "乙");
  EXPECT_EQ(NameOn(FactsOf(entity), ADay("2022-01-01")), "丙");
  EXPECT_THAT(FactsOf(entity).aliases, ElementsAre("甲社"));
  *entity.add_events() = Annulment<Event>("e2");
  EXPECT_EQ(NameOn(FactsOf(entity), ADay("2021-12-31")), "甲");
}

TEST(EntityTest, SameDayGoesByPlaceInTheList) {
  const Entity entity = AnEntity("甲", {An(RENAMED, "2020-01-01", "乙"), An(RENAMED, "2020-01-01", "丙")});
  EXPECT_EQ(NameOn(FactsOf(entity), ADay("2020-01-01")), "丙");
}

TEST(EntityTest, EveryStateAndEvent) {
  for (const auto end : {ENTITY_EVENT_KIND_UNSPECIFIED, DEREGISTERED, LICENCE_REVOKED}) {
    for (const auto kind : {RENAMED, DEREGISTERED, LICENCE_REVOKED}) {
      std::vector<Event> events;
      if (end != ENTITY_EVENT_KIND_UNSPECIFIED) events.push_back(An(end, "2020-01-01"));
      const bool active = events.empty();
      events.push_back(An(kind, "2021-01-01", "乙"));
      const Entity entity = AnEntity("甲", events);
      EXPECT_EQ(StateOn(FactsOf(entity), ADay("2020-12-31")), active ? ENTITY_STATE_ACTIVE : ENTITY_STATE_DISSOLVED);
      EXPECT_EQ(StateOn(FactsOf(entity), ADay("2019-12-31")), ENTITY_STATE_ACTIVE);
      EXPECT_EQ(StateOn(FactsOf(entity), ADay("2021-01-01")),
                active && kind == RENAMED ? ENTITY_STATE_ACTIVE : ENTITY_STATE_DISSOLVED);
      EXPECT_EQ(NameOn(FactsOf(entity), ADay("2021-01-01")), active && kind == RENAMED ? "乙" : "甲");
      const absl::Status status = CheckEntityCourse(entity);
      ASSERT_EQ(status.ok(), active || kind == DEREGISTERED) << ShortName(end) << " " << ShortName(kind);
      if (status.ok()) continue;
      EXPECT_EQ(GetErrorReason(status), ERROR_REASON_TRANSITION_ILLEGAL);
      EXPECT_EQ(Metadata(status, "name"), "entities/e");
      EXPECT_EQ(Metadata(status, "event"), ShortName(kind));
      EXPECT_EQ(Metadata(status, "state"), "DISSOLVED");
      EXPECT_EQ(Metadata(status, "date"), "2021-01-01");
      EXPECT_EQ(Metadata(status, "allowed"), "DEREGISTERED, SUCCEEDED");
      events.pop_back();
      events.push_back(Annulment<Event>("e1"));
      EXPECT_TRUE(CheckEntityCourse(AnEntity("甲", events)).ok());
      EXPECT_EQ(StateOn(FactsOf(AnEntity("甲", events)), ADay("2022-01-01")), ENTITY_STATE_ACTIVE);
    }
  }
}

TEST(EntityTest, SuccessorsByDate) {
  const auto succeeded = [](absl::string_view date, const char* successor) {
    Event event = An(ENTITY_EVENT_KIND_SUCCEEDED, date);
    event.set_successor(successor);
    return event;
  };
  const Entity entity = AnEntity("甲", {succeeded("2021-01-01", "entities/b"), An(DEREGISTERED, "2021-06-01"),
                                        succeeded("2021-07-01", "entities/c")});
  EXPECT_TRUE(CheckEntityCourse(entity).ok()) << "business may pass on after the end";
  const EntityFacts facts = FactsOf(entity);
  EXPECT_EQ(SuccessorsOn(facts, ADay("2020-12-31")), 0u);
  EXPECT_EQ(SuccessorsOn(facts, ADay("2021-01-01")), 1u);
  EXPECT_EQ(SuccessorsOn(facts, ADay("2021-07-01")), 2u);
  EXPECT_EQ(StateOn(facts, ADay("2021-05-31")), ENTITY_STATE_ACTIVE) << "succession alone dissolves nobody";
  Entity derived = entity;
  DeriveState(ADay("2021-07-01"), derived);
  EXPECT_THAT(derived.successors(), ElementsAre("entities/b", "entities/c"));
}

TEST(EntityTest, LateEvents) {
  const Event dissolved = An(DEREGISTERED, "2022-01-01");
  EXPECT_TRUE(CheckEntityCourse(AnEntity("甲", {dissolved, An(RENAMED, "2021-01-01", "乙")})).ok());
  EXPECT_FALSE(CheckEntityCourse(AnEntity("甲", {dissolved, An(LICENCE_REVOKED, "2022-06-01")})).ok());
  std::vector<Event> events = {An(RENAMED, "2020-01-01", "乙"), An(RENAMED, "2020-06-01", "丙"), dissolved};
  const Entity expected = AnEntity("甲", events);
  std::vector<size_t> order = {0, 1, 2};
  do {
    const Entity late = AnEntity("甲", {events[order[0]], events[order[1]], events[order[2]]});
    ASSERT_TRUE(CheckEntityCourse(late).ok());
    for (const char* day : {"2019-12-31", "2020-01-01", "2020-06-01", "2021-12-31", "2022-01-01"}) {
      EXPECT_EQ(NameOn(FactsOf(late), ADay(day)), NameOn(FactsOf(expected), ADay(day)));
      EXPECT_EQ(StateOn(FactsOf(late), ADay(day)), StateOn(FactsOf(expected), ADay(day)));
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(EntityTest, AnnulmentsMustHitAStandingEvent) {
  EXPECT_EQ(GetErrorReason(CheckEntityCourse(AnEntity("甲", {Annulment<Event>("e1")}))),
            ERROR_REASON_EVENT_NOT_ANNULLABLE);
  EXPECT_EQ(GetErrorReason(CheckEntityCourse(
                AnEntity("甲", {An(DEREGISTERED, "2020-01-01"), Annulment<Event>("e1"), Annulment<Event>("e1")}))),
            ERROR_REASON_EVENT_NOT_ANNULLABLE);
}

std::vector<std::string> Findings(const Event& event) {
  FieldViolations violations;
  CheckEntityEvent(event, "event", violations);
  std::vector<std::string> found;
  for (const Violation& v : violations.all()) found.push_back(v.field() + " " + v.reason().substr(13));
  return found;
}

TEST(EntityTest, EventsByThemselves) {
  EXPECT_THAT(Findings(An(RENAMED, "2020-01-01", "乙")), IsEmpty());
  EXPECT_THAT(Findings(An(DEREGISTERED, "2020-01-01")), IsEmpty());
  EXPECT_THAT(Findings(Annulment<Event>("e1")), IsEmpty());
  EXPECT_THAT(Findings(An(RENAMED, "", " ")),
              ElementsAre("event.effective_from FIELD_REQUIRED", "event.new_name FIELD_REQUIRED"));
  EXPECT_THAT(Findings(An(LICENCE_REVOKED, "2020-01-01", "乙")), ElementsAre("event.new_name FIELD_MALFORMED"));
  EXPECT_THAT(Findings(Annulment<Event>("")), ElementsAre("event.annuls FIELD_REQUIRED"));
  Event event = An(DEREGISTERED, "2020-01-01");
  event.set_annuls("e1");
  EXPECT_THAT(Findings(event), ElementsAre("event.annuls FIELD_MALFORMED"));
}

}  // namespace
}  // namespace gi::domain
