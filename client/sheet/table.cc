#include "client/sheet/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/sheet/quantity_cell.h"
#include "client/sheet/values.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

// Titles, notes and an empty form before the head.
constexpr size_t kRowsToLookAt = 60;
constexpr size_t kMostPassedOver = 1000;
constexpr int kFewestKnown = 2;

// The end of a short text: 全镇合计.
constexpr absl::string_view kTotals[] = {"合计", "总计", "小计", "共计", "累计"};
constexpr absl::string_view kEnglishTotals[] = {"total", "subtotal", "sum"};
constexpr size_t kLongestTotal = 8;
// Cells in which a total may say that it is one.
constexpr size_t kCellsOfTotal = 3;
// The beginning of a text.
constexpr absl::string_view kNotes[] = {"注",   "备注", "说明",     "填表", "制表",   "制单", "审核",
                                        "审批", "填报", "单位负责", "负责", "联系",   "经办", "以下空白",
                                        "附件", "附:",  "单位(盖",  "盖章", "单位盖", "note", "remark"};
constexpr absl::string_view kNumerals[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};

std::vector<size_t> FilledCells(const std::vector<std::string>& cells) {
  std::vector<size_t> filled;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!IsBlank(cells[i])) filled.push_back(i);
  }
  return filled;
}

// A head of two rows: a word above several columns stands for each of them that has none above.
std::vector<std::string> TwoRows(const std::vector<std::string>& upper, const std::vector<std::string>& lower) {
  std::vector<std::string> both;
  std::string above;
  for (size_t i = 0; i < std::max(upper.size(), lower.size()); ++i) {
    if (i < upper.size() && !IsBlank(upper[i])) above = upper[i];
    const std::string below = i < lower.size() ? lower[i] : "";
    both.push_back(IsBlank(below) ? (i < upper.size() ? upper[i] : "") : below);
    // 有效期 above 起 and 止; a cell over both rows says the same twice.
    if (!IsBlank(below) && !above.empty() && below != above) both.back() = absl::StrCat(above, "\n", below);
  }
  return both;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "本页小计", "共3家".
bool IsTotal(absl::string_view form) {
  if (absl::ConsumePrefix(&form, "共") && !form.empty() && IsDigit(form[0])) return CountChars(form) < kLongestTotal;
  if (std::find(std::begin(kEnglishTotals), std::end(kEnglishTotals), form) != std::end(kEnglishTotals)) return true;
  return CountChars(form) <= kLongestTotal &&
         std::any_of(std::begin(kTotals), std::end(kTotals),
                     [&](absl::string_view word) { return absl::EndsWith(form, word); });
}

// `text`: folded. "注：…", "（注：…）", "2.填报…"; "第1页".
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

// "一、礼让镇", "（二）云龙镇".
bool IsHeading(absl::string_view text) {
  const bool in_brackets = absl::ConsumePrefix(&text, "(");
  const size_t size = text.size();
  for (bool more = true; more;) {
    more = std::any_of(std::begin(kNumerals), std::end(kNumerals),
                       [&](absl::string_view numeral) { return absl::ConsumePrefix(&text, numeral); });
  }
  return text.size() < size && (in_brackets ? absl::StartsWith(text, ")") : absl::StartsWith(text, "、"));
}

// Without empty columns at its end.
std::vector<int> Trimmed(std::vector<int> columns) {
  while (!columns.empty() && columns.back() < 0) columns.pop_back();
  return columns;
}

}  // namespace

std::string HeadForm(absl::string_view text) {
  std::string form = FoldText(text);
  // Of most cells: nothing to take away.
  if (form.find_first_of("([*:") == std::string::npos && !absl::StrContains(form, "\xE3\x80")) return form;
  const std::string folded = absl::StrReplaceAll(form, {{"【", "["}, {"】", "]"}, {"〔", "["}, {"〕", "]"}});
  form.clear();
  int depth = 0;
  for (const char c : folded) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0 && c != '*' && c != ':') form.push_back(c);
    if ((c == ')' || c == ']') && depth > 0) --depth;
  }
  return form;
}

