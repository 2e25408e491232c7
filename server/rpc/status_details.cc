#include "server/rpc/status_details.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace gi::rpc {
namespace {

constexpr char kDomain[] = "registry.gi";

// The message is also sent percent-encoded in a header of its own, where a Chinese character takes nine bytes.
constexpr size_t kMaxMessageBytes = 500;
constexpr size_t kMaxInfoBytes = 1500;
constexpr size_t kMaxLongValueBytes = 150;

std::string ValueOf(const ErrorMetadata& metadata, absl::string_view key) {
  for (const auto& [name, value] : metadata) {
    if (name == key) return value;
  }
  return "";
}

// Appends a detail if the whole stays within the limit. True if it did.
template <class Detail>
bool AddDetail(absl::string_view type, const Detail& detail, v1::Status& status) {
  google::protobuf::Any& any = *status.add_details();
  any.set_type_url(absl::StrCat("type.googleapis.com/google.rpc.", type));
  any.set_value(detail.SerializeAsString());
  if (status.ByteSizeLong() <= kMaxStatusBytes) return true;
  status.mutable_details()->RemoveLast();
  return false;
}

v1::ErrorInfo MakeErrorInfo(const ErrorDetail& detail) {
  v1::ErrorInfo info;
  info.set_reason(registry::v1::ErrorReason_Name(detail.reason));
  info.set_domain(kDomain);
  for (const auto& [key, value] : detail.metadata) (*info.mutable_metadata())[key] = value;
  if (info.ByteSizeLong() <= kMaxInfoBytes) return info;
  for (auto& [key, value] : *info.mutable_metadata()) value = Excerpt(value, kMaxLongValueBytes);
  return info;
}

v1::LocalizedMessage Localized(const std::string& text, Language language) {
  v1::LocalizedMessage message;
  message.set_locale(language == Language::kEnglish ? "en" : "zh-CN");
  message.set_message(Excerpt(text, kMaxMessageBytes));
  return message;
}

// How long to wait before repeating; nullopt where repeating is no remedy.
std::optional<int> RetrySeconds(ErrorReason reason) {
  switch (reason) {
    case registry::v1::ERROR_REASON_OVERLOADED:
      return 1;
    case registry::v1::ERROR_REASON_NOT_SERVING:
      return 2;
    case registry::v1::ERROR_REASON_WRITES_STOPPED:
      return 30;
    default:
      return std::nullopt;
  }
}

void AddRetryInfo(const ErrorDetail& detail, v1::Status& status) {
  const std::optional<int> seconds = RetrySeconds(detail.reason);
  if (!seconds.has_value()) return;
  v1::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(*seconds);
  AddDetail("RetryInfo", info, status);
}

void AddResourceInfo(const ErrorDetail& detail, absl::StatusCode code, v1::Status& status) {
  if (code != absl::StatusCode::kNotFound && code != absl::StatusCode::kAlreadyExists) return;
  const std::string name = ValueOf(detail.metadata, "name");
  const std::string collection = name.substr(0, name.find('/'));
  v1::ResourceInfo info;
  info.set_resource_type(absl::StrCat(kDomain, "/", collection));
  info.set_resource_name(name);
  info.set_description(status.message());
  AddDetail("ResourceInfo", info, status);
}

void AddPreconditionFailure(const ErrorDetail& detail, absl::StatusCode code, v1::Status& status) {
  if (code != absl::StatusCode::kFailedPrecondition) return;
  const std::string name = ValueOf(detail.metadata, "name");
  v1::PreconditionFailure failure;
  v1::PreconditionFailure::Violation& violation = *failure.add_violations();
  violation.set_type(registry::v1::ErrorReason_Name(detail.reason));
  violation.set_subject(name.empty() ? ValueOf(detail.metadata, "field") : name);
  violation.set_description(status.message());
  AddDetail("PreconditionFailure", failure, status);
}

v1::BadRequest::FieldViolation MakeViolation(const registry::v1::Violation& from, Language language) {
  const bool english = language == Language::kEnglish;
  v1::BadRequest::FieldViolation to;
  to.set_field(from.field());
  to.set_reason(from.reason());
  to.set_description(Excerpt(from.message_en(), kMaxMessageBytes));
  *to.mutable_localized_message() = Localized(english ? from.message_en() : from.message_zh(), language);
  return to;
}

void AddBadRequest(const ErrorDetail& detail, Language language, v1::Status& status) {
  v1::BadRequest bad_request;
  for (const registry::v1::Violation& violation : detail.violations) {
    if (static_cast<size_t>(bad_request.field_violations_size()) == kMaxViolations) break;
    *bad_request.add_field_violations() = MakeViolation(violation, language);
  }
  while (bad_request.field_violations_size() > 0 && !AddDetail("BadRequest", bad_request, status)) {
    bad_request.mutable_field_violations()->RemoveLast();
  }
}

v1::Status MakeStatus(const absl::Status& status, const ErrorDetail& detail, Language language) {
  v1::Status result;
  result.set_code(static_cast<int>(status.code()));
  result.set_message(Excerpt(status.message(), kMaxMessageBytes));
  AddDetail("ErrorInfo", MakeErrorInfo(detail), result);
  AddDetail("LocalizedMessage", Localized(ErrorText(detail.reason, detail.metadata, language), language), result);
  AddRetryInfo(detail, result);
  AddResourceInfo(detail, status.code(), result);
  AddPreconditionFailure(detail, status.code(), result);
  AddBadRequest(detail, language, result);
  return result;
}

}  // namespace

v1::Status ToStatusMessage(const absl::Status& status, Language language) {
  if (status.ok()) return v1::Status();
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail.has_value() || detail->reason == registry::v1::ERROR_REASON_UNSPECIFIED) {
    return ToStatusMessage(MakeError(registry::v1::ERROR_REASON_INTERNAL,
                                     {{"detail", "see the server's log"}, {"detail_zh", "见服务器日志"}}),
                           language);
  }
  return MakeStatus(status, *detail, language);
}

}  // namespace gi::rpc
