#include "server/service/import/import_session.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/domain/import.h"
#include "server/service/import/row_references.h"
#include "storage/base/uuid.h"

namespace gi::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using registry::v1::Import;
using registry::v1::ImportCounts;
using registry::v1::ImportFinding;
using registry::v1::ImportRow;
using Outcome = TakenRow::Outcome;

// Characters of a generated id that are those of its import: 48 bits of a hash.
constexpr size_t kOfImport = 13;
// Of an answer: clients take 4 MiB unless told otherwise.
constexpr size_t kMostFindingsBytes = 2 << 20;

void SetString(Message& message, absl::string_view name, std::string value) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field != nullptr) message.GetReflection()->SetString(&message, field, std::move(value));
}

void Count(Outcome outcome, ImportCounts& counts) {
  switch (outcome) {
    case Outcome::kCreated:
      return counts.set_created(counts.created() + 1);
    case Outcome::kChanged:
      return counts.set_changed(counts.changed() + 1);
    case Outcome::kSame:
      return counts.set_same(counts.same() + 1);
    case Outcome::kSkipped:
      return counts.set_skipped(counts.skipped() + 1);
  }
}

// A chunk that is sent again is known by its lines, so each call is one of its own.
registry::MutationContext ContextOf(const rpc::CallContext& context, const Import& import) {
  registry::MutationContext made = MakeCallerContext(context, import.reason());
  if (made.reason.case_id().empty()) made.reason.set_case_id(import.case_id());
  const std::string id = NewUuid();
  made.call.set_request_id(ParseUuid(id).value_or(""));
  made.call.set_request_digest(Sha256({id}));
  return made;
}

absl::Status OutOfOrder(const std::string& import_name, int64_t line, int64_t last) {
  return MakeError(ErrorReason::ERROR_REASON_IMPORT_OUT_OF_ORDER,
                   {{"name", import_name}, {"line", absl::StrCat(line)}, {"last", absl::StrCat(last)}});
}

}  // namespace

struct ImportSession::Chunk {
  // The rows point into it.
  std::shared_ptr<const Message> message;
  RuleContext rules;
  google::protobuf::Arena arena;
  std::vector<JudgedRow> rows;
  TitleGuesses guesses;
  // What came of it; made anew if the mutation runs once more.
  Response response;
  size_t findings_bytes = 0;
  registry::v1::ImportChunk changed;
  storage::v1::ImportKeys keys;
};

void ImportSession::Take(const rpc::CallContext& context, std::shared_ptr<const Message> message,
                         rpc::AnyAnswer answer) {
  const auto& request = static_cast<const Request&>(*message);
  FieldViolations violations;
  domain::CheckFields(request, violations);
  absl::Status status = violations.ToStatus();
  if (status.ok()) status = importer_ == nullptr ? Begin(request) : CheckSame(request);
  if (!status.ok()) return answer(status);
  if (request.rows().empty()) {
    const absl::StatusOr<Response> where = Where();
    return where.ok() ? answer(&*where) : answer(where.status());
  }
  absl::StatusOr<std::shared_ptr<Chunk>> judged = Judge(context, request);
  if (!judged.ok()) return answer(judged.status());
  const std::shared_ptr<Chunk> chunk = *std::move(judged);
  chunk->message = std::move(message);
  if (import_id_.empty()) {
    if (import_.state() == registry::v1::IMPORT_STATE_STOPPED) return answer(CheckOpen(import_));
    const absl::Status tried =
        registry_.DryRun([&](registry::Mutation& mutation) { return TakeRows(mutation, *chunk); });
    if (!tried.ok()) return answer(tried);
    if (chunk->response.stopped()) import_.set_state(registry::v1::IMPORT_STATE_STOPPED);
    *chunk->response.mutable_read_point() = registry_.Newest().ReadPoint();
    return answer(&chunk->response);
  }
  registry_.Submit(
      ContextOf(context, import_),
      [self = shared_from_this(), chunk](registry::Mutation& mutation) { return self->Run(mutation, *chunk); },
      [self = shared_from_this(), chunk,
       answer = std::move(answer)](absl::StatusOr<registry::Committed> committed) mutable {
        if (!committed.ok()) return answer(committed.status());
        const absl::StatusOr<registry::ReadView> view = self->registry_.AtCommit(*committed);
        if (!view.ok()) return answer(view.status());
        *chunk->response.mutable_read_point() = view->ReadPoint();
        answer(&chunk->response);
      });
}

