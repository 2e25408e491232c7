#include "server/domain/personal_data.h"

#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "storage/base/sha256.h"

namespace gi::domain {
namespace {

// All numbers here are made up; their check digits are worked out below.

std::string WithIdCheck(const std::string& first17) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += (first17[i] - '0') * kWeights[i];
  return absl::StrCat(first17, std::string(1, "10X98765432"[sum % 11]));
}

std::string WithLuhn(const std::string& digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 0) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return absl::StrCat(digits, (10 - sum % 10) % 10);
}

constexpr absl::string_view kUsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

// A code of digits with both check characters; "" if one of them is no digit.
std::string MakeUscc(const std::string& first16) {
  constexpr int kInner[] = {3, 7, 9, 10, 5, 8, 4, 2};
  int inner = 0;
  for (size_t i = 0; i < 8; ++i) inner += (first16[8 + i] - '0') * kInner[i];
  const char organisation_check = "0X987654321"[inner % 11];
  std::string code = absl::StrCat(first16, std::string(1, organisation_check));
  size_t sum = 0;
  size_t weight = 1;
  for (const char c : code) {
    sum += kUsccAlphabet.find(c) * weight;
    weight = weight * 3 % 31;
  }
  return absl::StrCat(code, std::string(1, kUsccAlphabet[(31 - sum % 31) % 31]));
}

bool IsAllDigits(const std::string& text) { return text.find_first_not_of("0123456789") == std::string::npos; }

std::string ToFullWidth(const std::string& text) {
  std::string wide;
  for (const char c : text) absl::StrAppend(&wide, "\xef\xbc", std::string(1, static_cast<char>(c - '0' + 0x90)));
  return wide;
}

std::optional<PersonalKind> KindIn(absl::string_view text) {
  const std::optional<PersonalShape> shape = FindPersonalShape(text);
  return shape.has_value() ? std::optional(shape->kind) : std::nullopt;
}

TEST(ResidentIdTest, FoundWhereverItStands) {
  const std::string id = WithIdCheck("50022819850307123");
  ASSERT_TRUE(IsAllDigits(id)) << id;
  const std::string spaced = absl::StrCat(id.substr(0, 6), " ", id.substr(6, 8), " ", id.substr(14));
  const std::string hyphenated = absl::StrCat(id.substr(0, 6), "-", id.substr(6, 4), "-", id.substr(10));
  for (const std::string& text : {id, "联系人身份证" + id + "（本人）", "id:" + id + ".", "a " + spaced, hyphenated,
                                  ToFullWidth(id), "第3号 " + id, "2024-03-05 " + id}) {
    EXPECT_EQ(KindIn(text), PersonalKind::kResidentId) << text;
  }
}

TEST(ResidentIdTest, MayEndWithX) {
  std::string id;
  for (int serial = 0; id.empty() || id.back() != 'X'; ++serial) {
    id = WithIdCheck(absl::StrCat("50022819850307", 100 + serial));
  }
  EXPECT_EQ(KindIn(id), PersonalKind::kResidentId);
  EXPECT_EQ(KindIn("身份证" + id.substr(0, 17) + "x，"), PersonalKind::kResidentId);
  EXPECT_EQ(KindIn(id.substr(0, 17) + "Ｘ"), PersonalKind::kResidentId);
  EXPECT_EQ(KindIn(id + "Y"), std::nullopt);
}

TEST(ResidentIdTest, NeedsADateAndTheRightCheckDigit) {
  const std::string id = WithIdCheck("51222419621130045");
  EXPECT_EQ(KindIn(id), PersonalKind::kResidentId);
  EXPECT_NE(KindIn(WithIdCheck("51222419621330045")), PersonalKind::kResidentId);
  EXPECT_NE(KindIn(WithIdCheck("51222419620230045")), PersonalKind::kResidentId);
  std::string wrong = id;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  EXPECT_NE(KindIn(wrong), PersonalKind::kResidentId);
}

TEST(ResidentIdTest, IsMasked) {
  const std::string id = WithIdCheck("50022819850307123");
  const std::optional<PersonalShape> shape = FindPersonalShape("身份证" + ToFullWidth(id));
  ASSERT_TRUE(shape.has_value());
  EXPECT_EQ(shape->masked, absl::StrCat(id.substr(0, 2), std::string(14, '*'), id.substr(16)));
}

