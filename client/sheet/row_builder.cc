#include "client/sheet/row_builder.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/sheet/column_units.h"
#include "client/sheet/mapping.h"
#include "client/sheet/quantity_cell.h"
#include "client/sheet/sheet_date.h"
#include "storage/base/csv_line.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

using registry::v1::ImportRow;
using registry::v1::Magnitude_Name;
using registry::v1::Unit_Name;

// What the server calls the fields that a row names in another way.
constexpr std::pair<absl::string_view, absl::string_view> kOtherNames[] = {
    {"authorization.entity", "row.entity_uscc"},      {"indication.holder", "row.entity_uscc"},
    {"application.applicant", "row.entity_uscc"},     {"authorization.indication", "row.title"},
    {"authorization.indication", "row.title_number"},
};

// Elements of lists that no cell has filled: of three figures, the row has the last. `path`: of the message, with a
// dot.
void DropEmptyElements(google::protobuf::Message& message, const std::string& path, std::vector<MovedElement>& moved) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      DropEmptyElements(*reflection.MutableMessage(&message, field), absl::StrCat(path, field->name(), "."), moved);
      continue;
    }
    int kept = 0;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (reflection.GetRepeatedMessage(message, field, i).ByteSizeLong() == 0) continue;
      if (kept != i) {
        moved.push_back(
            {absl::StrCat(path, field->name(), "[", kept, "]"), absl::StrCat(path, field->name(), "[", i, "]")});
      }
      reflection.SwapElements(&message, field, kept++, i);
    }
    while (reflection.FieldSize(message, field) > kept) reflection.RemoveLast(&message, field);
  }
}

// "=\"9350…\"": a formula that some programs write so that a spreadsheet keeps all digits.
absl::string_view WithoutFormula(absl::string_view cell) {
  absl::string_view inside = cell;
  const bool is_text =
      absl::ConsumePrefix(&inside, "=\"") && absl::ConsumeSuffix(&inside, "\"") && !absl::StrContains(inside, '"');
  return is_text ? inside : cell;
}

// "'500155": how a spreadsheet is told to keep digits as they are.
absl::string_view WithoutApostrophe(absl::string_view cell) {
  absl::string_view digits = cell;
  const bool marked = absl::ConsumePrefix(&digits, "'") && !digits.empty() &&
                      digits.find_first_not_of("0123456789") == absl::string_view::npos;
  return marked ? digits : cell;
}

// Whether the path is the other one or leads to a part of it.
bool LiesIn(absl::string_view path, absl::string_view whole) {
  if (!absl::ConsumePrefix(&path, whole)) return false;
  return path.empty() || path[0] == '.' || path[0] == '[';
}

// 无 says no there.
bool IsYesNo(const mapping::v1::Mapping& mapping, const mapping::v1::Column& column) {
  const ImportRow& row = ImportRow::default_instance();
  const bool of_row = absl::StartsWith(column.field(), "row.");
  const google::protobuf::FieldDescriptor* field =
      of_row ? FindPath(row, absl::StripPrefix(column.field(), "row."))
             : FindPath(row.GetReflection()->GetMessage(row, RequestField(mapping.kind())), column.field());
  return field != nullptr && field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL;
}

}  // namespace

RowBuilder::RowBuilder(const mapping::v1::Mapping& mapping, const TableReader& table, std::string file_name,
                       EnumWord enum_word)
    : mapping_(mapping),
      matcher_(table.matcher()),
      layout_(table.layout()),
      file_name_(std::move(file_name)),
      enum_word_(std::move(enum_word)) {
  first_columns_.resize(static_cast<size_t>(mapping_.columns_size()), -1);
  for (size_t i = layout_.columns.size(); i-- > 0;) {
    if (layout_.columns[i] >= 0) first_columns_[static_cast<size_t>(layout_.columns[i])] = static_cast<int>(i);
  }
  for (const mapping::v1::Column& column : mapping_.columns()) {
    fills_lists_ |= absl::StrContains(column.field(), '[');
    for (const mapping::v1::Fixed& also : column.also()) fills_lists_ |= absl::StrContains(also.field(), '[');
  }
  for (const mapping::v1::Fixed& fixed : mapping_.fixed()) fills_lists_ |= absl::StrContains(fixed.field(), '[');
  fixed_.GetReflection()->MutableMessage(&fixed_, RequestField(mapping_.kind()));
  for (const mapping::v1::Fixed& fixed : mapping_.fixed()) {
    Set(fixed_, fixed.field(), absl::StrReplaceAll(fixed.text(), {{"{file}", file_name_}}));
  }
}

