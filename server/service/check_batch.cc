#include "server/service/check_batch.h"

#include <array>
#include <optional>

#include "absl/strings/strip.h"
#include "server/rpc/status_details.h"
#include "server/service/check_answer.h"
#include "server/service/check_memory.h"
#include "server/service/check_rows.h"
#include "server/service/read.h"

namespace gi::service {
namespace {

using projection::Projection;
using registry::v1::BatchCheckAuthorizationsRequest;
using registry::v1::BatchCheckAuthorizationsResponse;
using registry::v1::BatchCheckItem;
using registry::v1::CheckAuthorizationRequest;
using registry::v1::CheckAuthorizationResponse;

// Longer ids are refused, and not repeated.
constexpr size_t kMaxIdBytes = 256;

bool IsPlainItem(const BatchCheckItem& item) {
  return item.has_check() && item.check().view() == registry::v1::CHECK_VIEW_UNSPECIFIED && IsPlain(item.check()) &&
         !HasUnknownFields(item);
}

// Everything that can be wrong with one item.
absl::Status JudgeItem(const BatchCheckItem& item, std::optional<domain::DivisionCode>& place) {
  if (IsPlainText(item.id()) && IsPlainItem(item)) return absl::OkStatus();
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

// Where a request is answered from: the projection while it asks for the newest state and verdicts only, the rows for
// all else. One version of the register for the whole request, whichever it is.
class Source {
 public:
  // Errors of Registry::At.
  static absl::StatusOr<Source> Open(const CheckSources& sources, const registry::v1::ReadAt& read_at,
                                     registry::v1::CheckView detail) {
    Source source(sources, detail);
    const bool newest = read_at.at_case() == registry::v1::ReadAt::AT_NOT_SET && read_at.history_id().empty();
    if (newest && detail != registry::v1::CHECK_VIEW_FULL) source.version_ = sources.projection->Newest();
    if (!source.version_) {
      ASSIGN_OR_RETURN(source.view_, sources.registry->At(read_at));
    }
    return source;
  }

  absl::Status Answer(const Question& question, CheckAuthorizationResponse& response) {
    if (version_ && IsForMemory(*question.request)) {
      ASSIGN_OR_RETURN(const bool answered,
                       AnswerFromMemory(*sources_.registry, *sources_.projection, *version_, question, response));
      if (answered) return absl::OkStatus();
    }
    RETURN_IF_ERROR(OpenRows());
    return AnswerFromRows(*view_, *sources_.titles, question, detail_, sources_.projection, response);
  }

  // nullptr: answers come from the rows.
  const Projection* projection() const { return version_ ? sources_.projection : nullptr; }

  void FillReadPoint(registry::v1::ReadPoint& point) const {
    if (view_) {
      point = view_->ReadPoint();
      return;
    }
    point.set_revision(static_cast<int64_t>(version_->revision.value));
    point.set_history_id(sources_.registry->HistoryIdText());
    if (version_->commit_time_us) *point.mutable_commit_time() = ToTimestamp(*version_->commit_time_us);
  }

 private:
  Source(const CheckSources& sources, registry::v1::CheckView detail) : sources_(sources), detail_(detail) {}

  absl::Status OpenRows() {
    if (view_) return absl::OkStatus();
    ASSIGN_OR_RETURN(view_, sources_.registry->AtCommit({version_->revision, "", version_->commit_time_us}));
    return absl::OkStatus();
  }

  const CheckSources& sources_;
  const registry::v1::CheckView detail_;
  std::optional<projection::Projection::Version> version_;
  std::optional<registry::ReadView> view_;
};

absl::Status AnswerItem(Source& source, Day batch_date, const BatchCheckItem& item,
                        CheckAuthorizationResponse& response) {
  const CheckAuthorizationRequest& check = item.check();
  Question question{&check, ToDay(check.date()).value_or(batch_date), std::nullopt};
  RETURN_IF_ERROR(JudgeItem(item, question.place));
  RETURN_IF_ERROR(source.Answer(question, response));
  if (check.has_date()) *response.mutable_date() = check.date();
  return absl::OkStatus();
}

// Lets the projection fetch from memory what the next items will read.
class BatchAhead {
 public:
  BatchAhead(const Projection* projection, const BatchCheckAuthorizationsRequest& request)
      : projection_(projection), request_(request) {
    for (int i = 0; i < kDistance * Projection::kAheadSteps; ++i) Advance(i - kDistance * Projection::kAheadSteps);
  }

  // Before the item is answered.
  void Advance(int item) {
    if (projection_ == nullptr) return;
    for (int step = 0; step <= Projection::kAheadSteps; ++step) {
      const int at = item + (Projection::kAheadSteps - step) * kDistance;
      if (at < 0 || at >= request_.items_size()) continue;
      Projection::Ahead& ahead = ring_[static_cast<size_t>(at) % ring_.size()];
      if (step == 0) {
        const CheckAuthorizationRequest& check = request_.items(at).check();
        ahead = projection_->LookAhead(absl::StripPrefix(check.indication(), "indications/"),
                                       check.has_uscc() ? check.uscc() : absl::StripPrefix(check.entity(), "entities/"),
                                       check.has_uscc());
      } else {
        projection_->LookAhead(step, ahead);
      }
    }
  }

 private:
  // Items between two steps of one.
  static constexpr int kDistance = 4;
  const Projection* const projection_;
  const BatchCheckAuthorizationsRequest& request_;
  std::array<Projection::Ahead, 32> ring_;
};

bool IsItemsOwn(const absl::Status& status) {
  return GetErrorReason(status) == ErrorReason::ERROR_REASON_FIELDS_INVALID;
}

}  // namespace

absl::Status AnswerCheck(const CheckSources& sources, const CheckAuthorizationRequest& request,
                         CheckAuthorizationResponse& response) {
  FieldViolations violations;
  Question question{&request, Day{}, std::nullopt};
  if (!IsPlain(request)) {
    domain::CheckFields(request, violations);
    if (violations.empty()) CheckQuestion(request, question.place, violations);
    RETURN_IF_ERROR(violations.ToStatus());
  }
  question.date = RequestDate(*sources.registry, request);
  ASSIGN_OR_RETURN(Source source, Source::Open(sources, request.read_at(), request.view()));
  RETURN_IF_ERROR(source.Answer(question, response));
  source.FillReadPoint(*response.mutable_read_point());
  *response.mutable_date() = ToDate(question.date);
  return absl::OkStatus();
}

absl::Status AnswerBatch(const CheckSources& sources, const rpc::CallContext& context,
                         const BatchCheckAuthorizationsRequest& request, BatchCheckAuthorizationsResponse& response) {
  FieldViolations violations;
  domain::CheckFields(request, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  const Day date = RequestDate(*sources.registry, request);
  ASSIGN_OR_RETURN(Source source, Source::Open(sources, request.read_at(), request.view()));
  source.FillReadPoint(*response.mutable_read_point());
  *response.mutable_date() = ToDate(date);
  SharedParts shared(response);
  BatchAhead ahead(source.projection(), request);
  for (int i = 0; i < request.items_size(); ++i) {
    ahead.Advance(i);
    const BatchCheckItem& item = request.items(i);
    registry::v1::BatchCheckResult& result = *response.add_results();
    if (item.id().size() <= kMaxIdBytes) result.set_id(item.id());
    const absl::Status status = AnswerItem(source, date, item, *result.mutable_answer());
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