absl::Status ImportSession::Begin(const Request& request) {
  FieldViolations violations;
  if (request.has_trial()) {
    domain::CheckImport(request.trial(), "trial", violations);
    import_ = trial_ = request.trial();
    import_.set_name("trial");
    import_.set_state(registry::v1::IMPORT_STATE_OPEN);
    import_.set_reason("trial");
    keys_ = std::make_shared<RowKeys>();
  } else {
    if (request.import_job().empty()) violations.Add("import_job", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
    RETURN_IF_ERROR(violations.ToStatus());
    // Row, chunks and progress of one moment.
    ASSIGN_OR_RETURN(const auto state, registry_.LocalState());
    ASSIGN_OR_RETURN(const table::Row<Import> row,
                     ReadNamed<Import>(table::SnapshotReader(state), request.import_job(), "import_job"));
    import_ = row.message;
    import_id_ = domain::IdOfKnownName(import_.name(), domain::kImportCollection);
    RETURN_IF_ERROR(CheckNotRestored(state, import_id_, import_));
    ASSIGN_OR_RETURN(keys_, shared_->open_keys.Of(registry_, import_id_));
  }
  generated_ids_ = IdOfKey(import_.name()).substr(0, kOfImport);
  importer_ = shared_->importers.Find(import_.kind());
  if (importer_ == nullptr) {
    violations.Add("trial.kind", ErrorReason::ERROR_REASON_ENUM_UNKNOWN, {{"value", absl::StrCat(import_.kind())}});
  }
  return violations.ToStatus();
}

absl::Status ImportSession::CheckSame(const Request& request) const {
  const bool same = request.has_trial() ? import_id_.empty() && MessageDifferencer::Equals(request.trial(), trial_)
                                        : !import_id_.empty() && request.import_job() == import_.name();
  if (same || request.which_case() == Request::WHICH_NOT_SET) return absl::OkStatus();
  FieldViolations violations;
  violations.Add("import_job", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", domain::EchoValue(request.has_trial() ? "another trial" : request.import_job())},
                  {"expected", "what the first message of the stream named, or nothing"},
                  {"expected_zh", "与本流第一条消息相同，或不填"}});
  return violations.ToStatus();
}

absl::StatusOr<ImportSession::Response> ImportSession::Where() const {
  // Of a trial, messages are taken one after the other.
  absl::StatusOr<storage::v1::ImportProgress> progress =
      import_id_.empty() ? progress_ : ReadProgress(registry_, import_id_);
  RETURN_IF_ERROR(progress.status());
  Response response;
  *response.mutable_total() = progress->counts();
  response.set_last_line(progress->last_line());
  if (!import_id_.empty()) {
    ASSIGN_OR_RETURN(const table::Row<Import> row,
                     ReadNamed<Import>(registry_.Newest().rows(), import_.name(), "import_job"));
    if (row.message.state() != registry::v1::IMPORT_STATE_OPEN) {
      *response.mutable_total() = row.message.counts();
      response.set_last_line(row.message.last_line());
    }
  }
  *response.mutable_read_point() = registry_.Newest().ReadPoint();
  return response;
}

absl::StatusOr<std::shared_ptr<ImportSession::Chunk>> ImportSession::Judge(const rpc::CallContext& context,
                                                                           const Request& request) const {
  auto chunk = std::make_shared<Chunk>();
  chunk->rules = MakeRuleContext(registry_, context, "");
  const registry::ReadView view = registry_.Newest();
  DivisionReader divisions(view.rows());
  int64_t last = 0;
  for (const ImportRow& given : request.rows()) {
    if (given.line() <= last) return OutOfOrder(import_.name(), given.line(), last);
    last = given.line();
    chunk->rows.push_back(JudgeRow(*importer_, given, import_.reason(), divisions, chunk->arena));
    if (!importer_->title_field().empty()) chunk->guesses.Look(titles_, view.rows(), given.title());
  }
  return chunk;
}

absl::Status ImportSession::Run(registry::Mutation& mutation, Chunk& chunk) {
  ASSIGN_OR_RETURN(const table::Row<Import> row, ReadNamed<Import>(mutation.rows(), import_.name(), "import_job"));
  RETURN_IF_ERROR(CheckOpen(row.message));
  ASSIGN_OR_RETURN(progress_, ReadProgress(mutation, import_id_));
  if (progress_.last_line() != keys_->up_to()) {
    // What was remembered came to nothing, or was not all.
    RETURN_IF_ERROR(keys_->Load(mutation, import_id_, progress_.last_line()));
  }
  RETURN_IF_ERROR(TakeRows(mutation, chunk));
  keys_->set_up_to(progress_.last_line());
  PutProgress(mutation, import_id_, chunk.rows.front().given->line(), progress_, chunk.keys);
  if (!chunk.changed.rows().empty()) {
    const std::string id = registry::ImportChunkId(import_id_, chunk.changed.rows(0).line());
    RETURN_IF_ERROR(mutation.Put(registry::kImportChunks, id, chunk.changed));
  }
  if (!chunk.response.stopped()) return absl::OkStatus();
  return EndImport(mutation, import_id_, registry::v1::IMPORT_STATE_STOPPED, row.message);
}