std::vector<RowBuilder::Cell> RowBuilder::CellsOf(const SheetRow& sheet_row, std::vector<CellProblem>& problems) const {
  std::vector<Cell> cells(first_columns_.size());
  for (size_t i = 0; i < cells.size(); ++i) cells[i].column = first_columns_[i];
  for (size_t i = 0; i < sheet_row.cells.size(); ++i) {
    if (i >= layout_.columns.size()) {
      if (IsBlank(sheet_row.cells[i])) continue;
      const Words what = {
          absl::StrCat("该行第 ", i + 1, " 列有内容，而表头没有这一列：请检查该行是否错列，或补上表头"),
          absl::StrCat("column ", i + 1,
                       " is filled and has no head: look whether the cells have shifted, or give it one")};
      problems.push_back({"", ShownValue(sheet_row.cells[i]), {Fault::Code::kRowUnreadable, what, ""}});
      break;
    }
    if (layout_.columns[i] < 0) continue;
    std::string text = NormalizeText(WithoutApostrophe(WithoutFormula(WithoutGuard(sheet_row.cells[i]))));
    if (!text.empty()) Merge(sheet_row, i, std::move(text), cells[static_cast<size_t>(layout_.columns[i])], problems);
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!mapping_.columns(static_cast<int>(i)).range().empty()) SplitRange(sheet_row, i, cells, problems);
  }
  return cells;
}

void RowBuilder::SplitRange(const SheetRow& sheet_row, size_t place, std::vector<Cell>& cells,
                            std::vector<CellProblem>& problems) const {
  const Cell& cell = cells[place];
  const mapping::v1::Column& column = mapping_.columns(static_cast<int>(place));
  if (cell.text.empty() || IsPlaceholder(cell.text)) {
    const size_t first = PlaceOf(column.range(0));
    std::vector<int> others = layout_.columns;
    std::erase(others, static_cast<int>(place));
    const mapping::v1::Column& wanted = mapping_.columns(static_cast<int>(first));
    const bool missing = wanted.required() && cells[first].text.empty() && !IsWaived(wanted, mapping_, others);
    // Where the sheet has a column for the first day, it is asked for there.
    if (!missing || cell.column < 0 || first_columns_[first] >= 0) return;
    const std::string& head = layout_.head[static_cast<size_t>(cell.column)];
    problems.push_back({head, cell.text, {Fault::Code::kCellRequired, {"此列必填", "this column must be filled"}, ""}});
    return;
  }
  const auto ends = ParseSheetRange(cell.text);
  if (!ends) {
    const std::string shown = ShownValue(cell.text);
    const Words what = {absl::StrCat("“", shown, "”应为起止日期，如 2024.1.1-2026.12.31 或 2024年1月1日至长期"),
                        absl::StrCat("\"", shown, "\" should be a first and a last day, such as 2024.1.1-2026.12.31")};
    problems.push_back(
        {layout_.head[static_cast<size_t>(cell.column)], shown, {Fault::Code::kValueUnexpected, what, ""}});
    return;
  }
  const auto column_in_sheet = static_cast<size_t>(cell.column);
  Merge(sheet_row, column_in_sheet, ends->first, cells[PlaceOf(column.range(0))], problems);
  Merge(sheet_row, column_in_sheet, ends->second, cells[PlaceOf(column.range(1))], problems);
}

