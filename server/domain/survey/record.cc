#include "server/domain/survey/record.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "server/domain/geometry.h"
#include "server/domain/personal_data.h"
#include "server/domain/survey/measurements.h"
#include "server/domain/survey/quantity.h"
#include "storage/base/status_macros.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr int kFirstYear = 1980;
constexpr int kLastYear = 2200;
constexpr int kMaxRound = 99;
constexpr int kMaxExpected = 1'000'000;

void Refuse(const std::string& field, const std::string& value, const char* expected, const char* expected_zh,
            FieldViolations& violations) {
  violations.Add(field, v1::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", EchoValue(value)}, {"expected", expected}, {"expected_zh", expected_zh}});
}

void CheckRange(const std::string& field, int value, int from, int to, FieldViolations& violations) {
  if (value >= from && value <= to) return;
  Refuse(field, absl::StrCat(value), absl::StrCat(from, " to ", to).c_str(), absl::StrCat(from, " 至 ", to).c_str(),
         violations);
}

void CheckCode(const std::string& code, const std::string& field, FieldViolations& violations) {
  if (code.empty()) return;
  const auto parsed = DivisionCode::Parse(code, field);
  if (parsed.ok()) return;
  violations.Add(field, v1::ERROR_REASON_DIVISION_CODE_MALFORMED, GetErrorDetail(parsed.status())->metadata);
}

void CheckAltitude(const std::string& altitude, const char* field, FieldViolations& violations) {
  if (altitude.empty() || ParseDecimal(altitude, true)) return;
  Refuse(field, altitude, "metres as a decimal number such as 450 or -3.5", "以米为单位的十进制数，如 450 或 -3.5",
         violations);
}

absl::Status CheckTownship(const v1::Survey& survey, int i, DivisionLookup lookup, FieldViolations& violations) {
  const v1::TownshipAssignment& township = survey.townships(i);
  const std::string field = absl::StrCat("survey.townships[", i, "]");
  CheckRange(field + ".expected_records", township.expected_records(), 0, kMaxExpected, violations);
  if (township.has_land_area()) {
    CheckQuantity(township.land_area(), field + ".land_area", violations);
    const UnitValue* unit = FindUnit(township.land_area().unit());
    if (unit != nullptr && unit->canonical != v1::UNIT_MU) {
      violations.Add(field + ".land_area.unit", v1::ERROR_REASON_UNIT_MISMATCH,
                     {{"value", unit->word_en},
                      {"value_zh", unit->word_zh},
                      {"expected", "a unit of area"},
                      {"expected_zh", "面积单位"}});
    }
  }
  const auto code = DivisionCode::Parse(township.code(), field + ".code");
  const auto jurisdiction = DivisionCode::Parse(survey.jurisdiction(), "survey.jurisdiction");
  if (!code.ok()) CheckCode(township.code(), field + ".code", violations);
  if (!code.ok() || !jurisdiction.ok()) return absl::OkStatus();
  for (int other = 0; other < i; ++other) {
    if (survey.townships(other).code() != township.code()) continue;
    Refuse(field + ".code", township.code(), "a township that is not named before", "此前未列出的乡镇", violations);
  }
  ASSIGN_OR_RETURN(const bool inside, IsInside(*code, *jurisdiction, lookup));
  if (!inside) {
    violations.Add(field + ".code", v1::ERROR_REASON_PLACE_NOT_ASSIGNED,
                   {{"value", township.code()}, {"name", absl::StrCat("divisions/", survey.jurisdiction())}});
  }
  return absl::OkStatus();
}

}  // namespace

void CheckRecord(const v1::SurveyRecord& record, const v1::Survey& survey, FieldViolations& violations) {
  CheckCode(record.place_code(), "survey_record.place_code", violations);
  CheckMeasurements(record, survey.year(), "survey_record.measurements", violations);
  CheckAltitude(record.environment().altitude_from_m(), "survey_record.environment.altitude_from_m", violations);
  CheckAltitude(record.environment().altitude_to_m(), "survey_record.environment.altitude_to_m", violations);
  if (!record.has_geometry()) return;
  const std::string field = "survey_record.geometry";
  CheckGeometry(record.geometry(), field, violations);
  if (record.geometry().outline_size() > kMaxRecordCorners) {
    violations.Add(
        field + ".outline", v1::ERROR_REASON_FIELD_TOO_LONG,
        {{"size", absl::StrCat(record.geometry().outline_size())}, {"limit", absl::StrCat(kMaxRecordCorners)}});
  }
  if (survey.has_extent()) CheckWithinExtent(record.geometry(), survey.extent(), field, violations);
}