absl::Status ImportSession::TakeRows(registry::Mutation& mutation, Chunk& chunk) {
  chunk.response.Clear();
  chunk.findings_bytes = 0;
  chunk.changed.Clear();
  chunk.keys.Clear();
  const int64_t first = chunk.rows.front().given->line();
  if (first <= progress_.last_line()) return OutOfOrder(import_.name(), first, progress_.last_line());
  ImportCounts& counts = *chunk.response.mutable_counts();
  for (JudgedRow& row : chunk.rows) {
    counts.set_read(counts.read() + 1);
    if (row.given->create_case() == ImportRow::CREATE_NOT_SET) {
      Reject(row, row.findings, chunk);
    } else {
      RETURN_IF_ERROR(TakeRow(mutation, row, chunk));
    }
    chunk.response.set_last_line(row.given->line());
    const int64_t rejected = progress_.counts().rejected() + counts.rejected();
    if (import_.max_errors() > 0 && rejected >= import_.max_errors()) {
      chunk.response.set_stopped(true);
      break;
    }
  }
  Add(counts, *progress_.mutable_counts());
  progress_.set_last_line(chunk.response.last_line());
  *chunk.response.mutable_total() = progress_.counts();
  return absl::OkStatus();
}

absl::Status ImportSession::TakeRow(registry::Mutation& mutation, JudgedRow& row, Chunk& chunk) {
  if (row.request == nullptr) {
    Reject(row, row.findings, chunk);
    return absl::OkStatus();
  }
  // What is found later about a field that has a finding says the same in other words.
  FieldViolations findings = row.findings, settling;
  Settle(mutation.rows(), chunk, row, settling);
  findings.Merge(settling);
  const std::string key = importer_->KeyOf(*row.request);
  const uint64_t key_hash = RowHash(key);
  if (MeetRepeated(row, key, key_hash, false, chunk)) return absl::OkStatus();
  chunk.rules.generated_id = absl::StrCat(generated_ids_, absl::Hex(row.given->line(), absl::kZeroPad8));
  TakenRow taken;
  // Rows that name one thing in different ways are told by what it is called in the register.
  uint64_t name_hash = 0;
  bool repeated = false;
  const int first = mutation.entries();
  const absl::Status status = mutation.Try([&]() -> absl::Status {
    FieldViolations more;
    absl::StatusOr<TakenRow> done =
        importer_->Take(chunk.rules, mutation, *row.request, row.given->cleared(), import_.on_existing(), more);
    AddRefusal(done.status(), more);
    if (done.ok() && done->outcome == Outcome::kCreated) CheckState(row, more);
    findings.Merge(more);
    if (!findings.empty()) return absl::CancelledError();
    taken = *std::move(done);
    name_hash = RowHash(absl::StrCat("name ", taken.name));
    repeated = IsRepeated(row, name_hash);
    return repeated ? absl::CancelledError() : absl::OkStatus();
  });
  if (status.ok()) return Accept(mutation, first, row, {key_hash, name_hash}, taken, chunk);
  if (repeated) {
    MeetRepeated(row, taken.name, name_hash, taken.outcome == Outcome::kSame, chunk);
    return absl::OkStatus();
  }
  Reject(row, findings, chunk);
  return absl::OkStatus();
}

absl::Status ImportSession::Accept(const registry::Mutation& mutation, int first, const JudgedRow& row,
                                   std::initializer_list<uint64_t> keys, const TakenRow& taken, Chunk& chunk) {
  ImportCounts& counts = *chunk.response.mutable_counts();
  Count(taken.outcome, counts);
  if (taken.outcome == Outcome::kCreated) {
    FieldViolations warnings;
    importer_->Warn(*row.request, row.given->cleared(), warnings);
    counts.set_warnings(counts.warnings() + (warnings.empty() ? 0 : 1));
    AddFindings(row, warnings, registry::v1::FINDING_SEVERITY_WARNING, 0, chunk);
  }
  for (const uint64_t key : keys) {
    storage::v1::ImportKeys::Row& kept = *chunk.keys.add_rows();
    kept.set_line(row.given->line());
    kept.set_key(key);
    kept.set_content(row.content);
    keys_->Remember(kept);
  }
  if (taken.outcome != Outcome::kCreated && taken.outcome != Outcome::kChanged) return absl::OkStatus();
  const auto add = [&](std::string name, bool created, Revision before) {
    registry::v1::ImportedRow& changed = *chunk.changed.add_rows();
    changed.set_line(row.given->line());
    changed.set_outcome(created ? registry::v1::IMPORT_OUTCOME_CREATED : registry::v1::IMPORT_OUTCOME_CHANGED);
    changed.set_name(std::move(name));
    changed.set_revision_before(static_cast<int64_t>(before.value));
  };
  add(taken.name, taken.outcome == Outcome::kCreated, taken.before);
  const table::AnyTable* brings = importer_->brings();
  for (int i = first; brings != nullptr && i < mutation.entries(); ++i) {
    if (mutation.entry(i).table() != brings->tag()) continue;
    ASSIGN_OR_RETURN(const std::string id, table::RowId(mutation.entry(i).key()));
    const Revision before = mutation.RevisionBefore(i);
    add(domain::ResourceName(shared_->importers.FindTable(*brings)->collection(), id), before == Revision{}, before);
  }
  return absl::OkStatus();
}