void RowBuilder::Merge(const SheetRow& sheet_row, size_t column, std::string text, Cell& cell,
                       std::vector<CellProblem>& problems) const {
  const bool is_quantity = !mapping_.columns(layout_.columns[column]).unit().empty();
  ColumnUnit unit = is_quantity ? UnitInRow(matcher_, layout_, sheet_row.cells, column) : ColumnUnit();
  if (!cell.text.empty()) {
    if (cell.text == text && cell.unit == unit && cell.year == layout_.years[column]) return;
    const std::string &first = layout_.head[static_cast<size_t>(cell.column)], &second = layout_.head[column];
    const Words what = {absl::StrCat("“", first, "”与“", second, "”两列是同一项，内容却不同：请只保留一列"),
                        absl::StrCat("the columns ", first, " and ", second,
                                     " are the same field and say different things: keep one of them")};
    problems.push_back({second, ShownValue(text), {Fault::Code::kValueUnexpected, what, ""}});
  } else if (is_quantity && absl::c_linear_search(sheet_row.shared, column)) {
    const Words what = {
        "数量为几行合并的单元格，无法知道各行是多少：请拆分后逐行填写",
        "a figure in a cell merged over several rows: it is not known what each row has; write it in each"};
    problems.push_back({layout_.head[column], ShownValue(text), {Fault::Code::kCellDamaged, what, ""}});
  }
  cell = {std::move(text), std::move(unit), layout_.years[column], static_cast<int>(column)};
}

std::vector<CellProblem> RowBuilder::Build(const SheetRow& sheet_row, ImportRow& row,
                                           std::vector<MovedElement>& moved) const {
  row.Clear();
  row.set_line(sheet_row.line);
  moved.clear();
  std::vector<CellProblem> problems;
  if (!sheet_row.problem.empty()) return {{"", "", {Fault::Code::kRowUnreadable, sheet_row.problem, ""}}};
  row.MergeFrom(fixed_);
  const std::vector<Cell> cells = CellsOf(sheet_row, problems);
  for (size_t i = 0; i < cells.size(); ++i) Fill(i, cells, row, problems);
  if (fills_lists_)
    DropEmptyElements(*row.GetReflection()->MutableMessage(&row, RequestField(mapping_.kind())), "", moved);
  if (!problems.empty()) row.clear_create();
  return problems;
}

void RowBuilder::Fill(size_t place, const std::vector<Cell>& cells, ImportRow& row,
                      std::vector<CellProblem>& problems) const {
  const mapping::v1::Column& column = mapping_.columns(static_cast<int>(place));
  if (!column.range().empty()) return;
  const int in_sheet = cells[place].column;
  const std::string& head = in_sheet < 0 ? column.headers(0) : layout_.head[static_cast<size_t>(in_sheet)];
  std::string text = cells[place].text;
  const bool borrowed = text.empty() && !column.default_from().empty();
  if (borrowed) text = cells[PlaceOf(column.default_from())].text;
  const std::string cell = text;
  if (Words damage = DamageOf(text); !damage.empty()) {
    if (!borrowed) problems.push_back({head, cell, {Fault::Code::kCellDamaged, std::move(damage), ""}});
    return;
  }
  for (const mapping::v1::Word& word : column.words()) {
    if (FoldText(word.text()) != FoldText(text)) continue;
    text = word.value();
    if (text.empty()) {
      // Said to be nothing, which is more than not said.
      if (!absl::StartsWith(column.field(), "row.")) row.add_cleared(column.field());
      return;
    }
    break;
  }
  if (IsPlaceholder(text) && !IsYesNo(mapping_, column)) text.clear();
  if (text.empty()) text = column.default_();
  if (text.empty()) {
    if (column.required() && !IsWaived(column, mapping_, layout_.columns)) {
      problems.push_back({head, cell, {Fault::Code::kCellRequired, {"此列必填", "this column must be filled"}, ""}});
    }
    return;
  }
  if (!column.prefix().empty() && !absl::StrContains(text, "/")) text = absl::StrCat(column.prefix(), text);
  bool approximate = false;
  if (column.number()) {
    std::optional<std::string> number = ParseDecimalCell(text);
    if (!number) {
      const Words what = {absl::StrCat("“", ShownValue(text), "”应为数，如 1200、1,200 或 1.5万"),
                          absl::StrCat("\"", ShownValue(text), "\" should be a number such as 1200, 1,200 or 1.5万")};
      problems.push_back({head, ShownValue(cell), {Fault::Code::kValueUnexpected, what, ""}});
      return;
    }
    text = *std::move(number);
  }
  Fault wrong = column.unit().empty() ? Set(row, column.field(), text)
                                      : SetQuantity(column, cells[place].unit, text, row, approximate);
  // What is wrong with another column's cell was said there.
  if (!wrong.empty() && !borrowed) problems.push_back({head, ShownValue(cell), std::move(wrong)});
  FillAlso(place, head, cells, row, problems);
  // "约 30 吨" is an estimate, whoever reports it.
  if (approximate) Set(row, absl::StrCat(absl::StripSuffix(column.field(), "quantity"), "method"), "ESTIMATED");
}

