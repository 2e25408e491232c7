#include <string>

#include "absl/strings/str_cat.h"
#include "server/domain/indicator/definitions.h"
#include "server/domain/indicator/value.h"
#include "server/service/import/row_importer.h"
#include "server/service/indicator/indicator_service.h"
#include "server/service/mutate.h"

namespace gi::service {
namespace {

using registry::v1::IndicatorTarget;

void CheckTarget(const IndicatorTarget& target, FieldViolations& violations) {
  const auto malformed = [&](const char* field, const std::string& value, const char* expected,
                             const char* expected_zh) {
    violations.Add(field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", domain::EchoValue(value)}, {"expected", expected}, {"expected_zh", expected_zh}});
  };
  if (domain::FindIndicator(target.indicator()) == nullptr) {
    malformed("target.indicator", target.indicator(), "an id that ListIndicatorDefinitions gives",
              "ListIndicatorDefinitions 所列的编号");
  }
  if (target.year() < 1950 || target.year() > 9999) {
    malformed("target.year", absl::StrCat(target.year()), "a year from 1950 on", "1950 年以后的年份");
  }
  if (!domain::FigureValue::ParsePositive(target.value())) {
    malformed("target.value", target.value(), "a decimal number above 0", "大于 0 的十进制数");
  }
}

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateIndicatorTargetRequest& request, FieldViolations& violations) {
  const IndicatorTarget& target = request.target();
  RETURN_IF_ERROR(domain::RequireDistrict("targets", "CREATE", context.roles));
  CheckGivenId(request.target_id(), "target_id", violations);
  CheckTarget(target, violations);
  if (!violations.empty()) return absl::OkStatus();
  const engine::KeyRange same = registry::TargetsOfFigure(target.indicator(), target.year(), target.group());
  ASSIGN_OR_RETURN(const table::IdPage page, table::ScanIds(mutation.rows(), same, "", 1));
  if (!page.ids.empty()) {
    return MakeError(ErrorReason::ERROR_REASON_RESOURCE_EXISTS,
                     {{"name", domain::ResourceName(domain::kTargetCollection, page.ids[0])},
                      {"field", "indicator, year and group"},
                      {"value", absl::StrCat(target.indicator(), ", ", target.year(), ", ", target.group())}});
  }
  return StageNew(context, mutation, request.target_id(), target);
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectIndicatorTargetRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict(request.target().name(), "CORRECT", context.roles));
  return StageChange<IndicatorTarget>(
      context, mutation, request.target().name(), "target.name", request.etag(),
      [&](IndicatorTarget& row) -> absl::Status {
        RETURN_IF_ERROR(ApplyCorrection(request.target(), request.update_mask(), row, violations));
        CheckTarget(row, violations);
        return absl::OkStatus();
      });
}

}  // namespace

void RegisterIndicatorTargetService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.IndicatorTargetService/";
  AddMutation<IndicatorTarget>(methods, registry, service + "CreateIndicatorTarget", Create);
  AddMutation<IndicatorTarget>(methods, registry, service + "CorrectIndicatorTarget", Correct);
  AddGet<IndicatorTarget, registry::v1::GetIndicatorTargetRequest>(methods, registry, service + "GetIndicatorTarget");
  methods.AddRead<registry::v1::ListIndicatorTargetsRequest, registry::v1::ListIndicatorTargetsResponse>(
      service + "ListIndicatorTargets", [&registry](const rpc::CallContext& context, const auto& request) {
        const auto range = []() -> absl::StatusOr<engine::KeyRange> { return registry::AllTargets(); };
        return AnswerList<IndicatorTarget>(registry, context, request, range,
                                           [](const IndicatorTarget&) { return true; });
      });
}

std::unique_ptr<RowImporter> TargetImporter() {
  using Request = registry::v1::CreateIndicatorTargetRequest;
  ImportParts<IndicatorTarget, Request, registry::v1::CorrectIndicatorTargetRequest> parts = {
      registry::v1::IMPORT_KIND_TARGETS,
      registry::v1::ImportRow::kTarget,
      Create,
      Correct,
      [](const Request& request) {
        const IndicatorTarget& target = request.target();
        return absl::StrCat(target.indicator(), " ", target.year(), " ", target.group());
      },
      [](const table::RowReader& rows, const Request& request, FieldViolations&) -> absl::StatusOr<std::string> {
        const IndicatorTarget& target = request.target();
        const engine::KeyRange same = registry::TargetsOfFigure(target.indicator(), target.year(), target.group());
        ASSIGN_OR_RETURN(const table::IdPage page, table::ScanIds(rows, same, "", 1));
        return page.ids.empty() ? "" : page.ids.front();
      },
  };
  parts.key_is_unique = true;
  parts.may_change = [](const IndicatorTarget& target, domain::SurveyRoles roles, Day) {
    return domain::RequireDistrict(target.name(), "CORRECT", roles);
  };
  return MakeRowImporter(std::move(parts));
}

}  // namespace gi::service
