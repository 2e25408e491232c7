#include "server/domain/survey/measurements.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/domain/personal_data.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr int kFirstYear = 1900;

// Which canonical units a subject is measured in.
struct SubjectUnit {
  v1::MeasuredSubject subject;
  v1::Unit unit;
};
constexpr SubjectUnit kSubjectUnits[] = {
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_MU},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_HEAD},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_PLANT},
    {v1::MEASURED_SUBJECT_AREA, v1::UNIT_PIECE},
    {v1::MEASURED_SUBJECT_OUTPUT, v1::UNIT_KILOGRAM},
    {v1::MEASURED_SUBJECT_OUTPUT, v1::UNIT_HEAD},
    {v1::MEASURED_SUBJECT_OUTPUT, v1::UNIT_PLANT},
    {v1::MEASURED_SUBJECT_OUTPUT, v1::UNIT_PIECE},
    {v1::MEASURED_SUBJECT_MARKETED_OUTPUT, v1::UNIT_KILOGRAM},
    {v1::MEASURED_SUBJECT_MARKETED_OUTPUT, v1::UNIT_HEAD},
    {v1::MEASURED_SUBJECT_MARKETED_OUTPUT, v1::UNIT_PLANT},
    {v1::MEASURED_SUBJECT_MARKETED_OUTPUT, v1::UNIT_PIECE},
    {v1::MEASURED_SUBJECT_OUTPUT_VALUE, v1::UNIT_YUAN},
    {v1::MEASURED_SUBJECT_HOUSEHOLDS, v1::UNIT_HOUSEHOLD},
    {v1::MEASURED_SUBJECT_ENTITIES, v1::UNIT_ORGANISATION},
};

// Canonical units of what is counted.
constexpr v1::Unit kCounts[] = {v1::UNIT_HEAD,   v1::UNIT_PLANT,     v1::UNIT_PIECE,
                                v1::UNIT_PERSON, v1::UNIT_HOUSEHOLD, v1::UNIT_ORGANISATION};

bool Fits(v1::MeasuredSubject subject, v1::Unit unit) {
  const UnitValue* value = FindUnit(unit);
  return value != nullptr &&
         std::any_of(std::begin(kSubjectUnits), std::end(kSubjectUnits),
                     [&](const SubjectUnit& row) { return row.subject == subject && row.unit == value->canonical; });
}

// All units that fit, in words.
std::string UnitsOf(v1::MeasuredSubject subject, bool chinese) {
  std::string words;
  for (const UnitValue& unit : AllUnits()) {
    if (!Fits(subject, unit.unit)) continue;
    absl::StrAppend(&words, words.empty() ? "" : (chinese ? "、" : ", "), chinese ? unit.word_zh : unit.word_en);
  }
  return words;
}

void CheckUnit(const v1::Measurement& figure, const std::string& path, FieldViolations& violations) {
  const UnitValue* unit = FindUnit(figure.quantity().unit());
  if (unit == nullptr || figure.subject() == v1::MEASURED_SUBJECT_UNSPECIFIED) return;  // findings of the field rules
  if (Fits(figure.subject(), unit->unit)) return;
  violations.Add(path + ".quantity.unit", v1::ERROR_REASON_UNIT_MISMATCH,
                 {{"value", unit->word_en},
                  {"value_zh", unit->word_zh},
                  {"expected", UnitsOf(figure.subject(), false)},
                  {"expected_zh", UnitsOf(figure.subject(), true)}});
}

// Half a household is a slip.
void CheckWhole(const v1::Measurement& figure, const std::string& path, FieldViolations& violations) {
  const UnitValue* unit = FindUnit(figure.quantity().unit());
  const std::optional<Amount> amount = ToAmount(figure.quantity());
  if (unit == nullptr || !amount) return;
  const bool is_count = std::find(std::begin(kCounts), std::end(kCounts), unit->canonical) != std::end(kCounts);
  if (!is_count || amount->value.get_den() == 1) return;
  violations.Add(path + ".quantity.value", v1::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", EchoValue(QuantityText(figure.quantity(), Language::kEnglish))},
                  {"value_zh", EchoValue(QuantityText(figure.quantity(), Language::kChinese))},
                  {"expected", "a whole number of what is counted"},
                  {"expected_zh", "整数（计数单位）"}});
}

