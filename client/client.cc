#include "client/client.h"

#include <iterator>
#include <type_traits>

#include "storage/base/status_macros.h"
#include "storage/base/uuid.h"

namespace gi::client {
namespace {

// One call; its result type follows from the method that asks for it.
struct Caller {
  Connection& connection;
  const CallOptions& options;

  template <class Response, class Request>
  absl::StatusOr<Response> Call(absl::string_view method, const Request& request) const {
    Response response;
    RETURN_IF_ERROR(connection.Call(method, request, &response, options));
    return response;
  }
};

template <class Request>
Request&& WithRequestId(Request&& request) {
  if (request.request_id().empty()) request.set_request_id(NewUuid());
  return std::forward<Request>(request);
}

// All pages of `list`, a method of Client; `rows` gives the repeated field of its response.
template <class Request, class List, class Rows>
auto MakePager(const Client& client, Request request, List list, Rows rows) {
  using Response = typename std::invoke_result_t<List, const Client&, const Request&>::value_type;
  using Item = typename std::decay_t<decltype(rows(std::declval<Response&>()))>::value_type;
  using Page = typename Pager<Item>::Page;
  std::string first = request.page_token();
  auto fetch = [=](const std::string& page_token) mutable -> absl::StatusOr<Page> {
    request.set_page_token(page_token);
    ASSIGN_OR_RETURN(Response response, (client.*list)(request));
    auto& items = rows(response);
    return Page{{std::make_move_iterator(items.begin()), std::make_move_iterator(items.end())},
                response.next_page_token()};
  };
  return Pager<Item>(std::move(fetch), std::move(first));
}

}  // namespace

// A method of Client that passes its request on as it is (READ), or with a request_id (WRITE).
#define GI_CLIENT_READ(service, method, Response)                                                              \
  absl::StatusOr<v1::Response> Client::method(const v1::method##Request& request) const {                      \
    return Caller{*connection_, options_}.Call<v1::Response>("gi.registry.v1." #service "/" #method, request); \
  }
#define GI_CLIENT_WRITE(service, method, Response)                                                   \
  absl::StatusOr<v1::Response> Client::method(v1::method##Request request) const {                   \
    return Caller{*connection_, options_}.Call<v1::Response>("gi.registry.v1." #service "/" #method, \
                                                             WithRequestId(request));                \
  }

Client::Client(std::shared_ptr<Connection> connection, CallOptions options)
    : connection_(std::move(connection)), options_(std::move(options)) {}

absl::StatusOr<v1::CheckAuthorizationResponse> Client::Check(const v1::CheckAuthorizationRequest& request) const {
  return Caller{*connection_, options_}.Call<v1::CheckAuthorizationResponse>(
      "gi.registry.v1.CheckService/CheckAuthorization", request);
}

absl::StatusOr<v1::CheckAuthorizationResponse> Client::Check(absl::string_view uscc, absl::string_view indication,
                                                             const v1::Date& date) const {
  v1::CheckAuthorizationRequest request;
  request.set_uscc(std::string(uscc));
  request.set_indication(std::string(indication));
  if (date.ByteSizeLong() > 0) *request.mutable_date() = date;
  return Check(request);
}

GI_CLIENT_READ(CheckService, BatchCheckAuthorizations, BatchCheckAuthorizationsResponse)
GI_CLIENT_READ(CheckService, ListAuthorizedEntities, ListAuthorizedEntitiesResponse)
GI_CLIENT_READ(CheckService, ListAuthorizedIndications, ListAuthorizedIndicationsResponse)

absl::StatusOr<CheckStream> Client::OpenCheckStream() const {
  ASSIGN_OR_RETURN(std::unique_ptr<Stream> stream,
                   connection_->Open("gi.registry.v1.CheckService/StreamCheckAuthorizations", options_));
  return CheckStream(connection_, std::move(stream));
}

GI_CLIENT_WRITE(DivisionService, CreateDivision, MutateDivisionResponse)
GI_CLIENT_READ(DivisionService, GetDivision, GetDivisionResponse)
GI_CLIENT_READ(DivisionService, ListDivisions, ListDivisionsResponse)
GI_CLIENT_WRITE(DivisionService, CorrectDivision, MutateDivisionResponse)
GI_CLIENT_READ(DivisionService, ResolveDivision, ResolveDivisionResponse)

GI_CLIENT_WRITE(EntityService, CreateEntity, MutateEntityResponse)
GI_CLIENT_READ(EntityService, GetEntity, GetEntityResponse)
GI_CLIENT_READ(EntityService, ListEntities, ListEntitiesResponse)
GI_CLIENT_WRITE(EntityService, CorrectEntity, MutateEntityResponse)
GI_CLIENT_WRITE(EntityService, RecordEntityEvent, MutateEntityResponse)
GI_CLIENT_WRITE(EntityService, ConfirmEntity, MutateEntityResponse)

GI_CLIENT_WRITE(IndicationService, CreateIndication, MutateIndicationResponse)
GI_CLIENT_READ(IndicationService, GetIndication, GetIndicationResponse)
GI_CLIENT_READ(IndicationService, ListIndications, ListIndicationsResponse)
GI_CLIENT_READ(IndicationService, SearchIndications, SearchIndicationsResponse)
GI_CLIENT_WRITE(IndicationService, CorrectIndication, MutateIndicationResponse)
GI_CLIENT_WRITE(IndicationService, RecordIndicationEvent, MutateIndicationResponse)
GI_CLIENT_WRITE(IndicationService, ConfirmIndication, MutateIndicationResponse)

GI_CLIENT_WRITE(AuthorizationService, CreateAuthorization, MutateAuthorizationResponse)
GI_CLIENT_READ(AuthorizationService, GetAuthorization, GetAuthorizationResponse)
GI_CLIENT_READ(AuthorizationService, ListAuthorizations, ListAuthorizationsResponse)
GI_CLIENT_WRITE(AuthorizationService, CorrectAuthorization, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, GrantAuthorization, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, RefuseAuthorization, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, ExtendAuthorization, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, SetAuthorizationLogo, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, ReportAuthorizationUse, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, ConfirmAuthorization, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, SuspendAuthorization, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, ReinstateAuthorization, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, RemoveAuthorization, MutateAuthorizationResponse)
GI_CLIENT_WRITE(AuthorizationService, AnnulAuthorizationEvent, MutateAuthorizationResponse)

GI_CLIENT_WRITE(SurveyService, CreateSurvey, MutateSurveyResponse)
GI_CLIENT_READ(SurveyService, GetSurvey, GetSurveyResponse)
GI_CLIENT_READ(SurveyService, ListSurveys, ListSurveysResponse)
GI_CLIENT_WRITE(SurveyService, CorrectSurvey, MutateSurveyResponse)
GI_CLIENT_WRITE(SurveyService, OpenSurvey, MutateSurveyResponse)
GI_CLIENT_WRITE(SurveyService, CloseSurvey, MutateSurveyResponse)
GI_CLIENT_WRITE(SurveyService, ArchiveSurvey, MutateSurveyResponse)
GI_CLIENT_READ(SurveyService, GetSurveyProgress, GetSurveyProgressResponse)
GI_CLIENT_READ(SurveyService, CompareSurveys, CompareSurveysResponse)
GI_CLIENT_READ(SurveyService, ConvertQuantity, ConvertQuantityResponse)

GI_CLIENT_WRITE(SurveyRecordService, CreateSurveyRecord, MutateSurveyRecordResponse)
GI_CLIENT_READ(SurveyRecordService, GetSurveyRecord, GetSurveyRecordResponse)
GI_CLIENT_READ(SurveyRecordService, ListSurveyRecords, ListSurveyRecordsResponse)
GI_CLIENT_WRITE(SurveyRecordService, CorrectSurveyRecord, MutateSurveyRecordResponse)
GI_CLIENT_WRITE(SurveyRecordService, SubmitSurveyRecord, MutateSurveyRecordResponse)
GI_CLIENT_WRITE(SurveyRecordService, ReturnSurveyRecord, MutateSurveyRecordResponse)
GI_CLIENT_WRITE(SurveyRecordService, AcceptSurveyRecord, MutateSurveyRecordResponse)
GI_CLIENT_WRITE(SurveyRecordService, SupersedeSurveyRecord, MutateSurveyRecordResponse)
GI_CLIENT_WRITE(SurveyRecordService, DecideSurveyDuplicate, MutateSurveyRecordResponse)
GI_CLIENT_WRITE(SurveyRecordService, ChooseSurveyMeasurement, MutateSurveyRecordResponse)

GI_CLIENT_WRITE(ProductService, CreateProduct, MutateProductResponse)
GI_CLIENT_READ(ProductService, GetProduct, GetProductResponse)
GI_CLIENT_READ(ProductService, ListProducts, ListProductsResponse)
GI_CLIENT_WRITE(ProductService, CorrectProduct, MutateProductResponse)
GI_CLIENT_WRITE(ProductService, MoveProduct, MutateProductResponse)
GI_CLIENT_WRITE(ProductService, RecordProductTask, MutateProductResponse)
GI_CLIENT_WRITE(ProductService, MergeProduct, MutateProductResponse)
GI_CLIENT_WRITE(ProductService, UnmergeProduct, MutateProductResponse)
GI_CLIENT_READ(ProductService, GetProductHistory, GetProductHistoryResponse)
GI_CLIENT_READ(ProductService, FindSimilarProducts, FindSimilarProductsResponse)
GI_CLIENT_READ(ProductService, RankCandidates, RankCandidatesResponse)
GI_CLIENT_READ(ProductService, SearchPlaces, SearchPlacesResponse)

GI_CLIENT_WRITE(RuleSetService, CreateRuleSet, MutateRuleSetResponse)
GI_CLIENT_READ(RuleSetService, GetRuleSet, GetRuleSetResponse)
GI_CLIENT_READ(RuleSetService, ListRuleSets, ListRuleSetsResponse)
GI_CLIENT_WRITE(RuleSetService, CorrectRuleSet, MutateRuleSetResponse)

GI_CLIENT_WRITE(LawBookService, CreateLawBook, MutateLawBookResponse)
GI_CLIENT_READ(LawBookService, GetLawBook, GetLawBookResponse)
GI_CLIENT_READ(LawBookService, ListLawBooks, ListLawBooksResponse)
GI_CLIENT_WRITE(LawBookService, CorrectLawBook, MutateLawBookResponse)

GI_CLIENT_WRITE(ApplicationService, CreateApplication, MutateApplicationResponse)
GI_CLIENT_READ(ApplicationService, GetApplication, GetApplicationResponse)
GI_CLIENT_READ(ApplicationService, ListApplications, ListApplicationsResponse)
GI_CLIENT_WRITE(ApplicationService, CorrectApplication, MutateApplicationResponse)
GI_CLIENT_WRITE(ApplicationService, RecordApplicationEvent, MutateApplicationResponse)
GI_CLIENT_WRITE(ApplicationService, DivideApplication, MutateApplicationResponse)

GI_CLIENT_READ(DeadlineService, ListDeadlines, ListDeadlinesResponse)
GI_CLIENT_READ(DeadlineService, ComputeDeadline, ComputeDeadlineResponse)
GI_CLIENT_READ(DeadlineService, ExportDeadlines, ExportDeadlinesResponse)

GI_CLIENT_READ(IndicatorService, ListIndicatorDefinitions, ListIndicatorDefinitionsResponse)
GI_CLIENT_READ(IndicatorService, QueryIndicators, QueryIndicatorsResponse)
GI_CLIENT_READ(IndicatorService, ListIndicatorRows, ListIndicatorRowsResponse)
GI_CLIENT_READ(IndicatorService, ExportIndicators, ExportIndicatorsResponse)
GI_CLIENT_READ(IndicatorService, WriteProgressReport, WriteProgressReportResponse)

GI_CLIENT_WRITE(IndicatorTargetService, CreateIndicatorTarget, MutateIndicatorTargetResponse)
GI_CLIENT_READ(IndicatorTargetService, GetIndicatorTarget, GetIndicatorTargetResponse)
GI_CLIENT_READ(IndicatorTargetService, ListIndicatorTargets, ListIndicatorTargetsResponse)
GI_CLIENT_WRITE(IndicatorTargetService, CorrectIndicatorTarget, MutateIndicatorTargetResponse)

GI_CLIENT_WRITE(ImportService, CreateImport, MutateImportResponse)
GI_CLIENT_WRITE(ImportService, FinishImport, MutateImportResponse)
GI_CLIENT_READ(ImportService, GetImport, GetImportResponse)
GI_CLIENT_READ(ImportService, ListImports, ListImportsResponse)
GI_CLIENT_READ(ImportService, ListImportedRows, ListImportedRowsResponse)

absl::StatusOr<ImportStream> Client::OpenImportStream() const {
  ASSIGN_OR_RETURN(std::unique_ptr<Stream> stream,
                   connection_->Open("gi.registry.v1.ImportService/SendImportRows", options_));
  return ImportStream(connection_, std::move(stream));
}

#undef GI_CLIENT_READ
#undef GI_CLIENT_WRITE

Pager<v1::AuthorizedUse> Client::ListAllAuthorizedEntities(v1::ListAuthorizedEntitiesRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListAuthorizedEntities, [](auto& r) -> auto& { return *r.mutable_uses(); });
}

Pager<v1::AuthorizedUse> Client::ListAllAuthorizedIndications(v1::ListAuthorizedIndicationsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListAuthorizedIndications,
      [](auto& r) -> auto& { return *r.mutable_uses(); });
}

