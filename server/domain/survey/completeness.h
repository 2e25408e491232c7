// What a record must have to be submitted, and what cannot both be true of it. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_COMPLETENESS_H_
#define GI_SERVER_DOMAIN_SURVEY_COMPLETENESS_H_

#include "gi/registry/v1/survey_record.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

// Adds FIELD_REQUIRED for what is missing and FIELD_CONTRADICTS or FIELD_MALFORMED for what is contradictory, in the
// order of the fields. Paths begin at the record: "measurements[0].year".
void CheckComplete(const registry::v1::SurveyRecord& record, FieldViolations& violations);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_COMPLETENESS_H_
