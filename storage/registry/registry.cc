#include "storage/registry/registry.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/base/date.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/registry/apply.h"
#include "storage/registry/rebuild.h"

namespace gi::registry {
namespace {

absl::Status NotReadable(absl::string_view revision, absl::string_view before, absl::string_view after) {
  return MakeError(
      ErrorReason::ERROR_REASON_REVISION_NOT_READABLE,
      {{"revision", std::string(revision)}, {"before", std::string(before)}, {"after", std::string(after)}});
}

std::string TokenKeyKey() { return keyspace::KeyWriter(keyspace::kMeta).String("token_key").bytes(); }

absl::StatusOr<std::string> LoadTokenKey(engine::ViewStore& view, const std::function<std::string(size_t)>& entropy) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const engine::ViewSnapshot> snapshot, view.Snapshot());
  ASSIGN_OR_RETURN(std::optional<std::string> key, snapshot->GetLocal(TokenKeyKey()));
  if (key) return *std::move(key);
  std::string made = entropy(32);
  const engine::ViewMutation mutation{engine::Space::kLocal, TokenKeyKey(), made};
  RETURN_IF_ERROR(view.ApplyLocal({&mutation, 1}));
  return made;
}

absl::Status TimeInvalid(absl::string_view field, std::string value) {
  FieldViolations violations;
  violations.Add(field, ErrorReason::ERROR_REASON_DATE_INVALID, {{"value", std::move(value)}});
  return violations.ToStatus();
}

}  // namespace

std::string ReadView::HistoryIdText() const { return absl::BytesToHexString(history_id_); }

absl::StatusOr<bool> ReadView::HadDeletions(keyspace::Tag table) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> last, reader_.snapshot().GetLocal(DeletionsKey(table)));
  return last.has_value();
}

v1::ReadPoint ReadView::ReadPoint() const {
  v1::ReadPoint point;
  point.set_revision(static_cast<int64_t>(revision().value));
  point.set_history_id(absl::BytesToHexString(history_id_));
  if (commit_time_us_) *point.mutable_commit_time() = ToTimestamp(*commit_time_us_);
  return point;
}

absl::StatusOr<std::unique_ptr<Registry>> Registry::Open(std::unique_ptr<engine::Engine> engine,
                                                         RegistryOptions options) {
  std::unique_ptr<Registry> registry(new Registry(std::move(engine), std::move(options)));
  RETURN_IF_ERROR(registry->Load());
  return registry;
}

Registry::Registry(std::unique_ptr<engine::Engine> engine, RegistryOptions options)
    : options_(std::move(options)), engine_(std::move(engine)) {}

Registry::~Registry() {
  writer_.reset();
  published_ = {};
  // Nothing is left to tell: what was acknowledged is durable already.
  engine_->Close().IgnoreError();
}

absl::Status Registry::Load() {
  engine::LogStore& log = engine_->log();
  engine::ViewStore& view = engine_->view();
  ASSIGN_OR_RETURN(history_id_, log.HistoryId());
  history_id_text_ = absl::BytesToHexString(history_id_);
  ASSIGN_OR_RETURN(report_.rebuilt_because, ClearIfOutdated(view));
  ASSIGN_OR_RETURN(report_.replayed_commits, CatchUp(log, view));
  RETURN_IF_ERROR(RecordIndexVersions(view));
  ASSIGN_OR_RETURN(token_key_, LoadTokenKey(view, options_.entropy));
  ASSIGN_OR_RETURN(report_.head, log.Head());
  ASSIGN_OR_RETURN(const std::optional<int64_t> last_us, CommitTimeUs(report_.head));
  commit_clock_ = std::make_unique<CommitClock>(options_.clock, last_us.value_or(0));
  RETURN_IF_ERROR(Publish(last_us));
  writer_ = std::make_unique<Writer>(
      *engine_, *commit_clock_, options_.entropy, report_.head,
      [this](absl::Span<const engine::ViewCommit> commits, Revision head, int64_t commit_time_us) -> absl::Status {
        RETURN_IF_ERROR(Publish(commit_time_us));
        if (Observer* observer = observer_; observer != nullptr) observer->OnCommitted(commits, head, commit_time_us);
        return absl::OkStatus();
      },
      options_.writer);
  return absl::OkStatus();
}

absl::Status Registry::Publish(std::optional<int64_t> commit_time_us) {
  ASSIGN_OR_RETURN(std::shared_ptr<const engine::ViewSnapshot> snapshot, engine_->view().Snapshot());
  Published next{std::move(snapshot), commit_time_us};
  std::lock_guard lock(published_mutex_);
  std::swap(published_, next);
  return absl::OkStatus();
}

Registry::Published Registry::published() const {
  std::lock_guard lock(published_mutex_);
  return published_;
}

ReadView Registry::Newest() const {
  Published newest = published();
  const Revision at = newest.snapshot->revision();
  return ReadView(std::move(newest.snapshot), at, newest.commit_time_us, history_id_, derived_);
}

absl::StatusOr<std::optional<int64_t>> Registry::CommitTimeUs(Revision end) const {
  if (end == Revision{0}) return std::optional<int64_t>();
  ASSIGN_OR_RETURN(const std::vector<engine::LogCommit> packed, engine_->log().Read(Revision{end.value - 1}, 1, 1));
  if (packed.empty())
    return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "log shorter than its head"}});
  ASSIGN_OR_RETURN(const storage::v1::Commit commit, UnpackCommit(packed.front()));
  return std::optional<int64_t>(commit.header().commit_time_us());
}

