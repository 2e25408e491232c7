// Workbooks as tables: what a spreadsheet program writes comes back as it is meant; what is damaged ends with a remedy.
#include "client/sheet/workbook.h"

#include <array>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/gictl/reject_table.h"
#include "client/gictl/template_workbook.h"
#include "client/sheet/mapping.h"
#include "client/sheet/table.h"
#include "client/sheet/values.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "xlsxwriter.h"
#include "zip.h"

namespace gi::client::sheet {
namespace {

class WorkbookTest : public testing::Test {
 protected:
  // Writes a workbook.
  std::string Make(const std::string& name, const std::function<void(lxw_workbook*)>& fill) {
    const std::string path = absl::StrCat(dir_.path(), "/", name);
    lxw_workbook* book = workbook_new(path.c_str());
    fill(book);
    EXPECT_EQ(workbook_close(book), LXW_NO_ERROR);
    return path;
  }

  // "line: cell|cell"; or what is wrong.
  static std::string Dump(const std::string& path, size_t sheet = 0) {
    const auto book = Workbook::Open(path);
    if (!book.ok()) return std::string(book.status().message());
    const std::unique_ptr<RowSource> rows = (*book)->Rows(sheet);
    std::string out;
    SheetRow row;
    while (true) {
      const auto more = rows->Next(row);
      if (!more.ok()) return std::string(more.status().message());
      if (!*more) return out;
      absl::StrAppend(&out, row.line, ": ", absl::StrJoin(row.cells, "|"));
      absl::StrAppend(&out, row.problem.empty() ? "" : absl::StrCat(" (", row.problem.english, ")"), "\n");
    }
  }

  void Write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const TempDir dir_;
};

void Text(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, const char* text) {
  worksheet_write_string(sheet, row, column, text, nullptr);
}

TEST_F(WorkbookTest, CellsComeAsTheyAreMeant) {
  const std::string path = Make("a.xlsx", [](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, "名单");
    Text(sheet, 0, 0, "  示例 合作社 ");
    worksheet_write_number(sheet, 0, 1, 500155, nullptr);
    worksheet_write_number(sheet, 0, 2, 0.1, nullptr);
    worksheet_write_number(sheet, 0, 3, 500155005205.0, nullptr);
    lxw_format* day = workbook_add_format(book);
    format_set_num_format(day, "yyyy-mm-dd");
    worksheet_write_number(sheet, 0, 4, 45356, day);
    lxw_format* share = workbook_add_format(book);
    format_set_num_format(share, "0%");
    worksheet_write_number(sheet, 0, 5, 0.25, share);
    worksheet_write_boolean(sheet, 0, 6, 1, nullptr);
    worksheet_write_formula_num(sheet, 0, 7, "=1+1", nullptr, 2);
    worksheet_write_formula_str(sheet, 2, 0, "=\"a\"&\"b\"", nullptr, "ab");
    worksheet_merge_range(sheet, 4, 0, 4, 2, "合并", nullptr);
  });
  EXPECT_EQ(Dump(path),
            "1: 示例 合作社|500155|0.1|500155005205|2024/03/05|0.25|TRUE|2\n"
            "3: ab\n"
            "5: 合并\n");
  ASSERT_TRUE(ParseSheetDate("2024/03/05").has_value());
}

TEST_F(WorkbookTest, NumbersThatLostTheirDigitsShowIt) {
  const std::string path = Make("a.xlsx", [](lxw_workbook* book) {
    worksheet_write_number(workbook_add_worksheet(book, nullptr), 0, 0, 915001551234567890.0, nullptr);
  });
  const std::string line = Dump(path);
  EXPECT_FALSE(DamageOf(line.substr(3, line.size() - 4)).empty()) << line;
}

TEST_F(WorkbookTest, WhateverItIsCalled) {
  const std::string path =
      Make("a.xlsx", [](lxw_workbook* book) { Text(workbook_add_worksheet(book, "甲"), 0, 0, "x"); });
  for (const char* name : {"a.csv", "b.ods", "c"}) {
    const std::string other = absl::StrCat(dir_.path(), "/", name);
    Write(other, Read(path));
    EXPECT_EQ(Dump(other), "1: x\n") << name;
  }
}

TEST_F(WorkbookTest, Sheets) {
  const std::string path = Make("a.xlsx", [](lxw_workbook* book) {
    Text(workbook_add_worksheet(book, "说明"), 0, 0, "请填写");
    lxw_worksheet* hidden = workbook_add_worksheet(book, "名单");
    Text(hidden, 3, 1, "x");
    worksheet_hide(hidden);
  });
  const auto book = Workbook::Open(path);
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_EQ((*book)->sheets(), (std::vector<std::string>{"说明", "名单"}));
  EXPECT_EQ(Dump(path, 1), "4: |x\n");
  EXPECT_EQ((*book)->CountRows(1), 4);
}

TEST_F(WorkbookTest, WhatIsCutShortIsRefusedOrWhole) {
  const std::string path = Make("a.xlsx", [](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
    for (lxw_row_t row = 0; row < 200; ++row) Text(sheet, row, 0, absl::StrCat("row ", row).c_str());
  });
  const std::string whole = Read(path);
  const std::string rows = Dump(path);
  const std::string cut = absl::StrCat(dir_.path(), "/cut.xlsx");
  for (size_t size = 4; size < whole.size(); size += 97) {
    Write(cut, whole.substr(0, size));
    const std::string got = Dump(cut);
    EXPECT_NE(got.find("CSV UTF-8"), std::string::npos) << size << ": " << got;
  }
  // Damaged in the middle.
  for (size_t at = 10; at < whole.size(); at += 61) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    Write(cut, damaged);
    const std::string got = Dump(cut);
    EXPECT_TRUE(got == rows || got.find("CSV UTF-8") != got.npos) << at << ": " << got;
  }
}