void RowBuilder::FillAlso(size_t place, const std::string& head, const std::vector<Cell>& cells, ImportRow& row,
                          std::vector<CellProblem>& problems) const {
  const mapping::v1::Column& column = mapping_.columns(static_cast<int>(place));
  for (const mapping::v1::Fixed& also : column.also()) {
    if (also.from().empty()) {
      Set(row, also.field(), absl::StrReplaceAll(also.text(), {{"{file}", file_name_}}));
      continue;
    }
    const Cell& other = cells[PlaceOf(also.from())];
    const int year = absl::EndsWith(also.from(), ".year") ? cells[place].year : 0;
    if (!other.text.empty() && !IsPlaceholder(other.text)) {
      if (year != 0 && ParseWholeNumber(other.text) != year) {
        const Words what = {
            absl::StrCat("表头“", head, "”为 ", year, " 年的数据，而数据年份为 ", other.text, "：请改为一致"),
            absl::StrCat("the head ", head, " names the year ", year, " and the row ", other.text,
                         ": make them say the same")};
        problems.push_back({head, ShownValue(cells[place].text), {Fault::Code::kValueUnexpected, what, ""}});
      }
      Set(row, also.field(), other.text);
      continue;
    }
    if (year != 0) {
      Set(row, also.field(), absl::StrCat(year));
      continue;
    }
    const std::string& wanted = other.column < 0 ? mapping_.columns(static_cast<int>(PlaceOf(also.from()))).headers(0)
                                                 : layout_.head[static_cast<size_t>(other.column)];
    const Words what = {absl::StrCat("填写“", head, "”时，“", wanted, "”也必须填写"),
                        absl::StrCat("where ", head, " is filled, ", wanted, " must be, too")};
    problems.push_back({wanted, other.text, {Fault::Code::kCellRequired, what, ""}});
  }
}

Fault RowBuilder::SetQuantity(const mapping::v1::Column& column, const ColumnUnit& said, const std::string& text,
                              ImportRow& row, bool& approximate) const {
  // A cell may name its own unit where that of the column is not known.
  const std::string unit = said.empty() ? column.unit() : said.unit;
  const std::optional<SheetQuantity> parsed = ParseQuantityCell(text, unit);
  if (!parsed && !said.unclear.empty()) {
    return {Fault::Code::kValueUnexpected,
            {absl::StrCat("单位“", said.unclear,
                          "”无法识别或不止一个：请在表头中写明一个单位，如“（亩）”“（吨）”“（万元）”，或写在数字之后"),
             absl::StrCat("the unit \"", said.unclear,
                          "\" is not known, or is more than one: write one such as （亩）, （吨） or （万元） into the "
                          "head, or behind the number")},
            ""};
  }
  const std::string shown = ShownValue(text);
  // "1200万" in a column of 万元.
  absl::string_view bare = unit;
  for (const char* magnitude : {"万", "亿", "千", "百"}) absl::ConsumePrefix(&bare, magnitude);
  if (!parsed && bare != unit && ParseQuantityCell(text, bare)) {
    return {Fault::Code::kValueUnexpected,
            {absl::StrCat("“", shown, "”与该列的单位“", unit, "”都有倍数，不知所指：请写明单位，如“", shown, bare,
                          "”，或只写数字"),
             absl::StrCat("\"", shown, "\" has a magnitude, and so has the unit of the column, ", unit,
                          ": write the unit with it, such as \"", shown, bare, "\", or only the number")},
            ""};
  }
  if (!parsed) {
    return {Fault::Code::kValueUnexpected,
            {absl::StrCat("“", shown, "”不是数量：应为如 1.5万、约30万吨、1,234.5 的数（单位 ", unit, "）"),
             absl::StrCat("\"", shown, "\" is no quantity: expected a number such as 1.5万, 约30万吨 or 1,234.5, in ",
                          unit)},
            ""};
  }
  approximate = parsed->approximate;
  for (const auto& [field, value] : {std::pair<const char*, std::string>{".value", parsed->quantity.value()},
                                     {".magnitude", Magnitude_Name(parsed->quantity.magnitude())},
                                     {".unit", Unit_Name(parsed->quantity.unit())}}) {
    if (parsed->quantity.magnitude() == 0 && absl::string_view(field) == ".magnitude") continue;
    Set(row, absl::StrCat(column.field(), field), value);
  }
  return {};
}

