// What the numbers of columns are in that do not say it themselves: lines beside the table, and other columns. Pure.
#ifndef GI_CLIENT_SHEET_COLUMN_UNITS_H_
#define GI_CLIENT_SHEET_COLUMN_UNITS_H_

#include <vector>

#include "client/sheet/head.h"
#include "client/sheet/unit_words.h"

namespace gi::client::sheet {

// Fills units_beside of quantities whose heads name no unit, and puts those units into their heads. `said`: by lines
// above or below the table. What is not clear is so (ColumnUnit): a unit that is not known; 头 above 规模, which
// nothing in the table is measured in; 吨 of a mapping where the column beside it, or a line about that one, says 公斤.
void FillUnitsBeside(const HeadMatcher& matcher, const std::vector<UnitStatement>& said, TableLayout& layout);

// Of one row, by the column of units if there is one. `column`: of a quantity.
ColumnUnit UnitInRow(const HeadMatcher& matcher, const TableLayout& layout, const std::vector<std::string>& cells,
                     size_t column);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_COLUMN_UNITS_H_
