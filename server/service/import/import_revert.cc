#include "server/service/import/import_revert.h"

#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/domain/survey/life_cycle.h"
#include "server/service/import/import_progress.h"
#include "server/service/import/undo_rows.h"
#include "storage/base/uuid.h"

namespace gi::service {
namespace {

using registry::v1::Import;
using registry::v1::ImportChunk;

constexpr char kMethod[] = "/gi.registry.v1.ImportService/RevertImport";
constexpr int kMostObstacles = 100;
// Rows that a trial of a revert holds in memory.
constexpr int64_t kMostTried = 100'000;

std::string IdOf(absl::string_view name) { return domain::IdOfKnownName(name, domain::kImportCollection); }

bool IsUnderWay(const Import& revert) {
  return revert.state() == registry::v1::IMPORT_STATE_REVERTING ||
         revert.state() == registry::v1::IMPORT_STATE_PUTTING_BACK;
}

// By who began it, or by the district.
absl::Status CheckRevertible(const RuleContext& rules, const Import& row) {
  const std::string& other = row.reverts().empty() ? row.reverted_by() : row.reverts();
  if (!other.empty()) {
    return MakeError(ErrorReason::ERROR_REASON_IMPORT_REVERTED, {{"name", row.name()}, {"by", other}});
  }
  if (row.state() == registry::v1::IMPORT_STATE_OPEN) {
    return MakeError(ErrorReason::ERROR_REASON_IMPORT_STILL_OPEN, {{"name", row.name()}});
  }
  return rules.agency == row.agency() ? absl::OkStatus() : domain::RequireDistrict(row.name(), "REVERT", rules.roles);
}

// As far as there is room; those that say what was not put back take the place of others, since nothing else says that.
void AddObstacles(const FieldViolations& obstacles, Import& revert) {
  const std::string& not_put_back = ErrorReason_Name(ErrorReason::ERROR_REASON_ROW_NOT_PUT_BACK);
  for (const registry::v1::Violation& obstacle : obstacles.all()) {
    if (revert.obstacles_size() < kMostObstacles) {
      *revert.add_obstacles() = obstacle;
      continue;
    }
    if (obstacle.reason() != not_put_back) continue;
    for (int i = kMostObstacles; i-- > 0;) {
      if (revert.obstacles(i).reason() == not_put_back) continue;
      *revert.mutable_obstacles(i) = obstacle;
      break;
    }
  }
}

}  // namespace

struct ImportReverts::Job {
  registry::v1::RevertImportRequest request;
  registry::MutationContext context;
  RuleContext rules;
  rpc::Answer<Response> answer;
};

struct ImportReverts::Undoing {
  Import revert;
  std::string import_id;
  UndoPlan plan;
  // All changes up to here were looked at for what rests on the rows.
  Revision looked_at;
};

ImportReverts::ImportReverts(registry::Registry& registry) : registry_(registry) {}

ImportReverts::~ImportReverts() {
  thread_.request_stop();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
  }
  if (thread_.joinable()) thread_.join();
  for (const auto& job : jobs_) job->answer(MakeError(ErrorReason::ERROR_REASON_NOT_SERVING));
}

void ImportReverts::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void ImportReverts::Revert(const rpc::CallContext& context, const registry::v1::RevertImportRequest& request,
                           rpc::Answer<Response> answer) {
  const FieldViolations violations = CheckRequest(registry_, context, request);
  if (!violations.empty()) {
    if (!request.validate_only()) return answer(violations.ToStatus());
    Response response;
    *response.mutable_read_point() = registry_.Newest().ReadPoint();
    response.mutable_violations()->Add(violations.all().begin(), violations.all().end());
    return answer(std::move(response));
  }
  auto job = std::make_unique<Job>();
  job->request = *Normalized(request);
  job->context = MakeMutationContext(context, request, request.request_id(), request.reason());
  job->rules = MakeRuleContext(registry_, context, GeneratedId(context, request.request_id()));
  job->answer = std::move(answer);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!closed_) {
      jobs_.push_back(std::move(job));
      changed_.notify_all();
      return;
    }
  }
  job->answer(MakeError(ErrorReason::ERROR_REASON_NOT_SERVING));
}