// An archive that says it unpacks to two gigabytes; the rest of it is never looked at.
TEST_F(WorkbookTest, BombsAreRefusedBeforeTheyAreUnpacked) {
  const std::string name = "xl/workbook.xml";
  const auto number = [](uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
  };
  const std::string sizes = absl::StrCat(number(0, 4), number(10, 4), number(0x7fffffff, 4));
  const std::string local = absl::StrCat("PK\x03\x04", number(20, 2), number(0, 2), number(8, 2), number(0, 4), sizes,
                                         number(name.size(), 2), number(0, 2), name, std::string(10, 'x'));
  const std::string entry = absl::StrCat("PK\x01\x02", number(20, 2), number(20, 2), number(0, 2), number(8, 2),
                                         number(0, 4), sizes, number(name.size(), 2), number(0, 14), number(0, 2));
  const std::string central = absl::StrCat(entry.substr(0, 30), number(0, 8), number(0, 4), number(0, 4), name);
  const std::string end = absl::StrCat("PK\x05\x06", number(0, 4), number(1, 2), number(1, 2),
                                       number(central.size(), 4), number(local.size(), 4), number(0, 2));
  const std::string path = absl::StrCat(dir_.path(), "/bomb.xlsx");
  Write(path, absl::StrCat(local, central, end));
  EXPECT_NE(Dump(path).find("MiB when unpacked"), std::string::npos) << Dump(path);
}

TEST_F(WorkbookTest, OthersAreToldWhatToDo) {
  const std::string path = absl::StrCat(dir_.path(), "/a.xls");
  Write(path, "\xD0\xCF\x11\xE0 and so on");
  EXPECT_NE(Dump(path).find("older kind"), std::string::npos);
  Write(path, "PK\x03\x04 and so on");
  EXPECT_NE(Dump(path).find("save it as XLSX"), std::string::npos);
}

// --- Office Open XML as others write it ---

constexpr char kMain[] = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr char kTypes[] = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

