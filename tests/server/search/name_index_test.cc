#include "server/search/name_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace gi::search {
namespace {

std::map<uint32_t, std::string> ByOwner(const std::vector<NameHit>& hits) {
  std::map<uint32_t, std::string> names;
  for (const NameHit& hit : hits) names[hit.owner] = *hit.name;
  return names;
}

TEST(NameIndexTest, TheBestNameOfEachOwner) {
  NameIndex index;
  index.Put(0, {"梁平柚", "Liangping Pomelo"});
  index.Put(1, {"梁平红豆"});
  index.Put(2, {"Roquefort"});
  EXPECT_THAT(ByOwner(index.Search("梁平")),
              testing::ElementsAre(testing::Pair(0, "梁平柚"), testing::Pair(1, "梁平红豆")));
  EXPECT_THAT(ByOwner(index.Search("liangping pomelo")), testing::Contains(testing::Pair(0, "Liangping Pomelo")));
  EXPECT_THAT(ByOwner(index.Search("粱平柚")), testing::Contains(testing::Pair(0, "梁平柚")));
  EXPECT_THAT(ByOwner(index.Search("r")), testing::ElementsAre(testing::Pair(2, "Roquefort")));
  EXPECT_THAT(ByOwner(index.Search("rocfort")), testing::ElementsAre(testing::Pair(2, "Roquefort")));
  EXPECT_TRUE(index.Search("").empty());
  EXPECT_TRUE(index.Search("!?").empty());
}

TEST(NameIndexTest, ReplacedNamesAreForgotten) {
  NameIndex index;
  for (int round = 0; round < 3000; ++round) {
    index.Put(0, {"梁平柚" + std::to_string(round)});
    index.Put(1, {"Feta"});
  }
  EXPECT_EQ(index.size(), 2u);
  EXPECT_THAT(ByOwner(index.Search("梁平柚")), testing::ElementsAre(testing::Pair(0, "梁平柚2999")));
  EXPECT_THAT(ByOwner(index.Search("feta")), testing::ElementsAre(testing::Pair(1, "Feta")));
  index.Put(1, {});
  EXPECT_TRUE(index.Search("feta").empty());
}

// With fewer names than are compared in any case, the index must find what comparing all finds, but for names that
// share nothing with the query.
RC_GTEST_PROP(NameIndexTest, FindsWhatComparingAllFinds, ()) {
  const auto name = [] {
    return rc::gen::map(
        rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
            "梁", "平", "柚", "庆", "红", "liang", "ping", "you", "é", "o", " ", "-", "重", "鴨", "Я"})),
        [](const std::vector<std::string>& parts) {
          std::string whole;
          for (const std::string& part : parts) whole += part;
          return whole;
        });
  };
  NameIndex index;
  const auto names = *rc::gen::resize(20, rc::gen::container<std::vector<std::string>>(rc::gen::resize(5, name())));
  for (size_t i = 0; i < names.size(); ++i) index.Put(static_cast<uint32_t>(i), {names[i]});
  if (!names.empty()) index.Put(0, {names.back()});
  const std::string query = *rc::gen::resize(5, name());
  const std::map<uint32_t, std::string> found = ByOwner(index.Search(query));
  for (const NameHit& hit : index.CompareAll(query)) {
    if (hit.likeness.kind == registry::v1::MATCH_KIND_SIMILAR) continue;
    RC_ASSERT(found.contains(hit.owner));
  }
  RC_ASSERT(found.size() <= index.CompareAll(query).size());
}

}  // namespace
}  // namespace gi::search
