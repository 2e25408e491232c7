// OpenDocument spreadsheets (ISO/IEC 26300): one part has all sheets.
#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/sheet/number_format.h"
#include "client/sheet/workbook_formats.h"
#include "storage/base/status_macros.h"

namespace gi::client::sheet {
namespace {

// Elements whose text is not that of the cell they are in: remarks, pronunciations, drawings.
constexpr absl::string_view kBeside[] = {"annotation", "ruby-text", "frame", "custom-shape", "rect", "g", "caption"};
bool IsBeside(absl::string_view name) {
  return std::find(std::begin(kBeside), std::end(kBeside), name) != std::end(kBeside);
}

int64_t CountOf(absl::string_view text) {
  int64_t count = 0;
  return absl::SimpleAtoi(text, &count) ? std::clamp<int64_t>(count, 1, kMaxSheetRows) : 1;
}

// The words that are shown behind a number, its unit, if what is shown before them is the number as it is stored: of
// 12345 shown as "1.2万" it is not known.
absl::string_view ShownUnit(absl::string_view shown, double stored) {
  constexpr absl::string_view kOfNumbers = "0123456789.,-+ ";
  const size_t end = std::min(shown.find_first_not_of(kOfNumbers), shown.size());
  std::string number = absl::StrReplaceAll(shown.substr(0, end), {{",", ""}, {" ", ""}});
  double value = 0;
  if (!absl::SimpleAtod(number, &value)) return "";
  const size_t point = number.find('.');
  const double decimals = point == std::string::npos ? 0 : static_cast<double>(number.size() - point - 1);
  constexpr double kHalf = 0.5001;
  if (std::abs(value - stored) > kHalf * std::pow(10, -decimals)) return "";
  const absl::string_view words = absl::StripAsciiWhitespace(shown.substr(end));
  return words == "%" ? "" : words;
}

class OdsSheet final : public SheetHandler {
 public:
  // `sheet`: which of the part's is meant.
  explicit OdsSheet(size_t sheet) : sheet_(sheet) {}

  void OnStart(absl::string_view name, const XmlAttributes& attributes) override {
    if (name == "table" && depth_++ == 0) ++tables_;
    if (name == "style") style_ = std::string(attributes["name"]);
    if (name == "text-properties") OnStyle(attributes);
    if (!InSheet()) return;
    if (beside_ > 0 || IsBeside(name)) {
      ++beside_;
    } else if (name == "table-row") {
      copies_ = CountOf(attributes["number-rows-repeated"]);
      BeginRow(last_line() + 1);
      column_ = 0;
    } else if (name == "table-cell" || name == "covered-table-cell") {
      OnCell(name, attributes);
    } else if (name == "p" && in_cell_) {
      if (++paragraphs_ > 1) text_ += '\n';
      in_paragraph_ = true;
    } else if (name == "span" && in_paragraph_) {
      const std::string style(attributes["style-name"]);
      spans_.push_back({struck_.contains(style), raised_.contains(style)});
    } else if (name == "s" && in_paragraph_) {
      Append(std::string(static_cast<size_t>(std::min<int64_t>(CountOf(attributes["c"]), 100)), ' '));
    } else if (name == "tab" && in_paragraph_) {
      Append("\t");
    } else if (name == "line-break" && in_paragraph_) {
      Append("\n");
    }
  }

  void OnEnd(absl::string_view name) override {
    if (InSheet()) {
      if (beside_ > 0) {
        --beside_;
      } else if (name == "table-row") {
        EndRow(copies_);
      } else if (name == "table-cell" || name == "covered-table-cell") {
        EndCell();
      } else if (name == "span" && !spans_.empty()) {
        spans_.pop_back();
      } else if (name == "p") {
        in_paragraph_ = false;
        spans_.clear();
      }
    }
    if (name == "table") --depth_;
  }

  void OnText(absl::string_view text) override {
    if (in_paragraph_ && beside_ == 0) Append(text);
  }

 private:
  bool InSheet() const { return depth_ == 1 && tables_ == sheet_ + 1; }
  // What is struck out is not said; raised and lowered digits are marks.
  void Append(absl::string_view text) {
    bool is_struck = false, is_raised = false;
    for (const Span& span : spans_) {
      is_struck |= span.is_struck;
      is_raised |= span.is_raised;
    }
    std::string& all = is_struck ? struck_text_ : text_;
    if (all.size() <= kMaxRowBytes) absl::StrAppend(&all, is_raised ? RaisedDigits(text) : std::string(text));
  }

