#include "storage/engine/fault_engine.h"

#include <utility>

#include "storage/base/error.h"
#include "storage/base/status_macros.h"

namespace gi::engine {
namespace {

using Call = FaultPlan::Call;

absl::Status Injected() { return MakeError(registry::v1::ERROR_REASON_STORE_IO, {{"detail", "injected fault"}}); }

class FaultLog final : public LogStore {
 public:
  FaultLog(LogStore& log, FaultPlan& plan) : log_(log), plan_(plan) {}

  absl::StatusOr<Revision> Head() const override { return log_.Head(); }
  absl::Status Append(Revision expected_head, absl::Span<const LogCommit> commits) override {
    return plan_.Run(Call::kCommit, [&] { return log_.Append(expected_head, commits); });
  }
  absl::StatusOr<std::vector<LogCommit>> Read(Revision after, size_t max_commits, size_t max_bytes) const override {
    RETURN_IF_ERROR(plan_.Read("Read"));
    return log_.Read(after, max_commits, max_bytes);
  }
  absl::StatusOr<Neighbours> FindCommitEnds(Revision revision) const override {
    RETURN_IF_ERROR(plan_.Read("FindCommitEnds"));
    return log_.FindCommitEnds(revision);
  }
  absl::StatusOr<std::string> HistoryId() const override { return log_.HistoryId(); }
  absl::Status StartNewHistory() override { return log_.StartNewHistory(); }

 private:
  LogStore& log_;
  FaultPlan& plan_;
};

class FaultScan final : public ViewScan {
 public:
  FaultScan(std::unique_ptr<ViewScan> scan, std::shared_ptr<FaultPlan> plan)
      : scan_(std::move(scan)), plan_(std::move(plan)) {}

  bool Next() override {
    if (fault_.ok()) fault_ = plan_->Read("Next");
    return fault_.ok() && scan_->Next();
  }
  absl::string_view key() const override { return scan_->key(); }
  absl::string_view value() const override { return scan_->value(); }
  Revision revision() const override { return scan_->revision(); }
  bool deleted() const override { return scan_->deleted(); }
  absl::Status status() const override { return fault_.ok() ? scan_->status() : fault_; }

 private:
  const std::unique_ptr<ViewScan> scan_;
  const std::shared_ptr<FaultPlan> plan_;
  absl::Status fault_;
};

class FaultSnapshot final : public ViewSnapshot {
 public:
  FaultSnapshot(std::shared_ptr<const ViewSnapshot> snapshot, std::shared_ptr<FaultPlan> plan)
      : snapshot_(std::move(snapshot)), plan_(std::move(plan)) {}

  Revision revision() const override { return snapshot_->revision(); }
  absl::StatusOr<std::optional<VersionedValue>> Get(absl::string_view key, Revision at) const override {
    RETURN_IF_ERROR(plan_->Read("Get"));
    return snapshot_->Get(key, at);
  }
  absl::StatusOr<std::vector<std::optional<VersionedValue>>> MultiGet(absl::Span<const std::string> keys,
                                                                      Revision at) const override {
    RETURN_IF_ERROR(plan_->Read("MultiGet"));
    return snapshot_->MultiGet(keys, at);
  }
  std::unique_ptr<ViewScan> Scan(const KeyRange& range, Revision at) const override {
    return std::make_unique<FaultScan>(snapshot_->Scan(range, at), plan_);
  }
  std::unique_ptr<ViewScan> ScanNewest(const KeyRange& range) const override {
    return std::make_unique<FaultScan>(snapshot_->ScanNewest(range), plan_);
  }
  std::unique_ptr<ViewScan> ScanSuperseded(const KeyRange& range) const override {
    return std::make_unique<FaultScan>(snapshot_->ScanSuperseded(range), plan_);
  }
  absl::StatusOr<std::optional<std::string>> GetLocal(absl::string_view key) const override {
    RETURN_IF_ERROR(plan_->Read("GetLocal"));
    return snapshot_->GetLocal(key);
  }
  std::unique_ptr<ViewScan> ScanLocal(const KeyRange& range) const override {
    return std::make_unique<FaultScan>(snapshot_->ScanLocal(range), plan_);
  }

 private:
  const std::shared_ptr<const ViewSnapshot> snapshot_;
  const std::shared_ptr<FaultPlan> plan_;
};

class FaultView final : public ViewStore {
 public:
  FaultView(ViewStore& view, std::shared_ptr<FaultPlan> plan) : view_(view), plan_(std::move(plan)) {}

