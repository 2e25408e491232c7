#include "storage/base/csv_line.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace gi {
namespace {

constexpr size_t kTooManyDigits = 12;

bool IsNumber(absl::string_view cell) {
  absl::ConsumePrefix(&cell, "-");
  const bool digits = std::all_of(
      cell.begin(), cell.end(), [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.'; });
  return !cell.empty() && digits && absl::ascii_isdigit(static_cast<unsigned char>(cell[0]));
}

// A spreadsheet would make something else of it.
bool NeedsGuard(absl::string_view cell) {
  if (cell.empty()) return false;
  const bool digits = std::all_of(cell.begin(), cell.end(), absl::ascii_isdigit);
  if (digits) return cell.size() >= kTooManyDigits;
  return absl::string_view("=+-@\t\r'").find(cell[0]) != cell.npos && !IsNumber(cell);
}

}  // namespace

absl::string_view WithoutGuard(absl::string_view cell) {
  return cell.size() > 1 && cell[0] == '\'' && NeedsGuard(cell.substr(1)) ? cell.substr(1) : cell;
}

std::string CsvLine(const std::vector<std::string>& cells, absl::string_view line_end) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    std::string cell = cells[i];
    if (NeedsGuard(cell)) cell.insert(0, 1, '\'');
    if (cell.find_first_of(",\"\r\n") != std::string::npos) {
      cell = absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
    }
    absl::StrAppend(&line, i == 0 ? "" : ",", cell);
  }
  absl::StrAppend(&line, line_end);
  return line;
}

}  // namespace gi
