// Taking imports back. One at a time, on a thread of its own, chunk by chunk through the writer; what is under way is
// gone on with after a restart.
#ifndef GI_SERVER_SERVICE_IMPORT_IMPORT_REVERT_H_
#define GI_SERVER_SERVICE_IMPORT_IMPORT_REVERT_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "gi/registry/v1/import.pb.h"
#include "server/rpc/method_table.h"
#include "server/service/import/row_importers.h"
#include "server/service/import/undo_plan.h"

namespace gi::service {

// Thread-safe.
class ImportReverts {
 public:
  // `registry` must outlive this.
  explicit ImportReverts(registry::Registry& registry);
  // Stops after the running chunk; whoever waits is answered NOT_SERVING.
  ~ImportReverts();

  // Takes up the work, beginning with what a stop interrupted.
  void Start();

  // RevertImport. `answer` may be called on another thread.
  void Revert(const rpc::CallContext& context, const registry::v1::RevertImportRequest& request,
              rpc::Answer<registry::v1::MutateImportResponse> answer);

 private:
  using Response = registry::v1::MutateImportResponse;
  struct Job;
  struct Undoing;

  void Run(const std::stop_token& stop);
  absl::Status ResumeInterrupted();
  absl::StatusOr<Response> RunJob(Job& job);
  // What the rules would refuse, as far as a trial can hold all in memory; chunks beyond that find it out themselves.
  absl::Status Try(const registry::ReadView& view, const UndoPlan& plan, const registry::v1::Import& original,
                   FieldViolations& obstacles) const;
  absl::Status Begin(const Job& job, registry::Mutation& mutation) const;
  absl::Status Finish(const std::string& revert);
  absl::Status UndoAll(Undoing& undoing, FieldViolations& obstacles);
  // Finds what rests on the rows among the changes that were not looked at yet.
  absl::Status LookAtChanges(Undoing& undoing, const table::RowReader& rows, Revision until,
                             FieldViolations& obstacles) const;
  absl::Status UndoChunk(Undoing& undoing, const UndoPlan::Chunk& place, const registry::v1::ImportChunk& chunk,
                         registry::Mutation& mutation, FieldViolations& obstacles) const;
  absl::Status Abandon(const std::string& revert, const FieldViolations& obstacles);
  absl::Status PutBackAll(const std::string& revert);
  absl::Status PutBackChunk(const std::string& revert, const registry::v1::ImportChunk& chunk, Revision undone,
                            registry::Mutation& mutation) const;
  // Ends a revert: FINISHED, or ABANDONED, and then what was reverted can be reverted again.
  absl::Status End(const std::string& revert, registry::v1::ImportState state, const UndoPlan* plan);

  // Runs a mutation and waits for it. Known by `step`, so that it is done once even if a stop comes in between.
  absl::Status Do(const registry::v1::Import& revert, const std::string& step, registry::MutationFn function);
  absl::StatusOr<registry::v1::Import> Read(const std::string& name) const;
  RuleContext ContextOf(const registry::v1::Import& revert) const;
  bool stopped() const { return stop_.stop_requested(); }

  registry::Registry& registry_;
  const RowImporters importers_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::unique_ptr<Job>> jobs_;
  bool closed_ = false;
  std::jthread thread_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_IMPORT_REVERT_H_
