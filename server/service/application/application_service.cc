#include "server/service/application/application_service.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/domain/application/application_rules.h"
#include "server/domain/application/course.h"
#include "server/domain/application/workflow.h"
#include "server/domain/events.h"
#include "server/service/application/application_rows.h"
#include "server/service/import/row_importer.h"
#include "server/service/mutate.h"
#include "server/service/references.h"

namespace gi::service {
namespace {

using registry::v1::Application;
using registry::v1::ApplicationEvent;
using registry::v1::Indication;
using rpc::CallContext;
using Laws = std::shared_ptr<const domain::LawLibrary>;

// A title that a field names must be of the kind.
absl::Status CheckTitleReference(const table::RowReader& rows, const std::string& name,
                                 registry::v1::IndicationKind kind, const char* field, FieldViolations& violations) {
  RETURN_IF_ERROR(CheckReference<Indication>(rows, name, field, violations));
  const std::string id = domain::IdOfKnownName(name, domain::kIndicationCollection);
  if (id.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<table::Row<Indication>> title, registry::kIndications.Get(rows, id));
  if (!title || title->message.kind() == kind) return absl::OkStatus();
  violations.Add(field, ErrorReason::ERROR_REASON_FIELD_CONTRADICTS,
                 {{"value", name},
                  {"other", "application.kind"},
                  {"expected", absl::StrCat("a title of the kind ", domain::ShortName(kind))},
                  {"expected_zh", absl::StrCat("种类为 ", domain::ShortName(kind), " 的地理标志")}});
  return absl::OkStatus();
}

// What must hold of every application, new or corrected.
absl::Status CheckRow(const table::RowReader& rows, const Application& row, const domain::LawLibrary& laws,
                      FieldViolations& violations) {
  domain::CheckApplication(row, laws, "application", violations);
  CheckAreaCodes(row.area_codes(), "application.area_codes", violations);
  domain::IdOfName(row.product(), domain::kProductCollection, "application.product", violations);
  RETURN_IF_ERROR(CheckReference<registry::v1::Entity>(rows, row.applicant(), "application.applicant", violations));
  RETURN_IF_ERROR(CheckReference<registry::v1::Entity>(rows, row.agent(), "application.agent", violations));
  RETURN_IF_ERROR(CheckTitleReference(rows, row.indication(), domain::TitleKindOf(row.kind()), "application.indication",
                                      violations));
  return CheckTitleReference(rows, row.converts(), registry::v1::INDICATION_KIND_AGI, "application.converts",
                             violations);
}

void CheckDays(const ApplicationEvent& event, absl::Time now, const std::string& field, FieldViolations& violations) {
  CheckNotAfter(event.date(), now, field + ".date", violations);
  CheckNotAfter(event.effective_from(), now, field + ".effective_from", violations);
  CheckNotAfter(event.service().received_on(), now, field + ".service.received_on", violations);
  CheckNotAfter(event.service().dispatched_on(), now, field + ".service.dispatched_on", violations);
  CheckNotAfter(event.service().published_on(), now, field + ".service.published_on", violations);
}

// `course` of the row, for the law of the event's day.
void CheckEvent(const domain::ApplicationCourse& course, const ApplicationEvent& event, const domain::LawLibrary& laws,
                absl::Time now, const std::string& field, FieldViolations& violations) {
  const Application& row = course.application();
  const std::optional<Day> day = ToDay(event.date());
  domain::CheckApplicationEvent(row, event, day ? course.LawOn(*day) : absl::string_view(row.law()), laws, field,
                                violations);
  CheckDays(event, now, field, violations);
}

// All events of a row but those that only DivideApplication records.
void CheckEvents(const Application& row, const domain::LawLibrary& laws, absl::Time now, FieldViolations& violations) {
  const domain::ApplicationCourse course(row, laws);
  for (int i = 0; i < row.events_size(); ++i) {
    if (!row.events(i).made().empty() && row.events(i).kind() == registry::v1::APPLICATION_EVENT_KIND_DIVIDED) continue;
    CheckEvent(course, row.events(i), laws, now, absl::StrCat("application.events[", i, "]"), violations);
  }
}

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateApplicationRequest& request, FieldViolations& violations) {
  Application row = request.application();
  if (!row.events().empty()) RETURN_IF_ERROR(domain::RequireDistrict("applications", "CREATE", context.roles));
  ASSIGN_OR_RETURN(const Laws laws, ReadLaws(mutation.rows(), *context.derived));
  CheckGivenId(request.application_id(), "application_id", violations);
  RETURN_IF_ERROR(CheckRow(mutation.rows(), row, *laws, violations));
  domain::AssignEventIds(*row.mutable_events());
  CheckEvents(row, *laws, mutation.now(), violations);
  for (ApplicationEvent& event : *row.mutable_events()) {
    *event.mutable_record_time() = ToTimestamp(absl::ToUnixMicros(mutation.now()));
  }
  if (!violations.empty()) return absl::OkStatus();
  const std::string& id = request.application_id().empty() ? context.generated_id : request.application_id();
  row.set_name(domain::ResourceName(domain::kApplicationCollection, id));
  ASSIGN_OR_RETURN(const auto existing, registry::kApplications.Get(mutation.rows(), id));
  if (existing) {
    return MakeError(ErrorReason::ERROR_REASON_RESOURCE_EXISTS,
                     {{"name", row.name()}, {"field", "name"}, {"value", id}});
  }
  if (domain::ApplicationCourse(row, *laws).filing_day()) RETURN_IF_ERROR(domain::CheckReadyToFile(row, *laws));
  return PutApplication(mutation, *laws, nullptr, std::move(row), "", violations);
}

// Reads an application for a change. FIELDS_INVALID, RESOURCE_NOT_FOUND, ETAG_MISMATCH.
absl::StatusOr<Application> ReadForChange(const RuleContext& context, const registry::Mutation& mutation,
                                          const std::string& name, const char* field, const std::string& etag) {
  ASSIGN_OR_RETURN(table::Row<Application> row, ReadNamed<Application>(mutation.rows(), name, field));
  RETURN_IF_ERROR(CheckEtag(name, etag, context.history_id_text, row.revision));
  return std::move(row.message);
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectApplicationRequest& request, FieldViolations& violations) {
  ASSIGN_OR_RETURN(const Laws laws, ReadLaws(mutation.rows(), *context.derived));
  ASSIGN_OR_RETURN(const Application before,
                   ReadForChange(context, mutation, request.application().name(), "application.name", request.etag()));
  const domain::ApplicationCourse course(before, *laws);
  if (!course.steps().empty()) RETURN_IF_ERROR(domain::RequireDistrict(before.name(), "CORRECT", context.roles));
  Application row = before;
  RETURN_IF_ERROR(ApplyCorrection(request.application(), request.update_mask(), row, violations));
  RETURN_IF_ERROR(CheckRow(mutation.rows(), row, *laws, violations));
  if (!before.indication().empty() && row.indication() != before.indication() &&
      std::any_of(before.events().begin(), before.events().end(),
                  [](const auto& event) { return absl::StartsWith(event.made(), "indications/"); })) {
    violations.Add("application.indication", ErrorReason::ERROR_REASON_FIELD_CONTRADICTS,
                   {{"value", row.indication()},
                    {"other", "application.events"},
                    {"expected", absl::StrCat("the title that was registered, ", before.indication())},
                    {"expected_zh", absl::StrCat("已注册的地理标志 ", before.indication())}});
  }
  // Events name goods items: correcting the goods must leave an application whose events still make sense.
  CheckEvents(row, *laws, mutation.now(), violations);
  if (!violations.empty()) return absl::OkStatus();
  return PutApplication(mutation, *laws, &before, std::move(row), "", violations);
}

// Takes the application back that a division made, if nothing has happened to it since.
absl::Status UndoDivision(registry::Mutation& mutation, const domain::LawLibrary& laws, const Application& parent,
                          const ApplicationEvent& division, FieldViolations& violations) {
  ASSIGN_OR_RETURN(table::Row<Application> child,
                   ReadNamed<Application>(mutation.rows(), division.made(), "event.annuls"));
  const Application before = child.message;
  for (const ApplicationEvent& event : before.events()) {
    if (!event.inherited_from().empty()) continue;
    return MakeError(ErrorReason::ERROR_REASON_EVENT_NOT_ANNULLABLE,
                     {{"name", parent.name()}, {"event", absl::StrCat(division.id(), " (", before.name(), ")")}});
  }
  ApplicationEvent& withdrawn = *child.message.add_events();
  withdrawn.set_kind(registry::v1::APPLICATION_EVENT_KIND_WITHDRAWN);
  *withdrawn.mutable_date() = division.date();
  withdrawn.set_note(absl::StrCat("division annulled: ", parent.name(), " ", division.id()));
  *withdrawn.mutable_record_time() = ToTimestamp(absl::ToUnixMicros(mutation.now()));
  domain::AssignEventIds(*child.message.mutable_events());
  return PutApplication(mutation, laws, &before, std::move(child.message), "", violations);
}

absl::Status Record(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::RecordApplicationEventRequest& request, FieldViolations& violations) {
  const domain::EventNeeds* needs = domain::NeedsOf(request.event().kind());
  RETURN_IF_ERROR(domain::RequireRole(request.name(), domain::ShortName(request.event().kind()), context.roles,
                                      needs == nullptr ? domain::kDistrict : needs->roles));
  ASSIGN_OR_RETURN(const Laws laws, ReadLaws(mutation.rows(), *context.derived));
  ASSIGN_OR_RETURN(const Application before, ReadForChange(context, mutation, request.name(), "name", request.etag()));
  CheckGivenId(request.indication_id(), "indication_id", violations);
  Application row = before;
  ApplicationEvent& event = *row.add_events();
  event = request.event();
  *event.mutable_record_time() = ToTimestamp(absl::ToUnixMicros(mutation.now()));
  domain::AssignEventIds(*row.mutable_events());
  CheckEvent(domain::ApplicationCourse(row, *laws), event, *laws, mutation.now(), "event", violations);
  if (!violations.empty()) return absl::OkStatus();
  if (event.kind() == registry::v1::APPLICATION_EVENT_KIND_FILED) {
    RETURN_IF_ERROR(domain::CheckReadyToFile(row, *laws));
  }
  const ApplicationEvent* division = nullptr;
  for (const ApplicationEvent& earlier : before.events()) {
    const bool annulled = !event.annuls().empty() && earlier.id() == event.annuls();
    if (annulled && earlier.kind() == registry::v1::APPLICATION_EVENT_KIND_DIVIDED) division = &earlier;
  }
  RETURN_IF_ERROR(PutApplication(mutation, *laws, &before, std::move(row), request.indication_id(), violations));
  if (division == nullptr) return absl::OkStatus();
  return UndoDivision(mutation, *laws, before, *division, violations);
}

// The rest of the application must have been refused by then.
absl::Status CheckPartlyRefused(const Application& row, const std::vector<std::string>& items, Day day,
                                const domain::LawLibrary& laws) {
  const domain::ApplicationCourse course(row, laws);
  for (int i = 0; i < row.goods_size(); ++i) {
    if (std::find(items.begin(), items.end(), row.goods(i).id()) != items.end()) continue;
    if (domain::IsRefused(course.ItemStateOn(i, day))) return absl::OkStatus();
  }
  return MakeError(ErrorReason::ERROR_REASON_STEP_UNSUPPORTED,
                   {{"name", row.name()},
                    {"event", "DIVIDED"},
                    {"expected", "the refusal of the other goods items by that day"},
                    {"expected_zh", "其余商品项目在该日以前的驳回"}});
}

absl::Status Divide(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::DivideApplicationRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict(request.name(), "DIVIDED", context.roles));
  ASSIGN_OR_RETURN(const Laws laws, ReadLaws(mutation.rows(), *context.derived));
  ASSIGN_OR_RETURN(const Application before, ReadForChange(context, mutation, request.name(), "name", request.etag()));
  CheckGivenId(request.application_id(), "application_id", violations);
  CheckNotAfter(request.date(), mutation.now(), "date", violations);
  const std::vector<std::string> items(request.items().begin(), request.items().end());
  for (size_t i = 0; i < items.size(); ++i) {
    const bool known = std::any_of(before.goods().begin(), before.goods().end(),
                                   [&](const auto& item) { return item.id() == items[i]; });
    if (known) continue;
    violations.Add(absl::StrCat("items[", i, "]"), ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", domain::EchoValue(items[i])},
                    {"expected", "the id of a goods item of the application"},
                    {"expected_zh", "本申请中商品项的标识"}});
  }
  if (!violations.empty()) return absl::OkStatus();
  const std::string& id = request.application_id().empty() ? context.generated_id : request.application_id();
  ASSIGN_OR_RETURN(const auto existing, registry::kApplications.Get(mutation.rows(), id));
  const std::string child = domain::ResourceName(domain::kApplicationCollection, id);
  if (existing) {
    return MakeError(ErrorReason::ERROR_REASON_RESOURCE_EXISTS, {{"name", child}, {"field", "name"}, {"value", id}});
  }
  Application row = before;
  ApplicationEvent& event = *row.add_events();
  event.set_kind(registry::v1::APPLICATION_EVENT_KIND_DIVIDED);
  *event.mutable_date() = request.date();
  *event.mutable_items() = request.items();
  if (request.has_basis()) *event.mutable_basis() = request.basis();
  event.set_made(child);
  *event.mutable_record_time() = ToTimestamp(absl::ToUnixMicros(mutation.now()));
  domain::AssignEventIds(*row.mutable_events());
  RETURN_IF_ERROR(domain::CheckApplicationCourse(row, *laws));
  RETURN_IF_ERROR(CheckPartlyRefused(row, items, *ToDay(request.date()), *laws));
  Application divided = DividedOff(row, items, child, *laws);
  RETURN_IF_ERROR(PutApplication(mutation, *laws, &before, std::move(row), "", violations));
  return PutApplication(mutation, *laws, nullptr, std::move(divided), "", violations);
}

