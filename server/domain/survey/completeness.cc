#include "server/domain/survey/completeness.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/domain/survey/measurements.h"
#include "server/domain/survey/quantity.h"
#include "storage/base/date.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

struct Words {
  const char* english;
  const char* chinese;
};

void Contradicts(const std::string& field, absl::string_view value, const std::string& other, Words expected,
                 FieldViolations& violations) {
  violations.Add(field, v1::ERROR_REASON_FIELD_CONTRADICTS,
                 {{"value", std::string(value)},
                  {"other", other},
                  {"expected", expected.english},
                  {"expected_zh", expected.chinese}});
}

bool Measures(const v1::SurveyRecord& record, std::initializer_list<v1::MeasuredSubject> subjects) {
  return std::any_of(record.measurements().begin(), record.measurements().end(), [&](const v1::Measurement& figure) {
    return std::find(subjects.begin(), subjects.end(), figure.subject()) != subjects.end();
  });
}

// What must be there: a field, and whether it is.
struct RequiredPart {
  const char* field;
  bool (*present)(const v1::SurveyRecord&);
};
constexpr RequiredPart kRequired[] = {
    {"category", [](const v1::SurveyRecord& r) { return !r.category().empty(); }},
    {"measurements",
     [](const v1::SurveyRecord& r) {
       return Measures(r, {v1::MEASURED_SUBJECT_AREA, v1::MEASURED_SUBJECT_OUTPUT, v1::MEASURED_SUBJECT_OUTPUT_VALUE});
     }},
    {"process",
     [](const v1::SurveyRecord& r) {
       return !r.process().empty() || !r.quality_features().empty() || !r.evidence().empty();
     }},
    {"potential", [](const v1::SurveyRecord& r) { return r.has_potential(); }},
};

std::string FigurePath(const FigureGroup& group) { return absl::StrCat("measurements[", group.counting, "].quantity"); }

// The counting figure of another subject with the unit and year of this one.
const FigureGroup* Counterpart(const std::vector<FigureGroup>& groups, const FigureGroup& of,
                               v1::MeasuredSubject subject) {
  for (const FigureGroup& group : groups) {
    if (group.subject == subject && group.unit == of.unit && group.year == of.year && group.counting >= 0)
      return &group;
  }
  return nullptr;
}

void MarketedWithinOutput(const v1::SurveyRecord& record, FieldViolations& violations) {
  const std::vector<FigureGroup> groups = GroupFigures(record);
  for (const FigureGroup& marketed : groups) {
    if (marketed.subject != v1::MEASURED_SUBJECT_MARKETED_OUTPUT || marketed.counting < 0) continue;
    const FigureGroup* output = Counterpart(groups, marketed, v1::MEASURED_SUBJECT_OUTPUT);
    if (output == nullptr || marketed.amount.value <= output->amount.value) continue;
    Contradicts(FigurePath(marketed),
                QuantityText(record.measurements(marketed.counting).quantity(), Language::kEnglish),
                FigurePath(*output), {"at most the output of that year", "不超过当年产量的数值"}, violations);
  }
}

// Nothing grows on no area: an area of 0 with an output of the same year.
void OutputNeedsArea(const v1::SurveyRecord& record, FieldViolations& violations) {
  const std::vector<FigureGroup> groups = GroupFigures(record);
  for (const FigureGroup& area : groups) {
    if (area.subject != v1::MEASURED_SUBJECT_AREA || area.counting < 0 || area.amount.value != 0) continue;
    for (const FigureGroup& output : groups) {
      if (output.subject != v1::MEASURED_SUBJECT_OUTPUT || output.year != area.year || output.counting < 0) continue;
      if (output.amount.value == 0) continue;
      Contradicts(FigurePath(area), "0", FigurePath(output),
                  {"the area that the output comes from", "产出该产量的规模"}, violations);
    }
  }
}

void AltitudesInOrder(const v1::SurveyRecord& record, FieldViolations& violations) {
  const v1::Environment& environment = record.environment();
  const auto from = ParseDecimal(environment.altitude_from_m(), true);
  const auto to = ParseDecimal(environment.altitude_to_m(), true);
  if (!from || !to || *from <= *to) return;
  Contradicts("environment.altitude_from_m", environment.altitude_from_m(), "environment.altitude_to_m",
              {"an altitude that is not above the other", "不高于上限的海拔"}, violations);
}

void EvidenceNotAfterCampaign(const v1::SurveyRecord& record, FieldViolations& violations) {
  for (int i = 0; i < record.evidence_size(); ++i) {
    if (record.evidence(i).year() <= record.year()) continue;
    Contradicts(absl::StrCat("evidence[", i, "].year"), absl::StrCat(record.evidence(i).year()), "year",
                {"a year that is not after the campaign's", "不晚于普查年度的年份"}, violations);
  }
}

void ReportsHaveNumbers(const v1::SurveyRecord& record, FieldViolations& violations) {
  for (int i = 0; i < record.quality_features_size(); ++i) {
    const v1::QualityFeature& feature = record.quality_features(i);
    if (feature.laboratory().empty() || !feature.report_number().empty()) continue;
    violations.Add(absl::StrCat("quality_features[", i, "].report_number"), v1::ERROR_REASON_FIELD_REQUIRED);
  }
}

void CertificatesEndAfterTheyBegin(const v1::SurveyRecord& record, FieldViolations& violations) {
  for (int i = 0; i < record.certificates_size(); ++i) {
    const v1::Certificate& certificate = record.certificates(i);
    if (!certificate.has_issued_on() || !certificate.has_valid_to()) continue;
    const std::optional<Day> from = FirstDayOf(certificate.issued_on());
    const std::optional<Day> to = LastDayOf(certificate.valid_to());
    if (!from || !to || *from <= *to) continue;
    Contradicts(absl::StrCat("certificates[", i, "].valid_to"), FormatDate(certificate.valid_to()),
                absl::StrCat("certificates[", i, "].issued_on"),
                {"a day that is not before the certificate was issued", "不早于发证日期的日期"}, violations);
  }
}

using ConsistencyRule = void (*)(const v1::SurveyRecord&, FieldViolations&);
constexpr ConsistencyRule kConsistency[] = {
    AltitudesInOrder,   MarketedWithinOutput,     OutputNeedsArea,
    ReportsHaveNumbers, EvidenceNotAfterCampaign, CertificatesEndAfterTheyBegin,
};

}  // namespace

void CheckComplete(const v1::SurveyRecord& record, FieldViolations& violations) {
  for (const RequiredPart& part : kRequired) {
    if (!part.present(record)) violations.Add(part.field, v1::ERROR_REASON_FIELD_REQUIRED);
  }
  for (const ConsistencyRule rule : kConsistency) rule(record, violations);
}

}  // namespace gi::domain
