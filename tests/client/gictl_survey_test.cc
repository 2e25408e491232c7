// Commands of the survey and the catalogue: which method is called, with what.
#include <string>
#include <vector>

#include "gi/registry/v1/product.pb.h"
#include "gi/registry/v1/ruleset.pb.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "tests/client/gictl_fixture.h"

namespace gi::client::gictl {
namespace {

using testing::HasSubstr;

constexpr char kRecord[] = "surveys/s/records/r";
constexpr char kProduct[] = "products/p";

class GictlSurveyTest : public GictlAnyMethodTest {
 protected:
  void SetUp() override {
    GictlAnyMethodTest::SetUp();
    answers_["GetSurveyRecord"] =
        "survey_record { name: 'surveys/s/records/r' etag: 'e-1' warnings { id: 'w1' field: 'f' message_en: 'odd' } "
        "duplicates { similar { product: 'products/q' display_name: '另一个' score: 700 } } }";
    answers_["GetSurvey"] = "survey { name: 'surveys/s' etag: 'e-1' }";
    answers_["GetProduct"] = "product { name: 'products/p' etag: 'e-1' }";
  }
};

TEST_F(GictlSurveyTest, EveryCommandAsksForWhatItSays) {
  ExpectCalls({
      {{"open", "surveys/s"}, "OpenSurvey", {"name: \"surveys/s\"", "etag: \"e-1\""}},
      {{"close", "surveys/s"}, "CloseSurvey", {"name: \"surveys/s\""}},
      {{"archive", "surveys/s"}, "ArchiveSurvey", {"name: \"surveys/s\""}},
      {{"progress", "surveys/s", "--date", "2025-12-01"},
       "GetSurveyProgress",
       {"date { year: 2025 month: 12 day: 1 }"}},
      {{"compare", "--by", "sector", "--subject", "output", "--from", "2023", "--to", "2025", "--sector", "crops"},
       "CompareSurveys",
       {"group: COMPARISON_GROUP_SECTOR", "subject: MEASURED_SUBJECT_OUTPUT", "from_year: 2023", "to_year: 2025",
        "sector: SECTOR_CROPS"}},
      {{"compare", "--product", kProduct}, "CompareSurveys", {"COMPARISON_GROUP_PRODUCT", "product: \"products/p\""}},
      {{"convert", "15.8", "mu", "hectare", "--magnitude", "ten-thousand"},
       "ConvertQuantity",
       {"value: \"15.8\" magnitude: MAGNITUDE_TEN_THOUSAND unit: UNIT_MU", "unit: UNIT_HECTARE"}},
      {{"return", kRecord, "--remark", "measurements[0]=核实=面积", "--remark", "x=y"},
       "ReturnSurveyRecord",
       {"field: \"measurements[0]\" remark: \"核实=面积\"", "field: \"x\" remark: \"y\"", "etag: \"e-1\""}},
      {{"accept", kRecord, "--acknowledge", "w1,w2", "--product", kProduct},
       "AcceptSurveyRecord",
       {"acknowledged_warnings: \"w1\" acknowledged_warnings: \"w2\"", "product: \"products/p\""}},
      {{"accept", kRecord, "--acknowledge-all"}, "AcceptSurveyRecord", {"acknowledged_warnings: \"w1\""}},
      {{"supersede", kRecord, "--by", "surveys/t/records/r"},
       "SupersedeSurveyRecord",
       {"superseded_by: \"surveys/t/records/r\""}},
      {{"same", kRecord, kProduct}, "DecideSurveyDuplicate", {"product: \"products/p\"", "DUPLICATE_DECISION_SAME"}},
      {{"different", kRecord, kProduct}, "DecideSurveyDuplicate", {"DUPLICATE_DECISION_DIFFERENT"}},
      {{"choose", kRecord, "m2"}, "ChooseSurveyMeasurement", {"measurement: \"m2\""}},
      {{"move", kProduct, "ready"}, "MoveProduct", {"stage: CULTIVATION_STAGE_READY", "etag: \"e-1\""}},
      {{"task", kProduct, "--title", "佐证", "--office", "示例办", "--due", "2026-01-02"},
       "RecordProductTask",
       {"title: \"佐证\"", "office: \"示例办\"", "due_on { year: 2026 month: 1 day: 2 }"}},
      {{"merge", kProduct, "products/q"}, "MergeProduct", {"into: \"products/q\""}},
      {{"unmerge", kProduct}, "UnmergeProduct", {"name: \"products/p\""}},
      {{"history", kProduct}, "GetProductHistory", {"name: \"products/p\""}},
      {{"similar", "张鸭子", "--place", "500155104", "--sector", "processing"},
       "FindSimilarProducts",
       {"local_name: \"张鸭子\"", "place_code: \"500155104\"", "SECTOR_PROCESSING"}},
      {{"candidates", "--stage", "ready,identified", "--division", "500155", "--ruleset", "rulesets/x"},
       "RankCandidates",
       {"stages: CULTIVATION_STAGE_READY stages: CULTIVATION_STAGE_IDENTIFIED", "division: \"500155\"",
        "ruleset: \"rulesets/x\""}},
      {{"places", "--point", "107.7,30.6", "--datum", "gcj02", "--products"},
       "SearchPlaces",
       {"point { datum: DATUM_GCJ02 point { longitude: \"107.7\" latitude: \"30.6\" } }", "products_only: true"}},
      {{"places", "--box", "107,30,108,31"}, "SearchPlaces", {"south_west { longitude: \"107\" latitude: \"30\" }"}},
      {{"list", "survey_records", "--survey", "surveys/s", "--township", "500155005", "--state", "submitted"},
       "ListSurveyRecords",
       {"survey: \"surveys/s\"", "township: \"500155005\"", "SURVEY_RECORD_STATE_SUBMITTED"}},
      {{"list", "products", "--stage", "ready", "--stalled", "--merged"},
       "ListProducts",
       {"CULTIVATION_STAGE_READY", "stalled: true", "include_merged: true"}},
      {{"list", "rulesets"}, "ListRuleSets", {}},
      {{"get", kRecord}, "GetSurveyRecord", {"name: \"surveys/s/records/r\""}},
  });
}

TEST_F(GictlSurveyTest, SubmittingShowsWhatTheReviewerWillSee) {
  EXPECT_EQ(Run({"--lang", "en", "--reason", "x", "submit", kRecord}), kSuccess) << err_;
  EXPECT_THAT(requests_["SubmitSurveyRecord"], HasSubstr("etag: \"e-1\""));
  EXPECT_THAT(out_, HasSubstr("w1 f: odd"));
  EXPECT_THAT(out_, HasSubstr("products/q 另一个 (700)"));
}

TEST_F(GictlSurveyTest, FiguresAreShownYearByYear) {
  answers_["CompareSurveys"] =
      "series { codes: '500155005' display_name: '合兴街道' subject: MEASURED_SUBJECT_AREA unit: UNIT_MU points { "
      "survey: "
      "'surveys/a' records: 2 total { value: '900' unit: UNIT_MU } } points { survey: 'surveys/b' records: 3 total { "
      "value: '1000' unit: UNIT_MU } change: '100' ratio: '1.1111' } }";
  EXPECT_EQ(Run({"--lang", "zh", "compare"}), kSuccess) << err_;
  EXPECT_THAT(out_, HasSubstr("1000 亩"));
  EXPECT_THAT(out_, HasSubstr("1.1111"));
  answers_["ConvertQuantity"] = "quantity { value: '0.333' unit: UNIT_MU } fraction: '1/3'";
  EXPECT_EQ(Run({"--lang", "en", "convert", "1", "mu", "mu"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("1/3"));
}

TEST_F(GictlSurveyTest, MistakesAtTheKeyboard) {
  const std::vector<std::vector<std::string>> mistakes = {
      {"return", kRecord, "--remark", "no equals sign"},
      {"places", "--point", "107"},
      {"places", "--box", "1,2,3"},
      {"candidates", "--stage", "nowhere"},
      {"convert", "1", "mile", "mu"},
      {"move", kProduct, "up"},
      {"create", "survey", "--file", "-", "--survey", "surveys/s"},
  };
  for (const std::vector<std::string>& args : mistakes) {
    EXPECT_EQ(Run(args, "{}"), kUsageError) << args[0] << " " << err_;
    EXPECT_FALSE(err_.empty());
  }
}

TEST_F(GictlSurveyTest, RecordsAreLoadedUnderTheirCampaign) {
  answers_["CreateSurveyRecord"] = "survey_record { name: 'surveys/s/records/r' }";
  const std::string file = testing::TempDir() + "/survey_records-gictl.jsonl";
  FILE* out = std::fopen(file.c_str(), "w");
  std::fputs("{\"survey\":\"surveys/s\",\"surveyRecordId\":\"r\",\"surveyRecord\":{\"localName\":\"柚\"}}\n", out);
  std::fclose(out);
  EXPECT_EQ(Run({"--lang", "en", "load", file}), kSuccess) << err_;
  EXPECT_THAT(requests_["CreateSurveyRecord"], HasSubstr("survey: \"surveys/s\""));
  EXPECT_THAT(out_, HasSubstr("survey_records-gictl.jsonl"));
}

}  // namespace
}  // namespace gi::client::gictl
