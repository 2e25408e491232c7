// Archives whose commits were touched where no leaf would show it, if there were such places.
#include "storage/registry/archive.h"

#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/delimited_message_util.h"
#include "gtest/gtest.h"
#include "storage/base/error.h"
#include "storage/base/leaf.h"
#include "storage/base/merkle.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/registry/apply.h"
#include "tests/storage/registry/registry_fixture.h"

namespace gi::registry {
namespace {

class ArchiveTest : public testing::Test {
 protected:
  ArchiveTest() : registry_(OpenRegistry(engine::NewMemoryEngine(), &clock_)) {
    for (const char* id : {"a", "b"}) {
      const auto two = [id](Mutation& mutation) {
        const absl::Status first = PutEntity(MakeEntity(id, "X", "甲"))(mutation);
        if (!first.ok()) return first;
        const absl::Status second = PutEntity(MakeEntity(absl::StrCat(id, "2"), "Y", "乙"))(mutation);
        mutation.SetAnswer(kEntities, absl::StrCat(id, "2"));
        return second;
      };
      EXPECT_TRUE(Submit(*registry_, CallOf(id), two).ok());
      clock_.Advance(absl::Seconds(1));
    }
    commits_ = *registry_->engine().log().Read(Revision{}, 100, 1 << 20);
  }

  // Of all commits, with what is done to the last one and to the record that has it; leaves and root follow.
  absl::StatusOr<RestoreReport> Restored(const std::function<void(storage::v1::Commit&)>& touch,
                                         const std::function<void(v1::ArchiveRecord&)>& touch_record = nullptr) const {
    std::ostringstream out;
    MerkleTree tree;
    v1::ArchiveRecord head, end;
    head.mutable_header()->set_format(1);
    head.mutable_header()->set_history_id(std::string(32, 'a'));
    head.mutable_header()->set_revision(static_cast<int64_t>(commits_.back().end.value));
    const int64_t time_us = UnpackCommit(commits_.back())->header().commit_time_us();
    head.mutable_header()->mutable_commit_time()->set_seconds(time_us / 1'000'000);
    head.mutable_header()->mutable_commit_time()->set_nanos(static_cast<int32_t>(time_us % 1'000'000 * 1000));
    google::protobuf::util::SerializeDelimitedToOstream(head, &out);
    for (engine::LogCommit packed : commits_) {
      const bool last = packed.end == commits_.back().end;
      storage::v1::Commit commit = *UnpackCommit(packed);
      if (last) touch(commit);
      packed.payload = commit.SerializeAsString();
      const auto made = ArchiveCommitOf(packed);
      if (!made.ok()) return made.status();
      for (const std::string& hash : made->leaf_hashes()) tree.Add(hash);
      v1::ArchiveRecord record;
      *record.mutable_commit() = *made;
      if (last && touch_record) touch_record(record);
      google::protobuf::util::SerializeDelimitedToOstream(record, &out);
    }
    end.mutable_end()->set_entries(static_cast<int64_t>(tree.size()));
    end.mutable_end()->set_root(tree.Root());
    google::protobuf::util::SerializeDelimitedToOstream(end, &out);
    std::istringstream in(out.str());
    const auto engine = engine::NewMemoryEngine();
    return RestoreArchive(in, *engine);
  }

  FakeClock clock_;
  std::unique_ptr<Registry> registry_;
  std::vector<engine::LogCommit> commits_;
};

TEST_F(ArchiveTest, WhatAnAnswerShowsIsUnderTheRoot) {
  const auto whole = Restored([](storage::v1::Commit&) {});
  ASSERT_TRUE(whole.ok()) << whole.status();
  const auto other = Restored([](storage::v1::Commit& commit) {
    EXPECT_EQ(commit.header().call().answer_entry(), 1u);
    commit.mutable_header()->mutable_call()->set_answer_entry(0);
  });
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_NE(whole->root, other->root);
}

TEST_F(ArchiveTest, WhatNoLeafCoversIsRefused) {
  const auto set_unknown = [](google::protobuf::Message& message) {
    message.GetReflection()->MutableUnknownFields(&message)->AddVarint(99, 1);
  };
  const std::function<void(storage::v1::Commit&)> cases[] = {
      [&](storage::v1::Commit& commit) { set_unknown(commit); },
      [&](storage::v1::Commit& commit) { set_unknown(*commit.mutable_header()); },
      [&](storage::v1::Commit& commit) { set_unknown(*commit.mutable_entries(0)); },
      [](storage::v1::Commit& commit) {
        // Beside a seed, salts have no use.
        storage::v1::UnitSalt& salt = *commit.mutable_entries(0)->add_salts();
        salt.set_unit(1);
        salt.set_salt(std::string(kSaltBytes, 's'));
      },
      [](storage::v1::Commit& commit) {
        EXPECT_TRUE(EraseField(*commit.mutable_entries(0), 3).ok());
        storage::v1::UnitSalt& salt = *commit.mutable_entries(0)->add_salts();
        salt.set_unit(3);
        salt.set_salt(std::string(kSaltBytes, 's'));
      },
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    const auto restored = Restored(cases[i]);
    EXPECT_EQ(GetErrorReason(restored.status()), v1::ERROR_REASON_ARCHIVE_INVALID) << i << restored.status();
  }
  const auto restored =
      Restored([](storage::v1::Commit&) {}, [&](v1::ArchiveRecord& record) { set_unknown(*record.mutable_commit()); });
  EXPECT_EQ(GetErrorReason(restored.status()), v1::ERROR_REASON_ARCHIVE_INVALID);
}

TEST_F(ArchiveTest, WhatWasErasedStaysErased) {
  const auto restored =
      Restored([](storage::v1::Commit& commit) { EXPECT_TRUE(EraseField(*commit.mutable_entries(0), 3).ok()); });
  EXPECT_TRUE(restored.ok()) << restored.status();
}

}  // namespace
}  // namespace gi::registry
