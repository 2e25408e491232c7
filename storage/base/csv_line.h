// One line of comma-separated values (RFC 4180) that spreadsheets read safely. Pure and thread-safe.
#ifndef GI_STORAGE_BASE_CSV_LINE_H_
#define GI_STORAGE_BASE_CSV_LINE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gi {

// Cells with separators, quotes or line breaks stand in quotes. A cell that a spreadsheet would take for a formula
// (beginning with = + - @, a tab or a carriage return) gets a ' before it, unless it is a plain decimal number.
std::string CsvLine(const std::vector<std::string>& cells, absl::string_view line_end = "\n");

}  // namespace gi

#endif  // GI_STORAGE_BASE_CSV_LINE_H_
