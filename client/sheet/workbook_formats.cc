#include "client/sheet/workbook_formats.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::client::sheet {

std::string RaisedDigits(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"0", "⁰"},
                                    {"1", "¹"},
                                    {"2", "²"},
                                    {"3", "³"},
                                    {"4", "⁴"},
                                    {"5", "⁵"},
                                    {"6", "⁶"},
                                    {"7", "⁷"},
                                    {"8", "⁸"},
                                    {"9", "⁹"}});
}
namespace {

class PartRows final : public RowSource {
 public:
  PartRows(std::unique_ptr<SheetHandler> handler, absl::StatusOr<std::unique_ptr<XmlPart>> part,
           const std::vector<DownwardMerge>& merges)
      : handler_(std::move(handler)), part_(std::move(part)), fill_(merges) {}

  absl::StatusOr<bool> Next(SheetRow& row) override {
    RETURN_IF_ERROR(part_.status());
    while (!handler_->TakeRow(row)) {
      if (ended_) return false;
      ASSIGN_OR_RETURN(const bool more, (*part_)->Next());
      ended_ = !more;
    }
    fill_.Apply(row);
    return true;
  }

 private:
  const std::unique_ptr<SheetHandler> handler_;
  const absl::StatusOr<std::unique_ptr<XmlPart>> part_;
  MergeFill fill_;
  bool ended_ = false;
};

}  // namespace

void SheetHandler::Refuse(absl::string_view detail) {
  if (status_.ok()) status_ = DamagedWorkbook(detail);
}

void SheetHandler::BeginRow(int64_t line) {
  if (line <= last_line_ || line > kMaxSheetRows) Refuse(absl::StrCat("row ", line, " follows row ", last_line_));
  last_line_ = line;
  row_ = {};
  row_.line = line;
  bytes_ = 0;
}

void SheetHandler::SetCell(size_t column, absl::string_view text) {
  if (text.empty() || !row_.problem.empty()) return;
  std::string cell = NormalizeText(text);
  if (cell.empty()) return;
  bytes_ += cell.size();
  if (column >= kMaxColumns) {
    row_.problem = {absl::StrCat("该行超过 ", kMaxColumns, " 列"), absl::StrCat("more than ", kMaxColumns, " columns")};
  } else if (bytes_ > kMaxRowBytes) {
    row_.problem = {absl::StrCat("该行超过 ", kMaxRowBytes, " 字节"),
                    absl::StrCat("the row is longer than ", kMaxRowBytes, " bytes")};
  } else {
    if (row_.cells.size() <= column) row_.cells.resize(column + 1);
    row_.cells[column] = std::move(cell);
  }
}

void SheetHandler::EndRow(int64_t copies) {
  const bool blank = row_.cells.empty() && row_.problem.empty();
  const int64_t last = row_.line + copies - 1;
  if (!blank && last > kMaxSheetRows) Refuse("more rows than a sheet can have");
  last_line_ = last;
  if (!blank) rows_.push_back({std::move(row_), copies});
}

bool SheetHandler::TakeRow(SheetRow& row) {
  if (rows_.empty()) return false;
  Repeated& front = rows_.front();
  if (--front.copies == 0) {
    row = std::move(front.row);
    rows_.pop_front();
  } else {
    row = front.row;
    ++front.row.line;
  }
  return true;
}

void SheetHandler::AddMerge(const DownwardMerge& merge) {
  if (merge.last > merge.first && merge.column < kMaxColumns) merges_.push_back(merge);
}

MergeFill::MergeFill(const std::vector<DownwardMerge>& merges) {
  for (const DownwardMerge& merge : merges) waiting_.emplace(merge.first, merge);
}

void MergeFill::Apply(SheetRow& row) {
  for (; !waiting_.empty() && waiting_.begin()->first <= row.line; waiting_.erase(waiting_.begin())) {
    const DownwardMerge& merge = waiting_.begin()->second;
    if (merge.first < row.line || merge.column >= row.cells.size()) continue;
    open_[merge.column] = {merge.last, row.cells[merge.column]};
  }
  for (auto it = open_.begin(); it != open_.end();) {
    const auto& [column, merge] = *it;
    if (merge.last < row.line) {
      it = open_.erase(it);
      continue;
    }
    if (row.cells.size() <= column) row.cells.resize(column + 1);
    if (row.cells[column].empty()) row.cells[column] = merge.text;
    row.shared.push_back(column);
    ++it;
  }
}

PartsWorkbook::PartsWorkbook(std::unique_ptr<Package> package, std::vector<SheetPart> sheets)
    : package_(std::move(package)), sheets_(std::move(sheets)) {}

std::vector<std::string> PartsWorkbook::sheets() const {
  std::vector<std::string> names;
  for (const SheetPart& sheet : sheets_) names.push_back(sheet.name);
  return names;
}

std::unique_ptr<RowSource> PartsWorkbook::Rows(size_t sheet) {
  std::unique_ptr<SheetHandler> handler = MakeHandler(sheet);
  absl::StatusOr<std::unique_ptr<XmlPart>> part = package_->Read(sheets_[sheet].part, *handler);
  return std::make_unique<PartRows>(std::move(handler), std::move(part), sheets_[sheet].merges);
}

absl::Status PartsWorkbook::ReadThrough() {
  for (size_t i = 0; i < sheets_.size(); ++i) {
    const std::unique_ptr<SheetHandler> handler = MakeHandler(i);
    ASSIGN_OR_RETURN(const std::unique_ptr<XmlPart> part, package_->Read(sheets_[i].part, *handler));
    for (bool more = true; more;) {
      ASSIGN_OR_RETURN(more, part->Next());
      handler->DropRows();
    }
    sheets_[i].merges = handler->merges();
    sheets_[i].last_line = handler->last_line();
  }
  return absl::OkStatus();
}

}  // namespace gi::client::sheet
