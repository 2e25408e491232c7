#include "client/sheet/column_units.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

using Words = std::vector<std::string>;

// What the lines say of one column.
struct Said {
  // That it has these units; that what fits it has; what makes the mapping's own unit doubtful.
  Words of_column, of_fitting, doubts;
};

bool FitsAny(const HeadMatcher& matcher, const TableLayout& layout, const std::string& unit) {
  return absl::c_any_of(layout.columns,
                        [&](int place) { return matcher.IsQuantity(place) && AreAlike(unit, matcher.UnitOf(place)); });
}

// `unit` in a column whose numbers would otherwise be in `usual`.
void AddDoubt(const std::string& usual, const std::string& unit, Words& doubts) {
  if (!AreAlike(unit, usual) || FoldText(unit) == FoldText(usual)) return;
  doubts.push_back(FoldText(usual));
  doubts.push_back(unit);
}

Said WhatIsSaid(const HeadMatcher& matcher, const std::vector<UnitStatement>& statements, const TableLayout& layout,
                size_t column) {
  const int own = layout.columns[column];
  const std::string& usual = matcher.UnitOf(own);
  Said said;
  for (const UnitStatement& one : statements) {
    const auto is_of = [&](int place) {
      return !one.of.empty() && matcher.IsQuantity(place) && matcher.MayName(one.of, place);
    };
    if (is_of(own)) {
      said.of_column.push_back(one.unit);
    } else if (absl::c_any_of(layout.columns, is_of)) {
      AddDoubt(usual, one.unit, said.doubts);
    } else if (one.only_of_column) {
      continue;
    } else if (AreAlike(one.unit, usual)) {
      said.of_fitting.push_back(one.unit);
    } else if (!IsUnit(one.unit) || (one.of.empty() && !FitsAny(matcher, layout, one.unit))) {
      said.doubts.push_back(one.unit);
    }
  }
  for (size_t i = 0; i < layout.columns.size(); ++i) {
    if (matcher.IsQuantity(layout.columns[i])) AddDoubt(usual, layout.units[i].unit, said.doubts);
  }
  return said;
}

}  // namespace

void FillUnitsBeside(const HeadMatcher& matcher, const std::vector<UnitStatement>& statements, TableLayout& layout) {
  layout.units_beside.assign(layout.columns.size(), {});
  for (size_t i = 0; i < layout.columns.size(); ++i) {
    if (!matcher.IsQuantity(layout.columns[i]) || !layout.units[i].empty()) continue;
    Said said = WhatIsSaid(matcher, statements, layout, i);
    Words words = std::move(said.doubts);
    if (!said.of_fitting.empty()) words = std::move(said.of_fitting);
    if (!said.of_column.empty()) words = std::move(said.of_column);
    if (words.empty()) continue;
    ColumnUnit unit = UnitOfWords(words);
    if (layout.unit_columns[i] >= 0) {
      // Of rows that name no unit it is not known which of both was meant; a head with the unit would contradict
      // others.
      const std::string& usual = matcher.UnitOf(layout.columns[i]);
      if (unit.unit != FoldText(usual)) unit = {"", absl::StrCat(usual, "、", unit.unit, unit.unclear)};
    } else {
      absl::StrAppend(&layout.head[i], "（", unit.unit, unit.unclear, "）");
    }
    layout.units_beside[i] = std::move(unit);
  }
}

ColumnUnit UnitInRow(const HeadMatcher& matcher, const TableLayout& layout, const std::vector<std::string>& cells,
                     size_t column) {
  const ColumnUnit& own = layout.units[column];
  const std::string& usual = matcher.UnitOf(layout.columns[column]);
  // 单位 may be somebody, too.
  const auto named_in = [&](int place) {
    if (place < 0 || static_cast<size_t>(place) >= cells.size()) return std::string();
    return UnitInCell(cells[static_cast<size_t>(place)]);
  };
  const int place = layout.unit_columns[column];
  std::string unit = named_in(place);
  // One column of units for several quantities says that of those that it fits.
  const bool is_shared = place >= 0 && absl::c_count(layout.unit_columns, place) > 1;
  if (is_shared && IsUnit(unit) && !AreAlike(unit, usual)) unit.clear();
  if (!unit.empty()) {
    if (own.empty()) return UnitOfWords({unit});
    return UnitOfWords({absl::StrCat(own.unit, own.unclear), unit});
  }
  const ColumnUnit& said = own.empty() ? layout.units_beside[column] : own;
  if (!said.empty()) return said;
  // Where the like of it names another unit in this row.
  Words doubts;
  for (const int other : layout.unit_columns) AddDoubt(usual, named_in(other), doubts);
  return doubts.empty() ? ColumnUnit() : UnitOfWords(doubts);
}

}  // namespace gi::client::sheet
