// Figures, completeness, warnings, tallies, scores and likeness of records.
#include <functional>
#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "server/domain/survey/completeness.h"
#include "server/domain/survey/measurements.h"
#include "server/domain/survey/record.h"
#include "server/domain/survey/ruleset.h"
#include "server/domain/survey/score.h"
#include "server/domain/survey/similar.h"
#include "server/domain/survey/tally.h"
#include "server/domain/survey/warnings.h"
#include "tests/server/domain/survey/survey_testing.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr auto kArea = v1::MEASURED_SUBJECT_AREA;

std::vector<bool> Counting(v1::SurveyRecord record) {
  FillFigures(record);
  std::vector<bool> counts;
  for (const v1::Measurement& figure : record.measurements()) counts.push_back(figure.counts());
  return counts;
}

void Choose(v1::SurveyRecord& record, int figure) {
  v1::MeasurementChoice& choice = *record.add_choices();
  choice.set_subject(record.measurements(figure).subject());
  choice.set_year(record.measurements(figure).year());
  choice.set_measurement(record.measurements(figure).id());
}

// A few divisions: 合兴镇 500155120 became 合兴街道 500155005.
class Divisions {
 public:
  Divisions() {
    for (const auto& [code, successor] : {std::pair("500155", ""),
                                          {"500155005", ""},
                                          {"500155005205", ""},
                                          {"500155102", ""},
                                          {"500155120", "500155005"},
                                          {"500155120205", "500155005205"}}) {
      v1::Division& row = rows_[code];
      row.set_code(code);
      row.add_names()->set_display_name(code);
      if (*successor == 0) continue;
      row.add_successors()->set_code(successor);
      row.mutable_successors(0)->set_kind(v1::SUCCESSION_KIND_RENUMBERED);
    }
  }
  absl::StatusOr<const v1::Division*> operator()(absl::string_view code) const {
    const auto row = rows_.find(std::string(code));
    return row == rows_.end() ? nullptr : &row->second;
  }

 private:
  std::map<std::string, v1::Division> rows_;
};

TEST(TownshipTest, SmallestAssignedAreaUnderAnyCode) {
  const Divisions divisions;
  v1::Survey survey;
  survey.set_name("surveys/s");
  const auto township_of = [&](const char* place) {
    const auto township = TownshipOf(survey, place, divisions);
    return township.ok() ? *township : v1::ErrorReason_Name(GetErrorReason(township.status()));
  };
  survey.add_townships()->set_code("500155005");
  EXPECT_EQ(township_of("500155005205"), "500155005");
  EXPECT_EQ(township_of("500155005000"), "500155005");
  EXPECT_EQ(township_of("500155120205"), "500155005") << "the old code of the village";
  EXPECT_EQ(township_of("500155120999"), "500155005") << "an unknown village of the old township";
  EXPECT_EQ(township_of("500155102"), "ERROR_REASON_PLACE_NOT_ASSIGNED");
  EXPECT_EQ(township_of("999999"), "ERROR_REASON_PLACE_NOT_ASSIGNED");
  survey.add_townships()->set_code("500155");
  EXPECT_EQ(township_of("500155102"), "500155");
  EXPECT_EQ(township_of("500155005"), "500155005") << "the smallest";
  EXPECT_EQ(township_of("500155120"), "500155005") << "not the county, though its digits are nearer";
}

