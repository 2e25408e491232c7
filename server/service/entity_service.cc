#include "server/service/entity_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "server/domain/division.h"
#include "server/domain/entity.h"
#include "server/domain/events.h"
#include "server/domain/uscc.h"
#include "server/service/division_reader.h"
#include "server/service/import/row_importer.h"
#include "server/service/mutate.h"
#include "server/service/references.h"

namespace gi::service {
namespace {

using registry::v1::Entity;
using rpc::CallContext;

// Judges the code, normalises it and sets what follows from it. RESOURCE_EXISTS if another entity has it.
absl::Status SettleUscc(const table::RowReader& rows, bool accept_legacy, absl::string_view own_id, Entity& entity,
                        FieldViolations& violations) {
  DivisionReader divisions(rows);
  const auto uscc = domain::Uscc::Parse(
      entity.uscc(), "entity.uscc", [&](absl::string_view code) { return divisions.Knows(code); },
      accept_legacy ? domain::LegacyUscc::kAccept : domain::LegacyUscc::kRefuse);
  RETURN_IF_ERROR(divisions.status());
  if (!uscc.ok()) {
    AddFinding(uscc.status(), "entity.uscc", violations);
    return absl::OkStatus();
  }
  entity.set_uscc(uscc->text());
  entity.set_uscc_verdict(uscc->verdict());
  entity.clear_flags();
  if (uscc->verdict() == registry::v1::USCC_VERDICT_OK_UNKNOWN_DIVISION) {
    entity.add_flags(registry::v1::ENTITY_FLAG_UNKNOWN_DIVISION);
  }
  if (uscc->verdict() == registry::v1::USCC_VERDICT_OK_LEGACY) entity.add_flags(registry::v1::ENTITY_FLAG_LEGACY_CODE);
  ASSIGN_OR_RETURN(const table::IdPage others, table::ScanIds(rows, registry::EntitiesWithUscc(entity.uscc()), "", 1));
  if (others.ids.empty() || others.ids.front() == own_id) return absl::OkStatus();
  return MakeError(ErrorReason::ERROR_REASON_RESOURCE_EXISTS,
                   {{"name", domain::ResourceName(domain::kEntityCollection, others.ids.front())},
                    {"field", "entity.uscc"},
                    {"value", entity.uscc()}});
}

void CheckDivisionCode(const Entity& entity, FieldViolations& violations) {
  if (entity.division_code().empty()) return;
  AddFinding(domain::DivisionCode::Parse(entity.division_code(), "entity.division_code").status(),
             "entity.division_code", violations);
}

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateEntityRequest& request, FieldViolations& violations) {
  Entity entity = request.entity();
  CheckGivenId(request.entity_id(), "entity_id", violations);
  CheckDivisionCode(entity, violations);
  RETURN_IF_ERROR(SettleUscc(mutation.rows(), request.accept_legacy_code(), "", entity, violations));
  if (!violations.empty()) return absl::OkStatus();
  return StageNew(context, mutation, request.entity_id(), std::move(entity));
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectEntityRequest& request, FieldViolations& violations) {
  return StageChange<Entity>(
      context, mutation, request.entity().name(), "entity.name", request.etag(), [&](Entity& row) -> absl::Status {
        const std::string uscc = row.uscc();
        RETURN_IF_ERROR(ApplyCorrection(request.entity(), request.update_mask(), row, violations));
        CheckDivisionCode(row, violations);
        if (row.uscc() == uscc) return absl::OkStatus();
        FieldViolations none;
        const std::string id = domain::IdOfName(row.name(), domain::kEntityCollection, "entity.name", none);
        return SettleUscc(mutation.rows(), request.accept_legacy_code(), id, row, violations);
      });
}

void CheckNotSelf(const registry::v1::RecordEntityEventRequest& request, FieldViolations& violations) {
  if (request.event().successor() != request.name()) return;
  violations.Add("event.successor", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", request.name()}, {"expected", "another entity"}, {"expected_zh", "另一单位"}});
}

absl::Status RecordEvent(const RuleContext& context, registry::Mutation& mutation,
                         const registry::v1::RecordEntityEventRequest& request, FieldViolations& violations) {
  domain::CheckEntityEvent(request.event(), "event", violations);
  if (!request.event().successor().empty()) {
    RETURN_IF_ERROR(
        CheckReference<Entity>(mutation.rows(), request.event().successor(), "event.successor", violations));
    CheckNotSelf(request, violations);
  }
  return StageEvent<Entity>(context, mutation, request.name(), request.etag(), request.event(), [&](Entity& row) {
    return violations.empty() ? domain::CheckEntityCourse(row) : absl::OkStatus();
  });
}

absl::StatusOr<registry::v1::ListEntitiesResponse> List(const registry::Registry& registry, const CallContext& context,
                                                        const registry::v1::ListEntitiesRequest& request) {
  const auto range = [&]() -> absl::StatusOr<engine::KeyRange> {
    if (request.uscc().empty()) return registry::AllEntities();
    // Any spelling that normalises to the code; what is no code is no entity's.
    const auto known = [](absl::string_view) { return true; };
    return registry::EntitiesWithUscc(domain::ClassifyUscc(request.uscc(), known).normalized);
  };
  return AnswerList<Entity>(registry, context, request, range, [](const Entity&) { return true; });
}

}  // namespace

void RegisterEntityService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.EntityService/";
  AddMutation<Entity>(methods, registry, service + "CreateEntity", Create);
  AddMutation<Entity>(methods, registry, service + "CorrectEntity", Correct);
  AddMutation<Entity>(methods, registry, service + "RecordEntityEvent", RecordEvent);
  AddMutation<Entity>(methods, registry, service + "ConfirmEntity",
                      Confirm<Entity, registry::v1::ConfirmEntityRequest>);
  AddGet<Entity, registry::v1::GetEntityRequest>(methods, registry, service + "GetEntity");
  methods.AddRead<registry::v1::ListEntitiesRequest, registry::v1::ListEntitiesResponse>(
      service + "ListEntities",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
}

std::unique_ptr<RowImporter> EntityImporter() {
  using Request = registry::v1::CreateEntityRequest;
  ImportParts<Entity, Request, registry::v1::CorrectEntityRequest> parts = {
      registry::v1::IMPORT_KIND_ENTITIES,
      registry::v1::ImportRow::kEntity,
      Create,
      Correct,
      [](const Request& request) { return request.entity().uscc(); },
      [](const table::RowReader& rows, const Request& request, FieldViolations&) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const table::IdPage page,
                         table::ScanIds(rows, registry::EntitiesWithUscc(request.entity().uscc()), "", 1));
        return page.ids.empty() ? "" : page.ids.front();
      },
      "",
      "",
      [](Request& request) {
        const auto known = [](absl::string_view) { return true; };
        domain::UsccJudgement judged = domain::ClassifyUscc(request.entity().uscc(), known);
        // Others must be judged as they are: what may be a person's number comes masked.
        if (domain::IsUsableUscc(judged.verdict)) request.mutable_entity()->set_uscc(std::move(judged.normalized));
      },
      // A file has the name of today, the row the one it began with: renaming is an event.
      [](const Entity& given, const Entity& existing, std::vector<std::string>& fields) {
        const auto named = [&](const auto& event) { return event.new_name() == given.display_name(); };
        if (std::any_of(existing.events().begin(), existing.events().end(), named)) {
          fields.erase(std::remove(fields.begin(), fields.end(), "display_name"), fields.end());
        }
      },
  };
  parts.key_is_unique = true;
  parts.state_lost = [](const Request& request) {
    const Entity& entity = request.entity();
    if (!entity.events().empty()) return registry::v1::EntityEventKind_Name(entity.events().rbegin()->kind());
    return entity.state() == registry::v1::ENTITY_STATE_DISSOLVED ? registry::v1::EntityState_Name(entity.state()) : "";
  };
  return MakeRowImporter(std::move(parts));
}

}  // namespace gi::service
