#include "client/gictl/table.h"

#include <algorithm>
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/base/text.h"

namespace gi::client::gictl {
namespace {

// Requires nothing of the text: a server may be wrong.
size_t Width(absl::string_view text) { return IsValidUtf8(text) ? DisplayWidth(text) : text.size(); }

}  // namespace

void Table::Print(std::ostream& out, absl::string_view indent) const {
  std::vector<size_t> widths;
  for (const Row& row : rows_) {
    if (!row.lines_up) continue;
    widths.resize(std::max(widths.size(), row.cells.size()));
    for (size_t i = 0; i < row.cells.size(); ++i) widths[i] = std::max(widths[i], Width(row.cells[i]));
  }
  for (const auto& [cells, lines_up] : rows_) {
    std::string line(indent);
    for (size_t i = 0; i < cells.size(); ++i) {
      absl::StrAppend(&line, cells[i], lines_up ? std::string(widths[i] - Width(cells[i]) + 2, ' ') : "");
    }
    absl::StripTrailingAsciiWhitespace(&line);
    out << line << "\n";
  }
}

}  // namespace gi::client::gictl
