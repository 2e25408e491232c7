#include "storage/base/csv_line.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace gi {
namespace {

bool IsNumber(absl::string_view cell) {
  absl::ConsumePrefix(&cell, "-");
  const bool digits = std::all_of(
      cell.begin(), cell.end(), [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.'; });
  return !cell.empty() && digits && absl::ascii_isdigit(static_cast<unsigned char>(cell[0]));
}

}  // namespace

std::string CsvLine(const std::vector<std::string>& cells, absl::string_view line_end) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    std::string cell = cells[i];
    const bool formula = !cell.empty() && std::string("=+-@\t\r").find(cell[0]) != std::string::npos;
    if (formula && !IsNumber(cell)) cell.insert(0, 1, '\'');
    if (cell.find_first_of(",\"\r\n") != std::string::npos) {
      cell = absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
    }
    absl::StrAppend(&line, i == 0 ? "" : ",", cell);
  }
  absl::StrAppend(&line, line_end);
  return line;
}

}  // namespace gi
