// Office Open XML (ECMA-376, ISO/IEC 29500), transitional and strict.
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/sheet/number_format.h"
#include "client/sheet/workbook_formats.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

// Reads a part for what its elements' attributes say.
class AttributeHandler : public XmlHandler {
 public:
  void OnEnd(absl::string_view) override {}
  void OnText(absl::string_view) override {}
  absl::Status status() const override { return absl::OkStatus(); }
};

struct Relationship {
  std::string id, type, target;
};

// Where parts point to (Part 2, 9).
class Relationships final : public AttributeHandler {
 public:
  // Of the part `source`; of the package for "".
  static absl::StatusOr<Relationships> Read(const Package& package, const std::string& source) {
    Relationships found;
    const size_t slash = source.rfind('/');
    found.folder_ = slash == std::string::npos ? "" : source.substr(0, slash + 1);
    RETURN_IF_ERROR(
        package.ReadAll(absl::StrCat(found.folder_, "_rels/", source.substr(found.folder_.size()), ".rels"), found));
    return found;
  }

  void OnStart(absl::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship") return;
    const absl::string_view type = attributes["Type"];
    all_.push_back(
        {std::string(attributes["Id"]), std::string(type.substr(type.rfind('/') + 1)), Resolve(attributes["Target"])});
  }

  // The first of a kind; nullptr: none.
  const Relationship* OfType(absl::string_view type) const {
    for (const Relationship& one : all_) {
      if (one.type == type) return &one;
    }
    return nullptr;
  }
  const Relationship* WithId(absl::string_view id) const {
    for (const Relationship& one : all_) {
      if (one.id == id) return &one;
    }
    return nullptr;
  }

 private:
  std::string Resolve(absl::string_view target) const {
    if (absl::StartsWith(target, "/")) return std::string(target.substr(1));
    std::vector<std::string> path = absl::StrSplit(folder_, '/', absl::SkipEmpty());
    for (const absl::string_view part : absl::StrSplit(target, '/')) {
      if (part == ".." && !path.empty()) path.pop_back();
      if (part != ".." && part != ".") path.emplace_back(part);
    }
    return absl::StrJoin(path, "/");
  }

  std::string folder_;
  std::vector<Relationship> all_;
};

// The workbook part: its sheets, and the calendar it counts by.
class BookHandler final : public AttributeHandler {
 public:
  void OnStart(absl::string_view name, const XmlAttributes& attributes) override {
    if (name == "workbookPr") {
      const absl::string_view since_1904 = attributes["date1904"];
      book.since_1904 = since_1904 == "1" || since_1904 == "true";
    }
    if (name == "sheet") book.sheets.emplace_back(attributes["name"], attributes["id"]);
  }

  struct Book {
    bool since_1904 = false;
    // With the ids of their relationships.
    std::vector<std::pair<std::string, std::string>> sheets;
  } book;
};

// The number format of each style of cells.
class StylesHandler final : public AttributeHandler {
 public:
  void OnStart(absl::string_view name, const XmlAttributes& attributes) override {
    int id = 0;
    if (name == "cellXfs") in_cells_ = true;
    if (name == "numFmt" && absl::SimpleAtoi(attributes["numFmtId"], &id)) {
      codes_[id] = ParseNumberFormat(attributes["formatCode"]);
    }
    if (name != "xf" || !in_cells_) return;
    if (!absl::SimpleAtoi(attributes["numFmtId"], &id)) id = 0;
    const auto own = codes_.find(id);
    formats.push_back(own == codes_.end() ? BuiltInFormat(id) : own->second);
  }
  void OnEnd(absl::string_view name) override {
    if (name == "cellXfs") in_cells_ = false;
  }

  std::vector<NumberFormat> formats;

 private:
  bool in_cells_ = false;
  std::map<int, NumberFormat> codes_;
};

// _x000D_ stands for the character with that number (Part 1, 22.9.2.19, ST_Xstring).
std::string WithoutEscapes(const std::string& text) {
  constexpr size_t kSize = 7;
  if (!absl::StrContains(text, "_x")) return text;
  std::string plain;
  for (size_t i = 0; i < text.size();) {
    uint32_t code = 0;
    const bool escape = i + kSize <= text.size() && text[i] == '_' && text[i + 1] == 'x' && text[i + 6] == '_' &&
                        absl::SimpleHexAtoi(text.substr(i + 2, 4), &code);
    // Halves of surrogate pairs are not written this way.
    if (!escape || (code >= 0xD800 && code < 0xE000)) {
      plain.push_back(text[i++]);
      continue;
    }
    if (code < 0x80) {
      plain.push_back(static_cast<char>(code));
    } else {
      if (code < 0x800) {
        plain.push_back(static_cast<char>(0xC0 | code >> 6));
      } else {
        plain.push_back(static_cast<char>(0xE0 | code >> 12));
        plain.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
      }
      plain.push_back(static_cast<char>(0x80 | (code & 0x3F)));
    }
    i += kSize;
  }
  return plain;
}

