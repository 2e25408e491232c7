// Quantities in the spellings that Chinese spreadsheets have. Pure and thread-safe.
#ifndef GI_CLIENT_SHEET_QUANTITY_CELL_H_
#define GI_CLIENT_SHEET_QUANTITY_CELL_H_

#include <optional>

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

// The unit that the head of a column names in brackets or behind a slash: "万元" of "产值（万元）" and "产值/万元"; ""
// if none.
absl::string_view UnitInHead(absl::string_view head);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_QUANTITY_CELL_H_
