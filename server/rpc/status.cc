#include "server/rpc/status.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/rpc/status_details.h"

namespace gi::rpc {
namespace {

// absl::StatusCode and grpc::StatusCode are converted by number.
#define GI_SAME_CODE(absl_code, grpc_code) \
  static_assert(static_cast<int>(absl::StatusCode::absl_code) == static_cast<int>(grpc::StatusCode::grpc_code))
GI_SAME_CODE(kOk, OK);
GI_SAME_CODE(kCancelled, CANCELLED);
GI_SAME_CODE(kUnknown, UNKNOWN);
GI_SAME_CODE(kInvalidArgument, INVALID_ARGUMENT);
GI_SAME_CODE(kDeadlineExceeded, DEADLINE_EXCEEDED);
GI_SAME_CODE(kNotFound, NOT_FOUND);
GI_SAME_CODE(kAlreadyExists, ALREADY_EXISTS);
GI_SAME_CODE(kPermissionDenied, PERMISSION_DENIED);
GI_SAME_CODE(kResourceExhausted, RESOURCE_EXHAUSTED);
GI_SAME_CODE(kFailedPrecondition, FAILED_PRECONDITION);
GI_SAME_CODE(kAborted, ABORTED);
GI_SAME_CODE(kOutOfRange, OUT_OF_RANGE);
GI_SAME_CODE(kUnimplemented, UNIMPLEMENTED);
GI_SAME_CODE(kInternal, INTERNAL);
GI_SAME_CODE(kUnavailable, UNAVAILABLE);
GI_SAME_CODE(kDataLoss, DATA_LOSS);
GI_SAME_CODE(kUnauthenticated, UNAUTHENTICATED);
#undef GI_SAME_CODE

// Weight of one element "tag;q=0.5" of an accept-language header; malformed weights count as none.
double WeightOf(absl::string_view element) {
  const size_t at = element.find(";q=");
  if (at == absl::string_view::npos) return 1;
  double weight = 0;
  return absl::SimpleAtod(element.substr(at + 3), &weight) ? weight : 0;
}

bool IsLanguage(absl::string_view element, absl::string_view language) {
  const absl::string_view tag = element.substr(0, element.find(';'));
  return tag == language || absl::StartsWith(tag, absl::StrCat(language, "-"));
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, Language language) {
  if (status.ok()) return grpc::Status::OK;
  const v1::Status result = ToStatusMessage(status, language);
  return grpc::Status(static_cast<grpc::StatusCode>(result.code()), result.message(), result.SerializeAsString());
}

Language PreferredLanguage(absl::string_view accept_language) {
  double english = 0;
  double others = 0;
  for (absl::string_view element : absl::StrSplit(accept_language, ',')) {
    std::string lower = absl::AsciiStrToLower(element);
    lower.erase(std::remove_if(lower.begin(), lower.end(), absl::ascii_isspace), lower.end());
    // Of equal weights the first counts.
    double& best = IsLanguage(lower, "en") ? english : others;
    const bool counts = IsLanguage(lower, "en") || IsLanguage(lower, "zh") || IsLanguage(lower, "*");
    const double weight = counts ? WeightOf(lower) : 0;
    if (weight > english && weight > others) best = weight;
  }
  return english > others ? Language::kEnglish : Language::kChinese;
}

}  // namespace gi::rpc