TEST(MobileNumberTest, FoundInEverySpelling) {
  for (const char* text :
       {"13800138000", "电话13800138000联系", "电话１３８００１３８０００", "+8613800138000", "+86 138 0013 8000",
        "+86-13800138000", "008613800138000", "8613800138000", "138-0013-8000", "138 00138000", "1380-013-8000",
        "(138)00138000", "tel:19912345678.", "产量 200 吨，15912345678", "2024-03-05 17712345678",
        "138\u20130013\u20138000", "138\u200b00138000"}) {
    EXPECT_EQ(KindIn(text), PersonalKind::kMobileNumber) << text;
  }
}

TEST(MobileNumberTest, OtherNumbersAreNone) {
  for (const char* text : {"12800138000", "1380013800", "138001380001", "a13800138000", "13800138000b", "23800138000",
                           "138 0013 800 1b", "亩产 150 2023-05-01", "第158 20240305"}) {
    EXPECT_NE(KindIn(text), std::optional(PersonalKind::kMobileNumber)) << text;
  }
}

TEST(LandLineTest, FoundWithItsAreaCode) {
  for (const char* text : {"023-53222222", "电话：023-53222222-801", "（023）53222222", "(0818)2345678",
                           "010 6555 1234", "0818-2345678", "０２３－５３２２２２２２"}) {
    EXPECT_EQ(KindIn(text), PersonalKind::kLandLine) << text;
  }
  for (const char* text : {"001-20240305", "0012-3456789", "023-5322", "02353222222", "0812-20240305", "023-1234567890",
                           "023-13222222", "53222222"}) {
    EXPECT_EQ(KindIn(text), std::nullopt) << text;
  }
}

TEST(BankCardTest, FoundByItsCheckDigit) {
  const std::string card16 = WithLuhn("622202123456789");
  const std::string card19 = WithLuhn("622202123456789012");
  EXPECT_EQ(KindIn("卡号" + card16), PersonalKind::kBankCard);
  EXPECT_EQ(KindIn(card19), PersonalKind::kBankCard);
  EXPECT_EQ(KindIn(absl::StrCat(card16.substr(0, 4), " ", card16.substr(4, 4), " ", card16.substr(8, 4), " ",
                                card16.substr(12))),
            PersonalKind::kBankCard);
  EXPECT_EQ(KindIn(absl::StrCat(card19.substr(0, 4), "-", card19.substr(4, 4), "-", card19.substr(8, 4), "-",
                                card19.substr(12, 4), "-", card19.substr(16))),
            PersonalKind::kBankCard);
  std::string wrong = card19;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  EXPECT_EQ(KindIn(wrong), std::nullopt);
  EXPECT_EQ(KindIn(WithLuhn("922202123456789")), std::nullopt);
  EXPECT_EQ(KindIn(WithLuhn("62220212345678")), std::nullopt);
  const std::string codes = WithLuhn("50015550022851122");  // three divisions
  EXPECT_EQ(KindIn(absl::StrCat(codes.substr(0, 6), " ", codes.substr(6, 6), " ", codes.substr(12))), std::nullopt);
}

TEST(UsccTest, IsNotReportedThoughItLooksLikeACard) {
  int tried = 0;
  for (int serial = 0; serial < 3000; ++serial) {
    const std::string code = MakeUscc(absl::StrCat("51500228", 50000000 + serial));
    if (!IsAllDigits(code)) continue;
    ++tried;
    EXPECT_EQ(KindIn("统一社会信用代码" + code), std::nullopt) << code;
  }
  EXPECT_GT(tried, 300);
}

// Codes of digits whose characters 7 to 14 are a date and whose last is also the check digit of a resident ID.
std::string IdShapedUscc(const std::string& prefix) {
  for (int serial = 0; serial < 100000; ++serial) {
    const int month = 1 + serial % 12;
    const int day = 1 + serial / 12 % 28;
    const std::string year = absl::StrCat(10 + serial / 336 % 90);
    std::string first16 = absl::StrCat(prefix, "500119", year, month < 10 ? "0" : "", month, day < 10 ? "0" : "", day);
    absl::StrAppend(&first16, 10 + serial % 90);
    const std::string code = MakeUscc(first16);
    if (IsAllDigits(code) && WithIdCheck(code.substr(0, 17)) == code) return code;
  }
  return "";
}

