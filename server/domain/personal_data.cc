#include "server/domain/personal_data.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gi/registry/v1/common.pb.h"
#include "storage/base/date.h"
#include "storage/base/error.h"
#include "storage/base/text.h"

namespace gi::domain {
namespace {

constexpr size_t kFewestDigits = 10;  // a land line: 010 and seven digits
constexpr size_t kMostDigits = 19;    // a bank card
constexpr size_t kUsccLength = 18;

// A run of digits in the outline of a text, [begin, end).
struct Group {
  size_t begin;
  size_t end;
  size_t size() const { return end - begin; }
};

// Consecutive groups that may be one number.
struct Candidate {
  std::string digits;
  std::vector<size_t> sizes;  // of the groups
  bool x_follows = false;     // an X directly after the last digit, as some resident IDs end
};

bool IsAlnumAt(absl::string_view outline, size_t position) {
  return position < outline.size() && absl::ascii_isalnum(static_cast<unsigned char>(outline[position]));
}

std::vector<Group> FindGroups(absl::string_view outline) {
  std::vector<Group> groups;
  for (size_t i = 0; i < outline.size(); ++i) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(outline[i]))) continue;
    const bool continues = !groups.empty() && groups.back().end == i;
    if (!continues) groups.push_back({i, i});
    groups.back().end = i + 1;
  }
  return groups;
}

bool AreJoined(absl::string_view outline, const Group& left, const Group& right) {
  const char between = outline[left.end];
  return right.begin == left.end + 1 && (between == ' ' || between == '-' || between == ')');
}

bool IsPlausibleDate(absl::string_view digits) {
  registry::v1::Date date;
  int year = 0;
  int month = 0;
  int day = 0;
  if (!absl::SimpleAtoi(digits.substr(0, 4), &year) || !absl::SimpleAtoi(digits.substr(4, 2), &month) ||
      !absl::SimpleAtoi(digits.substr(6, 2), &day)) {
    return false;
  }
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return year >= 1900 && year <= 2099 && ToDay(date).has_value();
}

// "158 20240305" is more likely a number beside a date than a grouped telephone number.
bool EndsWithDate(absl::string_view digits) {
  return digits.size() > 8 && IsPlausibleDate(digits.substr(digits.size() - 8));
}

bool IsGroupedAs(const std::vector<size_t>& sizes, std::initializer_list<size_t> form) {
  return std::equal(sizes.begin(), sizes.end(), form.begin(), form.end());
}

bool HasMobileGroups(const std::vector<size_t>& sizes) {
  return IsGroupedAs(sizes, {11}) || IsGroupedAs(sizes, {3, 8}) || IsGroupedAs(sizes, {7, 4}) ||
         IsGroupedAs(sizes, {3, 4, 4}) || IsGroupedAs(sizes, {4, 3, 4}) || IsGroupedAs(sizes, {4, 4, 3});
}

bool IsMobileNumber(const Candidate& candidate) {
  absl::string_view digits = candidate.digits;
  std::vector<size_t> sizes = candidate.sizes;
  if (digits.size() > 11 && (absl::ConsumePrefix(&digits, "0086") || absl::ConsumePrefix(&digits, "86"))) {
    const size_t prefix = candidate.digits.size() - digits.size();
    if (sizes.front() <= prefix) return false;  // a group of its own: the groups after it are a candidate as well
    sizes.front() -= prefix;
  }
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3' && HasMobileGroups(sizes) &&
         (sizes.size() == 1 || !EndsWithDate(digits));
}

size_t AreaCodeLength(absl::string_view digits) {
  if (absl::StartsWith(digits, "010") || absl::StartsWith(digits, "02")) return 3;
  return digits[0] == '0' && digits[1] >= '3' ? 4 : 0;
}

bool IsLandLine(const Candidate& candidate) {
  const absl::string_view digits = candidate.digits;
  const size_t area = AreaCodeLength(digits);
  const std::vector<size_t>& sizes = candidate.sizes;
  if (area == 0 || sizes.size() < 2 || sizes.size() > 3 || sizes[0] != area) return false;
  const size_t local = digits.size() - area;
  const bool grouped_well = sizes.size() == 2 || (sizes[1] >= 3 && sizes[2] == 4);
  return (local == 7 || local == 8) && digits[area] >= '2' && digits[area] <= '8' && grouped_well &&
         !EndsWithDate(digits);
}

bool PassesLuhn(absl::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const int digit = digits[digits.size() - 1 - i] - '0';
    const int doubled = digit * 2;
    sum += i % 2 == 0 ? digit : doubled - (doubled > 9 ? 9 : 0);
  }
  return sum % 10 == 0;
}

