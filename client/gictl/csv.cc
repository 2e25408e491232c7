#include "client/gictl/csv.h"

#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/gictl/fields.h"
#include "client/sheet/csv_rows.h"
#include "storage/base/text.h"

namespace gi::client::gictl {

absl::StatusOr<std::vector<CsvRow>> ParseCsv(absl::string_view text) {
  if (!IsValidUtf8(text)) return UsageError("the list is not UTF-8");
  std::istringstream in{std::string(text)};
  sheet::CsvRows rows(in, sheet::TextEncoding::kUtf8);
  std::vector<CsvRow> all;
  sheet::SheetRow row;
  while (true) {
    const absl::StatusOr<bool> more = rows.Next(row);
    if (!more.ok()) return UsageError(more.status().message());
    if (!*more) return all;
    if (!row.problem.empty()) return UsageError(absl::StrCat("line ", row.line, ": ", row.problem.english));
    all.push_back({static_cast<size_t>(row.line), std::move(row.cells)});
  }
}

}  // namespace gi::client::gictl
