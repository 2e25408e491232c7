#include "client/sheet/row_builder.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/sheet/mapping.h"
#include "client/sheet/table.h"
#include "storage/base/csv_line.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

using registry::v1::ImportRow;

// What the server calls the fields that a row names in another way.
constexpr std::pair<absl::string_view, absl::string_view> kOtherNames[] = {
    {"authorization.entity", "row.entity_uscc"},
    {"indication.holder", "row.entity_uscc"},
    {"application.applicant", "row.entity_uscc"},
    {"authorization.indication", "row.title"},
};

}  // namespace

std::vector<CellProblem> RowBuilder::Build(const SheetRow& sheet_row, ImportRow& row) const {
  row.Clear();
  row.set_line(sheet_row.line);
  std::vector<CellProblem> problems;
  if (!sheet_row.problem.empty()) return {{"", "", sheet_row.problem}};
  const auto* field = RequestField(mapping_.kind());
  row.GetReflection()->MutableMessage(&row, field);
  for (const mapping::v1::Fixed& fixed : mapping_.fixed()) {
    Set(row, fixed.field(), absl::StrReplaceAll(fixed.text(), {{"{file}", file_name_}}));
  }
  // By place in the mapping.
  std::vector<std::string> cells(static_cast<size_t>(mapping_.columns_size())), heads(cells.size());
  for (size_t i = 0; i < columns_.size() && i < sheet_row.cells.size(); ++i) {
    if (columns_[i] >= 0) cells[static_cast<size_t>(columns_[i])] = NormalizeText(WithoutGuard(sheet_row.cells[i]));
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i] >= 0) heads[static_cast<size_t>(columns_[i])] = head_[i];
  }
  for (int i = 0; i < mapping_.columns_size(); ++i) {
    const mapping::v1::Column& column = mapping_.columns(i);
    std::string text = cells[static_cast<size_t>(i)];
    for (int j = 0; j < mapping_.columns_size() && text.empty() && !column.default_from().empty(); ++j) {
      if (mapping_.columns(j).field() == column.default_from()) text = cells[static_cast<size_t>(j)];
    }
    const std::string& head = heads[static_cast<size_t>(i)];
    Fill(column, head.empty() ? column.headers(0) : head, std::move(text), row, problems);
  }
  if (!problems.empty()) row.clear_create();
  return problems;
}

void RowBuilder::Fill(const mapping::v1::Column& column, const std::string& head, std::string text, ImportRow& row,
                      std::vector<CellProblem>& problems) const {
  const std::string cell = text;
  if (Words damage = DamageOf(text); !damage.empty()) {
    problems.push_back({head, cell, std::move(damage)});
    return;
  }
  for (const mapping::v1::Word& word : column.words()) {
    if (FoldText(word.text()) != FoldText(text)) continue;
    text = word.value();
    if (text.empty()) return;
    break;
  }
  if (text.empty()) text = column.default_();
  if (text.empty()) {
    if (column.required() && !IsWaived(column, mapping_, columns_))
      problems.push_back({head, cell, {"此列必填", "this column must be filled"}});
    return;
  }
  Words wrong = Set(row, column.field(), text);
  if (!wrong.empty()) problems.push_back({head, cell, std::move(wrong)});
  for (const mapping::v1::Fixed& also : column.also()) Set(row, also.field(), also.text());
}

Words RowBuilder::Set(ImportRow& row, const std::string& field, const std::string& text) const {
  if (absl::StartsWith(field, "row.")) return SetField(row, absl::StripPrefix(field, "row."), text, enum_word_);
  auto* request = row.GetReflection()->MutableMessage(&row, RequestField(mapping_.kind()));
  return SetField(*request, field, text, enum_word_);
}

int RowBuilder::ColumnOf(const std::string& field) const {
  absl::string_view wanted = field;
  for (const auto& [server, own] : kOtherNames) {
    if (wanted == server) wanted = own;
  }
  int best = -1;
  size_t length = 0;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i] < 0) continue;
    const std::string& own = mapping_.columns(columns_[i]).field();
    // The field itself, or the nearest one that holds it or lies in it.
    const bool related = absl::StartsWith(wanted, own) || absl::StartsWith(own, wanted);
    const size_t common = std::min(own.size(), wanted.size());
    if (related && common > length) {
      best = static_cast<int>(i);
      length = common;
    }
  }
  return best;
}

}  // namespace gi::client::sheet