// Text of a string item: of all its runs, not the pronunciation that stands above it (Part 1, 18.4.8, CT_Rst), and not
// what is struck out in favour of the rest (CT_RPrElt). Raised and lowered digits stay what they are: marks.
class StringItem {
 public:
  void Begin() {
    text_.clear();
    struck_.clear();
    Plain();
  }
  void OnStart(absl::string_view name, const XmlAttributes& attributes) {
    if (name == "rPh") in_phonetic_ = true;
    if (name == "t") in_text_ = true;
    if (name == "r") Plain();
    if (name == "strike") is_struck_ = attributes["val"] != "0" && attributes["val"] != "false";
    if (name == "vertAlign") is_raised_ = attributes["val"] == "superscript" || attributes["val"] == "subscript";
  }
  void OnEnd(absl::string_view name) {
    if (name == "rPh") in_phonetic_ = false;
    if (name == "t") in_text_ = false;
    if (name == "r") Plain();
  }
  void OnText(absl::string_view text) {
    if (!in_text_ || in_phonetic_ || text_.size() + struck_.size() > kMaxRowBytes) return;
    absl::StrAppend(is_struck_ ? &struck_ : &text_, is_raised_ ? RaisedDigits(text) : std::string(text));
  }
  std::string Text() const { return WithoutEscapes(text_.empty() ? struck_ : text_); }

 private:
  void Plain() { is_struck_ = is_raised_ = false; }

  bool in_text_ = false, in_phonetic_ = false, is_struck_ = false, is_raised_ = false;
  std::string text_, struck_;
};

class StringsHandler final : public AttributeHandler {
 public:
  void OnStart(absl::string_view name, const XmlAttributes& attributes) override {
    if (name == "si") item_.Begin();
    item_.OnStart(name, attributes);
  }
  void OnEnd(absl::string_view name) override {
    item_.OnEnd(name);
    if (name == "si") strings.push_back(NormalizeText(item_.Text()));
  }
  void OnText(absl::string_view text) override { item_.OnText(text); }

  std::vector<std::string> strings;

 private:
  StringItem item_;
};

// What cells refer to.
struct Shared {
  bool since_1904 = false;
  std::vector<NumberFormat> formats;
  std::vector<std::string> strings;
};

// B7 as column 1 and row 7. False for what is none.
bool ParseReference(absl::string_view text, size_t& column, int64_t& line) {
  size_t letters = 0, number = 0;
  for (; letters < text.size() && absl::ascii_isalpha(static_cast<unsigned char>(text[letters])); ++letters) {
    number =
        number * 26 + static_cast<size_t>(absl::ascii_toupper(static_cast<unsigned char>(text[letters])) - 'A') + 1;
    if (letters > 3) return false;
  }
  column = number - 1;
  return letters > 0 && absl::SimpleAtoi(text.substr(letters), &line) && line > 0;
}

class XlsxSheet final : public SheetHandler {
 public:
  explicit XlsxSheet(const Shared& shared) : shared_(shared) {}

  void OnStart(absl::string_view name, const XmlAttributes& attributes) override {
    if (name == "sheetData") in_data_ = true;
    if (name == "mergeCell") OnMerge(attributes["ref"]);
    if (!in_data_) return;
    if (name == "row") {
      int64_t line = last_line() + 1;
      const absl::string_view given = attributes["r"];
      if (!given.empty() && !absl::SimpleAtoi(given, &line)) Refuse(absl::StrCat("row ", given));
      BeginRow(line);
      next_column_ = 0;
    } else if (name == "c") {
      OnCell(attributes);
    } else if (name == "f") {
      has_formula_ = true;
    } else if (name == "v") {
      in_value_ = has_value_ = true;
    } else if (name == "is") {
      in_inline_ = true;
    } else if (in_inline_) {
      inline_.OnStart(name, attributes);
    }
  }

  void OnEnd(absl::string_view name) override {
    if (name == "sheetData") in_data_ = false;
    if (!in_data_) return;
    if (name == "row") {
      EndRow();
    } else if (name == "c") {
      EndCell();
    } else if (name == "v") {
      in_value_ = false;
    } else if (name == "is") {
      in_inline_ = false;
    } else if (in_inline_) {
      inline_.OnEnd(name);
    }
  }

  void OnText(absl::string_view text) override {
    if (in_value_ && value_.size() <= kMaxRowBytes) absl::StrAppend(&value_, text);
    if (in_inline_) inline_.OnText(text);
  }

