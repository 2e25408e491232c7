#include "server/domain/survey/score.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/domain/events.h"
#include "server/domain/survey/measurements.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

// --- the tables: what a field is worth ---

template <class Kind>
struct KindPoints {
  Kind kind;
  int points;
  const char* chinese;
  const char* english;
};

constexpr KindPoints<v1::EvidenceKind> kEvidencePoints[] = {
    {v1::EVIDENCE_KIND_GAZETTEER, 30, "地方志", "a gazetteer"},
    {v1::EVIDENCE_KIND_ARCHIVE, 25, "档案", "an archive"},
    {v1::EVIDENCE_KIND_BOOK, 20, "书籍", "a book"},
    {v1::EVIDENCE_KIND_OBJECT, 20, "实物", "an object"},
    {v1::EVIDENCE_KIND_PAPER, 15, "论文", "a paper"},
    {v1::EVIDENCE_KIND_PRESS, 10, "报刊", "the press"},
    {v1::EVIDENCE_KIND_ORAL, 5, "口述", "oral history"},
    {v1::EVIDENCE_KIND_OTHER, 5, "其他", "other evidence"},
};
constexpr KindPoints<v1::CertificateKind> kCertificatePoints[] = {
    {v1::CERTIFICATE_KIND_HERITAGE, 30, "非物质文化遗产", "intangible heritage"},
    {v1::CERTIFICATE_KIND_FAMOUS_SPECIAL, 30, "名特优新农产品", "famous special product"},
    {v1::CERTIFICATE_KIND_ORGANIC, 20, "有机产品", "organic"},
    {v1::CERTIFICATE_KIND_GREEN_FOOD, 20, "绿色食品", "green food"},
    {v1::CERTIFICATE_KIND_AWARD, 15, "奖项", "an award"},
    {v1::CERTIFICATE_KIND_OTHER, 5, "其他证书", "another certificate"},
};
constexpr KindPoints<v1::RiskKind> kRiskPoints[] = {
    {v1::RISK_KIND_EARLIER_MARK, -40, "在先商标", "an earlier mark"},
    {v1::RISK_KIND_GENERIC_NAME, -40, "通用名称", "a generic name"},
    {v1::RISK_KIND_QUALITY, -30, "品质或安全", "quality or safety"},
    {v1::RISK_KIND_THIRD_PARTY_USE, -20, "他人使用该名称", "third parties use the name"},
    {v1::RISK_KIND_OTHER, -10, "其他风险", "another risk"},
};

