// What the contracts of log_store.h, view_store.h and engine.h ask of their callers, checked in one place so that all
// implementations refuse alike. For implementations of the seams; free functions, thread-safe.
//
// INVALID_ARGUMENT and "another head" are seen by code only, never by a client, and carry no reason unless one fits.
#ifndef GI_STORAGE_ENGINE_PRECONDITIONS_H_
#define GI_STORAGE_ENGINE_PRECONDITIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/base/revision.h"
#include "storage/engine/log_store.h"
#include "storage/engine/view_store.h"

namespace gi::engine {

// INVALID_ARGUMENT unless the commits follow each other without a gap from `expected_head` on, each with at least one
// entry and at most kMaxCommitBytes (COMMIT_TOO_LARGE).
absl::Status CheckLogCommits(Revision expected_head, absl::Span<const LogCommit> commits);

// FAILED_PRECONDITION, without a reason, unless the two are equal.
absl::Status CheckHead(Revision head, Revision expected_head);

// INVALID_ARGUMENT unless the revisions ascend from above `applied` and all keys are short enough.
absl::Status CheckViewCommits(Revision applied, absl::Span<const ViewCommit> commits);

// INVALID_ARGUMENT unless all keys are short enough and in the local space.
absl::Status CheckLocalMutations(absl::Span<const ViewMutation> mutations);

// INVALID_ARGUMENT unless there is one ViewCommit for each LogCommit, with the same revision.
absl::Status CheckCommitPairs(absl::Span<const LogCommit> log_commits, absl::Span<const ViewCommit> view_commits);

// INVALID_ARGUMENT (FIELD_TOO_LONG) if the key is longer than kMaxKeyBytes.
absl::Status CheckKey(absl::string_view key);

// INVALID_ARGUMENT if `max_commits` is 0: an empty answer would look like the head.
absl::Status CheckReadLimit(size_t max_commits);

// 16 random bytes from the operating system; STORE_IO if it has none.
absl::StatusOr<std::string> NewHistoryId();

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_PRECONDITIONS_H_
