#include "server/service/division_service.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/domain/division.h"
#include "server/service/division_reader.h"
#include "server/service/import/row_importer.h"
#include "server/service/mutate.h"

namespace gi::service {
namespace {

using registry::v1::Division;
using rpc::CallContext;

void CheckDivision(const Division& division, FieldViolations& violations) {
  const auto code = domain::DivisionCode::Parse(division.code(), "division.code");
  AddFinding(code.status(), "division.code", violations);
  if (code.ok() && code->text() != division.code()) {
    violations.Add("division.code", ErrorReason::ERROR_REASON_DIVISION_CODE_MALFORMED,
                   {{"value", domain::EchoValue(division.code())}});
  }
  for (int i = 0; i < division.successors_size(); ++i) {
    const std::string field = absl::StrCat("division.successors[", i, "].code");
    const auto successor = domain::DivisionCode::Parse(division.successors(i).code(), field);
    AddFinding(successor.status(), field, violations);
    if (successor.ok() && successor->text() == division.code()) {
      violations.Add(field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", division.code()},
                      {"expected", "another code than the division's own"},
                      {"expected_zh", "与本区划不同的代码"}});
    }
  }
}

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateDivisionRequest& request, FieldViolations& violations) {
  CheckDivision(request.division(), violations);
  if (!violations.empty()) return absl::OkStatus();
  return StageNew(context, mutation, request.division().code(), request.division());
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectDivisionRequest& request, FieldViolations& violations) {
  return StageChange<Division>(
      context, mutation, request.division().name(), "division.name", request.etag(),
      [&](Division& row) -> absl::Status {
        RETURN_IF_ERROR(ApplyCorrection(request.division(), request.update_mask(), row, violations));
        CheckDivision(row, violations);
        return absl::OkStatus();
      });
}

absl::StatusOr<registry::v1::ListDivisionsResponse> List(const registry::Registry& registry, const CallContext& context,
                                                         const registry::v1::ListDivisionsRequest& request) {
  const auto range = [&]() -> absl::StatusOr<engine::KeyRange> {
    const std::string& prefix = request.code_prefix();
    const bool digits = std::all_of(prefix.begin(), prefix.end(),
                                    [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
    if (digits && prefix.size() != 1 && prefix.size() <= 12) return registry::AllDivisions(prefix);
    FieldViolations violations;
    violations.Add(
        "code_prefix", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
        {{"value", domain::EchoValue(prefix)}, {"expected", "2 to 12 digits"}, {"expected_zh", "2 至 12 位数字"}});
    return violations.ToStatus();
  };
  const auto keep = [&](const Division& row) {
    if (request.current_only() && row.successors_size() > 0) return false;
    if (request.level() == registry::v1::DIVISION_LEVEL_UNSPECIFIED) return true;
    const auto code = domain::DivisionCode::Parse(row.code(), "code");
    return code.ok() && code->level() == request.level();
  };
  return AnswerList<Division>(registry, context, request, range, keep);
}

absl::StatusOr<registry::v1::ResolveDivisionResponse> Resolve(const registry::Registry& registry,
                                                              const registry::v1::ResolveDivisionRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  FieldViolations violations;
  const auto code = domain::DivisionCode::Parse(request.code(), "code");
  AddFinding(code.status(), "code", violations);
  RETURN_IF_ERROR(violations.ToStatus());
  DivisionReader divisions(view.rows());
  const auto lookup = [&](absl::string_view text) { return divisions.Find(text); };
  ASSIGN_OR_RETURN(const domain::ResolvedPlace place, domain::ResolvePlace(*code, lookup));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, domain::DisplayPath(*code, lookup));
  registry::v1::ResolveDivisionResponse response;
  response.mutable_codes()->Add(place.codes.begin(), place.codes.end());
  response.mutable_path()->Add(place.path.begin(), place.path.end());
  response.set_partial(place.partial);
  response.set_inferred(place.inferred);
  response.mutable_display_names()->Add(names.begin(), names.end());
  *response.mutable_read_point() = view.ReadPoint();
  return response;
}

}  // namespace

void RegisterDivisionService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.DivisionService/";
  AddMutation<Division>(methods, registry, service + "CreateDivision", Create);
  AddMutation<Division>(methods, registry, service + "CorrectDivision", Correct);
  AddGet<Division, registry::v1::GetDivisionRequest>(methods, registry, service + "GetDivision");
  methods.AddRead<registry::v1::ListDivisionsRequest, registry::v1::ListDivisionsResponse>(
      service + "ListDivisions",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
  methods.AddRead<registry::v1::ResolveDivisionRequest, registry::v1::ResolveDivisionResponse>(
      service + "ResolveDivision",
      [&registry](const CallContext&, const auto& request) { return Resolve(registry, request); });
}

std::unique_ptr<RowImporter> DivisionImporter() {
  using Request = registry::v1::CreateDivisionRequest;
  return MakeRowImporter<Division, Request, registry::v1::CorrectDivisionRequest>({
      registry::v1::IMPORT_KIND_DIVISIONS,
      registry::v1::ImportRow::kDivision,
      Create,
      Correct,
      [](const Request& request) { return request.division().code(); },
      [](const table::RowReader&, const Request& request, FieldViolations&) { return request.division().code(); },
      "",
      "",
      // Statistical tables fill codes up to 12 digits.
      [](Request& request) {
        const auto code = domain::DivisionCode::Parse(request.division().code(), "division.code");
        if (code.ok()) request.mutable_division()->set_code(code->text());
      },
  });
}

}  // namespace gi::service
