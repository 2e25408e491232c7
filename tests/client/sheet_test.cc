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
  std::istringstream in(text);
  CsvRows rows(in, TextEncoding::kUtf8);
  const mapping::v1::Mapping mapping = *ShippedMapping(kind);
  TableReader table(rows, mapping);
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
  std::istringstream in(
      "统一社会信用代码,地理标志,有效期起,有效期止,文号\n93500155TEXT,示例柚,2024年3月5日,长期,示例1号\n"
      "9.15002E+17,示例柚,2024年3月,2026-1-1,\n'=1+1,,2024-1-1,,\n");
  CsvRows rows(in, TextEncoding::kUtf8);
  const mapping::v1::Mapping mapping = *ShippedMapping(registry::v1::IMPORT_KIND_AUTHORIZATIONS);
  TableReader table(rows, mapping);
  ASSERT_TRUE(table.FindHead().ok());
  const RowBuilder builder(mapping, table, "名单.csv", nullptr);
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

// --- what townships send ---

// What is made of a table: "line: problem" or the row, and what was passed over.
std::string Outcome(registry::v1::ImportKind kind, const std::string& text) {
  std::istringstream in(text);
  CsvRows rows(in, TextEncoding::kUtf8);
  const mapping::v1::Mapping mapping = *ShippedMapping(kind);
  TableReader table(rows, mapping);
  if (const absl::Status head = table.FindHead(); !head.ok()) return std::string(head.message());
  const RowBuilder builder(mapping, table, "f", nullptr);
  std::string all;
  SheetRow sheet_row;
  ImportRow row;
  std::vector<MovedElement> moved;
  while (true) {
    const absl::StatusOr<bool> more = table.Next(sheet_row);
    if (!more.ok()) return absl::StrCat(all, "!", more.status().message());
    if (!*more) break;
    const std::vector<CellProblem> problems = builder.Build(sheet_row, row, moved);
    absl::StrAppend(&all, sheet_row.line, ":");
    for (const CellProblem& problem : problems)
      absl::StrAppend(&all, problem.column, "=", FaultName(problem.fault.code));
    if (problems.empty() && row.has_entity()) {
      absl::StrAppend(&all, row.entity().entity().display_name(), "|", row.entity().entity().uscc(), "|",
                      absl::StrJoin(row.entity().entity().aliases(), "/"));
    }
    for (const auto& figure : row.survey_record().survey_record().measurements()) {
      absl::StrAppend(&all, figure.quantity().value(),
                      registry::v1::Magnitude_Name(figure.quantity().magnitude()).substr(10, 1),
                      registry::v1::Unit_Name(figure.quantity().unit()).substr(5), " ");
    }
    absl::StrAppend(&all, ";");
  }
  for (const PassedOver& passed : table.passed_over()) absl::StrAppend(&all, " ", passed.line, passed.why.chinese);
  return all;
}
std::string Entities(const std::string& text) { return Outcome(registry::v1::IMPORT_KIND_ENTITIES, text); }
std::string Figures(const std::string& text) { return Outcome(registry::v1::IMPORT_KIND_SURVEY_RECORDS, text); }
// Of one row with some columns of figures.
std::string FiguresOf(const std::string& heads, const std::string& cells) {
  return Figures(absl::StrCat("普查,产品名称,行业,乡镇代码,年份,", heads, "\ns,甲,CROPS,500155001,2024,", cells, "\n"));
}