TEST(FiguresTest, OneOfSeveralCounts) {
  v1::SurveyRecord record;
  AddFigure(record, kArea, "15", v1::UNIT_MU, 2024, "a");
  AddFigure(record, kArea, "1", v1::UNIT_HECTARE, 2024, "b");  // says the same
  AddFigure(record, kArea, "16", v1::UNIT_MU, 2023, "c");
  AddFigure(record, kArea, "7", v1::UNIT_PLANT, 2024, "d");  // another unit is another question
  EXPECT_THAT(Counting(record), ElementsAre(true, false, true, true));
  AddFigure(record, kArea, "15.000000001", v1::UNIT_MU, 2024, "e");
  EXPECT_THAT(Counting(record), ElementsAre(false, false, true, true, false));
  Choose(record, 4);
  EXPECT_THAT(Counting(record), ElementsAre(false, false, true, true, true));
  Choose(record, 1);
  EXPECT_THAT(Counting(record), ElementsAre(false, true, true, true, false)) << "the last choice counts";
  Choose(record, 3);
  EXPECT_THAT(Counting(record), ElementsAre(false, true, true, true, false)) << "of another unit";
  record.mutable_measurements()->erase(record.mutable_measurements()->begin() + 1);
  EXPECT_THAT(Counting(record), ElementsAre(false, true, true, true)) << "an earlier choice that is still there";
}

TEST(FiguresTest, IdsAreNotGivenTwice) {
  v1::SurveyRecord record;
  AddFigure(record, kArea, "1", v1::UNIT_MU, 2024);
  AddFigure(record, kArea, "2", v1::UNIT_MU, 2024, "m1");
  AddFigure(record, kArea, "3", v1::UNIT_MU, 2024);
  record.add_choices()->set_measurement("m2");
  AssignMeasurementIds(record);
  EXPECT_EQ(record.measurements(0).id(), "m3");
  EXPECT_EQ(record.measurements(2).id(), "m4");
}

TEST(FiguresTest, UnitsFitTheirSubject) {
  int fitting = 0;
  for (const UnitValue& unit : AllUnits()) {
    for (int s = 1; s < v1::MeasuredSubject_ARRAYSIZE; ++s) {
      v1::SurveyRecord record;
      AddFigure(record, static_cast<v1::MeasuredSubject>(s), "1", unit.unit, 2024);
      FieldViolations violations;
      CheckMeasurements(record, 2024, "m", violations);
      if (violations.empty()) ++fitting;
    }
  }
  // AREA: 4 of area, head, piece, plant; OUTPUT and MARKETED: 4 of mass, head, piece, plant; money; households;
  // entities.
  EXPECT_EQ(fitting, 7 + 7 + 7 + 1 + 1 + 1);
}

TEST(CompletenessTest, NamesWhatIsMissing) {
  FieldViolations none;
  CheckComplete(CompleteRecord(), none);
  EXPECT_THAT(Fields(none), ElementsAre());
  FieldViolations all;
  v1::SurveyRecord empty;
  empty.set_year(2024);
  CheckComplete(empty, all);
  EXPECT_THAT(Fields(all), ElementsAre("category", "measurements", "process", "potential"));
}

TEST(CompletenessTest, EachContradictionByItself) {
  const std::pair<const char*, std::function<void(v1::SurveyRecord&)>> spoilers[] = {
      {"environment.altitude_from_m",
       [](v1::SurveyRecord& r) {
         r.mutable_environment()->set_altitude_from_m("10.5");
         r.mutable_environment()->set_altitude_to_m("-3");
       }},
      {"measurements[2].quantity",
       [](v1::SurveyRecord& r) {
         AddFigure(r, v1::MEASURED_SUBJECT_MARKETED_OUTPUT, "1500001", v1::UNIT_KILOGRAM, 2024);
       }},
      {"measurements[0].quantity",
       [](v1::SurveyRecord& r) { r.mutable_measurements(0)->mutable_quantity()->set_value("0.0"); }},
      {"quality_features[0].report_number", [](v1::SurveyRecord& r) { r.add_quality_features()->set_laboratory("x"); }},
      {"evidence[0].year", [](v1::SurveyRecord& r) { r.add_evidence()->set_year(2025); }},
      {"certificates[0].valid_to",
       [](v1::SurveyRecord& r) {
         v1::Certificate& certificate = *r.add_certificates();
         certificate.mutable_issued_on()->set_year(2024);
         *certificate.mutable_valid_to() = ToDate(Day{0});
       }},
  };
  for (const auto& [field, spoil] : spoilers) {
    v1::SurveyRecord record = CompleteRecord();
    spoil(record);
    FieldViolations violations;
    CheckComplete(record, violations);
    EXPECT_THAT(Fields(violations), ElementsAre(field));
  }
  v1::SurveyRecord equal = CompleteRecord();
  AddFigure(equal, v1::MEASURED_SUBJECT_MARKETED_OUTPUT, "1500000", v1::UNIT_KILOGRAM, 2024);
  FieldViolations violations;
  CheckComplete(equal, violations);
  EXPECT_TRUE(violations.empty());
}

