// Page tokens: where a list goes on, sealed so that only this registry can make one. A token pins the query, the
// caller, the revision and the business date, so pages fit together whatever is written meanwhile, and over midnight.
// Thread-safe: pure functions of their arguments.
#ifndef GI_SERVER_SERVICE_PAGE_TOKEN_H_
#define GI_SERVER_SERVICE_PAGE_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/storage/v1/page_token.pb.h"
#include "google/protobuf/message.h"

namespace gi::service {

// Text of the token: base64url of its bytes and a 16-byte HMAC-SHA-256 tag under `key`.
std::string SealPageToken(const storage::v1::PageToken& token, absl::string_view key);

// PAGE_TOKEN_INVALID for anything that SealPageToken did not make with this key.
absl::StatusOr<storage::v1::PageToken> OpenPageToken(absl::string_view text, absl::string_view key);

// What identifies a query: method and request without page_size and page_token. 16 bytes.
std::string QueryDigest(absl::string_view method, const google::protobuf::Message& request);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_PAGE_TOKEN_H_
