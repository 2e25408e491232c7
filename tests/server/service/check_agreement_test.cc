// Projection, rows and replay give the same answer: for random worlds, at the newest revision and at all earlier ones,
// also while a writer is at work.
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "server/domain/field_rules.h"
#include "server/service/check_answer.h"
#include "server/service/check_memory.h"
#include "server/service/check_rows.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "storage/registry/rebuild.h"
#include "tests/server/service/service_world.h"
#include "tests/support/temp_dir.h"

namespace gi::service {
namespace {

using registry::v1::CheckAuthorizationRequest;
using registry::v1::CheckAuthorizationResponse;

CheckAuthorizationResponse Check(const ServiceWorld& world, const CheckAuthorizationRequest& question) {
  const auto answer = world.Call<CheckAuthorizationResponse>("CheckService/CheckAuthorization", question);
  EXPECT_TRUE(answer.ok()) << answer.status() << "\n" << question.DebugString();
  return answer.value_or(CheckAuthorizationResponse());
}

// A revision that is given is read from the rows: where the projection says they are, and also by the indexes alone.
CheckAuthorizationResponse CheckRows(const ServiceWorld& world, CheckAuthorizationRequest question, int64_t revision) {
  std::optional<domain::DivisionCode> place;
  FieldViolations violations;
  CheckQuestion(question, place, violations);
  const auto view = world.registry().AtRevision(Revision{static_cast<uint64_t>(revision)});
  EXPECT_TRUE(view.ok()) << view.status();
  const Day date = ToDay(question.date()).value_or(DayInShanghai(world.registry().Now()));
  CheckAuthorizationResponse alone;
  const Question asked{&question, date, place};
  EXPECT_TRUE(
      AnswerFromRows(*view, TitleFinder(nullptr), asked, registry::v1::CHECK_VIEW_VERDICT, nullptr, alone).ok());

  question.mutable_read_at()->set_exact_revision(revision);
  CheckAuthorizationResponse hinted = Check(world, question);
  *alone.mutable_read_point() = hinted.read_point();
  *alone.mutable_date() = hinted.date();
  EXPECT_EQ(alone.DebugString(), hinted.DebugString()) << question.DebugString();
  return hinted;
}

struct Asked {
  CheckAuthorizationRequest question;
  std::string answer;
};

// What was said of each revision is still said of it.
void CompareWithThen(const ServiceWorld& world, const std::vector<Asked>& asked, size_t every) {
  for (size_t i = 0; i < asked.size(); i += every) {
    const int64_t revision = std::stoll(asked[i].answer.substr(asked[i].answer.rfind("revision: ") + 10));
    ASSERT_EQ(asked[i].answer, CheckRows(world, asked[i].question, revision).DebugString())
        << asked[i].question.DebugString();
  }
}

std::unique_ptr<engine::Engine> OpenEngine(const std::string& path) {
  engine::RocksDbOptions options;
  options.path = path;
  auto engine = engine::OpenRocksDbEngine(options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

class AgreementTest : public testing::TestWithParam<uint32_t> {};

TEST_P(AgreementTest, ProjectionRowsAndReplay) {
  const TempDir dir;
  std::vector<Asked> asked;
  std::map<registry::v1::DecisionReason, int> reasons;
  {
    const ServiceWorld world(OpenEngine(dir.path()));
    RandomLife life(world, GetParam());
    Random random(GetParam() + 1000);
    int accepted = 0;
    for (int step = 0; step < 400; ++step) {
      if (!life.Step()) continue;
      ++accepted;
      for (int i = 0; i < 6; ++i) {
        const CheckAuthorizationRequest question = RandomQuestion(random);
        const CheckAuthorizationResponse answer = Check(world, question);
        for (const auto& reason : answer.reasons()) ++reasons[reason.reason()];
        ASSERT_EQ(answer.DebugString(), CheckRows(world, question, answer.read_point().revision()).DebugString())
            << question.DebugString();
        asked.push_back({question, answer.DebugString()});
      }
    }
    EXPECT_GT(accepted, 60);
    EXPECT_TRUE(world.projection().complete());
    CompareWithThen(world, asked, 1);
  }
  {
    const std::unique_ptr<engine::Engine> engine = OpenEngine(dir.path());
    const auto report = registry::CheckAgainstRebuild(*engine, 40);
    ASSERT_TRUE(report.ok()) << report.status();
  }
  // A projection that was loaded says what one says that was told of every change.
  const ServiceWorld again(OpenEngine(dir.path()));
  CompareWithThen(again, asked, 5);
  Random random(GetParam() + 2000);
  for (int i = 0; i < 500; ++i) {
    const CheckAuthorizationRequest question = RandomQuestion(random);
    const CheckAuthorizationResponse answer = Check(again, question);
    ASSERT_EQ(answer.DebugString(), CheckRows(again, question, answer.read_point().revision()).DebugString())
        << question.DebugString();
  }
  // A world in which little happens proves little.
  EXPECT_GE(reasons.size(), 9u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AgreementTest, testing::Range(1u, 9u));

// What a reader who has got hold of a version would be told, however long the writer goes on meanwhile.
std::string AnswerAt(const ServiceWorld& world, const projection::Projection::Version& version,
                     const CheckAuthorizationRequest& request) {
  std::optional<domain::DivisionCode> place;
  FieldViolations violations;
  CheckQuestion(request, place, violations);
  const Question question{&request, *ToDay(request.date()), place};
  CheckAuthorizationResponse answer;
  const auto held = AnswerFromMemory(world.registry(), world.projection(), version, question, answer);
  EXPECT_TRUE(held.ok()) << held.status();
  return held.value_or(false) ? answer.DebugString() : "not held";
}

TEST(AgreementTest, AVersionStaysWhatItWas) {
  struct Held {
    projection::Projection::Version version;
    CheckAuthorizationRequest question;
    std::string answer;
  };
  const ServiceWorld world(engine::NewMemoryEngine());
  RandomLife life(world, 5);
  Random random(6);
  std::vector<Held> held;
  for (int step = 0; step < 500; ++step) {
    if (!life.Step()) continue;
    const auto version = world.projection().Newest();
    ASSERT_TRUE(version);
    for (int i = 0; i < 20; ++i) {
      CheckAuthorizationRequest question = RandomQuestion(random);
      question.mutable_date()->set_year(2020);
      question.mutable_date()->set_month(1);
      question.mutable_date()->set_day(1);
      held.push_back({*version, question, AnswerAt(world, *version, question)});
    }
  }
  ASSERT_GT(held.size(), 1000u);
  for (const Held& h : held) ASSERT_EQ(AnswerAt(world, h.version, h.question), h.answer) << h.question.DebugString();
}

TEST(AgreementTest, WithoutRoomTheRowsAnswer) {
  // Room for nothing, and for less than what is there at the end.
  for (const size_t room : {size_t{1}, projection::Projection().memory_use().bytes + 3000}) {
    const ServiceWorld world(engine::NewMemoryEngine(), room);
    RandomLife life(world, 3);
    Random random(4);
    for (int step = 0; step < 300; ++step) {
      if (!life.Step()) continue;
      const CheckAuthorizationRequest question = RandomQuestion(random);
      const CheckAuthorizationResponse answer = Check(world, question);
      ASSERT_EQ(answer.DebugString(), CheckRows(world, question, answer.read_point().revision()).DebugString());
    }
    EXPECT_FALSE(world.projection().complete());
    EXPECT_FALSE(world.projection().Newest());
  }
}

TEST(AgreementTest, WhileAWriterIsAtWork) {
  const ServiceWorld world(engine::NewMemoryEngine());
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  std::atomic<int> compared{0};
  for (uint32_t reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&, reader] {
      Random random(reader);
      int64_t newest = 0;
      while (!stop) {
        const CheckAuthorizationRequest question = RandomQuestion(random);
        const CheckAuthorizationResponse answer = Check(world, question);
        const int64_t revision = answer.read_point().revision();
        EXPECT_GE(revision, newest) << "revisions never go back";
        newest = revision;
        if (revision == 0) continue;
        EXPECT_EQ(answer.DebugString(), CheckRows(world, question, revision).DebugString()) << question.DebugString();
        ++compared;
      }
    });
  }
  RandomLife life(world, 77);
  int accepted = 0;
  for (int step = 0; step < 1500; ++step) accepted += life.Step() ? 1 : 0;
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(accepted, 100);
  EXPECT_GT(compared, 100);
}

// A request that is taken for plain without being judged must be one that judging finds nothing in.
TEST(PlainTest, WhatIsPlainIsRight) {
  Random random(5);
  const std::string pieces[] = {"a",  "/", "entities/", "indications/",       "9", " ",
                                "\n", "é", "\xff",      std::string(70, 'x'), ""};
  const auto text = [&] {
    std::string made;
    for (uint32_t i = random() % 4; i > 0; --i) made += pieces[random() % std::size(pieces)];
    return made;
  };
  int plain = 0;
  for (int i = 0; i < 20'000; ++i) {
    CheckAuthorizationRequest request = RandomQuestion(random);
    switch (random() % 9) {
      case 0:
        request.set_uscc(text());
        break;
      case 1:
        request.set_entity(text());
        break;
      case 2:
        request.set_indication(text());
        break;
      case 3:
        request.set_goods(text());
        break;
      case 4:
        request.set_variety(text());
        break;
      case 5:
        request.set_entity_name(text());
        break;
      case 6:
        request.mutable_date()->set_day(static_cast<int32_t>(random() % 40));
        break;
      case 7:
        request.set_nice_class(static_cast<int32_t>(random() % 60) - 5);
        break;
      default:
        request.set_view(static_cast<registry::v1::CheckView>(random() % 5));
        break;
    }
    if (!IsPlain(request)) continue;
    ++plain;
    FieldViolations violations;
    domain::CheckFields(request, violations);
    std::optional<domain::DivisionCode> place;
    CheckQuestion(request, place, violations);
    ASSERT_TRUE(violations.empty()) << request.DebugString() << violations.ToStatus();
  }
  EXPECT_GT(plain, 1000);
}

}  // namespace
}  // namespace gi::service