TableReader::TableReader(RowSource& source, const mapping::v1::Mapping& mapping) : source_(source), mapping_(mapping) {
  for (int i = 0; i < mapping.columns_size(); ++i) {
    for (const std::string& header : mapping.columns(i).headers()) by_form_[HeadForm(header)].push_back(i);
  }
}

const std::vector<int>* TableReader::PlacesOf(absl::string_view text) const {
  auto found = by_form_.find(HeadForm(text));
  // Of two rows: both words together, or the lower one alone.
  const size_t line = text.find('\n');
  if (found == by_form_.end() && line != absl::string_view::npos)
    found = by_form_.find(HeadForm(text.substr(line + 1)));
  return found == by_form_.end() ? nullptr : &found->second;
}

int TableReader::Find(absl::string_view text, const std::vector<int>& taken) const {
  const std::vector<int>* const places = PlacesOf(text);
  if (places == nullptr) return -1;
  const auto free = std::find_if(places->begin(), places->end(),
                                 [&](int i) { return std::find(taken.begin(), taken.end(), i) == taken.end(); });
  return free == places->end() ? places->front() : *free;
}

TableReader::Match TableReader::MatchHead(const std::vector<std::string>& cells) const {
  Match match;
  match.head = cells;
  match.columns.assign(cells.size(), -1);
  // What can only be one field before what may be another: 授权日期 is the first day, unless there is 有效期起.
  for (const bool only_one : {true, false}) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::vector<int>* const places = PlacesOf(cells[i]);
      if (places == nullptr || (places->size() == 1) != only_one) continue;
      const int column = Find(cells[i], match.columns);
      if (std::find(match.columns.begin(), match.columns.end(), column) == match.columns.end()) ++match.known;
      match.columns[i] = column;
    }
  }
  return match;
}

bool TableReader::HasWordsOfHead(const std::vector<std::string>& cells, const std::vector<size_t>& filled,
                                 size_t least) const {
  std::vector<int> known;
  // Most rows are none, and that shows soon.
  for (size_t i = 0; i < filled.size() && known.size() < least && known.size() + filled.size() - i >= least; ++i) {
    const int column = Find(cells[filled[i]], known);
    if (column >= 0 && std::find(known.begin(), known.end(), column) == known.end()) known.push_back(column);
  }
  return known.size() >= least;
}

absl::Status TableReader::FindHead() {
  SheetRow row;
  while (waiting_.size() < kRowsToLookAt) {
    ASSIGN_OR_RETURN(const bool more, source_.Next(row));
    if (!more) break;
    waiting_.push_back(std::move(row));
  }
  const int wanted = std::min(kFewestKnown, mapping_.columns_size());
  const size_t end = EndOfHead(wanted);
  Match best;
  size_t first = 0;
  for (size_t i = 0; i < end; ++i) {
    if (!waiting_[i].problem.empty()) continue;
    Match one = MatchHead(waiting_[i].cells);
    if (one.known <= best.known) continue;
    best = std::move(one);
    first = i;
  }
  // Only if one row does not say as much: a title stands above a head, too.
  for (size_t i = 0; i + 1 < end; ++i) {
    if (!waiting_[i].problem.empty() || !waiting_[i + 1].problem.empty()) continue;
    Match two = MatchHead(TwoRows(waiting_[i].cells, waiting_[i + 1].cells));
    if (two.known > best.known) {
      best = std::move(two);
      first = i;
      head_rows_ = 2;
    }
  }
  if (best.known < wanted) return NoHead();
  columns_ = std::move(best.columns);
  head_ = std::move(best.head);
  known_ = best.known;
  head_row_ = head_;
  for (size_t i = 0; i < first; ++i) PassOver(waiting_[i].line, {"表头之前", "before the head"});
  TakeUnits(first);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(first + head_rows_));
  if (!waiting_.empty() && TakeUnitRow(waiting_.front())) {
    PassOver(waiting_.front().line, {"单位行", "the units"});
    waiting_.pop_front();
  }
  return absl::OkStatus();
}

