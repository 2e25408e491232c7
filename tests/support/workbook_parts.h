// Workbooks made part by part, and what is read of them.
#ifndef GI_TESTS_SUPPORT_WORKBOOK_PARTS_H_
#define GI_TESTS_SUPPORT_WORKBOOK_PARTS_H_

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/sheet/workbook.h"
#include "zip.h"

namespace gi {

// Names and contents.
using Parts = std::vector<std::pair<std::string, std::string>>;

// Writes an archive, in the place of what is there.
inline void WriteZip(const std::string& path, const Parts& parts) {
  int error = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  if (archive == nullptr) std::abort();
  for (const auto& [name, text] : parts) {
    zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
    if (zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0) std::abort();
  }
  if (zip_close(archive) != 0) std::abort();
}

// Lines of "line: cell|cell (problem)"; or what is wrong.
inline std::string DumpWorkbook(const std::string& path, size_t sheet = 0) {
  const auto book = client::sheet::Workbook::Open(path);
  if (!book.ok()) return std::string(book.status().message());
  const std::unique_ptr<client::sheet::RowSource> rows = (*book)->Rows(sheet);
  std::string out;
  client::sheet::SheetRow row;
  while (true) {
    const auto more = rows->Next(row);
    if (!more.ok()) return std::string(more.status().message());
    if (!*more) return out;
    absl::StrAppend(&out, row.line, ": ", absl::StrJoin(row.cells, "|"));
    absl::StrAppend(&out, row.problem.empty() ? "" : absl::StrCat(" (", row.problem.english, ")"), "\n");
  }
}

// Office Open XML of one sheet.
struct XlsxParts {
  // Content of sheetData, of sst, of cellXfs; what stands before the sheets, before the styles, after the data.
  std::string rows, strings, styles = "<xf numFmtId='0'/>", properties, formats, after;
  std::string sheet_target = "worksheets/sheet1.xml", strings_target = "sharedStrings.xml";
  std::string sheet_part = "xl/worksheets/sheet1.xml", strings_part = "xl/sharedStrings.xml";
  // Of the elements of workbook and sheet.
  std::string prefix;
};

// The last one is the sheet.
inline Parts PartsOf(const XlsxParts& parts) {
  static constexpr char kMain[] = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  static constexpr char kTypes[] = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const auto relations = [](const std::vector<std::array<std::string, 3>>& all) {
    std::string text = "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>";
    for (const auto& [id, type, target] : all) {
      absl::StrAppend(&text, "<Relationship Id='", id, "' Type='", kTypes, "/", type, "' Target='", target, "'/>");
    }
    return text + "</Relationships>";
  };
  const std::string p = parts.prefix.empty() ? "" : parts.prefix + ":";
  const std::string space = absl::StrCat(" xmlns", parts.prefix.empty() ? "" : ":", parts.prefix, "='", kMain, "'");
  return {
      {"_rels/.rels", relations({{"r1", "officeDocument", "xl/workbook.xml"}})},
      {"xl/workbook.xml",
       absl::StrCat("<", p, "workbook", space, " xmlns:r='", kTypes, "'>", parts.properties, "<", p, "sheets><", p,
                    "sheet name='表' sheetId='1' r:id='r1'/></", p, "sheets></", p, "workbook>")},
      {"xl/_rels/workbook.xml.rels", relations({{"r1", "worksheet", parts.sheet_target},
                                                {"r2", "styles", "styles.xml"},
                                                {"r3", "sharedStrings", parts.strings_target}})},
      {"xl/styles.xml", absl::StrCat("<styleSheet xmlns='", kMain, "'>", parts.formats,
                                     "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs>", parts.styles,
                                     "</cellXfs></styleSheet>")},
      {parts.strings_part, absl::StrCat("<sst xmlns='", kMain, "'>", parts.strings, "</sst>")},
      {parts.sheet_part, absl::StrCat("<", p, "worksheet", space, "><", p, "sheetData>", parts.rows, "</", p,
                                      "sheetData>", parts.after, "</", p, "worksheet>")},
  };
}

// An OpenDocument spreadsheet of one table with these rows.
inline Parts OdsPartsOf(const std::string& rows, const std::string& styles = "") {
  return {
      {"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
      {"content.xml", absl::StrCat(R"(<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
  xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" office:version="1.2">)",
                                   styles, R"(<office:body><office:spreadsheet><table:table table:name="名单">)", rows,
                                   "</table:table></office:spreadsheet></office:body></office:document-content>")}};
}

}  // namespace gi

#endif  // GI_TESTS_SUPPORT_WORKBOOK_PARTS_H_
