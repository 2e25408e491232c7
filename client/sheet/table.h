// The table in a sheet: where its head is, which column is which field, and which rows are none.
#ifndef GI_CLIENT_SHEET_TABLE_H_
#define GI_CLIENT_SHEET_TABLE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/sheet/rows.h"
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

  // Reads up to the head. INVALID_ARGUMENT if there is none, with the columns that were looked for.
  absl::Status FindHead();

  // By column of the sheet: its place in the mapping, or -1. Two columns may have the same.
  const std::vector<int>& columns() const { return columns_; }
  // The words of the head, by column, with the units that a line above it or below it names: "面积（公顷）".
  const std::vector<std::string>& head() const { return head_; }
  // Columns of the sheet that have no field, and of the mapping that the sheet does not have.
  std::vector<std::string> UnknownColumns() const;
  std::vector<std::string> MissingColumns() const;

  // The next row of data; false at the end. INVALID_ARGUMENT where another table begins, with columns of its own: what
  // follows is not read as if it were the first one's.
  absl::StatusOr<bool> Next(SheetRow& row);
  // What was left out so far, at most 1,000 of them.
  const std::vector<PassedOver>& passed_over() const { return passed_over_; }

 private:
  struct Match {
    std::vector<int> columns;
    std::vector<std::string> head;
    int known = 0;
  };
  // Places in the mapping of the columns that a head's cell may name; nullptr: none.
  const std::vector<int>* PlacesOf(absl::string_view text) const;
  // Place in the mapping of the column that a head's cell names, one that `taken` does not have yet if there are
  // several; -1: none.
  int Find(absl::string_view text, const std::vector<int>& taken) const;
  Match MatchHead(const std::vector<std::string>& cells) const;
  // Whether at least so many of the cells (those in `filled`) are words of the head.
  bool HasWordsOfHead(const std::vector<std::string>& cells, const std::vector<size_t>& filled, size_t least) const;
  // Rows up to here may be the head of the first table; there may be another one further down.
  size_t EndOfHead(int wanted) const;
  absl::Status NoHead() const;
  // Of the rows before the head, or the one below it: puts the units that they name into the heads of quantities.
  void TakeUnits(size_t before);
  bool TakeUnitRow(const SheetRow& row);
  bool IsQuantity(size_t column) const;
  std::vector<std::string> MissingIn(const std::vector<int>& columns) const;
  bool IsHeadAgain(const SheetRow& row) const;
  // Of such a row: whether it is the head of another table.
  bool IsOtherHead(const SheetRow& row) const;
  Words WhyNone(const SheetRow& row) const;
  void PassOver(int64_t line, Words why);

  RowSource& source_;
  const mapping::v1::Mapping& mapping_;
  // By HeadForm of what a head may say: places in the mapping, in its order.
  absl::flat_hash_map<std::string, std::vector<int>> by_form_;
  std::vector<int> columns_;
  std::vector<std::string> head_;
  // As they stand in the sheet; two rows of it make a head that repetitions are not compared with.
  std::vector<std::string> head_row_;
  size_t head_rows_ = 1;
  int known_ = 0;
  // What stands above the head in a row by itself.
  absl::flat_hash_set<std::string> titles_;
  // Rows that were read while the head was looked for.
  std::deque<SheetRow> waiting_;
  std::vector<PassedOver> passed_over_;
};

// Whether a sheet with these columns (as TableReader::columns) need not have the required one.
bool IsWaived(const mapping::v1::Column& required, const mapping::v1::Mapping& mapping,
              const std::vector<int>& columns);

// As heads are compared: without width, case, white space, stars, colons, and what stands in brackets.
std::string HeadForm(absl::string_view text);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_TABLE_H_
