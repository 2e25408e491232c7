#include "server/service/survey/survey_service.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "server/domain/survey/quantity.h"
#include "server/domain/survey/record.h"
#include "server/domain/survey/tally.h"
#include "server/service/division_filter.h"
#include "server/service/import/row_importer.h"
#include "server/service/mutate.h"
#include "server/service/references.h"
#include "server/service/survey/product_history.h"
#include "server/service/survey/rows.h"
#include "server/service/survey/series.h"

namespace gi::service {
namespace {

using registry::v1::CompareSurveysRequest;
using registry::v1::CompareSurveysResponse;
using registry::v1::Survey;
using registry::v1::SurveyTally;
using registry::v1::TownshipProgress;
using rpc::CallContext;

// What must hold of every campaign, new or corrected.
absl::Status CheckRow(const table::RowReader& rows, const Survey& survey, FieldViolations& violations) {
  DivisionReader divisions(rows);
  RETURN_IF_ERROR(domain::CheckSurvey(
      survey, [&](absl::string_view code) { return divisions.Find(code); }, violations));
  if (survey.ruleset().empty()) return absl::OkStatus();
  return CheckReference<registry::v1::RuleSet>(rows, survey.ruleset(), "survey.ruleset", violations);
}

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateSurveyRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict("surveys", "CREATE", context.roles));
  Survey survey = request.survey();
  CheckGivenId(request.survey_id(), "survey_id", violations);
  RETURN_IF_ERROR(CheckRow(mutation.rows(), survey, violations));
  if (!violations.empty()) return absl::OkStatus();
  survey.set_state(registry::v1::SURVEY_STATE_PLANNED);
  return StageNew(context, mutation, request.survey_id(), std::move(survey));
}

// Townships that have records stay.
absl::Status CheckTownshipsKept(const table::RowReader& rows, const Survey& survey, FieldViolations& violations) {
  ASSIGN_OR_RETURN(const std::vector<SurveyTally> tallies, ReadTallies(rows, survey.name()));
  absl::flat_hash_set<std::string> missing;
  for (const SurveyTally& tally : tallies) {
    if (domain::FindTownship(survey, tally.township()) == nullptr && !domain::IsEmpty(tally)) {
      missing.insert(tally.township());
    }
  }
  for (const std::string& code : missing) {
    violations.Add("survey.townships", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", absl::StrCat("no ", code)},
                    {"expected", absl::StrCat("also ", code, ", which has records")},
                    {"expected_zh", absl::StrCat("包括已有记录的 ", code)}});
  }
  return absl::OkStatus();
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectSurveyRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict(request.survey().name(), "CORRECT", context.roles));
  return StageChange<Survey>(
      context, mutation, request.survey().name(), "survey.name", request.etag(), [&](Survey& row) -> absl::Status {
        if (row.state() == registry::v1::SURVEY_STATE_ARCHIVED) {
          return MakeError(ErrorReason::ERROR_REASON_SURVEY_NOT_OPEN, {{"name", row.name()},
                                                                       {"state", "ARCHIVED"},
                                                                       {"event", "CORRECT"},
                                                                       {"allowed", "PLANNED, OPEN, CLOSED"}});
        }
        RETURN_IF_ERROR(ApplyCorrection(request.survey(), request.update_mask(), row, violations));
        RETURN_IF_ERROR(CheckRow(mutation.rows(), row, violations));
        return CheckTownshipsKept(mutation.rows(), row, violations);
      });
}

template <class Request, registry::v1::SurveyVerb verb>
absl::Status Step(const RuleContext& context, registry::Mutation& mutation, const Request& request, FieldViolations&) {
  return StageChange<Survey>(
      context, mutation, request.name(), "name", request.etag(), [&](Survey& row) -> absl::Status {
        if (row.steps_size() >= kMaxEvents) return ResourceFull(row.name(), kMaxEvents);
        ASSIGN_OR_RETURN(const auto taken, domain::TakeSurveyStep(row.name(), row.state(), verb, context.roles,
                                                                  DayInShanghai(mutation.now())));
        row.set_state(taken.next);
        registry::v1::SurveyStep& step = *row.add_steps();
        step.set_verb(verb);
        *step.mutable_time() = ToTimestamp(absl::ToUnixMicros(mutation.now()));
        step.set_agency(context.agency);
        step.set_role(taken.role);
        step.set_reason(request.reason());
        return absl::OkStatus();
      });
}

