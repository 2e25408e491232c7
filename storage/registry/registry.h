// Registry: the log with its view, opened. Everything above storage goes through it: reads at a revision, mutations in
// turn.
#ifndef GI_STORAGE_REGISTRY_REGISTRY_H_
#define GI_STORAGE_REGISTRY_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gi/registry/v1/common.pb.h"
#include "storage/base/sha256.h"
#include "storage/engine/engine.h"
#include "storage/registry/commit_clock.h"
#include "storage/registry/derived_cache.h"
#include "storage/registry/mutation.h"
#include "storage/registry/writer.h"
#include "storage/table/row_reader.h"

namespace gi::registry {

struct RegistryOptions {
  // Injected by tests.
  std::function<absl::Time()> clock = [] { return absl::Now(); };
  std::function<std::string(size_t)> entropy = RandomBytes;
  WriterOptions writer;
};

// What opening had to do.
struct OpenReport {
  Revision head;
  // Commits that the log had and the view had not.
  uint64_t replayed_commits = 0;
  // Why the view was rebuilt from the log; empty: it was not.
  std::string rebuilt_because;
};

// The registry at one revision; what a request reads from. Cheap to copy, thread-safe, holds its snapshot.
class ReadView {
 public:
  // `derived` is that of the registry and outlives the view.
  ReadView(std::shared_ptr<const engine::ViewSnapshot> snapshot, Revision at, std::optional<int64_t> commit_time_us,
           std::string history_id, DerivedCache& derived)
      : reader_(std::move(snapshot), at),
        commit_time_us_(commit_time_us),
        history_id_(std::move(history_id)),
        derived_(&derived) {}

  const table::RowReader& rows() const { return reader_; }
  Revision revision() const { return reader_.at(); }
  // 16 bytes.
  const std::string& history_id() const { return history_id_; }
  std::string HistoryIdText() const;
  // As the snapshot has them, also what came after the view's revision (see ViewSnapshot).
  std::unique_ptr<engine::ViewScan> ScanNewest(const engine::KeyRange& range) const {
    return reader_.snapshot().ScanNewest(range);
  }
  std::unique_ptr<engine::ViewScan> ScanSuperseded(const engine::KeyRange& range) const {
    return reader_.snapshot().ScanSuperseded(range);
  }
  // Whether a row of the table was ever deleted, also after the view's revision.
  absl::StatusOr<bool> HadDeletions(keyspace::Tag table) const;
  // When its commit was made; nullopt at revision 0.
  std::optional<int64_t> commit_time_us() const { return commit_time_us_; }
  DerivedCache& derived() const { return *derived_; }
  // What every answer carries.
  v1::ReadPoint ReadPoint() const;

 private:
  table::SnapshotReader reader_;
  std::optional<int64_t> commit_time_us_;
  std::string history_id_;
  DerivedCache* derived_;
};

// Thread-safe.
class Registry {
 public:
  // Opens what the engine holds: applies what the view lacks, and rebuilds it if an index definition changed. Errors of
  // the engine; DATA_CORRUPT if log or view do not decode or contradict each other.
  static absl::StatusOr<std::unique_ptr<Registry>> Open(std::unique_ptr<engine::Engine> engine,
                                                        RegistryOptions options = {});
  // Stops the writer, then closes the engine.
  ~Registry();

  const OpenReport& open_report() const { return report_; }
  const std::string& HistoryIdText() const { return history_id_text_; }
  absl::Time Now() const { return options_.clock(); }

  // The newest durable state.
  ReadView Newest() const;

  // The state that `read_at` asks for. REVISION_NOT_READABLE, RECORD_TIME_IN_FUTURE, HISTORY_MISMATCH, DATE_INVALID,
  // FIELDS_INVALID. A record time may wait for the running batch, a few milliseconds.
  absl::StatusOr<ReadView> At(const v1::ReadAt& read_at) const;
  absl::StatusOr<ReadView> AtRevision(Revision revision) const;
  // The state as its commit left it.
  absl::StatusOr<ReadView> AtCommit(const Committed& committed) const;

  // For reading what mutations have put with PutLocal, those acknowledged at least.
  absl::StatusOr<std::shared_ptr<const engine::ViewSnapshot>> LocalState() const { return engine_->view().Snapshot(); }

  // Before the first Submit; `observer` must outlive the registry, or be taken away again (nullptr) when nothing is
  // submitted any more.
  void SetObserver(Observer* observer) { observer_ = observer; }

  // See Writer::Submit.
  void Submit(MutationContext context, MutationFn function, Done done);
  // Runs the function on the newest state and keeps nothing: what validate_only does.
  absl::Status DryRun(MutationFn function) const;

  // A store failure ended writing.
  bool writes_stopped() const { return writer_->stopped(); }

  // A 32-byte secret of this data directory, for sealing page tokens.
  const std::string& token_key() const { return token_key_; }

  engine::Engine& engine() { return *engine_; }

  DerivedCache& derived() const { return derived_; }

 private:
  struct Published {
    std::shared_ptr<const engine::ViewSnapshot> snapshot;
    std::optional<int64_t> commit_time_us;
  };

  // Ends of commits that were asked for, with their times: they never change, and a dispute or a list of pages asks for
  // the same one again and again.
  class KnownEnds {
   public:
    bool Find(Revision revision, std::optional<int64_t>& time_us) const;
    void Add(Revision revision, std::optional<int64_t> time_us);

   private:
    mutable std::mutex mutex_;
    absl::flat_hash_map<uint64_t, std::optional<int64_t>> times_us_;
  };

  Registry(std::unique_ptr<engine::Engine> engine, RegistryOptions options);
  absl::Status Load();
  absl::Status Publish(std::optional<int64_t> commit_time_us);
  absl::StatusOr<std::optional<int64_t>> CommitTimeUs(Revision end) const;
  absl::StatusOr<ReadView> AtRecordTime(absl::Time time) const;
  Published published() const;

  const RegistryOptions options_;
  const std::unique_ptr<engine::Engine> engine_;
  OpenReport report_;
  std::string history_id_;
  std::string history_id_text_;
  std::string token_key_;
  std::unique_ptr<CommitClock> commit_clock_;
  std::atomic<Observer*> observer_{nullptr};
  mutable KnownEnds known_ends_;
  mutable DerivedCache derived_;
  mutable std::mutex published_mutex_;
  Published published_;
  // Last, so that it stops before anything it uses goes.
  std::unique_ptr<Writer> writer_;
};

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_REGISTRY_H_
