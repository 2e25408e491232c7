#include "client/sheet/number_format.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/date.h"

namespace gi::client::sheet {
namespace {

using registry::v1::Date;

// Digits of a number that are what was written; the others come of the binary form.
constexpr int kDigits = 15;
constexpr double kTooManyDigits = 1e15;
constexpr double kTooSmall = 1e-9;
constexpr int64_t kSecondsOfDay = 86'400;
// 9999-12-31.
constexpr double kLastDay = 2'958'465;
// The calendar since 1900 has a 29 February of that year.
constexpr int64_t kDayThatNeverWas = 60;

// The code up to the first semicolon, in small letters, without what is shown as it stands.
std::string LettersOf(absl::string_view code) {
  std::string letters;
  for (size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == ';') break;
    if (c == '"') {
      i = std::min(code.find('"', i + 1), code.size());
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '[') {
      const size_t end = std::min(code.find(']', i), code.size());
      const std::string inside = absl::AsciiStrToLower(code.substr(i + 1, end - i - 1));
      // [h], [mm], [ss]: not a time of the day.
      if (!inside.empty() && inside.find_first_not_of("hms") == std::string::npos) return "";
      i = end;
    } else {
      letters.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
  }
  for (const char* word : {"am/pm", "a/p", "general"}) {
    for (size_t at = letters.find(word); at != std::string::npos; at = letters.find(word)) {
      letters.erase(at, absl::string_view(word).size());
    }
  }
  return letters;
}

std::string PlainText(double value) {
  std::string digits = absl::StrFormat("%.*e", kDigits - 1, value);
  int exponent = 0;
  if (!absl::SimpleAtoi(digits.substr(digits.find('e') + 1), &exponent)) return digits;
  std::string plain = absl::StrFormat("%.*f", std::max(0, kDigits - 1 - exponent), value);
  if (plain.find('.') != std::string::npos) {
    plain.erase(plain.find_last_not_of('0') + 1);
    if (plain.back() == '.') plain.pop_back();
  }
  return plain;
}

std::string NumberAsWritten(absl::string_view stored, double value) {
  const double size = std::abs(value);
  if (size >= kTooManyDigits || (size < kTooSmall && value != 0)) return std::string(stored);
  int digits = 0;
  for (const char c : stored) digits += absl::ascii_isdigit(static_cast<unsigned char>(c)) ? 1 : 0;
  const bool has_exponent = stored.find_first_of("eE") != absl::string_view::npos;
  return digits > kDigits || has_exponent ? PlainText(value) : std::string(stored);
}

// nullopt for the day that never was.
std::optional<Date> DateOfSerial(int64_t serial, bool since_1904) {
  if (since_1904) return ToDate(*ToDay(*ParseDate("1904-01-01")) + static_cast<int32_t>(serial));
  if (serial == kDayThatNeverWas) return std::nullopt;
  const int64_t since = serial < kDayThatNeverWas ? serial + 1 : serial;
  return ToDate(*ToDay(*ParseDate("1899-12-30")) + static_cast<int32_t>(since));
}

}  // namespace

NumberFormat ParseNumberFormat(absl::string_view code) {
  const std::string letters = LettersOf(code);
  NumberFormat format;
  bool has_m = false;
  for (size_t i = 0; i < letters.size(); ++i) {
    const char c = letters[i];
    const char next = i + 1 < letters.size() ? letters[i + 1] : '\0';
    // 0.00E+00 is a number.
    format.year |= c == 'y' || (c == 'e' && next != '+' && next != '-');
    format.day |= c == 'd';
    format.time |= c == 'h' || c == 's';
    has_m |= c == 'm';
  }
  format.month = has_m && (!format.time || format.year || format.day);
  return format;
}

NumberFormat BuiltInFormat(int id) {
  constexpr NumberFormat kDay = {true, true, true, false}, kMonth = {true, true, false, false};
  constexpr NumberFormat kTime = {false, false, false, true}, kDayOfYear = {false, true, true, false};
  constexpr struct {
    int first, last;
    NumberFormat format;
  } kFormats[] = {
      {14, 15, kDay},
      {16, 16, kDayOfYear},
      {17, 17, kMonth},
      {18, 21, kTime},
      {22, 22, {true, true, true, true}},
      {27, 27, kMonth},
      {28, 29, kDayOfYear},
      {30, 31, kDay},
      {32, 35, kTime},
      {36, 36, kMonth},
      {45, 45, kTime},
      {47, 47, kTime},
      {50, 50, kMonth},
      {51, 51, kDayOfYear},
      {52, 52, kMonth},
      {53, 54, kDayOfYear},
      {55, 56, kTime},
      {57, 57, kMonth},
      {58, 58, kDayOfYear},
  };
  for (const auto& [first, last, format] : kFormats) {
    if (id >= first && id <= last) return format;
  }
  return {};
}

std::string NumberText(absl::string_view stored, const NumberFormat& format, bool since_1904) {
  double value = 0;
  if (!absl::SimpleAtod(stored, &value) || !std::isfinite(value)) return std::string(stored);
  if (format.is_number()) return NumberAsWritten(stored, value);
  if (value < 0 || value > kLastDay) return NumberAsWritten(stored, value);
  const int64_t seconds = std::llround(value * static_cast<double>(kSecondsOfDay));
  const int64_t days = seconds / kSecondsOfDay, rest = seconds % kSecondsOfDay;
  const std::string time = absl::StrFormat("%02d:%02d:%02d", rest / 3600, rest / 60 % 60, rest % 60);
  if (days == 0 && !format.year && !format.month && !format.day) return time;
  const std::optional<Date> date = DateOfSerial(days, since_1904);
  if (!date) return NumberAsWritten(stored, value);
  // Who writes 2024年3月 gets its first day stored.
  if (format.year && !format.day && !format.time && date->day() == 1 && rest == 0) {
    if (!format.month && date->month() == 1) return absl::StrFormat("%04d", date->year());
    if (format.month) return absl::StrFormat("%04d/%02d", date->year(), date->month());
  }
  const std::string day = absl::StrFormat("%04d/%02d/%02d", date->year(), date->month(), date->day());
  return rest == 0 ? day : absl::StrCat(day, " ", time);
}

}  // namespace gi::client::sheet