size_t TableReader::EndOfHead(int wanted) const {
  bool found = false;
  for (size_t i = 0; i < waiting_.size(); ++i) {
    if (!waiting_[i].problem.empty()) continue;
    const std::vector<std::string>& cells = waiting_[i].cells;
    const size_t filled = FilledCells(cells).size();
    const Match match = MatchHead(cells);
    // The row after it may be the lower half of the head; what comes then is data.
    if (found && filled > 1 && match.known < wanted) return i + 1;
    const bool has_numbers = std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
      return std::any_of(cell.begin(), cell.end(), IsDigit) && UnitInHead(cell).unit.empty();
    });
    // "名称 梁平柚 年份 2024" above a table is none.
    found |= match.known >= wanted && MissingIn(match.columns).empty() &&
             (static_cast<size_t>(match.known) * 2 > filled || !has_numbers);
  }
  return waiting_.size();
}

absl::Status TableReader::NoHead() const {
  std::vector<std::string> names, seen;
  for (const mapping::v1::Column& column : mapping_.columns()) {
    if (column.headers(0) != column.field()) names.push_back(column.headers(0));
  }
  for (const SheetRow& row : waiting_) {
    for (const std::string& cell : row.cells) {
      if (Find(cell, {}) >= 0 && std::find(seen.begin(), seen.end(), cell) == seen.end()) seen.push_back(cell);
    }
  }
  // A head that could not be read is the likeliest reason.
  const auto unread =
      std::find_if(waiting_.begin(), waiting_.end(), [](const SheetRow& one) { return !one.problem.empty(); });
  Words why;
  if (unread != waiting_.end()) {
    why = {absl::StrCat("（第 ", unread->line, " 行：", unread->problem.chinese, "）"),
           absl::StrCat(" (line ", unread->line, ": ", unread->problem.english, ")")};
  }
  const std::string wanted = absl::StrJoin(names, "、"), found = absl::StrJoin(seen, "、");
  return SheetError({absl::StrCat("前 ", waiting_.size(), " 行中没有这种表的表头；应有的列：", wanted,
                                  found.empty() ? "" : absl::StrCat("；已找到：", found), why.chinese),
                     absl::StrCat("no row among the first ", waiting_.size(),
                                  " is the head of such a table; columns looked for: ", wanted,
                                  found.empty() ? "" : absl::StrCat("; found: ", found), why.english)});
}

bool TableReader::IsQuantity(size_t column) const {
  return column < columns_.size() && columns_[column] >= 0 && !mapping_.columns(columns_[column]).unit().empty();
}

void TableReader::TakeUnits(size_t before) {
  std::vector<std::string> units;
  for (size_t i = 0; i < before; ++i) {
    const std::vector<size_t> filled = FilledCells(waiting_[i].cells);
    if (filled.size() == 1) titles_.insert(FoldText(waiting_[i].cells[filled.front()]));
    for (const size_t cell : filled) {
      for (std::string& unit : UnitsInLine(waiting_[i].cells[cell])) units.push_back(std::move(unit));
    }
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (!IsQuantity(i)) continue;
    const HeadUnit own = UnitInHead(head_[i]);
    if (own.unknown || !own.unit.empty()) continue;
    const auto found = std::find_if(units.begin(), units.end(), [&](const std::string& unit) {
      return AreAlike(unit, mapping_.columns(columns_[i]).unit());
    });
    if (found != units.end()) absl::StrAppend(&head_[i], "（", *found, "）");
  }
}

bool TableReader::TakeUnitRow(const SheetRow& row) {
  bool any = false;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const std::string cell = HeadForm(row.cells[i]);
    if (cell.empty() && IsBlank(row.cells[i])) continue;
    const std::string inside =
        FoldText(absl::StrReplaceAll(row.cells[i], {{"（", ""}, {"）", ""}, {"(", ""}, {")", ""}}));
    if (IsQuantity(i) && IsUnit(inside)) {
      any = true;
    } else if (cell != "单位" && cell != "计量单位" && !IsPlaceholder(row.cells[i])) {
      return false;
    }
  }
  if (!any) return false;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const std::string inside = absl::StrReplaceAll(row.cells[i], {{"（", ""}, {"）", ""}, {"(", ""}, {")", ""}});
    if (IsQuantity(i) && IsUnit(inside)) absl::StrAppend(&head_[i], "（", inside, "）");
  }
  return true;
}

