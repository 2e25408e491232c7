#include "storage/engine/engine.h"

#include <string>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/engine/preconditions.h"

namespace gi::engine {

KeyRange PrefixRange(absl::string_view prefix) {
  std::string end(prefix);
  // The end is the next string that is not longer: bytes that cannot be increased are dropped.
  while (!end.empty() && end.back() == '\xFF') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return KeyRange{.begin = std::string(prefix), .end = std::move(end)};
}

absl::Status Engine::Commit(Revision expected_head, absl::Span<const LogCommit> log_commits,
                            absl::Span<const ViewCommit> view_commits) {
  // Whatever Apply would refuse is found before the append, so that only a failing device can leave the view behind.
  RETURN_IF_ERROR(CheckCommitPairs(log_commits, view_commits));
  RETURN_IF_ERROR(CheckLogCommits(expected_head, log_commits));
  ASSIGN_OR_RETURN(const Revision applied, view().AppliedRevision());
  RETURN_IF_ERROR(CheckHead(applied, expected_head));
  RETURN_IF_ERROR(CheckViewCommits(applied, view_commits));
  RETURN_IF_ERROR(log().Append(expected_head, log_commits));
  return view().Apply(view_commits);
}

}  // namespace gi::engine
