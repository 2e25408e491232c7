// Comma- and tab-separated files (RFC 4180 and what spreadsheets make of it), row by row in bounded memory.
#ifndef GI_CLIENT_SHEET_CSV_ROWS_H_
#define GI_CLIENT_SHEET_CSV_ROWS_H_

#include <cstdint>
#include <deque>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "client/sheet/encoding.h"
#include "client/sheet/rows.h"

namespace gi::client::sheet {

// Cells are parted by tabs if the first lines have some, and no fewer than commas. A cell in quotes may hold
// separators, line breaks and doubled quotes. A row that never ends (a quote that is not closed, a line of a gigabyte)
// is one bad row: reading goes on with the line after its first.
class CsvRows final : public RowSource {
 public:
  // `in` must outlive this and is read from where it stands.
  CsvRows(std::istream& in, TextEncoding encoding);
  ~CsvRows() override;

  absl::StatusOr<bool> Next(SheetRow& row) override;

  // ',' or '\t'; known after the first row.
  char separator() const;

 private:
  struct Parser;
  struct Line {
    std::string text;
    bool too_long = false;
  };

  // Also a row without anything in its cells.
  absl::StatusOr<bool> NextOfAny(SheetRow& row);
  // The next line with its end; false at the end of the file.
  absl::StatusOr<bool> NextLine(Line& line);
  // Of the line at `taken_`: where its line feed stands, or its carriage return if none follows; npos: not read yet.
  size_t LineEnd() const;
  void Feed(const Line& line);
  void ChooseSeparator();
  void GiveUpRow(const Words& why);
  void Finish();

  std::istream& in_;
  Decoder decoder_;
  const std::unique_ptr<Parser> parser_;
  // Decoded and not yet taken; the beginning has been taken up to `taken_`.
  std::string text_;
  size_t taken_ = 0;
  bool at_end_ = false;
  bool judged_ = false;
  // Lines that are to be parsed before those of the file.
  std::deque<Line> again_;
  // The lines of the row that has begun.
  std::vector<Line> open_;
  int64_t next_line_ = 1;
  int64_t row_line_ = 1;
  std::deque<SheetRow> rows_;
};

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_CSV_ROWS_H_
