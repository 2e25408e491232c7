// Tables as files of rows: comma- or tab-separated text, and workbooks.
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/gictl/fields.h"
#include "client/gictl/labels.h"
#include "client/gictl/reject_table.h"
#include "client/gictl/row_file.h"
#include "client/sheet/csv_rows.h"
#include "client/sheet/workbook.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

// What differs from one kind of table to the other.
class TableFormat {
 public:
  virtual ~TableFormat() = default;
  virtual absl::StatusOr<std::unique_ptr<sheet::RowSource>> Begin() = 0;
  // `line`: of the row that was read last.
  virtual double share(int64_t line) const = 0;
  virtual std::string name() const = 0;
  // After Begin and the first row.
  virtual std::unique_ptr<RejectTable> MakeRejects() const = 0;
};

class TableFile final : public RowFile {
 public:
  TableFile(const RowFileOptions& options, mapping::v1::Mapping mapping, std::unique_ptr<TableFormat> format)
      : path_(options.path), mapping_(std::move(mapping)), format_(std::move(format)) {}

  absl::Status Restart() override {
    builder_.reset();
    RETURN_IF_ERROR(Begin());
    if (!read_below_ && table_->LacksUnits()) {
      // A note below the table may name them.
      sheet::SheetRow row;
      absl::StatusOr<bool> more = true;
      while (more.ok() && *more) more = table_->Next(row);
      below_ = table_->units_below();
      read_below_ = true;
      RETURN_IF_ERROR(Begin());
    }
    if (const std::vector<std::string> missing = table_->MissingColumns(); !missing.empty()) {
      return Unreadable(path_, {absl::StrCat("缺少列：", absl::StrJoin(missing, "、")),
                                absl::StrCat("has no column for ", absl::StrJoin(missing, "、"))});
    }
    builder_ = std::make_unique<sheet::RowBuilder>(
        mapping_, *table_, std::filesystem::path(path_).filename().string(),
        [](const google::protobuf::EnumValueDescriptor& value) { return EnumLabel(value, Language::kChinese); });
    if (rejects_ == nullptr) rejects_ = format_->MakeRejects();
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Next(registry::v1::ImportRow& row, SentRow& kept) override {
    const absl::StatusOr<bool> next = table_->Next(row_);
    if (!next.ok()) return Unreadable(path_, sheet::TextsOf(next.status()));
    if (!*next) return false;
    line_ = kept.line = row_.line;
    kept.problems = builder_->Build(row_, row, kept.moved);
    kept.cells = std::move(row_.cells);
    return true;
  }

  double share() const override { return format_->share(line_); }
  std::string format() const override { return format_->name(); }
  std::string mapping() const override { return absl::StrCat(mapping_.name(), " ", mapping_.version()); }
  std::vector<std::string> UnknownColumns() const override { return table_->UnknownColumns(); }
  std::vector<sheet::PassedOver> PassedOver() const override { return table_->passed_over(); }

  std::string ColumnOf(const std::string& field, const SentRow& row) const override {
    return builder_->HeadOf(field, row.moved);
  }
  std::string ValueOf(const std::string& field, const SentRow& row) const override {
    const int column = builder_->ColumnOf(field, row.moved);
    return column < 0 || static_cast<size_t>(column) >= row.cells.size() ? "" : row.cells[static_cast<size_t>(column)];
  }

  absl::Status Reject(const SentRow& row, const std::string& why) override {
    return rejects_->Add(table_->layout().head, row.cells, why);
  }
  absl::StatusOr<std::string> FinishRejects() override { return rejects_->Finish(); }

 private:
  absl::Status Begin() {
    table_.reset();
    ASSIGN_OR_RETURN(rows_, format_->Begin());
    table_ = std::make_unique<sheet::TableReader>(*rows_, mapping_);
    const absl::Status head = table_->FindHead(below_);
    return head.ok() ? head : Unreadable(path_, sheet::TextsOf(head));
  }

  const std::string path_;
  const mapping::v1::Mapping mapping_;
  const std::unique_ptr<TableFormat> format_;
  // What lines below the table say of its units; read once.
  std::vector<sheet::UnitStatement> below_;
  bool read_below_ = false;
  std::unique_ptr<sheet::RowSource> rows_;
  std::unique_ptr<sheet::TableReader> table_;
  std::unique_ptr<sheet::RowBuilder> builder_;
  std::unique_ptr<RejectTable> rejects_;
  sheet::SheetRow row_;
  int64_t line_ = 0;
};

class TextFormat final : public TableFormat {
 public:
  explicit TextFormat(RowFileOptions options) : options_(std::move(options)) {}

