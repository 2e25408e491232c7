#include "server/domain/uscc.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "storage/base/error.h"
#include "storage/base/text.h"

namespace gi::domain {
namespace {

using registry::v1::UsccVerdict;

constexpr size_t kLength = 18;
constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr absl::string_view kLegacyOrganisation = "M0";
constexpr absl::string_view kLostDigits = "000";  // a double keeps 15 digits of 18
constexpr size_t kFewestDigitsMasked = 15;        // an old resident ID number has 15
constexpr size_t kDigitsOfTelephone = 11;

struct FindingText {
  UsccVerdict verdict;
  absl::string_view zh;
  absl::string_view en;
};
constexpr FindingText kFindings[] = {
    {registry::v1::USCC_VERDICT_SPREADSHEET_DAMAGE, "数字已被电子表格损坏", "its digits were damaged by a spreadsheet"},
    {registry::v1::USCC_VERDICT_OLD_FORM, "是旧的注册号或组织机构代码",
     "it is an old registration number or organisation code"},
    {registry::v1::USCC_VERDICT_MALFORMED, "不是18位代码", "it does not have 18 characters of the alphabet"},
    {registry::v1::USCC_VERDICT_UNKNOWN_PREFIX, "没有登记机关使用这一前缀",
     "no registration authority gives out its prefix"},
    {registry::v1::USCC_VERDICT_BAD_ORGANISATION_CHECK, "其中的组织机构代码校验不符",
     "its organisation code does not check out"},
    {registry::v1::USCC_VERDICT_BAD_CHECK, "校验码不符", "its check character is wrong"},
};

constexpr UsccPrefix kPrefixes[] = {
    {"11", "机关", "机构编制", true},
    {"12", "事业单位", "机构编制", true},
    {"13", "群众团体", "机构编制", true},
    {"19", "其他", "机构编制", false},
    {"21", "外国常驻新闻机构", "外交", false},
    {"29", "其他", "外交", false},
    {"31", "律师执业机构", "司法行政", false},
    {"32", "公证处", "司法行政", false},
    {"33", "基层法律服务所", "司法行政", false},
    {"34", "司法鉴定机构", "司法行政", false},
    {"35", "仲裁委员会", "司法行政", false},
    {"39", "其他", "司法行政", false},
    {"41", "外国在华文化中心", "文化", false},
    {"49", "其他", "文化", false},
    {"51", "社会团体", "民政", true},
    {"52", "民办非企业单位", "民政", true},
    {"53", "基金会", "民政", true},
    {"59", "其他", "民政", false},
    {"6", "", "旅游", false},
    {"7", "", "宗教", false},
    {"81", "基层工会", "工会", false},
    {"89", "其他", "工会", false},
    {"91", "企业", "市场监管", true},
    {"92", "个体工商户", "市场监管", true},
    {"93", "农民专业合作社", "市场监管", true},
    {"A", "", "军队", false},
    {"N1", "组级集体经济组织", "农业", true},
    {"N2", "村级集体经济组织", "农业", true},
    {"N3", "乡镇级集体经济组织", "农业", true},
    {"N9", "其他", "农业", false},
    {"Y1", "其他", "其他", false},
};

bool AllDigits(absl::string_view text) { return std::all_of(text.begin(), text.end(), absl::ascii_isdigit); }

int Number(absl::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

// GB 32100: weights are the powers of 3 modulo 31; the check character has weight 1 and makes the sum 0.
bool OuterCheckPasses(absl::string_view code) {
  size_t sum = 0;
  size_t weight = 1;
  for (size_t i = 0; i + 1 < kLength; ++i) {
    sum += kAlphabet.find(code[i]) * weight;
    weight = weight * 3 % kAlphabet.size();
  }
  return (sum + kAlphabet.find(code.back())) % kAlphabet.size() == 0;
}

// GB 11714: eight characters and a check character; here A is 10 and Z is 35.
bool InnerCheckPasses(absl::string_view organisation) {
  constexpr int kWeights[] = {3, 7, 9, 10, 5, 8, 4, 2};
  constexpr absl::string_view kChecks = "0X987654321";  // by the sum modulo 11
  int sum = 0;
  for (size_t i = 0; i < std::size(kWeights); ++i) {
    const char c = organisation[i];
    sum += (c <= '9' ? c - '0' : c - 'A' + 10) * kWeights[i];
  }
  return organisation.back() == kChecks[static_cast<size_t>(sum % 11)];
}

bool ResidentIdCheckPasses(absl::string_view number) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr absl::string_view kChecks = "10X98765432";
  int sum = 0;
  for (size_t i = 0; i < std::size(kWeights); ++i) sum += (number[i] - '0') * kWeights[i];
  return number.back() == kChecks[static_cast<size_t>(sum % 11)];
}

bool IsBirthDate(absl::string_view digits) {
  const int year = Number(digits.substr(0, 4));
  const int month = Number(digits.substr(4, 2));
  const int day = Number(digits.substr(6, 2));
  if (year < 1800 || year > 2099 || month < 1 || month > 12 || day < 1) return false;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= kDays[month - 1] + (leap && month == 2 ? 1 : 0);
}

// 9.15002E+17: one to three digits, perhaps a fraction, and an exponent.
bool IsScientific(absl::string_view text) {
  const size_t e = text.find('E');
  if (e == text.npos) return false;
  absl::string_view mantissa = text.substr(0, e);
  absl::string_view exponent = text.substr(e + 1);
  absl::ConsumePrefix(&exponent, "+");
  const size_t point = mantissa.find_first_of(".,");
  if (point != mantissa.npos) {
    if (!AllDigits(mantissa.substr(point + 1))) return false;
    mantissa = mantissa.substr(0, point);
  }
  return !mantissa.empty() && mantissa.size() <= 3 && AllDigits(mantissa) && !exponent.empty() &&
         exponent.size() <= 3 && AllDigits(exponent);
}

bool IsOldForm(absl::string_view text) {
  if (text.size() == 15) return AllDigits(text);
  if (text.size() != 10 || text[8] != '-') return false;
  return std::all_of(text.begin(), text.begin() + 8, absl::ascii_isalnum) &&
         (AllDigits(text.substr(9)) || text[9] == 'X');
}

bool IsWellFormed(absl::string_view text) {
  return text.size() == kLength && text.find_first_not_of(kAlphabet) == text.npos && AllDigits(text.substr(2, 6));
}

UsccVerdict JudgeBothPassed(bool prefix_known, bool division_known) {
  if (!prefix_known) return registry::v1::USCC_VERDICT_UNKNOWN_PREFIX;
  return division_known ? registry::v1::USCC_VERDICT_OK : registry::v1::USCC_VERDICT_OK_UNKNOWN_DIVISION;
}

UsccVerdict JudgeWellFormed(absl::string_view code, DivisionKnown known) {
  const absl::string_view organisation = code.substr(8, 9);
  const bool outer = OuterCheckPasses(code);
  const bool inner = InnerCheckPasses(organisation);
  const bool prefix_known = FindUsccPrefix(code) != nullptr;
  const bool division_known = known(code.substr(2, 6));
  if (HasResidentIdShape(code) && !(outer && inner && prefix_known && division_known)) {
    return registry::v1::USCC_VERDICT_PERSONAL_ID;
  }
  if (outer && inner) return JudgeBothPassed(prefix_known, division_known);
  if (AllDigits(code) && absl::EndsWith(code, kLostDigits)) return registry::v1::USCC_VERDICT_SPREADSHEET_DAMAGE;
  if (inner && absl::StartsWith(organisation, kLegacyOrganisation)) return registry::v1::USCC_VERDICT_OK_LEGACY;
  return outer ? registry::v1::USCC_VERDICT_BAD_ORGANISATION_CHECK : registry::v1::USCC_VERDICT_BAD_CHECK;
}

UsccVerdict Judge(absl::string_view text, DivisionKnown known) {
  if (IsScientific(text)) return registry::v1::USCC_VERDICT_SPREADSHEET_DAMAGE;
  if (IsOldForm(text)) return registry::v1::USCC_VERDICT_OLD_FORM;
  if (!IsWellFormed(text)) return registry::v1::USCC_VERDICT_MALFORMED;
  return JudgeWellFormed(text, known);
}

std::string Normalize(absl::string_view text) {
  const std::string normalized = NormalizeIdentifier(text);
  absl::string_view rest = normalized;
  while (absl::ConsumePrefix(&rest, "'") || absl::ConsumePrefix(&rest, "’") || absl::ConsumePrefix(&rest, "‘")) {
  }
  return std::string(rest);
}

// Counts characters that are, or that a reader would take for, digits: there are digits outside ASCII as well.
bool MayHoldPersonalNumber(absl::string_view text) {
  const auto may_be_digit = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool starts_non_ascii = byte >= 0xC0;
    return absl::ascii_isdigit(byte) || c == 'O' || c == 'I' || starts_non_ascii;
  };
  return LongestDigitRun(text) >= kDigitsOfTelephone ||
         std::count_if(text.begin(), text.end(), may_be_digit) >= static_cast<std::ptrdiff_t>(kFewestDigitsMasked);
}

std::string Propose(absl::string_view normalized, DivisionKnown known) {
  const std::string candidate = absl::StrReplaceAll(normalized, {{"O", "0"}, {"I", "1"}});
  if (HasResidentIdShape(candidate)) return "";
  const UsccVerdict verdict = Judge(candidate, known);
  const bool good =
      verdict == registry::v1::USCC_VERDICT_OK || verdict == registry::v1::USCC_VERDICT_OK_UNKNOWN_DIVISION;
  return good ? candidate : "";
}

}  // namespace