// The id of the last choice for a group; "" if there is none.
std::string ChosenIn(const v1::SurveyRecord& record, const FigureGroup& group) {
  for (int i = record.choices_size() - 1; i >= 0; --i) {
    const v1::MeasurementChoice& choice = record.choices(i);
    if (choice.subject() != group.subject || choice.year() != group.year) continue;
    for (const int figure : group.figures) {
      if (record.measurements(figure).id() == choice.measurement()) return choice.measurement();
    }
  }
  return "";
}

void Settle(const v1::SurveyRecord& record, FigureGroup& group) {
  const Amount first = *ToAmount(record.measurements(group.figures.front()).quantity());
  group.counting = group.figures.front();
  group.amount = first;
  for (const int figure : group.figures) {
    if (ToAmount(record.measurements(figure).quantity())->value != first.value) group.conflicting = true;
  }
  if (!group.conflicting) return;
  group.counting = -1;
  const std::string chosen = ChosenIn(record, group);
  for (const int figure : group.figures) {
    if (chosen.empty() || record.measurements(figure).id() != chosen) continue;
    group.counting = figure;
    group.amount = *ToAmount(record.measurements(figure).quantity());
  }
}

bool ReplacesAsIs(const v1::Measurement& given, const v1::Measurement& figure) {
  if (!given.id().empty()) return given.id() == figure.id();
  return given.subject() == figure.subject() && given.year() == figure.year() && given.method() == figure.method();
}

bool IsReport(const v1::Measurement& figure) {
  return figure.method() == v1::MEASUREMENT_METHOD_REPORTED || figure.method() == v1::MEASUREMENT_METHOD_ESTIMATED;
}

// 约30 of the same reporter becomes 32.
bool ReplacesReport(const v1::Measurement& given, const v1::Measurement& figure) {
  return given.id().empty() && given.subject() == figure.subject() && given.year() == figure.year() &&
         IsReport(given) && IsReport(figure) && given.source().kind() == figure.source().kind();
}

// What differs in its source only is the same: a file that got another name changes nothing.
void Replace(v1::Measurement given, v1::Measurement& figure) {
  given.set_id(figure.id());
  given.clear_canonical();
  given.clear_counts();
  v1::Measurement with_source = given;
  *with_source.mutable_source() = figure.source();
  if (!google::protobuf::util::MessageDifferencer::Equals(with_source, figure)) figure = std::move(given);
}

}  // namespace

void CheckMeasurements(const v1::SurveyRecord& record, int campaign_year, absl::string_view field,
                       FieldViolations& violations) {
  absl::flat_hash_set<std::string> ids;
  for (int i = 0; i < record.measurements_size(); ++i) {
    const v1::Measurement& figure = record.measurements(i);
    const std::string path = absl::StrCat(field, "[", i, "]");
    CheckQuantity(figure.quantity(), path + ".quantity", violations);
    CheckUnit(figure, path, violations);
    CheckWhole(figure, path, violations);
    if (figure.year() != 0 && (figure.year() < kFirstYear || figure.year() > campaign_year)) {
      violations.Add(path + ".year", v1::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", absl::StrCat(figure.year())},
                      {"expected", absl::StrCat(kFirstYear, " to the year of the campaign, ", campaign_year)},
                      {"expected_zh", absl::StrCat(kFirstYear, " 至普查年度 ", campaign_year, " 之间的年份")}});
    }
    if (!figure.id().empty() && !ids.insert(figure.id()).second) {
      violations.Add(path + ".id", v1::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", EchoValue(figure.id())},
                      {"expected", "an id that no other figure of the record has"},
                      {"expected_zh", "本记录内不重复的编号"}});
    }
  }
}

