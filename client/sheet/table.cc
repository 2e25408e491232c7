#include "client/sheet/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

// Titles, notes and an empty form before the head.
constexpr size_t kRowsToLookAt = 60;
constexpr size_t kMostPassedOver = 1000;
constexpr int kFewestKnown = 2;

constexpr absl::string_view kTotals[] = {"合计",     "总计",  "小计",     "共计", "累计",
                                         "本页合计", "total", "subtotal", "sum"};
constexpr absl::string_view kNotes[] = {"注",   "备注",       "说明", "填表", "制表",  "审核",
                                        "填报", "单位负责人", "联系", "note", "remark"};

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

}  // namespace

std::string HeadForm(absl::string_view text) {
  const std::string folded = FoldText(text);
  std::string form;
  int depth = 0;
  for (const char c : folded) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0 && c != '*' && c != ':') form.push_back(c);
    if ((c == ')' || c == ']') && depth > 0) --depth;
  }
  for (const char* bracket : {"【", "】"}) {
    for (size_t at = form.find(bracket); at != std::string::npos; at = form.find(bracket)) form.erase(at, 3);
  }
  return form;
}

TableReader::TableReader(RowSource& source, const mapping::v1::Mapping& mapping) : source_(source), mapping_(mapping) {
  for (int i = 0; i < mapping.columns_size(); ++i) {
    for (const std::string& header : mapping.columns(i).headers()) by_form_[HeadForm(header)].push_back(i);
  }
}

int TableReader::Find(absl::string_view text, const std::vector<int>& taken) const {
  const auto find = [&](absl::string_view words) {
    const auto found = by_form_.find(HeadForm(words));
    if (found == by_form_.end()) return -1;
    const auto free = std::find_if(found->second.begin(), found->second.end(),
                                   [&](int i) { return std::find(taken.begin(), taken.end(), i) == taken.end(); });
    return free == found->second.end() ? -1 : *free;
  };
  const int column = find(text);
  // Of two rows: both words together, or the lower one alone.
  const size_t line = text.find('\n');
  return column < 0 && line != absl::string_view::npos ? find(text.substr(line + 1)) : column;
}

TableReader::Match TableReader::MatchHead(const std::vector<std::string>& cells) const {
  Match match;
  for (const std::string& cell : cells) {
    const int column = Find(cell, match.columns);
    if (column >= 0) ++match.known;
    match.columns.push_back(column);
    match.head.push_back(cell);
  }
  return match;
}

bool TableReader::HasWordsOfHead(const std::vector<std::string>& cells, const std::vector<size_t>& filled,
                                 size_t least) const {
  std::vector<int> known;
  // Most rows are none, and that shows soon.
  for (size_t i = 0; i < filled.size() && known.size() < least && known.size() + filled.size() - i >= least; ++i) {
    const int column = Find(cells[filled[i]], known);
    if (column >= 0) known.push_back(column);
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
  Match best;
  size_t first = 0, rows = 1;
  for (size_t i = 0; i < waiting_.size(); ++i) {
    if (!waiting_[i].problem.empty()) continue;
    Match one = MatchHead(waiting_[i].cells);
    if (one.known <= best.known) continue;
    best = std::move(one);
    first = i;
  }
  // Only if one row does not say as much: a title stands above a head, too.
  for (size_t i = 0; i + 1 < waiting_.size(); ++i) {
    if (!waiting_[i].problem.empty() || !waiting_[i + 1].problem.empty()) continue;
    Match two = MatchHead(TwoRows(waiting_[i].cells, waiting_[i + 1].cells));
    if (two.known > best.known) {
      best = std::move(two);
      first = i;
      rows = 2;
    }
  }
  const int wanted = std::min(kFewestKnown, mapping_.columns_size());
  if (best.known < wanted) {
    std::vector<std::string> names;
    for (const mapping::v1::Column& column : mapping_.columns()) {
      if (column.headers(0) != column.field()) names.push_back(column.headers(0));
    }
    // A head that could not be read is the likeliest reason.
    const auto unread =
        std::find_if(waiting_.begin(), waiting_.end(), [](const SheetRow& one) { return !one.problem.empty(); });
    const std::string why =
        unread == waiting_.end() ? "" : absl::StrCat(" (line ", unread->line, ": ", unread->problem.english, ")");
    return absl::InvalidArgumentError(
        absl::StrCat("no row among the first ", waiting_.size(),
                     " is the head of such a table; columns looked for: ", absl::StrJoin(names, "、"), why));
  }
  for (size_t i = 0; i < first; ++i) PassOver(waiting_[i].line, {"表头之前", "before the head"});
  columns_ = std::move(best.columns);
  head_ = std::move(best.head);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(first + rows));
  return absl::OkStatus();
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

std::vector<std::string> TableReader::MissingColumns() const {
  std::vector<std::string> names;
  for (int i = 0; i < mapping_.columns_size(); ++i) {
    const bool found = std::find(columns_.begin(), columns_.end(), i) != columns_.end();
    if (!found && !IsWaived(mapping_.columns(i), mapping_, columns_) && mapping_.columns(i).required() &&
        mapping_.columns(i).default_().empty()) {
      names.push_back(mapping_.columns(i).headers(0));
    }
  }
  return names;
}

Words TableReader::WhyNone(const SheetRow& row) const {
  if (!row.problem.empty()) return {};
  const std::vector<size_t> filled = FilledCells(row.cells);
  if (filled.empty()) return {"空行", "blank"};
  const auto all = std::count_if(columns_.begin(), columns_.end(), [](int c) { return c >= 0; });
  const auto half = static_cast<size_t>(std::max<ptrdiff_t>(kFewestKnown, (all + 1) / 2));
  if (HasWordsOfHead(row.cells, filled, half)) return {"重复的表头", "the head once more"};
  const std::string first = HeadForm(row.cells[filled.front()]);
  if (std::find(std::begin(kTotals), std::end(kTotals), first) != std::end(kTotals)) return {"合计行", "a total"};
  if (filled.size() > 1) return {};
  const bool note = std::any_of(std::begin(kNotes), std::end(kNotes),
                                [&](absl::string_view word) { return absl::StartsWith(first, word); });
  if (note) return {"说明", "a note"};
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
    Words why = WhyNone(row);
    if (why.empty()) return true;
    PassOver(row.line, std::move(why));
  }
}

}  // namespace gi::client::sheet
