#include "client/sheet/faults.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/sheet/rows.h"
#include "storage/base/error.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

constexpr char kChineseUrl[] = "registry.gi/zh-CN";

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// What a wrong encoding leaves: replacement characters, as they are or read once more as GBK, or a question mark for
// each character of a text. Cells of exports, which hold lists and messages, are as they are.
bool LostCharacters(absl::string_view text) {
  if (absl::StartsWith(text, "{") || absl::StartsWith(text, "[")) return false;
  if (absl::StrContains(text, "\xEF\xBF\xBD") || absl::StrContains(text, "锟斤拷")) return true;
  const bool has_letters =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x80 || absl::ascii_isalpha(c); });
  return !has_letters && absl::StrContains(text, "??");
}

// Characters that stand in both in the same order.
size_t CommonLength(const std::u32string& a, const std::u32string& b) {
  std::vector<size_t> row(b.size() + 1, 0);
  for (const char32_t c : a) {
    size_t diagonal = 0;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = c == b[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

absl::Status SheetError(const Words& what) {
  absl::Status status = absl::InvalidArgumentError(what.english);
  status.SetPayload(kChineseUrl, absl::Cord(what.chinese));
  return status;
}

Words TextsOf(const absl::Status& status) {
  const std::string english(status.message());
  const auto chinese = status.GetPayload(kChineseUrl);
  return {chinese ? std::string(*chinese) : english, english};
}

std::string FaultName(Fault::Code code) {
  switch (code) {
    case Fault::Code::kRowUnreadable:
      return "SHEET_ROW_UNREADABLE";
    case Fault::Code::kCellDamaged:
      return "SHEET_CELL_DAMAGED";
    case Fault::Code::kCellRequired:
      return "SHEET_CELL_REQUIRED";
    case Fault::Code::kValueUnexpected:
      break;
  }
  return "SHEET_VALUE_UNEXPECTED";
}

std::string ShownValue(absl::string_view text) {
  // Digits of a telephone; those of residents and cards are longer.
  constexpr size_t kPersonal = 11;
  return LongestDigitRun(text) >= kPersonal ? Mask(text) : Excerpt(text);
}

std::string NearestWord(absl::string_view text, const std::vector<std::string>& words) {
  // Words of tables are short.
  constexpr size_t kMost = 40;
  const std::u32string given = ToCodePoints(FoldText(text));
  if (given.empty() || given.size() > kMost) return "";
  std::string nearest;
  // Of two that have as much in common, the shorter one is more alike.
  size_t best = 0, best_length = 0;
  for (const std::string& word : words) {
    const std::u32string folded = ToCodePoints(FoldText(word));
    const size_t common = CommonLength(given, folded);
    const bool better = common > best || (common == best && folded.size() < best_length);
    if (2 * common < given.size() || common == 0 || !better) continue;
    nearest = word;
    best = common;
    best_length = folded.size();
  }
  return nearest;
}

Words DamageOf(absl::string_view text) {
  if (absl::StartsWith(text, "####")) {
    return {"电子表格因列宽不足显示为 ####：请加宽该列后重新导出",
            "#### of a column too narrow: widen it and export again"};
  }
  for (const char* error : {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}) {
    if (text != error) continue;
    return {absl::StrCat("公式错误 ", error, "：请改正公式或填写值"),
            absl::StrCat("the error ", error, " of a formula: correct it, or write the value")};
  }
  if (text == kNoResult) {
    return {"该单元格是公式，文件中没有其结果：请重新计算并保存，或填写值",
            "a formula whose result is not in the file: reckon and save it again, or write the value"};
  }
  if (LostCharacters(text)) {
    return {"有字符已成乱码：请以正确的编码重新导出，或填写值",
            "characters were lost: export it again in the right encoding, or write the value"};
  }
  const size_t e = text.find_first_of("eE");
  if (e == absl::string_view::npos || e == 0) return {};
  const bool signed_exponent = e + 1 < text.size() && text[e + 1] == '+';
  const absl::string_view given_mantissa = text.substr(0, e);
  // 12E4 may be a number of something.
  if (!signed_exponent && !absl::StrContains(given_mantissa, '.')) return {};
  const std::string mantissa = absl::StrReplaceAll(given_mantissa, {{".", ""}});
  if (!IsDigits(mantissa) || !IsDigits(text.substr(e + (signed_exponent ? 2 : 1)))) return {};
  return {
      absl::StrCat("长号码被电子表格改成了 ", text, "：请把该列设为文本后重新填写"),
      absl::StrCat("the spreadsheet made ", text, " of a long number: format the column as text and write it again")};
}

bool IsPlaceholder(absl::string_view text) {
  constexpr size_t kLongest = 9;
  if (text.size() > kLongest) return false;
  const std::string folded = FoldText(text);
  for (const char* nothing : {"无", "暂无", "没有", "/", "\\", "-", "--", "—", "——", "–", "n/a"}) {
    if (folded == nothing) return true;
  }
  return false;
}

}  // namespace gi::client::sheet