std::vector<v1::WarningKind> Warnings(const WarningContext& context, v1::SurveyRecord record) {
  FindWarnings(context, record);
  std::vector<v1::WarningKind> kinds;
  for (const v1::SurveyWarning& warning : record.warnings()) kinds.push_back(warning.kind());
  return kinds;
}

TEST(WarningsTest, BordersAreNotUnusual) {
  v1::RuleSet rules;
  v1::UsualYield& usual = *rules.add_usual_yields();
  usual.set_sector(v1::SECTOR_CROPS);
  *usual.mutable_low() = MakeQuantity("1500", v1::UNIT_KILOGRAM);
  *usual.mutable_high() = MakeQuantity("1.5", v1::UNIT_TONNE);
  EXPECT_THAT(Warnings({&rules}, CompleteRecord()), ElementsAre());
  usual.mutable_low()->set_value("1500.000000001");
  usual.mutable_high()->set_value("2");
  EXPECT_THAT(Warnings({&rules}, CompleteRecord()), ElementsAre(v1::WARNING_KIND_UNUSUAL_YIELD));
  usual.set_category("茶叶");
  EXPECT_THAT(Warnings({&rules}, CompleteRecord()), ElementsAre());
  v1::TownshipAssignment township;
  *township.mutable_land_area() = MakeQuantity("1000", v1::UNIT_MU);
  EXPECT_THAT(Warnings({&rules, &township}, CompleteRecord()), ElementsAre());
  township.mutable_land_area()->set_value("999.9");
  EXPECT_THAT(Warnings({&rules, &township}, CompleteRecord()), ElementsAre(v1::WARNING_KIND_AREA_ABOVE_TOWNSHIP));
}

TEST(WarningsTest, JumpsAgainstTheYearBefore) {
  const v1::RuleSet rules;  // factor 2
  const auto with_area = [](const std::string& value, int year) {
    v1::SurveyRecord record = CompleteRecord();
    record.clear_measurements();
    AddFigure(record, kArea, value, v1::UNIT_MU, year);
    return record;
  };
  const v1::SurveyRecord before = with_area("1000", 2023);
  const auto jumps = [&](const std::string& value, int year) {
    return Warnings({&rules, nullptr, &before}, with_area(value, year)).size();
  };
  EXPECT_EQ(jumps("2000", 2024), 0u);
  EXPECT_EQ(jumps("500", 2024), 0u);
  EXPECT_EQ(jumps("2000.1", 2024), 1u);
  EXPECT_EQ(jumps("499.9", 2024), 1u);
  EXPECT_EQ(jumps("9999", 2023), 0u) << "the same year is no jump in time";
}

