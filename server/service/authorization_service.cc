#include "server/service/authorization_service.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/domain/events.h"
#include "server/domain/grant.h"
#include "server/service/import/row_importer.h"
#include "server/service/mutate.h"
#include "server/service/references.h"

namespace gi::service {
namespace {

using registry::v1::Authorization;
using registry::v1::GrantEvent;
using registry::v1::GrantEventKind;
using rpc::CallContext;

// Of one entity under one title, that an import looks at.
constexpr size_t kMostGrantsOfPair = 1000;

// Goods of the scope must be items of the title.
absl::Status CheckScope(const table::RowReader& rows, const Authorization& grant, FieldViolations& violations) {
  CheckAreaCodes(grant.scope().area_codes(), "authorization.scope.area_codes", violations);
  if (grant.scope().goods().empty()) return absl::OkStatus();
  const auto title = ReadNamed<registry::v1::Indication>(rows, grant.indication(), "authorization.indication");
  if (!title.ok()) return absl::OkStatus();  // a finding of CheckReference already
  const auto& goods = title->message.goods();
  for (int i = 0; i < grant.scope().goods_size(); ++i) {
    const std::string& id = grant.scope().goods(i);
    if (std::any_of(goods.begin(), goods.end(), [&](const auto& item) { return item.id() == id; })) continue;
    violations.Add(absl::StrCat("authorization.scope.goods[", i, "]"), ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", domain::EchoValue(id)},
                    {"expected", "the id of a goods item of the title"},
                    {"expected_zh", "该地理标志的商品项标识"}});
  }
  return absl::OkStatus();
}

void CheckValidity(const registry::v1::Period& validity, absl::string_view field, FieldViolations& violations) {
  if (!validity.has_from()) violations.Add(absl::StrCat(field, ".from"), ErrorReason::ERROR_REASON_FIELD_REQUIRED);
}

// The last day of a grant must lie within its title.
absl::Status CheckLastDay(const table::RowReader& rows, const Authorization& grant, const registry::v1::Date& last,
                          absl::string_view field) {
  ASSIGN_OR_RETURN(const auto title, ReadNamed<registry::v1::Indication>(rows, grant.indication(), "indication"));
  return domain::CheckWithinTitle(title.message, last, field);
}

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateAuthorizationRequest& request, FieldViolations& violations) {
  Authorization grant = request.authorization();
  CheckGivenId(request.authorization_id(), "authorization_id", violations);
  if (request.granted()) CheckValidity(grant.validity(), "authorization.validity", violations);
  RETURN_IF_ERROR(
      CheckReference<registry::v1::Entity>(mutation.rows(), grant.entity(), "authorization.entity", violations));
  RETURN_IF_ERROR(CheckReference<registry::v1::Indication>(mutation.rows(), grant.indication(),
                                                           "authorization.indication", violations));
  RETURN_IF_ERROR(CheckScope(mutation.rows(), grant, violations));
  if (!violations.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckLastDay(mutation.rows(), grant, grant.validity().to(), "authorization.validity.to"));
  GrantEvent& event = *grant.add_events();
  event.set_kind(request.granted() ? registry::v1::GRANT_EVENT_KIND_GRANTED : registry::v1::GRANT_EVENT_KIND_REQUESTED);
  *event.mutable_effective_from() = request.effective_from();
  domain::AssignEventIds(*grant.mutable_events());
  return StageNew(context, mutation, request.authorization_id(), std::move(grant));
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectAuthorizationRequest& request, FieldViolations& violations) {
  return StageChange<Authorization>(
      context, mutation, request.authorization().name(), "authorization.name", request.etag(),
      [&](Authorization& row) -> absl::Status {
        const bool had_validity = row.has_validity();
        RETURN_IF_ERROR(ApplyCorrection(request.authorization(), request.update_mask(), row, violations));
        if (had_validity) CheckValidity(row.validity(), "authorization.validity", violations);
        RETURN_IF_ERROR(CheckLastDay(mutation.rows(), row, row.validity().to(), "authorization.validity.to"));
        return CheckScope(mutation.rows(), row, violations);
      });
}

// An event as the verbs record it.
template <class Request>
GrantEvent EventOf(GrantEventKind kind, const Request& request) {
  GrantEvent event;
  event.set_kind(kind);
  if constexpr (requires { request.effective_from(); }) *event.mutable_effective_from() = request.effective_from();
  if constexpr (requires { request.basis(); }) {
    if (request.has_basis()) *event.mutable_basis() = request.basis();
  }
  return event;
}

// Records an event of a grant and checks that its whole course is legal.
template <class Request>
absl::Status Record(
    const RuleContext& context, registry::Mutation& mutation, const Request& request, const GrantEvent& event,
    FieldViolations& violations,
    absl::FunctionRef<absl::Status(Authorization&)> also = [](Authorization&) { return absl::OkStatus(); }) {
  domain::CheckGrantEvent(event, "", violations);
  return StageEvent<Authorization>(context, mutation, request.name(), request.etag(), event,
                                   [&](Authorization& row) -> absl::Status {
                                     if (!violations.empty()) return absl::OkStatus();
                                     RETURN_IF_ERROR(also(row));
                                     return domain::CheckGrantCourse(row);
                                   });
}

