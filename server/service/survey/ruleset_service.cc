#include "server/service/survey/ruleset_service.h"

#include "server/domain/survey/ruleset.h"
#include "server/service/mutate.h"

namespace gi::service {
namespace {

using registry::v1::RuleSet;

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateRuleSetRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict("rulesets", "CREATE", context.roles));
  CheckGivenId(request.ruleset_id(), "ruleset_id", violations);
  domain::CheckRuleSet(request.ruleset(), "ruleset", violations);
  if (!violations.empty()) return absl::OkStatus();
  return StageNew(context, mutation, request.ruleset_id(), request.ruleset());
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectRuleSetRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict(request.ruleset().name(), "CORRECT", context.roles));
  return StageChange<RuleSet>(
      context, mutation, request.ruleset().name(), "ruleset.name", request.etag(), [&](RuleSet& row) -> absl::Status {
        RETURN_IF_ERROR(ApplyCorrection(request.ruleset(), request.update_mask(), row, violations));
        domain::CheckRuleSet(row, "ruleset", violations);
        return absl::OkStatus();
      });
}

}  // namespace

void RegisterRuleSetService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.RuleSetService/";
  AddMutation<RuleSet>(methods, registry, service + "CreateRuleSet", Create);
  AddMutation<RuleSet>(methods, registry, service + "CorrectRuleSet", Correct);
  AddGet<RuleSet, registry::v1::GetRuleSetRequest>(methods, registry, service + "GetRuleSet");
  methods.AddRead<registry::v1::ListRuleSetsRequest, registry::v1::ListRuleSetsResponse>(
      service + "ListRuleSets", [&registry](const rpc::CallContext& context, const auto& request) {
        const auto range = []() -> absl::StatusOr<engine::KeyRange> { return registry::AllRuleSets(); };
        return AnswerList<RuleSet>(registry, context, request, range, [](const RuleSet&) { return true; });
      });
}

}  // namespace gi::service
