#include "tests/crash/oracle.h"

#include <future>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/base/error.h"
#include "storage/base/sha256.h"
#include "storage/registry/rebuild.h"
#include "storage/registry/tables.h"

namespace gi::crash {
namespace {

// How many earlier revisions are compared with the rebuild.
constexpr int kEarlierRevisions = 6;

// The value stored under a resource name, with the revision that wrote it.
absl::StatusOr<std::optional<engine::VersionedValue>> ReadRow(const registry::ReadView& view, absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, absl::MaxSplits('/', 1));
  for (const table::AnyTable* table : registry::AllTables()) {
    if (table->name() == parts.front()) return view.rows().Get(table->Key(parts.back()));
  }
  return absl::NotFoundError(absl::StrCat("no table holds ", name));
}

// "" if the row is there as it was written by the commit of that revision.
std::string RowFinding(const registry::ReadView& view, const WrittenRow& written) {
  const auto row = ReadRow(view, written.first);
  if (!row.ok()) return absl::StrCat(written.first, " cannot be read: ", row.status().ToString());
  if (!*row) return absl::StrCat(written.first, " is lost");
  if ((*row)->revision != view.revision()) {
    return absl::StrCat(written.first, " is lost: the row is that of revision ", (*row)->revision.value);
  }
  if (RowDigest((*row)->value) != written.second) return absl::StrCat(written.first, " has another content");
  return "";
}

absl::Time CommitTime(const registry::ReadView& view) {
  const registry::v1::ReadPoint point = view.ReadPoint();
  return absl::FromUnixSeconds(point.commit_time().seconds()) + absl::Nanoseconds(point.commit_time().nanos());
}

// Makes the call again, without being able to write anything.
absl::StatusOr<registry::Committed> Repeat(registry::Registry& registry, absl::string_view call) {
  std::promise<absl::StatusOr<registry::Committed>> promise;
  registry.Submit(
      ContextOf(call), [](registry::Mutation&) { return absl::NotFoundError("the call is lost: it ran again"); },
      [&promise](absl::StatusOr<registry::Committed> answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

WrittenRows ParseRows(const std::vector<std::string>& words, size_t from) {
  WrittenRows rows;
  for (size_t i = from; i < words.size(); ++i) {
    std::pair<std::string, std::string> row = absl::StrSplit(words[i], absl::MaxSplits('=', 1));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::string RowDigest(absl::string_view row_bytes) { return absl::BytesToHexString(Sha256({row_bytes}).substr(0, 8)); }

std::string CommittedLine(absl::string_view call, Revision revision, const WrittenRows& rows) {
  std::string line = absl::StrCat("committed ", call, " ", revision.value);
  for (const auto& [name, digest] : rows) absl::StrAppend(&line, " ", name, "=", digest);
  return line + "\n";
}

std::string RepeatedLine(absl::string_view call, Revision revision) {
  return absl::StrCat("repeated ", call, " ", revision.value, "\n");
}

std::string RefusedLine(absl::string_view call, const WrittenRows& rows) {
  std::string line = absl::StrCat("refused ", call);
  for (const auto& [name, digest] : rows) absl::StrAppend(&line, " ", name);
  return line + "\n";
}

std::string FailedLine(absl::string_view call, const absl::Status& status) {
  return absl::StrCat("failed ", call, " ", Excerpt(status.ToString(), 400), "\n");
}

registry::MutationContext ContextOf(absl::string_view call) {
  registry::MutationContext context;
  context.actor.set_agency("crash");
  context.reason.set_text("crash test");
  context.call.set_agency("crash");
  context.call.set_method("/crash/Put");
  context.call.set_request_id(Sha256({"id", call}).substr(0, 16));
  context.call.set_request_digest(Sha256({"request", call}));
  return context;
}

void Oracle::Add(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  uint64_t revision = 0;
  const bool has_revision = words.size() >= 3 && absl::SimpleAtoi(words[2], &revision);
  if (words[0] == "committed" && has_revision) {
    AddCommitted(words[1], Revision{revision}, ParseRows(words, 3));
  } else if (words[0] == "repeated" && has_revision) {
    const auto first = by_call_.find(words[1]);
    // The two answers may come in either order.
    if (first == by_call_.end()) {
      by_call_[words[1]] = Revision{revision};
    } else if (first->second != Revision{revision}) {
      said_.push_back(absl::StrCat("call ", words[1], " was answered with two revisions"));
    }
  } else if (words[0] == "refused" && words.size() >= 2) {
    refused_rows_.insert(refused_rows_.end(), words.begin() + 2, words.end());
  } else {
    said_.push_back(absl::StrCat("the writer said: ", line));
  }
}

void Oracle::AddCommitted(const std::string& call, Revision revision, WrittenRows rows) {
  const auto [known, is_new] = by_call_.try_emplace(call, revision);
  if (!is_new && known->second != revision) {
    said_.push_back(absl::StrCat("call ", call, " was answered with two revisions"));
  }
  if (!by_revision_.try_emplace(revision, Commit{call, std::move(rows)}).second) {
    said_.push_back(absl::StrCat("revision ", revision.value, " was given to two calls"));
  }
}

std::vector<std::string> Oracle::Check(registry::Registry& registry) const {
  Findings findings = said_;
  CheckCommits(registry, findings);
  CheckRepeats(registry, findings);
  CheckRefused(registry, findings);
  const auto rebuilt = registry::CheckAgainstRebuild(registry.engine(), kEarlierRevisions);
  if (!rebuilt.ok()) findings.push_back(rebuilt.status().ToString());
  return findings;
}

void Oracle::CheckCommits(const registry::Registry& registry, Findings& findings) const {
  absl::Time last = absl::InfinitePast();
  for (const auto& [revision, commit] : by_revision_) {
    const std::string where = absl::StrCat("call ", commit.call, " at revision ", revision.value, ": ");
    const auto view = registry.AtRevision(revision);
    if (!view.ok()) {
      findings.push_back(absl::StrCat(where, "the commit is lost: ", view.status().ToString()));
      continue;
    }
    for (const WrittenRow& row : commit.rows) {
      if (const std::string finding = RowFinding(*view, row); !finding.empty()) findings.push_back(where + finding);
    }
    const absl::Time time = CommitTime(*view);
    if (time <= last) findings.push_back(where + "its time is not after that of the commits before");
    last = time;
  }
}

void Oracle::CheckRepeats(registry::Registry& registry, Findings& findings) const {
  for (const auto& [call, revision] : by_call_) {
    const auto again = Repeat(registry, call);
    if (!again.ok()) {
      findings.push_back(absl::StrCat("call ", call, " made again: ", again.status().ToString()));
    } else if (!again->replayed || again->revision != revision) {
      findings.push_back(
          absl::StrCat("call ", call, " made again has revision ", again->revision.value, ", not ", revision.value));
    }
  }
}

void Oracle::CheckRefused(const registry::Registry& registry, Findings& findings) const {
  const registry::ReadView newest = registry.Newest();
  for (const std::string& name : refused_rows_) {
    const auto row = ReadRow(newest, name);
    if (!row.ok() || row->has_value()) findings.push_back(absl::StrCat(name, " is there, though it was refused"));
  }
}

}  // namespace gi::crash
