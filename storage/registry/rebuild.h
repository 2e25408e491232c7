// Keeping the view equal to its log: catching up after a crash, rebuilding when an index definition changed, and the
// check that both are equal. Not thread-safe against a writer.
#ifndef GI_STORAGE_REGISTRY_REBUILD_H_
#define GI_STORAGE_REGISTRY_REBUILD_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/engine/engine.h"

namespace gi::registry {

// Applies to `view` every commit of `log` that it lacks. Returns their number. DATA_CORRUPT if the view is ahead.
absl::StatusOr<uint64_t> CatchUp(const engine::LogStore& log, engine::ViewStore& view);

// Clears the view if its index definitions are not this program's (a raised version, or another ICU for one that folds
// text). Returns the reason, or "" if nothing was done. Then CatchUp.
absl::StatusOr<std::string> ClearIfOutdated(engine::ViewStore& view);
// Records that the view was made by this program's index definitions.
absl::Status RecordIndexVersions(engine::ViewStore& view);

// Rebuilds a second view from the log in memory and compares both, key by key and byte by byte: all rows and indexes at
// the head and at up to `earlier_revisions` earlier commit ends spread over the log, and the calls and commit times.
// Also checks that the log is dense and its times ascend. DATA_CORRUPT names the first difference. For tests and the
// operator's
// --check-data: needs memory for the whole view.
struct SelfCheckReport {
  uint64_t commits = 0;
  uint64_t keys = 0;
  uint64_t revisions_compared = 0;
};
absl::StatusOr<SelfCheckReport> CheckAgainstRebuild(engine::Engine& engine, int earlier_revisions);

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_REBUILD_H_
