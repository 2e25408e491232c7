// What townships send: tables with units beside them, merged heads, totals, notes, and cells of all kinds.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/sheet/row_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/sheet_table.h"

namespace gi::client::sheet {
namespace {

using registry::v1::ImportRow;

// What is made of a table: "line: problem" or the row, and what was passed over.
std::string Outcome(registry::v1::ImportKind kind, const std::string& text) {
  SheetTable sheet(text, kind);
  TableReader& table = sheet.table;
  if (const absl::Status head = table.FindHead(); !head.ok()) return std::string(head.message());
  const RowBuilder builder(sheet.mapping, table, "f", nullptr);
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
  SheetTable sheet("单位：公顷\n" + head + row, registry::v1::IMPORT_KIND_SURVEY_RECORDS);
  ASSERT_TRUE(sheet.table.FindHead().ok());
  EXPECT_EQ(sheet.table.layout().head[5], "面积（公顷）");
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
  const std::string text =
      "普查,产品名称,行业,乡镇代码,年份,面积,产量\ns,甲,CROPS,500155001,2024,7,5\n注：产量单位为公斤\n";
  SheetTable first(text, registry::v1::IMPORT_KIND_SURVEY_RECORDS),
      again(text, registry::v1::IMPORT_KIND_SURVEY_RECORDS);
  ASSERT_TRUE(first.table.FindHead().ok());
  EXPECT_TRUE(first.table.LacksUnits());
  SheetRow row;
  while (*first.table.Next(row)) continue;
  ASSERT_TRUE(again.table.FindHead(first.table.units_below()).ok());
  EXPECT_THAT(again.table.layout().head,
              testing::ElementsAre("普查", "产品名称", "行业", "乡镇代码", "年份", "面积", "产量（公斤）"));
  EXPECT_EQ(
      Figures("普查,产品名称,行业,乡镇代码,年份,面积\ns,甲,CROPS,500155001,2024,7\n,（面积单位：亩）\n单位：亩\n"),
      "2:7UMU ; 3单位说明 4单位说明");
}

TEST(TownshipTableTest, ARemarkDoesNotTakeAwayARow) {
  const std::string head = "序号,单位名称,信用代码\n";
  for (const char* first : {"备注：新增", "共2家", "合计", "注：变更"}) {
    EXPECT_EQ(Entities(head + first + ",甲,A\n"), "2:甲|A|;") << first;
    EXPECT_THAT(Entities(head + first + ",,\n"), testing::StartsWith(" 2")) << first;
  }
  EXPECT_EQ(Entities(head + ",合计,2\n填报人：某,审核人：某,\n"), " 2合计行 3说明");
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
  SheetTable sheet("普查,产品名称,行业,乡镇代码,年份,面积,产量,产值\ns,甲,CROPS,500155001,2024,,,20吨\n",
                   registry::v1::IMPORT_KIND_SURVEY_RECORDS);
  TableReader& table = sheet.table;
  ASSERT_TRUE(table.FindHead().ok());
  const RowBuilder builder(sheet.mapping, table, "f", nullptr);
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

}  // namespace
}  // namespace gi::client::sheet