  // Of the style that was named last: a line through its text, or text above or below the line ("super 58%").
  void OnStyle(const XmlAttributes& attributes) {
    const absl::string_view line = attributes["text-line-through-style"], type = attributes["text-line-through-type"];
    if ((!line.empty() && line != "none") || (!type.empty() && type != "none")) struck_.insert(style_);
    const absl::string_view position = attributes["text-position"];
    if (absl::StartsWith(position, "super") || absl::StartsWith(position, "sub")) raised_.insert(style_);
  }

  void OnCell(absl::string_view name, const XmlAttributes& attributes) {
    in_cell_ = true;
    text_.clear();
    struck_text_.clear();
    spans_.clear();
    paragraphs_ = 0;
    columns_ = static_cast<size_t>(CountOf(attributes["number-columns-repeated"]));
    value_.clear();
    covered_ = name == "covered-table-cell";
    const absl::string_view type = attributes["value-type"];
    is_number_ = type == "float" || type == "currency";
    currency_ = std::string(attributes["currency"]);
    if (type == "float" || type == "currency" || type == "percentage") {
      NumberFormat format;
      format.percent = type == "percentage";
      value_ = NumberText(attributes["value"], format, /*since_1904=*/false);
    } else if (type == "date") {
      value_ = std::string(attributes["date-value"]);
    } else if (type == "boolean") {
      value_ = attributes["boolean-value"] == "true" ? "TRUE" : "FALSE";
    } else if (type == "string") {
      value_ = std::string(attributes["string-value"]);
    }
    if (type.empty() && !attributes["formula"].empty()) value_ = kNoResult;
    const int64_t rows = CountOf(attributes["number-rows-spanned"]);
    AddMerge({column_, last_line(), last_line() + rows - 1});
  }

  // What is shown counts for text, and for the units of numbers: numbers and days themselves may be shown as less than
  // what is stored. A covered cell is not seen.
  void EndCell() {
    in_cell_ = false;
    if (text_.empty()) text_ = struck_text_;
    double number = 0;
    if (is_number_ && absl::SimpleAtod(value_, &number)) {
      const absl::string_view unit = ShownUnit(text_, number);
      // Dollars are not taken for yuan.
      absl::StrAppend(&value_, unit.empty() && currency_ != "CNY" ? absl::string_view(currency_) : unit);
    }
    const std::string& text = value_.empty() ? text_ : value_;
    if (!covered_ && !text.empty()) {
      for (size_t i = 0; i < columns_ && column_ + i <= kMaxColumns; ++i) SetCell(column_ + i, text);
    }
    column_ += columns_;
  }

  struct Span {
    bool is_struck, is_raised;
  };

  const size_t sheet_;
  // Names of styles; the one that is being read.
  absl::flat_hash_set<std::string> struck_, raised_;
  std::string style_, struck_text_;
  std::vector<Span> spans_;
  size_t tables_ = 0;
  // Of tables within tables, of elements whose text is not the cell's.
  int depth_ = 0, beside_ = 0;
  bool in_cell_ = false, in_paragraph_ = false, covered_ = false, is_number_ = false;
  int64_t copies_ = 1;
  size_t column_ = 0, columns_ = 1;
  int paragraphs_ = 0;
  std::string text_, value_, currency_;
};

class NamesHandler final : public XmlHandler {
 public:
  void OnStart(absl::string_view name, const XmlAttributes& attributes) override {
    if (name == "spreadsheet") is_spreadsheet = true;
    if (name == "table" && depth_++ == 0) sheets.push_back({std::string(attributes["name"]), kOdsContent, {}, 0});
  }
  void OnEnd(absl::string_view name) override {
    if (name == "table") --depth_;
  }
  void OnText(absl::string_view) override {}
  absl::Status status() const override { return absl::OkStatus(); }

  bool is_spreadsheet = false;
  std::vector<SheetPart> sheets;

 private:
  int depth_ = 0;
};

class OdsWorkbook final : public PartsWorkbook {
 public:
  static absl::StatusOr<std::unique_ptr<Workbook>> Open(std::unique_ptr<Package> package) {
    NamesHandler names;
    RETURN_IF_ERROR(package->ReadAll(kOdsContent, names));
    if (!names.is_spreadsheet || names.sheets.empty()) return DamagedWorkbook("no sheet");
    std::unique_ptr<OdsWorkbook> book(new OdsWorkbook(std::move(package), std::move(names.sheets)));
    RETURN_IF_ERROR(book->ReadThrough());
    return book;
  }

 private:
  using PartsWorkbook::PartsWorkbook;
  std::unique_ptr<SheetHandler> MakeHandler(size_t sheet) const override { return std::make_unique<OdsSheet>(sheet); }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> OpenOds(std::unique_ptr<Package> package) {
  return OdsWorkbook::Open(std::move(package));
}

}  // namespace gi::client::sheet