// The first row that the amount reaches counts.
struct ScalePoints {
  v1::MeasuredSubject subject;
  v1::Unit unit;
  int64_t at_least;
  int points;
};
constexpr ScalePoints kScalePoints[] = {
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_MU, 100'000, 30},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_MU, 10'000, 25},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_MU, 1'000, 20},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_MU, 100, 10},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_HEAD, 1'000'000, 30},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_HEAD, 100'000, 25},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_HEAD, 10'000, 20},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_HEAD, 1'000, 10},
    {v1::MEASURED_SUBJECT_OUTPUT_VALUE, v1::UNIT_YUAN, 1'000'000'000, 40},
    {v1::MEASURED_SUBJECT_OUTPUT_VALUE, v1::UNIT_YUAN, 100'000'000, 30},
    {v1::MEASURED_SUBJECT_OUTPUT_VALUE, v1::UNIT_YUAN, 10'000'000, 20},
    {v1::MEASURED_SUBJECT_OUTPUT_VALUE, v1::UNIT_YUAN, 1'000'000, 10},
    {v1::MEASURED_SUBJECT_HOUSEHOLDS, v1::UNIT_HOUSEHOLD, 10'000, 15},
    {v1::MEASURED_SUBJECT_HOUSEHOLDS, v1::UNIT_HOUSEHOLD, 1'000, 10},
    {v1::MEASURED_SUBJECT_HOUSEHOLDS, v1::UNIT_HOUSEHOLD, 100, 5},
    {v1::MEASURED_SUBJECT_ENTITIES, v1::UNIT_ORGANISATION, 50, 15},
    {v1::MEASURED_SUBJECT_ENTITIES, v1::UNIT_ORGANISATION, 10, 10},
    {v1::MEASURED_SUBJECT_ENTITIES, v1::UNIT_ORGANISATION, 1, 5},
};

// A work this many years older than the campaign counts for more.
struct AgePoints {
  int years;
  int points;
};
constexpr AgePoints kAgePoints[] = {{100, 10}, {30, 5}};

constexpr int kMarketPoints = 10;
constexpr int kFeatureWithReportPoints = 15;
constexpr int kFeaturePoints = 5;
constexpr int kEnvironmentPoints = 5;  // each of altitude, soil, climate, water
constexpr int kProcessPoints = 15;
constexpr int kVarietyPoints = 10;
constexpr int kScientificNamePoints = 5;

// --- reading a record by them ---

using Items = std::vector<v1::ScoreItem>;

void Add(std::string field, int points, std::string chinese, std::string english, Items& items) {
  if (points == 0) return;
  v1::ScoreItem& item = items.emplace_back();
  item.set_field(std::move(field));
  item.set_points(points);
  item.set_message_zh(std::move(chinese));
  item.set_message_en(std::move(english));
}

template <class Row, class Kind, size_t n>
void AddKinds(const char* field, const google::protobuf::RepeatedPtrField<Row>& rows,
              const KindPoints<Kind> (&table)[n], Items& items) {
  for (int i = 0; i < rows.size(); ++i) {
    for (const KindPoints<Kind>& entry : table) {
      if (entry.kind == rows[i].kind())
        Add(absl::StrCat(field, "[", i, "]"), entry.points, entry.chinese, entry.english, items);
    }
  }
}

void Evidence(const v1::SurveyRecord& record, Items& items) {
  AddKinds("evidence", record.evidence(), kEvidencePoints, items);
  for (int i = 0; i < record.evidence_size(); ++i) {
    const int year = record.evidence(i).year();
    if (year == 0) continue;
    const int age = record.year() - year;
    for (const AgePoints& entry : kAgePoints) {
      if (age < entry.years) continue;
      Add(absl::StrCat("evidence[", i, "].year"), entry.points, absl::StrCat("距普查 ", age, " 年"),
          absl::StrCat(age, " years before the campaign"), items);
      break;
    }
  }
}

void Reputation(const v1::SurveyRecord& record, Items& items) {
  AddKinds("certificates", record.certificates(), kCertificatePoints, items);
  if (!record.market().empty()) Add("market", kMarketPoints, "市场情况", "its market is described", items);
}

void Scale(const v1::SurveyRecord& record, Items& items) {
  const std::vector<FigureGroup> groups = GroupFigures(record);
  for (const FigureGroup& group : groups) {
    if (NewestFigure(groups, group.subject, group.unit) != &group) continue;
    for (const ScalePoints& entry : kScalePoints) {
      if (entry.subject != group.subject || entry.unit != group.unit || group.amount.value < entry.at_least) continue;
      const UnitValue& unit = *FindUnit(entry.unit);
      Add(absl::StrCat("measurements[", group.counting, "].quantity"), entry.points,
          absl::StrCat("不少于 ", entry.at_least, " ", unit.word_zh),
          absl::StrCat("at least ", entry.at_least, " ", unit.word_en), items);
      break;
    }
  }
}

void Distinctiveness(const v1::SurveyRecord& record, Items& items) {
  if (!record.variety().empty()) Add("variety", kVarietyPoints, "品种明确", "the variety is named", items);
  if (!record.scientific_name().empty())
    Add("scientific_name", kScientificNamePoints, "学名明确", "the scientific name is given", items);
  const v1::Environment& environment = record.environment();
  const std::pair<const char*, const std::string&> parts[] = {{"altitude_from_m", environment.altitude_from_m()},
                                                              {"soil", environment.soil()},
                                                              {"climate", environment.climate()},
                                                              {"water", environment.water()}};
  for (const auto& [field, text] : parts) {
    if (!text.empty())
      Add(absl::StrCat("environment.", field), kEnvironmentPoints, "产地环境", "its environment is described", items);
  }
  for (int i = 0; i < record.quality_features_size(); ++i) {
    const bool reported = !record.quality_features(i).report_number().empty();
    Add(absl::StrCat("quality_features[", i, "]"), reported ? kFeatureWithReportPoints : kFeaturePoints,
        reported ? "有检测报告的品质特征" : "品质特征",
        reported ? "a quality feature with a report" : "a quality feature", items);
  }
  if (!record.process().empty()) Add("process", kProcessPoints, "生产方式", "its process is described", items);
}

void Risk(const v1::SurveyRecord& record, Items& items) {
  Add("risks", kMaxPoints, "未扣分前的满分", "before risks are taken away", items);
  AddKinds("risks", record.risks(), kRiskPoints, items);
}

using ComponentRule = void (*)(const v1::SurveyRecord&, Items&);
constexpr ComponentRule kRules[] = {Evidence, Reputation, Scale, Distinctiveness, Risk};

}  // namespace

Items ScoreItems(const v1::SurveyRecord& record, v1::ScoreComponent component) {
  Items items;
  for (size_t i = 0; i < std::size(kScoreComponents); ++i) {
    if (kScoreComponents[i] == component) kRules[i](record, items);
  }
  return items;
}

int SumOf(absl::Span<const v1::ScoreItem> items) {
  int sum = 0;
  for (const v1::ScoreItem& item : items) sum += item.points();
  return std::clamp(sum, 0, kMaxPoints);
}

v1::RecordStanding StandingOf(const v1::SurveyRecord& record) {
  v1::RecordStanding standing;
  standing.set_record(record.name());
  standing.set_year(record.year());
  standing.set_round(record.round());
  standing.set_place_code(record.place_code());
  standing.set_variety(record.variety());
  if (record.has_geometry()) *standing.mutable_geometry() = record.geometry();
  standing.set_evidence(SumOf(ScoreItems(record, v1::SCORE_COMPONENT_EVIDENCE)));
  standing.set_reputation(SumOf(ScoreItems(record, v1::SCORE_COMPONENT_REPUTATION)));
  standing.set_scale(SumOf(ScoreItems(record, v1::SCORE_COMPONENT_SCALE)));
  standing.set_distinctiveness(SumOf(ScoreItems(record, v1::SCORE_COMPONENT_DISTINCTIVENESS)));
  standing.set_risk(SumOf(ScoreItems(record, v1::SCORE_COMPONENT_RISK)));
  return standing;
}

int32_t PointsIn(const v1::RecordStanding& standing, v1::ScoreComponent component) {
  switch (component) {
    case v1::SCORE_COMPONENT_EVIDENCE:
      return standing.evidence();
    case v1::SCORE_COMPONENT_REPUTATION:
      return standing.reputation();
    case v1::SCORE_COMPONENT_SCALE:
      return standing.scale();
    case v1::SCORE_COMPONENT_DISTINCTIVENESS:
      return standing.distinctiveness();
    case v1::SCORE_COMPONENT_RISK:
      return standing.risk();
    default:
      return 0;
  }
}

int32_t WeightIn(const v1::ScoreWeights& weights, v1::ScoreComponent component) {
  switch (component) {
    case v1::SCORE_COMPONENT_EVIDENCE:
      return weights.evidence();
    case v1::SCORE_COMPONENT_REPUTATION:
      return weights.reputation();
    case v1::SCORE_COMPONENT_SCALE:
      return weights.scale();
    case v1::SCORE_COMPONENT_DISTINCTIVENESS:
      return weights.distinctiveness();
    case v1::SCORE_COMPONENT_RISK:
      return weights.risk();
    default:
      return 0;
  }
}

Points BestPoints(const v1::Product& product) {
  Points best = {};
  for (const v1::RecordStanding& standing : product.standings()) {
    for (size_t i = 0; i < best.size(); ++i) best[i] = std::max(best[i], PointsIn(standing, kScoreComponents[i]));
  }
  return best;
}

int32_t ScoreOf(const Points& points, const v1::ScoreWeights& weights) {
  int64_t sum = 0;
  int64_t total = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    const int32_t weight = WeightIn(weights, kScoreComponents[i]);
    sum += int64_t{weight} * points[i];
    total += weight;
  }
  return total == 0 ? 0 : static_cast<int32_t>(sum * 1000 / total);
}

std::string FormatScore(int32_t thousandths) {
  return absl::StrFormat("%d.%03d", thousandths / 1000, thousandths % 1000);
}

}  // namespace gi::domain