// A workbook of one sheet, part by part.
struct XlsxParts {
  // Content of sheetData, of sst, of cellXfs; what stands before the sheets, before the styles, after the data.
  std::string rows, strings, styles = "<xf numFmtId='0'/>", properties, formats, after;
  std::string sheet_target = "worksheets/sheet1.xml", strings_target = "sharedStrings.xml";
  std::string sheet_part = "xl/worksheets/sheet1.xml", strings_part = "xl/sharedStrings.xml";
  std::string prefix;
};

std::vector<std::pair<std::string, std::string>> PartsOf(const XlsxParts& parts) {
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

class WorkbookXmlTest : public WorkbookTest {
 protected:
  std::string Zip(const std::vector<std::pair<std::string, std::string>>& parts) {
    const std::string path = absl::StrCat(dir_.path(), "/", ++made_, ".zip");
    int error = 0;
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_EXCL, &error);
    EXPECT_NE(archive, nullptr) << error;
    for (const auto& [name, text] : parts) {
      zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
      EXPECT_GE(zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8), 0) << name;
    }
    EXPECT_EQ(zip_close(archive), 0) << zip_strerror(archive);
    return path;
  }
  std::string DumpParts(const XlsxParts& parts) { return Dump(Zip(PartsOf(parts))); }
  // Of one row of cells.
  std::string DumpCells(const std::string& cells, XlsxParts parts = {}) {
    parts.rows = absl::StrCat("<row r='1'>", cells, "</row>");
    return DumpParts(parts);
  }
  std::string DumpOds(const std::string& rows) {
    return Dump(Zip({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
                     {"content.xml", absl::StrCat(R"(<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
  office:version="1.2"><office:body><office:spreadsheet><table:table table:name="名单">)",
                                                  rows,
                                                  "</table:table></office:spreadsheet></office:body>"
                                                  "</office:document-content>")}}));
  }

 private:
  int made_ = 0;
};

TEST_F(WorkbookXmlTest, TextIsThatOfAllRunsAndNotItsPronunciation) {
  XlsxParts parts;
  parts.strings =
      "<si><t>梁平</t><rPh sb='0' eb='1'><t>liáng</t></rPh><phoneticPr fontId='1'/></si>"
      "<si><r><rPr><b/></rPr><t>梁平</t></r><r><t xml:space='preserve'>柚 </t></r><rPh sb='0' eb='1'><t>l</t></rPh></si>"
      "<si/><si><t>第一行_x000D_&#10;_x005F_x000D_</t></si>";
  EXPECT_EQ(DumpCells("<c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c><c r='C1' t='s'><v>2</v></c>"
                      "<c r='D1' t='s'><v>3</v></c>",
                      parts),
            "1: 梁平|梁平柚||第一行\r\n_x000D_\n");
  EXPECT_EQ(DumpCells("<c r='A1' t='inlineStr'><is><t>梁</t></is></c>"
                      "<c r='B1' t='inlineStr'><is><r><t>a</t></r><r><t>b</t></r></is></c>"
                      "<c r='C1' t='inlineStr'><is><t>梁</t><rPh sb='0' eb='1'><t>liang</t></rPh></is></c>"
                      "<c r='D1' t='str'><f>A2&amp;\"x\"</f><v>x&amp;y</v></c>"),
            "1: 梁|ab|梁|x&y\n");
  EXPECT_NE(DumpCells("<c r='A1' t='s'><v>4</v></c>", parts).find("no text number 4"), std::string::npos);
}