TEST(UsccTest, ShapedLikeAnIdIsReportedUnlessPrefixAndDivisionAreKnown) {
  const std::string known_prefix = IdShapedUscc("51");
  ASSERT_EQ(known_prefix.size(), 18u);
  EXPECT_EQ(KindIn(known_prefix), std::nullopt);
  const auto no_division = [](absl::string_view) { return false; };
  EXPECT_EQ(FindPersonalShape(known_prefix, no_division)->kind, PersonalKind::kResidentId);

  const std::string unknown_prefix = IdShapedUscc("44");
  ASSERT_EQ(unknown_prefix.size(), 18u);
  EXPECT_EQ(KindIn(unknown_prefix), PersonalKind::kResidentId);
}

TEST(FindPersonalShapeTest, PassesOverTheNumbersOfTheTrade) {
  for (const char* text : {"",
                           "梁平柚",
                           "农业部公告第1813号 (2012-08-03)",
                           "AGI2012-02-869",
                           "AGI01459",
                           "20240305",
                           "2024-03-05",
                           "2024年3月5日",
                           "500155005205",
                           "500155120205",
                           "500155 500155005205",
                           "500155 500228 511223",
                           "500155、500228、511223、512224",
                           "PDO-CN-0626",
                           "国家知识产权局公告第五七七号（2024年）",
                           "107.4-108.1 °E, 30.4-30.9 °N",
                           "12345678",
                           "G1234567",
                           "2012-08-03 2013-09-04 2014-10-05",
                           "1813 2012-08-03",
                           "产量20万吨，产值300000000元",
                           "GB/T 19001-2016",
                           "91500228MA5U8XXXX1",
                           "https://example.com/art/2020/4/3/art_75_132233.html"}) {
    EXPECT_EQ(KindIn(text), std::nullopt) << text;
  }
}

TEST(FindPersonalShapeTest, PassesOverHashesAndUuids) {
  for (int i = 0; i < 3000; ++i) {
    const std::string hash = absl::BytesToHexString(Sha256({absl::StrCat(i)}));
    EXPECT_EQ(KindIn(hash), std::nullopt) << hash;
    EXPECT_EQ(KindIn(absl::StrCat(hash.substr(0, 8), "-", hash.substr(8, 4), "-", hash.substr(12, 4), "-",
                                  hash.substr(16, 4), "-", hash.substr(20, 12))),
              std::nullopt);
  }
  // All digits, and its first three groups would pass for a card.
  const std::string card = WithLuhn("622202123456789");
  const std::string uuid =
      absl::StrCat(card.substr(0, 8), "-", card.substr(8, 4), "-", card.substr(12), "-8123-123456789012");
  EXPECT_EQ(KindIn("id " + uuid + "."), std::nullopt);
  EXPECT_EQ(KindIn("id " + uuid + " 13800138000"), PersonalKind::kMobileNumber);
}

TEST(FindPersonalShapeTest, TakesAnyBytes) {
  EXPECT_EQ(KindIn("\xff\xfe"
                   "13800138000\xe6"),
            PersonalKind::kMobileNumber);
  std::string digits(100000, '1');
  EXPECT_EQ(KindIn(digits), std::nullopt);
  std::string groups;
  for (int i = 0; i < 20000; ++i) groups += "1-";
  EXPECT_EQ(KindIn(groups), std::nullopt);
}

TEST(PersonalKindNameTest, NamesEveryKind) {
  for (const PersonalKind kind :
       {PersonalKind::kResidentId, PersonalKind::kMobileNumber, PersonalKind::kLandLine, PersonalKind::kBankCard}) {
    EXPECT_FALSE(PersonalKindName(kind, Language::kEnglish).empty());
    EXPECT_NE(PersonalKindName(kind, Language::kEnglish), PersonalKindName(kind, Language::kChinese));
  }
}

}  // namespace
}  // namespace gi::domain