void CompleteMeasurements(const v1::SurveyRecord& existing, v1::SurveyRecord& given) {
  if (given.measurements().empty()) return;
  google::protobuf::RepeatedPtrField<v1::Measurement> all(existing.measurements().begin(),
                                                          existing.measurements().end());
  std::vector<v1::Measurement*> kept;
  for (v1::Measurement& figure : all) {
    figure.clear_canonical();
    figure.clear_counts();
    kept.push_back(&figure);
  }
  std::vector<const v1::Measurement*> left;
  for (const v1::Measurement& figure : given.measurements()) left.push_back(&figure);
  // A report that is corrected to an estimate, or the other way round, is replaced only where no figure is nearer.
  for (const auto& replaces : {ReplacesAsIs, ReplacesReport}) {
    std::erase_if(left, [&](const v1::Measurement* one) {
      const auto place = std::find_if(kept.begin(), kept.end(),
                                      [&](const v1::Measurement* figure) { return replaces(*one, *figure); });
      if (place == kept.end()) return false;
      Replace(*one, **place);
      kept.erase(place);
      return true;
    });
  }
  for (const v1::Measurement* figure : left) *all.Add() = *figure;
  given.mutable_measurements()->Swap(&all);
}

void AssignMeasurementIds(v1::SurveyRecord& record) {
  absl::flat_hash_set<std::string> taken;
  for (const v1::Measurement& figure : record.measurements()) taken.insert(figure.id());
  // An id is not given again to another figure: a choice may still name it.
  for (const v1::MeasurementChoice& choice : record.choices()) taken.insert(choice.measurement());
  int next = 1;
  for (v1::Measurement& figure : *record.mutable_measurements()) {
    while (figure.id().empty()) {
      std::string id = absl::StrCat("m", next++);
      if (taken.insert(id).second) figure.set_id(std::move(id));
    }
  }
}

std::vector<FigureGroup> GroupFigures(const v1::SurveyRecord& record) {
  std::vector<FigureGroup> groups;
  for (int i = 0; i < record.measurements_size(); ++i) {
    const v1::Measurement& figure = record.measurements(i);
    const std::optional<Amount> amount = ToAmount(figure.quantity());
    if (!amount) continue;
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const FigureGroup& group) {
      return group.subject == figure.subject() && group.unit == amount->unit && group.year == figure.year();
    });
    if (found != groups.end()) {
      found->figures.push_back(i);
    } else {
      groups.push_back({figure.subject(), figure.year(), amount->unit, {i}, false, -1, {}});
    }
  }
  for (FigureGroup& group : groups) Settle(record, group);
  std::sort(groups.begin(), groups.end(), [](const FigureGroup& a, const FigureGroup& b) {
    return std::tie(a.subject, a.unit, a.year) < std::tie(b.subject, b.unit, b.year);
  });
  return groups;
}

const FigureGroup* NewestFigure(const std::vector<FigureGroup>& groups, v1::MeasuredSubject subject, v1::Unit unit) {
  const FigureGroup* newest = nullptr;
  for (const FigureGroup& group : groups) {
    if (group.subject == subject && group.unit == unit && group.counting >= 0) newest = &group;
  }
  return newest;
}

void FillFigures(v1::SurveyRecord& record) {
  for (v1::Measurement& figure : *record.mutable_measurements()) {
    if (const auto amount = ToAmount(figure.quantity())) *figure.mutable_canonical() = ToQuantity(*amount);
    figure.set_counts(false);
  }
  for (const FigureGroup& group : GroupFigures(record)) {
    if (group.counting >= 0) record.mutable_measurements(group.counting)->set_counts(true);
  }
}

}  // namespace gi::domain
