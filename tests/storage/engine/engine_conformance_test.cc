// What engine.h promises, for every implementation; and, for those that keep their data, what a second engine finds.
#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/storage/engine/engine_cases.h"

namespace gi::engine {
namespace {

class EngineConformance : public EngineTest {
 protected:
  // One commit of one entry, with one row.
  absl::Status Commit(uint64_t head) {
    const Revision end{head + 1};
    return engine_->Commit(
        Revision{head}, {LogCommit{end, 1, absl::StrCat("log", end.value)}},
        {ViewCommit{end, {Put("k", absl::StrCat(end.value)), PutLocal("l", absl::StrCat(end.value))}}});
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, EngineConformance, testing::ValuesIn(AllEngines()), CaseName);

TEST_P(EngineConformance, CommitWritesToBoth) {
  ASSERT_OK(Commit(0));
  ASSERT_OK(engine_->Commit(Revision{1}, {LogCommit{Revision{3}, 2, "x"}, LogCommit{Revision{4}, 1, "y"}},
                            {ViewCommit{Revision{3}, {Put("k", "3")}}, ViewCommit{Revision{4}, {Put("m", "4")}}}));
  EXPECT_EQ(*log().Head(), Revision{4});
  EXPECT_EQ(*view().AppliedRevision(), Revision{4});
  EXPECT_EQ(log().Read(Revision{0}, 10, 1000)->size(), 3u);
  EXPECT_EQ(DumpAll(view()), "k=3@3 m=4@4");
  EXPECT_OK(engine_->Commit(Revision{4}, {}, {}));
}

TEST_P(EngineConformance, CommitAtAnotherHeadDoesNeither) {
  ASSERT_OK(Commit(0));
  for (const uint64_t head : {0, 2}) {
    const absl::Status status = Commit(head);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(GetErrorReason(status), registry::v1::ERROR_REASON_UNSPECIFIED);
  }
  EXPECT_EQ(*log().Head(), Revision{1});
  EXPECT_EQ(DumpAll(view()), "k=1@1");
}

TEST_P(EngineConformance, CommitThatIsRefusedDoesNeither) {
  ASSERT_OK(Commit(0));
  const LogCommit log_commit{Revision{2}, 1, "x"};
  const ViewCommit view_commit{Revision{2}, {Put("k", "x")}};
  const auto code = [&](std::vector<LogCommit> log_commits, std::vector<ViewCommit> view_commits) {
    return engine_->Commit(Revision{1}, log_commits, view_commits).code();
  };
  EXPECT_EQ(code({log_commit}, {}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({}, {view_commit}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({log_commit}, {ViewCommit{Revision{3}, {}}}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({LogCommit{Revision{2}, 2, "x"}}, {view_commit}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({log_commit}, {ViewCommit{Revision{2}, {Put(std::string(kMaxKeyBytes + 1, 'k'), "")}}}),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(*log().Head(), Revision{1});
  EXPECT_EQ(*view().AppliedRevision(), Revision{1});
  EXPECT_EQ(DumpAll(view()), "k=1@1");
}

// Otherwise the view would come to lack a commit that nobody would ever miss.
TEST_P(EngineConformance, CommitOntoAViewThatIsBehindDoesNeither) {
  ASSERT_OK(log().Append(Revision{0}, {LogCommit{Revision{1}, 1, "x"}}));
  EXPECT_EQ(Commit(1).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(*log().Head(), Revision{1});
  ASSERT_OK(view().Apply({ViewCommit{Revision{1}, {}}}));
  EXPECT_OK(Commit(1));
}

TEST_P(EngineConformance, CloseIsIdempotentAndFinal) {
  ASSERT_OK(Commit(0));
  EXPECT_OK(engine_->Close());
  EXPECT_OK(engine_->Close());
  EXPECT_REASON(Commit(1), STORE_CLOSED);
}

TEST_P(EngineConformance, CloseMayComeAtAnyTime) {
  ASSERT_OK(Commit(0));
  std::atomic<int> running = 0;
  const auto read = [&] {
    ++running;
    while (true) {
      const auto snapshot = view().Snapshot();
      if (!snapshot.ok()) break;
      const auto scan = (*snapshot)->Scan(KeyRange{}, Revision{1});
      const bool found = scan->Next();
      EXPECT_TRUE(found || !scan->status().ok());
      (void)(*snapshot)->Get("k", Revision{0}).status();
      (void)log().Read(Revision{0}, 10, 1000).status();
    }
  };
  const auto write = [&] {
    ++running;
    for (uint64_t head = 1; Commit(head).ok(); ++head) {
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(read);
  threads.emplace_back(read);
  threads.emplace_back(write);
  while (running < 3) std::this_thread::yield();
  EXPECT_OK(engine_->Close());
  for (std::thread& thread : threads) thread.join();
  EXPECT_REASON(view().Snapshot().status(), STORE_CLOSED);
}

using ReopenConformance = EngineConformance;
INSTANTIATE_TEST_SUITE_P(Engines, ReopenConformance, testing::ValuesIn(PersistentEngines()), CaseName);

TEST_P(ReopenConformance, FindsEverythingAgain) {
  for (uint64_t head = 0; head < 20; ++head) ASSERT_OK(Commit(head));
  ASSERT_OK(view().ApplyLocal({PutLocal("m", "x")}));
  ASSERT_VALUE(const std::string history, log().HistoryId());
  ASSERT_VALUE(const std::vector<LogCommit> commits, log().Read(Revision{0}, 100, 10000));
  for (int i = 0; i < 2; ++i) {
    Reopen();
    EXPECT_EQ(*log().Head(), Revision{20});
    EXPECT_EQ(*view().AppliedRevision(), Revision{20});
    EXPECT_EQ(*log().HistoryId(), history);
    EXPECT_EQ(*log().Read(Revision{0}, 100, 10000), commits);
    ASSERT_VALUE(const auto snapshot, view().Snapshot());
    for (uint64_t at = 1; at <= 20; ++at) EXPECT_EQ((*snapshot->Get("k", Revision{at}))->value, absl::StrCat(at));
    EXPECT_EQ(Dump(*snapshot->ScanLocal(KeyRange{})), "l=20@0 m=x@0");
  }
  EXPECT_OK(Commit(20));
}

TEST_P(ReopenConformance, KeepsWhatWasAppliedAloneAndCleared) {
  ASSERT_OK(log().Append(Revision{0}, {LogCommit{Revision{3}, 3, "x"}}));
  ASSERT_OK(view().Apply({ViewCommit{Revision{3}, {Put("a", "3")}}}));
  Reopen();
  EXPECT_EQ(DumpAll(view()), "a=3@3");
  ASSERT_OK(view().Clear());
  Reopen();
  EXPECT_EQ(*log().Head(), Revision{3});
  EXPECT_EQ(*view().AppliedRevision(), Revision{0});
  EXPECT_EQ(DumpAll(view()), "");
}

TEST_P(ReopenConformance, KeepsTheNewHistory) {
  ASSERT_VALUE(const std::string first, log().HistoryId());
  ASSERT_OK(log().StartNewHistory());
  ASSERT_VALUE(const std::string second, log().HistoryId());
  Reopen();
  EXPECT_EQ(*log().HistoryId(), second);
  EXPECT_NE(first, second);
}

TEST_P(ReopenConformance, SnapshotsOfTheOldEngineDoNotReachTheNewOne) {
  ASSERT_OK(Commit(0));
  ASSERT_VALUE(const auto snapshot, view().Snapshot());
  const auto scan = snapshot->Scan(KeyRange{}, Revision{1});
  ASSERT_TRUE(scan->Next());
  Reopen();
  EXPECT_REASON(snapshot->Get("k", Revision{1}).status(), STORE_CLOSED);
  EXPECT_FALSE(scan->Next());
}

TEST_P(ReopenConformance, SecondOpenerIsLockedOut) {
  const auto second = home_->Open();
  EXPECT_REASON(second.status(), STORE_LOCKED);
  ASSERT_OK(Commit(0));
  ASSERT_OK(engine_->Close());
  EXPECT_OK(home_->Open().status()) << "closing is enough";
}

}  // namespace
}  // namespace gi::engine