TEST_F(WorkbookXmlTest, DaysByTheirFormatAndCalendar) {
  XlsxParts parts;
  parts.formats =
      "<numFmts><numFmt numFmtId='176' formatCode='yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@'/>"
      "<numFmt numFmtId='177' formatCode='[$-804]yyyy/m/d dddd'/><numFmt numFmtId='178' "
      "formatCode='0.00&quot;亩d&quot;'/>"
      "<numFmt numFmtId='179' formatCode='[Red]0.00E+00'/><numFmt numFmtId='180' formatCode='[h]:mm'/>"
      "<numFmt numFmtId='181' formatCode='G/通用格式'/><numFmt numFmtId='182' formatCode='yyyy\\-mm\\-dd "
      "hh:mm'/></numFmts>";
  const auto show = [&](int format, const char* stored) {
    parts.styles = absl::StrCat("<xf numFmtId='0'/><xf numFmtId='", format, "'/>");
    const std::string line = DumpCells(absl::StrCat("<c r='A1' s='1'><v>", stored, "</v></c>"), parts);
    return line.substr(3, line.size() - 4);
  };
  for (const int day : {14, 15, 30, 31, 176, 177}) EXPECT_EQ(show(day, "45356"), "2024/03/05") << day;
  for (const int part : {16, 28, 29, 51, 58}) EXPECT_EQ(show(part, "45356"), "2024/03/05") << part;
  // Who writes 2024年3月 gets the first of March stored.
  for (const int month : {17, 27, 36, 57}) {
    EXPECT_EQ(show(month, "45352"), "2024/03") << month;
    EXPECT_EQ(show(month, "45356"), "2024/03/05") << month;
  }
  for (const int number : {0, 1, 2, 4, 9, 10, 11, 37, 44, 49, 178, 179, 180, 181}) {
    EXPECT_EQ(show(number, "45356"), "45356") << number;
  }
  EXPECT_EQ(show(182, "45356.354166666664"), "2024/03/05 08:30:00");
  EXPECT_EQ(show(22, "45356.354166666664"), "2024/03/05 08:30:00");
  EXPECT_EQ(show(20, "0.354166666666667"), "08:30:00");
  EXPECT_EQ(show(14, "1"), "1900/01/01");
  EXPECT_EQ(show(14, "59"), "1900/02/28");
  EXPECT_EQ(show(14, "60"), "60");
  EXPECT_EQ(show(14, "61"), "1900/03/01");
  EXPECT_EQ(show(14, "-1"), "-1");
  EXPECT_EQ(show(14, "2958465"), "9999/12/31");
  EXPECT_EQ(show(14, "2958466"), "2958466");
  EXPECT_EQ(show(14, "1E300"), "1E300");
  parts.properties = "<workbookPr date1904='1'/>";
  EXPECT_EQ(show(14, "43894"), "2024/03/05");
  EXPECT_EQ(show(14, "0"), "1904/01/01");
}

TEST_F(WorkbookXmlTest, NumbersAsTheyWereWritten) {
  const auto show = [&](const char* stored) {
    const std::string line = DumpCells(absl::StrCat("<c r='A1'><v>", stored, "</v></c>"));
    return line.substr(3, line.size() - 4);
  };
  EXPECT_EQ(show("0.30000000000000004"), "0.3");
  EXPECT_EQ(show("1234.5600000000001"), "1234.56");
  EXPECT_EQ(show("3.1415926535897931E-5"), "0.0000314159265358979");
  EXPECT_EQ(show("1.5E2"), "150");
  EXPECT_EQ(show("-1.5E-3"), "-0.0015");
  EXPECT_EQ(show("123456789012345678"), "123456789012345678");
  EXPECT_EQ(show("1.25001554567890E+17"), "1.25001554567890E+17");
  EXPECT_EQ(show("500155005205"), "500155005205");
  EXPECT_EQ(show("12.50"), "12.50");
}

TEST_F(WorkbookXmlTest, PartsMayBeCalledAndPlacedOtherwise) {
  XlsxParts parts;
  parts.strings = "<si><t>x</t></si>";
  const std::string cell = "<c r='A1' t='s'><v>0</v></c>";
  parts.sheet_target = "/xl/worksheets/sheet1.xml";
  parts.strings_target = "/xl/sharedStrings.xml";
  EXPECT_EQ(DumpCells(cell, parts), "1: x\n");
  parts.strings_target = "SharedStrings.xml";
  EXPECT_EQ(DumpCells(cell, parts), "1: x\n");
  parts.sheet_target = "../other/./one.xml";
  parts.sheet_part = "other/one.xml";
  EXPECT_EQ(DumpCells(cell, parts), "1: x\n");
  parts.sheet_part = "other/two.xml";
  EXPECT_NE(DumpCells(cell, parts).find("other/one.xml"), std::string::npos);
  XlsxParts prefixed;
  prefixed.prefix = "x";
  prefixed.rows = "<x:row r='2'><x:c r='B2'><x:v>7</x:v></x:c></x:row>";
  EXPECT_EQ(DumpParts(prefixed), "2: |7\n");
}

