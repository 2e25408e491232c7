#include "client/sheet/row_words.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

// The end of a short text: 全镇合计.
constexpr absl::string_view kTotals[] = {"合计", "总计", "小计", "共计", "累计"};
constexpr absl::string_view kEnglishTotals[] = {"total", "subtotal", "sum"};
constexpr size_t kLongestTotal = 8;
// The beginning of a text.
constexpr absl::string_view kNotes[] = {"注",   "备注", "说明",     "填表", "制表",   "制单", "审核",
                                        "审批", "填报", "单位负责", "负责", "联系",   "经办", "以下空白",
                                        "附件", "附:",  "单位(盖",  "盖章", "单位盖", "note", "remark"};
constexpr absl::string_view kNumerals[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool IsTotal(absl::string_view form) {
  if (absl::ConsumePrefix(&form, "共") && !form.empty() && IsDigit(form[0])) return CountChars(form) < kLongestTotal;
  if (std::find(std::begin(kEnglishTotals), std::end(kEnglishTotals), form) != std::end(kEnglishTotals)) return true;
  return CountChars(form) <= kLongestTotal &&
         std::any_of(std::begin(kTotals), std::end(kTotals),
                     [&](absl::string_view word) { return absl::EndsWith(form, word); });
}

bool IsNote(absl::string_view text) {
  while (!text.empty() && (text[0] == '(' || text[0] == '*' || IsDigit(text[0]) || text[0] == '.'))
    text.remove_prefix(1);
  absl::ConsumePrefix(&text, "、");
  if (std::any_of(std::begin(kNotes), std::end(kNotes),
                  [&](absl::string_view word) { return absl::StartsWith(text, word); })) {
    return true;
  }
  return absl::ConsumePrefix(&text, "第") && !text.empty() && IsDigit(text[0]) && absl::StrContains(text, "页");
}

bool IsHeading(absl::string_view text) {
  const bool in_brackets = absl::ConsumePrefix(&text, "(");
  const size_t size = text.size();
  for (bool more = true; more;) {
    more = std::any_of(std::begin(kNumerals), std::end(kNumerals),
                       [&](absl::string_view numeral) { return absl::ConsumePrefix(&text, numeral); });
  }
  return text.size() < size && (in_brackets ? absl::StartsWith(text, ")") : absl::StartsWith(text, "、"));
}

}  // namespace gi::client::sheet
