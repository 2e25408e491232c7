#include "storage/engine/rocksdb/rocksdb_engine.h"

#include <utility>

#include "storage/base/status_macros.h"
#include "storage/engine/preconditions.h"
#include "storage/engine/rocksdb/rocksdb_core.h"
#include "storage/engine/rocksdb/rocksdb_log.h"
#include "storage/engine/rocksdb/rocksdb_view.h"

namespace gi::engine {
namespace {

class RocksDbEngine final : public Engine {
 public:
  explicit RocksDbEngine(std::shared_ptr<RocksDbCore> core) : core_(std::move(core)), log_(core_), view_(core_) {}
  // Snapshots share the core, so its own destructor may come much later.
  ~RocksDbEngine() override { (void)core_->Close(); }

  absl::Status Load() {
    RETURN_IF_ERROR(log_.Load());
    return view_.Load();
  }

  LogStore& log() override { return log_; }
  ViewStore& view() override { return view_; }

  absl::Status Commit(Revision expected_head, absl::Span<const LogCommit> log_commits,
                      absl::Span<const ViewCommit> view_commits) override {
    RETURN_IF_ERROR(CheckCommitPairs(log_commits, view_commits));
    ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
    std::lock_guard<std::mutex> lock(core_->writer());
    rocksdb::WriteBatch batch;
    RETURN_IF_ERROR(log_.Stage(expected_head, log_commits, batch));
    RETURN_IF_ERROR(CheckHead(view_.applied(), expected_head));
    RETURN_IF_ERROR(view_.Stage(view_commits, batch));
    if (log_commits.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(core_->Write(batch, RocksDbCore::Durability::kSynced));
    log_.Staged(log_commits);
    view_.Staged(view_commits);
    return absl::OkStatus();
  }

  absl::Status Close() override { return core_->Close(); }

 private:
  const std::shared_ptr<RocksDbCore> core_;
  RocksDbLog log_;
  RocksDbView view_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDbEngine(const RocksDbOptions& options) {
  ASSIGN_OR_RETURN(std::shared_ptr<RocksDbCore> core, RocksDbCore::Open(options));
  auto engine = std::make_unique<RocksDbEngine>(std::move(core));
  RETURN_IF_ERROR(engine->Load());
  return engine;
}

}  // namespace gi::engine