bool InOneOf(const Application& row, const google::protobuf::RepeatedField<int>& states) {
  const auto wanted = [&](int state) { return std::find(states.begin(), states.end(), state) != states.end(); };
  return states.empty() || wanted(row.state()) ||
         std::any_of(row.item_states().begin(), row.item_states().end(),
                     [&](const auto& item) { return wanted(item.state()); });
}

absl::StatusOr<registry::v1::ListApplicationsResponse> List(const registry::Registry& registry,
                                                            const CallContext& context,
                                                            const registry::v1::ListApplicationsRequest& request) {
  const auto range = [&]() -> absl::StatusOr<engine::KeyRange> {
    FieldViolations violations;
    const std::string applicant =
        domain::IdOfName(request.applicant(), domain::kEntityCollection, "applicant", violations);
    const std::string product = domain::IdOfName(request.product(), domain::kProductCollection, "product", violations);
    RETURN_IF_ERROR(violations.ToStatus());
    if (!applicant.empty()) return registry::ApplicationsOfApplicant(applicant);
    if (!product.empty()) return registry::ApplicationsOfProduct(product);
    return registry::AllApplications();
  };
  return AnswerList<Application>(registry, context, request, range, [&](const Application& row) {
    return InOneOf(row, request.states()) &&
           (request.kind() == registry::v1::APPLICATION_KIND_UNSPECIFIED || row.kind() == request.kind()) &&
           (request.applicant().empty() || row.applicant() == request.applicant()) &&
           (request.product().empty() || row.product() == request.product()) &&
           (request.office().empty() || row.office() == request.office());
  });
}

}  // namespace

