#include "server/service/survey/catalogue_search.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/domain/division.h"
#include "server/domain/geometry.h"
#include "server/domain/survey/ruleset.h"
#include "server/domain/survey/similar.h"
#include "server/search/likeness.h"
#include "server/service/division_filter.h"
#include "server/service/read.h"
#include "server/service/references.h"
#include "storage/base/text.h"

namespace gi::service {
namespace {

using registry::v1::FindSimilarProductsRequest;
using registry::v1::FindSimilarProductsResponse;
using registry::v1::Product;
using registry::v1::RankCandidatesRequest;
using registry::v1::RankCandidatesResponse;
using registry::v1::SearchPlacesRequest;
using registry::v1::SearchPlacesResponse;
using registry::v1::SimilarProduct;
using registry::v1::SurveyRecord;
using rpc::CallContext;
using search::CatalogueIndex;
using PastCatalogues = search::PastIndexes<CatalogueIndex>;

// Products that are looked at closer: names decide most.
constexpr size_t kLookedAt = 40;
constexpr int32_t kDefaultCandidates = 20;
constexpr int32_t kMaxCandidates = 100;
constexpr uint32_t kDefaultStages = 1u << registry::v1::CULTIVATION_STAGE_IDENTIFIED |
                                    1u << registry::v1::CULTIVATION_STAGE_CULTIVATING |
                                    1u << registry::v1::CULTIVATION_STAGE_READY;

// Codes that a place has today; none if it is not known.
std::vector<std::string> PresentCodes(DivisionReader& divisions, const std::string& text) {
  const auto code = domain::DivisionCode::Parse(text, "place_code");
  if (!code.ok()) return {};
  const auto lookup = [&](absl::string_view one) { return divisions.Find(one); };
  auto place = domain::ResolvePlace(*code, lookup);
  return place.ok() ? std::move(place->codes) : std::vector<std::string>();
}

// What the place and all around it are called.
std::vector<std::string> PlaceNames(DivisionReader& divisions, const std::string& text) {
  const auto code = domain::DivisionCode::Parse(text, "place_code");
  if (!code.ok()) return {};
  auto names = domain::DisplayPath(*code, [&](absl::string_view one) { return divisions.Find(one); });
  return names.ok() ? *std::move(names) : std::vector<std::string>();
}

// A core of one character is a kind of thing (柚, 茶) that many names end with: only one written or read alike tells
// anything.
bool SaysEnough(absl::string_view core) { return CountChars(core) > 1; }
constexpr double kReadAlike = 0.9;
constexpr double kSharesAKind = 0.01;

double CompareCores(const std::string& asked, const std::string& had) {
  const double score = search::LikenessOf(search::FormsOf(asked), search::FormsOf(had)).score;
  if (score >= kReadAlike || (SaysEnough(asked) && SaysEnough(had))) return score;
  return absl::StrContains(asked, had) || absl::StrContains(had, asked) ? kSharesAKind : 0;
}

domain::NameLikeness CompareNames(const std::vector<std::string>& names, const search::ProductLikeness& product,
                                  const std::vector<std::string>& places) {
  domain::NameLikeness likeness;
  const search::NameForms matched = search::FormsOf(product.matched_name);
  const std::string core = domain::CoreName(product.matched_name, places);
  for (const std::string& name : names) {
    const std::string asked = domain::CoreName(name, places);
    likeness.whole = std::max(likeness.whole, search::LikenessOf(search::FormsOf(name), matched).score);
    likeness.core = std::max(likeness.core, CompareCores(asked, core));
    if (asked != name && core != product.matched_name) likeness.both_have_places = true;
  }
  return likeness;
}

absl::StatusOr<FindSimilarProductsResponse> AnswerSimilar(const registry::Registry& registry,
                                                          const Catalogue& catalogue, PastCatalogues& past,
                                                          const FindSimilarProductsRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  if (!request.place_code().empty()) {
    RETURN_IF_ERROR(domain::DivisionCode::Parse(request.place_code(), "place_code").status());
  }
  ProductTraits traits{{request.local_name()}, request.variety(), request.place_code(), request.sector()};
  traits.names.insert(traits.names.end(), request.aliases().begin(), request.aliases().end());
  ASSIGN_OR_RETURN(std::vector<SimilarProduct> similar,
                   search::AskIndex(catalogue, past, view, [&](const CatalogueIndex& index) {
                     return FindSimilar(index, view.rows(), traits);
                   }));
  FindSimilarProductsResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  for (SimilarProduct& one : similar) *response.add_similar() = std::move(one);
  return response;
}

search::Window WindowOf(const Page& page) { return {FirstHit(page), page.limit}; }

template <class Response>
void SealNext(const registry::Registry& registry, Page& page, size_t next, size_t total, Response& response) {
  response.set_total(static_cast<int32_t>(total));
  if (next < total) response.set_next_page_token(TokenOfHit(registry, page, next));
}

absl::Status AddDivision(const std::string& code, DivisionFilter& filter) {
  if (code.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(domain::DivisionCode parsed, domain::DivisionCode::Parse(code, "division"));
  filter.Add(std::move(parsed));
  return absl::OkStatus();
}

// --- candidates ---

// Records that were read already, by name.
using ReadRecords = absl::flat_hash_map<std::string, SurveyRecord>;

// The points of a component, with the record that has most and where they come from.
absl::Status Explain(const table::RowReader& rows, const Product& product, registry::v1::ScoreComponent component,
                     ReadRecords& records, registry::v1::ComponentScore& score) {
  const registry::v1::RecordStanding* best = nullptr;
  for (const registry::v1::RecordStanding& standing : product.standings()) {
    if (best == nullptr || domain::PointsIn(standing, component) > domain::PointsIn(*best, component)) best = &standing;
  }
  score.set_component(component);
  if (best == nullptr) return absl::OkStatus();
  score.set_points(domain::PointsIn(*best, component));
  score.set_record(best->record());
  auto [record, fresh] = records.try_emplace(best->record());
  if (fresh) {
    ASSIGN_OR_RETURN(table::Row<SurveyRecord> row, ReadNamed<SurveyRecord>(rows, best->record(), "record"));
    record->second = std::move(row.message);
  }
  for (registry::v1::ScoreItem& item : domain::ScoreItems(record->second, component)) {
    *score.add_items() = std::move(item);
  }
  return absl::OkStatus();
}

absl::StatusOr<search::RankFilter> FilterOf(const RankCandidatesRequest& request) {
  search::RankFilter filter;
  FieldViolations violations;
  for (int i = 0; i < request.stages_size(); ++i) {
    if (request.stages(i) == registry::v1::CULTIVATION_STAGE_UNSPECIFIED) {
      violations.Add(absl::StrCat("stages[", i, "]"), ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", "0"}, {"expected", "a stage of cultivation"}, {"expected_zh", "培育阶段"}});
    }
    filter.stages |= 1u << static_cast<uint32_t>(request.stages(i));
  }
  if (request.stages().empty()) filter.stages = kDefaultStages;
  filter.sector = request.sector();
  filter.by_division = !request.division().empty();
  domain::IdOfName(request.ruleset(), domain::kRuleSetCollection, "ruleset", violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return filter;
}

absl::StatusOr<RankCandidatesResponse> Rank(const registry::Registry& registry, const Catalogue& catalogue,
                                            PastCatalogues& past, const CallContext& context,
                                            const RankCandidatesRequest& request) {
  ASSIGN_OR_RETURN(registry::ReadView first_view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(const search::RankFilter filter, FilterOf(request));
  const int32_t page_size =
      request.page_size() == 0 ? kDefaultCandidates : std::min(request.page_size(), kMaxCandidates);
  ASSIGN_OR_RETURN(Page page, OpenPage(registry, context, request, page_size, request.page_token(),
                                       std::move(first_view), RequestDate(registry, request)));
  ASSIGN_OR_RETURN(const registry::v1::RuleSet rules, ReadRuleSet(page.view.rows(), request.ruleset()));
  RankCandidatesResponse response;
  *response.mutable_read_point() = page.view.ReadPoint();
  *response.mutable_weights() = domain::WeightsOf(rules);
  DivisionFilter in_division(page.view.rows());
  RETURN_IF_ERROR(AddDivision(request.division(), in_division));
  const search::Window window = WindowOf(page);
  ASSIGN_OR_RETURN(const search::Hits<search::RankedProduct> ranked,
                   search::AskIndex(catalogue, past, page.view, [&](const CatalogueIndex& index) {
                     return index.Rank(
                         filter, response.weights(), [&](const std::string& code) { return in_division.Passes(code); },
                         window);
                   }));
  DivisionReader divisions(page.view.rows());
  ASSIGN_OR_RETURN(const OutputContext output, OutputsAt<Product>(page.view, page.date, divisions));
  for (const search::RankedProduct& hit : ranked.hits) {
    ASSIGN_OR_RETURN(std::optional<table::Row<Product>> row, registry::kProducts.Get(page.view.rows(), hit.id));
    if (!row) return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "a candidate without a row"}});
    registry::v1::ProductCandidate& candidate = *response.add_candidates();
    candidate.set_score(domain::FormatScore(hit.score));
    ReadRecords records;
    for (const registry::v1::ScoreComponent component : domain::kScoreComponents) {
      registry::v1::ComponentScore& score = *candidate.add_components();
      RETURN_IF_ERROR(Explain(page.view.rows(), row->message, component, records, score));
      score.set_weight(domain::WeightIn(response.weights(), component));
    }
    FillOutputs(output, row->revision, row->message);
    *candidate.mutable_product() = std::move(row->message);
  }
  SealNext(registry, page, window.first + ranked.hits.size(), ranked.total, response);
  return response;
}

// --- places ---

absl::Status CheckQuestion(const SearchPlacesRequest& request) {
  FieldViolations violations;
  if (request.has_point() + request.has_area() + !request.division().empty() != 1) {
    violations.Add("division", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", request.division()},
                    {"expected", "exactly one of point, area and division"},
                    {"expected_zh", "point、area、division 三者之一"}});
  }
  if (request.products_only() && request.indications_only()) {
    violations.Add("indications_only", ErrorReason::ERROR_REASON_FIELD_CONTRADICTS,
                   {{"value", "true"},
                    {"other", "products_only"},
                    {"expected", "at most one of them"},
                    {"expected_zh", "至多其中之一"}});
  }
  if (request.has_point()) {
    domain::CheckGeometry(request.point(), "point", violations);
    if (!request.point().has_point()) violations.Add("point.point", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
    if (request.point().has_box() || !request.point().outline().empty()) {
      violations.Add("point", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", "a box or an outline"}, {"expected", "only a point"}, {"expected_zh", "仅一个点"}});
    }
  }
  if (request.has_area()) {
    domain::CheckGeometry(request.area(), "area", violations);
    if (!request.area().has_box() && request.area().outline().empty()) {
      violations.Add("area.box", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
    }
  }
  return violations.ToStatus();
}

absl::StatusOr<SearchPlacesResponse> SearchPlaces(const registry::Registry& registry, const Catalogue& catalogue,
                                                  PastCatalogues& past, const CallContext& context,
                                                  const SearchPlacesRequest& request) {
  ASSIGN_OR_RETURN(registry::ReadView first_view, BeginRead(registry, request));
  RETURN_IF_ERROR(CheckQuestion(request));
  ASSIGN_OR_RETURN(Page page, OpenPage(registry, context, request, request.page_size(), request.page_token(),
                                       std::move(first_view), RequestDate(registry, request)));
  const search::PlaceFilter filter{!request.indications_only(), !request.products_only(), request.sector()};
  const search::Window window = WindowOf(page);
  DivisionFilter in_division(page.view.rows());
  RETURN_IF_ERROR(AddDivision(request.division(), in_division));
  using Answer = absl::StatusOr<search::Hits<search::PlaceHit>>;
  ASSIGN_OR_RETURN(search::Hits<search::PlaceHit> hits,
                   search::AskIndex(catalogue, past, page.view, [&](const CatalogueIndex& index) -> Answer {
                     if (in_division.empty()) {
                       return index.At(request.has_point() ? request.point() : request.area(), filter, window);
                     }
                     return index.In([&](const std::string& code) { return in_division.Passes(code); }, filter, window);
                   }));
  SearchPlacesResponse response;
  *response.mutable_read_point() = page.view.ReadPoint();
  for (search::PlaceHit& hit : hits.hits) {
    registry::v1::PlaceMatch& match = *response.add_matches();
    match.set_name(std::move(hit.name));
    match.set_display_name(std::move(hit.display_name));
    match.set_approximate(hit.approximate);
  }
  SealNext(registry, page, window.first + hits.hits.size(), hits.total, response);
  return response;
}

}  // namespace

ProductTraits TraitsOf(const SurveyRecord& record) {
  ProductTraits traits{{record.local_name()}, record.variety(), record.place_code(), record.sector()};
  traits.names.insert(traits.names.end(), record.aliases().begin(), record.aliases().end());
  return traits;
}

absl::StatusOr<std::vector<SimilarProduct>> FindSimilar(const CatalogueIndex& index, const table::RowReader& rows,
                                                        const ProductTraits& traits) {
  DivisionReader divisions(rows);
  const std::vector<std::string> here = PresentCodes(divisions, traits.place_code);
  const std::vector<std::string> places = PlaceNames(divisions, traits.place_code);
  const std::string variety = FoldText(traits.variety);
  std::vector<std::string> names;
  for (const std::string& name : traits.names) names.push_back(NormalizeText(name));
  std::vector<std::string> queries = names;
  for (const std::string& name : names) {
    std::string core = domain::CoreName(name, places);
    if (core != name && SaysEnough(core)) queries.push_back(std::move(core));
  }
  std::vector<SimilarProduct> similar;
  for (search::ProductLikeness& product : index.Similar(queries, kLookedAt)) {
    const domain::NameLikeness likeness = CompareNames(names, product, places);
    SimilarProduct& one = similar.emplace_back();
    one.set_product(domain::ResourceName(domain::kProductCollection, product.id));
    one.set_display_name(std::move(product.display_name));
    one.set_matched_name(std::move(product.matched_name));
    one.set_kind(product.likeness.kind);
    one.set_same_variety(!variety.empty() && variety == product.variety);
    one.set_other_variety(!variety.empty() && !product.variety.empty() && variety != product.variety);
    one.set_same_sector(traits.sector == product.sector || traits.sector == registry::v1::SECTOR_UNSPECIFIED);
    for (const std::string& code : product.place_codes) {
      one.set_common_place(std::max(one.common_place(), domain::CommonLevel(here, PresentCodes(divisions, code))));
    }
    domain::ScoreSimilarity(likeness, one);
  }
  RETURN_IF_ERROR(divisions.status());
  std::stable_sort(similar.begin(), similar.end(),
                   [](const SimilarProduct& a, const SimilarProduct& b) { return a.score() > b.score(); });
  if (similar.size() > static_cast<size_t>(domain::kMostSimilar)) similar.resize(domain::kMostSimilar);
  return similar;
}

void RegisterCatalogueSearch(const registry::Registry& registry, const Catalogue& catalogue,
                             rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.ProductService/";
  const auto past = std::make_shared<PastCatalogues>();
  methods.AddRead<FindSimilarProductsRequest, FindSimilarProductsResponse>(
      service + "FindSimilarProducts", [&registry, &catalogue, past](const CallContext&, const auto& request) {
        return AnswerSimilar(registry, catalogue, *past, request);
      });
  methods.AddRead<RankCandidatesRequest, RankCandidatesResponse>(
      service + "RankCandidates", [&registry, &catalogue, past](const CallContext& context, const auto& request) {
        return Rank(registry, catalogue, *past, context, request);
      });
  methods.AddRead<SearchPlacesRequest, SearchPlacesResponse>(
      service + "SearchPlaces", [&registry, &catalogue, past](const CallContext& context, const auto& request) {
        return SearchPlaces(registry, catalogue, *past, context, request);
      });
}

}  // namespace gi::service
