// Requests: any bytes a caller can send, as every type of request, through what runs before the rules.
//
// Input: a byte that chooses the type (its place in kTypes), then the request's bytes.
#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "gi/registry/v1/annotations.pb.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/archive.pb.h"
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
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"
#include "server/domain/field_rules.h"
#include "server/service/output.h"
#include "storage/base/leaf.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

namespace pb = google::protobuf;
namespace v1 = registry::v1;

// The first byte of every file of the corpus counts in these: append only.
const pb::Message* const kTypes[] = {
    &v1::CreateDivisionRequest::default_instance(),
    &v1::GetDivisionRequest::default_instance(),
    &v1::ListDivisionsRequest::default_instance(),
    &v1::CorrectDivisionRequest::default_instance(),
    &v1::ResolveDivisionRequest::default_instance(),
    &v1::CreateEntityRequest::default_instance(),
    &v1::GetEntityRequest::default_instance(),
    &v1::ListEntitiesRequest::default_instance(),
    &v1::CorrectEntityRequest::default_instance(),
    &v1::RecordEntityEventRequest::default_instance(),
    &v1::CreateIndicationRequest::default_instance(),
    &v1::GetIndicationRequest::default_instance(),
    &v1::ListIndicationsRequest::default_instance(),
    &v1::SearchIndicationsRequest::default_instance(),
    &v1::CorrectIndicationRequest::default_instance(),
    &v1::RecordIndicationEventRequest::default_instance(),
    &v1::CreateAuthorizationRequest::default_instance(),
    &v1::GetAuthorizationRequest::default_instance(),
    &v1::ListAuthorizationsRequest::default_instance(),
    &v1::CorrectAuthorizationRequest::default_instance(),
    &v1::GrantAuthorizationRequest::default_instance(),
    &v1::SuspendAuthorizationRequest::default_instance(),
    &v1::ReinstateAuthorizationRequest::default_instance(),
    &v1::RemoveAuthorizationRequest::default_instance(),
    &v1::AnnulAuthorizationEventRequest::default_instance(),
    &v1::CheckAuthorizationRequest::default_instance(),
    &v1::BatchCheckAuthorizationsRequest::default_instance(),
    &v1::ListAuthorizedEntitiesRequest::default_instance(),
    &v1::ListAuthorizedIndicationsRequest::default_instance(),
    &v1::ConfirmEntityRequest::default_instance(),
    &v1::ConfirmIndicationRequest::default_instance(),
    &v1::ConfirmAuthorizationRequest::default_instance(),
    &v1::RefuseAuthorizationRequest::default_instance(),
    &v1::ExtendAuthorizationRequest::default_instance(),
    &v1::SetAuthorizationLogoRequest::default_instance(),
    &v1::ReportAuthorizationUseRequest::default_instance(),
    &v1::CreateSurveyRequest::default_instance(),
    &v1::GetSurveyRequest::default_instance(),
    &v1::ListSurveysRequest::default_instance(),
    &v1::CorrectSurveyRequest::default_instance(),
    &v1::OpenSurveyRequest::default_instance(),
    &v1::CloseSurveyRequest::default_instance(),
    &v1::ArchiveSurveyRequest::default_instance(),
    &v1::GetSurveyProgressRequest::default_instance(),
    &v1::CompareSurveysRequest::default_instance(),
    &v1::ConvertQuantityRequest::default_instance(),
    &v1::CreateSurveyRecordRequest::default_instance(),
    &v1::GetSurveyRecordRequest::default_instance(),
    &v1::ListSurveyRecordsRequest::default_instance(),
    &v1::CorrectSurveyRecordRequest::default_instance(),
    &v1::SubmitSurveyRecordRequest::default_instance(),
    &v1::ReturnSurveyRecordRequest::default_instance(),
    &v1::AcceptSurveyRecordRequest::default_instance(),
    &v1::SupersedeSurveyRecordRequest::default_instance(),
    &v1::DecideSurveyDuplicateRequest::default_instance(),
    &v1::ChooseSurveyMeasurementRequest::default_instance(),
    &v1::CreateRuleSetRequest::default_instance(),
    &v1::GetRuleSetRequest::default_instance(),
    &v1::ListRuleSetsRequest::default_instance(),
    &v1::CorrectRuleSetRequest::default_instance(),
    &v1::CreateProductRequest::default_instance(),
    &v1::GetProductRequest::default_instance(),
    &v1::ListProductsRequest::default_instance(),
    &v1::CorrectProductRequest::default_instance(),
    &v1::MoveProductRequest::default_instance(),
    &v1::RecordProductTaskRequest::default_instance(),
    &v1::MergeProductRequest::default_instance(),
    &v1::UnmergeProductRequest::default_instance(),
    &v1::GetProductHistoryRequest::default_instance(),
    &v1::FindSimilarProductsRequest::default_instance(),
    &v1::RankCandidatesRequest::default_instance(),
    &v1::SearchPlacesRequest::default_instance(),
    &v1::CreateApplicationRequest::default_instance(),
    &v1::GetApplicationRequest::default_instance(),
    &v1::ListApplicationsRequest::default_instance(),
    &v1::CorrectApplicationRequest::default_instance(),
    &v1::RecordApplicationEventRequest::default_instance(),
    &v1::DivideApplicationRequest::default_instance(),
    &v1::CreateLawBookRequest::default_instance(),
    &v1::GetLawBookRequest::default_instance(),
    &v1::ListLawBooksRequest::default_instance(),
    &v1::CorrectLawBookRequest::default_instance(),
    &v1::ListDeadlinesRequest::default_instance(),
    &v1::ComputeDeadlineRequest::default_instance(),
    &v1::ExportDeadlinesRequest::default_instance(),
    &v1::ListIndicatorDefinitionsRequest::default_instance(),
    &v1::QueryIndicatorsRequest::default_instance(),
    &v1::ListIndicatorRowsRequest::default_instance(),
    &v1::ExportIndicatorsRequest::default_instance(),
    &v1::WriteProgressReportRequest::default_instance(),
    &v1::CreateIndicatorTargetRequest::default_instance(),
    &v1::GetIndicatorTargetRequest::default_instance(),
    &v1::ListIndicatorTargetsRequest::default_instance(),
    &v1::CorrectIndicatorTargetRequest::default_instance(),
    &v1::CreateImportRequest::default_instance(),
    &v1::SendImportRowsRequest::default_instance(),
    &v1::FinishImportRequest::default_instance(),
    &v1::GetImportRequest::default_instance(),
    &v1::ListImportsRequest::default_instance(),
    &v1::ListImportedRowsRequest::default_instance(),
    &v1::RevertImportRequest::default_instance(),
    &v1::ReadArchiveRequest::default_instance(),
};

