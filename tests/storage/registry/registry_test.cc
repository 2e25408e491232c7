#include "storage/registry/registry.h"

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/base/date.h"
#include "storage/base/error.h"
#include "storage/engine/fault_engine.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/registry/rebuild.h"
#include "tests/storage/registry/registry_fixture.h"

namespace gi::registry {
namespace {

std::string NameAt(const ReadView& view, absl::string_view id) {
  const auto row = kEntities.Get(view.rows(), id).value();
  return row ? row->message.display_name() : "";
}

ErrorReason ReasonOf(const absl::Status& status) { return GetErrorReason(status); }

v1::ReadAt Exactly(int64_t revision) {
  v1::ReadAt read_at;
  read_at.set_exact_revision(revision);
  return read_at;
}

v1::ReadAt AsOf(absl::Time time) {
  v1::ReadAt read_at;
  read_at.mutable_record_time()->set_seconds(absl::ToUnixMicros(time) / 1'000'000);
  read_at.mutable_record_time()->set_nanos(static_cast<int32_t>(absl::ToUnixMicros(time) % 1'000'000 * 1000));
  return read_at;
}

class RegistryTest : public testing::Test {
 protected:
  absl::StatusOr<Committed> Put(absl::string_view request, const v1::Entity& entity) {
    return Submit(*registry_, CallOf(request, entity.SerializeAsString()), PutEntity(entity));
  }
  FakeClock clock_;
  std::unique_ptr<Registry> registry_ = OpenRegistry(engine::NewMemoryEngine(), &clock_);
};

TEST_F(RegistryTest, ReadsEveryRevisionAndRefusesWhatIsNone) {
  EXPECT_EQ(registry_->Newest().revision(), Revision{0});
  EXPECT_FALSE(registry_->Newest().ReadPoint().has_commit_time());
  ASSERT_EQ(Put("1", MakeEntity("a", "A", "one"))->revision, Revision{1});
  const auto two_rows = [](Mutation& m) {
    RETURN_IF_ERROR(m.Put(kEntities, "a", MakeEntity("a", "A", "two")));
    return m.Put(kEntities, "b", MakeEntity("b", "B", "bee"));
  };
  ASSERT_EQ(Submit(*registry_, CallOf("2"), two_rows)->revision, Revision{3});
  EXPECT_EQ(NameAt(registry_->At(Exactly(0)).value(), "a"), "");
  EXPECT_EQ(NameAt(registry_->At(Exactly(1)).value(), "a"), "one");
  EXPECT_EQ(NameAt(registry_->At(Exactly(3)).value(), "a"), "two");
  const absl::Status inside = registry_->At(Exactly(2)).status();
  EXPECT_EQ(ReasonOf(inside), ErrorReason::ERROR_REASON_REVISION_NOT_READABLE);
  const ErrorMetadata expected = {{"after", "3"}, {"before", "1"}, {"revision", "2"}};
  EXPECT_EQ(GetErrorDetail(inside)->metadata, expected);
  EXPECT_EQ(ReasonOf(registry_->At(Exactly(4)).status()), ErrorReason::ERROR_REASON_REVISION_NOT_READABLE);
  EXPECT_EQ(ReasonOf(registry_->At(Exactly(-1)).status()), ErrorReason::ERROR_REASON_REVISION_NOT_READABLE);
  v1::ReadAt at_least;
  at_least.set_at_least_revision(3);
  EXPECT_EQ(registry_->At(at_least)->revision(), Revision{3});
  at_least.set_at_least_revision(4);
  EXPECT_EQ(ReasonOf(registry_->At(at_least).status()), ErrorReason::ERROR_REASON_REVISION_NOT_READABLE);
}

TEST_F(RegistryTest, RefusesAnotherHistory) {
  v1::ReadAt read_at;
  read_at.set_history_id(registry_->HistoryIdText());
  EXPECT_TRUE(registry_->At(read_at).ok());
  read_at.set_history_id("00000000000000000000000000000000");
  EXPECT_EQ(ReasonOf(registry_->At(read_at).status()), ErrorReason::ERROR_REASON_HISTORY_MISMATCH);
}

TEST_F(RegistryTest, RecordTimeIsTheLastCommitAtOrBefore) {
  const absl::Time before = clock_.Now();
  clock_.Advance(absl::Seconds(10));
  const absl::Time first = clock_.Now();
  ASSERT_TRUE(Put("1", MakeEntity("a", "A", "one")).ok());
  clock_.Advance(absl::Seconds(10));
  const absl::Time second = clock_.Now();
  ASSERT_TRUE(Put("2", MakeEntity("a", "A", "two")).ok());
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(registry_->At(AsOf(before))->revision(), Revision{0});
  EXPECT_EQ(registry_->At(AsOf(first - absl::Microseconds(1)))->revision(), Revision{0});
  EXPECT_EQ(registry_->At(AsOf(first))->revision(), Revision{1});
  EXPECT_EQ(registry_->At(AsOf(second - absl::Microseconds(1)))->revision(), Revision{1});
  EXPECT_EQ(NameAt(registry_->At(AsOf(second)).value(), "a"), "two");
  EXPECT_EQ(registry_->At(AsOf(clock_.Now()))->revision(), Revision{2});
  EXPECT_EQ(ReasonOf(registry_->At(AsOf(clock_.Now() + absl::Microseconds(1))).status()),
            ErrorReason::ERROR_REASON_RECORD_TIME_IN_FUTURE);
}

TEST_F(RegistryTest, RecordDateIsTheEndOfTheDayInShanghai) {
  ASSERT_TRUE(Put("1", MakeEntity("a", "A", "one")).ok());
  const Day day = DayInShanghai(clock_.Now());
  v1::ReadAt read_at;
  *read_at.mutable_record_date() = ToDate(day);
  EXPECT_EQ(ReasonOf(registry_->At(read_at).status()), ErrorReason::ERROR_REASON_RECORD_TIME_IN_FUTURE);
  clock_.Set(EndOfDayInShanghai(day));
  EXPECT_EQ(registry_->At(read_at)->revision(), Revision{1});
  *read_at.mutable_record_date() = ToDate(day - 1);
  EXPECT_EQ(registry_->At(read_at)->revision(), Revision{0});
  read_at.mutable_record_date()->set_month(13);
  EXPECT_EQ(ReasonOf(registry_->At(read_at).status()), ErrorReason::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(RegistryTest, ACommitNeverGetsATimeThatWasAnsweredFor) {
  ASSERT_TRUE(Put("1", MakeEntity("a", "A", "one")).ok());
  const absl::Time asked = clock_.Now();
  EXPECT_EQ(registry_->At(AsOf(asked))->revision(), Revision{1});
  clock_.Advance(-absl::Hours(1));  // and even if the clock is set back
  ASSERT_TRUE(Put("2", MakeEntity("a", "A", "two")).ok());
  clock_.Advance(absl::Hours(2));
  EXPECT_EQ(registry_->At(AsOf(asked))->revision(), Revision{1});
}

TEST_F(RegistryTest, CommitTimesAscendWhateverTheClockSays) {
  int64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    if (i == 10) clock_.Advance(-absl::Hours(5));
    ASSERT_TRUE(Put(absl::StrCat(i), MakeEntity("a", "A", absl::StrCat(i))).ok());
    const auto point = registry_->Newest().ReadPoint();
    const int64_t us = point.commit_time().seconds() * 1'000'000 + point.commit_time().nanos() / 1000;
    EXPECT_GT(us, last);
    last = us;
  }
}

TEST_F(RegistryTest, TheSameCallIsAnsweredWithItsCommit) {
  const Committed first = Put("1", MakeEntity("a", "A", "one")).value();
  ASSERT_TRUE(Put("2", MakeEntity("a", "A", "two")).ok());
  const Committed again = Put("1", MakeEntity("a", "A", "one")).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.revision, first.revision);
  EXPECT_EQ(again.answer_key, first.answer_key);
  EXPECT_EQ(NameAt(registry_->Newest(), "a"), "two");
  EXPECT_EQ(ReasonOf(Put("1", MakeEntity("a", "A", "other")).status()), ErrorReason::ERROR_REASON_REQUEST_ID_REUSED);
  EXPECT_EQ(registry_->Newest().revision(), Revision{2});
}

TEST_F(RegistryTest, ARefusalLeavesNothing) {
  const auto half = [](Mutation& m) -> absl::Status {
    RETURN_IF_ERROR(m.Put(kEntities, "a", MakeEntity("a", "A", "one")));
    return MakeError(ErrorReason::ERROR_REASON_NOTHING_TO_CORRECT);
  };
  EXPECT_EQ(ReasonOf(Submit(*registry_, CallOf("1"), half).status()), ErrorReason::ERROR_REASON_NOTHING_TO_CORRECT);
  EXPECT_EQ(registry_->Newest().revision(), Revision{0});
  // Refusals are not stored: the same call may succeed later.
  EXPECT_FALSE(Put("1", MakeEntity("a", "A", "one"))->replayed);
}

TEST_F(RegistryTest, MutationsOfOneBatchSeeEachOther) {
  // The first mutation holds the writer until all others wait, so that they share a batch.
  std::promise<void> go;
  auto gate = go.get_future().share();
  std::vector<std::future<absl::StatusOr<Committed>>> answers;
  answers.push_back(SubmitAsync(*registry_, CallOf("gate"), [gate](Mutation& m) {
    gate.wait();
    return m.Put(kEntities, "counter", MakeEntity("counter", "0", "0"));
  }));
  const auto increment = [](Mutation& m) -> absl::Status {
    ASSIGN_OR_RETURN(auto row, kEntities.Get(m.rows(), "counter"));
    const int value = std::stoi(row->message.display_name());
    if (value % 7 == 3) {
      RETURN_IF_ERROR(m.Put(kEntities, "never", MakeEntity("never", "N", "never")));
      RETURN_IF_ERROR(
          m.Put(kEntities, "counter", MakeEntity("counter", absl::StrCat(value + 4), absl::StrCat(value + 4))));
      if (value % 2 == 1) return MakeError(ErrorReason::ERROR_REASON_NOTHING_TO_CORRECT);
    }
    // The index follows the row inside the batch too.
    const auto ids = table::ScanIds(m.rows(), EntitiesWithUscc(absl::StrCat(value)), "", 10);
    if (ids->ids != std::vector<std::string>{"counter"}) return absl::InternalError("index lags");
    return m.Put(kEntities, "counter", MakeEntity("counter", absl::StrCat(value + 1), absl::StrCat(value + 1)));
  };
  for (int i = 0; i < 3; ++i) answers.push_back(SubmitAsync(*registry_, CallOf(absl::StrCat(i)), increment));
  answers.push_back(SubmitAsync(*registry_, CallOf("refused"), increment));
  answers.push_back(SubmitAsync(*registry_, CallOf("0"), increment));  // a repetition within the batch
  go.set_value();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(answers[static_cast<size_t>(i)].get().ok()) << i;
  EXPECT_FALSE(answers[4].get().ok());
  EXPECT_TRUE(answers[5].get()->replayed);
  EXPECT_EQ(NameAt(registry_->Newest(), "counter"), "3");
  EXPECT_EQ(NameAt(registry_->Newest(), "never"), "");
  EXPECT_TRUE(CheckAgainstRebuild(registry_->engine(), 10).ok());
}

TEST_F(RegistryTest, DryRunKeepsNothing) {
  EXPECT_TRUE(registry_->DryRun(PutEntity(MakeEntity("a", "A", "one"))).ok());
  EXPECT_EQ(registry_->Newest().revision(), Revision{0});
}

TEST_F(RegistryTest, AnExpiredDeadlineIsRefused) {
  MutationContext context = CallOf("1");
  context.deadline = clock_.Now() - absl::Seconds(1);
  EXPECT_EQ(ReasonOf(Submit(*registry_, std::move(context), PutEntity(MakeEntity("a", "A", "one"))).status()),
            ErrorReason::ERROR_REASON_DEADLINE_PASSED);
}

TEST_F(RegistryTest, ACommitTooLargeIsRefusedAndTheNextOneGoesOn) {
  EXPECT_EQ(ReasonOf(Put("1", MakeEntity("a", "A", std::string(engine::kMaxCommitBytes, 'x'))).status()),
            ErrorReason::ERROR_REASON_COMMIT_TOO_LARGE);
  EXPECT_TRUE(Put("2", MakeEntity("a", "A", "small")).ok());
  EXPECT_EQ(registry_->Newest().revision(), Revision{1});
}

TEST(RegistryFaultTest, AFailedCommitStopsTheWriterAndNothingIsAcknowledged) {
  auto plan = std::make_shared<engine::FaultPlan>();
  plan->FailNth(engine::FaultPlan::Call::kCommit, 2);
  auto registry = OpenRegistry(engine::NewFaultEngine(engine::NewMemoryEngine(), plan));
  ASSERT_TRUE(Submit(*registry, CallOf("1"), PutEntity(MakeEntity("a", "A", "one"))).ok());
  EXPECT_EQ(ReasonOf(Submit(*registry, CallOf("2"), PutEntity(MakeEntity("b", "B", "two"))).status()),
            ErrorReason::ERROR_REASON_COMMIT_OUTCOME_UNKNOWN);
  EXPECT_TRUE(registry->writes_stopped());
  EXPECT_EQ(ReasonOf(Submit(*registry, CallOf("3"), PutEntity(MakeEntity("c", "C", "three"))).status()),
            ErrorReason::ERROR_REASON_WRITES_STOPPED);
  EXPECT_EQ(NameAt(registry->Newest(), "a"), "one");
  EXPECT_EQ(NameAt(registry->Newest(), "b"), "");
}

TEST(RegistryFaultTest, AQueueThatIsFullRefuses) {
  std::promise<void> go;
  auto gate = go.get_future().share();
  WriterOptions writer;
  writer.max_queue = 2;
  auto registry = OpenRegistry(engine::NewMemoryEngine(), nullptr, writer);
  std::promise<void> running;
  auto held = SubmitAsync(*registry, CallOf("held"), [gate, &running](Mutation& m) {
    running.set_value();
    gate.wait();
    return m.Put(kEntities, "a", MakeEntity("a", "A", "one"));
  });
  running.get_future().wait();
  auto second = SubmitAsync(*registry, CallOf("2"), PutEntity(MakeEntity("b", "B", "b")));
  auto third = SubmitAsync(*registry, CallOf("3"), PutEntity(MakeEntity("c", "C", "c")));
  EXPECT_EQ(ReasonOf(Submit(*registry, CallOf("4"), PutEntity(MakeEntity("d", "D", "d"))).status()),
            ErrorReason::ERROR_REASON_OVERLOADED);
  go.set_value();
  EXPECT_TRUE(held.get().ok());
  EXPECT_TRUE(second.get().ok());
  EXPECT_TRUE(third.get().ok());
}

}  // namespace
}  // namespace gi::registry
