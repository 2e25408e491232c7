// What a crash writer said before it was killed, and the check, once its directory is open again, that the registry
// kept all of it. The lines of the writer, each a single write to its pipe:
//
//   committed <call> <revision> <name>=<digest>…   the answer of a call, with the rows it wrote
//   repeated <call> <revision>                     the answer when the same call was made again
//   refused <call> <name>…                         an answer too: the rows it had staged
//   failed <call> <text>                           an answer that no call should get
#ifndef GI_TESTS_CRASH_ORACLE_H_
#define GI_TESTS_CRASH_ORACLE_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"
#include "storage/base/revision.h"
#include "storage/registry/registry.h"
#include "storage/registry/writer.h"

namespace gi::crash {

// A resource name and the digest of the row's bytes.
using WrittenRow = std::pair<std::string, std::string>;
using WrittenRows = std::vector<WrittenRow>;

std::string RowDigest(absl::string_view row_bytes);

// Lines, newline included.
std::string CommittedLine(absl::string_view call, Revision revision, const WrittenRows& rows);
std::string RepeatedLine(absl::string_view call, Revision revision);
std::string RefusedLine(absl::string_view call, const WrittenRows& rows);
std::string FailedLine(absl::string_view call, const absl::Status& status);

// The identity of a call: the same text is the same call with the same request.
registry::MutationContext ContextOf(absl::string_view call);

// Everything that was acknowledged. Not thread-safe.
class Oracle {
 public:
  // A line without its newline. One that is none of the four is a finding of every later Check.
  void Add(absl::string_view line);

  size_t committed() const { return by_revision_.size(); }

  // What is not as it was acknowledged; empty: everything is. Looks at each commit at its own revision, makes each call
  // again, looks for rows of refused calls, and compares the view with a rebuild from the log. Writes nothing.
  std::vector<std::string> Check(registry::Registry& registry) const;

 private:
  struct Commit {
    std::string call;
    WrittenRows rows;
  };
  using Findings = std::vector<std::string>;

  void AddCommitted(const std::string& call, Revision revision, WrittenRows rows);
  void CheckCommits(const registry::Registry& registry, Findings& findings) const;
  void CheckRepeats(registry::Registry& registry, Findings& findings) const;
  void CheckRefused(const registry::Registry& registry, Findings& findings) const;

  std::map<Revision, Commit> by_revision_;
  std::map<std::string, Revision> by_call_;
  std::vector<std::string> refused_rows_;
  // What the lines themselves contradict.
  Findings said_;
};

}  // namespace gi::crash

#endif  // GI_TESTS_CRASH_ORACLE_H_