absl::Status Grant(const RuleContext& context, registry::Mutation& mutation,
                   const registry::v1::GrantAuthorizationRequest& request, FieldViolations& violations) {
  CheckValidity(request.validity(), "validity", violations);
  return Record(context, mutation, request, EventOf(registry::v1::GRANT_EVENT_KIND_GRANTED, request), violations,
                [&](Authorization& row) {
                  *row.mutable_validity() = request.validity();
                  return CheckLastDay(mutation.rows(), row, request.validity().to(), "validity.to");
                });
}

absl::Status Refuse(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::RefuseAuthorizationRequest& request, FieldViolations& violations) {
  GrantEvent event = EventOf(registry::v1::GRANT_EVENT_KIND_REFUSED, request);
  *event.mutable_refusal_reasons() = request.refusal_reasons();
  return Record(context, mutation, request, event, violations);
}

absl::Status Extend(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::ExtendAuthorizationRequest& request, FieldViolations& violations) {
  GrantEvent event = EventOf(registry::v1::GRANT_EVENT_KIND_EXTENDED, request);
  *event.mutable_valid_to() = request.valid_to();
  return Record(context, mutation, request, event, violations,
                [&](Authorization& row) { return CheckLastDay(mutation.rows(), row, request.valid_to(), "valid_to"); });
}

absl::Status Suspend(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::SuspendAuthorizationRequest& request, FieldViolations& violations) {
  return Record(context, mutation, request, EventOf(registry::v1::GRANT_EVENT_KIND_SUSPENDED, request), violations);
}

absl::Status Reinstate(const RuleContext& context, registry::Mutation& mutation,
                       const registry::v1::ReinstateAuthorizationRequest& request, FieldViolations& violations) {
  return Record(context, mutation, request, EventOf(registry::v1::GRANT_EVENT_KIND_REINSTATED, request), violations);
}

absl::Status Remove(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::RemoveAuthorizationRequest& request, FieldViolations& violations) {
  GrantEvent event = EventOf(registry::v1::GRANT_EVENT_KIND_REMOVED, request);
  event.set_ground(request.ground());
  return Record(context, mutation, request, event, violations);
}

absl::Status SetLogo(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::SetAuthorizationLogoRequest& request, FieldViolations& violations) {
  const GrantEventKind kind = request.permitted() ? registry::v1::GRANT_EVENT_KIND_LOGO_PERMITTED
                                                  : registry::v1::GRANT_EVENT_KIND_LOGO_WITHDRAWN;
  return Record(context, mutation, request, EventOf(kind, request), violations);
}

absl::Status ReportUse(const RuleContext& context, registry::Mutation& mutation,
                       const registry::v1::ReportAuthorizationUseRequest& request, FieldViolations& violations) {
  GrantEvent event = EventOf(registry::v1::GRANT_EVENT_KIND_USE_REPORTED, request);
  *event.mutable_use_report() = request.use_report();
  return Record(context, mutation, request, event, violations);
}

absl::Status Annul(const RuleContext& context, registry::Mutation& mutation,
                   const registry::v1::AnnulAuthorizationEventRequest& request, FieldViolations& violations) {
  GrantEvent event = EventOf(registry::v1::GRANT_EVENT_KIND_ANNULMENT, request);
  event.set_annuls(request.event());
  return Record(context, mutation, request, event, violations);
}

absl::StatusOr<registry::v1::ListAuthorizationsResponse> List(const registry::Registry& registry,
                                                              const CallContext& context,
                                                              const registry::v1::ListAuthorizationsRequest& request) {
  const auto range = [&]() -> absl::StatusOr<engine::KeyRange> {
    FieldViolations violations;
    const std::string title =
        domain::IdOfName(request.indication(), domain::kIndicationCollection, "indication", violations);
    const std::string entity = domain::IdOfName(request.entity(), domain::kEntityCollection, "entity", violations);
    RETURN_IF_ERROR(violations.ToStatus());
    if (!title.empty() && !entity.empty()) return registry::AuthorizationsOfPair(title, entity);
    if (!title.empty()) return registry::AuthorizationsUnder(title);
    if (!entity.empty()) return registry::AuthorizationsOf(entity);
    return registry::AllAuthorizations();
  };
  return AnswerList<Authorization>(registry, context, request, range, [&](const Authorization& row) {
    const bool in_state =
        request.state() == registry::v1::AUTHORIZATION_STATE_UNSPECIFIED || row.state() == request.state();
    return in_state && (!request.unused_two_years() || row.unused_two_years());
  });
}

}  // namespace

