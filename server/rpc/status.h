// The one place where an absl::Status becomes a gRPC status. Thread-safe: free functions.
#ifndef GI_SERVER_RPC_STATUS_H_
#define GI_SERVER_RPC_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/status.h"
#include "storage/base/error.h"

namespace gi::rpc {

// OK stays OK; of anything else the details are those of ToStatusMessage (server/rpc/status_details.h).
grpc::Status ToGrpcStatus(const absl::Status& status, Language language);

// The language of an accept-language header: English if it ranks a form of "en" before every form of "zh" and before
// "*", otherwise Chinese.
Language PreferredLanguage(absl::string_view accept_language);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_STATUS_H_
