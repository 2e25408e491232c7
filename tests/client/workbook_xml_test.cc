// Cells of workbooks as many programs write them: text, days, numbers, and where they stand.
#include <string>

#include "absl/strings/str_cat.h"
#include "client/sheet/number_format.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tests/support/workbook_parts.h"

namespace gi::client::sheet {
namespace {

class WorkbookXmlTest : public testing::Test {
 protected:
  std::string Dump(const Parts& parts) {
    const std::string path = absl::StrCat(dir_.path(), "/book");
    WriteZip(path, parts);
    return DumpWorkbook(path);
  }
  std::string DumpParts(const XlsxParts& parts) { return Dump(PartsOf(parts)); }
  // Of one row of cells.
  std::string DumpCells(const std::string& cells, XlsxParts parts = {}) {
    parts.rows = absl::StrCat("<row r='1'>", cells, "</row>");
    return DumpParts(parts);
  }
  std::string DumpOds(const std::string& rows) { return Dump(OdsPartsOf(rows)); }

 private:
  const TempDir dir_;
};

TEST_F(WorkbookXmlTest, TextIsThatOfAllRunsAndNotItsPronunciation) {
  XlsxParts parts;
  parts.strings =
      "<si><t>梁平</t><rPh sb='0' eb='1'><t>liáng</t></rPh><phoneticPr fontId='1'/></si>"
      "<si><r><rPr><b/></rPr><t>梁平</t></r><r><t xml:space='preserve'>柚 </t></r><rPh sb='0' "
      "eb='1'><t>l</t></rPh></si>"
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

TEST_F(WorkbookXmlTest, WhatIsStruckOutOrRaised) {
  XlsxParts parts;
  parts.strings =
      "<si><r><rPr><strike/></rPr><t>100</t></r><r><rPr><b/></rPr><t>120</t></r></si>"
      "<si><r><t>120</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>1</t></r></si>"
      "<si><r><rPr><strike/></rPr><t>甲社</t></r></si>"
      "<si><r><rPr><strike val='0'/></rPr><t>5</t></r><r><t>6</t></r></si>";
  EXPECT_EQ(DumpCells("<c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c><c r='C1' t='s'><v>2</v></c>"
                      "<c r='D1' t='s'><v>3</v></c>",
                      parts),
            "1: 120|120¹|甲社|56\n");
  const std::string styles =
      R"(<office:automatic-styles><style:style style:name="T1"><style:text-properties style:text-position="super 58%"/>
</style:style><style:style style:name="T2"><style:text-properties style:text-line-through-style="solid"/></style:style>
</office:automatic-styles>)";
  const std::string cell = R"(<table:table-cell office:value-type="string"><text:p>)";
  EXPECT_EQ(Dump(OdsPartsOf(
                absl::StrCat("<table:table-row>", cell,
                             R"(120<text:span text:style-name="T1">1</text:span></text:p></table:table-cell>)", cell,
                             R"(<text:span text:style-name="T2">100</text:span>120</text:p></table:table-cell>)", cell,
                             R"(<text:span text:style-name="T9">5</text:span>6</text:p></table:table-cell>)",
                             "</table:table-row>"),
                styles)),
            "1: 120¹|120|56\n");
}

TEST_F(WorkbookXmlTest, PercentagesAreWhatIsSeen) {
  EXPECT_EQ(NumberText("0.125", ParseNumberFormat("0.0%"), false), "12.5%");
  EXPECT_EQ(NumberText("0.5", BuiltInFormat(9), false), "50%");
}

TEST_F(WorkbookXmlTest, DaysByTheirFormatAndCalendar) {
  XlsxParts parts;
  parts.formats =
      "<numFmts><numFmt numFmtId='176' formatCode='yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@'/>"
      "<numFmt numFmtId='177' formatCode='[$-804]yyyy/m/d dddd'/><numFmt numFmtId='178' "
      "formatCode='0.00&quot;亩d&quot;'/>"
      "<numFmt numFmtId='179' formatCode='[Red]0.00E+00'/><numFmt numFmtId='180' formatCode='[h]:mm'/>"
      "<numFmt numFmtId='181' formatCode='G/通用格式'/><numFmt numFmtId='183' "
      "formatCode='0!.0000&quot;万&quot;'/><numFmt numFmtId='182' formatCode='yyyy\\-mm\\-dd "
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
  for (const int number : {0, 1, 2, 4, 11, 37, 44, 49, 179, 180, 181, 183}) {
    EXPECT_EQ(show(number, "45356"), "45356") << number;
  }
  EXPECT_EQ(show(178, "45356.5"), "45356.50亩d") << "a unit that the format shows";
  EXPECT_EQ(show(2, "2024.1"), "2024.10") << "a month that was typed as a number";
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

TEST_F(WorkbookXmlTest, FormulasWithoutTheirResultsAreNotBlank) {
  XlsxParts parts;
  parts.rows =
      "<row r='1'><c r='A1'><f>B1</f></c><c r='B1'><f>1+1</f><v>2</v></c><c r='C1' "
      "t='str'><f>\"\"</f><v></v></c></row>";
  EXPECT_EQ(DumpParts(parts), absl::StrCat("1: ", kNoResult, "|2\n"));
  EXPECT_EQ(DumpOds("<table:table-row><table:table-cell table:formula=\"of:=1+1\"/>"
                    "<table:table-cell table:formula=\"of:=1+1\" office:value-type=\"float\" "
                    "office:value=\"2\"/></table:table-row>"),
            absl::StrCat("1: ", kNoResult, "|2\n"));
  // As programs write it that reckon nothing themselves.
  EXPECT_EQ(DumpCells("<c r='A1'><f>TODAY()</f><v></v></c><c r='B1'><f>TODAY()</f><v/></c><c r='C1'><v>1</v></c>"),
            absl::StrCat("1: ", kNoResult, "|", kNoResult, "|1\n"));
}

TEST_F(WorkbookXmlTest, UnitsThatNumbersOfOpenDocumentAreShownWith) {
  const auto show = [this](const char* value, const char* shown, const char* more = "office:value-type=\"float\"") {
    const std::string row =
        DumpOds(absl::StrCat("<table:table-row><table:table-cell ", more, " office:value=\"", value, "\"><text:p>",
                             shown, "</text:p></table:table-cell></table:table-row>"));
    return row.substr(3, row.size() - 4);
  };
  EXPECT_EQ(show("3", "3元"), "3元");
  EXPECT_EQ(show("7.25", "7公顷"), "7.25公顷");
  EXPECT_EQ(show("7.25", "7.3 公顷"), "7.25公顷");
  EXPECT_EQ(show("1234", "1,234 亩"), "1234亩");
  EXPECT_EQ(show("12345", "1.2万"), "12345") << "not what is stored";
  EXPECT_EQ(show("5", "约5"), "5");
  EXPECT_EQ(show("0.5", "50%"), "0.5");
  EXPECT_EQ(show("3", "¥3.00", "office:value-type=\"currency\" office:currency=\"CNY\""), "3");
  EXPECT_EQ(show("3", "$3.00", "office:value-type=\"currency\" office:currency=\"USD\""), "3USD") << "no quantity";
}

TEST_F(WorkbookXmlTest, WhatIsNoWorkbookOrAnAttack) {
  XlsxParts parts;
  parts.rows = "<row><c><v>&a;</v></c></row>";
  Parts bomb = PartsOf(parts);
  bomb.back().second = "<!DOCTYPE w [<!ENTITY a 'aaaa'>]>" + bomb.back().second;
  EXPECT_NE(Dump(bomb).find("damaged"), std::string::npos);
  parts.rows = "<row><c><v>1</v></c>";
  EXPECT_NE(DumpParts(parts).find("mismatched tag"), std::string::npos);
  EXPECT_NE(Dump({{"word/document.xml", "<w/>"}}).find("another kind"), std::string::npos);
  EXPECT_NE(Dump({{"content.xml", "<office/>"}}).find("another kind"), std::string::npos);
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
            "3: 示例合作社|500155|2024-03-05|x|x|25%|TRUE|#N/A\n");
}

TEST_F(WorkbookXmlTest, TextOfOpenDocumentIsWhatIsSeen) {
  // As many times as it says.
  EXPECT_EQ(DumpOds(R"(<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float"
 office:value="1"/></table:table-row>)"),
            "1: 1\n2: 1\n");
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

}  // namespace
}  // namespace gi::client::sheet
