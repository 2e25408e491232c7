#include "storage/base/text.h"

#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace gi {
namespace {

TEST(IsValidUtf8Test, JudgesBytes) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("plain ascii, longer than a word"));
  EXPECT_TRUE(IsValidUtf8("梁平柚 \U0001F34A"));
  EXPECT_TRUE(IsValidUtf8(absl::string_view("\0", 1)));
  EXPECT_FALSE(IsValidUtf8("\xff"));
  EXPECT_FALSE(IsValidUtf8("12345678\x80"));
  EXPECT_FALSE(IsValidUtf8("\xc0\x80"));          // overlong
  EXPECT_FALSE(IsValidUtf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(IsValidUtf8("\xf4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(IsValidUtf8("\xe6\xa2"));          // cut
}

TEST(CountCharsTest, CountsCodePoints) {
  EXPECT_EQ(CountChars(""), 0u);
  EXPECT_EQ(CountChars("a梁\U0001F34A"), 3u);
  EXPECT_EQ(CountChars("e\u0301"), 2u);
}

TEST(NormalizeTextTest, ComposesAndTrims) {
  EXPECT_EQ(NormalizeText("  a b\t"), "a b");
  EXPECT_EQ(NormalizeText("\u3000\u00a0梁平柚\u2003\n"), "梁平柚");
  EXPECT_EQ(NormalizeText("e\u0301"), "\u00e9");
  EXPECT_EQ(NormalizeText("\u3000"), "");
  EXPECT_EQ(NormalizeText("\u200b 梁平\u200b柚\ufeff\u00ad "), "梁平柚") << "what is not seen";
  EXPECT_EQ(NormalizeText("e\u200b\u0301"), "\u00e9");
  EXPECT_EQ(NormalizeText("क्\u200dष"), "क्\u200dष") << "a joiner is seen";
  EXPECT_EQ(NormalizeText(""), "");
  EXPECT_EQ(NormalizeText("ＡＢ（梁平）"), "ＡＢ（梁平）");  // not NFKC: what is displayed stays
}

TEST(IsBlankTest, KnowsWhiteSpace) {
  EXPECT_TRUE(IsBlank(""));
  EXPECT_TRUE(IsBlank(" \t\u3000\u00a0"));
  EXPECT_FALSE(IsBlank(" 柚"));
}

TEST(FoldTextTest, FoldsWhatPeopleTypeDifferently) {
  EXPECT_EQ(FoldText("Liangping YOU"), FoldText("liangpingyou"));
  EXPECT_EQ(FoldText("ＬＰ１２３"), "lp123");
  EXPECT_EQ(FoldText("梁平　柚\u200b"), FoldText("梁平柚"));
  EXPECT_EQ(FoldText("\ufeff梁平柚"), FoldText("梁平柚"));
  EXPECT_EQ(FoldText("梁平柚（沙田）"), FoldText("梁平柚(沙田)"));
  EXPECT_EQ(FoldText("Straße"), FoldText("STRASSE"));
  EXPECT_EQ(FoldText("㎏"), "kg");
}

TEST(FoldTextTest, KeepsDifferentNamesApart) {
  EXPECT_EQ(FoldText("梁平柚"), "梁平柚");
  EXPECT_NE(FoldText("梁平柚"), FoldText("梁平"));
  EXPECT_NE(FoldText("张鸭子"), FoldText("张鴨子"));  // traditional forms are aliases, not foldings
  EXPECT_NE(FoldText("a"), FoldText("\u00e1"));
}

TEST(HalfWidthTest, CodesKeepTheirCase) { EXPECT_EQ(HalfWidth("５００１５５ａＢ-x 梁"), "500155aB-x 梁"); }

TEST(FoldTextTest, FoldingTwiceChangesNothing) {
  std::mt19937 random(7);
  const char* parts[] = {"a",      "\u0301", " ", "\u3000", "\u200b", "Ａ", "\u00b4", "梁",
                         "\u1100", "\u1161", "ǆ", "\u0345", "ﬃ",      "İ",  "\u00ad"};
  std::uniform_int_distribution<size_t> pick(0, std::size(parts) - 1);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (int n = 0; n < 6; ++n) absl::StrAppend(&text, parts[pick(random)]);
    const std::string folded = FoldText(text);
    ASSERT_EQ(FoldText(folded), folded) << text;
  }
}

TEST(FoldVersionTest, NamesIcuAndUnicode) {
  EXPECT_TRUE(absl::StrContains(FoldVersion(), "/icu-"));
  EXPECT_TRUE(absl::StrContains(FoldVersion(), "/unicode-"));
}

TEST(HasControlCharactersTest, FindsThem) {
  EXPECT_FALSE(HasControlCharacters(""));
  EXPECT_FALSE(HasControlCharacters("梁平柚 (Liangping) \U0001F34A\u3000e\u0301"));
  for (const char* text : {"a\tb", "a\n", "\r", "\x7f", "\u0085", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff",
                           "\ufffe", "\ufdd0", "\U0001ffff", "\xff"}) {
    EXPECT_TRUE(HasControlCharacters(text)) << text;
  }
  EXPECT_TRUE(HasControlCharacters(absl::string_view("a\0b", 3)));
}

TEST(NormalizeIdentifierTest, BringsIdentifiersToOneForm) {
  EXPECT_EQ(NormalizeIdentifier("９１５００２２８ｍａ"), "91500228MA");
  EXPECT_EQ(NormalizeIdentifier("\ufeff 9150 0228\u00a0m\u200ba\u3000\t"), "91500228MA");
  EXPECT_EQ(NormalizeIdentifier(""), "");
  EXPECT_EQ(NormalizeIdentifier("ſı梁"), "ſı梁");  // nothing becomes ASCII that is not a form of it
  EXPECT_EQ(NormalizeIdentifier("a\xff"), "A\xff");
}

TEST(AsciiOutlineTest, KeepsOneByteForEachCharacter) {
  EXPECT_EQ(AsciiOutline("电话：１３８-12"), "\x7f\x7f:138-12");
  EXPECT_EQ(AsciiOutline("1\u3000\u00a02\u20133"), "1  2-3");
  EXPECT_EQ(AsciiOutline("1\u200b2\u0663"), "123");
  EXPECT_EQ(AsciiOutline("ａＸ\xff"), "aX\x7f");
}

TEST(LongestDigitRunTest, PassesOverSpacesAndDashes) {
  EXPECT_EQ(LongestDigitRun(""), 0u);
  EXPECT_EQ(LongestDigitRun("甲12乙345"), 3u);
  EXPECT_EQ(LongestDigitRun("电话：１３８-1234 5678。"), 11u);
}

TEST(DisplayWidthTest, CountsColumns) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("梁平柚"), 6u);
  EXPECT_EQ(DisplayWidth("Ａ（"), 4u);
  EXPECT_EQ(DisplayWidth("e\u0301\u200b"), 1u);
  EXPECT_EQ(DisplayWidth("a梁\xff"), 4u);
}

// A character that the short way does not know takes the same text the long way.
TEST(TextTest, PlainTextComesOutAsOtherTextDoes) {
  const std::string parts[] = {"a", "Z", " ", "\t", "\x01", "0", "-", "\u4e00", "\u6881", "\u9fff", "\u67da"};
  for (size_t i = 0; i < std::size(parts); ++i) {
    for (size_t j = 0; j < std::size(parts); ++j) {
      const std::string text = parts[i] + parts[j] + parts[(i * 7 + j) % std::size(parts)];
      EXPECT_EQ("\u00e9" + FoldText(text) + "\u00e9", FoldText("\u00e9" + text + "\u00e9")) << text;
      EXPECT_EQ("\u00e9" + text + "\u00e9", NormalizeText("\u00e9" + text + "\u00e9")) << text;
    }
  }
  // The neighbours of the range are not plain.
  EXPECT_EQ(FoldText("\uf900"), "\u8c48");
  EXPECT_EQ(NormalizeText("\uf900"), "\u8c48");
  EXPECT_EQ(NormalizeText("\u3000\u6881\u3000"), "\u6881");
}

}  // namespace
}  // namespace gi
