// Workbooks of spreadsheet programs: XLSX (Office Open XML) and ODS (OpenDocument), whatever the file is called.
#ifndef GI_CLIENT_SHEET_WORKBOOK_H_
#define GI_CLIENT_SHEET_WORKBOOK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/sheet/rows.h"

namespace gi::client::sheet {

// Unpacked, a larger workbook is refused; a sheet is held in memory while it is read.
inline constexpr int64_t kMaxWorkbookBytes = 512 << 20;

// Whether a file that begins with these bytes may be one, of today or of the older kind (XLS), which is refused.
bool LooksLikeWorkbook(absl::string_view beginning);

// Belongs to one thread.
class Workbook {
 public:
  // INVALID_ARGUMENT with a remedy for what is none, is damaged or too large.
  static absl::StatusOr<std::unique_ptr<Workbook>> Open(const std::string& path);
  virtual ~Workbook() = default;

  virtual std::vector<std::string> sheets() const = 0;
  // The rows of a sheet from its beginning, their lines being the numbers that the spreadsheet shows. Numbers come as
  // they are stored, days as 2024/03/05 or 2024-03-05, formulas as they were computed last. Must not outlive the
  // workbook; one at a time.
  virtual std::unique_ptr<RowSource> Rows(size_t sheet) = 0;
  // Of a sheet, for showing how far reading has come.
  virtual int64_t CountRows(size_t sheet) = 0;
};

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_WORKBOOK_H_
