#include "server/service/authorization_service.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/domain/events.h"
#include "server/domain/grant.h"
#include "server/service/mutate.h"
#include "server/service/references.h"

namespace gi::service {
namespace {

using registry::v1::Authorization;
using registry::v1::GrantEvent;
using registry::v1::GrantEventKind;
using rpc::CallContext;

constexpr int kMaxEvents = 200;

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
                   {{"value", domain::EchoValue(id)}, {"expected", "the id of a goods item of the title"}});
  }
  return absl::OkStatus();
}

void CheckValidity(const registry::v1::Period& validity, absl::string_view field, FieldViolations& violations) {
  if (!validity.has_from()) violations.Add(absl::StrCat(field, ".from"), ErrorReason::ERROR_REASON_FIELD_REQUIRED);
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
        return CheckScope(mutation.rows(), row, violations);
      });
}

// Records an event of a grant and checks that its whole course is legal.
absl::Status StageEvent(
    const RuleContext& context, registry::Mutation& mutation, const std::string& name, const std::string& etag,
    GrantEvent event, absl::FunctionRef<void(Authorization&)> also = [](Authorization&) {}) {
  return StageChange<Authorization>(context, mutation, name, "name", etag, [&](Authorization& row) -> absl::Status {
    if (row.events_size() >= kMaxEvents) return ResourceFull(row.name(), kMaxEvents);
    *row.add_events() = std::move(event);
    domain::AssignEventIds(*row.mutable_events());
    also(row);
    return domain::CheckGrantCourse(row);
  });
}

template <class Request>
GrantEvent EventOf(GrantEventKind kind, const Request& request) {
  GrantEvent event;
  event.set_kind(kind);
  *event.mutable_effective_from() = request.effective_from();
  if (request.has_basis()) *event.mutable_basis() = request.basis();
  return event;
}

absl::Status Grant(const RuleContext& context, registry::Mutation& mutation,
                   const registry::v1::GrantAuthorizationRequest& request, FieldViolations& violations) {
  CheckValidity(request.validity(), "validity", violations);
  return StageEvent(context, mutation, request.name(), request.etag(),
                    EventOf(registry::v1::GRANT_EVENT_KIND_GRANTED, request),
                    [&](Authorization& row) { *row.mutable_validity() = request.validity(); });
}

absl::Status Suspend(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::SuspendAuthorizationRequest& request, FieldViolations&) {
  return StageEvent(context, mutation, request.name(), request.etag(),
                    EventOf(registry::v1::GRANT_EVENT_KIND_SUSPENDED, request));
}

absl::Status Reinstate(const RuleContext& context, registry::Mutation& mutation,
                       const registry::v1::ReinstateAuthorizationRequest& request, FieldViolations&) {
  return StageEvent(context, mutation, request.name(), request.etag(),
                    EventOf(registry::v1::GRANT_EVENT_KIND_REINSTATED, request));
}

absl::Status Remove(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::RemoveAuthorizationRequest& request, FieldViolations&) {
  GrantEvent event = EventOf(registry::v1::GRANT_EVENT_KIND_REMOVED, request);
  event.set_ground(request.ground());
  return StageEvent(context, mutation, request.name(), request.etag(), std::move(event));
}

absl::Status Annul(const RuleContext& context, registry::Mutation& mutation,
                   const registry::v1::AnnulAuthorizationEventRequest& request, FieldViolations&) {
  GrantEvent event;
  event.set_kind(registry::v1::GRANT_EVENT_KIND_ANNULMENT);
  event.set_annuls(request.event());
  return StageEvent(context, mutation, request.name(), request.etag(), std::move(event));
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
  return AnswerList<Authorization>(registry, context, request, range, [](const Authorization&) { return true; });
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
  AddMutation<Authorization>(methods, registry, service + "AnnulAuthorizationEvent", Annul);
  AddGet<Authorization, registry::v1::GetAuthorizationRequest>(methods, registry, service + "GetAuthorization");
  methods.AddRead<registry::v1::ListAuthorizationsRequest, registry::v1::ListAuthorizationsResponse>(
      service + "ListAuthorizations",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
}

}  // namespace gi::service