TEST_F(WorkbookXmlTest, WhereCellsStand) {
  XlsxParts parts;
  parts.rows =
      "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c r='C3'><v>3</v></c><c><v>4</v></c></row>"
      "<row r='1048576'><c r='B1048576'><v>5</v></c><c r='A1048576' t='b'><v>1</v></c></row>";
  EXPECT_EQ(DumpParts(parts), "1: 1|2\n3: ||3|4\n1048576: TRUE|5\n");
  // A style is no cell; one too far to the right is the problem of its row.
  EXPECT_EQ(DumpCells("<c r='A1'><v>1</v></c><c r='XFD1' s='1'/>"), "1: 1\n");
  EXPECT_EQ(DumpCells("<c r='A1'><v>1</v></c><c r='XFD1'><v>1</v></c>"), "1: 1 (more than 1000 columns)\n");
  parts.rows = "<row r='5'><c r='A5'><v>1</v></c></row><row r='2'><c r='A2'><v>1</v></c></row>";
  EXPECT_NE(DumpParts(parts).find("row 2 follows row 5"), std::string::npos);
  for (const char* bad : {"<c r='5'><v>1</v></c>", "<c r='ABCDE1'><v>1</v></c>", "<c r='A0'><v>1</v></c>"}) {
    EXPECT_NE(DumpCells(bad).find("damaged"), std::string::npos) << bad;
  }
}

TEST_F(WorkbookXmlTest, CellsOverSeveralRowsAreTheCellOfEach) {
  XlsxParts parts;
  parts.rows =
      "<row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>2</v></c></row><row r='2'><c r='B2'><v>3</v></c></row>"
      "<row r='3'><c r='B3'><v>4</v></c></row><row r='4'><c r='C4'/></row><row r='5'><c r='B5'><v>5</v></c></row>";
  parts.after = "<mergeCells><mergeCell ref='A1:A4'/><mergeCell ref='B5:D5'/></mergeCells>";
  EXPECT_EQ(DumpParts(parts), "1: 1|2\n2: 1|3\n3: 1|4\n5: |5\n");
}

TEST_F(WorkbookXmlTest, WhatIsNoWorkbookOrAnAttack) {
  XlsxParts parts;
  parts.rows = "<row><c><v>&a;</v></c></row>";
  std::vector<std::pair<std::string, std::string>> bomb = PartsOf(parts);
  bomb.back().second = "<!DOCTYPE w [<!ENTITY a 'aaaa'>]>" + bomb.back().second;
  EXPECT_NE(Dump(Zip(bomb)).find("damaged"), std::string::npos);
  parts.rows = "<row><c><v>1</v></c>";
  EXPECT_NE(DumpParts(parts).find("mismatched tag"), std::string::npos);
  EXPECT_NE(Dump(Zip({{"word/document.xml", "<w/>"}})).find("another kind"), std::string::npos);
  EXPECT_NE(Dump(Zip({{"content.xml", "<office/>"}})).find("another kind"), std::string::npos);
}

TEST_F(WorkbookXmlTest, OpenDocument) {
  EXPECT_EQ(DumpOds(R"(<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>示例合作社</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="500155"><text:p>500,155</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2024-03-05"><text:p>5.3.24</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>x</text:p></table:table-cell>
<table:table-cell office:value-type="percentage" office:value="0.25"><text:p>25%</text:p></table:table-cell>
<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p></table:table-cell>
<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>
</table:table-row><table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row>)"),
            "3: 示例合作社|500155|2024-03-05|x|x|0.25|TRUE|#N/A\n");
}

