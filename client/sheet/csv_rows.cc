#include "client/sheet/csv_rows.h"

#include <csv.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

constexpr size_t kBlock = 64 << 10;
// A cell with more line breaks is a quote that was not closed.
constexpr size_t kMaxLinesOfRow = 200;
constexpr size_t kLinesToJudge = 50;
constexpr size_t kMostShown = 2000;

}  // namespace

struct CsvRows::Parser {
  csv_parser csv;
  std::vector<std::string> cells;
  bool ended = false;
  bool too_many = false;

  static void OnCell(void* text, size_t size, void* self) {
    Parser& parser = *static_cast<Parser*>(self);
    if (parser.cells.size() >= kMaxColumns) {
      parser.too_many = true;
      return;
    }
    parser.cells.push_back(NormalizeText(absl::string_view(static_cast<const char*>(text), size)));
  }
  static void OnRow(int, void* self) { static_cast<Parser*>(self)->ended = true; }

  void Begin(unsigned char separator) {
    csv_init(&csv, 0);
    csv_set_delim(&csv, separator);
  }
};

CsvRows::CsvRows(std::istream& in, TextEncoding encoding)
    : in_(in), decoder_(encoding), parser_(std::make_unique<Parser>()) {
  parser_->Begin(CSV_COMMA);
}

CsvRows::~CsvRows() { csv_free(&parser_->csv); }

char CsvRows::separator() const { return static_cast<char>(csv_get_delim(&parser_->csv)); }

absl::StatusOr<bool> CsvRows::NextLine(Line& line) {
  line = {};
  std::string block(kBlock, '\0');
  while (true) {
    const size_t end = LineEnd();
    const bool whole = end != std::string::npos;
    const size_t size = (whole ? end + 1 : text_.size()) - taken_;
    if (line.too_long || size > kMaxRowBytes) {
      // What is left of it is passed over.
      if (!line.too_long) line.text = text_.substr(taken_, kBlock);
      line.too_long = true;
      taken_ += size;
      if (whole) return true;
    } else if (whole) {
      line.text = text_.substr(taken_, size);
      taken_ += size;
      return true;
    }
    text_.erase(0, std::exchange(taken_, 0));
    if (at_end_) {
      if (line.too_long) return true;
      line.text = std::exchange(text_, {});
      return !line.text.empty();
    }
    in_.read(block.data(), static_cast<std::streamsize>(block.size()));
    const absl::string_view bytes(block.data(), static_cast<size_t>(in_.gcount()));
    at_end_ = bytes.empty();
    if (!decoder_.Decode(bytes, at_end_, text_)) {
      return SheetError(
          {absl::StrCat("第 ", decoder_.line(), " 行有不属于该编码的字节：请改正该行，或另存为“CSV UTF-8”"),
           absl::StrCat("line ", decoder_.line(), " has bytes that are no text in this encoding")});
    }
  }
}

size_t CsvRows::LineEnd() const {
  const size_t feed = text_.find('\n', taken_);
  const absl::string_view line = absl::string_view(text_).substr(taken_, std::min(feed, text_.size()) - taken_);
  const size_t found = line.find('\r');
  if (found == absl::string_view::npos || taken_ + found + 1 == feed) return feed;
  // What follows the last character that was read may be its line feed.
  return taken_ + found + 1 < text_.size() || at_end_ ? taken_ + found : std::string::npos;
}

void CsvRows::ChooseSeparator() {
  // Some programs end every cell with a tab, so that a spreadsheet takes it for text: that one parts nothing.
  const auto ends_cell = [](absl::string_view rest) {
    absl::ConsumePrefix(&rest, "\"");
    return rest.empty() || rest[0] == ',' || rest[0] == '\r' || rest[0] == '\n';
  };
  size_t commas = 0, tabs = 0;
  for (const Line& line : again_) {
    commas += static_cast<size_t>(std::count(line.text.begin(), line.text.end(), ','));
    for (size_t at = line.text.find('\t'); at != std::string::npos; at = line.text.find('\t', at + 1)) {
      if (!ends_cell(absl::string_view(line.text).substr(at + 1))) ++tabs;
    }
  }
  if (tabs > 0 && tabs >= commas) csv_set_delim(&parser_->csv, CSV_TAB);
}

