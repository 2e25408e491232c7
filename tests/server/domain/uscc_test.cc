#include "server/domain/uscc.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "storage/base/error.h"
#include "storage/base/text.h"

namespace gi::domain {
namespace {

using namespace gi::registry::v1;

constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr char kCooperative[] = "93500155MA5TEXT11L";  // synthetic

bool Known(absl::string_view division) {
  static constexpr absl::string_view kKnown[] = {"512224", "511223", "500228", "500155", "500119", "512081", "350100",
                                                 "350500", "350503", "440101", "350200", "440600", "350203"};
  return std::find(std::begin(kKnown), std::end(kKnown), division) != std::end(kKnown);
}

UsccVerdict VerdictOf(absl::string_view text) { return ClassifyUscc(text, Known).verdict; }

// The checks once more, written from the standard's formulas and not as the code under test has them.
char OuterCheck(const std::string& first17) {
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) {
    int weight = 1;
    for (size_t n = 0; n < i; ++n) weight *= 3, weight %= 31;
    sum += static_cast<int>(kAlphabet.find(first17[i])) * weight;
  }
  return kAlphabet[static_cast<size_t>((31 - sum % 31) % 31)];
}

char InnerCheck(const std::string& first8) {
  constexpr int kWeights[] = {3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 8; ++i) {
    const char c = first8[i];
    sum += (c <= '9' ? c - '0' : c - 'A' + 10) * kWeights[i];
  }
  const int check = 11 - sum % 11;
  return check == 10 ? 'X' : check == 11 ? '0' : static_cast<char>('0' + check);
}

char ResidentCheck(const std::string& first17) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += (first17[i] - '0') * kWeights[i];
  return "10X98765432"[sum % 11];
}

std::string Code(absl::string_view prefix_and_division, const std::string& first8) {
  std::string code = absl::StrCat(prefix_and_division, first8);
  code += InnerCheck(first8);
  code += OuterCheck(code);
  return code;
}

std::string ResidentId(absl::string_view first17) {
  std::string id(first17);
  id += ResidentCheck(id);
  return id;
}

// At most the first two and last two characters of the number are left.
void ExpectNothingLeaks(absl::string_view text) {
  const UsccJudgement judgement = ClassifyUscc(text, Known);
  const absl::StatusOr<Uscc> parsed = Uscc::Parse(text, "entity.uscc", Known);
  ASSERT_FALSE(parsed.ok()) << "a usable code";
  const size_t stars = static_cast<size_t>(std::count(judgement.masked.begin(), judgement.masked.end(), '*'));
  EXPECT_LE(CountChars(judgement.masked) - stars, 4u) << judgement.masked;
  EXPECT_EQ(judgement.normalized, judgement.masked);
  EXPECT_EQ(judgement.proposal, "");
  const std::string body(text.substr(2, text.size() - 4));
  EXPECT_EQ(parsed.status().ToString().find(body), std::string::npos);
  const std::optional<ErrorDetail> detail = GetErrorDetail(parsed.status());
  ASSERT_TRUE(detail.has_value());
  for (const auto& [key, value] : detail->metadata) {
    EXPECT_EQ(value.find(body), std::string::npos) << key;
  }
}

struct Vector {
  const char* text;
  UsccVerdict verdict;
};

