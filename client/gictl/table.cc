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
  for (const std::vector<std::string>& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  for (const std::vector<std::string>& row : rows_) {
    std::string line(indent);
    for (size_t i = 0; i < row.size(); ++i) {
      absl::StrAppend(&line, row[i], std::string(widths[i] - Width(row[i]) + 2, ' '));
    }
    absl::StripTrailingAsciiWhitespace(&line);
    out << line << "\n";
  }
}

}  // namespace gi::client::gictl
