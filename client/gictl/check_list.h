// "check" for a list of questions: from a file or standard input, in batches, as a table, CSV or JSON.
#ifndef GI_CLIENT_GICTL_CHECK_LIST_H_
#define GI_CLIENT_GICTL_CHECK_LIST_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/gictl/session.h"
#include "gi/registry/v1/check.pb.h"

namespace gi::client::gictl {

// Exit codes of "check".
int VerdictExitCode(registry::v1::Verdict verdict);

// Asks every line of the file ("-": standard input). Its first line names the columns: entity (code or name),
// indication, and optionally name, goods, class, variety, place, date; without such a line they are entity, indication,
// date. `defaults` holds what cells leave empty. All answers come from one state of the register. The exit code is the
// gravest of all lines; a line that cannot be asked counts as refused.
absl::StatusOr<int> CheckList(const Session& session, const std::string& file,
                              const registry::v1::CheckAuthorizationRequest& defaults, bool csv);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_CHECK_LIST_H_