void ImportSession::CheckState(const JudgedRow& row, FieldViolations& findings) const {
  const FieldDescriptor* field = ImportRow::descriptor()->FindFieldByNumber(static_cast<int>(importer_->row_case()));
  const Message& request = row.given->GetReflection()->GetMessage(*row.given, field);
  std::string state = importer_->StateLost(request);
  if (state.empty()) return;
  findings.Add(PathInRow(*importer_, "state"), ErrorReason::ERROR_REASON_STATE_NOT_IMPORTED,
               {{"value", std::move(state)}});
}

void ImportSession::Settle(const table::RowReader& rows, const Chunk& chunk, JudgedRow& row,
                           FieldViolations& findings) const {
  Message& resource = importer_->ResourceIn(*row.request);
  const auto put = [&](absl::string_view field, absl::StatusOr<std::string> name) {
    if (!name.ok()) return AddRefusal(name.status(), findings);
    if (!name->empty()) SetString(resource, field, *std::move(name));
  };
  const absl::string_view entity = importer_->entity_field(), title = importer_->title_field();
  if (const std::string& uscc = row.given->entity_uscc(); !uscc.empty() && !entity.empty()) {
    put(entity, EntityOfUscc(rows, uscc, PathInRow(*importer_, entity)));
  }
  const TitleText called = {row.given->title(), row.given->title_number(), chunk.guesses.Of(row.given->title())};
  if (!title.empty() && !(called.text.empty() && called.number.empty())) {
    put(title, TitleCalled(rows, called, PathInRow(*importer_, title), findings));
  }
}

bool ImportSession::IsRepeated(const JudgedRow& row, uint64_t key_hash) const {
  const RowKeys::Seen* seen = keys_->Find(key_hash);
  // The row itself, if the mutation runs once more.
  return seen != nullptr && seen->line < row.given->line();
}

bool ImportSession::MeetRepeated(const JudgedRow& row, const std::string& key, uint64_t key_hash, bool says_the_same,
                                 Chunk& chunk) const {
  if (!IsRepeated(row, key_hash)) return false;
  const RowKeys::Seen& seen = *keys_->Find(key_hash);
  const bool same = says_the_same || seen.content == row.content;
  FieldViolations findings;
  findings.Add("", same ? ErrorReason::ERROR_REASON_IMPORT_ROW_TWICE : ErrorReason::ERROR_REASON_IMPORT_ROW_REPEATED,
               {{"value", domain::EchoValue(key)},
                {"line", absl::StrCat(row.given->line())},
                {"other", absl::StrCat(seen.line)}});
  ImportCounts& counts = *chunk.response.mutable_counts();
  if (same) {
    counts.set_same(counts.same() + 1);
    counts.set_warnings(counts.warnings() + 1);
  } else {
    counts.set_rejected(counts.rejected() + 1);
  }
  const auto severity = same ? registry::v1::FINDING_SEVERITY_WARNING : registry::v1::FINDING_SEVERITY_ERROR;
  AddFindings(row, findings, severity, seen.line, chunk);
  return true;
}

void ImportSession::Reject(const JudgedRow& row, const FieldViolations& findings, Chunk& chunk) const {
  ImportCounts& counts = *chunk.response.mutable_counts();
  counts.set_rejected(counts.rejected() + 1);
  AddFindings(row, findings, registry::v1::FINDING_SEVERITY_ERROR, 0, chunk);
}

void ImportSession::AddFindings(const JudgedRow& row, const FieldViolations& findings,
                                registry::v1::FindingSeverity severity, int64_t other_line, Chunk& chunk) {
  for (const registry::v1::Violation& violation : findings.all()) {
    ImportFinding finding;
    finding.set_line(row.given->line());
    finding.set_other_line(other_line);
    finding.set_severity(severity);
    *finding.mutable_violation() = violation;
    const size_t bytes = finding.ByteSizeLong();
    const bool is_first = &violation == &findings.all().front();
    if (!is_first && chunk.findings_bytes + bytes > kMostFindingsBytes) return;
    chunk.findings_bytes += bytes;
    *chunk.response.add_findings() = std::move(finding);
  }
}

}  // namespace gi::service