void CsvRows::GiveUpRow(const Words& why) {
  SheetRow& row = rows_.emplace_back();
  row.line = row_line_;
  row.problem = why;
  parser_->cells.clear();
  const unsigned char separator = csv_get_delim(&parser_->csv);
  // Its first line as it stands; of one that is too long, the beginning.
  const absl::string_view first = absl::StripAsciiWhitespace(open_.front().text);
  if (open_.front().too_long || first.size() > kMostShown) {
    row.cells = {Excerpt(first, kMostShown)};
  } else {
    row.cells = absl::StrSplit(first, static_cast<char>(separator));
  }
  csv_free(&parser_->csv);
  parser_->Begin(separator);
  parser_->ended = parser_->too_many = false;
  // The lines after the first one are rows of their own.
  next_line_ = row_line_ + 1;
  again_.insert(again_.begin(), std::make_move_iterator(open_.begin() + 1), std::make_move_iterator(open_.end()));
  open_.clear();
}

void CsvRows::Feed(const Line& line) {
  if (open_.empty()) {
    row_line_ = next_line_;
    if (!line.too_long && IsBlank(line.text)) {
      ++next_line_;
      return;
    }
  }
  ++next_line_;
  open_.push_back(line);
  if (line.too_long) {
    return GiveUpRow(
        {absl::StrCat("该行超过 ", kMaxRowBytes, " 字节：请检查引号和换行"),
         absl::StrCat("the line is longer than ", kMaxRowBytes, " bytes: look at its quotes and line ends")});
  }
  csv_parse(&parser_->csv, line.text.data(), line.text.size(), Parser::OnCell, Parser::OnRow, parser_.get());
  if (parser_->ended && parser_->too_many) {
    return GiveUpRow(
        {absl::StrCat("该行超过 ", kMaxColumns, " 列"), absl::StrCat("more than ", kMaxColumns, " columns")});
  }
  if (parser_->ended) {
    rows_.push_back({row_line_, std::exchange(parser_->cells, {}), {}, {}});
    parser_->ended = false;
    open_.clear();
    return;
  }
  size_t bytes = 0;
  for (const Line& one : open_) bytes += one.text.size();
  if (open_.size() > kMaxLinesOfRow || bytes > kMaxRowBytes) {
    GiveUpRow({"该行的引号没有结束：请补上或删除引号", "a quote in this row is not closed: close or remove it"});
  }
}

void CsvRows::Finish() {
  if (open_.empty()) return;
  // What libcsv calls FIELD_BEGUN.
  constexpr int kWithinCell = 2;
  const bool open_quote = parser_->csv.pstate == kWithinCell && parser_->csv.quoted != 0;
  csv_fini(&parser_->csv, Parser::OnCell, Parser::OnRow, parser_.get());
  if (open_quote) {
    return GiveUpRow({"该行的引号没有结束：请补上或删除引号", "a quote in this row is not closed: close or remove it"});
  }
  if (!parser_->cells.empty()) rows_.push_back({row_line_, std::exchange(parser_->cells, {}), {}, {}});
  parser_->ended = false;
  open_.clear();
}

absl::StatusOr<bool> CsvRows::Next(SheetRow& row) {
  const auto blank = [](const std::string& cell) { return IsBlank(cell); };
  do {
    ASSIGN_OR_RETURN(const bool more, NextOfAny(row));
    if (!more) return false;
  } while (row.problem.empty() && std::all_of(row.cells.begin(), row.cells.end(), blank));
  return true;
}

absl::StatusOr<bool> CsvRows::NextOfAny(SheetRow& row) {
  if (!std::exchange(judged_, true)) {
    Line line;
    while (again_.size() < kLinesToJudge) {
      ASSIGN_OR_RETURN(const bool more, NextLine(line));
      if (!more) break;
      again_.push_back(std::move(line));
    }
    ChooseSeparator();
  }
  while (rows_.empty()) {
    Line line;
    if (!again_.empty()) {
      line = std::move(again_.front());
      again_.pop_front();
    } else {
      ASSIGN_OR_RETURN(const bool more, NextLine(line));
      if (!more) {
        Finish();
        if (rows_.empty() && again_.empty()) return false;
        continue;
      }
    }
    Feed(line);
  }
  row = std::move(rows_.front());
  rows_.pop_front();
  return true;
}

}  // namespace gi::client::sheet