std::vector<std::string> TableReader::UnknownColumns() const {
  std::vector<std::string> names;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i] < 0 && !IsBlank(head_[i])) names.push_back(head_[i]);
  }
  return names;
}

bool IsWaived(const mapping::v1::Column& required, const mapping::v1::Mapping& mapping,
              const std::vector<int>& columns) {
  return !required.instead().empty() && std::any_of(columns.begin(), columns.end(), [&](int place) {
    return place >= 0 && mapping.columns(place).field() == required.instead();
  });
}

std::vector<std::string> TableReader::MissingColumns() const { return MissingIn(columns_); }

std::vector<std::string> TableReader::MissingIn(const std::vector<int>& columns) const {
  std::vector<std::string> names;
  for (int i = 0; i < mapping_.columns_size(); ++i) {
    const bool found = std::find(columns.begin(), columns.end(), i) != columns.end();
    if (!found && !IsWaived(mapping_.columns(i), mapping_, columns) && mapping_.columns(i).required() &&
        mapping_.columns(i).default_().empty()) {
      names.push_back(mapping_.columns(i).headers(0));
    }
  }
  return names;
}

bool TableReader::IsHeadAgain(const SheetRow& row) const {
  const auto half = static_cast<size_t>(std::max(kFewestKnown, (known_ + 1) / 2));
  return row.problem.empty() && HasWordsOfHead(row.cells, FilledCells(row.cells), half);
}

bool TableReader::IsOtherHead(const SheetRow& row) const {
  if (head_rows_ > 1) return false;
  const Match match = MatchHead(row.cells);
  if (Trimmed(match.columns) != Trimmed(columns_)) return true;
  for (size_t i = 0; i < match.columns.size(); ++i) {
    if (!IsQuantity(i)) continue;
    const HeadUnit there = UnitInHead(row.cells[i]), here = UnitInHead(head_row_[i]);
    if (there.unit != here.unit || there.unknown != here.unknown) return true;
  }
  return false;
}

Words TableReader::WhyNone(const SheetRow& row) const {
  if (!row.problem.empty()) return {};
  const std::vector<size_t> filled = FilledCells(row.cells);
  if (filled.empty()) return {"空行", "blank"};
  for (size_t i = 0; i < std::min(filled.size(), kCellsOfTotal); ++i) {
    if (IsTotal(HeadForm(row.cells[filled[i]]))) return {"合计行", "a total"};
  }
  const std::string& first = row.cells[filled.front()];
  // Of several cells, those that say who did something.
  const bool says = filled.size() == 1 || absl::StrContains(first, "：") || absl::StrContains(first, ":");
  if (says && IsNote(FoldText(first))) return {"说明", "a note"};
  if (filled.size() > 1) return {};
  if (titles_.contains(FoldText(first))) return {"重复的标题", "the title once more"};
  if (IsHeading(FoldText(first))) return {"分组标题", "a heading"};
  return {};
}

void TableReader::PassOver(int64_t line, Words why) {
  if (passed_over_.size() < kMostPassedOver) passed_over_.push_back({line, std::move(why)});
}

absl::StatusOr<bool> TableReader::Next(SheetRow& row) {
  while (true) {
    if (!waiting_.empty()) {
      row = std::move(waiting_.front());
      waiting_.pop_front();
    } else {
      ASSIGN_OR_RETURN(const bool more, source_.Next(row));
      if (!more) return false;
    }
    if (IsHeadAgain(row)) {
      if (IsOtherHead(row)) {
        return SheetError(
            {absl::StrCat("第 ", row.line, " 行起是另一张表（列或单位不同），只读到该行之前：请将其另存为单独的文件"),
             absl::StrCat("line ", row.line,
                          " begins another table, with columns or units of its own; it was read up to there: put the "
                          "other table into a file of its own")});
      }
      PassOver(row.line, {"重复的表头", "the head once more"});
      continue;
    }
    Words why = WhyNone(row);
    if (why.empty()) return true;
    PassOver(row.line, std::move(why));
  }
}

}  // namespace gi::client::sheet