size_t RowBuilder::PlaceOf(const std::string& field) const {
  for (int i = 0; i < mapping_.columns_size(); ++i) {
    if (mapping_.columns(i).field() == field) return static_cast<size_t>(i);
  }
  std::abort();  // ParseMapping has looked
}

Fault RowBuilder::Set(ImportRow& row, const std::string& field, const std::string& text) const {
  if (absl::StartsWith(field, "row.")) return SetField(row, absl::StripPrefix(field, "row."), text, enum_word_);
  auto* request = row.GetReflection()->MutableMessage(&row, RequestField(mapping_.kind()));
  return SetField(*request, field, text, enum_word_);
}

int RowBuilder::ColumnOf(const std::string& field, const std::vector<MovedElement>& moved) const {
  const int place = PlaceAbout(field, moved, true);
  return place < 0 ? -1 : first_columns_[static_cast<size_t>(place)];
}

std::string RowBuilder::HeadOf(const std::string& field, const std::vector<MovedElement>& moved) const {
  if (const int column = ColumnOf(field, moved); column >= 0) return layout_.head[static_cast<size_t>(column)];
  const int place = PlaceAbout(field, moved, false);
  if (place < 0) return "";
  const mapping::v1::Column& column = mapping_.columns(place);
  return column.headers(0) == column.field() ? "" : column.headers(0);
}

int RowBuilder::PlaceAbout(const std::string& given, const std::vector<MovedElement>& moved, bool in_sheet) const {
  std::string field = given;
  for (const MovedElement& one : moved) {
    if (!absl::StartsWith(field, one.is)) continue;
    field.replace(0, one.is.size(), one.was);
    break;
  }
  int place = NearestPlace(field, in_sheet);
  for (const auto& [server, own] : kOtherNames) {
    if (place < 0 && field == server) place = NearestPlace(own, in_sheet);
  }
  return place;
}

int RowBuilder::NearestPlace(absl::string_view wanted, bool in_sheet) const {
  // "goods[2].text" as "goods[].text".
  std::string any_element;
  bool in_brackets = false;
  for (const char c : wanted) {
    if (c == '[' || c == ']') in_brackets = c == '[';
    if (!in_brackets || c == '[') any_element += c;
  }
  int best = -1;
  size_t length = 0;
  for (int i = 0; i < mapping_.columns_size(); ++i) {
    if ((first_columns_[static_cast<size_t>(i)] >= 0) != in_sheet) continue;
    for (const mapping::v1::Fixed& also : mapping_.columns(i).also()) {
      // What was set along with a column, perhaps from another one.
      if (also.field() != wanted) continue;
      const auto from = also.from().empty() ? i : static_cast<int>(PlaceOf(also.from()));
      if ((first_columns_[static_cast<size_t>(from)] >= 0) == in_sheet) return from;
    }
    const std::string& own = mapping_.columns(i).field();
    const absl::string_view as_own = absl::StrContains(own, "[]") ? absl::string_view(any_element) : wanted;
    // The field itself, or the nearest one that holds it or lies in it.
    const bool related = LiesIn(as_own, own) || LiesIn(own, as_own);
    const size_t common = std::min(own.size(), as_own.size());
    if (related && common > length) {
      best = i;
      length = common;
    }
  }
  return best;
}

}  // namespace gi::client::sheet
