#include "storage/registry/rebuild.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/registry/apply.h"
#include "storage/registry/staging.h"
#include "storage/registry/tables.h"

namespace gi::registry {
namespace {

constexpr size_t kCommitsPerStep = 512;
constexpr size_t kBytesPerStep = 8 << 20;

absl::Status Corrupt(std::string detail) {
  return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", std::move(detail)}});
}

std::string IndexVersionsKey() { return keyspace::KeyWriter(keyspace::kMeta).String("index_versions").bytes(); }

std::string IndexVersions() {
  std::string versions;
  for (const table::AnyTable* table : AllTables()) {
    for (const table::IndexInfo& index : table->indexes()) {
      absl::StrAppend(&versions, index.name, "=", index.version, index.folds_text ? "/" + FoldVersion() : "", " ");
    }
  }
  return versions;
}

// Applies one run of commits; they may change the same rows, so each sees what the ones before it staged.
absl::Status ApplyRun(const std::vector<engine::LogCommit>& run, engine::ViewStore& view) {
  ASSIGN_OR_RETURN(std::shared_ptr<const engine::ViewSnapshot> snapshot, view.Snapshot());
  Staging staging(std::move(snapshot));
  std::vector<engine::ViewCommit> changes;
  for (const engine::LogCommit& packed : run) {
    ASSIGN_OR_RETURN(const storage::v1::Commit commit, UnpackCommit(packed));
    ASSIGN_OR_RETURN(engine::ViewCommit change, ApplyCommit(commit, packed.end, staging));
    staging.Stage(change.mutations);
    staging.Keep(packed.end);
    changes.push_back(std::move(change));
  }
  return view.Apply(changes);
}

absl::Status SameScan(engine::ViewScan& stored, engine::ViewScan& rebuilt, absl::string_view where, uint64_t& keys) {
  while (true) {
    const bool has_stored = stored.Next();
    const bool has_rebuilt = rebuilt.Next();
    RETURN_IF_ERROR(stored.status());
    RETURN_IF_ERROR(rebuilt.status());
    if (!has_stored && !has_rebuilt) return absl::OkStatus();
    if (has_stored != has_rebuilt || stored.key() != rebuilt.key() || stored.value() != rebuilt.value() ||
        stored.revision() != rebuilt.revision()) {
      return Corrupt(absl::StrCat("view differs from its log ", where, " at key ",
                                  absl::BytesToHexString(has_stored ? stored.key() : rebuilt.key())));
    }
    ++keys;
  }
}

// Walks the whole log; collects its commit ends.
absl::StatusOr<std::vector<Revision>> CheckLog(const engine::LogStore& log) {
  std::vector<Revision> ends;
  Revision at;
  int64_t last_time_us = INT64_MIN;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<engine::LogCommit> run, log.Read(at, kCommitsPerStep, kBytesPerStep));
    if (run.empty()) break;
    for (const engine::LogCommit& packed : run) {
      if (packed.end.value != at.value + packed.entries) {
        return Corrupt(absl::StrCat("hole in the log after revision ", at.value));
      }
      ASSIGN_OR_RETURN(const storage::v1::Commit commit, UnpackCommit(packed));
      if (commit.header().commit_time_us() <= last_time_us) {
        return Corrupt(absl::StrCat("commit times do not ascend at revision ", packed.end.value));
      }
      last_time_us = commit.header().commit_time_us();
      at = packed.end;
      ends.push_back(at);
    }
  }
  ASSIGN_OR_RETURN(const Revision head, log.Head());
  if (at != head) return Corrupt(absl::StrCat("log ends at ", at.value, ", its head is ", head.value));
  return ends;
}

}  // namespace

absl::StatusOr<uint64_t> CatchUp(const engine::LogStore& log, engine::ViewStore& view) {
  ASSIGN_OR_RETURN(const Revision head, log.Head());
  ASSIGN_OR_RETURN(Revision applied, view.AppliedRevision());
  if (applied > head) {
    return Corrupt(absl::StrCat("view at revision ", applied.value, " is ahead of its log at ", head.value));
  }
  uint64_t commits = 0;
  while (applied < head) {
    ASSIGN_OR_RETURN(const std::vector<engine::LogCommit> run, log.Read(applied, kCommitsPerStep, kBytesPerStep));
    if (run.empty()) return Corrupt(absl::StrCat("log has no commit after revision ", applied.value));
    RETURN_IF_ERROR(ApplyRun(run, view));
    commits += run.size();
    applied = run.back().end;
  }
  return commits;
}

absl::StatusOr<std::string> ClearIfOutdated(engine::ViewStore& view) {
  ASSIGN_OR_RETURN(const Revision applied, view.AppliedRevision());
  if (applied == Revision{0}) return "";
  ASSIGN_OR_RETURN(const std::shared_ptr<const engine::ViewSnapshot> snapshot, view.Snapshot());
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, snapshot->GetLocal(IndexVersionsKey()));
  const std::string wanted = IndexVersions();
  if (stored == wanted) return "";
  RETURN_IF_ERROR(view.Clear());
  return absl::StrCat("index definitions changed from ", stored.value_or("none"), "to ", wanted);
}

absl::Status RecordIndexVersions(engine::ViewStore& view) {
  const engine::ViewMutation mutation{engine::Space::kLocal, IndexVersionsKey(), IndexVersions()};
  return view.ApplyLocal({&mutation, 1});
}

absl::StatusOr<SelfCheckReport> CheckAgainstRebuild(engine::Engine& engine, int earlier_revisions) {
  ASSIGN_OR_RETURN(const std::vector<Revision> ends, CheckLog(engine.log()));
  const std::unique_ptr<engine::Engine> second = engine::NewMemoryEngine();
  RETURN_IF_ERROR(CatchUp(engine.log(), second->view()).status());
  ASSIGN_OR_RETURN(const std::shared_ptr<const engine::ViewSnapshot> stored, engine.view().Snapshot());
  ASSIGN_OR_RETURN(const std::shared_ptr<const engine::ViewSnapshot> rebuilt, second->view().Snapshot());
  if (stored->revision() != rebuilt->revision()) return Corrupt("view lags behind its log");

  std::set<Revision> revisions = {stored->revision()};
  for (int i = 0; i < earlier_revisions && !ends.empty(); ++i) {
    revisions.insert(ends[ends.size() * static_cast<size_t>(i) / static_cast<size_t>(earlier_revisions)]);
  }
  SelfCheckReport report{ends.size(), 0, revisions.size()};
  const engine::KeyRange everything;
  for (const Revision at : revisions) {
    RETURN_IF_ERROR(SameScan(*stored->Scan(everything, at), *rebuilt->Scan(everything, at),
                             absl::StrCat("at revision ", at.value), report.keys));
  }
  for (const keyspace::Tag tag : {keyspace::kCalls, keyspace::kCommitTimes}) {
    const engine::KeyRange range = engine::PrefixRange(keyspace::KeyWriter(tag).bytes());
    RETURN_IF_ERROR(SameScan(*stored->ScanLocal(range), *rebuilt->ScanLocal(range), "in the local space", report.keys));
  }
  return report;
}

}  // namespace gi::registry