Pager<v1::IndicationMatch> Client::SearchAllIndications(v1::SearchIndicationsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::SearchIndications, [](auto& r) -> auto& { return *r.mutable_matches(); });
}

Pager<v1::Division> Client::ListAllDivisions(v1::ListDivisionsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListDivisions, [](auto& r) -> auto& { return *r.mutable_divisions(); });
}

Pager<v1::Entity> Client::ListAllEntities(v1::ListEntitiesRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListEntities, [](auto& r) -> auto& { return *r.mutable_entities(); });
}

Pager<v1::Indication> Client::ListAllIndications(v1::ListIndicationsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListIndications, [](auto& r) -> auto& { return *r.mutable_indications(); });
}

Pager<v1::Authorization> Client::ListAllAuthorizations(v1::ListAuthorizationsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListAuthorizations,
      [](auto& r) -> auto& { return *r.mutable_authorizations(); });
}

Pager<v1::Survey> Client::ListAllSurveys(v1::ListSurveysRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListSurveys, [](auto& r) -> auto& { return *r.mutable_surveys(); });
}

Pager<v1::SurveyRecord> Client::ListAllSurveyRecords(v1::ListSurveyRecordsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListSurveyRecords,
      [](auto& r) -> auto& { return *r.mutable_survey_records(); });
}

