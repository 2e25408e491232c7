// Quantities as spreadsheets write them, and the units that they are in.
#include "client/sheet/quantity_cell.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "client/sheet/head.h"
#include "client/sheet/unit_words.h"
#include "gtest/gtest.h"

namespace gi::client::sheet {
namespace {

std::string Shown(const char* text, const char* unit = "") {
  const auto parsed = ParseQuantityCell(text, unit);
  if (!parsed) return "none";
  const auto& quantity = parsed->quantity;
  return absl::StrCat(parsed->approximate ? "about " : "", quantity.value(), " ",
                      registry::v1::Magnitude_Name(quantity.magnitude()).substr(10), " ",
                      registry::v1::Unit_Name(quantity.unit()).substr(5));
}

TEST(QuantityCellTest, Spellings) {
  EXPECT_EQ(Shown("1.5万亩"), "1.5 TEN_THOUSAND MU");
  EXPECT_EQ(Shown("1.5万", "亩"), "1.5 TEN_THOUSAND MU");
  EXPECT_EQ(Shown("约30万吨"), "about 30 TEN_THOUSAND TONNE");
  EXPECT_EQ(Shown("3000余亩"), "about 3000 UNSPECIFIED MU");
  EXPECT_EQ(Shown("3万多亩"), "about 3 TEN_THOUSAND MU");
  EXPECT_EQ(Shown("15万亩"), "15 TEN_THOUSAND MU");
  EXPECT_EQ(Shown("1,234.5", "吨"), "1234.5 UNSPECIFIED TONNE");
  EXPECT_EQ(Shown("１，２３４．５　公斤"), "1234.5 UNSPECIFIED KILOGRAM");
  EXPECT_EQ(Shown("1500", "万元"), "1500 TEN_THOUSAND YUAN");
  EXPECT_EQ(Shown("3亿元", "万元"), "3 HUNDRED_MILLION YUAN") << "what the cell says goes before";
  EXPECT_EQ(Shown("500 千克"), "500 UNSPECIFIED KILOGRAM");
  EXPECT_EQ(Shown("5千吨"), "5 THOUSAND TONNE");
  EXPECT_EQ(Shown("2百万元"), "2 MILLION YUAN");
  EXPECT_EQ(Shown("12 m²"), "12 UNSPECIFIED SQUARE_METRE");
  EXPECT_EQ(Shown("100头左右"), "about 100 UNSPECIFIED HEAD");
  EXPECT_EQ(Shown("0", "户"), "0 UNSPECIFIED HOUSEHOLD");
}

TEST(QuantityCellTest, WhatIsNone) {
  for (const char* text : {"", "无", "亩", "-5", "1.2.3", "5.", ".5", "1万万", "约", "一百", "5箱", "1e5", "万"}) {
    EXPECT_EQ(Shown(text, "亩"), "none") << text;
  }
  EXPECT_EQ(Shown("5"), "none") << "no unit at all";
  EXPECT_EQ(Shown("1.5万", "万元"), "none") << "one 万 too many, or not: who wrote it must say";
}

TEST(QuantityCellTest, TwoNumbersAreNotOne) {
  for (const char* text :
       {"120①", "120¹", "②120", "10³", "⒈5", "5½", "30 45", "30\n45", "30\u300045亩", "1 234", "１ ２"})
    EXPECT_EQ(Shown(text, "亩"), "none") << text;
  EXPECT_EQ(Shown("12 hm²"), "12 UNSPECIFIED HECTARE") << "no mark";
  EXPECT_EQ(Shown("约 30 万 亩"), "about 30 TEN_THOUSAND MU");
  EXPECT_EQ(Shown("1, 234", "亩"), "1234 UNSPECIFIED MU");
}

TEST(QuantityCellTest, DecimalNumbers) {
  const std::pair<const char*, const char*> cases[] = {{"1,200", "1200"},   {"1.5万", "15000"},       {"１２", "12"},
                                                       {"0.05万", "500"},   {"1.23456万", "12345.6"}, {"12.5", "12.5"},
                                                       {"2亿", "200000000"}};
  for (const auto& [text, wanted] : cases) EXPECT_EQ(ParseDecimalCell(text), wanted) << text;
  for (const char* bad : {"", "约30", "30 45", "3元", "3亩", "-1", "1,2"})
    EXPECT_EQ(ParseDecimalCell(bad), std::nullopt) << bad;
}

TEST(UnitWordsTest, UnitsInHeads) {
  const auto unit = [](const char* head) {
    const ColumnUnit found = UnitInHead(head);
    return found.unclear.empty() ? found.unit : absl::StrCat("?", found.unclear);
  };
  EXPECT_EQ(unit("面积（亩）"), "亩");
  EXPECT_EQ(unit("产值(万元)"), "万元");
  EXPECT_EQ(unit("产量（单位：吨）"), "吨");
  EXPECT_EQ(unit("产值/万元"), "万元");
  EXPECT_EQ(unit("面积（2024年）"), "");
  EXPECT_EQ(unit("面积"), "");
  EXPECT_EQ(unit("面积(单位:公顷)"), "公顷");
  EXPECT_EQ(unit("面积(ha)"), "ha");
  EXPECT_EQ(unit("产量（公斤/年）"), "公斤");
  EXPECT_EQ(unit("产量（吨）/年"), "吨");
  EXPECT_EQ(unit("产值（元）（2024年）"), "元");
  EXPECT_EQ(unit("产量（2024年，吨）"), "吨");
  EXPECT_EQ(unit("面积[公顷]"), "公顷");
  EXPECT_EQ(unit("产量【公斤】"), "公斤");
  EXPECT_EQ(unit("面积（含间作）（亩）"), "亩");
  EXPECT_EQ(unit("面积（含间作）"), "");
  EXPECT_EQ(unit("面积（新）"), "");
  EXPECT_EQ(unit("面积(area)"), "");
  EXPECT_EQ(unit("面积（亩、公顷）"), "?亩、公顷");
  EXPECT_EQ(unit("产量（公斤/亩）"), "?公斤/亩") << "not what was harvested";
  EXPECT_EQ(unit("产值（元/斤）"), "?元/斤");
  for (const char* unknown :
       {"面积（平方丈）", "产量（万担）", "产值（万美元）", "产量（箱）", "产量(lb)", "产值（USD）"})
    EXPECT_EQ(unit(unknown)[0], '?') << unknown;
}

TEST(UnitWordsTest, HeadsThatEndInAUnit) {
  const auto parts = [](const char* head) {
    std::string unit;
    const std::string before = HeadBeforeUnit(HeadForm(head), unit);
    return absl::StrCat(before, "+", unit);
  };
  EXPECT_EQ(parts("产量/吨"), "产量+吨");
  EXPECT_EQ(parts("销量：公斤"), "销量+公斤");
  EXPECT_EQ(parts("面积亩"), "面积+亩");
  EXPECT_EQ(parts("面积 万亩"), "面积+万亩");
  EXPECT_EQ(parts("产量_公斤"), "产量+公斤");
  EXPECT_EQ(parts("产量\n吨"), "产量+吨");
  EXPECT_EQ(parts("output_t"), "output+t");
  EXPECT_EQ(parts("产量/万担"), "产量+万担") << "none that is known";
  EXPECT_EQ(parts("output"), "+") << "no tonnes";
  EXPECT_EQ(parts("吨"), "+");
}

TEST(UnitWordsTest, LinesBesideATable) {
  const auto said = [](const char* line) {
    std::string all;
    for (const UnitStatement& one : UnitStatementsIn(line)) {
      absl::StrAppend(&all, one.of, one.only_of_column ? "!" : "", "=", one.unit, ";");
    }
    return all;
  };
  EXPECT_EQ(said("单位：公顷、公斤、元"), "=公顷;=公斤;=元;");
  EXPECT_EQ(said("表一   单 位：万亩  制表人：某人"), "=万亩;");
  EXPECT_EQ(said("计量单位 亩"), "=亩;");
  EXPECT_EQ(said("（单位：万元）"), "=万元;");
  EXPECT_EQ(said("金额单位：元"), "金额=元;");
  EXPECT_EQ(said("面积单位：公顷；产量单位：公斤"), "面积=公顷;产量=公斤;");
  EXPECT_EQ(said("面积：公顷，产量：公斤"), "面积!=公顷;产量!=公斤;");
  EXPECT_EQ(said("单位：担"), "=担;");
  EXPECT_EQ(said("单位：头、只、吨"), "=头;=只;=吨;");
  EXPECT_EQ(said("注：产量单位为公斤。"), "产量=公斤;");
  EXPECT_EQ(said("1.产量以公斤为单位；2、产值按万元计"), "产量=公斤;产值=万元;");
  EXPECT_EQ(said("2024年梁平柚产量（万吨）统计表"), "=万吨;");
  EXPECT_EQ(said("公顷、公斤"), "=公顷;=公斤;");
  EXPECT_EQ(said("单位：公顷/公斤/元"), "=公顷;=公斤;=元;");
  EXPECT_EQ(said("单位：公斤/亩"), "=公斤/亩;") << "none that is known";
  EXPECT_EQ(said("单位：公顷；公斤；元"), "=公顷;=公斤;=元;");
  EXPECT_EQ(said("单位：公顷（面积）、公斤（产量）"), "面积=公顷;产量=公斤;");
  EXPECT_EQ(said("单 位 ： 公 顷"), "=公顷;");
  EXPECT_EQ(said("单\u3000位 ： 公\u3000顷"), "=公顷;");
  EXPECT_EQ(said("单位：亩、吨、万元（产值为元）"), "=亩;=吨;=万元;产值!=元;");
  for (const char* line : {"单位∶公顷", "单位—公顷", "单位公顷", "Unit: 公顷", "单位 - 公顷"})
    EXPECT_EQ(said(line), "=公顷;") << line;
  EXPECT_EQ(said("面积为公顷"), "面积!=公顷;");
  EXPECT_EQ(said("填表说明：面积按公顷填报，其余照旧"), "面积=公顷;");
  EXPECT_EQ(said("注：面积以公顷计，产量以公斤计"), "面积=公顷;产量=公斤;");
  EXPECT_EQ(said("备注：本表面积按公顷统计"), "本表面积=公顷;");
  for (const char* none :
       {"填报单位：礼让镇", "填报单位：元坝镇", "组织单位：万州区农业农村委员会", "单位（盖章）：某社",
        "单位负责人：某某", "注：以执照为准", "梁平柚 名单", "单位名称：万亩合作社", "名称 3个", ""}) {
    EXPECT_EQ(said(none), "") << none;
  }
}

}  // namespace
}  // namespace gi::client::sheet
