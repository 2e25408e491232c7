// Apply: from entries of the log to rows, indexes and the two tables derived from whole commits (calls, commit times).
// A pure function of the log and the rows before; the writer and every rebuild use this one. Also the packing of
// commits and the leaves of their entries. Thread-safe.
#ifndef GI_STORAGE_REGISTRY_APPLY_H_
#define GI_STORAGE_REGISTRY_APPLY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/storage/v1/log.pb.h"
#include "storage/engine/log_store.h"
#include "storage/engine/view_store.h"
#include "storage/keyspace/key.h"
#include "storage/table/row_reader.h"

namespace gi::registry {

// The format of commits this program writes, and the highest it reads.
inline constexpr uint32_t kCommitFormat = 1;

// DATA_CORRUPT if the payload is no commit with as many entries as the store says, or of a later format.
absl::StatusOr<storage::v1::Commit> UnpackCommit(const engine::LogCommit& packed);
engine::LogCommit PackCommit(const storage::v1::Commit& commit, Revision end);

// What the commit that ends at `end` does to the view whose rows, before it, are those of `before`. DATA_CORRUPT for an
// entry that names no table or does not parse.
absl::StatusOr<engine::ViewCommit> ApplyCommit(const storage::v1::Commit& commit, Revision end,
                                               const table::RowReader& before);

// What a commit keeps of its call.
storage::v1::CallRecord CallRecordOf(const storage::v1::Commit& commit, Revision end);

// Appends the mutations of the local space that follow from the commit as a whole.
void AppendCommitRecords(const storage::v1::Commit& commit, Revision end, std::vector<engine::ViewMutation>& mutations);

// Keys of the local space.
// The revision at which a row of the table was deleted last; none if none ever was.
std::string DeletionsKey(keyspace::Tag table);
std::string CallKey(const storage::v1::Call& call);
// Descending in time, so that a scan from CommitTimeKey(T) begins with the last commit at or before T.
std::string CommitTimeKey(int64_t commit_time_us);

// The leaf (storage/base/leaf.h) of one entry of the commit that ends at `end`.
absl::StatusOr<std::string> EncodeEntryLeaf(const storage::v1::Commit& commit, int entry, Revision end);

// Erases one top-level field of the entry's row: its bytes, its salt and the seed go, its commitment stays. The leaf
// does not change. Erasing what is not there is no error.
absl::Status EraseField(storage::v1::LogEntry& entry, uint32_t field_number);

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_APPLY_H_