void RegisterAuthorizationService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.AuthorizationService/";
  AddMutation<Authorization>(methods, registry, service + "CreateAuthorization", Create);
  AddMutation<Authorization>(methods, registry, service + "CorrectAuthorization", Correct);
  AddMutation<Authorization>(methods, registry, service + "GrantAuthorization", Grant);
  AddMutation<Authorization>(methods, registry, service + "SuspendAuthorization", Suspend);
  AddMutation<Authorization>(methods, registry, service + "ReinstateAuthorization", Reinstate);
  AddMutation<Authorization>(methods, registry, service + "RemoveAuthorization", Remove);
  AddMutation<Authorization>(methods, registry, service + "RefuseAuthorization", Refuse);
  AddMutation<Authorization>(methods, registry, service + "ExtendAuthorization", Extend);
  AddMutation<Authorization>(methods, registry, service + "SetAuthorizationLogo", SetLogo);
  AddMutation<Authorization>(methods, registry, service + "ReportAuthorizationUse", ReportUse);
  AddMutation<Authorization>(methods, registry, service + "ConfirmAuthorization",
                             Confirm<Authorization, registry::v1::ConfirmAuthorizationRequest>);
  AddMutation<Authorization>(methods, registry, service + "AnnulAuthorizationEvent", Annul);
  AddGet<Authorization, registry::v1::GetAuthorizationRequest>(methods, registry, service + "GetAuthorization");
  methods.AddRead<registry::v1::ListAuthorizationsRequest, registry::v1::ListAuthorizationsResponse>(
      service + "ListAuthorizations",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
}

std::unique_ptr<RowImporter> AuthorizationImporter() {
  using Request = registry::v1::CreateAuthorizationRequest;
  ImportParts<Authorization, Request, registry::v1::CorrectAuthorizationRequest> parts = {
      registry::v1::IMPORT_KIND_AUTHORIZATIONS,
      registry::v1::ImportRow::kAuthorization,
      Create,
      Correct,
      [](const Request& request) {
        const Authorization& grant = request.authorization();
        return absl::StrCat(grant.entity(), " ", grant.indication(), " ", FormatDate(grant.validity().from()));
      },
      [](const table::RowReader& rows, const Request& request, FieldViolations&) -> absl::StatusOr<std::string> {
        const Authorization& grant = request.authorization();
        FieldViolations ignored;
        const std::string title = domain::IdOfName(grant.indication(), domain::kIndicationCollection, "", ignored);
        const std::string entity = domain::IdOfName(grant.entity(), domain::kEntityCollection, "", ignored);
        if (title.empty() || entity.empty()) return std::string();
        ASSIGN_OR_RETURN(const table::IdPage page,
                         table::ScanIds(rows, registry::AuthorizationsOfPair(title, entity), "", kMostGrantsOfPair));
        for (const std::string& id : page.ids) {
          ASSIGN_OR_RETURN(const auto row, registry::kAuthorizations.Get(rows, id));
          if (row && ToDay(row->message.validity().from()) == ToDay(grant.validity().from())) return id;
        }
        return std::string();
      },
      "entity",
      "indication",
  };
  parts.event_lost = [](const Request& request, const Authorization& existing) -> std::string {
    const auto& events = existing.events();
    const bool granted = std::any_of(events.begin(), events.end(), [](const registry::v1::GrantEvent& event) {
      return event.kind() == registry::v1::GRANT_EVENT_KIND_GRANTED;
    });
    return request.granted() && !granted ? registry::v1::GrantEventKind_Name(registry::v1::GRANT_EVENT_KIND_GRANTED)
                                         : "";
  };
  parts.warn = [](const Request& request, const Cleared& cleared, FieldViolations& warnings) {
    constexpr char kLast[] = "authorization.validity.to";
    const bool said = std::find(cleared.begin(), cleared.end(), kLast) != cleared.end();
    if (!request.granted() || said || request.authorization().validity().has_to()) return;
    warnings.Add(kLast, ErrorReason::ERROR_REASON_NO_END_GIVEN);
  };
  parts.state_lost = [](const Request& request) -> std::string {
    const Authorization& grant = request.authorization();
    for (const registry::v1::GrantEvent& event : grant.events()) {
      const bool made = event.kind() == registry::v1::GRANT_EVENT_KIND_REQUESTED ||
                        event.kind() == registry::v1::GRANT_EVENT_KIND_GRANTED;
      if (!made) return registry::v1::GrantEventKind_Name(event.kind());
    }
    const bool ended = grant.state() == registry::v1::AUTHORIZATION_STATE_SUSPENDED ||
                       grant.state() == registry::v1::AUTHORIZATION_STATE_REMOVED ||
                       grant.state() == registry::v1::AUTHORIZATION_STATE_REFUSED ||
                       (grant.state() == registry::v1::AUTHORIZATION_STATE_PENDING && request.granted());
    return ended ? registry::v1::AuthorizationState_Name(grant.state()) : "";
  };
  return MakeRowImporter(std::move(parts));
}

}  // namespace gi::service
