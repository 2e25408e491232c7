#include "storage/engine/fault_engine.h"

#include <string>
#include <vector>

#include "storage/engine/memory/memory_engine.h"
#include "tests/storage/engine/engine_cases.h"

namespace gi::engine {
namespace {

using Call = FaultPlan::Call;
using Moment = FaultPlan::Moment;

class FaultEngineTest : public testing::Test {
 protected:
  absl::Status Commit(uint64_t head) {
    const Revision end{head + 1};
    return engine_->Commit(Revision{head}, {LogCommit{end, 1, "x"}}, {ViewCommit{end, {Put("k", "v")}}});
  }
  Revision Head() { return *engine_->log().Head(); }

  std::shared_ptr<FaultPlan> plan_ = std::make_shared<FaultPlan>();
  std::unique_ptr<Engine> engine_ = NewFaultEngine(NewMemoryEngine(), plan_);
};

TEST_F(FaultEngineTest, FailsTheNthCommitBeforeItIsWritten) {
  plan_->FailNth(Call::kCommit, 2);
  EXPECT_OK(Commit(0));
  EXPECT_REASON(Commit(1), STORE_IO);
  EXPECT_EQ(Head(), Revision{1});
  EXPECT_OK(Commit(1));
  EXPECT_EQ(plan_->count(Call::kCommit), 3u);
}

TEST_F(FaultEngineTest, FailsTheNthCommitAfterItWasWritten) {
  plan_->FailNth(Call::kCommit, 2, Moment::kAfter);
  EXPECT_OK(Commit(0));
  EXPECT_REASON(Commit(1), STORE_IO);
  EXPECT_EQ(Head(), Revision{2});
  EXPECT_EQ(DumpAll(engine_->view()), "k=v@2");
  EXPECT_OK(Commit(2));
}

TEST_F(FaultEngineTest, ACommitThatFailsByItselfKeepsItsOwnStatus) {
  plan_->FailNth(Call::kCommit, 1, Moment::kAfter);
  EXPECT_EQ(Commit(5).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FaultEngineTest, FailsAllLaterCommitsUntilHealed) {
  plan_->FailFrom(Call::kCommit, 2);
  EXPECT_OK(Commit(0));
  EXPECT_REASON(Commit(1), STORE_IO);
  EXPECT_REASON(engine_->log().Append(Revision{1}, {LogCommit{Revision{2}, 1, "x"}}), STORE_IO);
  EXPECT_OK(engine_->view().ApplyLocal({})) << "another kind of call";
  EXPECT_EQ(Head(), Revision{1});
  plan_->Heal();
  EXPECT_OK(Commit(1));
  EXPECT_EQ(plan_->count(Call::kCommit), 4u);
}

TEST_F(FaultEngineTest, FailsAppliesAndReads) {
  plan_->FailNth(Call::kApply, 2);
  EXPECT_OK(engine_->view().Apply({ViewCommit{Revision{1}, {Put("a", "1"), Put("b", "1")}}}));
  EXPECT_REASON(engine_->view().ApplyLocal({}), STORE_IO);

  ASSERT_VALUE(const auto snapshot, engine_->view().Snapshot());
  const auto scan = snapshot->Scan(KeyRange{}, Revision{1});
  ASSERT_TRUE(scan->Next());
  plan_->FailNth(Call::kRead, plan_->count(Call::kRead) + 1);
  EXPECT_FALSE(scan->Next());
  EXPECT_REASON(scan->status(), STORE_IO);
  EXPECT_FALSE(scan->Next()) << "a scan that failed stays failed";
  plan_->FailFrom(Call::kRead, 0);
  EXPECT_REASON(snapshot->Get("a", Revision{1}).status(), STORE_IO);
  EXPECT_REASON(snapshot->MultiGet({"a"}, Revision{1}).status(), STORE_IO);
  EXPECT_REASON(snapshot->GetLocal("a").status(), STORE_IO);
  EXPECT_REASON(engine_->view().Snapshot().status(), STORE_IO);
  EXPECT_REASON(engine_->log().Read(Revision{0}, 1, 1).status(), STORE_IO);
  EXPECT_REASON(engine_->log().FindCommitEnds(Revision{0}).status(), STORE_IO);
}

TEST_F(FaultEngineTest, AnnouncesEveryRead) {
  std::vector<std::string> methods;
  plan_->OnRead([&](absl::string_view method) { methods.emplace_back(method); });
  ASSERT_OK(Commit(0));
  ASSERT_VALUE(const auto snapshot, engine_->view().Snapshot());
  ASSERT_OK(snapshot->Get("k", Revision{1}).status());
  EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{1})), "k=v@1");
  ASSERT_OK(engine_->log().Read(Revision{0}, 1, 1).status());
  EXPECT_EQ(methods, (std::vector<std::string>{"Snapshot", "Get", "Next", "Next", "Read"}));
  EXPECT_EQ(plan_->count(Call::kRead), 5u);
}

}  // namespace
}  // namespace gi::engine
