#include "server/service/check_lists.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/service/check_rows.h"
#include "server/service/mutate.h"
#include "server/service/read.h"
#include "storage/registry/tables.h"

namespace gi::service {
namespace {

using registry::v1::Authorization;
using registry::v1::AuthorizedUse;
using registry::v1::CheckAuthorizationRequest;
using registry::v1::Entity;
using registry::v1::Indication;

// Pairs that are looked at for one page, so that a page of a title with few valid grants among many does not take long.
constexpr size_t kMaxPairsPerPage = 2000;

absl::string_view IdOf(const std::string& name) { return absl::string_view(name).substr(name.find('/') + 1); }

// The question that each pair is asked, as far as it is the request's; the rest is the pair's.
template <class Request>
CheckAuthorizationRequest QuestionOf(const Request& request) {
  CheckAuthorizationRequest question;
  question.set_goods(request.goods());
  question.set_nice_class(request.nice_class());
  question.set_variety(request.variety());
  question.set_place(request.place());
  return question;
}

// A list of the pairs in an index range, of which one side is given.
class PairList {
 public:
  PairList(const table::RowReader& rows, const CheckAuthorizationRequest& request, Day date,
           std::optional<domain::DivisionCode> place)
      : rows_(rows), divisions_(rows), question_{&request, date, std::move(place)} {}

  // Adds a use for every pair that is authorized. True if there may be more after `after`.
  absl::StatusOr<bool> Fill(const engine::KeyRange& range, bool by_entity, size_t limit, std::string& after,
                            google::protobuf::RepeatedPtrField<AuthorizedUse>& uses) {
    for (size_t pairs = 0; pairs < kMaxPairsPerPage && static_cast<size_t>(uses.size()) < limit; ++pairs) {
      ASSIGN_OR_RETURN(const table::IdPage next, table::ScanIds(rows_, range, after, 1));
      if (next.ids.empty()) return false;
      ASSIGN_OR_RETURN(const auto first, registry::kAuthorizations.Get(rows_, next.ids.front()));
      if (!first) return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "index entry without a row"}});
      const absl::string_view title = IdOf(first->message.indication());
      const absl::string_view entity = IdOf(first->message.entity());
      const engine::KeyRange pair = by_entity ? registry::AuthorizationsOfEntityUnder(entity, title)
                                              : registry::AuthorizationsOfPair(title, entity);
      RETURN_IF_ERROR(Judge(pair, std::string(title), std::string(entity), uses));
      after = pair.end;
    }
    return true;
  }

 private:
  absl::Status Judge(const engine::KeyRange& pair, const std::string& title_id, const std::string& entity_id,
                     google::protobuf::RepeatedPtrField<AuthorizedUse>& uses) {
    ASSIGN_OR_RETURN(const table::IdPage ids, table::ScanIds(rows_, pair, "", kMaxGrantsOfPair));
    ASSIGN_OR_RETURN(const auto grants, registry::kAuthorizations.MultiGet(rows_, ids.ids));
    ASSIGN_OR_RETURN(const auto title, registry::kIndications.Get(rows_, title_id));
    ASSIGN_OR_RETURN(const auto entity, registry::kEntities.Get(rows_, entity_id));
    if (!title || !entity) return absl::OkStatus();
    std::vector<const Authorization*> messages;
    for (const auto& grant : grants) {
      if (grant) messages.push_back(&grant->message);
    }
    const domain::RowFacts facts(&title->message, &entity->message, messages);
    ASSIGN_OR_RETURN(
        const domain::Decision decision,
        DecideQuestion(facts.facts(), question_, [this](absl::string_view code) { return divisions_.Find(code); }));
    if (decision.verdict != registry::v1::VERDICT_AUTHORIZED) return absl::OkStatus();
    AuthorizedUse& use = *uses.Add();
    use.set_entity(entity->message.name());
    use.set_entity_name(std::string(domain::NameOn(domain::FactsOf(entity->message), question_.date)));
    use.set_uscc(entity->message.uscc());
    use.set_indication(title->message.name());
    use.set_indication_name(title->message.display_name());
    use.set_authorization(domain::ResourceName(domain::kAuthorizationCollection, decision.reasons.front().grant->id));
    decision.FillValidity(*use.mutable_validity());
    return absl::OkStatus();
  }

  const table::RowReader& rows_;
  DivisionReader divisions_;
  const Question question_;
};

