// What one run of gictl has: the connection, the global flags, and where to print. Commands are functions of a Session.
#ifndef GI_CLIENT_GICTL_SESSION_H_
#define GI_CLIENT_GICTL_SESSION_H_

#include <functional>
#include <iosfwd>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/connection.h"
#include "client/gictl/resource_kind.h"
#include "google/protobuf/message.h"
#include "storage/base/error.h"

namespace gi::client::gictl {

// Flags that every command understands, as typed.
struct GlobalFlags {
  std::string server;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string output = "text";
  std::string lang;
  std::string user;
  std::string case_id;
  std::string on_behalf_of;
  std::string role;
  std::string reason;
  std::string timeout;
  std::string at_revision;
  std::string at_time;
  std::string at_date;
  // Of mutations.
  std::string request_id;
  std::string etag;
  bool dry_run = false;
};

// Not copied; lives as long as the run. Call is thread-safe, the rest is used from one thread.
struct Session {
  Connection& connection;
  const GlobalFlags& flags;
  CallOptions options;
  Language language;
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  bool terminal;

  bool json() const { return flags.output == "json"; }
  const char* Say(const char* chinese, const char* english) const {
    return language == Language::kChinese ? chinese : english;
  }

  absl::Status Call(absl::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message& response) const {
    return connection.Call(method, request, &response, options);
  }

  // Puts --at-revision, --at-time or --at-date into the request's read_at.
  absl::Status ApplyReadAt(google::protobuf::Message& request) const;
  // The file's content, or standard input for "-". A usage error if it cannot be read.
  absl::StatusOr<std::string> ReadFile(const std::string& path) const;
  // "entities/x" as it is; anything else is looked up as a USCC and must belong to one entity.
  absl::StatusOr<std::string> FindEntity(const std::string& text) const;
  // "indications/x" as it is; anything else is looked up as a number and must belong to one title.
  absl::StatusOr<std::string> FindIndication(const std::string& text) const;
};

// A command ends with an exit code; an error becomes one (ExitCode) after it was printed.
using Command = std::function<absl::StatusOr<int>(Session&)>;

int ExitCode(const absl::Status& status);

// The file's content; a usage error if it cannot be read or is empty.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);
// Makes the file, or replaces its content; a usage error if that fails.
absl::Status WriteWholeFile(const std::string& path, absl::string_view content);

// A usage error: the file cannot be written.
absl::Status CannotWrite(const std::string& path);
// A usage error: standard output takes no more.
absl::Status CannotWriteOutput();

// Hands over the `content` of a response: to the file, or to standard output if `path` is "" or "-". With
// --output=json, standard output gets the response as JSON instead.
absl::StatusOr<int> WriteContent(const Session& session, const google::protobuf::Message& response,
                                 const std::string& path);

// Fills in reason, validate_only, request_id and etag (that of --etag, of the request, or read from the server, if the
// request has that field), calls the method, and prints the answer, a Mutate…Response of `kind`. `done` says in words
// what was done; `more`, if given, prints below it what else the response tells. (Neither for a dry run or JSON.)
absl::StatusOr<int> Mutate(Session& session, const ResourceKind& kind, absl::string_view method,
                           google::protobuf::Message& request, const char* done,
                           const std::function<void(const google::protobuf::Message& response)>& more = nullptr);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_SESSION_H_