TEST(UsccTest, KnownVectors) {
  const Vector kVectors[] = {
      {"91512081MA62K0260E", USCC_VERDICT_OK},
      {"91350100M000100Y43", USCC_VERDICT_OK},
      {"91350500798359476R", USCC_VERDICT_OK},
      {"91350503MA31DNG762", USCC_VERDICT_OK},
      {"91440101MA5CJQ4N59", USCC_VERDICT_OK},
      {"123502001549897397", USCC_VERDICT_OK},
      {"12440600MB2C07549J", USCC_VERDICT_OK},
      // Real codes of the 2015-16 Fujian pilot.
      {"91350203M0001QAY9B", USCC_VERDICT_OK_LEGACY},
      {"91350203M0001FUE2P", USCC_VERDICT_OK_LEGACY},
      {"91350100M0001TGQXM", USCC_VERDICT_OK_LEGACY},
      // Synthetic resident ID numbers; each passes the outer check, the second both.
      {"512224190101010296", USCC_VERDICT_PERSONAL_ID},
      {"511223190101010678", USCC_VERDICT_PERSONAL_ID},
      {"500155190101010494", USCC_VERDICT_PERSONAL_ID},
      // Synthetic codes.
      {"93500155MA5TEXT11L", USCC_VERDICT_OK},
      {"51500155MJ0123456X", USCC_VERDICT_OK},
      {"125001554567890117", USCC_VERDICT_OK},
      {"N2500155MF0123451K", USCC_VERDICT_OK},
      {"91500155MA5TEXT2XJ", USCC_VERDICT_OK},
  };
  for (const Vector& vector : kVectors) {
    const UsccJudgement judgement = ClassifyUscc(vector.text, Known);
    EXPECT_EQ(judgement.verdict, vector.verdict) << vector.text;
    if (IsUsableUscc(vector.verdict)) {
      EXPECT_EQ(judgement.normalized, vector.text);
      EXPECT_EQ(judgement.masked, vector.text);
    } else {
      ExpectNothingLeaks(vector.text);
    }
  }
}

TEST(UsccTest, EveryPrefixOfTheTableIsKnown) {
  for (const UsccPrefix& row : UsccPrefixes()) {
    // Any second character will do where the categories are not known.
    for (const char* second : {"1", "9", "X"}) {
      const std::string prefix = row.prefix.size() == 2 ? std::string(row.prefix) : absl::StrCat(row.prefix, second);
      for (const char* division : {"512224", "511223", "500228", "500155"}) {
        const std::string code = Code(absl::StrCat(prefix, division), "MA5TEXT1");
        EXPECT_EQ(VerdictOf(code), USCC_VERDICT_OK) << code;
      }
      const std::string zone = Code(absl::StrCat(prefix, "320594"), "MA5TEXT1");
      EXPECT_EQ(VerdictOf(zone), USCC_VERDICT_OK_UNKNOWN_DIVISION) << zone;
      EXPECT_EQ(FindUsccPrefix(zone), &row);
    }
  }
}

TEST(UsccTest, EveryOtherPrefixIsUnknown) {
  int unknown = 0;
  for (const char first : kAlphabet) {
    for (const char second : kAlphabet) {
      const std::string prefix = {first, second};
      const std::string code = Code(absl::StrCat(prefix, "500155"), "MA5TEXT1");
      if (FindUsccPrefix(prefix) != nullptr) continue;
      ++unknown;
      EXPECT_EQ(VerdictOf(code), USCC_VERDICT_UNKNOWN_PREFIX) << code;
    }
  }
  // 28 rows of two characters, and 3 of one that stand for 31 each.
  EXPECT_EQ(unknown, 31 * 31 - 28 - 3 * 31);
  EXPECT_EQ(FindUsccPrefix("9"), nullptr);
  EXPECT_EQ(FindUsccPrefix(""), nullptr);
}

TEST(UsccTest, RowsWithoutACategoryAreUnverified) {
  for (const UsccPrefix& row : UsccPrefixes()) {
    EXPECT_FALSE(row.authority.empty()) << row.prefix;
    EXPECT_EQ(row.prefix.size() == 1, row.meaning.empty()) << row.prefix;
    EXPECT_FALSE(row.meaning.empty() && row.verified) << row.prefix;
  }
  EXPECT_EQ(FindUsccPrefix("93")->meaning, "农民专业合作社");
  EXPECT_EQ(FindUsccPrefix("93")->authority, "市场监管");
  EXPECT_TRUE(FindUsccPrefix("93")->verified);
}