// Judges the question that all pairs share.
template <class Request>
absl::StatusOr<std::optional<domain::DivisionCode>> JudgeQuestion(const Request& request) {
  CheckAuthorizationRequest probe = QuestionOf(request);
  probe.set_entity("entities/any");
  std::optional<domain::DivisionCode> place;
  FieldViolations violations;
  CheckQuestion(probe, place, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return place;
}

template <class Response, class Request>
absl::StatusOr<Response> AnswerPairs(
    const CheckSources& sources, const rpc::CallContext& context, const Request& request, bool by_entity,
    absl::FunctionRef<absl::StatusOr<engine::KeyRange>(const table::RowReader&)> range_of) {
  ASSIGN_OR_RETURN(registry::ReadView first_view, BeginRead(*sources.registry, request));
  ASSIGN_OR_RETURN(std::optional<domain::DivisionCode> place, JudgeQuestion(request));
  ASSIGN_OR_RETURN(Page page, OpenPage(*sources.registry, context, request, request.page_size(), request.page_token(),
                                       std::move(first_view), RequestDate(*sources.registry, request)));
  ASSIGN_OR_RETURN(const engine::KeyRange range, range_of(page.view.rows()));
  const CheckAuthorizationRequest question = QuestionOf(request);
  PairList list(page.view.rows(), question, page.date, std::move(place));
  Response response;
  *response.mutable_read_point() = page.view.ReadPoint();
  *response.mutable_date() = ToDate(page.date);
  std::string after = page.token.after();
  ASSIGN_OR_RETURN(const bool more, list.Fill(range, by_entity, page.limit, after, *response.mutable_uses()));
  if (more) {
    page.token.set_after(after);
    response.set_next_page_token(SealPageToken(page.token, sources.registry->token_key()));
  }
  return response;
}

// The id of the one title that a reference means.
absl::StatusOr<std::string> OneTitle(const table::RowReader& rows, const TitleFinder& titles,
                                     const std::string& reference) {
  ASSIGN_OR_RETURN(const TitleMatches found, titles.Find(rows, reference));
  if (found.certain) {
    ASSIGN_OR_RETURN(const auto title, registry::kIndications.Get(rows, found.matches.front().id));
    if (title) return found.matches.front().id;
  }
  if (found.matches.empty() || found.certain) return NotFound(domain::EchoValue(reference));
  std::string candidates;
  for (const TitleMatches::Match& match : found.matches) {
    absl::StrAppend(&candidates, candidates.empty() ? "" : ", ",
                    domain::ResourceName(domain::kIndicationCollection, match.id));
  }
  return MakeError(
      ErrorReason::ERROR_REASON_TITLE_AMBIGUOUS,
      {{"field", "indication"}, {"value", domain::EchoValue(reference)}, {"candidates", Excerpt(candidates, 300)}});
}

// The id of the entity that a request names by code or name.
absl::StatusOr<std::string> OneEntity(const table::RowReader& rows,
                                      const registry::v1::ListAuthorizedIndicationsRequest& request) {
  if (request.has_entity()) {
    ASSIGN_OR_RETURN(const auto row, ReadNamed<Entity>(rows, request.entity(), "entity"));
    return std::string(IdOf(row.message.name()));
  }
  DivisionReader divisions(rows);
  ASSIGN_OR_RETURN(const domain::Uscc uscc,
                   domain::Uscc::Parse(
                       request.uscc(), "uscc", [&](absl::string_view c) { return divisions.Knows(c); },
                       domain::LegacyUscc::kAccept));
  RETURN_IF_ERROR(divisions.status());
  ASSIGN_OR_RETURN(const table::IdPage ids, table::ScanIds(rows, registry::EntitiesWithUscc(uscc.text()), "", 1));
  if (ids.ids.empty()) return NotFound(uscc.text());
  return ids.ids.front();
}

}  // namespace

absl::StatusOr<registry::v1::ListAuthorizedEntitiesResponse> ListAuthorizedEntities(
    const CheckSources& sources, const rpc::CallContext& context,
    const registry::v1::ListAuthorizedEntitiesRequest& request) {
  return AnswerPairs<registry::v1::ListAuthorizedEntitiesResponse>(
      sources, context, request, /*by_entity=*/false,
      [&](const table::RowReader& rows) -> absl::StatusOr<engine::KeyRange> {
        ASSIGN_OR_RETURN(const std::string id, OneTitle(rows, *sources.titles, request.indication()));
        return registry::AuthorizationsUnder(id);
      });
}

absl::StatusOr<registry::v1::ListAuthorizedIndicationsResponse> ListAuthorizedIndications(
    const CheckSources& sources, const rpc::CallContext& context,
    const registry::v1::ListAuthorizedIndicationsRequest& request) {
  return AnswerPairs<registry::v1::ListAuthorizedIndicationsResponse>(
      sources, context, request, /*by_entity=*/true,
      [&](const table::RowReader& rows) -> absl::StatusOr<engine::KeyRange> {
        ASSIGN_OR_RETURN(const std::string id, OneEntity(rows, request));
        return registry::AuthorizationsOf(id);
      });
}

}  // namespace gi::service
