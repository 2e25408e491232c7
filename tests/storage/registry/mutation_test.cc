// Parts of a mutation that may fail by themselves, and what belongs to no revision.
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/engine/memory/memory_engine.h"
#include "tests/storage/registry/registry_fixture.h"

namespace gi::registry {
namespace {

class MutationTest : public testing::Test {
 protected:
  absl::StatusOr<Committed> Run(absl::string_view request, MutationFn fn) {
    return Submit(*registry_, CallOf(request), std::move(fn));
  }
  std::string Local(const std::string& key) { return (*registry_->LocalState())->GetLocal(key)->value_or("none"); }
  std::string Names() {
    std::string names;
    const auto scan = registry_->Newest().rows().Scan(AllEntities());
    while (scan->Next()) names += kEntities.Parse(scan->value())->display_name() + " ";
    return names;
  }
  Revision Head() { return registry_->Newest().revision(); }

  std::unique_ptr<Registry> registry_ = OpenRegistry(engine::NewMemoryEngine());
};

absl::Status PutNamed(Mutation& mutation, const std::string& id, const std::string& name) {
  return mutation.Put(kEntities, id, MakeEntity(id, "U" + id, name));
}

TEST_F(MutationTest, APartThatFailsLeavesNothing) {
  ASSERT_TRUE(Run("1", [](Mutation& m) { return PutNamed(m, "a", "old"); }).ok());
  const auto committed = Run("2", [](Mutation& m) -> absl::Status {
    RETURN_IF_ERROR(m.Try([&] { return PutNamed(m, "b", "kept"); }));
    const absl::Status failed = m.Try([&]() -> absl::Status {
      RETURN_IF_ERROR(PutNamed(m, "a", "new"));
      RETURN_IF_ERROR(PutNamed(m, "b", "changed"));
      RETURN_IF_ERROR(PutNamed(m, "c", "more"));
      m.PutLocal("k", "v");
      return absl::AbortedError("");
    });
    EXPECT_EQ(failed.code(), absl::StatusCode::kAborted);
    EXPECT_EQ(m.entries(), 1);
    EXPECT_EQ(kEntities.Get(m.rows(), "a").value()->message.display_name(), "old");
    EXPECT_EQ(kEntities.Get(m.rows(), "b").value()->message.display_name(), "kept");
    EXPECT_FALSE(kEntities.Get(m.rows(), "c").value().has_value());
    // Nor in an index.
    EXPECT_TRUE(table::ScanIds(m.rows(), EntitiesWithUscc("Uc"), "", 1)->ids.empty());
    EXPECT_EQ(m.GetLocal("k").value(), std::nullopt);
    return m.Try([&] { return PutNamed(m, "d", "last"); });
  });
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(committed->revision, Revision{3});
  EXPECT_EQ(Names(), "old kept last ");
  EXPECT_EQ(Local("k"), "none");
}

TEST_F(MutationTest, WhatBelongsToNoRevisionIsNotLogged) {
  const auto only = Run("1", [](Mutation& m) {
    m.PutLocal("k", "1");
    return absl::OkStatus();
  });
  ASSERT_TRUE(only.ok()) << only.status();
  EXPECT_EQ(only->revision, Revision{0});
  EXPECT_TRUE(registry_->AtCommit(*only).ok());
  EXPECT_EQ(Head(), Revision{0});
  EXPECT_EQ(Local("k"), "1");
  ASSERT_TRUE(Run("2", [](Mutation& m) {
                m.PutLocal("k", "2");
                return PutNamed(m, "a", "one");
              }).ok());
  EXPECT_EQ(Head(), Revision{1});
  EXPECT_EQ(Local("k"), "2");
  // Refused, so nothing of it remains.
  ASSERT_FALSE(Run("3", [](Mutation& m) {
                 m.PutLocal("k", "3");
                 return absl::AbortedError("");
               }).ok());
  EXPECT_EQ(Local("k"), "2");
}

// The last one counts, whether or not those before and after it have rows.
TEST_F(MutationTest, InOneBatchTheLastOneCounts) {
  for (int rows = 0; rows < 8; ++rows) {
    std::promise<void> go;
    const std::shared_future<void> gate = go.get_future().share();
    auto blocker = SubmitAsync(*registry_, CallOf("gate" + std::to_string(rows)), [gate](Mutation& m) {
      gate.wait();
      m.PutLocal("other", "x");
      return absl::OkStatus();
    });
    std::vector<std::future<absl::StatusOr<Committed>>> waiting;
    for (int i = 0; i < 3; ++i) {
      const std::string value = std::to_string(rows) + "." + std::to_string(i);
      const std::string before = i == 0 ? "" : std::to_string(rows) + "." + std::to_string(i - 1);
      const bool with_row = (rows >> i & 1) != 0;
      waiting.push_back(SubmitAsync(*registry_, CallOf(value), [=](Mutation& m) -> absl::Status {
        if (i > 0) {
          EXPECT_EQ(m.GetLocal("k").value(), before);
        }
        m.PutLocal("k", value);
        m.PutLocal("own" + std::to_string(i), value);
        return with_row ? PutNamed(m, "a", value) : absl::OkStatus();
      }));
    }
    go.set_value();
    ASSERT_TRUE(blocker.get().ok());
    for (auto& one : waiting) ASSERT_TRUE(one.get().ok());
    EXPECT_EQ(Local("k"), std::to_string(rows) + ".2") << rows;
    for (const char* i : {"0", "1", "2"}) EXPECT_EQ(Local(std::string("own") + i), std::to_string(rows) + "." + i);
  }
}

TEST_F(MutationTest, ARangeIsDeletedWithWhatIsStaged) {
  ASSERT_TRUE(Run("1", [](Mutation& m) {
                for (const char* key : {"a", "p1", "p2", "q"}) m.PutLocal(key, "v");
                return absl::OkStatus();
              }).ok());
  ASSERT_TRUE(Run("2", [](Mutation& m) -> absl::Status {
                m.PutLocal("p3", "v");
                m.PutLocal("p1", std::nullopt);
                RETURN_IF_ERROR(m.DeleteLocal(engine::PrefixRange("p")));
                for (const char* key : {"p1", "p2", "p3"}) EXPECT_EQ(m.GetLocal(key).value(), std::nullopt) << key;
                return absl::OkStatus();
              }).ok());
  std::string left;
  const auto state = *registry_->LocalState();
  for (const char* key : {"a", "p1", "p2", "p3", "q"}) {
    if (state->GetLocal(key)->has_value()) left += key;
  }
  EXPECT_EQ(left, "aq");
}

}  // namespace
}  // namespace gi::registry
