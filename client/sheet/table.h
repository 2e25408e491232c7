// The table in a sheet: where its head is, which column is which field, and which rows are none.
#ifndef GI_CLIENT_SHEET_TABLE_H_
#define GI_CLIENT_SHEET_TABLE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/sheet/head.h"
#include "client/sheet/rows.h"
#include "client/sheet/unit_words.h"
#include "gi/mapping/v1/mapping.pb.h"

namespace gi::client::sheet {

struct PassedOver {
  int64_t line;
  // Title, repeated head, total, note.
  Words why;
};

// Finds the head by its words, wherever it stands and in whatever order its columns are. Belongs to one thread.
class TableReader {
 public:
  // Both must outlive this.
  TableReader(RowSource& source, const mapping::v1::Mapping& mapping);

  // Reads up to the head. INVALID_ARGUMENT if there is none, with the columns that were looked for. `below`: what lines
  // below the table are known to say of its units.
  absl::Status FindHead(const std::vector<UnitStatement>& below = {});

  const TableLayout& layout() const { return layout_; }
  const HeadMatcher& matcher() const { return matcher_; }
  // Columns of the sheet that have no use, and of the mapping that the sheet does not have.
  std::vector<std::string> UnknownColumns() const;
  std::vector<std::string> MissingColumns() const;
  // Whether a unit that is not known yet may stand below the table.
  bool LacksUnits() const;

  // The next row of data; false at the end. INVALID_ARGUMENT where another table begins, with columns of its own: what
  // follows is not read as if it were the first one's.
  absl::StatusOr<bool> Next(SheetRow& row);
  // What was left out so far, at most 1,000 of them, and what lines below the head say of units.
  const std::vector<PassedOver>& passed_over() const { return passed_over_; }
  const std::vector<UnitStatement>& units_below() const { return units_below_; }

 private:
  // Rows up to here may be the head of the first table; there may be another one further down.
  size_t EndOfHead(int wanted) const;
  absl::Status NoHead() const;
  // Of the row below the head: whether it has the units, which then stand in the heads.
  bool TakeUnitRow(const SheetRow& row);
  bool IsQuantity(size_t column) const;
  bool IsHeadAgain(const SheetRow& row) const;
  // Of such a row: whether it is the head of another table.
  bool IsOtherHead(const SheetRow& row) const;
  // Whether the row has all that rows must have, whatever its other columns say.
  bool IsComplete(const SheetRow& row) const;
  Words WhyNone(const SheetRow& row) const;
  // Of a row that is none of the table's.
  std::vector<UnitStatement> UnitsSaidIn(const SheetRow& row) const;
  void PassOver(const SheetRow& row, Words why);

  RowSource& source_;
  const mapping::v1::Mapping& mapping_;
  const HeadMatcher matcher_;
  TableLayout layout_;
  // Units of the head's own words; a head of two rows is not compared with repetitions.
  std::vector<ColumnUnit> own_units_;
  std::vector<std::string> head_row_;
  size_t head_rows_ = 1;
  int known_ = 0;
  // Columns of the sheet that every row must have.
  std::vector<size_t> required_;
  // What stands above the head in a row by itself.
  absl::flat_hash_set<std::string> titles_;
  // Rows that were read while the head was looked for.
  std::deque<SheetRow> waiting_;
  std::vector<PassedOver> passed_over_;
  std::vector<UnitStatement> units_below_;
};

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_TABLE_H_