TEST_F(WorkbookXmlTest, TextOfOpenDocumentIsWhatIsSeen) {
  const std::string cell = R"(<table:table-cell office:value-type="string">)";
  EXPECT_EQ(
      DumpOds(absl::StrCat(
          "<table:table-row>", cell,
          "<office:annotation><dc:creator>me</dc:creator><text:p>note</text:p></office:annotation><text:p>a</text:p>"
          "</table:table-cell>",
          cell, "<text:p>a<text:span>b</text:span>c</text:p></table:table-cell>", cell,
          "<text:p>1</text:p><text:p>2</text:p></table:table-cell>", cell,
          "<text:p><text:ruby><text:ruby-base>梁</text:ruby-base><text:ruby-text>liang</text:ruby-text></text:ruby>平"
          "</text:p></table:table-cell>",
          cell, "<text:p>a<text:s text:c=\"3\"/>b<text:line-break/>c</text:p></table:table-cell></table:table-row>")),
      "1: a|abc|1\n2|梁平|a   b\nc\n");
  // In groups and heads; merged.
  EXPECT_EQ(
      DumpOds(absl::StrCat("<table:table-header-rows><table:table-row>", cell,
                           "<text:p>h</text:p></table:table-cell></table:table-row></table:table-header-rows>"
                           "<table:table-row-group><table:table-row><table:table-cell office:value-type=\"string\" "
                           "table:number-rows-spanned=\"2\"><text:p>m</text:p></table:table-cell>",
                           cell, "<text:p>1</text:p></table:table-cell></table:table-row><table:table-row>",
                           "<table:covered-table-cell office:value-type=\"string\"><text:p>hid</text:p>",
                           "</table:covered-table-cell>", cell,
                           "<text:p>2</text:p></table:table-cell></table:table-row></table:table-row-group>")),
      "1: h\n2: m|1\n3: m|2\n");
}

TEST_F(WorkbookTest, RejectedRowsStayWhatTheyAre) {
  const std::string path = absl::StrCat(dir_.path(), "/r.xlsx");
  const auto rejects = gictl::MakeWorkbookRejects(path);
  const std::vector<std::string> head = {"代码", "名称", "日期", "错误原因"};
  ASSERT_TRUE(rejects->Add(head, {"500155005205", "=1+1", "2024年3月", "old"}, "名称：不行").ok());
  ASSERT_TRUE(rejects->Add(head, {"125001554567890117"}, "why").ok());
  ASSERT_EQ(*rejects->Finish(), path);
  EXPECT_EQ(Dump(path),
            "1: 代码|名称|日期|错误原因\n2: 500155005205|=1+1|2024年3月|名称：不行\n3: 125001554567890117|||why\n");
}

// Every template is read as an empty table of its kind, and its lists offer what is understood.
TEST_F(WorkbookTest, Templates) {
  for (const std::string& text : ShippedMappingTexts()) {
    const auto mapping = ParseMapping(text);
    ASSERT_TRUE(mapping.ok());
    const std::string path = absl::StrCat(dir_.path(), "/", mapping->name(), ".xlsx");
    ASSERT_TRUE(gictl::WriteTemplateWorkbook(*mapping, path).ok());
    const auto book = Workbook::Open(path);
    ASSERT_TRUE(book.ok()) << book.status();
    const auto rows = (*book)->Rows(0);
    TableReader table(*rows, *mapping);
    ASSERT_TRUE(table.FindHead().ok()) << mapping->name();
    EXPECT_EQ(table.MissingColumns().size() + table.UnknownColumns().size(), 0u) << mapping->name();
    for (int i = 0; i < mapping->columns_size(); ++i) EXPECT_EQ(table.columns()[static_cast<size_t>(i)], i);
    SheetRow row;
    EXPECT_FALSE(*table.Next(row)) << mapping->name();
  }
}

}  // namespace
}  // namespace gi::client::sheet
