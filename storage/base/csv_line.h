// One line of comma-separated values (RFC 4180) that spreadsheets read safely. Pure and thread-safe.
#ifndef GI_STORAGE_BASE_CSV_LINE_H_
#define GI_STORAGE_BASE_CSV_LINE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gi {

// Cells with separators, quotes or line breaks stand in quotes. A cell that a spreadsheet would take for a formula
// (beginning with = + - @, a tab or a carriage return) gets a ' before it, unless it is a plain decimal number; so do
// digits that are too many for one (12 and more), and what begins with a ' itself.
std::string CsvLine(const std::vector<std::string>& cells, absl::string_view line_end = "\n");

// A cell as it was before CsvLine put a ' before it, if it did.
absl::string_view WithoutGuard(absl::string_view cell);

}  // namespace gi

#endif  // GI_STORAGE_BASE_CSV_LINE_H_