// The outer check promises both: 31 is prime, and the 18 weights are all different and none is 0. So no verdict may be
// one for which the outer check passes.
bool OuterCheckPassed(UsccVerdict verdict) {
  return verdict == USCC_VERDICT_OK || verdict == USCC_VERDICT_OK_UNKNOWN_DIVISION ||
         verdict == USCC_VERDICT_UNKNOWN_PREFIX || verdict == USCC_VERDICT_BAD_ORGANISATION_CHECK;
}

TEST(UsccTest, EverySubstitutionIsDetected) {
  for (const std::string code : {kCooperative, "125001554567890117", "N2500155MF0123451K"}) {
    for (size_t i = 0; i < code.size(); ++i) {
      for (const char c : kAlphabet) {
        std::string changed = code;
        changed[i] = c;
        if (changed == code) continue;
        EXPECT_FALSE(OuterCheckPassed(VerdictOf(changed))) << changed;
        EXPECT_FALSE(IsUsableUscc(VerdictOf(changed))) << changed;
      }
    }
  }
}

TEST(UsccTest, EveryAdjacentTranspositionIsDetected) {
  for (const std::string code : {kCooperative, "125001554567890117", "N2500155MF0123451K", "91350503MA31DNG762"}) {
    for (size_t i = 0; i + 1 < code.size(); ++i) {
      std::string changed = code;
      std::swap(changed[i], changed[i + 1]);
      if (changed == code) continue;
      EXPECT_FALSE(OuterCheckPassed(VerdictOf(changed))) << changed;
      EXPECT_FALSE(IsUsableUscc(VerdictOf(changed))) << changed;
    }
  }
}

// What the pilot's codes cost: before the organisation code a typing error looks like one of them, hence the officer.
TEST(UsccTest, ErrorsInCodesOfThePilotNeedAnOfficer) {
  EXPECT_EQ(VerdictOf("91350100M000100Y43"), USCC_VERDICT_OK);
  EXPECT_EQ(VerdictOf("92350100M000100Y43"), USCC_VERDICT_OK_LEGACY);
  EXPECT_EQ(VerdictOf("91350100M000200Y43"), USCC_VERDICT_BAD_CHECK);
  // Both checks right make an ordinary code.
  EXPECT_EQ(VerdictOf(Code("91350203", "M0001QAY")), USCC_VERDICT_OK);
}

TEST(UsccTest, Normalises) {
  for (const char* text : {
           "93500155MA5TEXT11L",
           "93500155ma5text11l",
           " 93500155 MA5TEXT11L\t\n",
           "９３５００１５５ＭＡ５ＴＥＸＴ１１Ｌ",
           "９３５００１５５ｍａ５ｔｅｘｔ１１ｌ",
           "93500155\u00A0MA5TEXT11L",
           "93500155\u3000MA5TEXT11L",
           "\uFEFF93500155\u200BMA5TEXT11L",
           "'93500155MA5TEXT11L",
           "＇93500155MA5TEXT11L",
           "’93500155MA5TEXT11L",
           "‘93500155MA5TEXT11L",
           " ' 93500155MA5TEXT11L",
       }) {
    const UsccJudgement judgement = ClassifyUscc(text, Known);
    EXPECT_EQ(judgement.verdict, USCC_VERDICT_OK) << text;
    EXPECT_EQ(judgement.normalized, kCooperative) << text;
  }
  EXPECT_EQ(VerdictOf("93500155MA5TEXT11L'"), USCC_VERDICT_MALFORMED);
  EXPECT_EQ(VerdictOf("93500155'MA5TEXT11L"), USCC_VERDICT_MALFORMED);
}

