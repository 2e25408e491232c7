#include "server/service/check_answer.h"

#include "absl/strings/str_cat.h"
#include "server/domain/reason_text.h"
#include "server/domain/resource_name.h"
#include "storage/base/date.h"
#include "storage/base/status_macros.h"
#include "storage/registry/tables.h"

namespace gi::service {
namespace {

using registry::v1::Authorization;
using registry::v1::CheckAuthorizationResponse;
using registry::v1::Indication;

absl::Status FillCandidates(const table::RowReader& rows, const TitleMatches& matches,
                            CheckAuthorizationResponse& response) {
  if (matches.certain) return absl::OkStatus();
  for (const TitleMatches::Match& match : matches.matches) {
    ASSIGN_OR_RETURN(const auto row, registry::kIndications.Get(rows, match.id));
    if (!row) continue;  // of a newer state than the one that is read
    registry::v1::Candidate& candidate = *response.add_candidates();
    candidate.set_indication(row->message.name());
    candidate.set_display_name(row->message.display_name());
    candidate.set_matched(match.matched);
  }
  return absl::OkStatus();
}

void FillTexts(RowCheck& check, const domain::Decision& decision, Day date, CheckAuthorizationResponse& response) {
  domain::TextFacts texts{date};
  if (check.found().title) texts.kind = check.found().title->message.kind();
  for (int i = 0; i < response.reasons_size(); ++i) {
    texts.grant = check.facts().RowOf(decision.reasons[static_cast<size_t>(i)].grant);
    domain::FillTexts(texts, *response.mutable_reasons(i));
  }
}

// The rows that the answer rests on.
void FillBasis(const OutputContext& output, RowCheck& check, const domain::Decision& decision,
               CheckAuthorizationResponse& response) {
  FoundRows& found = check.found();
  registry::v1::CheckBasis& basis = *response.mutable_basis();
  const Authorization* deciding = check.facts().RowOf(decision.reasons.front().grant);
  for (const bool first : {true, false}) {
    for (const auto& grant : found.grants) {
      if ((&grant.message == deciding) != first) continue;
      Authorization& added = *basis.add_authorizations();
      added = grant.message;
      FillOutputs(output, grant.revision, added);
    }
  }
  if (found.title) {
    *basis.mutable_indication() = found.title->message;
    FillOutputs(output, found.title->revision, *basis.mutable_indication());
  }
  if (found.entity) {
    *basis.mutable_entity() = found.entity->message;
    FillOutputs(output, found.entity->revision, *basis.mutable_entity());
  }
}

}  // namespace

void FillVerdict(const domain::Decision& decision, CheckAuthorizationResponse& response) {
  response.set_verdict(decision.verdict);
  for (const domain::Reason& reason : decision.reasons) reason.Fill(*response.add_reasons());
  decision.FillValidity(*response.mutable_validity());
}

absl::Status AnswerFromRows(const registry::ReadView& view, const TitleFinder& titles, const Question& question,
                            registry::v1::CheckView detail, const projection::Projection* hints,
                            CheckAuthorizationResponse& response) {
  RowCheck check(view, titles, question, hints);
  ASSIGN_OR_RETURN(const domain::Decision decision, check.Decide());
  FillVerdict(decision, response);
  RETURN_IF_ERROR(FillCandidates(view.rows(), check.found().matches, response));
  if (check.found().uscc) response.set_uscc(check.found().uscc->masked);
  if (detail != registry::v1::CHECK_VIEW_FULL) return absl::OkStatus();
  FillTexts(check, decision, question.date, response);
  FillBasis({view.HistoryIdText(), question.date}, check, decision, response);
  return absl::OkStatus();
}

void SharedParts::Share(CheckAuthorizationResponse& answer) {
  for (registry::v1::ReasonDetail& detail : *answer.mutable_reasons()) ShareTexts(detail);
  if (!answer.has_basis()) return;
  registry::v1::CheckBasis& basis = *answer.mutable_basis();
  const registry::v1::Date& date = answer.has_date() ? answer.date() : response_.date();
  if (basis.has_indication()) {
    basis.add_names(basis.indication().name());
    if (IsNew(basis.indication().name(), date)) *response_.add_indications() = basis.indication();
  }
  if (basis.has_entity()) {
    basis.add_names(basis.entity().name());
    if (IsNew(basis.entity().name(), date)) *response_.add_entities() = basis.entity();
  }
  for (const Authorization& grant : basis.authorizations()) {
    basis.add_names(grant.name());
    if (IsNew(grant.name(), date)) *response_.add_authorizations() = grant;
  }
  basis.clear_indication();
  basis.clear_entity();
  basis.clear_authorizations();
}

void SharedParts::ShareTexts(registry::v1::ReasonDetail& detail) {
  if (detail.text_zh().empty() && detail.text_en().empty()) return;
  std::string key = absl::StrCat(detail.text_zh(), "\n", detail.text_en());
  for (const auto& basis : detail.legal_basis()) absl::StrAppend(&key, "\n", basis.source());
  int& place = texts_[key];
  if (place == 0) {
    registry::v1::ReasonText& text = *response_.add_texts();
    text.set_text_zh(detail.text_zh());
    text.set_text_en(detail.text_en());
    *text.mutable_legal_basis() = detail.legal_basis();
    place = response_.texts_size();
  }
  detail.set_text(place);
  detail.clear_text_zh();
  detail.clear_text_en();
  detail.clear_legal_basis();
}

// States differ between dates.
bool SharedParts::IsNew(const std::string& name, const registry::v1::Date& date) {
  return rows_.emplace(absl::StrCat(name, "\n", FormatDate(date)), true).second;
}

}  // namespace gi::service
