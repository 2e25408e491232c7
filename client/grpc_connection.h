// The connection over gRPC.
#ifndef GI_CLIENT_GRPC_CONNECTION_H_
#define GI_CLIENT_GRPC_CONNECTION_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/connection.h"
#include "client/method.h"

namespace gi::client {

// PEM texts.
struct TlsOptions {
  // Certificates that the server's is checked against. Empty: those of the system.
  std::string root_ca;
  // The client's own certificate chain and private key; both or neither.
  std::string client_cert;
  std::string client_key;
};

struct ChannelOptions {
  // A gRPC target, e.g. "127.0.0.1:50155" or "unix:///run/gi/registry.sock".
  std::string target = "127.0.0.1:50155";
  // Absent: no encryption, for loopback and unix sockets only.
  std::optional<TlsOptions> tls;
  // At least 60 s: a server may punish more frequent pings.
  absl::Duration keepalive = absl::Seconds(60);
  // Largest message sent or received, in bytes.
  int max_message_bytes = 16 << 20;
  // For calls without a timeout.
  Timeouts timeouts;
};

// Connects when first used; checks have a channel of their own, so that a large answer to another call does not hold
// them up. Calls block and are sent once; CallOptions with a byte that is not printable ASCII give
// CALLER_METADATA_INVALID.
std::shared_ptr<Connection> MakeGrpcConnection(const ChannelOptions& options);

// What the transport reported as absl::Status. `details` is the serialized google.rpc.Status of the trailers, or empty:
// its details become payloads under their type URLs, where gi::GetErrorDetail finds them.
absl::Status StatusFromWire(int code, absl::string_view message, absl::string_view details);

}  // namespace gi::client

#endif  // GI_CLIENT_GRPC_CONNECTION_H_