absl::StatusOr<registry::v1::ListSurveysResponse> List(const registry::Registry& registry, const CallContext& context,
                                                       const registry::v1::ListSurveysRequest& request) {
  const auto range = []() -> absl::StatusOr<engine::KeyRange> { return registry::AllSurveys(); };
  return AnswerList<Survey>(registry, context, request, range, [&](const Survey& row) {
    if (request.year() != 0 && row.year() != request.year()) return false;
    return request.state() == registry::v1::SURVEY_STATE_UNSPECIFIED || row.state() == request.state();
  });
}

// The present name of a division; "" if the register does not know it.
std::string PresentName(DivisionReader& divisions, const std::string& text) {
  const auto lookup = [&](absl::string_view one) { return divisions.Find(one); };
  const auto code = domain::DivisionCode::Parse(text, "code");
  if (!code.ok()) return "";
  const auto path = domain::DisplayPath(*code, lookup);
  return path.ok() && !path->empty() ? path->back() : "";
}

absl::StatusOr<registry::v1::GetSurveyProgressResponse> Progress(
    const registry::Registry& registry, const registry::v1::GetSurveyProgressRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(const table::Row<Survey> survey, ReadNamed<Survey>(view.rows(), request.name(), "name"));
  ASSIGN_OR_RETURN(const std::vector<SurveyTally> tallies, ReadTallies(view.rows(), request.name()));
  const Day today = RequestDate(registry, request);
  registry::v1::GetSurveyProgressResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  *response.mutable_date() = ToDate(today);
  response.set_state(survey.message.state());
  DivisionReader divisions(view.rows());
  TownshipProgress& total = *response.mutable_total();
  total.set_code(survey.message.jurisdiction());
  total.set_display_name(PresentName(divisions, total.code()));
  absl::flat_hash_map<std::string, std::vector<const SurveyTally*>> by_township;
  for (const SurveyTally& tally : tallies) by_township[tally.township()].push_back(&tally);
  for (const registry::v1::TownshipAssignment& township : survey.message.townships()) {
    TownshipProgress& progress = *response.add_townships();
    progress.set_code(township.code());
    progress.set_display_name(PresentName(divisions, township.code()));
    progress.set_office(township.office());
    *progress.mutable_due_on() = township.due_on();
    progress.set_expected(township.expected_records());
    for (const SurveyTally* tally : by_township[township.code()]) {
      domain::AddProgress(*tally, progress);
      domain::AddProgress(*tally, total);
    }
    domain::FillOverdue(today, progress);
    total.set_expected(total.expected() + progress.expected());
    total.set_overdue(total.overdue() + progress.overdue());
  }
  return response;
}

// The campaigns that a comparison is about.
absl::StatusOr<std::vector<Survey>> Campaigns(const table::RowReader& rows, const CompareSurveysRequest& request) {
  DivisionFilter same_area(rows);
  if (!request.jurisdiction().empty()) {
    ASSIGN_OR_RETURN(domain::DivisionCode code, domain::DivisionCode::Parse(request.jurisdiction(), "jurisdiction"));
    same_area.Add(std::move(code));
  }
  std::vector<Survey> campaigns;
  const std::unique_ptr<engine::ViewScan> scan = rows.Scan(registry::AllSurveys());
  while (scan->Next()) {
    ASSIGN_OR_RETURN(Survey survey, registry::kSurveys.Parse(scan->value()));
    if (request.from_year() != 0 && survey.year() < request.from_year()) continue;
    if (request.to_year() != 0 && survey.year() > request.to_year()) continue;
    if (!same_area.empty()) {
      ASSIGN_OR_RETURN(const bool same, same_area.Passes(survey.jurisdiction()));
      if (!same) continue;
    }
    campaigns.push_back(std::move(survey));
  }
  RETURN_IF_ERROR(scan->status());
  return campaigns;
}

