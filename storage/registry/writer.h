// Writer: what changes the registry, and the only one. Mutations run on one thread in the order they came, each on what
// the ones before it staged; a whole batch is one engine commit with one sync, then the new state is published and the
// callers are answered. While a batch is committed the next one is run, on what the first will leave: nothing of it is
// written or answered before that is durable.
#ifndef GI_STORAGE_REGISTRY_WRITER_H_
#define GI_STORAGE_REGISTRY_WRITER_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gi/storage/v1/log.pb.h"
#include "storage/engine/engine.h"
#include "storage/registry/commit_clock.h"
#include "storage/registry/mutation.h"

namespace gi::registry {

// Who changes the registry, why, and by which call.
struct MutationContext {
  storage::v1::Actor actor;
  storage::v1::Reason reason;
  storage::v1::Call call;
  // A mutation not begun by then is refused with DEADLINE_PASSED.
  absl::Time deadline = absl::InfiniteFuture();
};

// A durable commit, and which row shows the call's answer: that row as of this revision.
struct Committed {
  Revision revision;
  std::string answer_key;
  // Absent for a replay.
  std::optional<int64_t> commit_time_us;
  // The same call was made before; this is its commit.
  bool replayed = false;
};

// Told of every durable batch in turn, on a thread of the writer, after it can be read and before its callers are
// answered.
class Observer {
 public:
  virtual ~Observer() = default;
  // What the commits did to the view, in order; `head` and `commit_time_us` are those of the last one.
  virtual void OnCommitted(absl::Span<const engine::ViewCommit> commits, Revision head, int64_t commit_time_us) = 0;
};

using Done = absl::AnyInvocable<void(absl::StatusOr<Committed>)>;

struct WriterOptions {
  // Callers waiting; one more is refused with OVERLOADED.
  size_t max_queue = 10'000;
  // Mutations of one batch.
  size_t max_batch = 512;
  // Bytes from which a batch is closed early.
  size_t max_batch_bytes = 8 << 20;
};

// Thread-safe.
class Writer {
 public:
  // Called after each durable batch: makes its last commit, and all before it, readable.
  using Publish =
      std::function<absl::Status(absl::Span<const engine::ViewCommit> commits, Revision head, int64_t commit_time_us)>;

  // `engine`, `clock` must outlive the writer.
  Writer(engine::Engine& engine, CommitClock& clock, std::function<std::string(size_t)> entropy, Revision head,
         Publish publish, const WriterOptions& options);
  // Refuses what waits with NOT_SERVING, finishes the running batch.
  ~Writer();

  // Answers `done` exactly once, on a thread of the writer: when the commit is durable and published, or with the error
  // of the function, or REQUEST_ID_REUSED, COMMIT_TOO_LARGE, OVERLOADED, DEADLINE_PASSED, NOT_SERVING, WRITES_STOPPED
  // (nothing done), COMMIT_OUTCOME_UNKNOWN. The same call with the same digest is answered with the commit it made.
  void Submit(MutationContext context, MutationFn function, Done done);

  // The store failed; nothing is written until the registry is reopened.
  bool stopped() const;

 private:
  struct Request {
    MutationContext context;
    MutationFn function;
    Done done;
    absl::StatusOr<Committed> answer = absl::UnknownError("not run");
  };
  struct Batch;

  void WriteLoop();
  void CommitLoop();
  void AnswerLoop();
  void RunBatch(std::vector<Request> requests);
  // Brings the batch to its end, once the one before has come to its own: here, or on the other thread if there is more
  // to run meanwhile.
  void Commit(std::shared_ptr<Batch> batch);
  void CommitNow(Batch& batch);
  void RunRequest(Request& request, Batch& batch);
  absl::StatusOr<Committed> Stage(Request& request, Batch& batch);
  absl::Status Write(const Batch& batch);
  void AnswerLater(std::vector<Request> requests);

  engine::Engine& engine_;
  CommitClock& clock_;
  const std::function<std::string(size_t)> entropy_;
  const Publish publish_;
  const WriterOptions options_;
  // Of the write thread: where the batches end that it has run, and the last one, until that is known to be committed.
  Revision head_;
  std::shared_ptr<Batch> last_;

  mutable std::mutex mutex_;
  std::condition_variable work_, commit_ready_, commit_done_, answers_ready_;
  std::deque<Request> queue_;
  // Being committed by the other thread.
  std::shared_ptr<Batch> committing_;
  std::deque<std::vector<Request>> answers_;
  bool stopping_ = false;
  bool failed_ = false;
  bool writer_done_ = false;
  bool commits_done_ = false;
  std::thread write_thread_, commit_thread_, answer_thread_;
};

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_WRITER_H_
