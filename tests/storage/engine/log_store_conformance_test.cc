// What log_store.h promises, for every implementation.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/storage/engine/engine_cases.h"

namespace gi::engine {
namespace {

using LogStoreConformance = EngineTest;
INSTANTIATE_TEST_SUITE_P(Engines, LogStoreConformance, testing::ValuesIn(AllEngines()), CaseName);

LogCommit Commit(uint64_t end, uint64_t entries, std::string payload = "payload") {
  return LogCommit{.end = Revision{end}, .entries = entries, .payload = std::move(payload)};
}

// Ends 1, 4, 6, 11.
std::vector<LogCommit> SampleCommits() {
  return {Commit(1, 1, "a"), Commit(4, 3, "bbb"), Commit(6, 2, Bytes("\0\xff")), Commit(11, 5, "")};
}

// What Read should return, by the contract.
std::vector<LogCommit> Expected(const std::vector<LogCommit>& commits, uint64_t after, size_t max_commits,
                                size_t max_bytes) {
  std::vector<LogCommit> found;
  size_t bytes = 0;
  for (const LogCommit& commit : commits) {
    if (commit.end.value <= after) continue;
    bytes += commit.payload.size();
    if (found.size() == max_commits || (!found.empty() && bytes > max_bytes)) break;
    found.push_back(commit);
  }
  return found;
}

TEST_P(LogStoreConformance, NewLogIsEmpty) {
  EXPECT_EQ(*log().Head(), Revision{0});
  EXPECT_TRUE(log().Read(Revision{0}, 10, 1000)->empty());
  EXPECT_TRUE(log().Read(Revision{5}, 10, 1000)->empty());
}

TEST_P(LogStoreConformance, AppendMovesTheHead) {
  ASSERT_OK(log().Append(Revision{0}, {Commit(2, 2)}));
  EXPECT_EQ(*log().Head(), Revision{2});
  ASSERT_OK(log().Append(Revision{2}, {Commit(3, 1), Commit(7, 4)}));
  EXPECT_EQ(*log().Head(), Revision{7});
  ASSERT_OK(log().Append(Revision{7}, {}));
  EXPECT_EQ(*log().Head(), Revision{7});
}

TEST_P(LogStoreConformance, AppendAtAnotherHeadChangesNothing) {
  ASSERT_OK(log().Append(Revision{0}, {Commit(2, 2, "first")}));
  for (const uint64_t head : {0, 1, 3}) {
    const absl::Status status = log().Append(Revision{head}, {Commit(head + 1, 1, "second")});
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << head;
    EXPECT_EQ(GetErrorReason(status), registry::v1::ERROR_REASON_UNSPECIFIED) << "not to be mistaken for STORE_CLOSED";
  }
  EXPECT_EQ(log().Append(Revision{1}, {}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(*log().Head(), Revision{2});
  EXPECT_EQ(*log().Read(Revision{0}, 10, 1000), std::vector<LogCommit>{Commit(2, 2, "first")});
}

TEST_P(LogStoreConformance, AppendRefusesWhatDoesNotFollow) {
  ASSERT_OK(log().Append(Revision{0}, {Commit(5, 5)}));
  const std::vector<std::vector<LogCommit>> wrong = {
      {Commit(7, 1)},                // gap
      {Commit(6, 2)},                // overlap
      {Commit(5, 0)},                // no entries
      {Commit(6, 0)},                //
      {Commit(4, UINT64_MAX)},       // backwards, by overflow
      {Commit(6, 1), Commit(8, 1)},  // gap after the first
      {Commit(6, 1), Commit(6, 1)},  // overlap after the first
  };
  for (size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_EQ(log().Append(Revision{5}, wrong[i]).code(), absl::StatusCode::kInvalidArgument) << i;
  }
  EXPECT_EQ(*log().Head(), Revision{5});
  EXPECT_TRUE(log().Read(Revision{5}, 10, 1000)->empty());
}

TEST_P(LogStoreConformance, TakesTheLargestPayloadAndNoLarger) {
  const std::string largest(kMaxCommitBytes, 'x');
  EXPECT_REASON(log().Append(Revision{0}, {Commit(1, 1, largest + "x")}), COMMIT_TOO_LARGE);
  EXPECT_EQ(*log().Head(), Revision{0});
  ASSERT_OK(log().Append(Revision{0}, {Commit(1, 1, largest), Commit(2, 1, largest)}));
  EXPECT_EQ(*log().Read(Revision{1}, 1, 1), std::vector<LogCommit>{Commit(2, 1, largest)});
}

TEST_P(LogStoreConformance, ReadsFromEveryRevisionWithEveryLimit) {
  const std::vector<LogCommit> commits = SampleCommits();
  ASSERT_OK(log().Append(Revision{0}, commits));
  for (uint64_t after = 0; after <= 13; ++after) {
    for (size_t max_commits = 1; max_commits <= 5; ++max_commits) {
      for (size_t max_bytes = 0; max_bytes <= 8; ++max_bytes) {
        ASSERT_VALUE(const std::vector<LogCommit> found, log().Read(Revision{after}, max_commits, max_bytes));
        EXPECT_EQ(found, Expected(commits, after, max_commits, max_bytes))
            << after << " " << max_commits << " " << max_bytes;
      }
    }
  }
  EXPECT_TRUE(log().Read(Revision{UINT64_MAX}, 1, 1)->empty());
}

TEST_P(LogStoreConformance, ReadOfNoCommitIsRefused) {
  EXPECT_EQ(log().Read(Revision{0}, 0, 1000).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(LogStoreConformance, PagesCoverTheLogExactly) {
  std::vector<LogCommit> commits;
  uint64_t end = 0;
  for (uint64_t i = 0; i < 100; ++i) commits.push_back(Commit(end += 1 + i % 3, 1 + i % 3, absl::StrCat(i)));
  ASSERT_OK(log().Append(Revision{0}, commits));
  for (const size_t page : {1, 7, 99, 100, 101}) {
    std::vector<LogCommit> all;
    Revision after;
    while (true) {
      ASSERT_VALUE(const std::vector<LogCommit> found, log().Read(after, page, 1 << 20));
      if (found.empty()) break;
      all.insert(all.end(), found.begin(), found.end());
      after = found.back().end;
    }
    EXPECT_EQ(all, commits) << page;
  }
}

TEST_P(LogStoreConformance, FindsTheCommitEndsAroundEveryRevision) {
  const LogStore::Neighbours none = {.before = Revision{0}, .after = Revision{0}, .has_after = false};
  const LogStore::Neighbours empty = *log().FindCommitEnds(Revision{3});
  EXPECT_EQ(empty.before, none.before);
  EXPECT_FALSE(empty.has_after);

  ASSERT_OK(log().Append(Revision{0}, SampleCommits()));
  const std::vector<uint64_t> ends = {0, 1, 4, 6, 11};
  for (const uint64_t revision : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 100}) {
    uint64_t before = 0;
    std::optional<uint64_t> after;
    for (const uint64_t end : ends) {
      if (end <= revision) before = end;
      if (end >= revision && !after.has_value()) after = end;
    }
    ASSERT_VALUE(const LogStore::Neighbours found, log().FindCommitEnds(Revision{revision}));
    EXPECT_EQ(found.before.value, before) << revision;
    EXPECT_EQ(found.has_after, after.has_value()) << revision;
    EXPECT_EQ(found.after.value, after.value_or(0)) << revision;
  }
  EXPECT_EQ(log().FindCommitEnds(Revision{UINT64_MAX})->before, Revision{11});
}

TEST_P(LogStoreConformance, HistoryIdIsRandomStableAndReplaceable) {
  ASSERT_VALUE(const std::string first, log().HistoryId());
  EXPECT_EQ(first.size(), 16u);
  ASSERT_OK(log().Append(Revision{0}, {Commit(1, 1)}));
  EXPECT_EQ(*log().HistoryId(), first);
  ASSERT_OK(log().StartNewHistory());
  ASSERT_VALUE(const std::string second, log().HistoryId());
  EXPECT_EQ(second.size(), 16u);
  EXPECT_NE(second, first);
  EXPECT_EQ(*log().Head(), Revision{1}) << "the log itself stays";

  const std::unique_ptr<EngineHome> other_home = GetParam().new_home();
  ASSERT_VALUE(const std::unique_ptr<Engine> other, other_home->Open());
  EXPECT_NE(*other->log().HistoryId(), first);
}

TEST_P(LogStoreConformance, OfTwoAppendsAtOneHeadOneSurvives) {
  constexpr uint64_t kRounds = 50;
  std::atomic<uint64_t> appended = 0;
  const auto append = [&] {
    for (uint64_t head = 0; head < kRounds; ++head) {
      if (log().Append(Revision{head}, {Commit(head + 1, 1)}).ok()) ++appended;
      // Until the other thread's append, if it was the faster one, is to be seen.
      while (log().Head()->value <= head) std::this_thread::yield();
    }
  };
  std::thread first(append);
  std::thread second(append);
  first.join();
  second.join();
  EXPECT_EQ(appended, kRounds);
  EXPECT_EQ(log().Read(Revision{0}, 1000, 1 << 20)->size(), kRounds);
}

TEST_P(LogStoreConformance, ReadsRunBesideAppends) {
  constexpr uint64_t kCommits = 200;
  std::thread writer([&] {
    for (uint64_t head = 0; head < kCommits; ++head) EXPECT_OK(log().Append(Revision{head}, {Commit(head + 1, 1)}));
  });
  Revision after;
  while (after.value < kCommits) {
    const Revision head = *log().Head();
    const auto found = log().Read(after, 1000, 1 << 20);
    EXPECT_OK(found.status());
    if (!found.ok()) break;
    EXPECT_GE(after.value + found->size(), head.value) << "what the head shows can be read";
    if (!found->empty()) after = found->back().end;
  }
  writer.join();
}

TEST_P(LogStoreConformance, ClosedLogAnswersSo) {
  ASSERT_OK(log().Append(Revision{0}, {Commit(1, 1)}));
  ASSERT_OK(engine_->Close());
  EXPECT_REASON(log().Head().status(), STORE_CLOSED);
  EXPECT_REASON(log().Append(Revision{1}, {Commit(2, 1)}), STORE_CLOSED);
  EXPECT_REASON(log().Read(Revision{0}, 1, 1).status(), STORE_CLOSED);
  EXPECT_REASON(log().FindCommitEnds(Revision{1}).status(), STORE_CLOSED);
  EXPECT_REASON(log().HistoryId().status(), STORE_CLOSED);
  EXPECT_REASON(log().StartNewHistory(), STORE_CLOSED);
}

}  // namespace
}  // namespace gi::engine