Pager<v1::Product> Client::ListAllProducts(v1::ListProductsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListProducts, [](auto& r) -> auto& { return *r.mutable_products(); });
}

Pager<v1::ProductCandidate> Client::RankAllCandidates(v1::RankCandidatesRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::RankCandidates, [](auto& r) -> auto& { return *r.mutable_candidates(); });
}

Pager<v1::PlaceMatch> Client::SearchAllPlaces(v1::SearchPlacesRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::SearchPlaces, [](auto& r) -> auto& { return *r.mutable_matches(); });
}

Pager<v1::LawBook> Client::ListAllLawBooks(v1::ListLawBooksRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListLawBooks, [](auto& r) -> auto& { return *r.mutable_lawbooks(); });
}

Pager<v1::Application> Client::ListAllApplications(v1::ListApplicationsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListApplications, [](auto& r) -> auto& { return *r.mutable_applications(); });
}

Pager<v1::Deadline> Client::ListAllDeadlines(v1::ListDeadlinesRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListDeadlines, [](auto& r) -> auto& { return *r.mutable_deadlines(); });
}

Pager<v1::IndicatorRow> Client::ListAllIndicatorRows(v1::ListIndicatorRowsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListIndicatorRows, [](auto& r) -> auto& { return *r.mutable_rows(); });
}

Pager<v1::Import> Client::ListAllImports(v1::ListImportsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListImports, [](auto& r) -> auto& { return *r.mutable_imports(); });
}

Pager<v1::ImportedRow> Client::ListAllImportedRows(v1::ListImportedRowsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListImportedRows, [](auto& r) -> auto& { return *r.mutable_rows(); });
}

Pager<v1::IndicatorTarget> Client::ListAllIndicatorTargets(v1::ListIndicatorTargetsRequest request) const {
  return MakePager(
      *this, std::move(request), &Client::ListIndicatorTargets, [](auto& r) -> auto& { return *r.mutable_targets(); });
}

}  // namespace gi::client
