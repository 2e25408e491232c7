#include "server/service/page_token.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "server/service/digest.h"
#include "storage/base/error.h"
#include "storage/base/sha256.h"

namespace gi::service {
namespace {

constexpr size_t kTagBytes = 16;

std::string TagOf(absl::string_view payload, absl::string_view key) {
  return HmacSha256(key, payload).substr(0, kTagBytes);
}

}  // namespace

std::string SealPageToken(const storage::v1::PageToken& token, absl::string_view key) {
  const std::string payload = token.SerializeAsString();
  return absl::WebSafeBase64Escape(payload + TagOf(payload, key));
}

absl::StatusOr<storage::v1::PageToken> OpenPageToken(absl::string_view text, absl::string_view key) {
  const absl::Status invalid = MakeError(ErrorReason::ERROR_REASON_PAGE_TOKEN_INVALID);
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes) || bytes.size() < kTagBytes) return invalid;
  // Base64 has several spellings of the same bytes; only the one that was given out counts.
  if (absl::WebSafeBase64Escape(bytes) != text) return invalid;
  const absl::string_view payload = absl::string_view(bytes).substr(0, bytes.size() - kTagBytes);
  const absl::string_view tag = absl::string_view(bytes).substr(payload.size());
  storage::v1::PageToken token;
  if (!EqualConstantTime(tag, TagOf(payload, key)) ||
      !token.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return invalid;
  }
  return token;
}

std::string QueryDigest(absl::string_view method, const google::protobuf::Message& request) {
  return RequestDigest(method, request, {"page_size", "page_token"}).substr(0, 16);
}

}  // namespace gi::service
