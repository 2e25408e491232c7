// TLS of the server. Thread-safe: free functions and value types.
#ifndef GI_SERVER_RPC_TLS_H_
#define GI_SERVER_RPC_TLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/security/server_credentials.h"

namespace gi::rpc {

// Paths of PEM files. All empty: no TLS.
struct TlsFiles {
  // The server's certificate, followed by intermediate ones if there are any, and its private key (not encrypted).
  std::string certificate;
  std::string key;
  // Optional. Signs the certificates of clients; a client may still come without one, and then may only read.
  std::string client_ca;

  bool enabled() const { return !certificate.empty(); }
};

// Reads and checks the files, because gRPC would say only that listening failed. FAILED_PRECONDITION naming the file:
// cannot be read, is no PEM, key and certificate do not belong together, certificate out of date.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeTlsCredentials(const TlsFiles& files);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_TLS_H_
