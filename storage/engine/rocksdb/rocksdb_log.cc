#include "storage/engine/rocksdb/rocksdb_log.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/engine/preconditions.h"
#include "storage/engine/rocksdb/history_key.h"
#include "storage/engine/rocksdb/record.h"
#include "storage/engine/rocksdb/rocksdb_status.h"

namespace gi::engine {
namespace {

// A commit as the iterator shows it.
struct StoredCommit {
  Revision begin;
  Revision end;
  LogRecord record;
};

absl::StatusOr<StoredCommit> Decode(const rocksdb::Iterator& it) {
  const std::optional<Revision> end = ParseRevisionKey(ToView(it.key()));
  if (!end.has_value()) return Corrupt("a key of the log that is no revision");
  ASSIGN_OR_RETURN(const LogRecord record, DecodeLogRecord(ToView(it.value())));
  if (record.entries > end->value) return Corrupt(absl::StrCat("the commit that ends at ", end->value, " is too long"));
  return StoredCommit{.begin = Revision{end->value - record.entries}, .end = *end, .record = record};
}

absl::Status Gap(Revision from) { return Corrupt(absl::StrCat("the log has a gap or an overlap at ", from.value)); }

// The neighbours of what lies beyond the last commit.
absl::StatusOr<LogStore::Neighbours> LastCommitEnd(rocksdb::Iterator& it) {
  LogStore::Neighbours neighbours;
  it.SeekToLast();
  RETURN_IF_ERROR(ToStatus(it.status()));
  if (it.Valid()) {
    ASSIGN_OR_RETURN(const StoredCommit last, Decode(it));
    neighbours.before = last.end;
  }
  return neighbours;
}

}  // namespace

std::unique_ptr<rocksdb::Iterator> RocksDbLog::NewIterator() const {
  return std::unique_ptr<rocksdb::Iterator>(core_->db().NewIterator({}, core_->family(Family::kLog)));
}

absl::Status RocksDbLog::Load() {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  const std::unique_ptr<rocksdb::Iterator> it = NewIterator();
  it->SeekToLast();
  if (!it->Valid()) return ToStatus(it->status());
  ASSIGN_OR_RETURN(const StoredCommit last, Decode(*it));
  it->Prev();
  RETURN_IF_ERROR(ToStatus(it->status()));
  Revision before;
  if (it->Valid()) {
    ASSIGN_OR_RETURN(const StoredCommit previous, Decode(*it));
    before = previous.end;
  }
  if (before != last.begin) return Gap(before);
  head_.store(last.end.value, std::memory_order_release);
  return absl::OkStatus();
}

absl::StatusOr<Revision> RocksDbLog::Head() const {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  return head();
}

absl::Status RocksDbLog::Append(Revision expected_head, absl::Span<const LogCommit> commits) {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  std::lock_guard<std::mutex> lock(core_->writer());
  rocksdb::WriteBatch batch;
  RETURN_IF_ERROR(Stage(expected_head, commits, batch));
  if (commits.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(core_->Write(batch, RocksDbCore::Durability::kSynced));
  Staged(commits);
  return absl::OkStatus();
}

absl::Status RocksDbLog::Stage(Revision expected_head, absl::Span<const LogCommit> commits,
                               rocksdb::WriteBatch& batch) const {
  RETURN_IF_ERROR(CheckLogCommits(expected_head, commits));
  RETURN_IF_ERROR(CheckHead(head(), expected_head));
  for (const LogCommit& commit : commits) {
    const std::string value = EncodeLogRecord({.entries = commit.entries, .payload = commit.payload});
    RETURN_IF_ERROR(ToStatus(batch.Put(core_->family(Family::kLog), RevisionKey(commit.end), value)));
  }
  return absl::OkStatus();
}

void RocksDbLog::Staged(absl::Span<const LogCommit> commits) {
  if (!commits.empty()) head_.store(commits.back().end.value, std::memory_order_release);
}

absl::StatusOr<std::vector<LogCommit>> RocksDbLog::Read(Revision after, size_t max_commits, size_t max_bytes) const {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  RETURN_IF_ERROR(CheckReadLimit(max_commits));
  std::vector<LogCommit> found;
  if (after.value == UINT64_MAX) return found;
  // Taken before the iterator, which therefore sees at least as much. What it sees beyond is durable too: RocksDB shows
  // a write only after its sync.
  const Revision known = head();
  const std::unique_ptr<rocksdb::Iterator> it = NewIterator();
  size_t bytes = 0;
  Revision at = after;
  for (it->Seek(RevisionKey(Revision{after.value + 1})); it->Valid() && found.size() < max_commits; it->Next()) {
    ASSIGN_OR_RETURN(const StoredCommit commit, Decode(*it));
    // The first one may begin before `after`, every other one begins where the one before ends.
    if (found.empty() ? commit.begin > at : commit.begin != at) return Gap(at);
    bytes += commit.record.payload.size();
    if (!found.empty() && bytes > max_bytes) return found;
    found.push_back(LogCommit{commit.end, commit.record.entries, std::string(commit.record.payload)});
    at = commit.end;
  }
  RETURN_IF_ERROR(ToStatus(it->status()));
  if (at < known && found.size() < max_commits) return Gap(at);
  return found;
}

absl::StatusOr<LogStore::Neighbours> RocksDbLog::FindCommitEnds(Revision revision) const {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  if (revision == Revision{0}) return Neighbours{.before = revision, .after = revision, .has_after = true};
  const Revision known = head();
  const std::unique_ptr<rocksdb::Iterator> it = NewIterator();
  it->Seek(RevisionKey(revision));
  RETURN_IF_ERROR(ToStatus(it->status()));
  if (!it->Valid()) {
    if (revision <= known) return Gap(revision);
    return LastCommitEnd(*it);
  }
  ASSIGN_OR_RETURN(const StoredCommit commit, Decode(*it));
  if (commit.begin >= revision) return Gap(revision);
  return Neighbours{.before = commit.end == revision ? revision : commit.begin, .after = commit.end, .has_after = true};
}

absl::StatusOr<std::string> RocksDbLog::HistoryId() const {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  rocksdb::PinnableSlice id;
  ASSIGN_OR_RETURN(const bool found, core_->Get({}, Family::kMeta, kHistoryIdKey, &id));
  if (!found || id.size() != 16) return Corrupt("the history id is missing or damaged");
  return id.ToString();
}

absl::Status RocksDbLog::StartNewHistory() {
  ASSIGN_OR_RETURN(const RocksDbCore::Call call, core_->Begin());
  ASSIGN_OR_RETURN(const std::string id, NewHistoryId());
  rocksdb::WriteBatch batch;
  RETURN_IF_ERROR(ToStatus(batch.Put(core_->family(Family::kMeta), kHistoryIdKey, id)));
  return core_->Write(batch, RocksDbCore::Durability::kSynced);
}

}  // namespace gi::engine
