// The gRPC server: a method table on the wire, with health, reflection, TLS, limits and a graceful stop.
#ifndef GI_SERVER_RPC_GRPC_SERVER_H_
#define GI_SERVER_RPC_GRPC_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/server.h"
#include "server/rpc/adapter.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/health.h"
#include "server/rpc/method_table.h"
#include "server/rpc/raw_service.h"
#include "server/rpc/tls.h"

namespace gi::rpc {

struct GrpcServerOptions {
  // "host:port" (0: any free port), "[ipv6]:port" or "unix:/path". At least one. Unix sockets are served without TLS:
  // who may write to the socket's file may write to the registry.
  std::vector<std::string> listen;
  TlsFiles tls;
  // Optional. The allow-list of client certificates (identity.h); needs tls.client_ca.
  std::string allow_list_path;
  // Without TLS only addresses of this machine are accepted, unless this says otherwise. Callers from elsewhere may
  // then read, and everybody on the way may read along.
  bool plaintext_anywhere = false;
  CallLimits limits;
  // Calls on one connection; more wait at the client.
  int max_streams_per_connection = 1024;
  // The thread that answers short calls goes before all other work of the machine, if the system permits it: without,
  // an import on the same processors holds each up to four milliseconds (tests/benchmark/README.md).
  bool checks_first = true;
};

// What Start would find wrong before it listens: INVALID_ARGUMENT if the options contradict each other or an address is
// malformed, FAILED_PRECONDITION if a file of TLS or the allow-list cannot be used. Opens no socket.
absl::Status CheckOptions(const GrpcServerOptions& options);

// Thread-safe, except that Shutdown is called by one thread at a time.
class GrpcServer {
 public:
  // Listens, but answers every call NOT_SERVING until SetServing(true). Errors have a message of one line for the
  // operator: those of CheckOptions; FAILED_PRECONDITION if an address cannot be listened on or the table disagrees
  // with the protos (raw_service.h). `table` is copied; what its handlers refer to outlives every call. Silences what
  // protobuf and gRPC would print to stderr in this process; gRPC's lines go to the log at level debug.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const MethodTable& table, const GrpcServerOptions& options);

  // Stops at once if Shutdown was not called.
  ~GrpcServer();

  // In the order of options.listen; 0 for a unix socket.
  std::vector<int> ports() const { return ports_; }
  // The same as addresses: options.listen with the ports that were bound.
  std::vector<std::string> addresses() const { return addresses_; }

  // What health says, for the empty name and each service, and whether calls are admitted.
  void SetServing(bool serving);

  // Refuses new calls with NOT_SERVING, waits up to `drain` for those under way, then cancels what is left (their
  // handlers run on and their answers are dropped) and stops listening. Idempotent.
  void Shutdown(absl::Duration drain);

 private:
  GrpcServer(std::unique_ptr<Adapter> adapter, std::shared_ptr<Health> health)
      : adapter_(std::move(adapter)), health_(std::move(health)) {}

  // Destroyed in reverse order: gRPC first.
  const std::unique_ptr<Adapter> adapter_;
  const std::shared_ptr<Health> health_;
  std::vector<std::unique_ptr<RawService>> services_;
  std::vector<int> ports_;
  std::vector<std::string> addresses_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<CallQueue> queue_;
  bool stopped_ = false;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_GRPC_SERVER_H_
