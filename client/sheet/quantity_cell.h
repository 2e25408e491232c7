// Quantities in the spellings that Chinese spreadsheets have. Pure and thread-safe.
#ifndef GI_CLIENT_SHEET_QUANTITY_CELL_H_
#define GI_CLIENT_SHEET_QUANTITY_CELL_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/quantity.pb.h"

namespace gi::client::sheet {

struct SheetQuantity {
  registry::v1::Quantity quantity;
  // 约, 近, 余, 多, 左右.
  bool approximate = false;
};

// "1.5万", "约30万吨", "3000余亩", "15万亩", "1,234.5", "１２００公斤". `unit` is that of a number without one: "亩",
// "万元";
// "" if there is none. nullopt: no number, an unknown unit, or no unit at all.
std::optional<SheetQuantity> ParseQuantityCell(absl::string_view text, absl::string_view unit);

struct HeadUnit {
  // "": none.
  std::string unit;
  // There is something that looks like a unit, and is none that is known: 万担.
  bool unknown = false;
};
// The unit that the head of a column names in brackets or behind a slash: "万元" of "产值（2024年，万元）",
// "产值[万元]" and "产值/万元".
HeadUnit UnitInHead(absl::string_view head);

// Whether the text is a unit, with or without a magnitude: "万元".
bool IsUnit(absl::string_view text);
// Whether both are units of the same quantity: 亩 and 公顷.
bool AreAlike(absl::string_view unit, absl::string_view other);
// The units that a line beside a table says it is in: "单位：公顷、公斤". Empty: it says none.
std::vector<std::string> UnitsInLine(absl::string_view text);

// A number without the commas between its thousands. nullopt: they stand elsewhere.
std::optional<std::string> WithoutCommas(absl::string_view number);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_QUANTITY_CELL_H_