// A new method's request must be added above.
bool HasAllTypes() {
  for (const pb::Message* type : kTypes) {
    const pb::FileDescriptor* file = type->GetDescriptor()->file();
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const pb::Descriptor* wanted = file->service(s)->method(m)->input_type();
        const auto is_wanted = [wanted](const pb::Message* t) { return t->GetDescriptor() == wanted; };
        if (std::none_of(std::begin(kTypes), std::end(kTypes), is_wanted)) {
          std::fprintf(stderr, "kTypes lacks %s\n", wanted->full_name().c_str());
          return false;
        }
      }
    }
  }
  return true;
}

bool HasUnknownFields(const pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    // Items of batches and rows of imports: each is answered by itself.
    if (field->options().GetExtension(v1::rule).judged_apart()) continue;
    if (!field->is_repeated()) {
      if (HasUnknownFields(reflection.GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (HasUnknownFields(reflection.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

std::vector<std::string> Findings(const pb::Message& request) {
  FieldViolations violations;
  domain::CheckMutationFields(request, violations);
  const absl::Status status = violations.ToStatus();
  FUZZ_CHECK(status.ok() == violations.empty());
  // The catalogue's limit on what an error carries.
  const auto detail = GetErrorDetail(status);
  if (detail) FUZZ_CHECK(detail->violations.size() <= kMaxViolations);
  std::vector<std::string> findings;
  for (const v1::Violation& violation : violations.all()) {
    FUZZ_CHECK(violation.IsInitialized() && !violation.reason().empty());
    findings.push_back(violation.field() + " " + violation.reason());
  }
  return findings;
}

void Check(pb::Message& request) {
  FieldViolations of_a_read;
  domain::CheckFields(request, of_a_read);
  const std::vector<std::string> findings = Findings(request);

  service::ClearOutputOnly(request);
  FUZZ_CHECK(Findings(request) == findings);
  const std::string cleared = request.SerializePartialAsString();
  service::ClearOutputOnly(request);
  FUZZ_CHECK(request.SerializePartialAsString() == cleared);

  domain::NormalizeStrings(request);
  const std::string normal = request.SerializePartialAsString();
  domain::NormalizeStrings(request);
  FUZZ_CHECK(request.SerializePartialAsString() == normal);
  if (!findings.empty()) return;
  FUZZ_CHECK(Findings(request).empty());
  // So that a row can be stored.
  FUZZ_CHECK(!HasUnknownFields(request) && CanonicalRow(normal).ok());
}

}  // namespace
}  // namespace gi::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::SilenceProtobuf();
  static const bool complete = gi::fuzz::HasAllTypes();
  FUZZ_CHECK(complete);
  gi::fuzz::Input input(data, size);
  const auto* type = gi::fuzz::kTypes[input.Byte() % std::size(gi::fuzz::kTypes)];
  const std::unique_ptr<google::protobuf::Message> request(type->New());
  const absl::string_view bytes = input.Rest();
  // Also what was read of bytes that do not parse: it may hold text that is not UTF-8.
  (void)request->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
  gi::fuzz::Check(*request);
  return 0;
}