void RegisterApplicationService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.ApplicationService/";
  AddMutation<Application>(methods, registry, service + "CreateApplication", Create);
  AddMutation<Application>(methods, registry, service + "CorrectApplication", Correct);
  AddMutation<Application>(methods, registry, service + "RecordApplicationEvent", Record);
  AddMutation<Application>(methods, registry, service + "DivideApplication", Divide);
  AddGet<Application, registry::v1::GetApplicationRequest>(methods, registry, service + "GetApplication");
  methods.AddRead<registry::v1::ListApplicationsRequest, registry::v1::ListApplicationsResponse>(
      service + "ListApplications",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
}

std::unique_ptr<RowImporter> ApplicationImporter() {
  // Looked through for the one with the name.
  constexpr size_t kMostOfApplicant = 1000;
  using Request = registry::v1::CreateApplicationRequest;
  ImportParts<Application, Request, registry::v1::CorrectApplicationRequest> parts = {
      registry::v1::IMPORT_KIND_APPLICATIONS,
      registry::v1::ImportRow::kApplication,
      Create,
      Correct,
      [](const Request& request) {
        const Application& row = request.application();
        return absl::StrCat(registry::v1::ApplicationKind_Name(row.kind()), " ", row.display_name(), " ",
                            row.applicant());
      },
      [](const table::RowReader& rows, const Request& request, FieldViolations&) -> absl::StatusOr<std::string> {
        const Application& given = request.application();
        FieldViolations ignored;
        const std::string applicant = domain::IdOfName(given.applicant(), domain::kEntityCollection, "", ignored);
        if (applicant.empty()) return std::string();
        ASSIGN_OR_RETURN(const table::IdPage page,
                         table::ScanIds(rows, registry::ApplicationsOfApplicant(applicant), "", kMostOfApplicant));
        for (const std::string& id : page.ids) {
          ASSIGN_OR_RETURN(const auto row, registry::kApplications.Get(rows, id));
          const bool same =
              row && row->message.kind() == given.kind() && row->message.display_name() == given.display_name();
          if (same) return id;
        }
        return std::string();
      },
      "applicant",
  };
  parts.keys_may_repeat = true;
  parts.may_change = [](const Application& row, domain::SurveyRoles roles, Day) {
    return row.events().empty() ? absl::OkStatus() : domain::RequireDistrict(row.name(), "CORRECT", roles);
  };
  parts.brings = &registry::kIndications;
  return MakeRowImporter(std::move(parts));
}

}  // namespace gi::service
