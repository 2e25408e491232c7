#include "server/service/check_service.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/domain/decide.h"
#include "server/domain/division.h"
#include "server/domain/reason_text.h"
#include "server/domain/uscc.h"
#include "server/service/division_reader.h"
#include "server/service/mutate.h"
#include "storage/registry/title_number.h"

namespace gi::service {
namespace {

using registry::v1::Authorization;
using registry::v1::CheckAuthorizationRequest;
using registry::v1::CheckAuthorizationResponse;
using registry::v1::Entity;
using registry::v1::Indication;

constexpr size_t kMaxCandidates = 20;
// Grants of one pair that a check looks at; a pair has a handful in a lifetime.
constexpr size_t kMaxGrants = 1000;

// What a check found in the register; owns what CheckFacts points to.
struct Found {
  std::optional<table::Row<Indication>> title;
  std::vector<std::string> candidates;
  std::optional<table::Row<Entity>> entity;
  std::optional<domain::UsccJudgement> uscc;
  std::vector<table::Row<Authorization>> grants;
};

absl::StatusOr<std::optional<domain::DivisionCode>> CheckQuestion(const CheckAuthorizationRequest& request) {
  FieldViolations violations;
  if (request.subject_case() == CheckAuthorizationRequest::SUBJECT_NOT_SET) {
    violations.Add("uscc", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
  }
  if (request.nice_class() < 0 || request.nice_class() > 45) {
    violations.Add("nice_class", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", absl::StrCat(request.nice_class())}, {"expected", "1 to 45, or 0 for none"}});
  }
  std::optional<domain::DivisionCode> place;
  if (!request.place().empty()) {
    auto code = domain::DivisionCode::Parse(request.place(), "place");
    AddFinding(code.status(), "place", violations);
    if (code.ok()) place = *std::move(code);
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return place;
}

absl::Status FindTitle(const table::RowReader& rows, const std::string& reference, Found& found) {
  absl::string_view id = reference;
  if (absl::ConsumePrefix(&id, "indications/")) {
    ASSIGN_OR_RETURN(found.title, registry::kIndications.Get(rows, id));
    return absl::OkStatus();
  }
  const std::string form = registry::NumberLookupForm(reference);
  if (form.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const table::IdPage ids,
                   table::ScanIds(rows, registry::IndicationsWithNumber(form), "", kMaxCandidates));
  if (ids.ids.size() == 1) {
    ASSIGN_OR_RETURN(found.title, registry::kIndications.Get(rows, ids.ids.front()));
    return absl::OkStatus();
  }
  for (const std::string& candidate : ids.ids) {
    found.candidates.push_back(domain::ResourceName(domain::kIndicationCollection, candidate));
  }
  return absl::OkStatus();
}

absl::Status FindEntity(const table::RowReader& rows, const CheckAuthorizationRequest& request,
                        DivisionReader& divisions, Found& found) {
  if (request.has_entity()) {
    ASSIGN_OR_RETURN(found.entity, registry::kEntities.Get(rows, absl::StripPrefix(request.entity(), "entities/")));
    return absl::OkStatus();
  }
  found.uscc = domain::ClassifyUscc(request.uscc(), [&](absl::string_view code) { return divisions.Knows(code); });
  RETURN_IF_ERROR(divisions.status());
  if (!domain::IsUsableUscc(found.uscc->verdict)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const table::IdPage ids,
                   table::ScanIds(rows, registry::EntitiesWithUscc(found.uscc->normalized), "", 1));
  if (ids.ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(found.entity, registry::kEntities.Get(rows, ids.ids.front()));
  return absl::OkStatus();
}

absl::Status FindGrants(const table::RowReader& rows, Found& found) {
  if (!found.title || !found.entity) return absl::OkStatus();
  const absl::string_view title = absl::StripPrefix(found.title->message.name(), "indications/");
  const absl::string_view entity = absl::StripPrefix(found.entity->message.name(), "entities/");
  ASSIGN_OR_RETURN(const table::IdPage ids,
                   table::ScanIds(rows, registry::AuthorizationsOfPair(title, entity), "", kMaxGrants));
  ASSIGN_OR_RETURN(auto grants, registry::kAuthorizations.MultiGet(rows, ids.ids));
  for (auto& grant : grants) {
    if (grant) found.grants.push_back(*std::move(grant));
  }
  return absl::OkStatus();
}

absl::StatusOr<domain::Decision> DecideFound(const Found& found, const CheckAuthorizationRequest& request, Day date,
                                             const std::optional<domain::DivisionCode>& place,
                                             DivisionReader& divisions) {
  std::vector<const Authorization*> grants;
  for (const auto& grant : found.grants) grants.push_back(&grant.message);
  domain::CheckFacts facts;
  if (found.title) facts.title = &found.title->message;
  if (found.entity) facts.entity = &found.entity->message;
  facts.grants = grants;
  facts.candidates = found.candidates;
  if (found.uscc) {
    facts.identifier = found.uscc->verdict;
    facts.proposal = found.uscc->proposal;
  }
  domain::CheckQuery query;
  query.date = date;
  query.entity_name = request.entity_name();
  query.goods = request.goods();
  query.nice_class = request.nice_class();
  query.variety = request.variety();
  if (place) query.place = place->text();
  const auto lookup = [&](absl::string_view code) { return divisions.Find(code); };
  return domain::Decide(facts, query, [&](absl::string_view, absl::string_view area) -> absl::StatusOr<bool> {
    const auto code = domain::DivisionCode::Parse(area, "area");
    if (!code.ok()) return false;
    return domain::IsInside(*place, *code, lookup);
  });
}

// Texts, legal basis and the rows that the answer rests on.
void FillFull(Found& found, const domain::Decision& decision, Day date, CheckAuthorizationResponse& response) {
  domain::TextFacts texts{date};
  if (found.title) texts.kind = found.title->message.kind();
  for (int i = 0; i < response.reasons_size(); ++i) {
    texts.grant = decision.reasons[static_cast<size_t>(i)].grant;
    domain::FillTexts(texts, *response.mutable_reasons(i));
  }
  const OutputContext output{response.read_point().history_id(), date};
  registry::v1::CheckBasis& basis = *response.mutable_basis();
  if (found.title) {
    FillOutputs(output, found.title->revision, found.title->message);
    *basis.mutable_indication() = found.title->message;
  }
  if (found.entity) {
    FillOutputs(output, found.entity->revision, found.entity->message);
    *basis.mutable_entity() = found.entity->message;
  }
  const Authorization* deciding = decision.reasons.front().grant;
  for (const bool first : {true, false}) {
    for (auto& grant : found.grants) {
      if ((&grant.message == deciding) != first) continue;
      Authorization& added = *basis.add_authorizations();
      added = grant.message;
      FillOutputs(output, grant.revision, added);
    }
  }
}

absl::StatusOr<CheckAuthorizationResponse> Check(const registry::Registry& registry,
                                                 const CheckAuthorizationRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(const std::optional<domain::DivisionCode> place, CheckQuestion(request));
  const Day date = RequestDate(registry, request);
  Found found;
  DivisionReader divisions(view.rows());
  RETURN_IF_ERROR(FindTitle(view.rows(), request.indication(), found));
  RETURN_IF_ERROR(FindEntity(view.rows(), request, divisions, found));
  RETURN_IF_ERROR(FindGrants(view.rows(), found));
  ASSIGN_OR_RETURN(const domain::Decision decision, DecideFound(found, request, date, place, divisions));

  CheckAuthorizationResponse response;
  response.set_verdict(decision.verdict);
  for (const domain::Reason& reason : decision.reasons) *response.add_reasons() = reason.ToDetail();
  *response.mutable_validity() = decision.ValidityPeriod();
  *response.mutable_date() = ToDate(date);
  *response.mutable_read_point() = view.ReadPoint();
  response.mutable_candidates()->Add(found.candidates.begin(), found.candidates.end());
  if (found.uscc) response.set_uscc(found.uscc->masked);
  if (request.view() == registry::v1::CHECK_VIEW_FULL) FillFull(found, decision, date, response);
  return response;
}

}  // namespace

void RegisterCheckService(registry::Registry& registry, rpc::MethodTable& methods) {
  methods.AddRead<CheckAuthorizationRequest, CheckAuthorizationResponse>(
      "gi.registry.v1.CheckService/CheckAuthorization",
      [&registry](const rpc::CallContext&, const auto& request) { return Check(registry, request); });
}

}  // namespace gi::service
