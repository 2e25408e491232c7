// The figures of a record: what may be measured in which unit, and which of several figures counts. Pure and
// thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_MEASUREMENTS_H_
#define GI_SERVER_DOMAIN_SURVEY_MEASUREMENTS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "server/domain/survey/quantity.h"
#include "storage/base/error.h"

namespace gi::domain {

// Adds what is wrong with the figures by themselves: no decimal number, a unit that does not fit the subject, a
// part of what is counted, a year before 1900 or after the campaign's, an id that occurs twice. `field` is the path of
// the list.
void CheckMeasurements(const registry::v1::SurveyRecord& record, int campaign_year, absl::string_view field,
                       FieldViolations& violations);

// Of a row that corrects another: gives its figures the ids of those that they replace, and adds the others, which
// stay. Replaced is a figure of the same subject, year and method; failing that, a report by an estimate or the other
// way round, if their sources are of one kind. A figure that differs in its source only stays as it is. Nothing, if the
// row has no figures.
void CompleteMeasurements(const registry::v1::SurveyRecord& existing, registry::v1::SurveyRecord& given);

// Gives ids to the figures that have none: "m1", "m2", …, none that is taken.
void AssignMeasurementIds(registry::v1::SurveyRecord& record);

// All figures of one subject, year and canonical unit.
struct FigureGroup {
  registry::v1::MeasuredSubject subject;
  int year = 0;
  registry::v1::Unit unit = registry::v1::UNIT_UNSPECIFIED;
  // Places in the record's measurements.
  std::vector<int> figures;
  // They do not all say the same.
  bool conflicting = false;
  // The one that counts: the first if all say the same, otherwise the one chosen last; -1: none.
  int counting = -1;
  Amount amount;  // of that one
};
// By subject, unit and year. Figures that cannot be read are left out.
std::vector<FigureGroup> GroupFigures(const registry::v1::SurveyRecord& record);

// The group of a subject and unit with the newest year that has a counting figure; nullptr if there is none.
const FigureGroup* NewestFigure(const std::vector<FigureGroup>& groups, registry::v1::MeasuredSubject subject,
                                registry::v1::Unit unit);

// Fills `canonical` and `counts` of every figure.
void FillFigures(registry::v1::SurveyRecord& record);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_MEASUREMENTS_H_