TEST(UsccTest, Malformed) {
  for (const char* text :
       {"", "'", "9350", "93500155MA5TEXT11", "93500155MA5TEXT11LL", "93500155MA5TEXT1SL", "93500155-MA5TEXT11L",
        "9350015AMA5TEXT11L", "梁平区某农民专业合作社", "93500155MA5TEXT１Ǽ", "\xff\xfe"}) {
    const UsccJudgement judgement = ClassifyUscc(text, Known);
    EXPECT_EQ(judgement.verdict, USCC_VERDICT_MALFORMED) << text;
    EXPECT_EQ(judgement.proposal, "") << text;
  }
  EXPECT_EQ(ClassifyUscc("\xff\xfe", Known).masked, "");
  EXPECT_LE(ClassifyUscc(std::string(1000, 'A'), Known).masked.size(), 64u);
}

TEST(UsccTest, ChecksThatFail) {
  EXPECT_EQ(VerdictOf("93500155MA5TEXT11M"), USCC_VERDICT_BAD_CHECK);
  std::string organisation_wrong = "93500155MA5TEXT12";
  organisation_wrong += OuterCheck(organisation_wrong);
  EXPECT_EQ(VerdictOf(organisation_wrong), USCC_VERDICT_BAD_ORGANISATION_CHECK);
  // With few digits it cannot be a resident ID number and is shown.
  EXPECT_EQ(ClassifyUscc("93500155MA5TEXT11M", Known).masked, "93500155MA5TEXT11M");
  ExpectNothingLeaks("125001554567890118");
}

TEST(UsccTest, OldForms) {
  for (const char* text : {"500228000012345", "５００２２８０００012345", "79835947-6", "79835947-X", "MA5TEXT1-1",
                           "７９８３５９４７－６"}) {
    EXPECT_EQ(VerdictOf(text), USCC_VERDICT_OLD_FORM) << text;
  }
  EXPECT_EQ(ClassifyUscc("79835947-6", Known).masked, "79835947-6");
  ExpectNothingLeaks("500228000012345");
  ExpectNothingLeaks("512224010101029");  // an old resident ID number has this shape
  for (const char* text :
       {"79835947-A", "7983594-76", "798359476", "50022800001234", "5002280000123456", "50022800001234X"}) {
    EXPECT_EQ(VerdictOf(text), USCC_VERDICT_MALFORMED) << text;
  }
}

TEST(UsccTest, ScientificNotationIsSpreadsheetDamage) {
  for (const char* text : {"9.15002E+17", "9.15002e+17", "9E+17", "9.15002E17", "９．１５００２Ｅ＋１７",
                           "'9.15002E+17", "915.002E+15", "9,15002E+17", "9.15002280000123E+17"}) {
    EXPECT_EQ(VerdictOf(text), USCC_VERDICT_SPREADSHEET_DAMAGE) << text;
  }
  EXPECT_EQ(ClassifyUscc("9.15002E+17", Known).masked, "9.15002E+17");
  ExpectNothingLeaks("5.12224190101010E+17");
  for (const char* text : {"E+17", "9.15002E+", "9.15002E-17", "9150.02E+17", "9.15A02E+17", "9.15002E+1700"}) {
    EXPECT_EQ(VerdictOf(text), USCC_VERDICT_MALFORMED) << text;
  }
}

// The first code of digits that satisfies the condition.
template <typename Condition>
std::string FindCode(absl::string_view head, Condition condition) {
  for (int n = 0; n < 100000000; n += 10) {
    const std::string code = Code(head, absl::StrFormat("%08d", n));
    if (condition(code)) return code;
  }
  return "";
}

bool IsRoundNumber(const std::string& code) { return code.substr(15) == "000"; }

TEST(UsccTest, LostDigitsAreSpreadsheetDamageUnlessTheChecksPass) {
  EXPECT_EQ(VerdictOf("125001554567890000"), USCC_VERDICT_SPREADSHEET_DAMAGE);
  ExpectNothingLeaks("125001554567890000");
  ExpectNothingLeaks("512224190101010000");
  EXPECT_EQ(VerdictOf("512224190101010000"), USCC_VERDICT_SPREADSHEET_DAMAGE);
  EXPECT_EQ(VerdictOf("93500155MA5TEXT000"), USCC_VERDICT_BAD_CHECK);

  EXPECT_EQ(VerdictOf(FindCode("12500155", IsRoundNumber)), USCC_VERDICT_OK);
  EXPECT_EQ(VerdictOf(FindCode("12320594", IsRoundNumber)), USCC_VERDICT_OK_UNKNOWN_DIVISION);
  EXPECT_EQ(VerdictOf(FindCode("14500155", IsRoundNumber)), USCC_VERDICT_UNKNOWN_PREFIX);
}