// A tally after any changes is what counting the records anew gives.
RC_GTEST_PROP(TallyTest, DifferencesAddUp, ()) {
  std::vector<v1::SurveyRecord> records(3);
  v1::SurveyTally kept;
  const int steps = *rc::gen::inRange(1, 25);
  std::vector<bool> known(records.size());
  for (int i = 0; i < steps; ++i) {
    const auto which = static_cast<size_t>(*rc::gen::inRange(0, 3));
    v1::SurveyRecord after;
    after.set_state(static_cast<v1::SurveyRecordState>(*rc::gen::inRange(1, v1::SurveyRecordState_ARRAYSIZE)));
    const int figures = *rc::gen::inRange(0, 4);
    for (int f = 0; f < figures; ++f) {
      const auto unit = *rc::gen::element(v1::UNIT_MU, v1::UNIT_HECTARE, v1::UNIT_SQUARE_METRE, v1::UNIT_HEAD);
      AddFigure(after, kArea, std::to_string(*rc::gen::inRange(0, 50)) + "." + std::to_string(*rc::gen::inRange(0, 9)),
                unit, *rc::gen::inRange(2020, 2023));
    }
    if (known[which]) Count(records[which], -1, kept);
    Count(after, 1, kept);
    records[which] = after;
    known[which] = true;
  }
  v1::SurveyTally anew;
  for (size_t i = 0; i < records.size(); ++i) {
    if (known[i]) Count(records[i], 1, anew);
  }
  RC_ASSERT(kept.SerializeAsString() == anew.SerializeAsString());
}

TEST(TallyTest, Overdue) {
  v1::TownshipProgress progress;
  *progress.mutable_due_on() = ToDate(Day{100});
  progress.set_expected(5);
  progress.set_submitted(1);
  progress.set_accepted(2);
  FillOverdue(Day{100}, progress);
  EXPECT_EQ(progress.overdue(), 0);
  FillOverdue(Day{101}, progress);
  EXPECT_EQ(progress.overdue(), 2);
  progress.set_returned(4);
  FillOverdue(Day{101}, progress);
  EXPECT_EQ(progress.overdue(), 4) << "what was begun is late too";
  progress.set_expected(0);
  progress.set_returned(0);
  FillOverdue(Day{101}, progress);
  EXPECT_EQ(progress.overdue(), 0) << "more than expected";
}

TEST(ScoreTest, StaysWithinItsBounds) {
  v1::SurveyRecord rich = CompleteRecord();
  for (int i = 0; i < 50; ++i) {
    rich.add_evidence()->set_kind(v1::EVIDENCE_KIND_GAZETTEER);
    rich.add_risks()->set_kind(v1::RISK_KIND_EARLIER_MARK);
  }
  EXPECT_EQ(StandingOf(rich).evidence(), kMaxPoints);
  EXPECT_EQ(StandingOf(rich).risk(), 0);
  EXPECT_EQ(StandingOf(CompleteRecord()).risk(), kMaxPoints);
}

TEST(ScoreTest, EveryKindHasPoints) {
  for (int k = 1; k < v1::EvidenceKind_ARRAYSIZE; ++k) {
    v1::SurveyRecord record = CompleteRecord();
    record.add_evidence()->set_kind(static_cast<v1::EvidenceKind>(k));
    EXPECT_GT(StandingOf(record).evidence(), 0) << k;
  }
  for (int k = 1; k < v1::CertificateKind_ARRAYSIZE; ++k) {
    v1::SurveyRecord record = CompleteRecord();
    record.add_certificates()->set_kind(static_cast<v1::CertificateKind>(k));
    EXPECT_GT(StandingOf(record).reputation(), 0) << k;
  }
  for (int k = 1; k < v1::RiskKind_ARRAYSIZE; ++k) {
    v1::SurveyRecord record = CompleteRecord();
    record.add_risks()->set_kind(static_cast<v1::RiskKind>(k));
    EXPECT_LT(StandingOf(record).risk(), kMaxPoints) << k;
  }
}