TEST(TownshipTableTest, ASecondTableIsNotReadAsTheFirst) {
  const std::string first = "序号,单位名称,信用代码\n1,甲,A\n2,乙,B\n";
  EXPECT_EQ(Entities(first + "序号,单位名称,信用代码\n3,丙,C\n"), "2:甲|A|;3:乙|B|;5:丙|C|; 4重复的表头");
  for (const char* other : {"序号,信用代码,单位名称\n3,C,丙\n", "序号,单位名称,信用代码,简称\n3,丙,C,c\n"}) {
    EXPECT_THAT(Entities(first + other), testing::StartsWith("2:甲|A|;3:乙|B|;!line 4 begins another table"));
  }
  // However many columns are not known; and a form above the table is none.
  const std::string wide = "序号,单位名称,信用代码,电话号,负责部门,规模情况\n1,甲,A,b,c,d\n";
  EXPECT_THAT(Entities(wide + "单位名称,信用代码,简称,标识\n乙,B,,\n"), testing::StartsWith("2:甲|A|;!line 3 begins"));
  EXPECT_EQ(Entities("名称,梁平柚,标识,某\n地区,甲,年份,2024\n单位名称,信用代码,简称\n甲,A,a\n"),
            "4:甲|A|a; 1表头之前 2表头之前");
  const std::string area = "普查,产品名称,行业,乡镇代码,年份,面积（亩）\ns,甲,CROPS,500155001,2024,5\n";
  EXPECT_THAT(Figures(area + "普查,产品名称,行业,乡镇代码,年份,面积（公顷）\ns,乙,CROPS,500155001,2024,5\n"),
              testing::HasSubstr("line 3 begins another table"));
}

TEST(TownshipTableTest, UnitsBesideTheTableCount) {
  const std::string head = "普查,产品名称,行业,乡镇代码,年份,面积,产量,产值\n",
                    row = "s,甲,CROPS,500155001,2024,7,5,3\n";
  EXPECT_EQ(Figures(head + row), "2:7UMU 5UTONNE 3TYUAN ;");
  EXPECT_EQ(Figures("表一,,,,,,单位：公顷、公斤、元\n" + head + row), "3:7UHECTARE 5UKILOGRAM 3UYUAN ; 1表头之前");
  EXPECT_EQ(Figures("填报单位：礼让镇\n" + head + row), "3:7UMU 5UTONNE 3TYUAN ; 1表头之前");
  EXPECT_EQ(Figures(head + ",,,,—,（公顷）,公斤,万元\n" + row), "3:7UHECTARE 5UKILOGRAM 3TYUAN ; 2单位行");
  EXPECT_EQ(Figures("普查,产品名称,行业,乡镇代码,年份,面积（平方丈）,产量\n" +
                    std::string("s,甲,CROPS,500155001,2024,7,5\n") + "s,乙,CROPS,500155001,2024,7亩,5\n"),
            "2:面积（平方丈）=SHEET_VALUE_UNEXPECTED;3:7UMU 5UTONNE ;");
}

TEST(TownshipTableTest, EachColumnHasItsOwnUnit) {
  EXPECT_EQ(FiguresOf("面积（亩）,面积（公顷）", ",7"), "2:7UHECTARE ;");
  EXPECT_EQ(FiguresOf("面积（公顷）,面积（亩）", "7,"), "2:7UHECTARE ;");
  EXPECT_EQ(FiguresOf("产量（吨）,产量（公斤）,年产量（公斤）", ",,5"), "2:5UKILOGRAM ;");
  EXPECT_EQ(FiguresOf("面积（亩）,面积（公顷）", "7,7"), "2:面积（公顷）=SHEET_VALUE_UNEXPECTED;") << "not the same";
  EXPECT_EQ(FiguresOf("产量（吨）,年产量（吨）", "5,5"), "2:5UTONNE ;");
  for (const char* head : {"产量/公斤", "销量：公斤", "商品量_kg", "产量公斤", "\"产量\n公斤\""}) {
    EXPECT_THAT(FiguresOf(head, "5"), testing::EndsWith(":5UKILOGRAM ;")) << head;
  }
  for (const char* head : {"产量（公斤/亩）", "产量（箱）", "产量/万担", "面积（亩、公顷）", "产值（元/斤）"}) {
    EXPECT_THAT(FiguresOf(head, "5"), testing::HasSubstr("=SHEET_VALUE_UNEXPECTED")) << head;
  }
}

