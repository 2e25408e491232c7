// Units as tables name them: in heads, in rows of units, in lines beside the table. Pure and thread-safe.
#ifndef GI_CLIENT_SHEET_UNIT_WORDS_H_
#define GI_CLIENT_SHEET_UNIT_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/quantity.pb.h"

namespace gi::client::sheet {

// Takes magnitude and unit, either of which may be missing, from the whole of a folded text (see FoldText): "万亩",
// "亿", "kg". False for anything else.
bool TakeMeasure(absl::string_view text, registry::v1::Quantity& quantity);

// Whether the text is a unit, with or without a magnitude: "万元".
bool IsUnit(absl::string_view text);
// Whether both are units of the same quantity: 亩 and 公顷.
bool AreAlike(absl::string_view unit, absl::string_view other);
// Whether the text is a unit, or has to be taken for one that is not known: 万担, ha², 箱, 公斤/亩. 含间作 and 2024年
// are none.
bool LooksLikeUnit(absl::string_view text);

// Folded, of a cell that has one: "公顷" of "（公顷）", "公斤" of "公斤/年". "": what it has does not look like one.
std::string UnitInCell(absl::string_view cell);

// What numbers of a column are in.
struct ColumnUnit {
  // "": it does not say, or not clearly.
  std::string unit;
  // What it says instead of one unit that is known: "万担", "公斤、吨". Its numbers may be anything.
  std::string unclear;
  bool empty() const { return unit.empty() && unclear.empty(); }
  friend bool operator==(const ColumnUnit&, const ColumnUnit&) = default;
};
// Of the units that are said of a column, in any order.
ColumnUnit UnitOfWords(const std::vector<std::string>& words);
// Of the head of a column, in brackets or behind a slash: "万元" of "产值（2024年，万元）", "产值[万元]" and
// "产值/万元".
ColumnUnit UnitInHead(absl::string_view head);

// The head without the unit that it ends in without brackets: "产量" of "产量/吨", "产量：公斤", "产量_kg" and
// "产量吨". As HeadForm; "": it ends in none. `unit`: that of the end.
std::string HeadBeforeUnit(absl::string_view head_form, std::string& unit);

// What a line beside a table says.
struct UnitStatement {
  // What has the unit: 产量, 金额. Folded; "": all that it fits.
  std::string of;
  // Folded. May be none that is known.
  std::string unit;
  // It says so only if `of` is a column of the table: "面积：公顷".
  bool only_of_column = false;
};
// "单位：公顷、公斤", "面积单位：公顷；产量单位：公斤", "（万元）", "单位 亩", "注：产量以公斤为单位". Not
// "填报单位：礼让镇".
std::vector<UnitStatement> UnitStatementsIn(absl::string_view line);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_UNIT_WORDS_H_
