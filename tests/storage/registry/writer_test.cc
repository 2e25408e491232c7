// A batch is run while the one before is committed.
#include "storage/registry/writer.h"

#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "storage/base/error.h"
#include "storage/engine/fault_engine.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/registry/rebuild.h"
#include "tests/storage/registry/registry_fixture.h"

namespace gi::registry {
namespace {

constexpr auto kSoon = std::chrono::milliseconds(50);
constexpr auto kLong = std::chrono::seconds(60);

std::string NameIn(const table::RowReader& rows, absl::string_view id) {
  const auto row = kEntities.Get(rows, id).value();
  return row ? row->message.display_name() : "";
}

std::map<std::string, std::string> AllIn(const table::RowReader& rows) {
  std::map<std::string, std::string> all;
  const auto scan = rows.Scan(AllEntities());
  while (scan->Next()) all[table::RowId(scan->key()).value()] = kEntities.Parse(scan->value())->display_name();
  EXPECT_FALSE(scan->Next()) << "the end stays the end";
  EXPECT_TRUE(scan->status().ok());
  return all;
}

class WriterTest : public testing::Test {
 protected:
  using Answer = std::future<absl::StatusOr<Committed>>;

  // Holds the next commit up until Release.
  void HoldCommits() {
    plan_->OnCommit([gate = gate_.get_future().share()] { gate.wait(); });
  }
  void Release() { gate_.set_value(); }

  // Submits one mutation that is committed by the other thread, since another one waits already: that has been run, on
  // what the first will leave, when this returns. With it goes the first one once more (`repeated_`).
  void SubmitTwo(MutationFn first, MutationFn second, Answer& first_answer, Answer& second_answer) {
    std::promise<void> running, go, run;
    first_answer = SubmitAsync(*registry_, CallOf("first"), [&, first = std::move(first)](Mutation& m) mutable {
      running.set_value();
      go.get_future().wait();
      return first(m);
    });
    running.get_future().wait();
    second_answer = SubmitAsync(*registry_, CallOf("second"), [&, second = std::move(second)](Mutation& m) mutable {
      const absl::Status status = second(m);
      run.set_value();
      return status;
    });
    repeated_ = SubmitAsync(*registry_, CallOf("first"), PutEntity(MakeEntity("a", "A", "one")));
    go.set_value();
    ASSERT_EQ(run.get_future().wait_for(kLong), std::future_status::ready);
  }

