#include "server/domain/division.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "storage/base/error.h"

namespace gi::domain {
namespace {

using namespace gi::registry::v1;

using Codes = std::vector<std::string>;

// A table whose rows are valid only until the next look-up.
class Table {
 public:
  void Add(const std::string& code, const Codes& names) {
    for (const std::string& name : names) rows_[code].add_names()->set_display_name(name);
  }
  void Succeed(const std::string& code, SuccessionKind kind, const Codes& successors, bool inferred = false) {
    for (const std::string& to : successors) {
      DivisionSuccessor& successor = *rows_[code].add_successors();
      successor.set_code(to);
      successor.set_kind(kind);
      successor.set_inferred(inferred);
    }
  }
  void Renumber(const std::string& code, const std::string& to) { Succeed(code, SUCCESSION_KIND_RENUMBERED, {to}); }
  void FailOn(const std::string& code) { failing_ = code; }

  absl::StatusOr<const Division*> operator()(absl::string_view code) const {
    ++lookups_;
    if (code == failing_) return MakeError(ERROR_REASON_STORE_IO, {{"detail", "test"}});
    const auto row = rows_.find(std::string(code));
    if (row == rows_.end()) return nullptr;
    scratch_ = row->second;
    return &scratch_;
  }
  int lookups() const { return lookups_; }

