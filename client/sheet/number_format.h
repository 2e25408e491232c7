// Numbers in cells of workbooks as they are shown: which of them are days or times, and what they then say.
// Pure and thread-safe.
#ifndef GI_CLIENT_SHEET_NUMBER_FORMAT_H_
#define GI_CLIENT_SHEET_NUMBER_FORMAT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace gi::client::sheet {

// What a number format shows.
struct NumberFormat {
  bool year = false, month = false, day = false, time = false;
  bool is_number() const { return !year && !month && !day && !time; }
  // Of a number: digits that are always shown behind the point, and the words behind the number.
  size_t decimals = 0;
  // A hundred times the number is shown, with a sign.
  bool percent = false;
  std::string suffix = {};
};

// Of a format code: yyyy"年"m"月"d"日", [$-804]yyyy/m/d, h:mm, 0.00"亩" (ECMA-376 Part 1, 18.8.31). Elapsed time
// ([h]:mm) is a number.
NumberFormat ParseNumberFormat(absl::string_view code);

// Of a format that a workbook names by number only (ECMA-376 Part 1, 18.8.30, with those of Chinese programs).
NumberFormat BuiltInFormat(int id);

// The text of a stored number (XSD double, as 45356 or 1.5E-3): without the digits that only its binary form has, with
// the zeros and the unit that its format shows behind it (2024.10, 1.5万亩); or,
// by its format, a day, a month (if the first day stands for it), a time, as 2024/03/05, 2024/03, 2024/03/05 08:30:00,
// 08:30:00. What is no number, or no day, comes back as it is. `since_1904`: which calendar the workbook counts by.
std::string NumberText(absl::string_view stored, const NumberFormat& format, bool since_1904);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_NUMBER_FORMAT_H_
