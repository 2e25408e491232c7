// The typed client: one method per RPC.
#ifndef GI_CLIENT_CLIENT_H_
#define GI_CLIENT_CLIENT_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/connection.h"
#include "client/pager.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/check.pb.h"
#include "gi/registry/v1/deadline.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/import.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "gi/registry/v1/indicator.pb.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "gi/registry/v1/product.pb.h"
#include "gi/registry/v1/ruleset.pb.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"

namespace gi::client {

namespace v1 = registry::v1;

// Messages over one call, each answered by itself and in order. Send as many as wanted before reading answers (the
// server takes no more while too many are unanswered: then Send blocks); one thread may send while another receives.
template <class Request, class Response>
class MessageStream {
 public:
  MessageStream(std::shared_ptr<Connection> connection, std::unique_ptr<Stream> stream)
      : connection_(std::move(connection)), stream_(std::move(stream)) {}

  // False: the server has ended the stream; Finish says why.
  bool Send(const Request& request) { return stream_->Write(request); }
  // Nothing more will be sent: the server ends the stream after its last answer. Once.
  void SendNoMore() {
    ended_ = true;
    stream_->WritesDone();
  }
  // The next answer; false: there is none.
  bool Receive(Response& response) { return stream_->Read(&response); }
  // When all answers are there: how it ended. An error in one message, which is not one item's, ends the stream with it.
  absl::Status Finish() {
    if (!ended_) SendNoMore();
    return stream_->Finish();
  }

 private:
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<Stream> stream_;
  bool ended_ = false;
};
using CheckStream = MessageStream<v1::BatchCheckAuthorizationsRequest, v1::BatchCheckAuthorizationsResponse>;
using ImportStream = MessageStream<v1::SendImportRowsRequest, v1::SendImportRowsResponse>;

// Cheap to copy; copies share the connection. Thread-safe. Calls block. Requests are sent as they are, the server
// judges them; only an empty request_id of a mutation is filled in, with a new one. To be sure that a mutation happens
// once across restarts of the caller, set it. Errors are those of Connection::Call.
class Client {
 public:
  // `options` accompany every call.
  explicit Client(std::shared_ptr<Connection> connection, CallOptions options = {});
  // The same client with other options.
  Client With(CallOptions options) const { return Client(connection_, std::move(options)); }

  // --- checks ---
  absl::StatusOr<v1::CheckAuthorizationResponse> Check(const v1::CheckAuthorizationRequest& request) const;
  // May the entity with this USCC use the title (a name or a number as printed) on the date (empty: today)?
  absl::StatusOr<v1::CheckAuthorizationResponse> Check(absl::string_view uscc, absl::string_view indication,
                                                       const v1::Date& date = {}) const;

  // Up to 1,000 checks, answered from one state of the register.
  absl::StatusOr<v1::BatchCheckAuthorizationsResponse> BatchCheckAuthorizations(
      const v1::BatchCheckAuthorizationsRequest& request) const;
  // Checks without end, over one call. The client's timeout, if it has one, counts for all of it.
  absl::StatusOr<CheckStream> OpenCheckStream() const;
  // Who may use a title, and what an entity may use, on a date.
  absl::StatusOr<v1::ListAuthorizedEntitiesResponse> ListAuthorizedEntities(
      const v1::ListAuthorizedEntitiesRequest& request) const;
  Pager<v1::AuthorizedUse> ListAllAuthorizedEntities(v1::ListAuthorizedEntitiesRequest request) const;
  absl::StatusOr<v1::ListAuthorizedIndicationsResponse> ListAuthorizedIndications(
      const v1::ListAuthorizedIndicationsRequest& request) const;
  Pager<v1::AuthorizedUse> ListAllAuthorizedIndications(v1::ListAuthorizedIndicationsRequest request) const;

  // --- divisions ---
  absl::StatusOr<v1::MutateDivisionResponse> CreateDivision(v1::CreateDivisionRequest request) const;
  absl::StatusOr<v1::GetDivisionResponse> GetDivision(const v1::GetDivisionRequest& request) const;
  absl::StatusOr<v1::ListDivisionsResponse> ListDivisions(const v1::ListDivisionsRequest& request) const;
  Pager<v1::Division> ListAllDivisions(v1::ListDivisionsRequest request) const;
  absl::StatusOr<v1::MutateDivisionResponse> CorrectDivision(v1::CorrectDivisionRequest request) const;
  absl::StatusOr<v1::ResolveDivisionResponse> ResolveDivision(const v1::ResolveDivisionRequest& request) const;