TEST(TownshipTableTest, FiguresHaveAYear) {
  const std::string head = "普查,产品名称,行业,乡镇代码,年份,面积\n";
  EXPECT_EQ(Figures(head + "s,甲,CROPS,500155001,,7\ns,乙,CROPS,500155001,,\n"), "2:年份=SHEET_CELL_REQUIRED;3:;");
  EXPECT_EQ(Figures("普查,产品名称,行业,乡镇代码,面积\ns,甲,CROPS,500155001,7\n"), "2:数据年份=SHEET_CELL_REQUIRED;");
}

TEST(TownshipTableTest, TheHeadMayNameTheYear) {
  EXPECT_EQ(FiguresOf("面积（2024年）", "7"), "2:7UMU ;");
  EXPECT_EQ(FiguresOf("面积（2023年，亩）", "7"), "2:面积（2023年，亩）=SHEET_VALUE_UNEXPECTED;");
  EXPECT_EQ(Figures("普查,产品名称,行业,乡镇代码,面积（2023年）\ns,甲,CROPS,500155001,7\n"), "2:7UMU ;");
  EXPECT_THAT(Figures("普查,产品名称,行业,乡镇代码,面积（2023年）,面积（2024年）\ns,甲,CROPS,500155001,7,7\n"),
              testing::HasSubstr("面积（2024年）=SHEET_VALUE_UNEXPECTED"));
  EXPECT_EQ(YearInHead("2024年度产量"), 2024);
  EXPECT_EQ(YearInHead("2023年、2024年面积"), 0);
  EXPECT_EQ(YearInHead("12024年"), 0);
}

TEST(TownshipTableTest, AColumnOfUnits) {
  EXPECT_EQ(FiguresOf("产量,单位", "5,公斤"), "2:5UKILOGRAM ;");
  EXPECT_EQ(FiguresOf("面积,单位,产量,计量单位", "7,公顷,5,公斤"), "2:7UHECTARE 5UKILOGRAM ;");
  EXPECT_EQ(FiguresOf("产量单位,面积,产量", "公斤,7,5"), "2:7UMU 5UKILOGRAM ;");
  EXPECT_EQ(FiguresOf("产量,单位", "5,"), "2:5UTONNE ;");
  EXPECT_EQ(FiguresOf("产量,单位", "5,担"), "2:产量=SHEET_VALUE_UNEXPECTED;");
  EXPECT_EQ(FiguresOf("产量（吨）,单位", "5,公斤"), "2:产量（吨）=SHEET_VALUE_UNEXPECTED;") << "which of them";
  EXPECT_EQ(FiguresOf("产量（吨）,单位", "5,礼让镇"), "2:5UTONNE ;");
  EXPECT_EQ(FiguresOf("单位,面积,产量", "公斤,7,5"), "2:7UMU 5UKILOGRAM ;");
}

TEST(TownshipTableTest, AUnitThatTheLikeOfItDoesNotHaveIsDoubtful) {
  const std::string head = "普查,产品名称,行业,乡镇代码,年份,", row = "s,甲,CROPS,500155001,2024,";
  EXPECT_EQ(Figures(head + "产量,商品量（公斤）\n" + row + "5,6\n"), "2:产量（吨、公斤）=SHEET_VALUE_UNEXPECTED;");
  EXPECT_EQ(Figures(head + "产量,商品量（公斤）\n" + row + "5吨,6\n"), "2:5UTONNE 6UKILOGRAM ;");
  EXPECT_EQ(Figures(head + "产量,商品量（吨）\n" + row + "5,6\n"), "2:5UTONNE 6UTONNE ;");
  EXPECT_EQ(Figures("产量单位：公斤\n" + head + "产量,商品量\n" + row + "5,6\n"),
            "3:商品量（吨、公斤）=SHEET_VALUE_UNEXPECTED; 1表头之前");
  EXPECT_EQ(Figures(head + "产量,单位,商品量\n" + row + "5,公斤,6\n" + row + "5,吨,6\n"),
            "2:商品量=SHEET_VALUE_UNEXPECTED;3:5UTONNE 6UTONNE ;");
  // A column of units goes before a line above the table; where it is empty, neither is meant for certain.
  EXPECT_EQ(Figures("单位：公斤\n" + head + "产量,单位\n" + row + "5,斤\n" + row + "5,\n"),
            "3:5UJIN ;4:产量=SHEET_VALUE_UNEXPECTED; 1表头之前");
}

