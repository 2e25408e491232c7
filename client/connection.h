// The seam between typed client code and the wire, and the only point that tests mock (client/mock_connection.h).
#ifndef GI_CLIENT_CONNECTION_H_
#define GI_CLIENT_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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
  // Role in the survey that the caller acts in, "township" or "district". Empty: any that the server gives it.
  std::string role = {};
  // Language of messages, "zh-CN" or "en". Empty: the server's default.
  std::string language = {};
};

// A bidirectional stream of messages. One thread may write while another reads. Destroyed before Finish, it is
// cancelled.
class Stream {
 public:
  virtual ~Stream() = default;

  // Blocks until the message is on its way. False: the stream has ended; Finish says why.
  virtual bool Write(const google::protobuf::Message& message) = 0;
  // Nothing more will be written.
  virtual void WritesDone() = 0;
  // Blocks until there is a message. False: there are no more.
  virtual bool Read(google::protobuf::Message* message) = 0;
  // After the last Read: how it ended. Errors as of Connection::Call.
  virtual absl::Status Finish() = 0;
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

  // Begins a streaming call, e.g. of "gi.registry.v1.CheckService/StreamCheckAuthorizations". It lasts as long as the
  // caller wants: a timeout only counts if options has one. UNIMPLEMENTED if the connection has no streams. The
  // connection must outlive the stream.
  virtual absl::StatusOr<std::unique_ptr<Stream>> Open(absl::string_view method, const CallOptions& options) {
    static_cast<void>(method);
    static_cast<void>(options);
    return absl::UnimplementedError("this connection has no streams");
  }
};

}  // namespace gi::client

#endif  // GI_CLIENT_CONNECTION_H_