  // --- entities ---
  absl::StatusOr<v1::MutateEntityResponse> CreateEntity(v1::CreateEntityRequest request) const;
  absl::StatusOr<v1::GetEntityResponse> GetEntity(const v1::GetEntityRequest& request) const;
  absl::StatusOr<v1::ListEntitiesResponse> ListEntities(const v1::ListEntitiesRequest& request) const;
  Pager<v1::Entity> ListAllEntities(v1::ListEntitiesRequest request) const;
  absl::StatusOr<v1::MutateEntityResponse> CorrectEntity(v1::CorrectEntityRequest request) const;
  absl::StatusOr<v1::MutateEntityResponse> RecordEntityEvent(v1::RecordEntityEventRequest request) const;
  absl::StatusOr<v1::MutateEntityResponse> ConfirmEntity(v1::ConfirmEntityRequest request) const;

  // --- indications ---
  absl::StatusOr<v1::MutateIndicationResponse> CreateIndication(v1::CreateIndicationRequest request) const;
  absl::StatusOr<v1::GetIndicationResponse> GetIndication(const v1::GetIndicationRequest& request) const;
  absl::StatusOr<v1::ListIndicationsResponse> ListIndications(const v1::ListIndicationsRequest& request) const;
  Pager<v1::Indication> ListAllIndications(v1::ListIndicationsRequest request) const;
  // Titles however their names are spelled, the likeliest first.
  absl::StatusOr<v1::SearchIndicationsResponse> SearchIndications(const v1::SearchIndicationsRequest& request) const;
  Pager<v1::IndicationMatch> SearchAllIndications(v1::SearchIndicationsRequest request) const;
  absl::StatusOr<v1::MutateIndicationResponse> CorrectIndication(v1::CorrectIndicationRequest request) const;
  absl::StatusOr<v1::MutateIndicationResponse> RecordIndicationEvent(v1::RecordIndicationEventRequest request) const;
  absl::StatusOr<v1::MutateIndicationResponse> ConfirmIndication(v1::ConfirmIndicationRequest request) const;