TEST(UsccTest, ResidentIdThatEndsInZerosIsPersonal) {
  int found = 0;
  for (int day = 1; day <= 28; ++day) {
    for (int n = 0; n <= 900; n += 100) {
      const std::string id = ResidentId(absl::StrFormat("512224190101%02d%03d", day, n));
      if (id.back() != '0') continue;
      ++found;
      EXPECT_EQ(VerdictOf(id), USCC_VERDICT_PERSONAL_ID) << id;
    }
  }
  EXPECT_GT(found, 10);
}

TEST(UsccTest, ResidentIdsArePersonal) {
  int with_x = 0;
  for (int n = 0; n < 1000; ++n) {
    const std::string id = ResidentId(absl::StrFormat("51222419000229%03d", n));
    EXPECT_NE(VerdictOf(id), USCC_VERDICT_PERSONAL_ID) << "1900 was no leap year: " << id;
    const std::string real = ResidentId(absl::StrFormat("51222419040229%03d", n));
    EXPECT_EQ(VerdictOf(real), USCC_VERDICT_PERSONAL_ID) << real;
    if (!IsUsableUscc(VerdictOf(id))) ExpectNothingLeaks(id);
    ExpectNothingLeaks(real);
    if (real.back() != 'X') continue;
    ++with_x;
    EXPECT_EQ(VerdictOf(absl::AsciiStrToLower(real)), USCC_VERDICT_PERSONAL_ID) << real;
  }
  EXPECT_GT(with_x, 50);
  // The birth date decides.
  for (const char* first17 : {"51222417991231029", "51222421000101029", "51222419011301029", "51222419010001029",
                              "51222419010132029", "51222419010100029", "51222419010431029"}) {
    EXPECT_FALSE(HasResidentIdShape(ResidentId(first17))) << first17;
  }
  EXPECT_TRUE(HasResidentIdShape(ResidentId("51222418000101029")));
  EXPECT_TRUE(HasResidentIdShape(ResidentId("51222420991231029")));
  EXPECT_FALSE(HasResidentIdShape("512224190101010295"));
  EXPECT_FALSE(HasResidentIdShape(""));
}

// Only division codes ending 18, 19 or 20 can be shaped so.
TEST(UsccTest, CodeShapedLikeAResidentIdIsOkOnlyIfEverythingIsKnown) {
  const auto shaped = [](const std::string& code) { return HasResidentIdShape(code); };
  EXPECT_EQ(VerdictOf(FindCode("51500119", shaped)), USCC_VERDICT_OK);
  for (const char* head : {"51500219", "54500119", "54500219"}) {
    const std::string code = FindCode(head, shaped);
    ASSERT_EQ(code.size(), 18u);
    EXPECT_EQ(VerdictOf(code), USCC_VERDICT_PERSONAL_ID) << code;
    ExpectNothingLeaks(code);
  }
}

TEST(UsccTest, IdInsideOtherTextDoesNotLeak) {
  for (const char* text :
       {"512224190101010296", "5122 2419 0101 0102 96", "512224-19010101-0296", "５１２２２４１９０１０１０１０２９６",
        "512224190101010296 李", "ID512224190101010296", "5122241901010102960", "51222419O1O1O1O296",
        "5I22241901010I0296", "93500155MA5TEXT11L/512224190101010296", "٥١٢٢٢٤١٩٠١٠١٠١٠٢٩٦"}) {
    ExpectNothingLeaks(text);
  }
}