UsccJudgement ClassifyUscc(absl::string_view text, DivisionKnown known) {
  UsccJudgement judgement;
  judgement.verdict = registry::v1::USCC_VERDICT_MALFORMED;
  if (!IsValidUtf8(text)) return judgement;
  judgement.normalized = Normalize(text);
  judgement.verdict = Judge(judgement.normalized, known);
  judgement.masked = judgement.normalized;
  if (IsUsableUscc(judgement.verdict)) return judgement;
  if (judgement.verdict == registry::v1::USCC_VERDICT_MALFORMED)
    judgement.proposal = Propose(judgement.normalized, known);
  if (MayHoldPersonalNumber(judgement.normalized)) {
    judgement.masked = Excerpt(Mask(judgement.normalized));
    judgement.normalized = judgement.masked;
  } else {
    judgement.masked = Excerpt(judgement.normalized);
  }
  return judgement;
}

bool IsUsableUscc(UsccVerdict verdict) {
  return verdict == registry::v1::USCC_VERDICT_OK || verdict == registry::v1::USCC_VERDICT_OK_UNKNOWN_DIVISION ||
         verdict == registry::v1::USCC_VERDICT_OK_LEGACY;
}

bool HasResidentIdShape(absl::string_view normalized) {
  if (normalized.size() != kLength || !AllDigits(normalized.substr(0, kLength - 1))) return false;
  return IsBirthDate(normalized.substr(6, 8)) && ResidentIdCheckPasses(normalized);
}

