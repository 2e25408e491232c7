#include "server/service/check_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/service/mutate.h"
#include "storage/registry/tables.h"

namespace gi::service {

using registry::v1::Authorization;
using registry::v1::CheckAuthorizationRequest;

domain::CheckQuery Question::query() const {
  domain::CheckQuery query;
  query.date = date;
  query.entity_name = request->entity_name();
  query.goods = request->goods();
  query.nice_class = request->nice_class();
  query.variety = request->variety();
  if (place) query.place = place->text();
  return query;
}

void CheckQuestion(const CheckAuthorizationRequest& request, std::optional<domain::DivisionCode>& place,
                   FieldViolations& violations) {
  if (request.subject_case() == CheckAuthorizationRequest::SUBJECT_NOT_SET) {
    violations.Add("uscc", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
  }
  if (request.nice_class() < 0 || request.nice_class() > 45) {
    violations.Add("nice_class", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", absl::StrCat(request.nice_class())},
                    {"expected", "1 to 45, or 0 for none"},
                    {"expected_zh", "1 至 45，或 0（表示无）"}});
  }
  if (request.place().empty()) return;
  auto code = domain::DivisionCode::Parse(request.place(), "place");
  AddFinding(code.status(), "place", violations);
  if (code.ok()) place = *std::move(code);
}

absl::StatusOr<domain::Decision> DecideQuestion(const domain::CheckFacts& facts, const Question& question,
                                                domain::DivisionLookup divisions) {
  return domain::Decide(facts, question.query(),
                        [&](absl::string_view, absl::string_view area) -> absl::StatusOr<bool> {
                          const auto code = domain::DivisionCode::Parse(area, "area");
                          if (!code.ok()) return false;
                          return domain::IsInside(*question.place, *code, divisions);
                        });
}

RowCheck::RowCheck(const registry::ReadView& view, const TitleFinder& titles, const Question& question,
                   const projection::Projection* hints)
    : rows_(view.rows()), titles_(titles), question_(question), divisions_(rows_), hints_(hints) {
  if (hints_ != nullptr) hints_version_ = hints_->Newest();
  // What was added since would be missed.
  if (hints_version_ && hints_version_->revision < view.revision()) hints_version_.reset();
}

absl::StatusOr<domain::Decision> RowCheck::Decide() {
  RETURN_IF_ERROR(FindTitle());
  RETURN_IF_ERROR(FindEntity());
  RETURN_IF_ERROR(FindGrants());
  std::vector<const Authorization*> grants;
  for (const auto& grant : found_.grants) grants.push_back(&grant.message);
  facts_.emplace(found_.title ? &found_.title->message : nullptr, found_.entity ? &found_.entity->message : nullptr,
                 grants);
  domain::CheckFacts facts = facts_->facts();
  facts.ambiguous = !found_.matches.certain && !found_.matches.matches.empty();
  if (found_.uscc) {
    facts.identifier = found_.uscc->verdict;
    facts.proposal = found_.uscc->proposal;
  }
  return DecideQuestion(facts, question_, [this](absl::string_view code) { return divisions_.Find(code); });
}

absl::Status RowCheck::FindTitle() {
  ASSIGN_OR_RETURN(found_.matches, titles_.Find(rows_, question_.request->indication()));
  if (!found_.matches.certain) return absl::OkStatus();
  ASSIGN_OR_RETURN(found_.title, registry::kIndications.Get(rows_, found_.matches.matches.front().id));
  return absl::OkStatus();
}

absl::Status RowCheck::FindEntity() {
  const CheckAuthorizationRequest& request = *question_.request;
  if (request.has_entity()) {
    ASSIGN_OR_RETURN(found_.entity, registry::kEntities.Get(rows_, absl::StripPrefix(request.entity(), "entities/")));
    return absl::OkStatus();
  }
  found_.uscc = domain::ClassifyUscc(request.uscc(), [&](absl::string_view code) { return divisions_.Knows(code); });
  RETURN_IF_ERROR(divisions_.status());
  if (!domain::IsUsableUscc(found_.uscc->verdict)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool hinted, FindEntityByHint(found_.uscc->normalized));
  if (hinted) return absl::OkStatus();
  ASSIGN_OR_RETURN(const table::IdPage ids,
                   table::ScanIds(rows_, registry::EntitiesWithUscc(found_.uscc->normalized), "", 1));
  if (ids.ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(found_.entity, registry::kEntities.Get(rows_, ids.ids.front()));
  return absl::OkStatus();
}

absl::StatusOr<bool> RowCheck::FindEntityByHint(const std::string& uscc) {
  if (!hints_version_) return false;
  const projection::Place place = hints_->FindEntityByUscc(uscc, *hints_version_);
  if (place == 0) return false;
  ASSIGN_OR_RETURN(found_.entity, registry::kEntities.Get(rows_, hints_->IdOfEntity(place)));
  // A code has one entity at a time; this one need not have had it then.
  if (found_.entity && found_.entity->message.uscc() == uscc) return true;
  found_.entity.reset();
  return false;
}

absl::StatusOr<bool> RowCheck::FindGrantsByHint(absl::string_view title, absl::string_view entity) {
  // A grant never changes its pair: as long as none was deleted, those of now are all there ever were.
  if (!hints_version_ || hints_->GrantsWereDeleted()) return false;
  const projection::Place title_place = hints_->FindTitle(title, *hints_version_);
  const projection::Place entity_place = hints_->FindEntity(entity, *hints_version_);
  projection::GrantList grants;
  if (title_place == 0 || entity_place == 0 || !hints_->GrantsOf(title_place, entity_place, *hints_version_, grants)) {
    return false;
  }
  std::vector<std::string> ids;
  for (const domain::GrantFacts& grant : grants) ids.emplace_back(grant.id);
  RETURN_IF_ERROR(ReadGrants(ids));
  return true;
}

absl::Status RowCheck::FindGrants() {
  if (!found_.title || !found_.entity) return absl::OkStatus();
  const absl::string_view title = absl::StripPrefix(found_.title->message.name(), "indications/");
  const absl::string_view entity = absl::StripPrefix(found_.entity->message.name(), "entities/");
  ASSIGN_OR_RETURN(const bool hinted, FindGrantsByHint(title, entity));
  if (hinted) return absl::OkStatus();
  ASSIGN_OR_RETURN(const table::IdPage ids,
                   table::ScanIds(rows_, registry::AuthorizationsOfPair(title, entity), "", kMaxGrantsOfPair));
  return ReadGrants(ids.ids);
}

absl::Status RowCheck::ReadGrants(const std::vector<std::string>& ids) {
  if (ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto grants, registry::kAuthorizations.MultiGet(rows_, ids));
  for (auto& grant : grants) {
    if (grant) found_.grants.push_back(*std::move(grant));
  }
  return absl::OkStatus();
}

}  // namespace gi::service
