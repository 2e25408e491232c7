#include "client/sheet/table.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/sheet/column_units.h"
#include "client/sheet/row_words.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

// Titles, notes and an empty form before the head.
constexpr size_t kRowsToLookAt = 60;
constexpr size_t kMostPassedOver = 1000;
constexpr int kFewestKnown = 2;

// Cells in which a total may say that it is one.
constexpr size_t kCellsOfTotal = 3;

std::vector<size_t> FilledCells(const std::vector<std::string>& cells) {
  std::vector<size_t> filled;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!IsBlank(cells[i])) filled.push_back(i);
  }
  return filled;
}

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

std::string WithoutBrackets(absl::string_view cell) {
  return absl::StrReplaceAll(FoldText(cell), {{"(", ""}, {")", ""}});
}

// Whether the lower row is that of a head whose other cells are merged over both: these say the same twice.
bool IsMergedBelow(const std::vector<std::string>& upper, const std::vector<std::string>& lower) {
  size_t same = 0, other = 0;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (IsBlank(lower[i])) continue;
    ++(i < upper.size() && lower[i] == upper[i] ? same : other);
  }
  return same > 0 && other > 0;
}

// 甲, 乙, 1, 2, 3; 栏次, (1), (2), (3).
bool IsNumberOfColumns(const std::vector<std::string>& cells) {
  constexpr size_t kFewest = 3;
  const std::vector<size_t> filled = FilledCells(cells);
  int next = 1;
  for (const size_t i : filled) {
    const std::string cell = WithoutBrackets(cells[i]);
    const bool is_word = next == 1 && (cell == "栏次" || absl::StrContains("甲乙丙丁戊", cell));
    if (!is_word && cell != absl::StrCat(next++)) return false;
  }
  return filled.size() >= kFewest && next > 2;
}

// Rows of one cell with what separates cells elsewhere.
Words HintOf(const std::deque<SheetRow>& rows) {
  for (const char* separator : {";", "；", "|"}) {
    const auto parted = absl::c_count_if(rows, [&](const SheetRow& row) {
      return row.cells.size() == 1 && absl::StrContains(row.cells.front(), separator);
    });
    if (parted < 2) continue;
    return {
        absl::StrCat("（各行似以“", separator, "”分隔：请另存为以逗号或制表符分隔的文件）"),
        absl::StrCat(" (cells seem to be parted by \"", separator, "\": save it with commas or tabs between them)")};
  }
  return {};
}

// Without empty columns at its end.
std::vector<int> Trimmed(std::vector<int> columns) {
  while (!columns.empty() && columns.back() < 0) columns.pop_back();
  return columns;
}

}  // namespace

TableReader::TableReader(RowSource& source, const mapping::v1::Mapping& mapping)
    : source_(source), mapping_(mapping), matcher_(mapping) {}

absl::Status TableReader::FindHead(const std::vector<UnitStatement>& below) {
  SheetRow row;
  while (waiting_.size() < kRowsToLookAt) {
    ASSIGN_OR_RETURN(const bool more, source_.Next(row));
    if (!more) break;
    waiting_.push_back(std::move(row));
  }
  const int wanted = std::min(kFewestKnown, mapping_.columns_size());
  const size_t end = EndOfHead(wanted);
  HeadMatcher::Match best;
  size_t first = 0;
  for (size_t i = 0; i < end; ++i) {
    if (!waiting_[i].problem.empty()) continue;
    HeadMatcher::Match one = matcher_.Read(waiting_[i].cells);
    if (one.known <= best.known) continue;
    best = std::move(one);
    first = i;
  }
  // Only if one row does not say as much: a title stands above a head, too.
  for (size_t i = 0; i + 1 < end; ++i) {
    if (!waiting_[i].problem.empty() || !waiting_[i + 1].problem.empty()) continue;
    HeadMatcher::Match two = matcher_.Read(JoinHeadRows(waiting_[i].cells, waiting_[i + 1].cells));
    const bool goes_on =
        i == first && two.known == best.known && IsMergedBelow(waiting_[i].cells, waiting_[i + 1].cells);
    if (two.known > best.known || goes_on) {
      best = std::move(two);
      first = i;
      head_rows_ = 2;
    }
  }
  if (best.known < wanted) return NoHead();
  layout_ = std::move(best.layout);
  known_ = best.known;
  own_units_ = layout_.units;
  head_row_ = layout_.head;
  for (size_t i = 0; i < layout_.columns.size(); ++i) {
    if (layout_.columns[i] < 0) continue;
    const mapping::v1::Column& column = mapping_.columns(layout_.columns[i]);
    const bool waived = IsWaived(column, mapping_, layout_.columns);
    if (column.required() && !waived && column.default_().empty()) required_.push_back(i);
  }
  std::vector<UnitStatement> said = below;
  for (size_t i = 0; i < first; ++i) {
    const std::vector<size_t> filled = FilledCells(waiting_[i].cells);
    if (filled.size() == 1) titles_.insert(FoldText(waiting_[i].cells[filled.front()]));
    for (UnitStatement& one : UnitsSaidIn(waiting_[i])) said.push_back(std::move(one));
    PassOver(waiting_[i], {"表头之前", "before the head"});
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(first + head_rows_));
  if (!waiting_.empty() && TakeUnitRow(waiting_.front())) {
    PassOver(waiting_.front(), {"单位行", "the units"});
    waiting_.pop_front();
  }
  if (!waiting_.empty() && IsNumberOfColumns(waiting_.front().cells)) {
    PassOver(waiting_.front(), {"栏次行", "the numbers of columns"});
    waiting_.pop_front();
  }
  FillUnitsBeside(matcher_, said, layout_);
  return absl::OkStatus();
}