absl::StatusOr<Uscc> Uscc::Parse(absl::string_view text, absl::string_view field, DivisionKnown known,
                                 LegacyUscc legacy) {
  UsccJudgement judgement = ClassifyUscc(text, known);
  const ErrorMetadata about = {{"field", std::string(field)}, {"value", judgement.masked}};
  if (judgement.verdict == registry::v1::USCC_VERDICT_PERSONAL_ID) {
    return MakeError(registry::v1::ERROR_REASON_USCC_PERSONAL_ID, about);
  }
  if (judgement.verdict == registry::v1::USCC_VERDICT_OK_LEGACY && legacy == LegacyUscc::kRefuse) {
    return MakeError(registry::v1::ERROR_REASON_USCC_LEGACY_UNCONFIRMED, about);
  }
  if (!IsUsableUscc(judgement.verdict)) {
    return MakeError(registry::v1::ERROR_REASON_USCC_INVALID,
                     {{"field", std::string(field)},
                      {"value", judgement.masked},
                      {"verdict", registry::v1::UsccVerdict_Name(judgement.verdict)},
                      {"verdict_zh", std::string(UsccFinding(judgement.verdict, Language::kChinese))},
                      {"proposal", judgement.proposal}});
  }
  return Uscc(std::move(judgement.normalized), judgement.verdict);
}

absl::string_view UsccFinding(UsccVerdict verdict, Language language) {
  for (const FindingText& row : kFindings) {
    if (row.verdict == verdict) return language == Language::kChinese ? row.zh : row.en;
  }
  return "";
}

absl::Span<const UsccPrefix> UsccPrefixes() { return kPrefixes; }

const UsccPrefix* FindUsccPrefix(absl::string_view code) {
  if (code.size() < 2) return nullptr;
  for (const UsccPrefix& row : kPrefixes) {
    if (absl::StartsWith(code, row.prefix)) return &row;
  }
  return nullptr;
}

}  // namespace gi::domain