  absl::StatusOr<Revision> AppliedRevision() const override { return view_.AppliedRevision(); }
  absl::Status Apply(absl::Span<const ViewCommit> commits) override {
    return plan_->Run(Call::kApply, [&] { return view_.Apply(commits); });
  }
  absl::Status ApplyLocal(absl::Span<const ViewMutation> mutations) override {
    return plan_->Run(Call::kApply, [&] { return view_.ApplyLocal(mutations); });
  }
  absl::StatusOr<std::shared_ptr<const ViewSnapshot>> Snapshot() const override {
    RETURN_IF_ERROR(plan_->Read("Snapshot"));
    ASSIGN_OR_RETURN(std::shared_ptr<const ViewSnapshot> snapshot, view_.Snapshot());
    return std::make_shared<const FaultSnapshot>(std::move(snapshot), plan_);
  }
  absl::Status Clear() override { return view_.Clear(); }

 private:
  ViewStore& view_;
  const std::shared_ptr<FaultPlan> plan_;
};

class FaultEngine final : public Engine {
 public:
  FaultEngine(std::unique_ptr<Engine> engine, std::shared_ptr<FaultPlan> plan)
      : engine_(std::move(engine)),
        plan_(std::move(plan)),
        log_(engine_->log(), *plan_),
        view_(engine_->view(), plan_) {}

  LogStore& log() override { return log_; }
  ViewStore& view() override { return view_; }
  absl::Status Commit(Revision expected_head, absl::Span<const LogCommit> log_commits,
                      absl::Span<const ViewCommit> view_commits) override {
    // The engine's own Commit, not the default one over the decorated stores: what is tested is the engine.
    return plan_->Run(Call::kCommit, [&] { return engine_->Commit(expected_head, log_commits, view_commits); });
  }
  absl::Status Close() override { return engine_->Close(); }

 private:
  const std::unique_ptr<Engine> engine_;
  const std::shared_ptr<FaultPlan> plan_;
  FaultLog log_;
  FaultView view_;
};

}  // namespace

void FaultPlan::FailNth(Call call, uint64_t n, Moment moment) {
  std::lock_guard<std::mutex> lock(mutex_);
  Faults& faults = faults_[static_cast<size_t>(call)];
  (moment == Moment::kBefore ? faults.before : faults.after).insert(n);
}

void FaultPlan::FailFrom(Call call, uint64_t n) {
  std::lock_guard<std::mutex> lock(mutex_);
  faults_[static_cast<size_t>(call)].from = n;
}

void FaultPlan::Heal() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (Faults& faults : faults_) faults = Faults{.calls = faults.calls, .before = {}, .after = {}};
}

void FaultPlan::OnRead(std::function<void(absl::string_view)> callback) {
  std::lock_guard<std::mutex> lock(mutex_);
  on_read_ = std::move(callback);
}

void FaultPlan::OnCommit(std::function<void()> callback) {
  std::lock_guard<std::mutex> lock(mutex_);
  on_commit_ = std::move(callback);
}

uint64_t FaultPlan::count(Call call) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return faults_[static_cast<size_t>(call)].calls;
}

std::optional<FaultPlan::Moment> FaultPlan::Next(Call call) {
  std::lock_guard<std::mutex> lock(mutex_);
  Faults& faults = faults_[static_cast<size_t>(call)];
  const uint64_t n = ++faults.calls;
  if (n >= faults.from || faults.before.contains(n)) return Moment::kBefore;
  if (faults.after.contains(n)) return Moment::kAfter;
  return std::nullopt;
}

absl::Status FaultPlan::Run(Call call, const std::function<absl::Status()>& body) {
  const std::optional<Moment> fault = Next(call);
  std::function<void()> callback;
  if (call == Call::kCommit) {
    std::lock_guard<std::mutex> lock(mutex_);
    callback = on_commit_;
  }
  if (callback) callback();
  if (fault == Moment::kBefore) return Injected();
  RETURN_IF_ERROR(body());
  return fault.has_value() ? Injected() : absl::OkStatus();
}

absl::Status FaultPlan::Read(absl::string_view method) {
  const std::optional<Moment> fault = Next(Call::kRead);
  std::function<void(absl::string_view)> callback;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    callback = on_read_;
  }
  // Called without the lock: it may block for as long as the test likes.
  if (callback) callback(method);
  return fault.has_value() ? Injected() : absl::OkStatus();
}

std::unique_ptr<Engine> NewFaultEngine(std::unique_ptr<Engine> engine, std::shared_ptr<FaultPlan> plan) {
  return std::make_unique<FaultEngine>(std::move(engine), std::move(plan));
}

}  // namespace gi::engine
