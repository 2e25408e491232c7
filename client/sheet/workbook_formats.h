// What the kinds of workbooks have in common.
#ifndef GI_CLIENT_SHEET_WORKBOOK_FORMATS_H_
#define GI_CLIENT_SHEET_WORKBOOK_FORMATS_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/sheet/package.h"
#include "client/sheet/rows.h"
#include "client/sheet/workbook.h"

namespace gi::client::sheet {

// Digits that are shown above or below the line, as the characters for these: ¹²³.
std::string RaisedDigits(absl::string_view text);

inline constexpr char kOdsContent[] = "content.xml";

absl::StatusOr<std::unique_ptr<Workbook>> OpenXlsx(std::unique_ptr<Package> package);
absl::StatusOr<std::unique_ptr<Workbook>> OpenOds(std::unique_ptr<Package> package);

// Rows that a sheet of any program may have.
inline constexpr int64_t kMaxSheetRows = 1 << 20;

// A cell that stands for several rows below each other: its text is that of each. Lines as in SheetRow, column from 0.
struct DownwardMerge {
  size_t column = 0;
  int64_t first = 0, last = 0;
};

// Makes rows of what a part says.
class SheetHandler : public XmlHandler {
 public:
  absl::Status status() const override { return status_; }

  // Takes the next of the rows that were read completely and are not blank; false: there is none yet.
  bool TakeRow(SheetRow& row);
  void DropRows() { rows_.clear(); }
  const std::vector<DownwardMerge>& merges() const { return merges_; }
  // Number of the last row, blank or not.
  int64_t last_line() const { return last_line_; }

 protected:
  void Refuse(absl::string_view detail);
  // The next row; its line must be higher than the last one's.
  void BeginRow(int64_t line);
  // From 0. White space at its ends is taken away.
  void SetCell(size_t column, absl::string_view text);
  // Once more as `copies` - 1 rows below it.
  void EndRow(int64_t copies = 1);
  void AddMerge(const DownwardMerge& merge);

 private:
  struct Repeated {
    SheetRow row;
    int64_t copies;
  };

  absl::Status status_;
  std::deque<Repeated> rows_;
  std::vector<DownwardMerge> merges_;
  int64_t last_line_ = 0;
  SheetRow row_;
  size_t bytes_ = 0;
};

// Gives the cells under a merged one its text, in rows that have something else.
class MergeFill {
 public:
  explicit MergeFill(const std::vector<DownwardMerge>& merges);
  // Rows in order.
  void Apply(SheetRow& row);

 private:
  struct Open {
    int64_t last;
    std::string text;
  };
  // By their first row.
  std::multimap<int64_t, DownwardMerge> waiting_;
  std::map<size_t, Open> open_;
};

// A sheet in a part of the package.
struct SheetPart {
  std::string name;
  std::string part;
  std::vector<DownwardMerge> merges;
  int64_t last_line = 0;
};

// Sheets that are read row by row; each was read once when the workbook was opened, so that it is known to be whole.
class PartsWorkbook : public Workbook {
 public:
  PartsWorkbook(std::unique_ptr<Package> package, std::vector<SheetPart> sheets);
  std::vector<std::string> sheets() const override;
  std::unique_ptr<RowSource> Rows(size_t sheet) override;
  int64_t CountRows(size_t sheet) override { return sheets_[sheet].last_line; }

 protected:
  // Reads each sheet once.
  absl::Status ReadThrough();
  const Package& package() const { return *package_; }

 private:
  virtual std::unique_ptr<SheetHandler> MakeHandler(size_t sheet) const = 0;

  const std::unique_ptr<Package> package_;
  std::vector<SheetPart> sheets_;
};

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_WORKBOOK_FORMATS_H_