size_t TableReader::EndOfHead(int wanted) const {
  bool found = false;
  for (size_t i = 0; i < waiting_.size(); ++i) {
    if (!waiting_[i].problem.empty()) continue;
    const std::vector<std::string>& cells = waiting_[i].cells;
    const size_t filled = FilledCells(cells).size();
    const HeadMatcher::Match match = matcher_.Read(cells);
    // The row after it may be the lower half of the head; what comes then is data.
    if (found && filled > 1 && match.known < wanted) return i + 1;
    const bool has_numbers = std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
      return std::any_of(cell.begin(), cell.end(), IsDigit) && UnitInHead(cell).unit.empty();
    });
    // "名称 梁平柚 年份 2024" above a table is none.
    found |= match.known >= wanted && matcher_.MissingIn(match.layout.columns).empty() &&
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
      if (matcher_.Find(cell, {}) >= 0 && std::find(seen.begin(), seen.end(), cell) == seen.end()) seen.push_back(cell);
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
  if (why.empty()) why = HintOf(waiting_);
  const std::string wanted = absl::StrJoin(names, "、"), found = absl::StrJoin(seen, "、");
  return SheetError({absl::StrCat("前 ", waiting_.size(), " 行中没有这种表的表头；应有的列：", wanted,
                                  found.empty() ? "" : absl::StrCat("；已找到：", found), why.chinese),
                     absl::StrCat("no row among the first ", waiting_.size(),
                                  " is the head of such a table; columns looked for: ", wanted,
                                  found.empty() ? "" : absl::StrCat("; found: ", found), why.english)});
}

bool TableReader::IsQuantity(size_t column) const {
  return column < layout_.columns.size() && matcher_.IsQuantity(layout_.columns[column]);
}

bool TableReader::TakeUnitRow(const SheetRow& row) {
  bool any = false;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    if (IsBlank(row.cells[i])) continue;
    const std::string cell = WithoutBrackets(row.cells[i]);
    // What the unit is no word for: 单位, （文本）, or the head itself in a cell merged over both rows.
    const bool in_brackets = HeadForm(row.cells[i]).empty();
    const bool is_head = i < head_row_.size() && FoldText(row.cells[i]) == FoldText(head_row_[i]);
    const bool is_label = cell == "单位" || cell == "计量单位" || in_brackets || is_head || IsPlaceholder(row.cells[i]);
    const bool is_unit = IsQuantity(i) && !is_head && LooksLikeUnit(cell) && !absl::c_any_of(cell, IsDigit);
    if (!is_label && !is_unit) return false;
    any |= is_unit;
  }
  if (!any) return false;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const std::string cell = WithoutBrackets(row.cells[i]);
    const bool is_head = i < head_row_.size() && FoldText(row.cells[i]) == FoldText(head_row_[i]);
    if (IsQuantity(i) && !is_head && LooksLikeUnit(cell)) {
      // What the head says otherwise is not clear.
      ColumnUnit& unit = layout_.units[i];
      unit = UnitOfWords(unit.empty() ? std::vector<std::string>{cell}
                                      : std::vector<std::string>{absl::StrCat(unit.unit, unit.unclear), cell});
      absl::StrAppend(&layout_.head[i], "（", unit.unit, unit.unclear, "）");
    }
  }
  return true;
}

