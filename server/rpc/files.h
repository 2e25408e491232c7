// Small text files the operator hands to the server. Thread-safe: free functions.
#ifndef GI_SERVER_RPC_FILES_H_
#define GI_SERVER_RPC_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gi::rpc {

// The whole file. An error "cannot read {path}: {reason of the system}"; a directory and a file above 4 MiB are
// refused.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

// Replaces the file in one step (written beside it, then renamed): a reader sees the old file, none, or all of the new
// one.
absl::Status WriteSmallFile(const std::string& path, absl::string_view content);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_FILES_H_