TEST(UsccTest, ProposesZeroForOAndOneForI) {
  for (const char* text : {"935OO155MA5TEXT11L", "93500I55MA5TEXTI1L", "93500155ma5textiil", "935oO1５5MA5TEXT1IL"}) {
    const UsccJudgement judgement = ClassifyUscc(text, Known);
    EXPECT_EQ(judgement.verdict, USCC_VERDICT_MALFORMED) << text;
    EXPECT_EQ(judgement.proposal, kCooperative) << text;
  }
  const std::string zone = Code("91320594", "MA5TEXT1");
  EXPECT_EQ(ClassifyUscc(absl::StrReplaceAll(zone, {{"1", "I"}}), Known).proposal, zone);
  // What would not be a code, a legacy code or shaped like a resident ID number is not proposed.
  for (const char* text : {"935OO155MA5TEXT11M", "9I350203M0001QAY9B", "OOOOOOOOOOOOOOOOOO", "5I2224190101010296"}) {
    EXPECT_EQ(ClassifyUscc(text, Known).proposal, "") << text;
  }
  std::string shaped = FindCode("51500119", [](const std::string& code) { return HasResidentIdShape(code); });
  shaped[1] = 'I';
  EXPECT_EQ(ClassifyUscc(shaped, Known).proposal, "");
}

TEST(UsccParseTest, KeepsTheParts) {
  const absl::StatusOr<Uscc> code = Uscc::Parse(" 93500155ma5text11l", "uscc", Known);
  ASSERT_TRUE(code.ok());
  EXPECT_EQ(code->text(), kCooperative);
  EXPECT_EQ(code->division(), "500155");
  EXPECT_EQ(code->organisation_code(), "MA5TEXT11");
  EXPECT_EQ(code->verdict(), USCC_VERDICT_OK);
  EXPECT_EQ(*code, *Uscc::Parse(kCooperative, "uscc", Known));
  EXPECT_LT(*Uscc::Parse("91500155MA5TEXT2XJ", "uscc", Known), *code);
}

TEST(UsccParseTest, LegacyCodesNeedConsent) {
  constexpr char kLegacy[] = "91350203M0001QAY9B";
  const absl::Status refused = Uscc::Parse(kLegacy, "uscc", Known).status();
  EXPECT_EQ(GetErrorReason(refused), ERROR_REASON_USCC_LEGACY_UNCONFIRMED);
  EXPECT_EQ(GetErrorDetail(refused)->metadata, (ErrorMetadata{{"field", "uscc"}, {"value", kLegacy}}));
  const absl::StatusOr<Uscc> accepted = Uscc::Parse(kLegacy, "uscc", Known, LegacyUscc::kAccept);
  ASSERT_TRUE(accepted.ok());
  EXPECT_EQ(accepted->verdict(), USCC_VERDICT_OK_LEGACY);
}

TEST(UsccParseTest, RefusesWithReason) {
  const absl::Status personal = Uscc::Parse("512224190101010296", "uscc", Known, LegacyUscc::kAccept).status();
  EXPECT_EQ(GetErrorReason(personal), ERROR_REASON_USCC_PERSONAL_ID);
  EXPECT_EQ(GetErrorDetail(personal)->metadata, (ErrorMetadata{{"field", "uscc"}, {"value", "51**************96"}}));
  const absl::Status typed = Uscc::Parse("935OO155MA5TEXT11L", "uscc", Known).status();
  EXPECT_EQ(GetErrorReason(typed), ERROR_REASON_USCC_INVALID);
  EXPECT_EQ(GetErrorDetail(typed)->metadata, (ErrorMetadata{{"field", "uscc"},
                                                            {"proposal", kCooperative},
                                                            {"value", "935OO155MA5TEXT11L"},
                                                            {"verdict", "USCC_VERDICT_MALFORMED"},
                                                            {"verdict_zh", "不是18位代码"}}));
}

}  // namespace
}  // namespace gi::domain
