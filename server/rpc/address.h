// Addresses a server listens on, as the operator writes them. Thread-safe: free functions and value types.
#ifndef GI_SERVER_RPC_ADDRESS_H_
#define GI_SERVER_RPC_ADDRESS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gi::rpc {

struct ListenAddress {
  // As written; what gRPC is given.
  std::string text;
  // For host:port. IPv6 hosts without brackets. Port 0: any free one.
  std::string host;
  std::string port;
  // For unix:/path; then host and port are empty.
  std::string unix_path;

  bool is_unix() const { return !unix_path.empty(); }
};

// "host:port", "[ipv6]:port" or "unix:/absolute/path"; otherwise INVALID_ARGUMENT saying what is wrong.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

// Only programs of this machine can reach it: 127.0.0.0/8, ::1, localhost, a unix socket.
bool IsLocal(const ListenAddress& address);

// The same for the peer of a call, as gRPC names it: "ipv4:127.0.0.1:4711", "ipv6:%5B::1%5D:4711", "unix:".
bool IsLocalPeer(absl::string_view peer);

// FAILED_PRECONDITION with the system's reason if nobody could listen there now. gRPC itself gives no reason, and it
// would take a unix socket away from a server that is listening on it.
absl::Status CheckCanListen(const ListenAddress& address);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_ADDRESS_H_
