// Tables as they really arrive: encodings, quotes, heads, totals, spellings of dates and numbers.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/sheet/csv_rows.h"
#include "client/sheet/encoding.h"
#include "client/sheet/field_columns.h"
#include "client/sheet/mapping.h"
#include "client/sheet/quantity_cell.h"
#include "client/sheet/row_builder.h"
#include "client/sheet/sheet_date.h"
#include "client/sheet/table.h"
#include "client/sheet/values.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/date.h"
#include "tests/client/sheet_table.h"

namespace gi::client::sheet {
namespace {

using registry::v1::ImportRow;

// --- encodings ---

constexpr TextEncoding kAll[] = {TextEncoding::kUtf8, TextEncoding::kUtf8WithMark, TextEncoding::kUtf16Le,
                                 TextEncoding::kUtf16Be, TextEncoding::kGb18030};

std::string FileOf(absl::string_view text, TextEncoding encoding) {
  return absl::StrCat(MarkOf(encoding), Encode(text, encoding));
}

TEST(EncodingTest, EachIsFoundAndReadBack) {
  // 梁平柚, a character of GB18030's four bytes, one beyond 16 bits.
  const std::string text = "名称,代码\r\n梁平柚,㐀\xF0\xA0\x80\x80\r\n";
  for (const TextEncoding encoding : kAll) {
    std::istringstream in(FileOf(text, encoding));
    const auto found = DetectEncoding(in);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(*found, encoding) << NameOf(encoding);
    // Whatever the pieces: borders fall within characters.
    for (const size_t size : {1, 2, 3, 7, 1000}) {
      Decoder decoder(encoding);
      const std::string bytes = FileOf(text, encoding);
      std::string read;
      for (size_t at = 0; at < bytes.size(); at += size) {
        ASSERT_TRUE(decoder.Decode(absl::string_view(bytes).substr(at, size), false, read)) << NameOf(encoding);
      }
      ASSERT_TRUE(decoder.Decode("", true, read));
      EXPECT_EQ(read, text) << NameOf(encoding) << " " << size;
    }
  }
}

TEST(EncodingTest, Utf16WithoutAMark) {
  std::istringstream in(Encode("a,b\n1,2\n", TextEncoding::kUtf16Le));
  EXPECT_EQ(*DetectEncoding(in), TextEncoding::kUtf16Le);
}

TEST(EncodingTest, WhatIsNoTextIsRefusedWithItsLine) {
  const std::string cases[] = {"a,b\n1,2\n\xFF\xFF\xFF,4\n", std::string("a\0\0\0b", 5), "ok\n\x81"};
  for (const std::string& bytes : cases) {
    std::istringstream in(bytes);
    const auto found = DetectEncoding(in);
    EXPECT_EQ(found.status().code(), absl::StatusCode::kInvalidArgument);
  }
  std::istringstream in(cases[0]);
  EXPECT_NE(DetectEncoding(in).status().message().find("not UTF-8 in line 3"), std::string::npos);
}

// --- rows ---

std::string RowsOf(const std::string& text) {
  std::istringstream in(text);
  CsvRows rows(in, TextEncoding::kUtf8);
  SheetRow row;
  std::string all;
  while (true) {
    const auto more = rows.Next(row);
    if (!more.ok()) return absl::StrCat(all, "ERROR");
    if (!*more) return all;
    absl::StrAppend(&all, row.line, row.problem.empty() ? "" : "!", ":", absl::StrJoin(row.cells, "|"), ";");
  }
}

TEST(CsvRowsTest, CellsAndLines) {
  EXPECT_EQ(RowsOf("a,b\n1,2\n"), "1:a|b;2:1|2;");
  EXPECT_EQ(RowsOf("a,b\r\n\r\n,\r\n1,2"), "1:a|b;4:1|2;") << "blank rows are none; the last line needs no end";
  EXPECT_EQ(RowsOf("\"a,\"\"b\",\" c \"\n\"x\ny\",z\nw\n"), "1:a,\"b|c;2:x\ny|z;4:w;");
  EXPECT_EQ(RowsOf("a\tb,c\n1\t2\n3\t4\n"), "1:a|b,c;2:1|2;3:3|4;") << "more tabs than commas";
  EXPECT_EQ(RowsOf(""), "");
}

TEST(CsvRowsTest, AnOpenQuoteCostsOneRow) {
  std::string text = "h1,h2\n1,\"open\n";
  for (int i = 3; i < 400; ++i) absl::StrAppend(&text, i, ",x\n");
  const std::string rows = RowsOf(text);
  EXPECT_NE(rows.find("2!:"), std::string::npos);
  for (const int line : {3, 200, 399})
    EXPECT_NE(rows.find(absl::StrCat(";", line, ":", line, "|x;")), std::string::npos);
  EXPECT_EQ(RowsOf("a,b\n1,\"open\n2,3\n"), "1:a|b;2!:1|\"open;3:2|3;") << "at the end of the file";
}

TEST(CsvRowsTest, ALineWithoutEndCostsOneRow) {
  EXPECT_EQ(RowsOf(absl::StrCat("a,b\n", std::string(3 << 20, 'x'), "\n1,2\n")).substr(0, 9), "1:a|b;2!:");
  EXPECT_NE(RowsOf(absl::StrCat("a,b\n", std::string(3 << 20, 'x'), "\n1,2\n")).find(";3:1|2;"), std::string::npos);
  EXPECT_EQ(RowsOf(absl::StrCat("a,b\n1,2\n", std::string(3 << 20, 'x'))),
            "1:a|b;2:1|2;3!:" + std::string(2000, 'x') + "…;");
  const std::string commas(200'000, ',');
  EXPECT_NE(RowsOf(absl::StrCat("a,b\nx", commas, "\n1,2\n")).find(";3:1|2;"), std::string::npos);
}

// --- heads ---

struct ReadTable {
  absl::Status status;
  std::string rows;
  std::string passed;
  std::vector<std::string> head;
};

ReadTable TableOf(const std::string& text, registry::v1::ImportKind kind = registry::v1::IMPORT_KIND_ENTITIES) {
  SheetTable sheet(text, kind);
  TableReader& table = sheet.table;
  ReadTable read;
  read.status = table.FindHead();
  if (!read.status.ok()) return read;
  read.head = table.layout().head;
  SheetRow row;
  while (*table.Next(row)) absl::StrAppend(&read.rows, row.line, ":", absl::StrJoin(row.cells, "|"), ";");
  for (const PassedOver& one : table.passed_over()) absl::StrAppend(&read.passed, one.line, " ", one.why.english, ";");
  return read;
}

TEST(TableTest, FindsItsHead) {
  EXPECT_EQ(TableOf("单位名称,统一社会信用代码\n甲,1\n").rows, "2:甲|1;");
  const ReadTable read = TableOf(
      "示例区用标主体名单,,\n填报单位：某镇,,\n序号,*统一社会信用代码（18位）,单 位 名 称：\n"
      "1,X1,甲\n序号,统一社会信用代码,单位名称\n2,X2,乙\n合计,2,\n备注：无,,\n");
  EXPECT_EQ(read.rows, "4:1|X1|甲;6:2|X2|乙;");
  EXPECT_EQ(read.passed, "1 before the head;2 before the head;5 the head once more;7 a total;8 a note;");
  EXPECT_EQ(read.head[1], "*统一社会信用代码（18位）");
}

TEST(TableTest, AHeadOfTwoRows) {
  const ReadTable read = TableOf("信用代码,地理标志,有效期,\n,,起,止\nX1,示例柚,2024-1-1,2026-12-31\n",
                                 registry::v1::IMPORT_KIND_AUTHORIZATIONS);
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.rows, "3:X1|示例柚|2024-1-1|2026-12-31;");
}

TEST(TableTest, NoHeadIsAnError) {
  EXPECT_EQ(TableOf("a,b\n1,2\n").status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(TableOf("").status.code(), absl::StatusCode::kInvalidArgument);
}

// --- values ---

TEST(ValuesTest, Dates) {
  const std::pair<const char*, const char*> cases[] = {
      {"2024-03-05", "2024-03-05"},
      {"2024/3/5", "2024-03-05"},
      {"2024.3.5", "2024-03-05"},
      {"2024年3月5日", "2024-03-05"},
      {"20240305", "2024-03-05"},
      {"45356", "2024-03-05"},
      {"２０２４．３．５", "2024-03-05"},
      {"2024-03-05 00:00:00", "2024-03-05"},
      {"2024/3/5 8:30", "2024-03-05"},
      {"2024年3月", "2024-03"},
      {"2024-03", "2024-03"},
      {"2010年", "2010"},
      {"约2010年", "2010"},
      {"2010", "2010"},
  };
  for (const auto& [text, wanted] : cases) {
    const auto date = ParseSheetDate(text);
    ASSERT_TRUE(date) << text;
    EXPECT_EQ(FormatDate(date->date), wanted) << text;
  }
  EXPECT_TRUE(ParseSheetDate("约2010年")->approximate);
  for (const char* bad : {"2024-02-30", "2024-13-01", "24-3-5", "3/5/2024", "明年", "", "2024-3-5-6", "19999", "1e5"}) {
    EXPECT_FALSE(ParseSheetDate(bad)) << bad;
  }
}

TEST(ValuesTest, Numbers) {
  EXPECT_EQ(ParseWholeNumber("1,234"), 1234);
  EXPECT_EQ(ParseWholeNumber("１２．０"), 12);
  for (const char* bad : {"1.5", "", "x", "1.", "99999999999999999999"}) EXPECT_FALSE(ParseWholeNumber(bad)) << bad;
}

TEST(ValuesTest, ListsAndYesNo) {
  EXPECT_EQ(SplitList(" 甲、乙，丙;丁\n、"), (std::vector<std::string>{"甲", "乙", "丙", "丁"}));
  EXPECT_EQ(SplitList("柚子（鲜、干）；茶(a,b)"), (std::vector<std::string>{"柚子（鲜、干）", "茶(a,b)"}));
  EXPECT_EQ(SplitList("甲（乙、丙"), (std::vector<std::string>{"甲（乙", "丙"})) << "a bracket that is not closed";
  EXPECT_EQ(SplitList("1）甲；2）乙"), (std::vector<std::string>{"1）甲", "2）乙"}));
  EXPECT_EQ(ParseYesNo("√"), true);
  EXPECT_EQ(ParseYesNo("否"), false);
  EXPECT_EQ(ParseYesNo("也许"), std::nullopt);
}

TEST(ValuesTest, DamageIsNamed) {
  for (const char* bad : {"9.15002E+17", "5.00155E+11", "#REF!", "####", "#N/A"})
    EXPECT_FALSE(DamageOf(bad).empty()) << bad;
  for (const char* good : {"", "E", "甲E+乙", "91500155MA60EE+11", "1.5"}) EXPECT_TRUE(DamageOf(good).empty()) << good;
}

TEST(ValuesTest, TheNearestWordIsSuggested) {
  const std::vector<std::string> words = {"农民专业合作社", "企业", "个体工商户", "行业协会", "协会"};
  EXPECT_EQ(NearestWord("农民合作杜", words), "农民专业合作社");
  EXPECT_EQ(NearestWord("合作社", words), "农民专业合作社");
  EXPECT_EQ(NearestWord("协 会", words), "协会") << "not the longer one";
  for (const char* none : {"", "其他单位", "甲乙"}) EXPECT_EQ(NearestWord(none, words), "") << none;

  registry::v1::CreateIndicationRequest request;
  const Fault fault = SetField(request, "indication.kind", "collective_marc", nullptr);
  EXPECT_EQ(fault.code, Fault::Code::kValueUnexpected);
  EXPECT_EQ(fault.suggestion, "COLLECTIVE_MARK");
  EXPECT_THAT(fault.what.english, testing::EndsWith("; perhaps meant: COLLECTIVE_MARK"));
}

TEST(ValuesTest, PartsOfACellFillElementsOfAList) {
  registry::v1::CreateIndicationRequest request;
  const auto set = [&](const char* field, const char* text) {
    return SetField(request, absl::StrCat("indication.goods[].", field), text, nullptr).what.english;
  };
  EXPECT_EQ(set("text", "柚子、柚子蜜饯；柚子茶"), "");
  EXPECT_EQ(set("id", "g{n}"), "");
  EXPECT_EQ(set("nice_edition", "12-2024"), "");
  EXPECT_EQ(set("nice_class", "31、29、30"), "");
  const registry::v1::Indication& title = request.indication();
  ASSERT_EQ(title.goods_size(), 3);
  const registry::v1::GoodsItem& last = title.goods(2);
  EXPECT_EQ(absl::StrCat(last.id(), " ", last.text(), " ", last.nice_class(), " ", last.nice_edition()),
            "g3 柚子茶 30 12-2024");
  EXPECT_EQ(set("nice_class", "31、29"), "\"31、29\" should be 3 parts, or one for all of them");
  EXPECT_EQ(set("nice_class", "31、甲、29"), "\"甲\" should be a whole number");
  EXPECT_EQ(title.goods_size(), 3);
  EXPECT_EQ(set("text", " 、"), "") << "nothing";
}

TEST(ValuesTest, NumbersOfPersonsAreNotShown) {
  for (const char* hidden : {"13800001111", "138-0000-1111", "电话１３８ ００００ １１１１"}) {
    const std::string shown = ShownValue(hidden);
    EXPECT_THAT(shown, testing::Not(testing::HasSubstr("0000"))) << hidden;
    EXPECT_THAT(shown, testing::HasSubstr("*")) << hidden;
  }
  for (const char* shown : {"2024-13-05", "2024-03-05 00:00:00", "1,234,567.5", "梁平柚"})
    EXPECT_EQ(ShownValue(shown), shown);
  registry::v1::CreateAuthorizationRequest request;
  const Fault fault = SetField(request, "effective_from", "13800001111", nullptr);
  EXPECT_THAT(fault.what.chinese, testing::Not(testing::HasSubstr("0000")));
}

TEST(ValuesTest, YearsThatCannotBe) {
  const auto wrong = [](const char* field, const char* text) {
    registry::v1::CreateAuthorizationRequest request;
    return !SetField(request, field, text, nullptr).empty();
  };
  for (const char* bad : {"0024-07-01", "1899-12-31", "2204-07-01"}) EXPECT_TRUE(wrong("effective_from", bad)) << bad;
  for (const char* good : {"1900-01-01", "2099-12-31", "9999-12-31"})
    EXPECT_FALSE(wrong("effective_from", good)) << good;
  EXPECT_TRUE(ParseSheetDate("约1573年").has_value()) << "of what began long ago";
}

TEST(ValuesTest, ACellWithBothDays) {
  const auto ends = [](const char* text) {
    const auto found = ParseSheetRange(text);
    return found ? absl::StrCat(found->first, "|", found->second) : "none";
  };
  EXPECT_EQ(ends("2024.1.1-2026.12.31"), "2024.1.1|2026.12.31");
  EXPECT_EQ(ends("2024-01-01至2026-12-31"), "2024-01-01|2026-12-31");
  EXPECT_EQ(ends("2024-01-01-2026-12-31"), "2024-01-01|2026-12-31");
  EXPECT_EQ(ends("2024年1月1日—2026年12月31日"), "2024年1月1日|2026年12月31日");
  EXPECT_EQ(ends("2024/1/1——2026/12/31"), "2024/1/1|2026/12/31");
  EXPECT_EQ(ends("自2024年1月1日起至2026年12月31日止"), "2024年1月1日|2026年12月31日");
  EXPECT_EQ(ends("2024.1.1～长期"), "2024.1.1|长期");
  EXPECT_EQ(ends("20240101-20261231"), "20240101|20261231");
  for (const char* bad :
       {"2024.1.1", "三年", "2024.1-2026.12", "2024-2026", "至2026.12.31", "2024.1.1-", "2024.1.1-3年", ""}) {
    EXPECT_EQ(ends(bad), "none") << bad;
  }
}

TEST(ValuesTest, TwoNumbersAreNotOne) {
  for (const char* bad : {"2022年1月1日①", "2022.1.2①", "2022-01-1²", "2022年1月2日3", "2022年1月1号5",
                          "2022年1月1日 3", "2025-7-1 1", "2025-1 1-1", "2025 0701", "20 25年", "2025-07-0 1"}) {
    EXPECT_FALSE(ParseSheetDate(bad)) << bad;
  }
  for (const char* good : {"2025 - 7 - 1", "2025年 7月 1日", "2025-07-01 08:30", " 2025/7/1 "}) {
    const auto date = ParseSheetDate(good);
    ASSERT_TRUE(date) << good;
    EXPECT_EQ(FormatDate(date->date), "2025-07-01");
  }
  for (const char* bad : {"1 2", "6①", "6²"}) EXPECT_EQ(ParseWholeNumber(bad), std::nullopt) << bad;
  for (const char* good : {"31", "31类", "第31类"}) EXPECT_EQ(ParseWholeNumber(good), 31) << good;
  EXPECT_EQ(ParseWholeNumber("1\n2"), std::nullopt);
  EXPECT_EQ(ParseWholeNumber("2024 年"), 2024);
}

TEST(ValuesTest, CommasStandBetweenThousands) {
  for (const char* bad : {"1,5", "12,34", "1.234,5", ",5", "1,2345"}) {
    EXPECT_EQ(ParseWholeNumber(bad), std::nullopt) << bad;
    EXPECT_EQ(ParseQuantityCell(bad, "亩"), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseWholeNumber("1,234,567"), 1'234'567);
  EXPECT_EQ(ParseWholeNumber("2024年"), 2024);
}

// --- rows of an import ---

TEST(MappingTest, ThoseThatComeWithItAreRight) {
  for (const std::string& text : ShippedMappingTexts()) {
    const auto mapping = ParseMapping(text);
    EXPECT_TRUE(mapping.ok()) << mapping.status();
  }
}

TEST(MappingTest, EveryKindHasOneThatItsExportsSatisfy) {
  const auto* kinds = registry::v1::ImportKind_descriptor();
  for (int i = 1; i < kinds->value_count(); ++i) {
    const auto kind = static_cast<registry::v1::ImportKind>(kinds->value(i)->number());
    EXPECT_TRUE(ShippedMapping(kind).ok()) << kinds->value(i)->name();
    const mapping::v1::Mapping all = MappingOf(kind);
    for (const mapping::v1::Column& column : all.columns()) {
      const bool replaced =
          std::any_of(all.columns().begin(), all.columns().end(), [&](const mapping::v1::Column& other) {
            return IsExported(other) && absl::c_linear_search(column.instead(), other.field());
          });
      EXPECT_TRUE(!column.required() || IsExported(column) || replaced || !column.default_().empty()) << column.field();
    }
  }
}

TEST(MappingTest, MistakesAreNamed) {
  EXPECT_NE(ParseMapping("name: \"x\" colums {}").status().message().find("line 1"), std::string::npos);
  const auto bad = ParseMapping(
      "name: \"x\" version: 1 kind: IMPORT_KIND_ENTITIES columns { field: \"entity.nothing\" headers: \"a\" }");
  EXPECT_NE(bad.status().message().find("entity.nothing"), std::string::npos) << bad.status();
}

TEST(RowBuilderTest, ARowOfGrants) {
  SheetTable sheet(
      "统一社会信用代码,地理标志,有效期起,有效期止,文号\n93500155TEXT,示例柚,2024年3月5日,长期,示例1号\n"
      "9.15002E+17,示例柚,2024年3月,2026-1-1,\n'=1+1,,2024-1-1,,\n",
      registry::v1::IMPORT_KIND_AUTHORIZATIONS);
  TableReader& table = sheet.table;
  ASSERT_TRUE(table.FindHead().ok());
  const RowBuilder builder(sheet.mapping, table, "名单.csv", nullptr);
  SheetRow sheet_row;
  ImportRow row;
  std::vector<MovedElement> moved;
  ASSERT_TRUE(*table.Next(sheet_row));
  EXPECT_TRUE(builder.Build(sheet_row, row, moved).empty());
  EXPECT_EQ(row.line(), 2);
  EXPECT_EQ(row.entity_uscc(), "93500155TEXT");
  EXPECT_EQ(row.title(), "示例柚");
  const auto& request = row.authorization();
  EXPECT_TRUE(request.granted());
  EXPECT_EQ(FormatDate(request.effective_from()), "2024-03-05") << "from the column of the first day";
  EXPECT_EQ(FormatDate(request.authorization().validity().from()), "2024-03-05");
  EXPECT_FALSE(request.authorization().validity().has_to());
  EXPECT_EQ(request.authorization().basis(0).number(), "示例1号");
  EXPECT_EQ(request.authorization().basis(0).kind(), registry::v1::DOCUMENT_KIND_OTHER);
  EXPECT_EQ(request.authorization().source().title(), "名单.csv");

  ASSERT_TRUE(*table.Next(sheet_row));
  std::vector<CellProblem> problems = builder.Build(sheet_row, row, moved);
  EXPECT_EQ(row.create_case(), ImportRow::CREATE_NOT_SET) << "it is only counted";
  ASSERT_GE(problems.size(), 2u);
  EXPECT_EQ(problems[0].column, "统一社会信用代码");
  EXPECT_EQ(problems[0].value, "9.15002E+17");
  EXPECT_EQ(FaultName(problems[0].fault.code), "SHEET_CELL_DAMAGED");
  EXPECT_EQ(problems[1].column, "有效期起");

  ASSERT_TRUE(*table.Next(sheet_row));
  problems = builder.Build(sheet_row, row, moved);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].column, "地理标志") << "it must be filled";
  EXPECT_EQ(FaultName(problems[0].fault.code), "SHEET_CELL_REQUIRED");

  EXPECT_EQ(builder.ColumnOf("authorization.entity", {}), 0);
  EXPECT_EQ(builder.ColumnOf("authorization.validity.to", {}), 3);
  EXPECT_EQ(builder.ColumnOf("authorization.validity", {}), 2);
  EXPECT_EQ(builder.ColumnOf("authorization.scope", {}), -1);
  EXPECT_EQ(builder.HeadOf("authorization.scope", {}), "");
  EXPECT_EQ(builder.HeadOf("authorization.validity", {}), "有效期起");
  EXPECT_EQ(builder.HeadOf("effective_from", {}), "授权决定日期") << "as templates call what the sheet lacks";
}

TEST(RowBuilderTest, AColumnOfPeriods) {
  SheetTable sheet("信用代码,地理标志,有效期\nA,甲柚,2024.1.1-2026.12.31\nB,甲柚,2024.1.1-长期\nC,甲柚,三年\nD,甲柚,\n",
                   registry::v1::IMPORT_KIND_AUTHORIZATIONS);
  TableReader& table = sheet.table;
  ASSERT_TRUE(table.FindHead().ok());
  EXPECT_TRUE(table.MissingColumns().empty());
  const RowBuilder builder(sheet.mapping, table, "f", nullptr);
  SheetRow sheet_row;
  ImportRow row;
  std::vector<MovedElement> moved;
  ASSERT_TRUE(*table.Next(sheet_row));
  EXPECT_TRUE(builder.Build(sheet_row, row, moved).empty());
  EXPECT_EQ(FormatDate(row.authorization().authorization().validity().from()), "2024-01-01");
  EXPECT_EQ(FormatDate(row.authorization().authorization().validity().to()), "2026-12-31");
  EXPECT_EQ(FormatDate(row.authorization().effective_from()), "2024-01-01");
  ASSERT_TRUE(*table.Next(sheet_row));
  EXPECT_TRUE(builder.Build(sheet_row, row, moved).empty());
  EXPECT_FALSE(row.authorization().authorization().validity().has_to());
  EXPECT_THAT(row.cleared(), testing::ElementsAre("authorization.validity.to"));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(*table.Next(sheet_row));
    const std::vector<CellProblem> problems = builder.Build(sheet_row, row, moved);
    ASSERT_EQ(problems.size(), 1u) << sheet_row.line;
    EXPECT_EQ(problems[0].column, "有效期");
  }
}

}  // namespace
}  // namespace gi::client::sheet