  // --- authorizations ---
  absl::StatusOr<v1::MutateAuthorizationResponse> CreateAuthorization(v1::CreateAuthorizationRequest request) const;
  absl::StatusOr<v1::GetAuthorizationResponse> GetAuthorization(const v1::GetAuthorizationRequest& request) const;
  absl::StatusOr<v1::ListAuthorizationsResponse> ListAuthorizations(const v1::ListAuthorizationsRequest& request) const;
  Pager<v1::Authorization> ListAllAuthorizations(v1::ListAuthorizationsRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> CorrectAuthorization(v1::CorrectAuthorizationRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> GrantAuthorization(v1::GrantAuthorizationRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> RefuseAuthorization(v1::RefuseAuthorizationRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> ExtendAuthorization(v1::ExtendAuthorizationRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> SetAuthorizationLogo(v1::SetAuthorizationLogoRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> ReportAuthorizationUse(
      v1::ReportAuthorizationUseRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> ConfirmAuthorization(v1::ConfirmAuthorizationRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> SuspendAuthorization(v1::SuspendAuthorizationRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> ReinstateAuthorization(
      v1::ReinstateAuthorizationRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> RemoveAuthorization(v1::RemoveAuthorizationRequest request) const;
  absl::StatusOr<v1::MutateAuthorizationResponse> AnnulAuthorizationEvent(
      v1::AnnulAuthorizationEventRequest request) const;

  // --- surveys ---
  absl::StatusOr<v1::MutateSurveyResponse> CreateSurvey(v1::CreateSurveyRequest request) const;
  absl::StatusOr<v1::GetSurveyResponse> GetSurvey(const v1::GetSurveyRequest& request) const;
  absl::StatusOr<v1::ListSurveysResponse> ListSurveys(const v1::ListSurveysRequest& request) const;
  Pager<v1::Survey> ListAllSurveys(v1::ListSurveysRequest request) const;
  absl::StatusOr<v1::MutateSurveyResponse> CorrectSurvey(v1::CorrectSurveyRequest request) const;
  absl::StatusOr<v1::MutateSurveyResponse> OpenSurvey(v1::OpenSurveyRequest request) const;
  absl::StatusOr<v1::MutateSurveyResponse> CloseSurvey(v1::CloseSurveyRequest request) const;
  absl::StatusOr<v1::MutateSurveyResponse> ArchiveSurvey(v1::ArchiveSurveyRequest request) const;
  absl::StatusOr<v1::GetSurveyProgressResponse> GetSurveyProgress(const v1::GetSurveyProgressRequest& request) const;
  absl::StatusOr<v1::CompareSurveysResponse> CompareSurveys(const v1::CompareSurveysRequest& request) const;
  absl::StatusOr<v1::ConvertQuantityResponse> ConvertQuantity(const v1::ConvertQuantityRequest& request) const;

  // --- survey records ---
  absl::StatusOr<v1::MutateSurveyRecordResponse> CreateSurveyRecord(v1::CreateSurveyRecordRequest request) const;
  absl::StatusOr<v1::GetSurveyRecordResponse> GetSurveyRecord(const v1::GetSurveyRecordRequest& request) const;
  absl::StatusOr<v1::ListSurveyRecordsResponse> ListSurveyRecords(const v1::ListSurveyRecordsRequest& request) const;
  Pager<v1::SurveyRecord> ListAllSurveyRecords(v1::ListSurveyRecordsRequest request) const;
  absl::StatusOr<v1::MutateSurveyRecordResponse> CorrectSurveyRecord(v1::CorrectSurveyRecordRequest request) const;
  absl::StatusOr<v1::MutateSurveyRecordResponse> SubmitSurveyRecord(v1::SubmitSurveyRecordRequest request) const;
  absl::StatusOr<v1::MutateSurveyRecordResponse> ReturnSurveyRecord(v1::ReturnSurveyRecordRequest request) const;
  absl::StatusOr<v1::MutateSurveyRecordResponse> AcceptSurveyRecord(v1::AcceptSurveyRecordRequest request) const;
  absl::StatusOr<v1::MutateSurveyRecordResponse> SupersedeSurveyRecord(v1::SupersedeSurveyRecordRequest request) const;
  absl::StatusOr<v1::MutateSurveyRecordResponse> DecideSurveyDuplicate(v1::DecideSurveyDuplicateRequest request) const;
  absl::StatusOr<v1::MutateSurveyRecordResponse> ChooseSurveyMeasurement(
      v1::ChooseSurveyMeasurementRequest request) const;

  // --- products ---
  absl::StatusOr<v1::MutateProductResponse> CreateProduct(v1::CreateProductRequest request) const;
  absl::StatusOr<v1::GetProductResponse> GetProduct(const v1::GetProductRequest& request) const;
  absl::StatusOr<v1::ListProductsResponse> ListProducts(const v1::ListProductsRequest& request) const;
  Pager<v1::Product> ListAllProducts(v1::ListProductsRequest request) const;
  absl::StatusOr<v1::MutateProductResponse> CorrectProduct(v1::CorrectProductRequest request) const;
  absl::StatusOr<v1::MutateProductResponse> MoveProduct(v1::MoveProductRequest request) const;
  absl::StatusOr<v1::MutateProductResponse> RecordProductTask(v1::RecordProductTaskRequest request) const;
  absl::StatusOr<v1::MutateProductResponse> MergeProduct(v1::MergeProductRequest request) const;
  absl::StatusOr<v1::MutateProductResponse> UnmergeProduct(v1::UnmergeProductRequest request) const;
  absl::StatusOr<v1::GetProductHistoryResponse> GetProductHistory(const v1::GetProductHistoryRequest& request) const;
  absl::StatusOr<v1::FindSimilarProductsResponse> FindSimilarProducts(
      const v1::FindSimilarProductsRequest& request) const;
  absl::StatusOr<v1::RankCandidatesResponse> RankCandidates(const v1::RankCandidatesRequest& request) const;
  Pager<v1::ProductCandidate> RankAllCandidates(v1::RankCandidatesRequest request) const;
  absl::StatusOr<v1::SearchPlacesResponse> SearchPlaces(const v1::SearchPlacesRequest& request) const;
  Pager<v1::PlaceMatch> SearchAllPlaces(v1::SearchPlacesRequest request) const;

  // --- rule sets ---
  absl::StatusOr<v1::MutateRuleSetResponse> CreateRuleSet(v1::CreateRuleSetRequest request) const;
  absl::StatusOr<v1::GetRuleSetResponse> GetRuleSet(const v1::GetRuleSetRequest& request) const;
  absl::StatusOr<v1::ListRuleSetsResponse> ListRuleSets(const v1::ListRuleSetsRequest& request) const;
  absl::StatusOr<v1::MutateRuleSetResponse> CorrectRuleSet(v1::CorrectRuleSetRequest request) const;

  // --- law books ---
  absl::StatusOr<v1::MutateLawBookResponse> CreateLawBook(v1::CreateLawBookRequest request) const;
  absl::StatusOr<v1::GetLawBookResponse> GetLawBook(const v1::GetLawBookRequest& request) const;
  absl::StatusOr<v1::ListLawBooksResponse> ListLawBooks(const v1::ListLawBooksRequest& request) const;
  Pager<v1::LawBook> ListAllLawBooks(v1::ListLawBooksRequest request) const;
  absl::StatusOr<v1::MutateLawBookResponse> CorrectLawBook(v1::CorrectLawBookRequest request) const;

  // --- applications ---
  absl::StatusOr<v1::MutateApplicationResponse> CreateApplication(v1::CreateApplicationRequest request) const;
  absl::StatusOr<v1::GetApplicationResponse> GetApplication(const v1::GetApplicationRequest& request) const;
  absl::StatusOr<v1::ListApplicationsResponse> ListApplications(const v1::ListApplicationsRequest& request) const;
  Pager<v1::Application> ListAllApplications(v1::ListApplicationsRequest request) const;
  absl::StatusOr<v1::MutateApplicationResponse> CorrectApplication(v1::CorrectApplicationRequest request) const;
  absl::StatusOr<v1::MutateApplicationResponse> RecordApplicationEvent(v1::RecordApplicationEventRequest request) const;
  absl::StatusOr<v1::MutateApplicationResponse> DivideApplication(v1::DivideApplicationRequest request) const;

  // --- deadlines ---
  absl::StatusOr<v1::ListDeadlinesResponse> ListDeadlines(const v1::ListDeadlinesRequest& request) const;
  Pager<v1::Deadline> ListAllDeadlines(v1::ListDeadlinesRequest request) const;
  absl::StatusOr<v1::ComputeDeadlineResponse> ComputeDeadline(const v1::ComputeDeadlineRequest& request) const;
  absl::StatusOr<v1::ExportDeadlinesResponse> ExportDeadlines(const v1::ExportDeadlinesRequest& request) const;

  // --- indicators ---
  absl::StatusOr<v1::ListIndicatorDefinitionsResponse> ListIndicatorDefinitions(
      const v1::ListIndicatorDefinitionsRequest& request) const;
  absl::StatusOr<v1::QueryIndicatorsResponse> QueryIndicators(const v1::QueryIndicatorsRequest& request) const;
  absl::StatusOr<v1::ListIndicatorRowsResponse> ListIndicatorRows(const v1::ListIndicatorRowsRequest& request) const;
  Pager<v1::IndicatorRow> ListAllIndicatorRows(v1::ListIndicatorRowsRequest request) const;
  absl::StatusOr<v1::ExportIndicatorsResponse> ExportIndicators(const v1::ExportIndicatorsRequest& request) const;
  absl::StatusOr<v1::WriteProgressReportResponse> WriteProgressReport(
      const v1::WriteProgressReportRequest& request) const;

  // --- targets of indicators ---
  absl::StatusOr<v1::MutateIndicatorTargetResponse> CreateIndicatorTarget(
      v1::CreateIndicatorTargetRequest request) const;
  absl::StatusOr<v1::GetIndicatorTargetResponse> GetIndicatorTarget(const v1::GetIndicatorTargetRequest& request) const;
  absl::StatusOr<v1::ListIndicatorTargetsResponse> ListIndicatorTargets(
      const v1::ListIndicatorTargetsRequest& request) const;
  Pager<v1::IndicatorTarget> ListAllIndicatorTargets(v1::ListIndicatorTargetsRequest request) const;
  absl::StatusOr<v1::MutateIndicatorTargetResponse> CorrectIndicatorTarget(
      v1::CorrectIndicatorTargetRequest request) const;

  // --- imports ---
  absl::StatusOr<v1::MutateImportResponse> CreateImport(v1::CreateImportRequest request) const;
  // Rows for an import, in chunks; the first message names it. The client's timeout, if it has one, counts for all of it.
  absl::StatusOr<ImportStream> OpenImportStream() const;
  absl::StatusOr<v1::MutateImportResponse> FinishImport(v1::FinishImportRequest request) const;
  absl::StatusOr<v1::GetImportResponse> GetImport(const v1::GetImportRequest& request) const;
  absl::StatusOr<v1::ListImportsResponse> ListImports(const v1::ListImportsRequest& request) const;
  Pager<v1::Import> ListAllImports(v1::ListImportsRequest request) const;
  absl::StatusOr<v1::ListImportedRowsResponse> ListImportedRows(const v1::ListImportedRowsRequest& request) const;
  Pager<v1::ImportedRow> ListAllImportedRows(v1::ListImportedRowsRequest request) const;

 private:
  std::shared_ptr<Connection> connection_;
  CallOptions options_;
};

}  // namespace gi::client

#endif  // GI_CLIENT_CLIENT_H_
