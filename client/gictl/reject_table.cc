#include "client/gictl/reject_table.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/gictl/fields.h"
#include "client/gictl/output_path.h"
#include "client/gictl/row_file.h"
#include "client/gictl/session.h"
#include "storage/base/csv_line.h"
#include "storage/base/status_macros.h"
#include "xlsxwriter.h"

namespace gi::client::gictl {
namespace {

class TextRejects final : public RejectTable {
 public:
  TextRejects(std::string path, sheet::TextEncoding encoding, char separator)
      : RejectTable(std::move(path)), encoding_(encoding), separator_(separator) {}

 private:
  bool Begin() override {
    file_.open(path(), std::ios::binary | std::ios::trunc);
    file_ << sheet::MarkOf(encoding_);
    return file_.good();
  }

  void Write(const std::vector<std::string>& given) override {
    std::vector<std::string> cells = given;
    std::string line;
    if (separator_ == '\t') {
      // Line breaks and tabs within a cell would part it.
      for (std::string& cell : cells) cell = absl::StrReplaceAll(cell, {{"\t", " "}, {"\r", ""}, {"\n", " "}});
      line = absl::StrJoin(cells, "\t") + "\r\n";
    } else {
      // A guard that the file had is not guarded once more.
      for (std::string& cell : cells) cell = std::string(WithoutGuard(cell));
      line = CsvLine(cells, "\r\n");
    }
    file_ << sheet::Encode(line, encoding_);
  }

  bool Close() override {
    file_.close();
    return file_.good();
  }

  const sheet::TextEncoding encoding_;
  const char separator_;
  std::ofstream file_;
};

class WorkbookRejects final : public RejectTable {
 public:
  explicit WorkbookRejects(std::string path) : RejectTable(std::move(path)) {}
  ~WorkbookRejects() override { Close(); }

 private:
  bool Begin() override {
    // Rows are written out as they come.
    lxw_workbook_options options = {};
    options.constant_memory = LXW_TRUE;
    book_ = workbook_new_opt(path().c_str(), &options);
    if (book_ == nullptr) return false;
    sheet_ = workbook_add_worksheet(book_, nullptr);
    text_ = workbook_add_format(book_);
    format_set_num_format(text_, "@");
    return true;
  }

  void Write(const std::vector<std::string>& cells) override {
    lxw_col_t column = 0;
    for (const std::string& cell : cells) {
      const lxw_error error = worksheet_write_string(sheet_, row_, column++, cell.c_str(), text_);
      failed_ = failed_ || error != LXW_NO_ERROR;
    }
    ++row_;
  }

  bool Close() override {
    lxw_workbook* book = std::exchange(book_, nullptr);
    return book == nullptr || (workbook_close(book) == LXW_NO_ERROR && !failed_);
  }

  lxw_workbook* book_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* text_ = nullptr;
  lxw_row_t row_ = 0;
  bool failed_ = false;
};

}  // namespace

absl::Status RejectTable::Add(const std::vector<std::string>& head, const std::vector<std::string>& cells,
                              const std::string& why) {
  const auto columns = static_cast<size_t>(std::find(head.begin(), head.end(), kWhyColumn) - head.begin());
  const auto write = [&](std::vector<std::string> row, const std::string& last) {
    // What stands behind the columns of the head stays behind them.
    std::vector<std::string> rest;
    const size_t end = std::max(columns, head.size());
    for (size_t i = end; i < row.size(); ++i) rest.push_back(std::move(row[i]));
    row.resize(columns);
    row.push_back(last);
    std::move(rest.begin(), rest.end(), std::back_inserter(row));
    Write(row);
  };
  if (!begun_) {
    KeepOld(path_);
    if (!Begin()) return CannotWrite(path_);
    begun_ = true;
    write(head, kWhyColumn);
  }
  write(cells, why);
  return absl::OkStatus();
}

absl::StatusOr<std::string> RejectTable::Finish() {
  if (!begun_) return std::string();
  if (!Close()) return CannotWrite(path_);
  return path_;
}

std::unique_ptr<RejectTable> MakeTextRejects(std::string path, sheet::TextEncoding encoding, char separator) {
  return std::make_unique<TextRejects>(std::move(path), encoding, separator);
}
std::unique_ptr<RejectTable> MakeWorkbookRejects(std::string path) {
  return std::make_unique<WorkbookRejects>(std::move(path));
}

}  // namespace gi::client::gictl