TEST(TownshipTableTest, LinesBesideATableNameUnits) {
  const std::string head = "普查,产品名称,行业,乡镇代码,年份,面积,产量,产值\n",
                    row = "s,甲,CROPS,500155001,2024,7,5,3\n";
  const auto above = [&](const std::string& line) {
    const std::string all = Figures(line + "\n" + head + row);
    return all.substr(2, all.find(';') - 2);
  };
  EXPECT_EQ(above("金额单位：元"), "7UMU 5UTONNE 3UYUAN ");
  EXPECT_EQ(above("面积单位：公顷；产量单位：公斤"), "7UHECTARE 5UKILOGRAM 3TYUAN ");
  EXPECT_EQ(above("\"面积：公顷，产量：公斤\""), "7UHECTARE 5UKILOGRAM 3TYUAN ");
  EXPECT_EQ(above("表一,单位：,公顷"), "7UHECTARE 5UTONNE 3TYUAN ");
  EXPECT_EQ(above("表一,单位,公顷"), "7UHECTARE 5UTONNE 3TYUAN ");
  EXPECT_EQ(above("单位：亩、吨、公斤"), "产量（吨、公斤）=SHEET_VALUE_UNEXPECTED");
  EXPECT_THAT(above("单位：担"), testing::StartsWith("面积（担）=SHEET_VALUE_UNEXPECTED"));
  EXPECT_EQ(above("单位：头、吨、元"), "7UHEAD 5UTONNE 3UYUAN ") << "the server says that it is no area";
  EXPECT_EQ(above("单位：元坝镇人民政府"), "7UMU 5UTONNE 3TYUAN ");
  // The units that were found stand in the heads of what is rejected.
  EXPECT_EQ(TableOf("单位：公顷\n" + head + row, registry::v1::IMPORT_KIND_SURVEY_RECORDS).head[5], "面积（公顷）");
  EXPECT_EQ(Figures(head + ",,,,,公顷,担,元\n" + row), "3:产量（担）=SHEET_VALUE_UNEXPECTED; 2单位行");
  EXPECT_EQ(Figures(head + "1,2,3,4,5,6,7,8\n" + row), "3:7UMU 5UTONNE 3TYUAN ; 2栏次行");
}

TEST(TownshipTableTest, AUnitRowBelowAMergedHead) {
  const std::string head = "普查,产品名称,行业,乡镇代码,年份,面积,产量\n", row = "s,甲,CROPS,500155001,2024,7,5\n";
  // What is merged over both rows stands in both.
  EXPECT_EQ(Figures(head + "普查,产品名称,行业,乡镇代码,年份,公顷,公斤\n" + row), "3:7UHECTARE 5UKILOGRAM ;");
  EXPECT_EQ(Figures(head + "普查,,,,年份,（公顷）,产量\n" + row), "3:7UHECTARE 5UTONNE ;");
  EXPECT_EQ(Figures("普查,产品名称,行业,乡镇代码,年份,面积,\n普查,产品名称,行业,乡镇代码,年份,合计,已投产\n"
                    "s,甲,CROPS,500155001,2024,7,5\n"),
            "3:7UMU ;");
  EXPECT_EQ(Figures(head + "（文本）,,,,,（公顷）,（公斤）\n" + row), "3:7UHECTARE 5UKILOGRAM ; 2单位行");
  EXPECT_EQ(Figures("普查,产品名称,行业,乡镇代码,年份,面积,,产量\n普查,产品名称,行业,乡镇代码,年份,数值,单位,产量\n"
                    "s,甲,CROPS,500155001,2024,7,公顷,5\n"),
            "3:7UHECTARE 5UTONNE ;");
  EXPECT_EQ(FiguresOf("面积,单位,产量,单位", "7,（公顷）,5,公斤/年"), "2:7UHECTARE 5UKILOGRAM ;");
}

