#include "storage/engine/preconditions.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"

namespace gi::engine {

absl::Status CheckLogCommits(Revision expected_head, absl::Span<const LogCommit> commits) {
  uint64_t begin = expected_head.value;
  for (const LogCommit& commit : commits) {
    // Subtracting, not adding: `begin` is below `end`, so nothing overflows.
    if (commit.entries == 0 || commit.end.value <= begin || commit.end.value - begin != commit.entries) {
      return absl::InvalidArgumentError(absl::StrCat("a commit of ", commit.entries, " entries that ends at ",
                                                     commit.end.value, " does not begin at ", begin));
    }
    if (commit.payload.size() > kMaxCommitBytes) {
      return MakeError(registry::v1::ERROR_REASON_COMMIT_TOO_LARGE,
                       {{"size", absl::StrCat(commit.payload.size())}, {"limit", absl::StrCat(kMaxCommitBytes)}});
    }
    begin = commit.end.value;
  }
  return absl::OkStatus();
}

absl::Status CheckHead(Revision head, Revision expected_head) {
  if (head == expected_head) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("the head is ", head.value, ", not ", expected_head.value));
}

absl::Status CheckViewCommits(Revision applied, absl::Span<const ViewCommit> commits) {
  for (const ViewCommit& commit : commits) {
    if (commit.revision <= applied) {
      return absl::InvalidArgumentError(
          absl::StrCat("a view commit at ", commit.revision.value, " after ", applied.value));
    }
    applied = commit.revision;
    for (const ViewMutation& mutation : commit.mutations) RETURN_IF_ERROR(CheckKey(mutation.key));
  }
  return absl::OkStatus();
}

absl::Status CheckLocalMutations(absl::Span<const ViewMutation> mutations) {
  for (const ViewMutation& mutation : mutations) {
    if (mutation.space != Space::kLocal) return absl::InvalidArgumentError("a versioned mutation outside of a commit");
    RETURN_IF_ERROR(CheckKey(mutation.key));
  }
  return absl::OkStatus();
}

absl::Status CheckCommitPairs(absl::Span<const LogCommit> log_commits, absl::Span<const ViewCommit> view_commits) {
  if (log_commits.size() != view_commits.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(log_commits.size(), " log commits but ", view_commits.size(), " view commits"));
  }
  for (size_t i = 0; i < log_commits.size(); ++i) {
    if (log_commits[i].end != view_commits[i].revision) {
      return absl::InvalidArgumentError(absl::StrCat("a log commit that ends at ", log_commits[i].end.value,
                                                     " with a view commit at ", view_commits[i].revision.value));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKey(absl::string_view key) {
  if (key.size() <= kMaxKeyBytes) return absl::OkStatus();
  return MakeError(registry::v1::ERROR_REASON_FIELD_TOO_LONG,
                   {{"field", "key"}, {"size", absl::StrCat(key.size())}, {"limit", absl::StrCat(kMaxKeyBytes)}});
}

absl::Status CheckReadLimit(size_t max_commits) {
  if (max_commits > 0) return absl::OkStatus();
  return absl::InvalidArgumentError("max_commits must be at least 1");
}

absl::StatusOr<std::string> NewHistoryId() {
  std::string id(16, '\0');
  // Requests of up to 256 bytes are answered whole or not at all.
  ssize_t got;
  do {
    got = getrandom(id.data(), id.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got == static_cast<ssize_t>(id.size())) return id;
  return MakeError(registry::v1::ERROR_REASON_STORE_IO,
                   {{"detail", absl::StrCat("getrandom: ", std::strerror(errno))}});
}

}  // namespace gi::engine
