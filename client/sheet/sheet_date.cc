#include "client/sheet/sheet_date.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/sheet/faults.h"
#include "client/sheet/quantity_cell.h"
#include "storage/base/date.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

using registry::v1::Date;

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

int Number(absl::string_view digits) {
  int value = 0;
  return absl::SimpleAtoi(digits, &value) ? value : -1;
}

// Days of a spreadsheet: 1954 to 2119.
constexpr int kFirstSerial = 20'000;
constexpr int kLastSerial = 80'000;

std::optional<Date> DateOfSerial(int serial) {
  if (serial < kFirstSerial || serial > kLastSerial) return std::nullopt;
  return ToDate(*ToDay(*ParseDate("1899-12-30")) + serial);
}

std::optional<Date> MakeDate(const std::vector<std::string>& parts) {
  Date date;
  if (parts.empty() || parts.size() > 3 || parts[0].size() != 4) return std::nullopt;
  for (const std::string& part : parts) {
    if (!IsDigits(part) || part.size() > 4) return std::nullopt;
  }
  date.set_year(Number(parts[0]));
  if (parts.size() > 1) date.set_month(Number(parts[1]));
  if (parts.size() > 2) date.set_day(Number(parts[2]));
  const bool month_fits = parts.size() == 1 || (date.month() >= 1 && date.month() <= 12);
  if (date.year() < 1 || !month_fits || (parts.size() == 3 && !ToDay(date))) return std::nullopt;
  return date;
}

// Without what stands for "about".
bool TakeAbout(std::string& text) {
  const std::string before = text;
  for (const char* word : {"大约", "约", "左右", "前后", "ca.", "about"})
    text = absl::StrReplaceAll(text, {{word, ""}});
  return text != before;
}

}  // namespace

std::optional<SheetDate> ParseSheetDate(absl::string_view given) {
  SheetDate parsed;
  // Without a time of the day: "2024-03-05 00:00:00".
  if (given.find(':') != absl::string_view::npos) given = given.substr(0, given.find_first_of(" T"));
  if (HasDoubtfulDigits(given)) return std::nullopt;
  std::string text = FoldText(given);
  parsed.approximate = TakeAbout(text);
  if (IsDigits(text) && text.size() == 8)
    text = absl::StrCat(text.substr(0, 4), "-", text.substr(4, 2), "-", text.substr(6));
  if (IsDigits(text) && text.size() == 5) {
    const std::optional<Date> date = DateOfSerial(Number(text));
    if (!date) return std::nullopt;
    parsed.date = *date;
    return parsed;
  }
  // Nothing follows the day.
  for (const char* day : {"日", "号"}) {
    const size_t at = text.find(day);
    if (at != std::string::npos && at + absl::string_view(day).size() != text.size()) return std::nullopt;
  }
  text = absl::StrReplaceAll(text, {{"年", "-"}, {"月", "-"}, {"日", ""}, {"号", ""}, {"/", "-"}, {".", "-"}});
  const std::optional<Date> date = MakeDate(absl::StrSplit(absl::StripSuffix(text, "-"), '-'));
  if (!date) return std::nullopt;
  parsed.date = *date;
  return parsed;
}

std::optional<std::pair<std::string, std::string>> ParseSheetRange(absl::string_view given) {
  constexpr absl::string_view kBetween[] = {"起至", "起到", "至", "到", "——", "—", "–", "~", "～", "--", "-", "－"};
  absl::string_view text = given;
  absl::ConsumePrefix(&text, "自");
  absl::ConsumePrefix(&text, "从");
  std::optional<std::pair<std::string, std::string>> found;
  for (size_t at = 1; at < text.size(); ++at) {
    for (const absl::string_view between : kBetween) {
      if (!absl::StartsWith(text.substr(at), between)) continue;
      const std::optional<SheetDate> first = ParseSheetDate(text.substr(0, at));
      std::string last = NormalizeText(text.substr(at + between.size()));
      const bool is_word = last.find_first_of("0123456789") == last.npos && !IsPlaceholder(last);
      const bool is_last = !last.empty() && (is_word || ParseSheetDate(absl::StripSuffix(last, "止")));
      if (!first || first->date.day() == 0 || !is_last) continue;
      std::pair<std::string, std::string> ends = {NormalizeText(text.substr(0, at)),
                                                  std::string(absl::StripSuffix(last, "止"))};
      if (found && *found != ends) return std::nullopt;
      found = std::move(ends);
      break;
    }
  }
  return found;
}

}  // namespace gi::client::sheet
