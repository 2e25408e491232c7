#include "client/gictl/template_workbook.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/gictl/fields.h"
#include "client/gictl/labels.h"
#include "client/gictl/session.h"
#include "client/sheet/mapping.h"
#include "client/sheet/values.h"
#include "gi/registry/v1/import.pb.h"
#include "xlsxwriter.h"

namespace gi::client::gictl {
namespace {

using google::protobuf::FieldDescriptor;

constexpr lxw_row_t kNotes = 0, kHeads = 1, kFirst = 2, kLast = 9999;
constexpr double kWidth = 18;

const FieldDescriptor* FieldOf(const mapping::v1::Mapping& mapping, const mapping::v1::Column& column) {
  const auto& row = registry::v1::ImportRow::default_instance();
  if (absl::StartsWith(column.field(), "row.")) return sheet::FindPath(row, absl::StripPrefix(column.field(), "row."));
  return sheet::FindPath(row.GetReflection()->GetMessage(row, sheet::RequestField(mapping.kind())), column.field());
}

// The words that a cell of the column may have; none if it may have any.
std::vector<std::string> Choices(const FieldDescriptor& field) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return {"是", "否"};
  std::vector<std::string> words;
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM || field.is_repeated()) return words;
  for (int i = 1; i < field.enum_type()->value_count(); ++i) {
    words.push_back(EnumLabel(*field.enum_type()->value(i), Language::kChinese));
  }
  return words;
}

// The lists stand in a sheet of their own: a list within a cell's rule may not be long.
class ChoiceSheet {
 public:
  explicit ChoiceSheet(lxw_workbook* book) : book_(book) {}

  void Offer(lxw_worksheet* sheet, lxw_col_t column, const std::vector<std::string>& words) {
    if (words.empty()) return;
    if (choices_ == nullptr) choices_ = workbook_add_worksheet(book_, "选项");
    for (size_t i = 0; i < words.size(); ++i) {
      worksheet_write_string(choices_, static_cast<lxw_row_t>(i), next_, words[i].c_str(), nullptr);
    }
    char first[LXW_MAX_CELL_NAME_LENGTH], last[LXW_MAX_CELL_NAME_LENGTH];
    lxw_rowcol_to_cell_abs(first, 0, next_, 1, 1);
    lxw_rowcol_to_cell_abs(last, static_cast<lxw_row_t>(words.size() - 1), next_, 1, 1);
    ++next_;
    const std::string range = absl::StrCat("='选项'!", first, ":", last);
    lxw_data_validation rule = {};
    rule.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
    rule.value_formula = const_cast<char*>(range.c_str());
    worksheet_data_validation_range(sheet, kFirst, column, kLast, column, &rule);
  }

 private:
  lxw_workbook* const book_;
  lxw_worksheet* choices_ = nullptr;
  lxw_col_t next_ = 0;
};

}  // namespace

std::string TemplateNote(const mapping::v1::Column& column) {
  return absl::StrCat(column.required() ? "必填" : "选填", column.note().empty() ? "" : "：", column.note());
}

absl::Status WriteTemplateWorkbook(const mapping::v1::Mapping& mapping, const std::string& path) {
  lxw_workbook* book = workbook_new(path.c_str());
  if (book == nullptr) return CannotWrite(path);
  lxw_worksheet* sheet = workbook_add_worksheet(book, "填报表");
  ChoiceSheet choices(book);
  lxw_format* text = workbook_add_format(book);
  format_set_num_format(text, "@");
  lxw_format* head = workbook_add_format(book);
  format_set_bold(head);
  format_set_num_format(head, "@");
  lxw_format* small = workbook_add_format(book);
  format_set_text_wrap(small);
  format_set_font_color(small, LXW_COLOR_GRAY);
  lxw_col_t place = 0;
  for (const mapping::v1::Column& column : mapping.columns()) {
    if (!column.range().empty() || column.not_in_templates()) continue;
    const std::string note = TemplateNote(column);
    worksheet_set_column(sheet, place, place, kWidth, text);
    worksheet_write_string(sheet, kNotes, place, absl::StrCat(place == 0 ? "说明：" : "", note).c_str(), small);
    worksheet_write_string(sheet, kHeads, place, column.headers(0).c_str(), head);
    worksheet_write_comment(sheet, kHeads, place, note.c_str());
    choices.Offer(sheet, place, Choices(*FieldOf(mapping, column)));
    ++place;
  }
  worksheet_freeze_panes(sheet, kFirst, 0);
  return workbook_close(book) == LXW_NO_ERROR ? absl::OkStatus() : CannotWrite(path);
}

}  // namespace gi::client::gictl
