// Records and figures for tests of the survey's rules. Everything is made up.
#ifndef GI_TESTS_SERVER_DOMAIN_SURVEY_SURVEY_TESTING_H_
#define GI_TESTS_SERVER_DOMAIN_SURVEY_SURVEY_TESTING_H_

#include <string>
#include <vector>

#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

inline registry::v1::Quantity MakeQuantity(const std::string& value, registry::v1::Unit unit,
                                           registry::v1::Magnitude magnitude = registry::v1::MAGNITUDE_UNSPECIFIED) {
  registry::v1::Quantity quantity;
  quantity.set_value(value);
  quantity.set_unit(unit);
  quantity.set_magnitude(magnitude);
  return quantity;
}

inline registry::v1::Measurement& AddFigure(registry::v1::SurveyRecord& record, registry::v1::MeasuredSubject subject,
                                            const std::string& value, registry::v1::Unit unit, int year,
                                            const std::string& id = "") {
  registry::v1::Measurement& figure = *record.add_measurements();
  figure.set_subject(subject);
  *figure.mutable_quantity() = MakeQuantity(value, unit);
  figure.set_year(year);
  figure.set_method(registry::v1::MEASUREMENT_METHOD_REPORTED);
  figure.set_id(id);
  return figure;
}

// Complete, of 2024.
inline registry::v1::SurveyRecord CompleteRecord() {
  registry::v1::SurveyRecord record;
  record.set_name("surveys/2024/records/r");
  record.set_local_name("示例柚");
  record.set_sector(registry::v1::SECTOR_CROPS);
  record.set_category("水果");
  record.set_place_code("500155005");
  record.set_township("500155005");
  record.set_year(2024);
  record.set_process("示例");
  record.mutable_potential()->set_potential(registry::v1::POTENTIAL_HIGH);
  AddFigure(record, registry::v1::MEASURED_SUBJECT_AREA, "1000", registry::v1::UNIT_MU, 2024, "m1");
  AddFigure(record, registry::v1::MEASURED_SUBJECT_OUTPUT, "1500", registry::v1::UNIT_TONNE, 2024, "m2");
  return record;
}

inline std::vector<std::string> Fields(const FieldViolations& violations) {
  std::vector<std::string> fields;
  for (const registry::v1::Violation& violation : violations.all()) fields.push_back(violation.field());
  return fields;
}

}  // namespace gi::domain

#endif  // GI_TESTS_SERVER_DOMAIN_SURVEY_SURVEY_TESTING_H_
