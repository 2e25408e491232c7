// The one place where an absl::Status becomes what a caller sees: a gRPC status with google.rpc.Status in its details
// (AIP-193). Thread-safe: free functions.
#ifndef GI_SERVER_RPC_STATUS_H_
#define GI_SERVER_RPC_STATUS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/status.h"
#include "storage/base/error.h"

namespace gi::rpc {

// Largest serialized google.rpc.Status. Base64 and the header of the message included, this stays below the 8 KB of
// trailers above which gRPC replaces an error by RESOURCE_EXHAUSTED.
inline constexpr size_t kMaxStatusBytes = 4096;

// OK stays OK. An error made by MakeError keeps its code and carries exactly one ErrorInfo, a LocalizedMessage in
// `language`, and where they fit the reason: BadRequest (as many violations as there is room for), PreconditionFailure,
// ResourceInfo, RetryInfo. An error without a reason (made elsewhere) becomes INTERNAL with ERROR_REASON_INTERNAL and
// none of its text: the caller of this function logs it.
grpc::Status ToGrpcStatus(const absl::Status& status, Language language);

// The language of an accept-language header: English if it ranks a form of "en" before every form of "zh" and before
// "*", otherwise Chinese.
Language PreferredLanguage(absl::string_view accept_language);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_STATUS_H_
