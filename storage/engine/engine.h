// Engine: a LogStore and a ViewStore that belong together, and the one operation that writes to both.
#ifndef GI_STORAGE_ENGINE_ENGINE_H_
#define GI_STORAGE_ENGINE_ENGINE_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/engine/log_store.h"
#include "storage/engine/view_store.h"

namespace gi::engine {

class Engine {
 public:
  virtual ~Engine() = default;

  virtual LogStore& log() = 0;
  virtual ViewStore& view() = 0;

  // Appends `log` as LogStore::Append does and applies `view`, one ViewCommit for each LogCommit with the same
  // revision. OK: both done, the log durable. FAILED_PRECONDITION without a reason (another head, or a view that has
  // not applied exactly what lies before it), INVALID_ARGUMENT: neither. Otherwise the outcome is unknown. An engine
  // whose two stores share a device does both in one atomic write with one sync; the default does one after the other,
  // and whoever opens the registry applies what the view still lacks.
  virtual absl::Status Commit(Revision expected_head, absl::Span<const LogCommit> log_commits,
                              absl::Span<const ViewCommit> view_commits);

  // Flushes and releases everything; later calls of the stores, their snapshots and scans return STORE_CLOSED; these
  // may be destroyed at any time, also after the engine. Idempotent. Waits for calls that are under way, not for
  // holders of snapshots. A failure is reported, but everything is released.
  virtual absl::Status Close() = 0;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ENGINE_H_
