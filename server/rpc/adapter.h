// What every unary call goes through: limits, deadline, identity, decoding, the handler, and exactly one answer.
#ifndef GI_SERVER_RPC_ADAPTER_H_
#define GI_SERVER_RPC_ADAPTER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/call_core.h"
#include "server/rpc/call_gate.h"
#include "server/rpc/identity.h"
#include "server/rpc/method_table.h"

namespace gi::rpc {

struct CallLimits {
  // Larger requests are answered with REQUEST_TOO_LARGE.
  size_t max_request_bytes = 1 << 20;
  // Cap of every deadline, and the deadline of a call that has none.
  absl::Duration max_deadline = absl::Seconds(30);
  // Calls of all methods under way at a time; more are answered with OVERLOADED.
  int max_calls_in_flight = 2048;
  // How many of these are kept for the methods of `reserved_service`, so that nothing else can starve them.
  int reserved_calls = 512;
  std::string reserved_service = "gi.registry.v1.CheckService";
};

// The earlier of the caller's deadline and now + cap. DEADLINE_PASSED if the caller's is not after `now`.
absl::StatusOr<absl::Time> EffectiveDeadline(absl::Time caller, absl::Time now, absl::Duration cap);

// Lives as long as the gRPC server. Thread-safe.
class Adapter {
 public:
  Adapter(CallLimits limits, IdentityPolicy identity);

  // A call that has passed the gate: checks in the order size, deadline, caller, right to write, decoding; then runs
  // the handler (on this thread). The first check that fails is the answer.
  void Handle(CallCore& call, const Method& method, const grpc::ServerContextBase& context,
              const grpc::ByteBuffer& request) const;
  Language LanguageOf(const grpc::ServerContextBase& context) const;

  // What Handle checks before decoding, for calls that are not unary; fills in deadline and caller.
  absl::Status Admit(const Method& method, const grpc::ServerContextBase& context, CallContext& call) const;

  // Shared with calls that are answered late.
  const std::shared_ptr<CallGate>& gate() const { return gate_; }
  const CallLimits& limits() const { return limits_; }

 private:
  const CallLimits limits_;
  const IdentityPolicy identity_;
  const std::shared_ptr<CallGate> gate_;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_ADAPTER_H_
