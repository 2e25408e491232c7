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

// What the code shows of a number beside it: zeros behind the point, and words behind all digits.
void TakeNumber(absl::string_view code, NumberFormat& format) {
  const absl::string_view section = code.substr(0, code.find(';'));
  const size_t last = section.find_last_of("0#?");
  const size_t point = section.find('.');
  if (last == absl::string_view::npos) return;
  for (size_t i = point; i < last && section[i + 1] == '0'; ++i) ++format.decimals;
  // "0!.0,万" shows a tenth of what a thousand is stored as; nothing behind such a number is its unit.
  const absl::string_view behind = section.substr(last + 1);
  const bool scaled = section.find_first_of("!\\%,E") < last + 1 ? section.find_first_of("!\\%E") != section.npos
                                                                 : section.find_first_of("!%,E") != section.npos;
  if (scaled || absl::StartsWith(behind, ",")) return;
  std::string words;
  bool in_quotes = false;
  for (size_t i = 0; i < behind.size(); ++i) {
    const char c = behind[i];
    if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == '_' && !in_quotes) {
      ++i;
    } else if (in_quotes || static_cast<unsigned char>(c) >= 0x80) {
      words.push_back(c);
    }
  }
  format.suffix = std::move(words);
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

NumberFormat WithDecimals(size_t decimals) {
  NumberFormat format;
  format.decimals = decimals;
  return format;
}

NumberFormat Percent() {
  NumberFormat format;
  format.percent = true;
  return format;
}

// 2024.1 as 2024.10: a month that was typed as a number.
std::string Padded(std::string number, size_t decimals) {
  const size_t point = number.find('.');
  if (point == std::string::npos || number.find_first_of("eE") != std::string::npos) return number;
  const size_t has = number.size() - point - 1;
  if (has < decimals) number.append(decimals - has, '0');
  return number;
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
  if (format.is_number()) TakeNumber(code, format);
  format.percent = format.is_number() && letters.find('%') != std::string::npos;
  return format;
}

NumberFormat BuiltInFormat(int id) {
  const NumberFormat day = {true, true, true, false}, month = {true, true, false, false};
  const NumberFormat time = {false, false, false, true}, day_of_year = {false, true, true, false};
  const struct {
    int first, last;
    NumberFormat format;
  } formats[] = {
      {2, 2, WithDecimals(2)}, {4, 4, WithDecimals(2)}, {9, 10, Percent()},    {14, 15, day},
      {16, 16, day_of_year},   {17, 17, month},         {18, 21, time},        {22, 22, {true, true, true, true}},
      {27, 27, month},         {28, 29, day_of_year},   {30, 31, day},         {32, 35, time},
      {36, 36, month},         {45, 45, time},          {47, 47, time},        {50, 50, month},
      {51, 51, day_of_year},   {52, 52, month},         {53, 54, day_of_year}, {55, 56, time},
      {57, 57, month},         {58, 58, day_of_year},
  };
  for (const auto& [first, last, format] : formats) {
    if (id >= first && id <= last) return format;
  }
  return {};
}

std::string NumberText(absl::string_view stored, const NumberFormat& format, bool since_1904) {
  double value = 0;
  if (!absl::SimpleAtod(stored, &value) || !std::isfinite(value)) return std::string(stored);
  if (format.percent) return absl::StrCat(PlainText(value * 100), "%");
  if (format.is_number()) return absl::StrCat(Padded(NumberAsWritten(stored, value), format.decimals), format.suffix);
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
