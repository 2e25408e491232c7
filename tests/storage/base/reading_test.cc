#include "storage/base/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/name_fold.h"

namespace gi {
namespace {

std::string First(const char* text) {
  const std::vector<Reading> readings = ReadAloud(text);
  return readings.empty() ? "" : readings.front().letters + "/" + readings.front().initials;
}

TEST(ReadingTest, ChineseIsReadInPinyin) {
  EXPECT_EQ(First("梁平柚"), "liangpingyou/lpy");
  EXPECT_EQ(First("梁 平 柚"), "liangpingyou/lpy");
  EXPECT_EQ(First("北京鴨"), "beijingya/bjy");
  EXPECT_EQ(First("柚"), "you/") << "one character has no initials";
  EXPECT_EQ(First("绿茶"), "lucha/lc");
  EXPECT_EQ(First("lvcha"), "lucha/") << "v is typed for ü";
}

TEST(ReadingTest, OtherScriptsAreReadInLatinLetters) {
  EXPECT_EQ(First("Steirische Käferbohne"), "steirischekaferbohne/");
  EXPECT_EQ(First("Φέτα"), "pheta/");
  EXPECT_EQ(First("ՍԵՒԱՆԻ"), First("սեւանի"));
  EXPECT_EQ(First("Сир"), "sir/");
  EXPECT_EQ(First("梁平柚 No. 2"), "liangpingyouno2/lpy");
}

TEST(ReadingTest, AllReadingsOfACharacterCount) {
  std::vector<std::string> letters;
  for (const Reading& reading : ReadAloud("重庆柚")) letters.push_back(reading.letters);
  EXPECT_THAT(letters, testing::UnorderedElementsAre("zhongqingyou", "chongqingyou"));
  EXPECT_LE(ReadAloud("重重重重重重重重").size(), kMaxReadings);
}

TEST(ReadingTest, NothingToRead) {
  EXPECT_TRUE(ReadAloud("").empty());
  EXPECT_TRUE(ReadAloud(" -–— ").empty());
  EXPECT_TRUE(ReadAloud("\xff\xfe").empty());
}

TEST(NameFoldTest, WhatCountsAsTheSameName) {
  EXPECT_EQ(FoldName("北京鴨"), FoldName("北京鸭"));
  EXPECT_EQ(FoldName("酒粬"), FoldName("酒曲"));
  EXPECT_EQ(FoldName("ＬＩＡＮＧ　Ping-You"), FoldName("liang pingyou"));
  EXPECT_EQ(FoldName("Käse"), FoldName("kase"));
  EXPECT_EQ(FoldName("Smørrebrød"), FoldName("smorrebrod"));
  EXPECT_EQ(FoldName("Straße"), FoldName("STRASSE"));
  EXPECT_EQ(FoldName("Φέτα"), FoldName("φετα"));
  EXPECT_EQ(FoldName("（梁平）柚"), FoldName("梁平柚"));
  EXPECT_NE(FoldName("梁平柚"), FoldName("粱平柚"));
  EXPECT_NE(FoldName("が"), FoldName("か")) << "a voiced mark is no accent";
  EXPECT_EQ(FoldName(" . "), "");
  EXPECT_EQ(FoldName("\xff"), "\xff");
}

}  // namespace
}  // namespace gi
