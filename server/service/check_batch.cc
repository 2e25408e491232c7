#include "server/service/check_batch.h"

#include <optional>

#include "server/rpc/status_details.h"
#include "server/service/check_answer.h"
#include "server/service/check_rows.h"
#include "server/service/read.h"

namespace gi::service {
namespace {

using registry::v1::BatchCheckAuthorizationsRequest;
using registry::v1::BatchCheckAuthorizationsResponse;
using registry::v1::BatchCheckItem;
using registry::v1::CheckAuthorizationRequest;
using registry::v1::CheckAuthorizationResponse;

// Longer ids are refused, and not repeated.
constexpr size_t kMaxIdBytes = 256;

// Everything that can be wrong with one item.
absl::Status JudgeItem(const BatchCheckItem& item, std::optional<domain::DivisionCode>& place) {
  FieldViolations violations;
  domain::CheckFields(item, violations);
  const auto refuse = [&](absl::string_view field) {
    violations.Add(
        field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
        {{"value", "set"}, {"expected", "absent: it is the batch's to say"}, {"expected_zh", "空:由整批请求统一填写"}});
  };
  if (item.check().has_read_at()) refuse("check.read_at");
  if (item.check().view() != registry::v1::CHECK_VIEW_UNSPECIFIED) refuse("check.view");
  FieldViolations of_question;
  CheckQuestion(item.check(), place, of_question);
  violations.Merge(of_question);
  return violations.ToStatus();
}

absl::Status AnswerItem(const CheckSources& sources, const registry::ReadView& view, Day batch_date,
                        registry::v1::CheckView detail, const BatchCheckItem& item,
                        CheckAuthorizationResponse& response) {
  const CheckAuthorizationRequest& check = item.check();
  Question question{&check, ToDay(check.date()).value_or(batch_date), std::nullopt};
  RETURN_IF_ERROR(JudgeItem(item, question.place));
  RETURN_IF_ERROR(AnswerFromRows(view, *sources.titles, question, detail, response));
  if (check.has_date()) *response.mutable_date() = check.date();
  return absl::OkStatus();
}

bool IsItemsOwn(const absl::Status& status) {
  return GetErrorReason(status) == ErrorReason::ERROR_REASON_FIELDS_INVALID;
}

}  // namespace

absl::Status AnswerCheck(const CheckSources& sources, const CheckAuthorizationRequest& request,
                         CheckAuthorizationResponse& response) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(*sources.registry, request));
  FieldViolations violations;
  Question question{&request, RequestDate(*sources.registry, request), std::nullopt};
  CheckQuestion(request, question.place, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  RETURN_IF_ERROR(AnswerFromRows(view, *sources.titles, question, request.view(), response));
  *response.mutable_read_point() = view.ReadPoint();
  *response.mutable_date() = ToDate(question.date);
  return absl::OkStatus();
}

absl::Status AnswerBatch(const CheckSources& sources, const rpc::CallContext& context,
                         const BatchCheckAuthorizationsRequest& request, BatchCheckAuthorizationsResponse& response) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(*sources.registry, request));
  const Day date = RequestDate(*sources.registry, request);
  *response.mutable_read_point() = view.ReadPoint();
  *response.mutable_date() = ToDate(date);
  SharedParts shared(response);
  for (const BatchCheckItem& item : request.items()) {
    registry::v1::BatchCheckResult& result = *response.add_results();
    if (item.id().size() <= kMaxIdBytes) result.set_id(item.id());
    const absl::Status status = AnswerItem(sources, view, date, request.view(), item, *result.mutable_answer());
    if (status.ok()) {
      if (request.view() == registry::v1::CHECK_VIEW_FULL) shared.Share(*result.mutable_answer());
      continue;
    }
    if (!IsItemsOwn(status)) return status;
    *result.mutable_error() = rpc::ToStatusMessage(status, context.language);
  }
  return absl::OkStatus();
}

}  // namespace gi::service
