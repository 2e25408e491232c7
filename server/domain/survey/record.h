// What must hold of every version of a record, and of a campaign. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_RECORD_H_
#define GI_SERVER_DOMAIN_SURVEY_RECORD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "server/domain/division.h"
#include "storage/base/error.h"

namespace gi::domain {

// Most corners of a record's outline: products keep a copy.
inline constexpr int kMaxRecordCorners = 200;

// Adds what is wrong with the fields by themselves: figures, altitudes, the geometry (GEOMETRY_OUT_OF_AREA where the
// campaign has an extent), the code of the place.
void CheckRecord(const registry::v1::SurveyRecord& record, const registry::v1::Survey& survey,
                 FieldViolations& violations);

// Adds what is wrong with a campaign: year, round, codes, townships outside the jurisdiction or named twice, numbers.
absl::Status CheckSurvey(const registry::v1::Survey& survey, DivisionLookup lookup, FieldViolations& violations);

// The township of the campaign that a place is counted under: the smallest that it lies in today. PLACE_NOT_ASSIGNED.
absl::StatusOr<std::string> TownshipOf(const registry::v1::Survey& survey, const std::string& place_code,
                                       DivisionLookup lookup);

// A place by the codes it has today, sorted; by its own where the register does not know it. Equal for the old and the
// new code of one place.
absl::StatusOr<std::vector<std::string>> PresentPlace(const std::string& place_code, DivisionLookup lookup);

// SUCCESSION_INVALID unless `previous` is of an earlier campaign and was accepted.
absl::Status CheckFollows(const registry::v1::SurveyRecord& record, const registry::v1::SurveyRecord& previous);

// SUCCESSION_INVALID: `record` and the record `other` cannot follow each other, what is `expected` could.
absl::Status SuccessionInvalid(const registry::v1::SurveyRecord& record, const std::string& other, const char* expected,
                               const char* expected_zh);

// What was accepted, also if it was superseded since.
bool WasAccepted(const registry::v1::SurveyRecord& record);

// nullptr if the campaign has no such township.
const registry::v1::TownshipAssignment* FindTownship(const registry::v1::Survey& survey, absl::string_view code);

// Campaigns in order: year, then round (0 is the first).
bool IsEarlier(const registry::v1::SurveyRecord& a, const registry::v1::SurveyRecord& b);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_RECORD_H_