TEST(ScoreTest, WeightsAndRounding) {
  v1::ScoreWeights weights;
  weights.set_evidence(1);
  weights.set_scale(2);
  EXPECT_EQ(ScoreOf({50, 99, 100, 99, 99}, weights), 83'333);
  EXPECT_EQ(FormatScore(83'333), "83.333");
  EXPECT_EQ(FormatScore(5), "0.005");
  EXPECT_EQ(ScoreOf({1, 1, 1, 1, 1}, v1::ScoreWeights()), 0);
  v1::RuleSet rules;
  EXPECT_EQ(ScoreOf({100, 0, 0, 0, 0}, WeightsOf(rules)), 20'000) << "all weigh the same by default";
}

TEST(SimilarTest, NameDecidesMost) {
  const auto score = [](double likeness, v1::DivisionLevel place, bool same, bool other, bool sector) {
    v1::SimilarProduct similar;
    similar.set_common_place(place);
    similar.set_same_variety(same);
    similar.set_other_variety(other);
    similar.set_same_sector(sector);
    ScoreSimilarity({likeness, 0, false}, similar);
    return similar.score();
  };
  EXPECT_GE(score(1, v1::DIVISION_LEVEL_TOWNSHIP, false, false, true), kLikelyScore);
  EXPECT_GE(score(1, v1::DIVISION_LEVEL_COUNTY, false, false, true), kLikelyScore);
  EXPECT_GE(score(1, v1::DIVISION_LEVEL_UNSPECIFIED, false, false, true), kLikelyScore);
  EXPECT_LT(score(0.9, v1::DIVISION_LEVEL_UNSPECIFIED, false, true, false), kLikelyScore);
  EXPECT_LT(score(0.3, v1::DIVISION_LEVEL_VILLAGE, true, false, true), kLikelyScore);
  EXPECT_LE(score(1, v1::DIVISION_LEVEL_VILLAGE, true, false, true), 1000);
  EXPECT_EQ(score(0, v1::DIVISION_LEVEL_UNSPECIFIED, false, true, false), 0);
}

TEST(SimilarTest, CoresOfNames) {
  const std::vector<std::string> places = {"重庆市", "梁平区", "合兴街道", "龙滩村村民委员会"};
  const std::pair<const char*, const char*> cases[] = {
      {"梁平张鸭子", "张鸭子"},
      {"重庆梁平张鸭子", "张鸭子"},
      {"重庆市梁平区张鸭子", "张鸭子"},
      {"梁平县柚", "柚"},
      {"合兴镇龙滩柚", "柚"},
      {"龙滩村柚子", "柚子"},
      {"梁平", "梁平"},
      {"梁平区", "区"},
      {"张鸭子", "张鸭子"},
      {"", ""},
      {"柚梁平", "柚梁平"},
  };
  for (const auto& [name, core] : cases) EXPECT_EQ(CoreName(name, places), core) << name;
  EXPECT_EQ(CoreName("梁平柚", {}), "梁平柚");
}

TEST(SimilarTest, ASharedPlaceIsNoLikeness) {
  const auto score = [](NameLikeness names) {
    v1::SimilarProduct similar;
    similar.set_common_place(v1::DIVISION_LEVEL_TOWNSHIP);
    similar.set_same_sector(true);
    ScoreSimilarity(names, similar);
    return similar.score();
  };
  EXPECT_LT(score({0.55, 0, true}), kLikelyScore);
  EXPECT_GE(score({0.55, 0, false}), kLikelyScore);
  EXPECT_GE(score({0.55, 0.6, true}), kLikelyScore);
}

TEST(RuleSetTest, RefusesWhatMeansNothing) {
  v1::RuleSet rules;
  FieldViolations none;
  CheckRuleSet(rules, "r", none);
  EXPECT_TRUE(none.empty());
  rules.mutable_weights();
  rules.set_jump_factor("1.0");
  rules.set_stall_months(121);
  v1::UsualYield& usual = *rules.add_usual_yields();
  *usual.mutable_low() = MakeQuantity("2", v1::UNIT_TONNE);
  *usual.mutable_high() = MakeQuantity("1999.9", v1::UNIT_KILOGRAM);
  FieldViolations violations;
  CheckRuleSet(rules, "r", violations);
  EXPECT_THAT(Fields(violations),
              UnorderedElementsAre("r.weights", "r.jump_factor", "r.stall_months", "r.usual_yields[0].high"));
}

}  // namespace
}  // namespace gi::domain
