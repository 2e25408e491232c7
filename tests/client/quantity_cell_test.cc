// Quantities as spreadsheets write them.
#include "client/sheet/quantity_cell.h"

#include <string>

#include "absl/strings/str_cat.h"
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

TEST(QuantityCellTest, UnitsInHeads) {
  const auto unit = [](const char* head) {
    const HeadUnit found = UnitInHead(head);
    return found.unknown ? "?" : found.unit;
  };
  EXPECT_EQ(unit("面积（亩）"), "亩");
  EXPECT_EQ(unit("产值(万元)"), "万元");
  EXPECT_EQ(unit("产量（单位：吨）"), "吨");
  EXPECT_EQ(unit("产值/万元"), "万元");
  EXPECT_EQ(unit("面积（2024年）"), "");
  EXPECT_EQ(unit("面积"), "");
  EXPECT_EQ(unit("面积(单位:公顷)"), "公顷");
  EXPECT_EQ(unit("产量（公斤/年）"), "公斤");
  EXPECT_EQ(unit("产值（元）（2024年）"), "元");
  EXPECT_EQ(unit("产量（2024年，吨）"), "吨");
  EXPECT_EQ(unit("面积[公顷]"), "公顷");
  EXPECT_EQ(unit("产量【公斤】"), "公斤");
  EXPECT_EQ(unit("面积（含间作）（亩）"), "亩");
  EXPECT_EQ(unit("面积（含间作）"), "");
  for (const char* unknown : {"面积（平方丈）", "产量（万担）", "产值（万美元）"})
    EXPECT_EQ(unit(unknown), "?") << unknown;
}

}  // namespace
}  // namespace gi::client::sheet