 private:
  std::map<std::string, Division> rows_;
  mutable Division scratch_;
  std::string failing_;
  mutable int lookups_ = 0;
};

// Facts of Liangping and its neighbours; 500228120205 and 500155999 are left out on purpose.
Table Liangping() {
  Table table;
  table.Add("500000", {"重庆市"});
  table.Add("510000", {"四川省"});
  table.Add("512200", {"万县地区"});
  table.Add("511200", {"万县市"});
  table.Add("512224", {"梁平县"});
  table.Add("511223", {"梁平县"});
  table.Add("511224", {"云阳县"});
  table.Add("500228", {"梁平县"});
  table.Add("500155", {"梁平区"});
  table.Add("500228120", {"合兴镇"});
  table.Add("500155120", {"合兴镇"});
  table.Add("500155005", {"合兴街道"});
  table.Add("500155120205", {"龙滩村村民委员会"});
  table.Add("500155005205", {"龙滩村村民委员会"});
  table.Add("500228200", {"安胜乡"});
  table.Add("500155128", {"安胜镇"});
  table.Add("500155001", {"梁平县梁山街道办事处", "梁山街道办事处", "梁山街道"});
  table.Add("500155002", {"双桂街道"});
  table.Renumber("512200", "511200");
  table.Renumber("512224", "511223");
  table.Renumber("511223", "500228");
  table.Renumber("500228", "500155");
  table.Renumber("500228120", "500155120");
  table.Renumber("500155120", "500155005");
  table.Renumber("500155120205", "500155005205");
  table.Renumber("500228200", "500155128");
  return table;
}

DivisionCode Code(absl::string_view text) { return DivisionCode::Parse(text, "code").value(); }

ResolvedPlace Resolve(absl::string_view code, Table& table) { return ResolvePlace(Code(code), table).value(); }

Codes PresentCodes(absl::string_view code, Table& table) { return Resolve(code, table).codes; }

bool Inside(absl::string_view place, absl::string_view area, Table& table) {
  return IsInside(Code(place), Code(area), table).value();
}

TEST(DivisionCodeTest, LevelsAndParents) {
  const struct {
    const char* code;
    DivisionLevel level;
    const char* parent;
  } kCases[] = {
      {"500155005205", DIVISION_LEVEL_VILLAGE, "500155005"}, {"500155005", DIVISION_LEVEL_TOWNSHIP, "500155"},
      {"500155", DIVISION_LEVEL_COUNTY, "500100"},           {"500100", DIVISION_LEVEL_PREFECTURE, "500000"},
      {"441900003", DIVISION_LEVEL_TOWNSHIP, "441900"},      {"429004", DIVISION_LEVEL_COUNTY, "429000"},
      {"500155000201", DIVISION_LEVEL_VILLAGE, "500155"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Code(test.code).level(), test.level) << test.code;
    EXPECT_EQ(Code(test.code).Parent()->text(), test.parent) << test.code;
  }
  EXPECT_EQ(Code("500000").level(), DIVISION_LEVEL_PROVINCE);
  EXPECT_FALSE(Code("500000").Parent().has_value());
}

TEST(DivisionCodeTest, NormalisesAndDropsFill) {
  EXPECT_EQ(Code(" ５００１５５\u3000005 ").text(), "500155005");
  EXPECT_EQ(Code("500155005000").text(), "500155005");
  EXPECT_EQ(Code("500155000000").text(), "500155");
  EXPECT_EQ(Code("500155000").text(), "500155");
  EXPECT_EQ(Code("500000000000").text(), "500000");
  EXPECT_EQ(Code("500155000000"), Code("500155"));
  EXPECT_LT(Code("500155"), Code("500155001"));
}

TEST(DivisionCodeTest, RefusesOtherText) {
  for (const char* text : {"", "50", "5001", "50015", "5001555", "50015500", "5001550051", "5001550052055", "50015A",
                           "-50015", "050155", "000000", "梁平", "\xff\xff\xff\xff\xff\xff"}) {
    EXPECT_EQ(GetErrorReason(DivisionCode::Parse(text, "code").status()), ERROR_REASON_DIVISION_CODE_MALFORMED) << text;
  }
  const absl::Status status = DivisionCode::Parse("50015", "seat").status();
  EXPECT_EQ(GetErrorDetail(status)->metadata, (ErrorMetadata{{"field", "seat"}, {"value", "50015"}}));
  // Shaped like a mobile telephone number.
  const absl::Status masked = DivisionCode::Parse("10000000001", "seat").status();
  EXPECT_EQ(GetErrorDetail(masked)->metadata, (ErrorMetadata{{"field", "seat"}, {"value", "10*******01"}}));
}

TEST(ResolvePlaceTest, FollowsTheCountyThroughFourCodes) {
  Table table = Liangping();
  const ResolvedPlace place = Resolve("512224", table);
  EXPECT_EQ(place.codes, Codes{"500155"});
  EXPECT_EQ(place.path, (Codes{"512224", "511223", "500228", "500155"}));
  EXPECT_FALSE(place.partial);
  EXPECT_FALSE(place.inferred);
  EXPECT_EQ(PresentCodes("500155", table), Codes{"500155"});
}

TEST(ResolvePlaceTest, FollowsTownshipsAndVillages) {
  Table table = Liangping();
  EXPECT_EQ(PresentCodes("500155120205", table), Codes{"500155005205"});
  EXPECT_EQ(PresentCodes("500228200", table), Codes{"500155128"});
  EXPECT_EQ(Resolve("500228120", table).path, (Codes{"500228120", "500155120", "500155005"}));
}

TEST(ResolvePlaceTest, CarriesDigitsOverToRenumberedAncestors) {
  Table table = Liangping();
  const ResolvedPlace place = Resolve("500228120205", table);
  EXPECT_EQ(place.codes, Codes{"500155005205"});
  EXPECT_EQ(place.path, (Codes{"500228120205", "500155120205", "500155005205"}));
  EXPECT_FALSE(place.partial);
  EXPECT_TRUE(place.inferred);
  // Of the township no row: over the county.
  const ResolvedPlace by_county = Resolve("500228002", table);
  EXPECT_EQ(by_county.codes, Codes{"500155002"});
  EXPECT_TRUE(by_county.inferred);
  // Through all codes of the county, though nobody wrote such a code before 1997.
  EXPECT_EQ(PresentCodes("512224120205", table), Codes{"500155005205"});
}

TEST(ResolvePlaceTest, CarriesOverAtEveryStep) {
  Table table = Liangping();
  // Only the last step has the row.
  table.Add("500155005206", {"雨家村村民委员会"});
  EXPECT_EQ(PresentCodes("500228120206", table), Codes{"500155005206"});
  // The smallest ancestor has a row without a successor: the county's is used.
  table.Add("500228001", {"梁平县梁山街道办事处"});
  table.Add("500155001201", {"清都村村民委员会"});
  EXPECT_EQ(PresentCodes("500228001201", table), Codes{"500155001201"});
}

TEST(ResolvePlaceTest, TakesTheDeepestPartialMatch) {
  Table table = Liangping();
  const ResolvedPlace known = Resolve("500228120999", table);
  EXPECT_EQ(known.codes, Codes{"500155005"});
  EXPECT_TRUE(known.partial);
  EXPECT_FALSE(known.inferred);
  const ResolvedPlace carried = Resolve("500228002999", table);
  EXPECT_EQ(carried.codes, Codes{"500155002"});
  EXPECT_TRUE(carried.partial);
  EXPECT_TRUE(carried.inferred);
  const ResolvedPlace county = Resolve("500155999", table);
  EXPECT_EQ(county.codes, Codes{"500155"});
  EXPECT_EQ(county.path, (Codes{"500155999", "500155"}));
  EXPECT_TRUE(county.partial);
}

TEST(ResolvePlaceTest, CountiesAreNotCarriedOverToOtherPrefectures) {
  Table table;
  table.Add("512200", {"万县地区"});
  table.Add("511200", {"万县市"});
  table.Add("511224", {"云阳县"});
  table.Renumber("512200", "511200");
  const ResolvedPlace place = Resolve("512224", table);  // 梁平县
  EXPECT_EQ(place.codes, Codes{"511200"});
  EXPECT_TRUE(place.partial);
}

TEST(ResolvePlaceTest, DigitsAreNotCarriedOverAtMergersAndSplits) {
  Table table = Liangping();
  table.Add("500155901", {"甲乡"});
  table.Add("500155902", {"乙乡"});
  table.Add("500155001201", {"清都村村民委员会"});
  table.Succeed("500155901", SUCCESSION_KIND_MERGED, {"500155001"});
  table.Succeed("500155902", SUCCESSION_KIND_SPLIT, {"500155001", "500155002"});
  const ResolvedPlace merged = Resolve("500155901201", table);
  EXPECT_EQ(merged.codes, Codes{"500155001"});
  EXPECT_TRUE(merged.partial);
  const ResolvedPlace split = Resolve("500155902201", table);
  EXPECT_EQ(split.codes, (Codes{"500155001", "500155002"}));
  EXPECT_TRUE(split.partial);
}

TEST(ResolvePlaceTest, SplitsGoOnAndMeetAgain) {
  Table table;
  table.Succeed("500155901", SUCCESSION_KIND_SPLIT, {"500155902", "500155903", "500155904"});
  table.Renumber("500155902", "500155905");
  table.Succeed("500155903", SUCCESSION_KIND_MERGED, {"500155905"});
  table.Add("500155904", {"丙镇"});
  table.Add("500155905", {"丁镇"});
  const ResolvedPlace place = Resolve("500155901", table);
  EXPECT_EQ(place.codes, (Codes{"500155905", "500155904"}));
  EXPECT_EQ(place.path, (Codes{"500155901", "500155902", "500155905", "500155903", "500155904"}));
  EXPECT_FALSE(place.partial);
}

TEST(ResolvePlaceTest, InferredSuccessionsMakeTheAnswerInferred) {
  Table table = Liangping();
  table.Succeed("500155109", SUCCESSION_KIND_RENUMBERED, {"500155004"}, /*inferred=*/true);
  table.Renumber("500228109", "500155109");
  EXPECT_TRUE(Resolve("500228109", table).inferred);
}

TEST(ResolvePlaceTest, SuccessorWithoutARowIsAnEnd) {
  Table table = Liangping();
  table.Renumber("500155109", "500155004");
  const ResolvedPlace place = Resolve("500155109", table);
  EXPECT_EQ(place.codes, Codes{"500155004"});
  EXPECT_FALSE(place.partial);
  EXPECT_TRUE(Inside("500155109", "500155004", table));
  EXPECT_TRUE(Inside("500155004", "500155109", table));
  EXPECT_TRUE(Inside("500155109", "500155", table));
  EXPECT_FALSE(Inside("500155001", "500155109", table));
  // Unless its digits lead further.
  table.Renumber("500155101", "500228120");
  table.Renumber("500155101205", "500228120205");
  EXPECT_EQ(PresentCodes("500155101205", table), Codes{"500155005205"});
}

TEST(ResolvePlaceTest, NothingKnown) {
  Table table = Liangping();
  for (const char* code : {"990155", "990155001", "990155001201"}) {
    const ResolvedPlace place = Resolve(code, table);
    EXPECT_TRUE(place.codes.empty()) << code;
    EXPECT_TRUE(place.partial) << code;
    EXPECT_FALSE(Inside(code, code, table)) << code;
    EXPECT_FALSE(Inside(code, "500155", table)) << code;
    EXPECT_FALSE(Inside("500155", code, table)) << code;
    EXPECT_TRUE(DisplayPath(Code(code), table)->empty()) << code;
  }
}

TEST(ResolvePlaceTest, CirclesAreOnePlace) {
  Table table = Liangping();
  table.Renumber("500155901", "500155902");
  table.Renumber("500155902", "500155903");
  table.Renumber("500155903", "500155902");
  table.Renumber("500155904", "500155904");
  for (const char* code : {"500155901", "500155902", "500155903"}) {
    const ResolvedPlace place = Resolve(code, table);
    EXPECT_EQ(place.codes.size(), 2u) << code;
    EXPECT_TRUE(place.inferred) << code;
    EXPECT_FALSE(place.partial) << code;
    for (const char* area : {"500155901", "500155902", "500155903", "500155", "500000"}) {
      EXPECT_TRUE(Inside(code, area, table)) << code << " " << area;
    }
    EXPECT_FALSE(Inside(code, "500155001", table)) << code;
  }
  EXPECT_EQ(PresentCodes("500155904", table), Codes{"500155904"});
  // Guesses that run in a circle are no places.
  table.Renumber("990155001", "990155002");
  table.Renumber("990155002", "990155001");
  const ResolvedPlace village = Resolve("990155001201", table);
  EXPECT_TRUE(village.partial);
  EXPECT_EQ(village.codes.size(), 2u);
}

std::string Link(size_t n) { return absl::StrCat(500155100 + n); }

TEST(ResolvePlaceTest, LongChainsAreCutOff) {
  Table table;
  for (size_t i = 0; i < 200; ++i) table.Renumber(Link(i), Link(i + 1));
  table.Add(Link(200), {"终点镇"});
  const ResolvedPlace whole = Resolve(Link(200 - kMaxDivisionSteps + 1), table);
  EXPECT_EQ(whole.codes, Codes{Link(200)});
  EXPECT_FALSE(whole.inferred);
  EXPECT_EQ(whole.path.size(), kMaxDivisionSteps);
  const ResolvedPlace cut = Resolve(Link(0), table);
  EXPECT_EQ(cut.codes, Codes{Link(kMaxDivisionSteps - 1)});
  EXPECT_TRUE(cut.inferred);
}

TEST(ResolvePlaceTest, WideTablesAreCutOff) {
  Table table;
  for (size_t i = 0; i < 300; ++i) {
    for (size_t j = 0; j < 50; ++j) table.Renumber(Link(i), Link((i * 7 + j * 3) % 300));
  }
  EXPECT_TRUE(ResolvePlace(Code(Link(0)), table).ok());
  EXPECT_TRUE(IsInside(Code(Link(0)), Code("500155"), table).ok());
  EXPECT_TRUE(ResolvePlace(Code(Link(0) + "201"), table).ok());
  EXPECT_TRUE(DisplayPath(Code(Link(0) + "201"), table).ok());
  EXPECT_LT(table.lookups(), 100000);
}

TEST(ResolvePlaceTest, PassesErrorsOn) {
  Table table = Liangping();
  table.FailOn("500155005");
  EXPECT_EQ(GetErrorReason(ResolvePlace(Code("500228120"), table).status()), ERROR_REASON_STORE_IO);
  EXPECT_EQ(GetErrorReason(ResolvePlace(Code("500155005999"), table).status()), ERROR_REASON_STORE_IO);
  EXPECT_EQ(GetErrorReason(IsInside(Code("500155120205"), Code("500155"), table).status()), ERROR_REASON_STORE_IO);
  EXPECT_EQ(GetErrorReason(IsInside(Code("500155"), Code("500155120"), table).status()), ERROR_REASON_STORE_IO);
  EXPECT_EQ(GetErrorReason(DisplayPath(Code("500155120205"), table).status()), ERROR_REASON_STORE_IO);
  table.Renumber("500155130", "5001");
  EXPECT_EQ(GetErrorReason(ResolvePlace(Code("500155130"), table).status()), ERROR_REASON_DATA_CORRUPT);
}

TEST(IsInsideTest, EveryCodeOfTheVillageIsInEveryCodeAroundIt) {
  Table table = Liangping();
  for (const char* village : {"500155120205", "500155005205", "500228120205"}) {
    for (const char* area : {"500155120205", "500155005205", "500228120205", "500155005", "500155120", "500228120",
                             "500155", "500228", "511223", "512224", "500000"}) {
      EXPECT_TRUE(Inside(village, area, table)) << village << " " << area;
    }
    for (const char* area : {"500155128", "500228200", "500155001", "511224", "511200", "510000"}) {
      EXPECT_FALSE(Inside(village, area, table)) << village << " " << area;
    }
  }
  EXPECT_FALSE(Inside("500155", "500155005", table));
}

TEST(IsInsideTest, OldPlacesAreInTodaysProvince) {
  Table table = Liangping();
  table.Add("512224999", {"旧乡"});  // of which no successor is known
  EXPECT_TRUE(Inside("512224999", "500155", table));
  EXPECT_TRUE(Inside("512224999", "500000", table));
  EXPECT_FALSE(Inside("512224999", "510000", table));
  EXPECT_FALSE(Inside("512224", "512200", table));
}

TEST(IsInsideTest, UnknownPlacesAreInsideTheirKnownAncestorsOnly) {
  Table table = Liangping();
  EXPECT_TRUE(Inside("500155999", "500155", table));
  EXPECT_TRUE(Inside("500155999", "512224", table));
  EXPECT_TRUE(Inside("500155999", "500000", table));
  EXPECT_FALSE(Inside("500155999", "500155005", table));
  EXPECT_TRUE(Inside("500155999", "500155999", table));
  EXPECT_FALSE(Inside("500155999201", "500155999", table));
  EXPECT_FALSE(Inside("500155", "500155999", table));
  // A known village under an unknown township, and an unknown province.
  table.Add("500155998201", {"某村"});
  EXPECT_TRUE(Inside("500155998201", "500155998", table));
  table.Add("330102", {"上城区"});
  EXPECT_TRUE(Inside("330102", "330000", table));
}

TEST(IsInsideTest, SplitPlacesMustBeInsideWithAllParts) {
  Table table = Liangping();
  table.Add("500154", {"开州区"});
  table.Succeed("500155901", SUCCESSION_KIND_SPLIT, {"500155001", "500155002"});
  table.Succeed("500155902", SUCCESSION_KIND_SPLIT, {"500155001", "500154001"});
  table.Add("500154001", {"某街道"});
  table.Add("500155901201", {"某村"});
  EXPECT_TRUE(Inside("500155901", "500155", table));
  EXPECT_FALSE(Inside("500155901", "500155001", table));
  EXPECT_FALSE(Inside("500155902", "500155", table));
  EXPECT_FALSE(Inside("500155902", "500154", table));
  EXPECT_TRUE(Inside("500155902", "500000", table));
  EXPECT_TRUE(Inside("500155901", "500155901", table));
  EXPECT_TRUE(Inside("500155001", "500155901", table));
  EXPECT_TRUE(Inside("500155901201", "500155", table));
  EXPECT_TRUE(Inside("500155901201", "500155901", table));
  EXPECT_FALSE(Inside("500155901201", "500155002", table));
}

// A row that makes a county the successor of its own village, and the other way round.
TEST(IsInsideTest, EndsOnTablesThatClimbInCircles) {
  Table table;
  table.Renumber("500155", "500155005205");
  table.Add("500155005205", {"龙滩村村民委员会"});
  EXPECT_FALSE(Inside("500155005205", "500000", table));
  EXPECT_TRUE(DisplayPath(Code("500155005205"), table).ok());
}

TEST(DisplayPathTest, PresentNamesFromTheProvince) {
  Table table = Liangping();
  const Codes village = {"重庆市", "梁平区", "合兴街道", "龙滩村村民委员会"};
  for (const char* code : {"500155005205", "500155120205", "500228120205"}) {
    EXPECT_EQ(*DisplayPath(Code(code), table), village) << code;
  }
  EXPECT_EQ(*DisplayPath(Code("512224"), table), (Codes{"重庆市", "梁平区"}));
  EXPECT_EQ(*DisplayPath(Code("500155001"), table), (Codes{"重庆市", "梁平区", "梁山街道"}));
  EXPECT_EQ(*DisplayPath(Code("500228999"), table), (Codes{"重庆市", "梁平区"}));
  EXPECT_EQ(*DisplayPath(Code("500228120999"), table), (Codes{"重庆市", "梁平区", "合兴街道"}));
}

TEST(DisplayPathTest, SplitPlacesKeepTheirOwnName) {
  Table table = Liangping();
  table.Add("500228901", {"旧乡", "旧镇"});
  table.Succeed("500228901", SUCCESSION_KIND_SPLIT, {"500155001", "500155002"});
  EXPECT_EQ(*DisplayPath(Code("500228901"), table), (Codes{"重庆市", "梁平区", "旧镇"}));
}

TEST(DisplayNameTest, IsTheLastName) {
  Division division;
  EXPECT_EQ(DisplayName(division), "");
  division.add_names()->set_display_name("双桂街道办事处");
  division.add_names()->set_display_name("双桂街道");
  EXPECT_EQ(DisplayName(division), "双桂街道");
}

}  // namespace
}  // namespace gi::domain
