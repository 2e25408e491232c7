// Quantities in the spellings that Chinese spreadsheets have. Pure and thread-safe.
#ifndef GI_CLIENT_SHEET_QUANTITY_CELL_H_
#define GI_CLIENT_SHEET_QUANTITY_CELL_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/quantity.pb.h"

namespace gi::client::sheet {

struct SheetQuantity {
  registry::v1::Quantity quantity;
  // 约, 近, 余, 多, 左右.
  bool approximate = false;
};

// "1.5万", "约30万吨", "3000余亩", "15万亩", "1,234.5", "１２００公斤". `unit` is that of a number without one: "亩",
// "万元"; "" if there is none. nullopt: no number, two of them, an unknown unit, or no unit at all.
std::optional<SheetQuantity> ParseQuantityCell(absl::string_view text, absl::string_view unit);

// Whether digits are parted by white space: two numbers, or one that something has torn apart; or whether there are
// signs that would fold to digits: the mark of a footnote (120①).
bool HasDoubtfulDigits(absl::string_view text);

// "1,200", "1.5万" and "１２" as decimal numbers in digits. nullopt: no number.
std::optional<std::string> ParseDecimalCell(absl::string_view text);

// A number without the commas between its thousands. nullopt: they stand elsewhere.
std::optional<std::string> WithoutCommas(absl::string_view number);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_QUANTITY_CELL_H_