TEST(TownshipTableTest, NotesBelowATableNameUnits) {
  std::istringstream in(
      "普查,产品名称,行业,乡镇代码,年份,面积,产量\ns,甲,CROPS,500155001,2024,7,5\n注：产量单位为公斤\n");
  CsvRows rows(in, TextEncoding::kUtf8);
  const mapping::v1::Mapping mapping = *ShippedMapping(registry::v1::IMPORT_KIND_SURVEY_RECORDS);
  TableReader table(rows, mapping);
  ASSERT_TRUE(table.FindHead().ok());
  EXPECT_TRUE(table.LacksUnits());
  SheetRow row;
  while (*table.Next(row)) continue;
  EXPECT_EQ(
      Figures("普查,产品名称,行业,乡镇代码,年份,面积\ns,甲,CROPS,500155001,2024,7\n,（面积单位：亩）\n单位：亩\n"),
      "2:7UMU ; 3单位说明 4单位说明");
  std::istringstream again(in.str());
  CsvRows same(again, TextEncoding::kUtf8);
  TableReader knowing(same, mapping);
  ASSERT_TRUE(knowing.FindHead(table.units_below()).ok());
  EXPECT_THAT(knowing.layout().head,
              testing::ElementsAre("普查", "产品名称", "行业", "乡镇代码", "年份", "面积", "产量（公斤）"));
}