  const std::shared_ptr<engine::FaultPlan> plan_ = std::make_shared<engine::FaultPlan>();
  std::promise<void> gate_;
  Answer repeated_;
  std::unique_ptr<Registry> registry_ = OpenRegistry(engine::NewFaultEngine(engine::NewMemoryEngine(), plan_));
};

TEST_F(WriterTest, WhatIsNotDurableYetIsSeenByTheNextOneAndByNobodyElse) {
  ASSERT_TRUE(Submit(*registry_, CallOf("0"), PutEntity(MakeEntity("b", "B", "before"))).ok());
  HoldCommits();
  Answer first, second;
  SubmitTwo(
      [](Mutation& m) -> absl::Status {
        m.PutLocal(
            "\x01\x04"
            "local",
            "first");
        RETURN_IF_ERROR(m.Delete(kEntities, "b"));
        return m.Put(kEntities, "a", MakeEntity("a", "A", "one"));
      },
      [](Mutation& m) -> absl::Status {
        EXPECT_EQ(m.base(), Revision{1});
        EXPECT_EQ(AllIn(m.rows()), (std::map<std::string, std::string>{{"a", "one"}}));
        EXPECT_EQ(NameIn(m.rows(), "b"), "");
        EXPECT_EQ(kEntities.Get(m.rows(), "a").value()->revision, Revision{3});
        EXPECT_EQ(table::ScanIds(m.rows(), EntitiesWithUscc("A"), "", 9)->ids, std::vector<std::string>{"a"});
        EXPECT_TRUE(table::ScanIds(m.rows(), EntitiesWithUscc("B"), "", 9)->ids.empty());
        EXPECT_EQ(m.GetLocal("\x01\x04"
                             "local")
                      .value(),
                  "first");
        EXPECT_EQ(m.LocalKeys(engine::PrefixRange("\x01\x04")).value(), std::vector<std::string>{"\x01\x04"
                                                                                                 "local"});
        int staged = 0;
        m.ForEachStaged([&](absl::string_view, const std::optional<std::string>&) { ++staged; });
        EXPECT_EQ(staged, 2);
        RETURN_IF_ERROR(m.Put(kEntities, "a", MakeEntity("a", "A", "two")));
        return m.Put(kEntities, "b", MakeEntity("b", "B", "again"));
      },
      first, second);
  EXPECT_EQ(first.wait_for(kSoon), std::future_status::timeout);
  EXPECT_EQ(second.wait_for(kSoon), std::future_status::timeout);
  EXPECT_EQ(AllIn(registry_->Newest().rows()), (std::map<std::string, std::string>{{"b", "before"}}));
  Release();
  EXPECT_EQ(first.get()->revision, Revision{3});
  EXPECT_EQ(second.get()->revision, Revision{5});
  EXPECT_TRUE(repeated_.get()->replayed);
  EXPECT_EQ(AllIn(registry_->Newest().rows()), (std::map<std::string, std::string>{{"a", "two"}, {"b", "again"}}));
  EXPECT_EQ(AllIn(registry_->AtRevision(Revision{3})->rows()), (std::map<std::string, std::string>{{"a", "one"}}));
  EXPECT_TRUE(CheckAgainstRebuild(registry_->engine(), 10).ok());
}

TEST_F(WriterTest, WhatRestsOnAFailedCommitIsNotWritten) {
  HoldCommits();
  plan_->FailNth(engine::FaultPlan::Call::kCommit, 1);
  Answer first, second;
  SubmitTwo(PutEntity(MakeEntity("a", "A", "one")), PutEntity(MakeEntity("b", "B", "two")), first, second);
  Release();
  EXPECT_EQ(GetErrorReason(first.get().status()), ErrorReason::ERROR_REASON_COMMIT_OUTCOME_UNKNOWN);
  EXPECT_EQ(GetErrorReason(second.get().status()), ErrorReason::ERROR_REASON_WRITES_STOPPED);
  EXPECT_EQ(GetErrorReason(repeated_.get().status()), ErrorReason::ERROR_REASON_WRITES_STOPPED);
  EXPECT_TRUE(AllIn(registry_->Newest().rows()).empty());
  EXPECT_EQ(registry_->engine().log().Head().value(), Revision{0});
}

TEST_F(WriterTest, RecordTimesOfARunningBatchAreNotSettled) {
  HoldCommits();
  Answer first, second;
  SubmitTwo(PutEntity(MakeEntity("a", "A", "one")), PutEntity(MakeEntity("b", "B", "two")), first, second);
  auto read = std::async(std::launch::async, [&] {
    v1::ReadAt read_at;
    const int64_t now_us = absl::ToUnixMicros(registry_->Now());
    read_at.mutable_record_time()->set_seconds(now_us / 1'000'000);
    read_at.mutable_record_time()->set_nanos(static_cast<int32_t>(now_us % 1'000'000 * 1000));
    return AllIn(registry_->At(read_at)->rows());
  });
  EXPECT_EQ(read.wait_for(kSoon), std::future_status::timeout);
  Release();
  EXPECT_EQ(read.get().size(), 2u);
}

TEST_F(WriterTest, ARegistryThatGoesFinishesWhatItHasBegun) {
  HoldCommits();
  Answer first, second;
  SubmitTwo(PutEntity(MakeEntity("a", "A", "one")), PutEntity(MakeEntity("b", "B", "two")), first, second);
  auto gone = std::async(std::launch::async, [&] { registry_.reset(); });
  EXPECT_EQ(gone.wait_for(kSoon), std::future_status::timeout);
  Release();
  gone.get();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
}

TEST_F(WriterTest, EveryMutationSeesWhatAllBeforeItLeft) {
  constexpr int kThreads = 4, kEach = 250, kKeys = 12;
  std::atomic<uint32_t> commits{0};
  plan_->OnCommit([&] { std::this_thread::sleep_for(std::chrono::microseconds(commits++ % 7 * 150)); });
  // Of the thread that runs mutations.
  std::map<std::string, std::string> model;
  int failures = 0;
  const auto mutate = [&](uint32_t seed) {
    return [&, seed](Mutation& m) -> absl::Status {
      std::minstd_rand random(seed);
      if (AllIn(m.rows()) != model) ++failures;
      std::map<std::string, std::string> next = model;
      for (auto i = random() % 3; i < 3; ++i) {
        const std::string id = absl::StrCat("k", random() % kKeys), value = absl::StrCat("v", random() % 5);
        if (NameIn(m.rows(), id) != (next.contains(id) ? next[id] : "")) ++failures;
        if (random() % 3 == 0) {
          RETURN_IF_ERROR(m.Delete(kEntities, id));
          next.erase(id);
        } else {
          RETURN_IF_ERROR(m.Put(kEntities, id, MakeEntity(id, value, value)));
          next[id] = value;
        }
        std::vector<std::string> expected;
        for (const auto& [key, one] : next) {
          if (one == value) expected.push_back(key);
        }
        std::vector<std::string> found = table::ScanIds(m.rows(), EntitiesWithUscc(value), "", 99)->ids;
        std::sort(found.begin(), found.end());
        std::sort(expected.begin(), expected.end());
        if (found != expected) ++failures;
      }
      if (random() % 5 == 0) return MakeError(ErrorReason::ERROR_REASON_NOTHING_TO_CORRECT);
      // One that changed nothing is refused.
      if (m.entries() > 0) model = next;
      return absl::OkStatus();
    };
  };
  std::vector<std::jthread> threads;
  for (uint32_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::vector<Answer> answers;
      for (uint32_t i = 0; i < kEach; ++i) {
        const uint32_t number = thread * kEach + i;
        answers.push_back(SubmitAsync(*registry_, CallOf(absl::StrCat(number)), mutate(number * 2 + 1)));
        if (answers.size() == 5) answers.clear();  // which does not wait for them
        if (i % 11 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300));
      }
    });
  }
  threads.clear();
  ASSERT_TRUE(Submit(*registry_, CallOf("last"), PutEntity(MakeEntity("last", "L", "last"))).ok());
  model["last"] = "last";
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(AllIn(registry_->Newest().rows()), model);
  EXPECT_TRUE(CheckAgainstRebuild(registry_->engine(), 100).ok());
}

}  // namespace
}  // namespace gi::registry