bool Registry::KnownEnds::Find(Revision revision, std::optional<int64_t>& time_us) const {
  const std::lock_guard lock(mutex_);
  const auto found = times_us_.find(revision.value);
  if (found == times_us_.end()) return false;
  time_us = found->second;
  return true;
}

void Registry::KnownEnds::Add(Revision revision, std::optional<int64_t> time_us) {
  constexpr size_t kMost = 10'000;
  const std::lock_guard lock(mutex_);
  if (times_us_.size() >= kMost) times_us_.clear();
  times_us_[revision.value] = time_us;
}

absl::StatusOr<ReadView> Registry::AtRevision(Revision revision) const {
  Published newest = published();
  const Revision head = newest.snapshot->revision();
  if (revision == head) return ReadView(std::move(newest.snapshot), head, newest.commit_time_us, history_id_, derived_);
  if (revision > head) return NotReadable(absl::StrCat(revision.value), absl::StrCat(head.value), "");
  std::optional<int64_t> time_us;
  if (!known_ends_.Find(revision, time_us)) {
    ASSIGN_OR_RETURN(const engine::LogStore::Neighbours ends, engine_->log().FindCommitEnds(revision));
    if (ends.before != revision) {
      return NotReadable(absl::StrCat(revision.value), absl::StrCat(ends.before.value), absl::StrCat(ends.after.value));
    }
    ASSIGN_OR_RETURN(time_us, CommitTimeUs(revision));
    known_ends_.Add(revision, time_us);
  }
  return ReadView(std::move(newest.snapshot), revision, time_us, history_id_, derived_);
}

absl::StatusOr<ReadView> Registry::AtCommit(const Committed& committed) const {
  // A commit of this process needs no look at the log: it is published and ends where it says.
  if (!committed.commit_time_us) return AtRevision(committed.revision);
  return ReadView(published().snapshot, committed.revision, committed.commit_time_us, history_id_, derived_);
}

absl::StatusOr<ReadView> Registry::AtRecordTime(absl::Time time) const {
  RETURN_IF_ERROR(commit_clock_->Settle(time));
  Published newest = published();
  // The first key at or after that of `time` is that of the last commit at or before it.
  engine::KeyRange range = engine::PrefixRange(keyspace::KeyWriter(keyspace::kCommitTimes).bytes());
  range.begin = CommitTimeKey(std::max<int64_t>(absl::ToUnixMicros(time), 0));
  const std::unique_ptr<engine::ViewScan> scan = newest.snapshot->ScanLocal(range);
  uint64_t revision = 0;
  if (scan->Next() && !absl::SimpleAtoi(scan->value(), &revision)) {
    return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "commit time index"}});
  }
  RETURN_IF_ERROR(scan->status());
  ASSIGN_OR_RETURN(const std::optional<int64_t> time_us, CommitTimeUs(Revision{revision}));
  return ReadView(newest.snapshot, Revision{revision}, time_us, history_id_, derived_);
}

absl::StatusOr<ReadView> Registry::At(const v1::ReadAt& read_at) const {
  if (!read_at.history_id().empty() && read_at.history_id() != HistoryIdText()) {
    return MakeError(ErrorReason::ERROR_REASON_HISTORY_MISMATCH,
                     {{"given", Excerpt(read_at.history_id())}, {"current", HistoryIdText()}});
  }
  switch (read_at.at_case()) {
    case v1::ReadAt::AT_NOT_SET:
      return Newest();
    case v1::ReadAt::kAtLeastRevision: {
      ReadView newest = Newest();
      const int64_t head = static_cast<int64_t>(newest.revision().value);
      if (read_at.at_least_revision() <= head) return newest;
      return NotReadable(absl::StrCat(read_at.at_least_revision()), absl::StrCat(head), "");
    }
    case v1::ReadAt::kExactRevision:
      if (read_at.exact_revision() < 0) return NotReadable(absl::StrCat(read_at.exact_revision()), "", "0");
      return AtRevision(Revision{static_cast<uint64_t>(read_at.exact_revision())});
    case v1::ReadAt::kRecordTime: {
      const auto& time = read_at.record_time();
      if (time.nanos() < 0 || time.nanos() > 999'999'999) {
        return TimeInvalid("read_at.record_time", absl::StrCat(time.nanos(), " nanoseconds"));
      }
      return AtRecordTime(absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()));
    }
    case v1::ReadAt::kRecordDate: {
      const std::optional<Day> day = ToDay(read_at.record_date());
      if (!day) return TimeInvalid("read_at.record_date", FormatDate(read_at.record_date()));
      return AtRecordTime(EndOfDayInShanghai(*day));
    }
  }
  return Newest();
}

void Registry::Submit(MutationContext context, MutationFn function, Done done) {
  writer_->Submit(std::move(context), std::move(function), std::move(done));
}

absl::Status Registry::DryRun(MutationFn function) const {
  Staging staging(published().snapshot);
  Mutation mutation(staging, options_.clock(), options_.entropy);
  return function(mutation);
}

}  // namespace gi::registry
