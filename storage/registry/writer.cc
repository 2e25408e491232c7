#include "storage/registry/writer.h"

#include <sys/resource.h>

#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/base/uuid.h"
#include "storage/registry/apply.h"

namespace gi::registry {

// Run on one thread; once it has run nothing of it changes but the answers.
struct Writer::Batch {
  Batch(std::shared_ptr<const engine::ViewSnapshot> s, std::shared_ptr<const Batch> b, Revision h)
      : snapshot(s),
        before(std::move(b)),
        staging(std::make_shared<Staging>(std::move(s), before == nullptr ? nullptr : before->staging)),
        base(h),
        head(h) {}

  std::shared_ptr<const engine::ViewSnapshot> snapshot;
  // May not be in the snapshot yet. nullptr: it is.
  std::shared_ptr<const Batch> before;
  std::shared_ptr<Staging> staging;
  Revision base, head;
  int64_t last_time_us = 0;
  size_t bytes = 0;
  std::vector<engine::LogCommit> log;
  std::vector<engine::ViewCommit> view;
  // Of mutations that log nothing, as long as there is no commit that they can go with.
  std::vector<engine::ViewMutation> local;
  // Calls committed in this batch, not yet in the snapshot.
  absl::flat_hash_map<std::string, storage::v1::CallRecord> calls;
  std::vector<Request> requests;
};

namespace {

absl::StatusOr<std::optional<storage::v1::CallRecord>> ReadCall(const engine::ViewSnapshot& snapshot,
                                                                const std::string& key) {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, snapshot.GetLocal(key));
  if (!value) return std::optional<storage::v1::CallRecord>();
  storage::v1::CallRecord record;
  if (!record.ParseFromString(*value)) {
    return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "call record"}});
  }
  return std::optional<storage::v1::CallRecord>(std::move(record));
}

// What is handed over is large or one of many: who asks for something meanwhile goes first. (Measured: 99 % of the
// checks during an import then take no longer than without one.)
constexpr int kNiceOfCommits = 5;

// Committing it takes longer than handing it over to the other thread.
constexpr size_t kLargeBatch = 64 << 10;

absl::StatusOr<Committed> Replay(const storage::v1::CallRecord& record, const storage::v1::Call& call) {
  if (record.request_digest() != call.request_digest()) {
    return MakeError(ErrorReason::ERROR_REASON_REQUEST_ID_REUSED,
                     {{"request_id", FormatUuid(call.request_id())}, {"revision", absl::StrCat(record.revision())}});
  }
  return Committed{Revision{record.revision()}, record.answer_key(), std::nullopt, /*replayed=*/true};
}

}  // namespace

Writer::Writer(engine::Engine& engine, CommitClock& clock, std::function<std::string(size_t)> entropy, Revision head,
               Publish publish, const WriterOptions& options)
    : engine_(engine),
      clock_(clock),
      entropy_(std::move(entropy)),
      publish_(std::move(publish)),
      options_(options),
      head_(head),
      write_thread_([this] { WriteLoop(); }),
      commit_thread_([this] { CommitLoop(); }),
      answer_thread_([this] { AnswerLoop(); }) {}

Writer::~Writer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  write_thread_.join();
  {
    std::lock_guard lock(mutex_);
    writer_done_ = true;
  }
  commit_ready_.notify_all();
  commit_thread_.join();
  {
    std::lock_guard lock(mutex_);
    commits_done_ = true;
  }
  answers_ready_.notify_all();
  answer_thread_.join();
}

bool Writer::stopped() const {
  std::lock_guard lock(mutex_);
  return failed_;
}

void Writer::Submit(MutationContext context, MutationFn function, Done done) {
  absl::Status refusal;
  {
    std::lock_guard lock(mutex_);
    if (failed_) {
      refusal = MakeError(ErrorReason::ERROR_REASON_WRITES_STOPPED);
    } else if (stopping_) {
      refusal = MakeError(ErrorReason::ERROR_REASON_NOT_SERVING);
    } else if (queue_.size() >= options_.max_queue) {
      refusal = MakeError(ErrorReason::ERROR_REASON_OVERLOADED);
    } else {
      queue_.push_back({std::move(context), std::move(function), std::move(done)});
      work_.notify_one();
      return;
    }
  }
  done(refusal);
}

