// Rows of a table as they stand in a file, whatever its format.
#ifndef GI_CLIENT_SHEET_ROWS_H_
#define GI_CLIENT_SHEET_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/sheet/faults.h"

namespace gi::client::sheet {

struct SheetRow {
  // Where it begins in the file: of its first character, or its row in the sheet; 1 for the first.
  int64_t line = 0;
  // UTF-8, without white space at the ends.
  std::vector<std::string> cells;
  // Columns of cells that stand for several rows, this one and others.
  std::vector<size_t> shared;
  // Why it cannot be read; the cells are then what could be made out, perhaps nothing.
  Words problem;
};

// Belongs to one thread.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // The next row that is not blank; false at the end. An error: the rest of the file cannot be read.
  virtual absl::StatusOr<bool> Next(SheetRow& row) = 0;
};

// What a workbook's cell with a formula and without its result is read as.
inline constexpr char kNoResult[] = "#FORMULA";

// More columns than this are no table.
inline constexpr size_t kMaxColumns = 1000;
// Of one row.
inline constexpr size_t kMaxRowBytes = 1 << 20;

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_ROWS_H_
