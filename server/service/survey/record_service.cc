#include "server/service/survey/record_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/domain/division.h"
#include "server/domain/survey/completeness.h"
#include "server/domain/survey/duplicates.h"
#include "server/domain/survey/measurements.h"
#include "server/domain/survey/record.h"
#include "server/domain/survey/ruleset.h"
#include "server/domain/survey/warnings.h"
#include "server/service/import/row_importer.h"
#include "server/service/mutate.h"
#include "server/service/references.h"
#include "server/service/survey/acceptance.h"
#include "server/service/survey/rows.h"
#include "storage/base/text.h"

namespace gi::service {
namespace {

using registry::v1::SimilarProduct;
using registry::v1::Survey;
using registry::v1::SurveyRecord;
using registry::v1::SurveyRecordStep;
using registry::v1::SurveyRecordVerb;
using rpc::CallContext;

// --- what all steps share ---

// Puts the record into its new state and says who did it.
SurveyRecordStep& AddStep(const RuleContext& context, const registry::Mutation& mutation, SurveyRecordVerb verb,
                          const domain::SurveyStepTaken<registry::v1::SurveyRecordState>& taken,
                          const std::string& reason, SurveyRecord& row) {
  row.set_state(taken.next);
  SurveyRecordStep& step = *row.add_steps();
  step.set_verb(verb);
  *step.mutable_time() = ToTimestamp(absl::ToUnixMicros(mutation.now()));
  step.set_agency(context.agency);
  step.set_role(taken.role);
  step.set_reason(reason);
  return step;
}

// One step of a record: who takes it, and the record before and after. `change` edits the row, which is in its new
// state already; what it finds about the request goes into the rule's violations, and then nothing is staged.
struct StepOf {
  const RuleContext& context;
  registry::Mutation& mutation;
  const std::string& name;
  const std::string& etag;
  const std::string& reason;
};
using Change = absl::FunctionRef<absl::Status(const Survey& survey, SurveyRecord& row, SurveyRecordStep& step)>;

absl::Status TakeStep(const StepOf& of, SurveyRecordVerb verb, absl::string_view name_field,
                      FieldViolations& violations, Change change) {
  const table::RowReader& rows = of.mutation.rows();
  ASSIGN_OR_RETURN(const table::Row<SurveyRecord> before, ReadNamed<SurveyRecord>(rows, of.name, name_field));
  RETURN_IF_ERROR(CheckEtag(of.name, of.etag, of.context.history_id_text, before.revision));
  ASSIGN_OR_RETURN(const table::Row<Survey> survey, ReadNamed<Survey>(rows, SurveyNameOf(before.message), "survey"));
  ASSIGN_OR_RETURN(const auto taken, domain::TakeRecordStep(of.name, before.message.state(), verb, of.context.roles,
                                                            DayInShanghai(of.mutation.now())));
  RETURN_IF_ERROR(domain::CheckCampaignAllows(survey.message.name(), survey.message.state(), verb));
  SurveyRecord row = before.message;
  if (row.steps_size() >= kMaxEvents) return ResourceFull(row.name(), kMaxEvents);
  SurveyRecordStep& step = AddStep(of.context, of.mutation, verb, taken, of.reason, row);
  RETURN_IF_ERROR(change(survey.message, row, step));
  if (!violations.empty()) return absl::OkStatus();
  return PutRecord(of.mutation, &before.message, std::move(row));
}

template <class Request>
StepOf Of(const RuleContext& context, registry::Mutation& mutation, const Request& request) {
  return {context, mutation, request.name(), request.etag(), request.reason()};
}

// What must hold of every version: fields, references, the township. Gives ids to figures.
absl::Status CheckVersion(const table::RowReader& rows, const Survey& survey, SurveyRecord& row,
                          FieldViolations& violations) {
  domain::CheckRecord(row, survey, violations);
  const std::string path = "survey_record.";
  for (int i = 0; i < row.producers_size(); ++i) {
    RETURN_IF_ERROR(CheckReference<registry::v1::Entity>(rows, row.producers(i),
                                                         absl::StrCat(path, "producers[", i, "]"), violations));
  }
  for (int i = 0; i < row.titles_size(); ++i) {
    RETURN_IF_ERROR(CheckReference<registry::v1::Indication>(rows, row.titles(i), absl::StrCat(path, "titles[", i, "]"),
                                                             violations));
  }
  RETURN_IF_ERROR(CheckReference<registry::v1::Product>(rows, row.product(), path + "product", violations));
  RETURN_IF_ERROR(CheckReference<SurveyRecord>(rows, row.supersedes(), path + "supersedes", violations));
  if (!violations.empty()) return absl::OkStatus();
  DivisionReader divisions(rows);
  ASSIGN_OR_RETURN(
      const std::string township,
      domain::TownshipOf(survey, row.place_code(), [&](absl::string_view code) { return divisions.Find(code); }));
  row.set_township(township);
  domain::AssignMeasurementIds(row);
  return absl::OkStatus();
}

// --- filing ---

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateSurveyRecordRequest& request, FieldViolations& violations) {
  const std::string survey_id = domain::IdOfName(request.survey(), domain::kSurveyCollection, "survey", violations);
  CheckGivenId(request.survey_record_id(), "survey_record_id", violations);
  if (!violations.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const table::Row<Survey> survey, ReadNamed<Survey>(mutation.rows(), request.survey(), "survey"));
  constexpr auto kVerb = registry::v1::SURVEY_RECORD_VERB_CREATE;
  const std::string id = absl::StrCat(
      survey_id, "/", request.survey_record_id().empty() ? context.generated_id : request.survey_record_id());
  SurveyRecord row = request.survey_record();
  row.set_name(domain::ResourceName(domain::kSurveyRecordCollection, id));
  ASSIGN_OR_RETURN(const auto taken, domain::TakeRecordStep(row.name(), registry::v1::SURVEY_RECORD_STATE_UNSPECIFIED,
                                                            kVerb, context.roles, DayInShanghai(mutation.now())));
  RETURN_IF_ERROR(domain::CheckCampaignAllows(request.survey(), survey.message.state(), kVerb));
  ASSIGN_OR_RETURN(const auto existing, registry::kSurveyRecords.Get(mutation.rows(), id));
  if (existing) {
    return MakeError(ErrorReason::ERROR_REASON_RESOURCE_EXISTS,
                     {{"name", row.name()}, {"field", "name"}, {"value", row.name()}});
  }
  row.set_year(survey.message.year());
  row.set_round(survey.message.round());
  RETURN_IF_ERROR(CheckVersion(mutation.rows(), survey.message, row, violations));
  if (!violations.empty()) return absl::OkStatus();
  AddStep(context, mutation, kVerb, taken, request.reason(), row);
  return PutRecord(mutation, nullptr, std::move(row));
}

// What was accepted stays complete. Paths are those of the request.
void CheckStaysComplete(const SurveyRecord& row, FieldViolations& violations) {
  FieldViolations findings;
  domain::CheckComplete(row, findings);
  for (registry::v1::Violation finding : findings.all()) {
    finding.set_field(absl::StrCat("survey_record.", finding.field()));
    violations.Add(finding);
  }
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectSurveyRecordRequest& request, FieldViolations& violations) {
  const StepOf of{context, mutation, request.survey_record().name(), request.etag(), request.reason()};
  return TakeStep(of, registry::v1::SURVEY_RECORD_VERB_CORRECT, "survey_record.name", violations,
                  [&](const Survey& survey, SurveyRecord& row, SurveyRecordStep&) -> absl::Status {
                    RETURN_IF_ERROR(ApplyCorrection(request.survey_record(), request.update_mask(), row, violations));
                    RETURN_IF_ERROR(CheckVersion(mutation.rows(), survey, row, violations));
                    if (domain::WasAccepted(row) && violations.empty()) CheckStaysComplete(row, violations);
                    return absl::OkStatus();
                  });
}

// --- submission ---

// The last of several.
const SurveyRecord* Latest(const std::vector<SurveyRecord>& records) {
  const auto latest = std::max_element(records.begin(), records.end(), domain::IsEarlier);
  return latest == records.end() ? nullptr : &*latest;
}

absl::Status Submit(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::SubmitSurveyRecordRequest& request, const std::vector<SimilarProduct>& similar,
                    FieldViolations& violations) {
  const table::RowReader& rows = mutation.rows();
  ASSIGN_OR_RETURN(const table::Row<SurveyRecord> now, ReadNamed<SurveyRecord>(rows, request.name(), "name"));
  const auto verb = now.message.state() == registry::v1::SURVEY_RECORD_STATE_RETURNED
                        ? registry::v1::SURVEY_RECORD_VERB_RESUBMIT
                        : registry::v1::SURVEY_RECORD_VERB_SUBMIT;
  return TakeStep(
      Of(context, mutation, request), verb, "name", violations,
      [&](const Survey& survey, SurveyRecord& row, SurveyRecordStep&) -> absl::Status {
        violations.NameThem(ErrorReason::ERROR_REASON_RECORD_INCOMPLETE, {{"name", row.name()}});
        domain::CheckComplete(row, violations);
        if (!violations.empty()) return absl::OkStatus();
        ASSIGN_OR_RETURN(const std::optional<SurveyRecord> named, ReadFollowed(rows, row));
        if (named && row.product().empty()) row.set_product(named->product());
        ASSIGN_OR_RETURN(const Siblings siblings, FindSiblings(rows, row));
        ASSIGN_OR_RETURN(const registry::v1::RuleSet rules, ReadRuleSet(rows, survey.ruleset()));
        DivisionReader divisions(rows);
        ASSIGN_OR_RETURN(const domain::DivisionCode place, domain::DivisionCode::Parse(row.place_code(), "place_code"));
        ASSIGN_OR_RETURN(const domain::ResolvedPlace resolved,
                         domain::ResolvePlace(place, [&](absl::string_view code) { return divisions.Find(code); }));
        domain::FindWarnings(
            {&rules, domain::FindTownship(survey, row.township()), named ? &*named : Latest(siblings.earlier),
             siblings.twin ? &*siblings.twin : nullptr, !resolved.codes.empty() && !resolved.partial},
            row);
        domain::NameDuplicates(similar, row);
        return absl::OkStatus();
      });
}

// --- review ---

absl::Status Return(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::ReturnSurveyRecordRequest& request, FieldViolations& violations) {
  return TakeStep(Of(context, mutation, request), registry::v1::SURVEY_RECORD_VERB_RETURN, "name", violations,
                  [&](const Survey&, SurveyRecord&, SurveyRecordStep& step) {
                    *step.mutable_remarks() = request.remarks();
                    return absl::OkStatus();
                  });
}

absl::Status Choose(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::ChooseSurveyMeasurementRequest& request, FieldViolations& violations) {
  return TakeStep(Of(context, mutation, request), registry::v1::SURVEY_RECORD_VERB_CHOOSE_MEASUREMENT, "name",
                  violations, [&](const Survey&, SurveyRecord& row, SurveyRecordStep& step) -> absl::Status {
                    const auto chosen = std::find_if(
                        row.measurements().begin(), row.measurements().end(),
                        [&](const registry::v1::Measurement& figure) { return figure.id() == request.measurement(); });
                    if (chosen == row.measurements().end()) {
                      violations.Add("measurement", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                                     {{"value", domain::EchoValue(request.measurement())},
                                      {"expected", "the id of a measurement of the record"},
                                      {"expected_zh", "该记录中某项数值的编号"}});
                      return absl::OkStatus();
                    }
                    if (row.choices_size() >= kMaxEvents) return ResourceFull(row.name(), kMaxEvents);
                    registry::v1::MeasurementChoice& choice = *row.add_choices();
                    choice.set_subject(chosen->subject());
                    choice.set_year(chosen->year());
                    choice.set_measurement(chosen->id());
                    choice.set_reason(request.reason());
                    choice.set_agency(context.agency);
                    *choice.mutable_time() = step.time();
                    return absl::OkStatus();
                  });
}

absl::Status Decide(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::DecideSurveyDuplicateRequest& request, FieldViolations& violations) {
  ASSIGN_OR_RETURN(const table::Row<registry::v1::Product> product,
                   ReadNamed<registry::v1::Product>(mutation.rows(), request.product(), "product"));
  if (!product.message.merged_into().empty()) {
    return MakeError(ErrorReason::ERROR_REASON_PRODUCT_MERGED,
                     {{"name", request.product()}, {"into", product.message.merged_into()}});
  }
  return TakeStep(Of(context, mutation, request), registry::v1::SURVEY_RECORD_VERB_DECIDE_DUPLICATE, "name", violations,
                  [&](const Survey&, SurveyRecord& row, SurveyRecordStep& step) {
                    domain::RecordDecision(request.decision(), product.message, step, row);
                    return absl::OkStatus();
                  });
}

absl::Status Supersede(const RuleContext& context, registry::Mutation& mutation,
                       const registry::v1::SupersedeSurveyRecordRequest& request, FieldViolations& violations) {
  ASSIGN_OR_RETURN(const table::Row<SurveyRecord> later,
                   ReadNamed<SurveyRecord>(mutation.rows(), request.superseded_by(), "superseded_by"));
  return TakeStep(Of(context, mutation, request), registry::v1::SURVEY_RECORD_VERB_SUPERSEDE, "name", violations,
                  [&](const Survey&, SurveyRecord& row, SurveyRecordStep&) -> absl::Status {
                    RETURN_IF_ERROR(CheckSupersedes(mutation.rows(), later.message, row));
                    row.set_superseded_by(request.superseded_by());
                    return absl::OkStatus();
                  });
}

absl::Status Accept(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::AcceptSurveyRecordRequest& request, const std::vector<SimilarProduct>& similar,
                    FieldViolations& violations) {
  std::vector<SurveyRecord> superseded;
  std::optional<SurveyRecord> accepted;
  const absl::Status taken =
      TakeStep(Of(context, mutation, request), registry::v1::SURVEY_RECORD_VERB_ACCEPT, "name", violations,
               [&](const Survey&, SurveyRecord& row, SurveyRecordStep&) -> absl::Status {
                 RETURN_IF_ERROR(AcceptInto({context, mutation, request, similar, violations}, row, superseded));
                 accepted = row;
                 return absl::OkStatus();
               });
  if (!taken.ok() || !violations.empty()) return taken;
  mutation.SetAnswer(registry::kSurveyRecords, domain::IdOfKnownName(request.name(), domain::kSurveyRecordCollection));
  for (const SurveyRecord& before : superseded) {
    RETURN_IF_ERROR(PutSuperseded(mutation, before, *accepted));
  }
  return RememberDistinctions(mutation, *accepted);
}

// --- reading ---

absl::StatusOr<registry::v1::ListSurveyRecordsResponse> List(const registry::Registry& registry,
                                                             const CallContext& context,
                                                             const registry::v1::ListSurveyRecordsRequest& request) {
  const auto range = [&]() -> absl::StatusOr<engine::KeyRange> {
    FieldViolations violations;
    const std::string survey = domain::IdOfName(request.survey(), domain::kSurveyCollection, "survey", violations);
    const std::string product = domain::IdOfName(request.product(), domain::kProductCollection, "product", violations);
    if (request.survey().empty() && request.product().empty()) {
      violations.Add("survey", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
    }
    RETURN_IF_ERROR(violations.ToStatus());
    if (!product.empty()) return registry::RecordsOfProduct(product);
    if (!request.township().empty()) return registry::RecordsOfTownship(survey, request.township(), request.state());
    return registry::RecordsOfSurvey(survey);
  };
  return AnswerList<SurveyRecord>(registry, context, request, range, [&](const SurveyRecord& row) {
    if (!request.survey().empty() && SurveyNameOf(row) != request.survey()) return false;
    if (!request.township().empty() && row.township() != request.township()) return false;
    if (request.state() != registry::v1::SURVEY_RECORD_STATE_UNSPECIFIED && row.state() != request.state())
      return false;
    return request.sector() == registry::v1::SECTOR_UNSPECIFIED || row.sector() == request.sector();
  });
}

// Products like the record, looked for on the caller's thread: too slow for the writer's. What changes until the rule
// runs is found at acceptance.
absl::StatusOr<std::vector<SimilarProduct>> SimilarTo(const registry::Registry& registry, const Catalogue& catalogue,
                                                      const std::string& record) {
  const registry::ReadView view = registry.Newest();
  const auto row = ReadNamed<SurveyRecord>(view.rows(), record, "name");
  if (!row.ok()) return std::vector<SimilarProduct>();  // the rule says so
  const auto held = catalogue.Newest();
  if (held.index == nullptr) return search::UnreadableRow();
  return FindSimilar(*held.index, view.rows(), TraitsOf(row->message));
}

// A step that looks for duplicates first.
template <class Request>
void AddWithSimilar(rpc::MethodTable& methods, registry::Registry& registry, const Catalogue& catalogue,
                    std::string full_name,
                    absl::Status (*rule)(const RuleContext&, registry::Mutation&, const Request&,
                                         const std::vector<SimilarProduct>&, FieldViolations&)) {
  methods.AddWrite<Request, registry::v1::MutateSurveyRecordResponse>(
      std::move(full_name),
      [&registry, &catalogue, rule](const CallContext& context, const Request& request, auto answer) {
        // Without the search nobody knows whether questions are open, so its failure is the answer.
        auto similar = SimilarTo(registry, catalogue, request.name());
        if (!similar.ok()) return answer(similar.status());
        Mutate<SurveyRecord, Request>(
            registry, context, request,
            [rule, similar = *std::move(similar)](const RuleContext& rule_context, registry::Mutation& mutation,
                                                  const Request& normalized, FieldViolations& violations) {
              return rule(rule_context, mutation, normalized, similar, violations);
            },
            std::move(answer));
      });
}

}  // namespace

void RegisterSurveyRecordService(registry::Registry& registry, const Catalogue& catalogue, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.SurveyRecordService/";
  AddMutation<SurveyRecord>(methods, registry, service + "CreateSurveyRecord", Create);
  AddMutation<SurveyRecord>(methods, registry, service + "CorrectSurveyRecord", Correct);
  AddWithSimilar(methods, registry, catalogue, service + "SubmitSurveyRecord", Submit);
  AddMutation<SurveyRecord>(methods, registry, service + "ReturnSurveyRecord", Return);
  AddWithSimilar(methods, registry, catalogue, service + "AcceptSurveyRecord", Accept);
  AddMutation<SurveyRecord>(methods, registry, service + "SupersedeSurveyRecord", Supersede);
  AddMutation<SurveyRecord>(methods, registry, service + "DecideSurveyDuplicate", Decide);
  AddMutation<SurveyRecord>(methods, registry, service + "ChooseSurveyMeasurement", Choose);
  AddGet<SurveyRecord, registry::v1::GetSurveyRecordRequest>(methods, registry, service + "GetSurveyRecord");
  methods.AddRead<registry::v1::ListSurveyRecordsRequest, registry::v1::ListSurveyRecordsResponse>(
      service + "ListSurveyRecords",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
}

std::unique_ptr<RowImporter> SurveyRecordImporter() {
  using Request = registry::v1::CreateSurveyRecordRequest;
  using CorrectRequest = registry::v1::CorrectSurveyRecordRequest;
  ImportParts<SurveyRecord, Request, CorrectRequest> parts = {
      registry::v1::IMPORT_KIND_SURVEY_RECORDS,
      registry::v1::ImportRow::kSurveyRecord,
      Create,
      Correct,
      [](const Request& request) {
        const SurveyRecord& row = request.survey_record();
        return absl::StrCat(request.survey(), " ", row.local_name(), " ", row.variety(), " ", row.place_code());
      },
      [](const table::RowReader& rows, const Request& request,
         FieldViolations& violations) -> absl::StatusOr<std::string> {
        const SurveyRecord& row = request.survey_record();
        const std::string survey = domain::IdOfKnownName(request.survey(), domain::kSurveyCollection);
        // Single calls keep codes as they are written, perhaps with zeros.
        for (const char* zeros : {"", "000", "000000"}) {
          const std::string code = absl::StrCat(row.place_code(), zeros);
          constexpr size_t kLongestCode = 12;
          if (code.size() > kLongestCode) break;
          ASSIGN_OR_RETURN(
              const table::IdPage page,
              table::ScanIds(rows, registry::RecordsWithKey(survey, row.local_name(), row.variety(), code), "", 2));
          if (!page.ids.empty()) return OnlyId(page, "survey_record.local_name", row.local_name(), violations);
        }
        return std::string();
      },
  };
  // One place, however its code is written: with zeros up to twelve digits, with spaces.
  parts.normalize = [](Request& request) {
    const auto code = domain::DivisionCode::Parse(NormalizeIdentifier(request.survey_record().place_code()), "");
    if (code.ok()) request.mutable_survey_record()->set_place_code(code->text());
  };
  parts.complete = [](const SurveyRecord& existing, SurveyRecord& given) {
    domain::CompleteMeasurements(existing, given);
  };
  parts.keys_may_repeat = true;
  parts.may_change = [](const SurveyRecord& record, domain::SurveyRoles roles, Day today) {
    return domain::TakeRecordStep(record.name(), record.state(), registry::v1::SURVEY_RECORD_VERB_CORRECT, roles, today)
        .status();
  };
  parts.state_lost = [](const Request& request) {
    const SurveyRecord& record = request.survey_record();
    return record.state() > registry::v1::SURVEY_RECORD_STATE_DRAFT
               ? registry::v1::SurveyRecordState_Name(record.state())
               : "";
  };
  parts.replace = [](registry::Mutation& mutation, const SurveyRecord* before, const SurveyRecord* after) {
    return after == nullptr ? WithdrawRecord(mutation, *before) : PutRecord(mutation, before, *after);
  };
  return MakeRowImporter(std::move(parts));
}

}  // namespace gi::service