void ImportReverts::Run(const std::stop_token& stop) {
  stop_ = stop;
  // What cannot be gone on with (the store has failed) is still REVERTING for everyone to see.
  (void)ResumeInterrupted();
  while (true) {
    std::unique_ptr<Job> job;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !jobs_.empty(); })) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    absl::StatusOr<Response> response = RunJob(*job);
    if (absl::IsCancelled(response.status())) response = MakeError(ErrorReason::ERROR_REASON_NOT_SERVING);
    job->answer(std::move(response));
  }
}

absl::Status ImportReverts::ResumeInterrupted() {
  std::vector<std::string> interrupted;
  const registry::ReadView view = registry_.Newest();
  ASSIGN_OR_RETURN(const table::IdPage imports,
                   table::ScanIds(view.rows(), registry::AllImports(), "", std::numeric_limits<size_t>::max()));
  for (const std::string& id : imports.ids) {
    ASSIGN_OR_RETURN(const auto row, registry::kImports.Get(view.rows(), id));
    if (row && IsUnderWay(row->message)) interrupted.push_back(row->message.name());
  }
  for (const std::string& revert : interrupted) RETURN_IF_ERROR(Finish(revert));
  return absl::OkStatus();
}

absl::StatusOr<ImportReverts::Response> ImportReverts::RunJob(Job& job) {
  Response response;
  const registry::ReadView view = registry_.Newest();
  *response.mutable_read_point() = view.ReadPoint();
  FieldViolations obstacles;
  const absl::StatusOr<table::Row<Import>> original = ReadNamed<Import>(view.rows(), job.request.name(), "name");
  const absl::Status revertible = original.ok() ? CheckRevertible(job.rules, original->message) : original.status();
  if (revertible.ok()) {
    const std::string id = IdOf(job.request.name());
    ASSIGN_OR_RETURN(const UndoPlan plan, UndoPlan::Make(view, id));
    RETURN_IF_ERROR(FindObstacles(
        registry_, view, plan, id, importers_, job.rules.roles, [this] { return stopped(); }, obstacles));
    RETURN_IF_ERROR(Try(view, plan, original->message, obstacles));
  }
  if (job.request.validate_only()) {
    AddFinding(revertible, "name", obstacles);
    response.mutable_violations()->Add(obstacles.all().begin(), obstacles.all().end());
    return response;
  }
  obstacles.NameThem(ErrorReason::ERROR_REASON_IMPORT_NOT_REVERTIBLE, {{"name", job.request.name()}});
  RETURN_IF_ERROR(obstacles.ToStatus());

  // A call that is repeated gets the answer of the first one, whatever became of the import.
  std::promise<absl::StatusOr<registry::Committed>> begun;
  job.context.deadline = absl::InfiniteFuture();
  registry_.Submit(
      job.context, [&](registry::Mutation& mutation) { return Begin(job, mutation); },
      [&begun](absl::StatusOr<registry::Committed> committed) { begun.set_value(std::move(committed)); });
  ASSIGN_OR_RETURN(const registry::Committed committed, begun.get_future().get());
  ASSIGN_OR_RETURN(const std::string revert_id, table::RowId(committed.answer_key));
  const std::string revert = domain::ResourceName(domain::kImportCollection, revert_id);
  RETURN_IF_ERROR(Finish(revert));
  const registry::ReadView after = registry_.Newest();
  ASSIGN_OR_RETURN(const auto answer, AnswerGet<Import>(after, revert, DayInShanghai(registry_.Now())));
  *response.mutable_import_job() = answer.import_job();
  *response.mutable_read_point() = answer.read_point();
  response.set_replayed(committed.replayed);
  for (const registry::v1::Violation& obstacle : answer.import_job().obstacles()) obstacles.Add(obstacle);
  if (answer.import_job().state() == registry::v1::IMPORT_STATE_ABANDONED) RETURN_IF_ERROR(obstacles.ToStatus());
  return response;
}

