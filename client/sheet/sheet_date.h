// Days, and first and last days, in the spellings that Chinese spreadsheets have. Pure and thread-safe.
#ifndef GI_CLIENT_SHEET_SHEET_DATE_H_
#define GI_CLIENT_SHEET_SHEET_DATE_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/common.pb.h"

namespace gi::client::sheet {

// Years of law and of figures: what lies outside is a slip of the pen (0024, 2204).
inline constexpr int kFirstSheetYear = 1900, kLastSheetYear = 2150;

struct SheetDate {
  registry::v1::Date date;
  // 约, 左右, 前后.
  bool approximate = false;
};
// 2024-03-05, 2024/3/5, 2024.3.5, 2024年3月5日, 20240305, with or without a time behind it; 45356 (days of the
// spreadsheet, since 1899-12-30); months and years: 2024年3月, 2024-03, 2024年, 2010. nullopt: none of these, or a day
// that does not exist.
std::optional<SheetDate> ParseSheetDate(absl::string_view text);

// The texts of both days of a cell like "2024.1.1-2026.12.31", "2024年1月1日至2026年12月31日", "自2024/1/1起至长期";
// the second may be any word. nullopt: it is no such cell, or may be read in two ways.
std::optional<std::pair<std::string, std::string>> ParseSheetRange(absl::string_view text);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_SHEET_DATE_H_
