// LogStore: the append-only log, the first of the two seams between the registry and whatever keeps its bytes.
//
// The log is a sequence of commits; a commit holds one or more entries and is never split by a reader. The store knows
// nothing of what is in a commit: it keeps the number of entries and an opaque payload.
#ifndef GI_STORAGE_ENGINE_LOG_STORE_H_
#define GI_STORAGE_ENGINE_LOG_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/base/revision.h"

namespace gi::engine {

// Largest payload of one commit in bytes, known before staging: what every implementation must take. A cluster engine
// splits it over several values (etcd: 1.5 MiB a request).
inline constexpr size_t kMaxCommitBytes = 4 << 20;

struct LogCommit {
  // Length of the log after this commit; its entries have the sequence numbers [end - entries, end).
  Revision end;
  // At least 1.
  uint64_t entries = 0;
  // At most kMaxCommitBytes.
  std::string payload;
  friend bool operator==(const LogCommit&, const LogCommit&) = default;
};

// Thread-safe: reads run beside an append; appends are made by one writer at a time (two at once is an error of the
// caller that at most one of them survives: the other finds another head).
//
// Every method of a closed store returns STORE_CLOSED; a failing device gives STORE_IO, undecodable bytes DATA_CORRUPT.
class LogStore {
 public:
  virtual ~LogStore() = default;

  // Length of the log: the end of the last durable commit.
  virtual absl::StatusOr<Revision> Head() const = 0;

  // Appends the commits in order, all or nothing, and returns OK only when they survive the loss of power. The first
  // commit must begin at `expected_head` and each next one where the one before ends; INVALID_ARGUMENT otherwise, or if
  // a payload is too large (COMMIT_TOO_LARGE). FAILED_PRECONDITION without a reason, nothing appended, if the log's
  // head is not `expected_head` (another writer was faster). Any other failure: the outcome is unknown, and the store
  // must be reopened before anything is appended again.
  virtual absl::Status Append(Revision expected_head, absl::Span<const LogCommit> commits) = 0;

  // Commits that end after `after`, in order: whole ones, at most `max_commits` (INVALID_ARGUMENT if 0) and, beyond the
  // first, at most `max_bytes` of payload in all. `after` may lie inside a commit, which is then the first one
  // returned. Empty at the head.
  virtual absl::StatusOr<std::vector<LogCommit>> Read(Revision after, size_t max_commits, size_t max_bytes) const = 0;

  // The nearest commit ends at or before and at or after `revision`; equal if it is itself one. `after` is Revision{0}
  // and `has_after` false beyond the head. Revision 0 counts as a commit end.
  struct Neighbours {
    Revision before;
    Revision after;
    bool has_after = false;
  };
  virtual absl::StatusOr<Neighbours> FindCommitEnds(Revision revision) const = 0;

  // The identity of this history: 16 bytes, random, made when the log is created, so that two logs are never mistaken
  // for each other.
  virtual absl::StatusOr<std::string> HistoryId() const = 0;

  // Replaces the identity: after a restore, the same revisions may come to mean something else.
  virtual absl::Status StartNewHistory() = 0;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_LOG_STORE_H_
