// The seam between typed client code and the wire, and the only point that tests mock (client/mock_connection.h).
#ifndef GI_CLIENT_CONNECTION_H_
#define GI_CLIENT_CONNECTION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace gi::client {

// What accompanies one call, e.g. CallOptions{.user = "u7"}. An empty value means "not given": a decorator or the
// transport puts its default there.
struct CallOptions {
  // How long the caller waits in all, repeated attempts included. Zero: the default of the method (client/method.h).
  absl::Duration timeout = absl::ZeroDuration();
  // Pseudonymous ids of the caller's own: who acts, in which case, on behalf of whom. Recorded with mutations.
  std::string user = {};
  std::string case_id = {};
  std::string on_behalf_of = {};
  // Language of messages, "zh-CN" or "en". Empty: the server's default.
  std::string language = {};
};

// Calls methods of a registry by name. Thread-safe.
class Connection {
 public:
  virtual ~Connection() = default;

  // Calls a unary method, e.g. "gi.registry.v1.EntityService/GetEntity", and blocks until it is answered. OK:
  // `response` holds the answer. Otherwise `response` is unspecified; an error made by the registry carries what
  // gi::GetErrorDetail reads (storage/base/error.h). UNAVAILABLE: no answer, and the server did nothing or its answer
  // was lost. DEADLINE_EXCEEDED: the outcome is unknown.
  virtual absl::Status Call(absl::string_view method, const google::protobuf::Message& request,
                            google::protobuf::Message* response, const CallOptions& options) = 0;
};

}  // namespace gi::client

#endif  // GI_CLIENT_CONNECTION_H_