absl::Status AddTallies(const table::RowReader& rows, const CompareSurveysRequest& request, SeriesBuilder& series) {
  ASSIGN_OR_RETURN(const std::vector<Survey> campaigns, Campaigns(rows, request));
  const bool by_sector = request.group() == registry::v1::COMPARISON_GROUP_SECTOR;
  for (const Survey& survey : campaigns) {
    ASSIGN_OR_RETURN(const std::vector<SurveyTally> tallies, ReadTallies(rows, survey.name()));
    for (const SurveyTally& tally : tallies) {
      if (request.sector() != registry::v1::SECTOR_UNSPECIFIED && tally.sector() != request.sector()) continue;
      const SeriesKey key = by_sector ? SeriesKey{"", tally.sector()} : SeriesKey{tally.township()};
      const CampaignKey campaign{survey.year(), std::max(survey.round(), 1), survey.name()};
      for (const registry::v1::TallyTotal& total : tally.totals()) {
        if (total.subject() == request.subject()) RETURN_IF_ERROR(series.Add(key, campaign, total));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status AddProduct(const table::RowReader& rows, const CompareSurveysRequest& request, SeriesBuilder& series) {
  ASSIGN_OR_RETURN(const std::vector<Survey> campaigns, Campaigns(rows, request));
  absl::flat_hash_set<std::string> wanted;
  for (const Survey& survey : campaigns) wanted.insert(survey.name());
  ASSIGN_OR_RETURN(const ProductFamily family, ReadFamily(rows, request.product(), "product"));
  return VisitRecords(rows, family, [&](table::Row<registry::v1::SurveyRecord>& row) -> absl::Status {
    const registry::v1::SurveyRecord& record = row.message;
    const std::string survey = SurveyNameOf(record);
    if (!wanted.contains(survey)) return absl::OkStatus();
    if (request.sector() != registry::v1::SECTOR_UNSPECIFIED && record.sector() != request.sector()) {
      return absl::OkStatus();
    }
    return series.AddRecord({record.place_code()}, record, request.subject());
  });
}

absl::StatusOr<CompareSurveysResponse> Compare(const registry::Registry& registry,
                                               const CompareSurveysRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  const bool of_product = request.group() == registry::v1::COMPARISON_GROUP_PRODUCT;
  if (of_product == request.product().empty()) {
    FieldViolations violations;
    if (of_product) {
      violations.Add("product", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
    } else {
      violations.Add("product", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", request.product()},
                      {"expected", "nothing, unless the group is COMPARISON_GROUP_PRODUCT"},
                      {"expected_zh", "空值，除非 group 为 COMPARISON_GROUP_PRODUCT"}});
    }
    return violations.ToStatus();
  }
  DivisionReader divisions(view.rows());
  SeriesBuilder series(divisions);
  RETURN_IF_ERROR(of_product ? AddProduct(view.rows(), request, series) : AddTallies(view.rows(), request, series));
  CompareSurveysResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  for (registry::v1::ComparisonSeries& one : series.Take()) *response.add_series() = std::move(one);
  return response;
}

absl::StatusOr<registry::v1::ConvertQuantityResponse> Convert(const registry::v1::ConvertQuantityRequest& request) {
  FieldViolations violations;
  domain::CheckFields(request, violations);
  domain::CheckQuantity(request.quantity(), "quantity", violations);
  RETURN_IF_ERROR(violations.ToStatus());
  const auto conversion = domain::Convert(request.quantity(), request.unit(), request.magnitude());
  if (!conversion) {
    const domain::UnitValue& from = *domain::FindUnit(request.quantity().unit());
    const domain::UnitValue& to = *domain::FindUnit(request.unit());
    violations.Add("unit", ErrorReason::ERROR_REASON_UNIT_MISMATCH,
                   {{"value", to.word_en},
                    {"value_zh", to.word_zh},
                    {"expected", absl::StrCat("a unit of what ", from.word_en, " measures")},
                    {"expected_zh", absl::StrCat("与", from.word_zh, "同类的单位")}});
    return violations.ToStatus();
  }
  registry::v1::ConvertQuantityResponse response;
  *response.mutable_quantity() = conversion->quantity;
  response.set_exact(conversion->exact);
  response.set_fraction(conversion->value.get_str());
  return response;
}

int RoundOf(const Survey& survey) { return std::max(survey.round(), 1); }

}  // namespace

void RegisterSurveyService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.SurveyService/";
  AddMutation<Survey>(methods, registry, service + "CreateSurvey", Create);
  AddMutation<Survey>(methods, registry, service + "CorrectSurvey", Correct);
  AddMutation<Survey>(methods, registry, service + "OpenSurvey",
                      Step<registry::v1::OpenSurveyRequest, registry::v1::SURVEY_VERB_OPENED>);
  AddMutation<Survey>(methods, registry, service + "CloseSurvey",
                      Step<registry::v1::CloseSurveyRequest, registry::v1::SURVEY_VERB_CLOSED>);
  AddMutation<Survey>(methods, registry, service + "ArchiveSurvey",
                      Step<registry::v1::ArchiveSurveyRequest, registry::v1::SURVEY_VERB_ARCHIVED>);
  AddGet<Survey, registry::v1::GetSurveyRequest>(methods, registry, service + "GetSurvey");
  methods.AddRead<registry::v1::ListSurveysRequest, registry::v1::ListSurveysResponse>(
      service + "ListSurveys",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
  methods.AddRead<registry::v1::GetSurveyProgressRequest, registry::v1::GetSurveyProgressResponse>(
      service + "GetSurveyProgress",
      [&registry](const CallContext&, const auto& request) { return Progress(registry, request); });
  methods.AddRead<CompareSurveysRequest, CompareSurveysResponse>(
      service + "CompareSurveys",
      [&registry](const CallContext&, const auto& request) { return Compare(registry, request); });
  methods.AddRead<registry::v1::ConvertQuantityRequest, registry::v1::ConvertQuantityResponse>(
      service + "ConvertQuantity", [](const CallContext&, const auto& request) { return Convert(request); });
}

std::unique_ptr<RowImporter> SurveyImporter() {
  // There are a few a year.
  constexpr size_t kMostSurveys = 1000;
  using Request = registry::v1::CreateSurveyRequest;
  ImportParts<Survey, Request, registry::v1::CorrectSurveyRequest> parts = {
      registry::v1::IMPORT_KIND_SURVEYS,
      registry::v1::ImportRow::kSurvey,
      Create,
      Correct,
      [](const Request& request) { return absl::StrCat(request.survey().year(), " ", RoundOf(request.survey())); },
      [](const table::RowReader& rows, const Request& request, FieldViolations&) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const table::IdPage page, table::ScanIds(rows, registry::AllSurveys(), "", kMostSurveys));
        for (const std::string& id : page.ids) {
          ASSIGN_OR_RETURN(const auto row, registry::kSurveys.Get(rows, id));
          const bool same = row && row->message.year() == request.survey().year() &&
                            RoundOf(row->message) == RoundOf(request.survey());
          if (same) return id;
        }
        return std::string();
      },
  };
  parts.may_change = [](const Survey& survey, domain::SurveyRoles roles, Day) {
    return domain::RequireDistrict(survey.name(), "CORRECT", roles);
  };
  parts.state_lost = [](const Request& request) {
    const Survey& survey = request.survey();
    return survey.state() > registry::v1::SURVEY_STATE_PLANNED ? registry::v1::SurveyState_Name(survey.state()) : "";
  };
  return MakeRowImporter(std::move(parts));
}

}  // namespace gi::service
