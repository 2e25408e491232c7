// The history of facts against what a list of versions says; rows that come twice or out of turn.
#include "server/search/figure_index.h"

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "gtest/gtest.h"
#include "server/search/fact_history.h"

namespace gi::search {
namespace {

namespace v1 = registry::v1;

// Versions of one row: the first `loaded` as a server finds them at its start, the others as they come.
void CompareWithVersions(const std::map<uint64_t, int>& versions, size_t loaded) {
  FactHistory<int> history;
  Revision since;
  int now = 0;
  std::vector<std::pair<uint64_t, int>> before(versions.begin(), versions.end());
  since = Revision{before[loaded - 1].first};
  now = before[loaded - 1].second;
  for (size_t i = loaded - 1; i-- > 0;) {
    history.AddOldest(3, Revision{before[i].first}, before[i].second, since, now);
  }
  for (size_t i = loaded; i < before.size(); ++i) {
    if (before[i].second == now) continue;
    history.AddNewest(3, since, now);
    since = Revision{before[i].first};
    now = before[i].second;
  }
  EXPECT_EQ(now, before.back().second);
  for (uint64_t at = 0; at <= before.back().first; ++at) {
    const int* fact = since <= Revision{at} ? &now : history.At(3, Revision{at});
    const auto after = versions.upper_bound(at);
    if (after == versions.begin()) {
      EXPECT_EQ(fact, nullptr) << at;
    } else {
      ASSERT_NE(fact, nullptr) << at;
      EXPECT_EQ(*fact, std::prev(after)->second) << at;
    }
  }
}

TEST(FactHistoryTest, KnowsEachVersion) {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    std::map<uint64_t, int> versions;
    for (uint64_t i = 1 + random() % 8; i > 0; --i) versions[1 + random() % 20] = static_cast<int>(random() % 3);
    CompareWithVersions(versions, 1 + random() % versions.size());
  }
}

TEST(FactHistoryTest, KnowsNothingOfOtherRows) {
  FactHistory<int> history;
  history.AddNewest(2, Revision{1}, 7);
  EXPECT_EQ(history.At(1, Revision{9}), nullptr);
  EXPECT_EQ(history.At(5, Revision{9}), nullptr);
  EXPECT_EQ(*history.At(2, Revision{9}), 7);
}

std::string EntityGone(int year) {
  v1::Entity entity;
  entity.set_name("entities/e");
  v1::EntityEvent& event = *entity.add_events();
  event.set_id("e1");
  event.set_kind(v1::ENTITY_EVENT_KIND_DEREGISTERED);
  event.mutable_effective_from()->set_year(year);
  event.mutable_effective_from()->set_month(1);
  event.mutable_effective_from()->set_day(1);
  return entity.SerializeAsString();
}

int YearGone(const FigureIndex& index) { return ToDate(index.facts().entities.at(0)).year(); }

TEST(FigureIndexTest, ARowThatIsOlderThanTheOneItHasIsLeftOut) {
  FigureIndex index;
  ASSERT_TRUE(index.PutRow(keyspace::kEntities, "e", EntityGone(2022), Revision{5}));
  ASSERT_TRUE(index.PutRow(keyspace::kEntities, "e", EntityGone(2021), Revision{4}));
  EXPECT_EQ(YearGone(index), 2022);
  ASSERT_TRUE(index.PutRow(keyspace::kEntities, "e", EntityGone(2023), Revision{7}));
  ASSERT_TRUE(index.PutRow(keyspace::kEntities, "e", EntityGone(2023), Revision{7}));
  EXPECT_EQ(YearGone(index), 2023);
  ASSERT_TRUE(index.PutOlderRow(keyspace::kEntities, "e", EntityGone(2022), Revision{5}));
  ASSERT_TRUE(index.PutOlderRow(keyspace::kEntities, "e", EntityGone(2020), Revision{2}));
  std::vector<std::string> changed;
  EXPECT_EQ(YearGone(*index.CopyAt(Revision{6}, changed)), 2022);
  EXPECT_EQ(YearGone(*index.CopyAt(Revision{4}, changed)), 2020);
  EXPECT_EQ(index.CopyAt(Revision{1}, changed)->facts().entities.at(0), kLastDay);
  EXPECT_TRUE(changed.empty()) << "nothing is left to be read";
}

// A law book with a period that registration begins, or with none.
std::string BookWith(bool rule) {
  v1::LawBook book;
  v1::Law& law = *book.add_laws();
  law.set_id("law");
  law.add_kinds(v1::APPLICATION_KIND_CERTIFICATION_MARK);
  law.set_law_version(v1::LAW_VERSION_TRADEMARK_2019);
  if (rule) {
    v1::ClockRule& period = *book.add_clock_rules();
    period.set_rule_id("PERIOD");
    period.add_laws("law");
    period.set_party(v1::PARTY_HOLDER);
    period.set_start(v1::CLOCK_START_EVENT);
    period.add_title_events(v1::TITLE_EVENT_KIND_REGISTERED);
    period.mutable_length()->set_amount(5);
    period.mutable_length()->set_unit(v1::PERIOD_UNIT_YEARS);
  }
  return book.SerializeAsString();
}

std::string RegisteredTitle() {
  v1::Indication title;
  title.set_name("indications/t");
  title.set_kind(v1::INDICATION_KIND_CERTIFICATION_MARK);
  v1::TitleEvent& event = *title.add_events();
  event.set_id("e1");
  event.set_kind(v1::TITLE_EVENT_KIND_REGISTERED);
  event.set_law_version(v1::LAW_VERSION_TRADEMARK_2019);
  *event.mutable_effective_from() = *ParseDate("2020-01-01");
  return title.SerializeAsString();
}

// Also if no title was there to need the first version.
TEST(FigureIndexTest, OfALawBookTheNewestVersionCounts) {
  for (const bool in_between : {false, true}) {
    FigureIndex index;
    ASSERT_TRUE(index.PutRow(keyspace::kLawBooks, "b", BookWith(true), Revision{1}));
    if (in_between) {
      ASSERT_TRUE(index.PutRow(keyspace::kIndications, "t", RegisteredTitle(), Revision{2}));
      ASSERT_EQ(index.facts().titles.at(0).deadlines.size(), 1u);
    }
    ASSERT_TRUE(index.PutRow(keyspace::kLawBooks, "b", BookWith(false), Revision{3}));
    ASSERT_TRUE(index.PutRow(keyspace::kIndications, "t", RegisteredTitle(), Revision{2}));
    EXPECT_EQ(index.facts().titles.at(0).deadlines.size(), 0u) << in_between;
  }
}

TEST(FigureIndexTest, UnreadableRowsAreRefused) {
  FigureIndex index;
  EXPECT_FALSE(index.PutRow(keyspace::kEntities, "e", "\xff", Revision{5}));
  EXPECT_FALSE(index.PutOlderRow(keyspace::kAuthorizations, "e", "\xff", Revision{5}));
  EXPECT_FALSE(index.PutOlderRow(keyspace::kProducts, "e", "", Revision{5})) << "these are not remembered";
}

}  // namespace
}  // namespace gi::search
