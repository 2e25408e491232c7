#include "server/search/likeness.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "storage/base/text.h"

namespace gi::search {
namespace {

using namespace registry::v1;  // NOLINT: the kinds

struct Case {
  const char* query;
  const char* name;
  MatchKind kind;
};

TEST(LikenessTest, EveryWayOfBeingAlike) {
  const std::vector<Case> cases = {
      {"梁平柚", "梁平柚", MATCH_KIND_EXACT},
      {"ＦＥＴＡ ", "Feta", MATCH_KIND_EXACT},
      {"北京鴨", "北京鸭", MATCH_KIND_VARIANT},
      {"酒粬", "酒曲", MATCH_KIND_VARIANT},
      {"Steirische Kaferbohne", "Steirische Käferbohne", MATCH_KIND_VARIANT},
      {"prosciutto parma", "Prosciutto-Parma", MATCH_KIND_VARIANT},
      {"梁平", "梁平柚", MATCH_KIND_PREFIX},
      {"平柚", "梁平柚", MATCH_KIND_SUBSTRING},
      {"重庆梁平柚", "梁平柚", MATCH_KIND_SUBSTRING},
      {"parma prosciutto", "Prosciutto di Parma", MATCH_KIND_SUBSTRING},
      {"柚 梁平", "梁平柚", MATCH_KIND_SUBSTRING},
      {"parma wine", "Prosciutto di Parma", MATCH_KIND_UNSPECIFIED},
      {"liangpingyou", "梁平柚", MATCH_KIND_PRONUNCIATION},
      {"Liang Ping You", "梁平柚", MATCH_KIND_PRONUNCIATION},
      {"liangping", "梁平柚", MATCH_KIND_PRONUNCIATION},
      {"粱平柚", "梁平柚", MATCH_KIND_PRONUNCIATION},
      {"chongqing", "重庆火锅", MATCH_KIND_PRONUNCIATION},
      {"lvcha", "绿茶", MATCH_KIND_PRONUNCIATION},
      {"lpy", "梁平柚", MATCH_KIND_INITIALS},
      {"LP", "梁平柚", MATCH_KIND_INITIALS},
      {"梁平油", "梁平柚", MATCH_KIND_PRONUNCIATION},
      {"梁山柚", "梁平柚", MATCH_KIND_SIMILAR},
      {"liangpignyou", "梁平柚", MATCH_KIND_SIMILAR},
      {"liagpingyou", "梁平柚", MATCH_KIND_SIMILAR},
      {"Gorgonzolla", "Gorgonzola", MATCH_KIND_SIMILAR},
      {"gorgnzo", "Gorgonzola", MATCH_KIND_SIMILAR},
      {"feta", "Φέτα", MATCH_KIND_SIMILAR},
      {"苹果", "梁平柚", MATCH_KIND_UNSPECIFIED},
      {"roquefort", "Feta", MATCH_KIND_UNSPECIFIED},
      {"", "Feta", MATCH_KIND_UNSPECIFIED},
      {"...", "Feta", MATCH_KIND_UNSPECIFIED},
  };
  for (const Case& c : cases) {
    const Likeness likeness = LikenessOf(FormsOf(c.query), FormsOf(c.name));
    EXPECT_EQ(MatchKind_Name(likeness.kind), MatchKind_Name(c.kind)) << c.query << " / " << c.name;
    EXPECT_EQ(likeness.score > 0, c.kind != MATCH_KIND_UNSPECIFIED);
  }
}

TEST(LikenessTest, TheMoreOfTheNameTheBetter) {
  const NameForms query = FormsOf("梁平");
  EXPECT_GT(LikenessOf(query, FormsOf("梁平柚")).score, LikenessOf(query, FormsOf("梁平红心柚")).score);
  EXPECT_GT(LikenessOf(query, FormsOf("梁平红心柚")).score, LikenessOf(query, FormsOf("重庆梁平柚")).score);
}

TEST(EditDistanceTest, Examples) {
  const auto whole = [](const char* a, const char* b) {
    return EditDistance(std::string_view(a), std::string_view(b)).whole;
  };
  EXPECT_EQ(whole("", ""), 0u);
  EXPECT_EQ(whole("abc", ""), 3u);
  EXPECT_EQ(whole("", "abc"), 3u);
  EXPECT_EQ(whole("kitten", "sitting"), 3u);
  EXPECT_EQ(whole("pign", "ping"), 1u) << "a transposition is one";
  EXPECT_EQ(whole("ca", "abc"), 3u) << "but nothing is put between";
  EXPECT_EQ(EditDistance(std::string_view("gorgn"), std::string_view("gorgonzola")).beginning, 1u);
  EXPECT_EQ(EditDistance(std::u32string_view(U"梁平油"), std::u32string_view(U"梁平柚")).whole, 1u);
}

RC_GTEST_PROP(EditDistanceTest, IsADistance, ()) {
  const auto text = [] {
    return rc::gen::resize(8, rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab"))));
  };
  const std::string a = *text();
  const std::string b = *text();
  const EditDistances there = EditDistance(std::string_view(a), std::string_view(b));
  RC_ASSERT((there.whole == 0) == (a == b));
  RC_ASSERT(there.whole == EditDistance(std::string_view(b), std::string_view(a)).whole);
  size_t nearest = a.size();
  for (size_t length = 1; length <= b.size(); ++length) {
    nearest = std::min(nearest, EditDistance(std::string_view(a), std::string_view(b).substr(0, length)).whole);
  }
  RC_ASSERT(there.beginning == nearest);
}

RC_GTEST_PROP(LikenessTest, ScoresAreBetweenNoneAndOne, ()) {
  const auto text = [] {
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
                            std::vector<std::string>{"梁", "平", "柚", "a", "b", "é", "Я", " ", "-", "重", "鴨"})),
                        [](const std::vector<std::string>& parts) {
                          std::string whole;
                          for (const std::string& part : parts) whole += part;
                          return whole;
                        });
  };
  const NameForms a = FormsOf(*text());
  const NameForms b = FormsOf(*text());
  const Likeness likeness = LikenessOf(a, b);
  RC_ASSERT(likeness.score >= 0 && likeness.score <= 1);
  RC_ASSERT((likeness.score == 0) == (likeness.kind == MATCH_KIND_UNSPECIFIED));
  RC_ASSERT(a.folded.empty() || LikenessOf(a, a).score == 1);
}

TEST(LikenessTest, LongTextsAreCutNotRefused) {
  std::string longest;
  for (int i = 0; i < 300; ++i) longest += "柚";
  EXPECT_EQ(FormsOf(longest).folded.size(), kMaxNameChars);
  EXPECT_EQ(LikenessOf(FormsOf(longest + "子"), FormsOf(longest)).kind, MATCH_KIND_VARIANT);
}

}  // namespace
}  // namespace gi::search