  absl::Status Open() {
    in_.open(options_.path, std::ios::binary);
    if (!in_) return Unreadable(options_.path, {"无法读取", "cannot be read"});
    std::error_code error;
    size_ = static_cast<int64_t>(std::filesystem::file_size(options_.path, error));
    const absl::StatusOr<sheet::TextEncoding> encoding = sheet::DetectEncoding(in_);
    if (!encoding.ok()) return Unreadable(options_.path, sheet::TextsOf(encoding.status()));
    encoding_ = *encoding;
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<sheet::RowSource>> Begin() override {
    in_.clear();
    in_.seekg(0);
    auto rows = std::make_unique<sheet::CsvRows>(in_, encoding_);
    rows_ = rows.get();
    return rows;
  }
  double share(int64_t) const override { return ShareRead(in_, size_); }
  std::string name() const override { return sheet::NameOf(encoding_); }
  std::unique_ptr<RejectTable> MakeRejects() const override {
    std::string path = RejectPath(options_);
    if (absl::EndsWith(path, ".xlsx")) return MakeWorkbookRejects(std::move(path));
    return MakeTextRejects(std::move(path), encoding_, rows_->separator());
  }

 private:
  const RowFileOptions options_;
  mutable std::ifstream in_;
  int64_t size_ = 0;
  sheet::TextEncoding encoding_ = sheet::TextEncoding::kUtf8;
  const sheet::CsvRows* rows_ = nullptr;
};

class WorkbookFormat final : public TableFormat {
 public:
  explicit WorkbookFormat(RowFileOptions options) : options_(std::move(options)) {}

  absl::Status Open(const mapping::v1::Mapping& mapping) {
    absl::StatusOr<std::unique_ptr<sheet::Workbook>> book = sheet::Workbook::Open(options_.path);
    if (!book.ok()) return Unreadable(options_.path, sheet::TextsOf(book.status()));
    book_ = *std::move(book);
    const std::vector<std::string> names = book_->sheets();
    sheet::Words why;
    // Sheets with such a table; those that have rows in it before forms that are empty.
    std::vector<size_t> found, empty;
    for (size_t i = 0; i < names.size(); ++i) {
      if (!options_.sheet.empty() && names[i] != options_.sheet) continue;
      const std::unique_ptr<sheet::RowSource> rows = book_->Rows(i);
      sheet::TableReader table(*rows, mapping);
      const absl::Status head = table.FindHead();
      if (head.ok()) {
        sheet::SheetRow row;
        const absl::StatusOr<bool> any = table.Next(row);
        (any.ok() && !*any ? empty : found).push_back(i);
      } else if (why.empty()) {
        why = sheet::TextsOf(head);
      }
    }
    if (found.empty()) found = std::move(empty);
    if (found.size() > 1) {
      std::vector<std::string> candidates;
      for (const size_t i : found) candidates.push_back(names[i]);
      const std::string all = absl::StrJoin(candidates, "、");
      return Unreadable(options_.path,
                        {absl::StrCat("有几个工作表都是这种表：", all, "；请用 --sheet 指明，逐个导入"),
                         absl::StrCat("has several sheets with such a table: ", all, "; name one with --sheet")});
    }
    if (found.size() == 1) {
      sheet_ = found.front();
      name_ = names[sheet_];
      count_ = book_->CountRows(sheet_);
      return absl::OkStatus();
    }
    if (!why.empty()) return Unreadable(options_.path, why);
    const std::string all = absl::StrJoin(names, "、");
    return Unreadable(options_.path, {absl::StrCat("没有工作表“", options_.sheet, "”，只有 ", all),
                                      absl::StrCat("has no sheet \"", options_.sheet, "\", only ", all)});
  }

  absl::StatusOr<std::unique_ptr<sheet::RowSource>> Begin() override { return book_->Rows(sheet_); }
  double share(int64_t line) const override {
    return count_ == 0 ? 1 : static_cast<double>(line) / static_cast<double>(count_);
  }
  std::string name() const override { return absl::StrCat("sheet ", name_); }
  std::unique_ptr<RejectTable> MakeRejects() const override {
    return MakeWorkbookRejects(RejectPath(options_, ".xlsx"));
  }

 private:
  const RowFileOptions options_;
  std::unique_ptr<sheet::Workbook> book_;
  size_t sheet_ = 0;
  std::string name_;
  int64_t count_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowFile>> OpenTextTable(const RowFileOptions& options, mapping::v1::Mapping mapping) {
  auto format = std::make_unique<TextFormat>(options);
  RETURN_IF_ERROR(format->Open());
  return std::make_unique<TableFile>(options, std::move(mapping), std::move(format));
}

absl::StatusOr<std::unique_ptr<RowFile>> OpenWorkbookTable(const RowFileOptions& options,
                                                           mapping::v1::Mapping mapping) {
  auto format = std::make_unique<WorkbookFormat>(options);
  RETURN_IF_ERROR(format->Open(mapping));
  return std::make_unique<TableFile>(options, std::move(mapping), std::move(format));
}

}  // namespace gi::client::gictl
