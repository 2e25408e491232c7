// ViewStore: a local, versioned, ordered key-value store, the second seam. It holds what Apply made of the log up to
// its applied revision, and can be rebuilt from the log at any time.
//
// Two spaces:
//   versioned  readable at the newest and at every earlier applied revision; for rows and their indexes.
//   local      unversioned: one value a key; for what is derived from whole commits (idempotency, times) or private to
//   this
//              server. Reads see the state at the time of the snapshot, whatever revision they ask for.
// Keys and values are any bytes, ordered bytewise; a key longer than kMaxKeyBytes is INVALID_ARGUMENT (FIELD_TOO_LONG),
// also when it is only looked for. The borders of a range may be longer.
#ifndef GI_STORAGE_ENGINE_VIEW_STORE_H_
#define GI_STORAGE_ENGINE_VIEW_STORE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/base/revision.h"

namespace gi::engine {

inline constexpr size_t kMaxKeyBytes = 4096;

enum class Space { kVersioned, kLocal };

struct ViewMutation {
  Space space = Space::kVersioned;
  std::string key;
  // nullopt deletes; deleting what is not there is no error.
  std::optional<std::string> value;
};

// What one commit of the log does to the view. If a key occurs twice, the last one counts.
struct ViewCommit {
  Revision revision;
  std::vector<ViewMutation> mutations;
};

struct VersionedValue {
  // The revision of the commit that wrote the value.
  Revision revision;
  std::string value;
  friend bool operator==(const VersionedValue&, const VersionedValue&) = default;
};

// Keys k with begin <= k < end; an empty `end` is open.
struct KeyRange {
  std::string begin;
  std::string end;
};
// All keys that begin with `prefix`.
KeyRange PrefixRange(absl::string_view prefix);

// A forward pass over a range:  while (scan->Next()) use(scan->key(), scan->value());  RETURN_IF_ERROR(scan->status());
// Keys come in ascending order, each once but for ScanSuperseded; what is deleted is passed over, but for ScanNewest
// and ScanSuperseded. Belongs to one thread; must not outlive its snapshot.
class ViewScan {
 public:
  virtual ~ViewScan() = default;
  // False at the end and after a failure; status() tells which.
  virtual bool Next() = 0;
  // Valid until the next call of Next.
  virtual absl::string_view key() const = 0;
  virtual absl::string_view value() const = 0;
  // Local space: Revision{0}.
  virtual Revision revision() const = 0;
  // A deletion, without value.
  virtual bool deleted() const { return false; }
  virtual absl::Status status() const = 0;
};

// The view as it was when the snapshot was taken; never changes, whatever is applied later. Thread-safe. Keep it for
// the time of a request, not for ever: it holds superseded data of the local space back from compaction. After Close of
// the store it answers STORE_CLOSED.
class ViewSnapshot {
 public:
  virtual ~ViewSnapshot() = default;

  // The applied revision at the time of the snapshot.
  virtual Revision revision() const = 0;

  // The versioned value of `key` as of revision `at`; `at` above revision() reads as revision(). Absence is not an
  // error. Cost: one point read, and one seek more if the value was changed after `at`, however many versions there
  // are.
  virtual absl::StatusOr<std::optional<VersionedValue>> Get(absl::string_view key, Revision at) const = 0;

  // As Get for each key, in the order of `keys`.
  virtual absl::StatusOr<std::vector<std::optional<VersionedValue>>> MultiGet(absl::Span<const std::string> keys,
                                                                              Revision at) const = 0;

  // The versioned keys of the range as of revision `at`. Cost: at most one seek per distinct key beside the pass
  // itself.
  virtual std::unique_ptr<ViewScan> Scan(const KeyRange& range, Revision at) const = 0;

  // As Scan at revision(), with the keys that were deleted.
  virtual std::unique_ptr<ViewScan> ScanNewest(const KeyRange& range) const = 0;

  // The values of the versioned keys of the range, and their deletions, that something later has superseded: by
  // ascending key, of one key newest first, each with the revision of the commit that wrote it. Cost: the pass itself.
  virtual std::unique_ptr<ViewScan> ScanSuperseded(const KeyRange& range) const = 0;

  virtual absl::StatusOr<std::optional<std::string>> GetLocal(absl::string_view key) const = 0;
  virtual std::unique_ptr<ViewScan> ScanLocal(const KeyRange& range) const = 0;
};

// Thread-safe: any number of readers beside one writer. Errors as in LogStore.
class ViewStore {
 public:
  virtual ~ViewStore() = default;

  virtual absl::StatusOr<Revision> AppliedRevision() const = 0;

  // Applies the commits in order, atomically: a later snapshot sees all of them or, after a failure, none. Their
  // revisions must ascend and lie above the applied one; INVALID_ARGUMENT otherwise. Durable no later than Close; after
  // a crash the view may be behind its log, never ahead and never with half a commit.
  virtual absl::Status Apply(absl::Span<const ViewCommit> commits) = 0;

  // Changes of the local space that belong to no commit.
  virtual absl::Status ApplyLocal(absl::Span<const ViewMutation> mutations) = 0;

  virtual absl::StatusOr<std::shared_ptr<const ViewSnapshot>> Snapshot() const = 0;

  // Removes everything, both spaces; the applied revision is 0 again. For rebuilding from the log.
  virtual absl::Status Clear() = 0;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_VIEW_STORE_H_
