#include "server/service/indication_search.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/domain/division.h"
#include "server/service/division_filter.h"
#include "server/service/read.h"
#include "server/service/references.h"

namespace gi::service {
namespace {

using registry::v1::Indication;
using registry::v1::SearchIndicationsRequest;
using registry::v1::SearchIndicationsResponse;
using search::Filters;
using search::Findings;
using search::TitleIndex;

constexpr int32_t kDefaultMatches = 10;
constexpr int32_t kMaxMatches = 100;

// Adds FIELD_MALFORMED for the values that no title has.
absl::StatusOr<Filters> FiltersOf(const SearchIndicationsRequest& request, DivisionFilter& divisions) {
  FieldViolations violations;
  Filters filters;
  const auto refuse = [&](absl::string_view field, int i, int value, const char* expected, const char* expected_zh) {
    violations.Add(absl::StrCat(field, "[", i, "]"), ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", absl::StrCat(value)}, {"expected", expected}, {"expected_zh", expected_zh}});
  };
  for (int i = 0; i < request.kinds_size(); ++i) {
    if (request.kinds(i) == registry::v1::INDICATION_KIND_UNSPECIFIED)
      refuse("kinds", i, 0, "a kind of title", "地理标志的种类");
    filters.kinds.insert(request.kinds(i));
  }
  for (int i = 0; i < request.states_size(); ++i) {
    if (request.states(i) == registry::v1::TITLE_STATE_UNSPECIFIED)
      refuse("states", i, 0, "a state of a title", "地理标志的状态");
    filters.states.insert(request.states(i));
  }
  for (int i = 0; i < request.nice_classes_size(); ++i) {
    const int value = request.nice_classes(i);
    if (value < 1 || value > 45) refuse("nice_classes", i, value, "1 to 45", "1 至 45");
    filters.nice_classes.insert(value);
  }
  for (int i = 0; i < request.divisions_size(); ++i) {
    const std::string field = absl::StrCat("divisions[", i, "]");
    absl::StatusOr<domain::DivisionCode> code = domain::DivisionCode::Parse(request.divisions(i), field);
    if (code.ok()) {
      divisions.Add(*std::move(code));
    } else {
      AddFinding(code.status(), field, violations);
    }
  }
  for (int i = 0; i < request.holders_size(); ++i) {
    domain::IdOfName(request.holders(i), Kind<registry::v1::Entity>::kCollection, absl::StrCat("holders[", i, "]"),
                     violations);
    filters.holders.insert(request.holders(i));
  }
  filters.countries.insert(request.countries().begin(), request.countries().end());
  filters.by_division = !divisions.empty();
  RETURN_IF_ERROR(violations.ToStatus());
  return filters;
}

// Fills in the matches from `first` on. The number of the first one that had no room.
absl::StatusOr<size_t> FillMatches(const Page& page, const Findings& findings, size_t first,
                                   SearchIndicationsResponse& response) {
  const size_t end = std::min(findings.hits.size(), first + page.limit);
  std::vector<std::string> ids;
  for (size_t i = first; i < end; ++i) ids.push_back(findings.hits[i].id);
  ASSIGN_OR_RETURN(auto rows, Kind<Indication>::Table().MultiGet(page.view.rows(), ids));
  const OutputContext output{response.read_point().history_id(), page.date};
  size_t bytes = 0;
  for (size_t i = first; i < end; ++i) {
    if (bytes >= kMaxPageBytes) return i;
    auto& row = rows[i - first];
    if (!row) return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "a match without a row"}});
    const search::TitleHit& hit = findings.hits[i];
    registry::v1::IndicationMatch& match = *response.add_matches();
    match.set_kind(hit.kind);
    match.set_matched_name(hit.matched_name);
    match.set_score(hit.score);
    FillOutputs(output, row->revision, row->message);
    *match.mutable_indication() = std::move(row->message);
    bytes += match.ByteSizeLong();
  }
  return end;
}

using Titles = search::LiveIndex<TitleIndex>;
using PastTitles = search::PastIndexes<TitleIndex>;

absl::StatusOr<SearchIndicationsResponse> Search(const registry::Registry& registry, const Titles& titles,
                                                 PastTitles& past, const rpc::CallContext& context,
                                                 const SearchIndicationsRequest& request) {
  ASSIGN_OR_RETURN(registry::ReadView first_view, BeginRead(registry, request));
  const int32_t page_size = request.page_size() == 0 ? kDefaultMatches : std::min(request.page_size(), kMaxMatches);
  ASSIGN_OR_RETURN(Page page, OpenPage(registry, context, request, page_size, request.page_token(),
                                       std::move(first_view), RequestDate(registry, request)));
  DivisionFilter divisions(page.view.rows());
  ASSIGN_OR_RETURN(const Filters filters, FiltersOf(request, divisions));
  const auto area = [&](const std::string& code) { return divisions.Passes(code); };
  ASSIGN_OR_RETURN(Findings findings, search::AskIndex(titles, past, page.view, [&](const TitleIndex& index) {
                     return index.Search(request.query(), filters, page.date, area);
                   }));
  SearchIndicationsResponse response;
  *response.mutable_read_point() = page.view.ReadPoint();
  *response.mutable_date() = ToDate(page.date);
  response.set_total(static_cast<int32_t>(findings.hits.size()));
  for (registry::v1::Facet& facet : findings.facets) *response.add_facets() = std::move(facet);
  const size_t first = FirstHit(page);
  ASSIGN_OR_RETURN(const size_t next, FillMatches(page, findings, std::min(first, findings.hits.size()), response));
  if (next < findings.hits.size()) {
    response.set_next_page_token(TokenOfHit(registry, page, next));
  }
  return response;
}

}  // namespace

void RegisterIndicationSearch(const registry::Registry& registry, const Titles& search, rpc::MethodTable& methods) {
  const auto past = std::make_shared<PastTitles>();
  methods.AddRead<SearchIndicationsRequest, SearchIndicationsResponse>(
      "gi.registry.v1.IndicationService/SearchIndications",
      [&registry, &search, past](const rpc::CallContext& context, const auto& request) {
        return Search(registry, search, *past, context, request);
      });
}

}  // namespace gi::service
