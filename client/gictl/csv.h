// Comma-separated values of a list that must be right as a whole (client/sheet/csv_rows.h reads them);
// storage/base/csv_line.h writes them. Thread-safe.
#ifndef GI_CLIENT_GICTL_CSV_H_
#define GI_CLIENT_GICTL_CSV_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gi::client::gictl {

struct CsvRow {
  // Of its first character, counted from 1.
  size_t line = 0;
  std::vector<std::string> cells;
};

// Rows that are not blank. Cells are separated by commas, or by tabs if the first lines have more; a cell in double
// quotes may hold separators, line breaks and doubled quotes. White space around other cells and a byte-order mark are
// dropped. A usage error names the line of a quote that is not closed, or of text that is not UTF-8.
absl::StatusOr<std::vector<CsvRow>> ParseCsv(absl::string_view text);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_CSV_H_