void Writer::WriteLoop() {
  while (true) {
    std::vector<Request> requests;
    bool refuse = false;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      refuse = stopping_ || failed_;
      const size_t count = refuse ? queue_.size() : std::min(queue_.size(), options_.max_batch);
      std::move(queue_.begin(), queue_.begin() + static_cast<ptrdiff_t>(count), std::back_inserter(requests));
      queue_.erase(queue_.begin(), queue_.begin() + static_cast<ptrdiff_t>(count));
    }
    if (refuse) {
      const ErrorReason why =
          stopped() ? ErrorReason::ERROR_REASON_WRITES_STOPPED : ErrorReason::ERROR_REASON_NOT_SERVING;
      for (Request& request : requests) request.answer = MakeError(why);
      AnswerLater(std::move(requests));
    } else {
      RunBatch(std::move(requests));
    }
  }
}

void Writer::RunBatch(std::vector<Request> requests) {
  {
    std::lock_guard lock(mutex_);
    if (committing_ == nullptr) last_.reset();
  }
  // Taken after that look: it has what was committed by then.
  absl::StatusOr<std::shared_ptr<const engine::ViewSnapshot>> snapshot = engine_.view().Snapshot();
  if (!snapshot.ok()) {
    for (Request& request : requests) request.answer = snapshot.status();
    AnswerLater(std::move(requests));
    return;
  }
  auto batch = std::make_shared<Batch>(*std::move(snapshot), last_, head_);
  clock_.BeginBatch();
  size_t run = 0;
  for (; run < requests.size() && batch->bytes < options_.max_batch_bytes; ++run) RunRequest(requests[run], *batch);
  if (run < requests.size()) {
    std::lock_guard lock(mutex_);
    queue_.insert(queue_.begin(), std::make_move_iterator(requests.begin() + static_cast<ptrdiff_t>(run)),
                  std::make_move_iterator(requests.end()));
    requests.erase(requests.begin() + static_cast<ptrdiff_t>(run), requests.end());
  }
  batch->requests = std::move(requests);
  head_ = batch->head;
  Commit(std::move(batch));
}

void Writer::Commit(std::shared_ptr<Batch> batch) {
  last_ = batch;
  {
    std::unique_lock lock(mutex_);
    commit_done_.wait(lock, [&] { return committing_ == nullptr; });
    batch->before.reset();
    batch->staging->ForgetBefore();
    if (!queue_.empty() || batch->bytes >= kLargeBatch) {
      committing_ = std::move(batch);
      commit_ready_.notify_one();
      return;
    }
  }
  CommitNow(*batch);
  last_.reset();
}

void Writer::CommitLoop() {
  // On Linux this is of the calling thread alone. If it is refused, large batches make others wait a little more.
  (void)setpriority(PRIO_PROCESS, 0, kNiceOfCommits);
  while (true) {
    std::shared_ptr<Batch> batch;
    {
      std::unique_lock lock(mutex_);
      commit_ready_.wait(lock, [&] { return writer_done_ || committing_ != nullptr; });
      if (committing_ == nullptr) return;
      batch = committing_;
    }
    CommitNow(*batch);
    {
      std::lock_guard lock(mutex_);
      committing_.reset();
    }
    commit_done_.notify_one();
  }
}

void Writer::CommitNow(Batch& batch) {
  absl::Status refused;
  if (stopped()) {
    // It rests on a batch that failed.
    refused = MakeError(ErrorReason::ERROR_REASON_WRITES_STOPPED);
    clock_.EndBatch(false);
  } else if (const absl::Status written = Write(batch); !written.ok()) {
    // Refusals may rest on rows that were staged and lost, and replays on commits of this batch: none of them is
    // certain.
    refused = MakeError(ErrorReason::ERROR_REASON_COMMIT_OUTCOME_UNKNOWN, {{"detail", std::string(written.message())}});
  }
  if (!refused.ok()) {
    for (Request& request : batch.requests) request.answer = refused;
  }
  AnswerLater(std::move(batch.requests));
}