// Other groupings are lists of codes; among them the groups of a UUID, if they are all digits.
bool HasCardGroups(const std::vector<size_t>& sizes) {
  if (sizes.size() == 1 || IsGroupedAs(sizes, {6, 13})) return true;
  const auto first_short = std::find_if(sizes.begin(), sizes.end(), [](size_t size) { return size != 4; });
  return first_short == sizes.end() || (first_short + 1 == sizes.end() && *first_short < 4);
}

bool IsBankCard(const Candidate& candidate) {
  const absl::string_view digits = candidate.digits;
  return digits.size() >= 16 && digits.size() <= kMostDigits && digits[0] >= '3' && digits[0] <= '6' &&
         HasCardGroups(candidate.sizes) && PassesLuhn(digits);
}

bool IsUscc(absl::string_view code, DivisionKnown known) {
  const registry::v1::UsccVerdict verdict = ClassifyUscc(code, known).verdict;
  return verdict == registry::v1::USCC_VERDICT_OK || verdict == registry::v1::USCC_VERDICT_OK_UNKNOWN_DIVISION ||
         verdict == registry::v1::USCC_VERDICT_UNKNOWN_PREFIX;
}

std::optional<PersonalKind> KindOf(const Candidate& candidate, absl::string_view code) {
  if (HasResidentIdShape(code)) return PersonalKind::kResidentId;
  if (candidate.x_follows) return std::nullopt;
  if (IsMobileNumber(candidate)) return PersonalKind::kMobileNumber;
  if (IsLandLine(candidate)) return PersonalKind::kLandLine;
  if (IsBankCard(candidate)) return PersonalKind::kBankCard;
  return std::nullopt;
}

std::optional<PersonalShape> Judge(const Candidate& candidate, DivisionKnown known) {
  const std::string code = absl::StrCat(candidate.digits, candidate.x_follows ? "X" : "");
  const std::optional<PersonalKind> kind = KindOf(candidate, code);
  if (!kind.has_value() || (code.size() == kUsccLength && IsUscc(code, known))) return std::nullopt;
  return PersonalShape{*kind, Mask(code)};
}

// Tries the numbers that begin with the group `first`.
std::optional<PersonalShape> JudgeFrom(absl::string_view outline, const std::vector<Group>& groups, size_t first,
                                       DivisionKnown known) {
  if (groups[first].begin > 0 && IsAlnumAt(outline, groups[first].begin - 1)) return std::nullopt;
  Candidate candidate;
  for (size_t i = first; i < groups.size(); ++i) {
    if (i > first && !AreJoined(outline, groups[i - 1], groups[i])) break;
    const Group& group = groups[i];
    if (candidate.digits.size() + group.size() > kMostDigits) break;
    absl::StrAppend(&candidate.digits, outline.substr(group.begin, group.size()));
    candidate.sizes.push_back(group.size());
    if (candidate.digits.size() < kFewestDigits) continue;
    const bool alnum_follows = IsAlnumAt(outline, group.end);
    candidate.x_follows = alnum_follows && absl::ascii_toupper(static_cast<unsigned char>(outline[group.end])) == 'X' &&
                          !IsAlnumAt(outline, group.end + 1);
    if (alnum_follows && !candidate.x_follows) break;
    if (std::optional<PersonalShape> shape = Judge(candidate, known)) return shape;
  }
  return std::nullopt;
}

}  // namespace

bool AnyDivision(absl::string_view /*code*/) { return true; }

std::optional<PersonalShape> FindPersonalShape(absl::string_view text, DivisionKnown known) {
  if (text.size() < kFewestDigits) return std::nullopt;
  const std::string outline = AsciiOutline(text);
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  if (std::count_if(outline.begin(), outline.end(), is_digit) < static_cast<std::ptrdiff_t>(kFewestDigits))
    return std::nullopt;
  const std::vector<Group> groups = FindGroups(outline);
  for (size_t first = 0; first < groups.size(); ++first) {
    if (std::optional<PersonalShape> shape = JudgeFrom(outline, groups, first, known)) return shape;
  }
  return std::nullopt;
}

absl::string_view PersonalKindName(PersonalKind kind, Language language) {
  const bool chinese = language == Language::kChinese;
  switch (kind) {
    case PersonalKind::kResidentId:
      return chinese ? "居民身份证号码" : "a resident ID number";
    case PersonalKind::kMobileNumber:
      return chinese ? "手机号码" : "a mobile number";
    case PersonalKind::kLandLine:
      return chinese ? "固定电话号码" : "a land line number";
    case PersonalKind::kBankCard:
      return chinese ? "银行卡号" : "a bank card number";
  }
  return "";
}

std::string EchoValue(absl::string_view value) {
  const std::optional<PersonalShape> shape = FindPersonalShape(value, [](absl::string_view) { return false; });
  return shape.has_value() ? shape->masked : Excerpt(value);
}

}  // namespace gi::domain
