// An absl::Status as google.rpc.Status with its details (AIP-193), for whole calls and for the items of a batch.
// Thread-safe: free functions.
#ifndef GI_SERVER_RPC_STATUS_DETAILS_H_
#define GI_SERVER_RPC_STATUS_DETAILS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "gi/rpc/v1/status.pb.h"
#include "storage/base/error.h"

namespace gi::rpc {

// Largest serialized google.rpc.Status. Base64 and the header of the message included, this stays below the 8 KB of
// trailers above which gRPC replaces an error by RESOURCE_EXHAUSTED.
inline constexpr size_t kMaxStatusBytes = 4096;

// OK is empty. An error made by MakeError keeps its code and carries exactly one ErrorInfo, a LocalizedMessage in
// `language`, and where they fit the reason: BadRequest (as many violations as there is room for), PreconditionFailure,
// ResourceInfo, RetryInfo. An error without a reason (made elsewhere) becomes INTERNAL with ERROR_REASON_INTERNAL and
// none of its text: the caller of this function logs it.
v1::Status ToStatusMessage(const absl::Status& status, Language language);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_STATUS_DETAILS_H_
