#include "client/sheet/head.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/sheet/sheet_date.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

// In the lower of two rows: what the upper one says, and no part of it.
constexpr absl::string_view kWholes[] = {"数值", "数量", "合计", "总计", "总数", "小计"};

bool Has(const std::vector<int>& places, int place) {
  return std::find(places.begin(), places.end(), place) != places.end();
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

int YearInHead(absl::string_view text) {
  const std::string head = FoldText(text);
  int found = 0;
  for (size_t at = head.find("年"); at != std::string::npos; at = head.find("年", at + 1)) {
    int year = 0;
    const bool is_year = at >= 4 && (at == 4 || !absl::ascii_isdigit(static_cast<unsigned char>(head[at - 5]))) &&
                         absl::SimpleAtoi(head.substr(at - 4, 4), &year) && year >= kFirstSheetYear &&
                         year <= kLastSheetYear;
    if (!is_year) continue;
    if (found != 0 && found != year) return 0;
    found = year;
  }
  return found;
}

bool IsWaived(const mapping::v1::Column& required, const mapping::v1::Mapping& mapping,
              const std::vector<int>& columns) {
  return std::any_of(columns.begin(), columns.end(), [&](int place) {
    return place >= 0 && absl::c_linear_search(required.instead(), mapping.columns(place).field());
  });
}

std::vector<std::string> JoinHeadRows(const std::vector<std::string>& upper, const std::vector<std::string>& lower) {
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

HeadMatcher::HeadMatcher(const mapping::v1::Mapping& mapping) : mapping_(mapping) {
  for (int i = 0; i < mapping.columns_size(); ++i) {
    for (const std::string& header : mapping.columns(i).headers()) by_form_[HeadForm(header)].push_back(i);
    // The path of a field is a head, too.
    const std::string& field = mapping.columns(i).field();
    if (!absl::StrContains(field, '[')) {
      std::vector<int>& places = by_form_[HeadForm(field)];
      if (!Has(places, i)) places.push_back(i);
    }
    has_quantities_ |= IsQuantity(i);
  }
}

const std::vector<int>* HeadMatcher::PlacesOf(absl::string_view text, std::string& unit) const {
  const std::string form = HeadForm(text);
  auto found = by_form_.find(form);
  // Of two rows: both words together, or the lower one alone.
  const size_t line = text.find('\n');
  if (found == by_form_.end() && line != absl::string_view::npos) {
    const std::string lower = HeadForm(text.substr(line + 1));
    // 数值 below 面积 is the figure itself.
    const bool is_whole = absl::c_linear_search(kWholes, lower);
    found = by_form_.find(is_whole ? HeadForm(text.substr(0, line)) : lower);
  }
  if (found != by_form_.end()) return &found->second;
  if (!has_quantities_) return nullptr;
  const std::string quantity = HeadBeforeUnit(form, unit);
  if (quantity.empty()) return nullptr;
  found = by_form_.find(quantity);
  const bool fits = found != by_form_.end() && std::all_of(found->second.begin(), found->second.end(),
                                                           [this](int place) { return IsQuantity(place); });
  return fits ? &found->second : nullptr;
}

int HeadMatcher::Find(absl::string_view text, const std::vector<int>& taken) const {
  std::string unit;
  const std::vector<int>* const places = PlacesOf(text, unit);
  if (places == nullptr) return -1;
  const auto free = std::find_if(places->begin(), places->end(), [&](int i) { return !Has(taken, i); });
  return free == places->end() ? places->front() : *free;
}

bool HeadMatcher::MayName(absl::string_view text, int place) const {
  std::string unit;
  const std::vector<int>* const places = PlacesOf(text, unit);
  return places != nullptr && Has(*places, place);
}

HeadMatcher::Match HeadMatcher::Read(const std::vector<std::string>& cells) const {
  Match match;
  TableLayout& layout = match.layout;
  layout.head = cells;
  layout.columns.assign(cells.size(), -1);
  layout.units.resize(cells.size());
  layout.years.resize(cells.size());
  // What can only be one field before what may be another: 授权日期 is the first day, unless there is 有效期起.
  for (const bool only_one : {true, false}) {
    for (size_t i = 0; i < cells.size(); ++i) {
      std::string unit;
      const std::vector<int>* const places = PlacesOf(cells[i], unit);
      if (places == nullptr || (places->size() == 1) != only_one) continue;
      const int column = Find(cells[i], layout.columns);
      if (!Has(layout.columns, column)) ++match.known;
      layout.columns[i] = column;
      if (!IsQuantity(column)) continue;
      layout.years[i] = YearInHead(cells[i]);
      layout.units[i] = unit.empty() ? UnitInHead(cells[i]) : UnitOfWords({unit});
    }
  }
  FindUnitColumns(layout);
  return match;
}

// 产量, 单位: the one before is meant; where that is no quantity, all that have none of their own. 面积单位 names its
// column.
void HeadMatcher::FindUnitColumns(TableLayout& layout) const {
  const size_t size = layout.columns.size();
  layout.unit_columns.assign(size, -1);
  int shared = -1;
  for (size_t i = 0; i < size; ++i) {
    const std::string form = HeadForm(layout.head[i]);
    absl::string_view of = form;
    if (layout.columns[i] >= 0 || !absl::ConsumeSuffix(&of, "单位")) continue;
    absl::ConsumeSuffix(&of, "计量");
    const auto own = static_cast<int>(i);
    if (of.empty() && i > 0 && IsQuantity(layout.columns[i - 1])) {
      layout.unit_columns[i - 1] = own;
    } else if (of.empty()) {
      shared = own;
    }
    for (size_t j = 0; j < size && !of.empty(); ++j) {
      const bool named = HeadForm(layout.head[j]) == of || MayName(of, layout.columns[j]);
      if (named && IsQuantity(layout.columns[j])) layout.unit_columns[j] = own;
    }
  }
  for (size_t j = 0; j < size; ++j) {
    if (IsQuantity(layout.columns[j]) && layout.unit_columns[j] < 0) layout.unit_columns[j] = shared;
  }
}

bool HeadMatcher::HasWords(const std::vector<std::string>& cells, const std::vector<size_t>& filled,
                           size_t least) const {
  std::vector<int> known;
  // Most rows are none, and that shows soon.
  for (size_t i = 0; i < filled.size() && known.size() < least && known.size() + filled.size() - i >= least; ++i) {
    const int column = Find(cells[filled[i]], known);
    if (column >= 0 && !Has(known, column)) known.push_back(column);
  }
  return known.size() >= least;
}

std::vector<std::string> HeadMatcher::MissingIn(const std::vector<int>& columns) const {
  std::vector<std::string> names;
  for (int i = 0; i < mapping_.columns_size(); ++i) {
    const mapping::v1::Column& column = mapping_.columns(i);
    if (Has(columns, i) || IsWaived(column, mapping_, columns)) continue;
    if (column.required() && column.default_().empty()) names.push_back(column.headers(0));
  }
  return names;
}

}  // namespace gi::client::sheet