absl::Status Writer::Write(const Batch& batch) {
  absl::Status status;
  if (!batch.log.empty()) {
    status = engine_.Commit(batch.base, batch.log, batch.view);
    if (status.ok()) status = publish_(batch.view, batch.head, batch.last_time_us);
  } else if (!batch.local.empty()) {
    status = engine_.view().ApplyLocal(batch.local);
  }
  clock_.EndBatch(status.ok());
  if (!status.ok()) {
    std::lock_guard lock(mutex_);
    failed_ = true;
  }
  return status;
}

void Writer::RunRequest(Request& request, Batch& batch) {
  request.answer = Stage(request, batch);
  if (!request.answer.ok()) batch.staging->RollBack();
}

absl::StatusOr<Committed> Writer::Stage(Request& request, Batch& batch) {
  MutationContext& context = request.context;
  const int64_t time_us = clock_.NextUs();
  const absl::Time now = absl::FromUnixMicros(time_us);
  if (now > context.deadline) return MakeError(ErrorReason::ERROR_REASON_DEADLINE_PASSED);

  const std::string call_key = CallKey(context.call);
  for (const Batch* one : std::initializer_list<const Batch*>{&batch, batch.before.get()}) {
    if (one == nullptr) continue;
    if (auto it = one->calls.find(call_key); it != one->calls.end()) return Replay(it->second, context.call);
  }
  ASSIGN_OR_RETURN(const std::optional<storage::v1::CallRecord> earlier, ReadCall(*batch.snapshot, call_key));
  if (earlier) return Replay(*earlier, context.call);

  Mutation mutation(*batch.staging, now, entropy_);
  RETURN_IF_ERROR(request.function(mutation));
  storage::v1::Commit commit = mutation.TakeCommit();
  std::vector<engine::ViewMutation> changes = mutation.TakeView();
  if (commit.entries_size() == 0) {
    if (changes.empty()) {
      return MakeError(ErrorReason::ERROR_REASON_INTERNAL, {{"detail", "a mutation that changes nothing"}});
    }
    std::vector<engine::ViewMutation>& local = batch.view.empty() ? batch.local : batch.view.back().mutations;
    std::move(changes.begin(), changes.end(), std::back_inserter(local));
    batch.staging->Keep(batch.head);
    return Committed{batch.head, "", std::nullopt, /*replayed=*/false};
  }
  storage::v1::CommitHeader& header = *commit.mutable_header();
  header.set_format(kCommitFormat);
  header.set_commit_time_us(time_us);
  *header.mutable_actor() = context.actor;
  *header.mutable_reason() = context.reason;
  const uint32_t answer_entry = header.call().answer_entry();
  *header.mutable_call() = context.call;
  header.mutable_call()->set_answer_entry(answer_entry);

  const Revision end{batch.head.value + static_cast<uint64_t>(commit.entries_size())};
  engine::LogCommit packed = PackCommit(commit, end);
  if (packed.payload.size() > engine::kMaxCommitBytes) {
    return MakeError(ErrorReason::ERROR_REASON_COMMIT_TOO_LARGE,
                     {{"size", absl::StrCat(packed.payload.size())}, {"limit", absl::StrCat(engine::kMaxCommitBytes)}});
  }
  engine::ViewCommit view{end, std::exchange(batch.local, {})};
  std::move(changes.begin(), changes.end(), std::back_inserter(view.mutations));
  AppendCommitRecords(commit, end, view.mutations);

  const storage::v1::CallRecord& record = batch.calls[call_key] = CallRecordOf(commit, end);
  batch.staging->Keep(end);
  batch.head = end;
  batch.last_time_us = time_us;
  batch.bytes += packed.payload.size();
  batch.log.push_back(std::move(packed));
  batch.view.push_back(std::move(view));
  return Committed{end, record.answer_key(), time_us, /*replayed=*/false};
}

void Writer::AnswerLater(std::vector<Request> requests) {
  {
    std::lock_guard lock(mutex_);
    answers_.push_back(std::move(requests));
  }
  answers_ready_.notify_one();
}

void Writer::AnswerLoop() {
  while (true) {
    std::deque<std::vector<Request>> answers;
    {
      std::unique_lock lock(mutex_);
      answers_ready_.wait(lock, [&] { return commits_done_ || !answers_.empty(); });
      if (answers_.empty()) return;
      answers.swap(answers_);
    }
    for (std::vector<Request>& requests : answers) {
      for (Request& request : requests) request.done(std::move(request.answer));
    }
  }
}

}  // namespace gi::registry