TEST(TownshipTableTest, ARemarkDoesNotTakeAwayARow) {
  const std::string head = "序号,单位名称,信用代码\n";
  for (const char* first : {"备注：新增", "共2家", "合计", "注：变更"}) {
    EXPECT_EQ(Entities(head + first + ",甲,A\n"), "2:甲|A|;") << first;
    EXPECT_THAT(Entities(head + first + ",,\n"), testing::StartsWith(" 2")) << first;
  }
  EXPECT_EQ(Entities(head + ",合计,2\n填报人：某,审核人：某,\n"), " 2合计行 3说明");
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

TEST(RowBuilderTest, AColumnOfPeriods) {
  std::istringstream in(
      "信用代码,地理标志,有效期\nA,甲柚,2024.1.1-2026.12.31\nB,甲柚,2024.1.1-长期\nC,甲柚,三年\nD,甲柚,\n");
  CsvRows rows(in, TextEncoding::kUtf8);
  const mapping::v1::Mapping mapping = *ShippedMapping(registry::v1::IMPORT_KIND_AUTHORIZATIONS);
  TableReader table(rows, mapping);
  ASSERT_TRUE(table.FindHead().ok());
  EXPECT_TRUE(table.MissingColumns().empty());
  const RowBuilder builder(mapping, table, "f", nullptr);
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

TEST(TownshipTableTest, AMagnitudeTwiceIsNotGuessed) {
  const std::string head = "普查,产品名称,行业,乡镇代码,年份,产值（万元）\n";
  EXPECT_EQ(Figures(head + "s,甲,CROPS,500155001,2024,1200万\ns,乙,CROPS,500155001,2024,1200万元\n"),
            "2:产值（万元）=SHEET_VALUE_UNEXPECTED;3:1200TYUAN ;");
}

TEST(TownshipTableTest, RowsThatAreNoData) {
  EXPECT_EQ(
      Entities(
          "名单\n序号,单位名称,信用代码\n一、礼让镇\n1,甲,A\n本页小计,1,\n2,合计,\n共1家\n名单\n（注：以执照为准）\n"
          "填报人：某,审核人：某,\n第1页\n以下空白\n"),
      "4:甲|A|; 1表头之前 3分组标题 5合计行 6合计行 7合计行 8重复的标题 9说明 10说明 11说明 12说明");
}

TEST(TownshipTableTest, CellsThatDoNotFitTheHead) {
  EXPECT_EQ(Entities("单位名称,信用代码\n甲,A,多\n乙,B,\n"), "2:=SHEET_ROW_UNREADABLE;3:乙|B|;");
  EXPECT_EQ(Entities("单位名称,企业名称,信用代码\n礼让镇,甲,A\n乙,,B\n,丙,C\n丁,丁,D\n"),
            "2:企业名称=SHEET_VALUE_UNEXPECTED;3:乙|B|;4:丙|C|;5:丁|D|;");
}

TEST(TownshipTableTest, WhatIsFoundIsFoundInItsColumn) {
  std::istringstream in("普查,产品名称,行业,乡镇代码,年份,面积,产量,产值\ns,甲,CROPS,500155001,2024,,,20吨\n");
  CsvRows rows(in, TextEncoding::kUtf8);
  const mapping::v1::Mapping mapping = *ShippedMapping(registry::v1::IMPORT_KIND_SURVEY_RECORDS);
  TableReader table(rows, mapping);
  ASSERT_TRUE(table.FindHead().ok());
  const RowBuilder builder(mapping, table, "f", nullptr);
  SheetRow sheet_row;
  ImportRow row;
  std::vector<MovedElement> moved;
  ASSERT_TRUE(*table.Next(sheet_row));
  EXPECT_TRUE(builder.Build(sheet_row, row, moved).empty());
  ASSERT_EQ(row.survey_record().survey_record().measurements_size(), 1);
  EXPECT_EQ(builder.ColumnOf("survey_record.measurements[0].quantity.unit", moved), 7);
}

TEST(TownshipTableTest, TextsAreMended) {
  EXPECT_EQ(Entities("单位名称,信用代码,简称\n\"甲\xE2\x80\x8B\n公司\",=\"9350\",无\n乙,９３５０,/"
                     "\n锟斤拷,A,\n丙,1.2E7,\n丁,12345678.0,\n"),
            "2:甲公司|9350|;4:乙|9350|;5:单位名称=SHEET_CELL_DAMAGED;6:信用代码=SHEET_CELL_DAMAGED;"
            "7:信用代码=SHEET_CELL_DAMAGED;");
}

TEST(TownshipTableTest, HeadsMayBePathsOfFields) {
  EXPECT_EQ(Entities("entity.display_name,entity.uscc\n甲,'9350\n"), "2:甲|9350|;");
}

TEST(TownshipTableTest, LinesEndAsTheyEnd) {
  EXPECT_EQ(Entities("单位名称,信用代码\r甲,A\r乙,B\r"), "2:甲|A|;3:乙|B|;");
  EXPECT_EQ(Entities("单位名称,信用代码\r\n甲,A\r乙,B\r\n丙,C\n"), "2:甲|A|;3:乙|B|;4:丙|C|;");
  EXPECT_EQ(Entities("单位名称,信用代码\r\n甲\t,\"A\t\"\r\n乙\t,\"B\t\"\r\n"), "2:甲|A|;3:乙|B|;")
      << "tabs that make texts of cells";
}

TEST(ValuesTest, QuestionsAreNoDamage) {
  for (const char* bad : {"????", "2024 ??", "甲\xEF\xBF\xBD", "锟斤拷"}) EXPECT_FALSE(DamageOf(bad).empty()) << bad;
  for (const char* good : {"何时??", "?", "why??", "{\"note\":\"??\"}"}) EXPECT_TRUE(DamageOf(good).empty()) << good;
  EXPECT_EQ(Figures("普查,产品名称,行业,乡镇代码,年份,面积\ns,甲,CROPS,500155001,2024,12345.0\n"), "2:12345.0UMU ;");
}

TEST(ValuesTest, CommasStandBetweenThousands) {
  for (const char* bad : {"1,5", "12,34", "1.234,5", ",5", "1,2345"}) {
    EXPECT_EQ(ParseWholeNumber(bad), std::nullopt) << bad;
    EXPECT_EQ(ParseQuantityCell(bad, "亩"), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseWholeNumber("1,234,567"), 1'234'567);
  EXPECT_EQ(ParseWholeNumber("2024年"), 2024);
}

}  // namespace
}  // namespace gi::client::sheet
