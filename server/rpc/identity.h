// Who calls: what the transport proves (loopback, or a client certificate on the operator's allow-list) and what the
// caller's headers add. No gRPC here. Thread-safe: free functions and immutable values.
#ifndef GI_SERVER_RPC_IDENTITY_H_
#define GI_SERVER_RPC_IDENTITY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/domain/survey/life_cycle.h"
#include "server/rpc/method_table.h"

namespace gi::rpc {

// The agency of every caller on this machine that needs no certificate.
inline constexpr char kLoopbackAgency[] = "loopback";

// Which client certificates belong to which agency. One entry a line, comments begin with '#':
//
//   agency-id  CN-or-SAN  read|write|write:township|write:district
//
// "write" has every role of the survey (gi.registry.v1.SurveyRole), "write:…" only one. The middle part is the
// subject's common name or one subject alternative name, written exactly; it may hold single blanks. An agency may have
// several lines, a name only one. Agency ids: at most 64 of [A-Za-z0-9._:@/-], not "loopback".
class AllowList {
 public:
  struct Entry {
    std::string agency;
    bool may_write = false;
    domain::SurveyRoles roles = 0;
  };

  // INVALID_ARGUMENT with the number of the line that is wrong.
  static absl::StatusOr<AllowList> Parse(absl::string_view text);
  // As Parse; FAILED_PRECONDITION if the file cannot be read.
  static absl::StatusOr<AllowList> Load(const std::string& path);

  // nullptr if the name is not on the list.
  const Entry* Find(absl::string_view certificate_name) const;
  size_t size() const { return entries_.size(); }

 private:
  absl::Status AddLine(absl::string_view line);

  std::map<std::string, Entry, std::less<>> entries_;
};

// What the server demands of callers.
struct IdentityPolicy {
  // Callers over TLS prove themselves by certificate. Without it, callers of this machine need no proof.
  bool client_certificates = false;
  AllowList allow_list;
};

// What the transport knows of a caller.
struct Peer {
  // As gRPC names it, e.g. "ipv4:127.0.0.1:4711".
  std::string address;
  bool tls = false;
  // Subject alternative names, then the common name, of a client certificate that the client CA has signed.
  std::vector<std::string> certificate_names;
};

// The caller's own words: all values of each header.
struct CallerHeaders {
  std::vector<absl::string_view> user;
  std::vector<absl::string_view> on_behalf_of;
  std::vector<absl::string_view> case_id;
  // x-role: "township" or "district"; narrows the roles of the survey that the caller has.
  std::vector<absl::string_view> role = {};
};

// Without TLS, or with TLS but no client CA, callers of this machine are kLoopbackAgency and may write; all others are
// nobody. With a client CA, the certificate decides; one that is not on the list, or none, is nobody. Nobody may only
// read. CALLER_METADATA_INVALID (value masked): a header that is given twice, is empty or longer than 64 bytes, holds
// other characters than [A-Za-z0-9._:@/-] (of x-role: is no role), or is shaped like a resident ID, bank card or
// telephone number.
absl::StatusOr<Caller> IdentifyCaller(const IdentityPolicy& policy, const Peer& peer, const CallerHeaders& headers);

// OK if the caller may write; CALLER_NOT_ALLOWED if it is known but may not, or has a certificate that is not on the
// list; CALLER_UNKNOWN if it proved nothing.
absl::Status CheckMayWrite(const Caller& caller, const Peer& peer);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_IDENTITY_H_