 private:
  void OnMerge(absl::string_view reference) {
    const std::pair<absl::string_view, absl::string_view> ends = absl::StrSplit(reference, absl::MaxSplits(':', 1));
    DownwardMerge merge;
    size_t last_column = 0;
    if (ParseReference(ends.first, merge.column, merge.first) && ParseReference(ends.second, last_column, merge.last)) {
      AddMerge(merge);
    }
  }

  void OnCell(const XmlAttributes& attributes) {
    column_ = next_column_;
    const absl::string_view reference = attributes["r"];
    int64_t line = 0;
    if (!reference.empty() && !ParseReference(reference, column_, line)) Refuse(absl::StrCat("cell ", reference));
    next_column_ = column_ + 1;
    type_ = std::string(attributes["t"]);
    if (!absl::SimpleAtoi(attributes["s"], &style_)) style_ = 0;
    value_.clear();
    has_formula_ = has_value_ = false;
    inline_.Begin();
  }

  // By ST_CellType (Part 1, 18.18.11).
  void EndCell() {
    if (type_ == "inlineStr") return SetCell(column_, inline_.Text());
    // An empty text is a result; of anything else, some programs write an empty element where they have none.
    if (has_formula_ && value_.empty() && (!has_value_ || type_ != "str")) return SetCell(column_, kNoResult);
    if (value_.empty()) return;
    if (type_ == "s") {
      size_t index = 0;
      if (!absl::SimpleAtoi(value_, &index) || index >= shared_.strings.size()) {
        return Refuse(absl::StrCat("no text number ", value_));
      }
      return SetCell(column_, shared_.strings[index]);
    }
    if (type_ == "b") return SetCell(column_, value_ == "0" || value_ == "false" ? "FALSE" : "TRUE");
    if (type_ == "str") return SetCell(column_, WithoutEscapes(value_));
    if (type_ == "e" || type_ == "d") return SetCell(column_, value_);
    SetCell(column_, NumberText(value_, style_ < shared_.formats.size() ? shared_.formats[style_] : NumberFormat(),
                                shared_.since_1904));
  }

  const Shared& shared_;
  bool in_data_ = false, in_value_ = false, in_inline_ = false, has_formula_ = false, has_value_ = false;
  size_t next_column_ = 0, column_ = 0;
  std::string type_, value_;
  size_t style_ = 0;
  StringItem inline_;
};

class XlsxWorkbook final : public PartsWorkbook {
 public:
  static absl::StatusOr<std::unique_ptr<Workbook>> Open(std::unique_ptr<Package> package) {
    ASSIGN_OR_RETURN(const Relationships root, Relationships::Read(*package, ""));
    const Relationship* const main = root.OfType("officeDocument");
    if (main == nullptr) return DamagedWorkbook("no document");
    BookHandler found;
    RETURN_IF_ERROR(package->ReadAll(main->target, found));
    ASSIGN_OR_RETURN(const Relationships parts, Relationships::Read(*package, main->target));
    Shared shared;
    shared.since_1904 = found.book.since_1904;
    if (const Relationship* const part = parts.OfType("styles")) {
      StylesHandler styles;
      RETURN_IF_ERROR(package->ReadAll(part->target, styles));
      shared.formats = std::move(styles.formats);
    }
    if (const Relationship* const part = parts.OfType("sharedStrings")) {
      StringsHandler strings;
      RETURN_IF_ERROR(package->ReadAll(part->target, strings));
      shared.strings = std::move(strings.strings);
    }
    std::vector<SheetPart> sheets;
    for (const auto& [name, id] : found.book.sheets) {
      const Relationship* const part = parts.WithId(id);
      // Others are charts.
      if (part != nullptr && part->type == "worksheet") sheets.push_back({name, part->target, {}, 0});
    }
    if (sheets.empty()) return DamagedWorkbook("no sheet");
    std::unique_ptr<XlsxWorkbook> book(new XlsxWorkbook(std::move(package), std::move(sheets), std::move(shared)));
    RETURN_IF_ERROR(book->ReadThrough());
    return book;
  }

 private:
  XlsxWorkbook(std::unique_ptr<Package> package, std::vector<SheetPart> sheets, Shared shared)
      : PartsWorkbook(std::move(package), std::move(sheets)), shared_(std::move(shared)) {}

  std::unique_ptr<SheetHandler> MakeHandler(size_t) const override { return std::make_unique<XlsxSheet>(shared_); }

  const Shared shared_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> OpenXlsx(std::unique_ptr<Package> package) {
  return XlsxWorkbook::Open(std::move(package));
}

}  // namespace gi::client::sheet
