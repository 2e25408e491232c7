#include "server/search/title_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/text_format.h"

namespace gi::search {
namespace {

using registry::v1::Indication;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

Indication Parse(const std::string& text) {
  Indication title;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &title)) << text;
  return title;
}

constexpr Day kToday{20000};

class TitleIndexTest : public testing::Test {
 protected:
  void SetUp() override {
    index_.Put("you", Parse(R"(
      kind: INDICATION_KIND_CERTIFICATION_MARK display_name: "梁平柚" names { text: "Liangping pomelo" }
      numbers { kind: NUMBER_KIND_REGISTRATION number: "1234567" } holder: "entities/a" area_codes: "500155"
      goods { id: "g1" text: "柚子" nice_class: 31 } goods { id: "g2" text: "柚子汁" nice_class: 32 }
      events { id: "e1" kind: TITLE_EVENT_KIND_REGISTERED effective_from { year: 2010 month: 1 day: 1 }
               term_end { year: 2030 month: 1 day: 1 } grace_end { year: 2030 month: 7 day: 1 } }
      events { id: "e2" kind: TITLE_EVENT_KIND_TRANSFERRED effective_from { year: 2015 month: 1 day: 1 }
               new_holder: "entities/b" }
      specification { text: "果肉細嫩，含糖量 ≥ 10%\n多汁化渣" })"));
    index_.Put("ya", Parse(R"(kind: INDICATION_KIND_GI_PRODUCT display_name: "梁平鸭" area_codes: "500228")"));
    index_.Put("feta", Parse(R"(
      kind: INDICATION_KIND_FOREIGN display_name: "Φέτα / Feta" names { text: "Φέτα" } names { text: "Feta" }
      origin { country: "Greece, Cyprus" } specification { text: "Sheep's milk, at least 70 %." })"));
  }

  Findings Search(absl::string_view query, const Filters& filters = {}) {
    const absl::StatusOr<Findings> findings =
        index_.Search(query, filters, kToday, [this](const std::string& code) -> absl::StatusOr<bool> {
          asked_.push_back(code);
          return code == "500155";
        });
    EXPECT_TRUE(findings.ok()) << findings.status();
    return *findings;
  }
  std::vector<std::string> Ids(absl::string_view query, const Filters& filters = {}) {
    std::vector<std::string> ids;
    for (const TitleHit& hit : Search(query, filters).hits) ids.push_back(hit.id);
    return ids;
  }
  static std::vector<std::pair<std::string, int>> Values(const Findings& findings, registry::v1::FacetField field) {
    std::vector<std::pair<std::string, int>> values;
    for (const registry::v1::Facet& facet : findings.facets) {
      if (facet.field() != field) continue;
      for (const registry::v1::FacetValue& value : facet.values()) values.emplace_back(value.value(), value.titles());
    }
    return values;
  }

  TitleIndex index_;
  std::vector<std::string> asked_;
};

TEST_F(TitleIndexTest, ByNameNumberAndText) {
  EXPECT_THAT(Ids("liangpingyou"), ElementsAre("you", "ya")) << "liangpingya is similar";
  EXPECT_THAT(Ids("lpy"), UnorderedElementsAre("you", "ya")) << "of 柚 and 鸭 alike";
  EXPECT_THAT(Ids("φετα"), ElementsAre("feta"));
  EXPECT_THAT(Ids("第1234567号"), ElementsAre("you"));
  EXPECT_EQ(Search("1234567").hits.front().kind, registry::v1::MATCH_KIND_EXACT);
  EXPECT_THAT(Ids("细嫩"), ElementsAre("you")) << "text is folded too";
  EXPECT_THAT(Ids("多汁 含糖量"), ElementsAre("you")) << "words in any order";
  EXPECT_THAT(Ids("多汁 酸度"), IsEmpty());
  EXPECT_THAT(Ids("SHEEP'S"), ElementsAre("feta"));
  EXPECT_EQ(Search("milk").hits.front().kind, registry::v1::MATCH_KIND_TEXT);
}

TEST_F(TitleIndexTest, NothingAskedIsEverythingByName) {
  // Φ comes before 梁, 柚 before 鸭.
  EXPECT_THAT(Ids(" "), ElementsAre("feta", "you", "ya"));
}

TEST_F(TitleIndexTest, Filters) {
  EXPECT_THAT(Ids("", {.kinds = {registry::v1::INDICATION_KIND_GI_PRODUCT}}), ElementsAre("ya"));
  EXPECT_THAT(Ids("", {.states = {registry::v1::TITLE_STATE_IN_FORCE}}), ElementsAre("you"));
  EXPECT_THAT(Ids("", {.countries = {"Cyprus"}}), ElementsAre("feta"));
  EXPECT_THAT(Ids("", {.countries = {"China"}}), ElementsAre("you", "ya"));
  EXPECT_THAT(Ids("", {.nice_classes = {32, 33}}), ElementsAre("you"));
  EXPECT_THAT(Ids("", {.holders = {"entities/b"}}), ElementsAre("you")) << "the holder of the day";
  EXPECT_THAT(Ids("", {.holders = {"entities/a"}}), IsEmpty());
  EXPECT_THAT(Ids("", {.by_division = true}), ElementsAre("you"));
  EXPECT_THAT(asked_, UnorderedElementsAre("500155", "500228"));
  EXPECT_THAT(Ids("feta", {.countries = {"China"}}), IsEmpty());
}

TEST_F(TitleIndexTest, FacetsCountWhatTheirOwnFilterWouldLeave) {
  const Findings all = Search("");
  EXPECT_THAT(Values(all, registry::v1::FACET_FIELD_COUNTRY),
              ElementsAre(Pair("China", 2), Pair("Cyprus", 1), Pair("Greece", 1)));
  EXPECT_THAT(Values(all, registry::v1::FACET_FIELD_NICE_CLASS), ElementsAre(Pair("31", 1), Pair("32", 1)));
  EXPECT_THAT(Values(all, registry::v1::FACET_FIELD_DIVISION), ElementsAre(Pair("500155", 1), Pair("500228", 1)));
  EXPECT_THAT(Values(all, registry::v1::FACET_FIELD_HOLDER), ElementsAre(Pair("entities/b", 1)));
  const Findings chinese = Search("", {.kinds = {registry::v1::INDICATION_KIND_GI_PRODUCT}, .countries = {"China"}});
  EXPECT_THAT(Values(chinese, registry::v1::FACET_FIELD_COUNTRY), ElementsAre(Pair("China", 1)));
  EXPECT_THAT(
      Values(chinese, registry::v1::FACET_FIELD_KIND),
      UnorderedElementsAre(Pair("INDICATION_KIND_GI_PRODUCT", 1), Pair("INDICATION_KIND_CERTIFICATION_MARK", 1)));
  EXPECT_THAT(Values(chinese, registry::v1::FACET_FIELD_STATE), ElementsAre(Pair("TITLE_STATE_PENDING", 1)));
}

TEST_F(TitleIndexTest, ReplacedTitlesAnswerAsTheyAreNow) {
  index_.Put("you", Parse(R"(kind: INDICATION_KIND_GI_PRODUCT display_name: "合川桃片")"));
  EXPECT_THAT(Ids("梁平柚"), ElementsAre("ya")) << "the other one is only similar";
  EXPECT_THAT(Ids("1234567"), IsEmpty());
  EXPECT_THAT(Ids("细嫩"), IsEmpty());
  EXPECT_THAT(Ids("hctp"), ElementsAre("you"));
  EXPECT_EQ(index_.size(), 3u);
}

TEST_F(TitleIndexTest, ATextThatIsPutAgainIsFoundOnce) {
  const Indication title = Parse(R"(kind: INDICATION_KIND_AGI display_name: "甲" specification { text: "皮薄肉厚" })");
  for (int i = 0; i < 3; ++i) index_.Put("jia", title);
  EXPECT_THAT(Ids("肉厚"), ElementsAre("jia"));
  Indication changed = title;
  changed.mutable_specification()->set_text("皮厚");
  index_.Put("jia", changed);
  EXPECT_THAT(Ids("肉厚"), IsEmpty());
  EXPECT_THAT(Ids("皮厚"), ElementsAre("jia"));
  index_.Put("jia", title);
  EXPECT_THAT(Ids("肉厚"), ElementsAre("jia"));
}

TEST_F(TitleIndexTest, SimilarNamesTheLikeliestFirst) {
  const std::vector<TitleHit> hits = index_.Similar("粱平柚", 5);
  ASSERT_GE(hits.size(), 1u);
  EXPECT_EQ(hits.front().id, "you");
  EXPECT_EQ(hits.front().matched_name, "梁平柚");
  EXPECT_EQ(index_.Similar("liangping", 1).size(), 1u);
}

TEST_F(TitleIndexTest, ErrorsOfTheAreaFilterAreTheAnswer) {
  const auto failing = [](const std::string&) -> absl::StatusOr<bool> { return absl::DataLossError("x"); };
  EXPECT_EQ(index_.Search("", {.by_division = true}, kToday, failing).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(index_.Search("", {}, kToday, failing).ok());
}

}  // namespace
}  // namespace gi::search