// Takes all back in a mutation that is not kept.
absl::Status ImportReverts::Try(const registry::ReadView& view, const UndoPlan& plan, const Import& original,
                                FieldViolations& obstacles) const {
  // No rule is asked about rows that the import created.
  if (plan.changed() == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto snapshot, registry_.LocalState());
  const RuleContext context = ContextOf(original);
  const std::string reason = "trial";
  const RowsUndone of{importers_, *snapshot, context, original.kind(), reason};
  FieldViolations refusals;
  const absl::Status tried = registry_.DryRun([&](registry::Mutation& mutation) -> absl::Status {
    int64_t rows = 0;
    for (auto place = plan.chunks().rbegin(); place != plan.chunks().rend() && rows < kMostTried; ++place) {
      if (stopped()) return absl::CancelledError();
      const std::string id = registry::ImportChunkId(IdOf(original.name()), place->line);
      ASSIGN_OR_RETURN(const auto chunk, registry::kImportChunks.Get(view.rows(), id));
      if (!chunk) return table::RowCorrupt("import_chunks");
      ImportChunk undone;
      RETURN_IF_ERROR(TakeBackRows(of, plan, *place, chunk->message, mutation, undone, refusals));
      rows += undone.rows_size();
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(tried);
  obstacles.Merge(refusals);
  return absl::OkStatus();
}

absl::Status ImportReverts::Begin(const Job& job, registry::Mutation& mutation) const {
  ASSIGN_OR_RETURN(table::Row<Import> original, ReadNamed<Import>(mutation.rows(), job.request.name(), "name"));
  RETURN_IF_ERROR(CheckRevertible(job.rules, original.message));
  Import revert;
  revert.set_source_name(original.message.source_name());
  revert.set_source_sha256(original.message.source_sha256());
  revert.set_kind(original.message.kind());
  revert.set_mapping(original.message.mapping());
  revert.set_on_existing(original.message.on_existing());
  revert.set_state(registry::v1::IMPORT_STATE_REVERTING);
  revert.set_reverts(original.message.name());
  revert.set_agency(job.rules.agency);
  revert.set_user(job.rules.user);
  revert.set_reason(job.request.reason());
  revert.set_case_id(job.rules.case_id);
  RETURN_IF_ERROR(StageNew(job.rules, mutation, "", revert));
  original.message.set_reverted_by(domain::ResourceName(domain::kImportCollection, job.rules.generated_id));
  Touch(mutation.now(), original.message);
  return mutation.Put(registry::kImports, IdOf(job.request.name()), original.message);
}

absl::StatusOr<Import> ImportReverts::Read(const std::string& name) const {
  ASSIGN_OR_RETURN(const table::Row<Import> row, ReadNamed<Import>(registry_.Newest().rows(), name, "name"));
  return row.message;
}

// From wherever it stands. Steps that were done before a stop are replayed.
absl::Status ImportReverts::Finish(const std::string& name) {
  ASSIGN_OR_RETURN(Import revert, Read(name));
  if (revert.state() == registry::v1::IMPORT_STATE_REVERTING) {
    const registry::ReadView view = registry_.Newest();
    ASSIGN_OR_RETURN(UndoPlan plan, UndoPlan::Make(view, IdOf(revert.reverts())));
    // What came since the import began was looked at before the revert did; but that may be long ago.
    const Revision begun = plan.chunks().empty() ? Revision{} : plan.chunks().front().revision;
    Undoing undoing{revert, IdOf(revert.reverts()), std::move(plan), begun};
    FieldViolations obstacles;
    RETURN_IF_ERROR(UndoAll(undoing, obstacles));
    if (obstacles.empty()) return End(name, registry::v1::IMPORT_STATE_FINISHED, &undoing.plan);
    RETURN_IF_ERROR(Abandon(name, obstacles));
    ASSIGN_OR_RETURN(revert, Read(name));
  }
  if (revert.state() != registry::v1::IMPORT_STATE_PUTTING_BACK) return absl::OkStatus();
  RETURN_IF_ERROR(PutBackAll(name));
  return End(name, registry::v1::IMPORT_STATE_ABANDONED, nullptr);
}

absl::Status ImportReverts::Do(const Import& revert, const std::string& step, registry::MutationFn function) {
  registry::MutationContext context;
  context.actor.set_agency(revert.agency());
  context.actor.set_user(revert.user());
  context.reason.set_text(revert.reason());
  context.reason.set_case_id(revert.case_id());
  context.call.set_agency(revert.agency());
  context.call.set_method(kMethod);
  const std::string known_by = absl::StrCat(revert.name(), "\n", step);
  context.call.set_request_id(ParseUuid(UuidOf(known_by)).value_or(""));
  context.call.set_request_digest(Sha256({known_by}));
  std::promise<absl::Status> done;
  registry_.Submit(std::move(context), std::move(function),
                   [&done](absl::StatusOr<registry::Committed> committed) { done.set_value(committed.status()); });
  return done.get_future().get();
}

RuleContext ImportReverts::ContextOf(const Import& revert) const {
  return {registry_.HistoryIdText(), revert.agency(), revert.user(), domain::kAnySurveyRole, "",
          &registry_.derived(),      revert.case_id()};
}

// From the end of the file, so that every row finds what it rested on.
absl::Status ImportReverts::UndoAll(Undoing& undoing, FieldViolations& obstacles) {
  const std::vector<UndoPlan::Chunk>& places = undoing.plan.chunks();
  for (auto place = places.rbegin(); place != places.rend(); ++place) {
    if (stopped()) return absl::CancelledError();
    const registry::ReadView view = registry_.Newest();
    ASSIGN_OR_RETURN(const auto chunk,
                     registry::kImportChunks.Get(view.rows(), registry::ImportChunkId(undoing.import_id, place->line)));
    if (!chunk) return table::RowCorrupt("import_chunks");
    FieldViolations found;
    RETURN_IF_ERROR(LookAtChanges(undoing, view.rows(), view.revision(), found));
    const absl::Status undone =
        !found.empty()
            ? found.ToStatus()
            : Do(undoing.revert, absl::StrCat("undo ", place->line), [&](registry::Mutation& mutation) -> absl::Status {
                RETURN_IF_ERROR(UndoChunk(undoing, *place, chunk->message, mutation, found));
                return found.ToStatus();
              });
    if (!found.empty()) {
      obstacles = std::move(found);
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(undone);
  }
  return absl::OkStatus();
}

absl::Status ImportReverts::LookAtChanges(Undoing& undoing, const table::RowReader& rows, Revision until,
                                          FieldViolations& obstacles) const {
  if (undoing.plan.created() == 0) return absl::OkStatus();
  RETURN_IF_ERROR(ForEachEntry(registry_, undoing.looked_at, until,
                               [&](const storage::v1::LogEntry& entry, Revision revision) -> absl::Status {
                                 if (stopped()) return absl::CancelledError();
                                 return CheckReferences(undoing.plan, importers_, entry, revision, rows, obstacles);
                               }));
  undoing.looked_at = until;
  return absl::OkStatus();
}

absl::Status ImportReverts::UndoChunk(Undoing& undoing, const UndoPlan::Chunk& place, const ImportChunk& chunk,
                                      registry::Mutation& mutation, FieldViolations& obstacles) const {
  RETURN_IF_ERROR(LookAtChanges(undoing, mutation.rows(), mutation.base(), obstacles));
  if (undoing.plan.created() > 0) {
    absl::Status staged;
    mutation.ForEachStaged([&](absl::string_view key, const std::optional<std::string>& row) {
      if (staged.ok() && row) staged = CheckReferences(undoing.plan, importers_, key, *row, obstacles);
    });
    RETURN_IF_ERROR(staged);
  }
  ASSIGN_OR_RETURN(const auto snapshot, registry_.LocalState());
  const RuleContext context = ContextOf(undoing.revert);
  const RowsUndone of{importers_, *snapshot, context, undoing.revert.kind(), undoing.revert.reason()};
  ImportChunk undone;
  RETURN_IF_ERROR(TakeBackRows(of, undoing.plan, place, chunk, mutation, undone, obstacles));
  // Also if it is empty: a mutation changes something.
  return mutation.Put(registry::kImportChunks, registry::ImportChunkId(IdOf(undoing.revert.name()), place.line),
                      undone);
}

absl::Status ImportReverts::Abandon(const std::string& name, const FieldViolations& obstacles) {
  ASSIGN_OR_RETURN(const Import revert, Read(name));
  return Do(revert, "abandon", [&](registry::Mutation& mutation) {
    Import row = revert;
    row.set_state(registry::v1::IMPORT_STATE_PUTTING_BACK);
    AddObstacles(obstacles, row);
    Touch(mutation.now(), row);
    return mutation.Put(registry::kImports, IdOf(name), row);
  });
}

// Back to what it was, in the opposite order.
absl::Status ImportReverts::PutBackAll(const std::string& name) {
  ASSIGN_OR_RETURN(const Import revert, Read(name));
  const registry::ReadView view = registry_.Newest();
  const std::unique_ptr<engine::ViewScan> scan = view.rows().Scan(registry::ChunksOfImport(IdOf(name)));
  while (scan->Next()) {
    if (stopped()) return absl::CancelledError();
    ASSIGN_OR_RETURN(const ImportChunk chunk, registry::kImportChunks.Parse(scan->value()));
    const Revision undone = scan->revision();
    const std::string step = absl::StrCat("put back ", undone.value);
    ASSIGN_OR_RETURN(const std::string id, table::RowId(scan->key()));
    const absl::Status done = Do(revert, step, [&](registry::Mutation& mutation) -> absl::Status {
      RETURN_IF_ERROR(PutBackChunk(name, chunk, undone, mutation));
      // What is put back was not taken back.
      return mutation.Delete(registry::kImportChunks, id);
    });
    RETURN_IF_ERROR(done);
  }
  return scan->status();
}

absl::Status ImportReverts::PutBackChunk(const std::string& name, const ImportChunk& chunk, Revision undone,
                                         registry::Mutation& mutation) const {
  ASSIGN_OR_RETURN(table::Row<Import> revert, ReadNamed<Import>(mutation.rows(), name, "name"));
  ASSIGN_OR_RETURN(const auto snapshot, registry_.LocalState());
  const RuleContext context = ContextOf(revert.message);
  const RowsUndone of{importers_, *snapshot, context, revert.message.kind(), revert.message.reason()};
  FieldViolations left;
  RETURN_IF_ERROR(PutBackRows(of, chunk, undone, mutation, left));
  if (left.empty()) return absl::OkStatus();
  AddObstacles(left, revert.message);
  Touch(mutation.now(), revert.message);
  return mutation.Put(registry::kImports, IdOf(name), revert.message);
}

absl::Status ImportReverts::End(const std::string& name, registry::v1::ImportState state, const UndoPlan* plan) {
  ASSIGN_OR_RETURN(const Import revert, Read(name));
  return Do(revert, "end", [&](registry::Mutation& mutation) -> absl::Status {
    Import row = revert;
    row.set_state(state);
    registry::v1::ImportCounts& counts = *row.mutable_counts();
    if (plan != nullptr) {
      counts.set_read(plan->created() + plan->changed());
      counts.set_withdrawn(plan->created());
      counts.set_restored(plan->changed());
    }
    *row.mutable_end_time() = ToTimestamp(absl::ToUnixMicros(mutation.now()));
    Touch(mutation.now(), row);
    RETURN_IF_ERROR(mutation.Put(registry::kImports, IdOf(name), row));
    if (state == registry::v1::IMPORT_STATE_FINISHED) return absl::OkStatus();
    ASSIGN_OR_RETURN(table::Row<Import> original, ReadNamed<Import>(mutation.rows(), row.reverts(), "name"));
    original.message.clear_reverted_by();
    Touch(mutation.now(), original.message);
    return mutation.Put(registry::kImports, IdOf(row.reverts()), original.message);
  });
}

}  // namespace gi::service