absl::Status CheckSurvey(const v1::Survey& survey, DivisionLookup lookup, FieldViolations& violations) {
  CheckRange("survey.year", survey.year(), kFirstYear, kLastYear, violations);
  CheckRange("survey.round", survey.round(), 0, kMaxRound, violations);
  CheckCode(survey.jurisdiction(), "survey.jurisdiction", violations);
  if (survey.has_extent()) {
    CheckGeometry(survey.extent(), "survey.extent", violations);
    if (!survey.extent().has_box()) {
      violations.Add("survey.extent.box", v1::ERROR_REASON_FIELD_REQUIRED);
    }
  }
  for (int i = 0; i < survey.townships_size(); ++i) RETURN_IF_ERROR(CheckTownship(survey, i, lookup, violations));
  return absl::OkStatus();
}

absl::StatusOr<std::string> TownshipOf(const v1::Survey& survey, const std::string& place_code, DivisionLookup lookup) {
  ASSIGN_OR_RETURN(const DivisionCode place, DivisionCode::Parse(place_code, "survey_record.place_code"));
  // Nearly always the digits of a township say it, and then one look is enough. (Those of a county do not: under
  // another code, a township may be assigned by itself.)
  for (std::optional<DivisionCode> around = place; around && around->level() >= v1::DIVISION_LEVEL_TOWNSHIP;
       around = around->Parent()) {
    if (FindTownship(survey, around->text()) == nullptr) continue;
    ASSIGN_OR_RETURN(const bool inside, IsInside(place, *around, lookup));
    if (inside) return around->text();
  }
  std::string smallest;
  for (const v1::TownshipAssignment& township : survey.townships()) {
    ASSIGN_OR_RETURN(const DivisionCode area, DivisionCode::Parse(township.code(), "townships"));
    ASSIGN_OR_RETURN(const bool inside, IsInside(place, area, lookup));
    if (inside && area.text().size() > smallest.size()) smallest = township.code();
  }
  if (!smallest.empty()) return smallest;
  return MakeError(v1::ERROR_REASON_PLACE_NOT_ASSIGNED,
                   {{"field", "survey_record.place_code"}, {"value", place_code}, {"name", survey.name()}});
}

absl::StatusOr<std::vector<std::string>> PresentPlace(const std::string& place_code, DivisionLookup lookup) {
  ASSIGN_OR_RETURN(const DivisionCode code, DivisionCode::Parse(place_code, "place_code"));
  ASSIGN_OR_RETURN(ResolvedPlace place, ResolvePlace(code, lookup));
  if (place.codes.empty() || place.partial) return std::vector<std::string>{code.text()};
  std::sort(place.codes.begin(), place.codes.end());
  return std::move(place.codes);
}

absl::Status SuccessionInvalid(const v1::SurveyRecord& record, const std::string& other, const char* expected,
                               const char* expected_zh) {
  return MakeError(v1::ERROR_REASON_SUCCESSION_INVALID,
                   {{"name", record.name()}, {"other", other}, {"expected", expected}, {"expected_zh", expected_zh}});
}

bool WasAccepted(const v1::SurveyRecord& record) {
  return record.state() == v1::SURVEY_RECORD_STATE_ACCEPTED || record.state() == v1::SURVEY_RECORD_STATE_SUPERSEDED;
}

absl::Status CheckFollows(const v1::SurveyRecord& record, const v1::SurveyRecord& previous) {
  if (WasAccepted(previous) && IsEarlier(previous, record)) return absl::OkStatus();
  return SuccessionInvalid(record, previous.name(), "an accepted record of an earlier campaign",
                           "较早一次普查中已接受的记录");
}

const v1::TownshipAssignment* FindTownship(const v1::Survey& survey, absl::string_view code) {
  for (const v1::TownshipAssignment& township : survey.townships()) {
    if (township.code() == code) return &township;
  }
  return nullptr;
}

bool IsEarlier(const v1::SurveyRecord& a, const v1::SurveyRecord& b) {
  return std::make_tuple(a.year(), std::max(a.round(), 1)) < std::make_tuple(b.year(), std::max(b.round(), 1));
}

}  // namespace gi::domain