std::vector<std::string> TableReader::UnknownColumns() const {
  std::vector<std::string> names;
  for (size_t i = 0; i < layout_.columns.size(); ++i) {
    const bool has_units = absl::c_linear_search(layout_.unit_columns, static_cast<int>(i));
    if (layout_.columns[i] < 0 && !has_units && !IsBlank(layout_.head[i])) names.push_back(layout_.head[i]);
  }
  return names;
}

std::vector<std::string> TableReader::MissingColumns() const { return matcher_.MissingIn(layout_.columns); }

bool TableReader::LacksUnits() const {
  for (size_t i = 0; i < layout_.columns.size(); ++i) {
    if (IsQuantity(i) && layout_.units[i].empty() && layout_.units_beside[i].unit.empty()) return true;
  }
  return false;
}

bool TableReader::IsHeadAgain(const SheetRow& row) const {
  const auto half = static_cast<size_t>(std::max(kFewestKnown, (known_ + 1) / 2));
  return row.problem.empty() && matcher_.HasWords(row.cells, FilledCells(row.cells), half);
}

bool TableReader::IsOtherHead(const SheetRow& row) const {
  if (head_rows_ > 1) return false;
  const TableLayout there = matcher_.Read(row.cells).layout;
  if (Trimmed(there.columns) != Trimmed(layout_.columns)) return true;
  for (size_t i = 0; i < there.columns.size(); ++i) {
    if (IsQuantity(i) && there.units[i] != own_units_[i]) return true;
  }
  return false;
}

bool TableReader::IsComplete(const SheetRow& row) const {
  const auto filled = [&](size_t i) { return i < row.cells.size() && !IsBlank(row.cells[i]); };
  return required_.size() >= kFewestKnown && absl::c_all_of(required_, filled);
}

Words TableReader::WhyNone(const SheetRow& row) const {
  if (!row.problem.empty()) return {};
  const std::vector<size_t> filled = FilledCells(row.cells);
  if (filled.empty()) return {"空行", "blank"};
  // A remark or a number in a column that has no use does not take away a row that is one.
  const bool complete = IsComplete(row);
  const auto counts = [&](size_t i) { return !complete || (i < layout_.columns.size() && layout_.columns[i] >= 0); };
  for (size_t i = 0; i < std::min(filled.size(), kCellsOfTotal); ++i) {
    if (counts(filled[i]) && IsTotal(HeadForm(row.cells[filled[i]]))) return {"合计行", "a total"};
  }
  const std::string& first = row.cells[filled.front()];
  // Of several cells, those that say who did something.
  const bool says = filled.size() == 1 || absl::StrContains(first, "：") || absl::StrContains(first, ":");
  if (says && counts(filled.front()) && IsNote(FoldText(first))) return {"说明", "a note"};
  if (!complete && filled.size() <= kCellsOfTotal && !UnitsSaidIn(row).empty()) {
    return {"单位说明", "a line about units"};
  }
  if (filled.size() > 1) return {};
  if (titles_.contains(FoldText(first))) return {"重复的标题", "the title once more"};
  if (IsHeading(FoldText(first))) return {"分组标题", "a heading"};
  return {};
}

std::vector<UnitStatement> TableReader::UnitsSaidIn(const SheetRow& row) const {
  if (!matcher_.has_quantities()) return {};
  return UnitStatementsIn(absl::StrJoin(row.cells, " "));
}

void TableReader::PassOver(const SheetRow& row, Words why) {
  if (passed_over_.size() < kMostPassedOver) passed_over_.push_back({row.line, std::move(why)});
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
      PassOver(row, {"重复的表头", "the head once more"});
      continue;
    }
    Words why = WhyNone(row);
    if (why.empty()) return true;
    if (units_below_.size() < kMostPassedOver) {
      for (UnitStatement& one : UnitsSaidIn(row)) units_below_.push_back(std::move(one));
    }
    PassOver(row, std::move(why));
  }
}

}  // namespace gi::client::sheet
