// The test file system itself, and what the RocksDB engine keeps and loses on it when the power fails.
#include "tests/storage/engine/unsynced_file_system.h"

#include "absl/strings/str_cat.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "tests/storage/engine/engine_cases.h"

namespace gi::engine {
namespace {

class UnsyncedFileSystemTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }
  std::string Read(rocksdb::Env& env, const std::string& name) {
    std::string bytes;
    const rocksdb::Status status = rocksdb::ReadFileToString(&env, Path(name), &bytes);
    return status.ok() ? bytes : status.ToString();
  }
  // What has reached the real files.
  std::string ReadDurable(const std::string& name) { return Read(*rocksdb::Env::Default(), name); }
  uint64_t Size(const std::string& name) {
    uint64_t size = 0;
    EXPECT_TRUE(env_->GetFileSize(Path(name), &size).ok());
    return size;
  }
  std::unique_ptr<rocksdb::WritableFile> NewFile(const std::string& name) {
    std::unique_ptr<rocksdb::WritableFile> file;
    EXPECT_TRUE(env_->NewWritableFile(Path(name), &file, rocksdb::EnvOptions()).ok());
    return file;
  }

  TemporaryDirectory directory_;
  std::shared_ptr<UnsyncedFileSystem> files_ = std::make_shared<UnsyncedFileSystem>();
  std::unique_ptr<rocksdb::Env> env_ = NewUnsyncedEnv(files_);
};

TEST_F(UnsyncedFileSystemTest, KeepsUnsyncedBytesToItself) {
  const auto file = NewFile("f");
  ASSERT_TRUE(file->Append("abc").ok());
  ASSERT_TRUE(file->Flush().ok());
  EXPECT_EQ(ReadDurable("f"), "");
  EXPECT_EQ(Read(*env_, "f"), "abc");
  EXPECT_EQ(Size("f"), 3u);
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append("de").ok());
  EXPECT_EQ(ReadDurable("f"), "abc");
  EXPECT_EQ(Read(*env_, "f"), "abcde");
  EXPECT_EQ(file->GetFileSize(), 5u);
  EXPECT_EQ(files_->unsynced_bytes(), 2u);
  EXPECT_EQ(files_->appended_bytes(), 5u);
  EXPECT_EQ(files_->syncs(), 1u);
}

TEST_F(UnsyncedFileSystemTest, ClosingAndRenamingSyncNothing) {
  auto file = NewFile("f");
  ASSERT_TRUE(file->Append("abc").ok());
  ASSERT_TRUE(file->Close().ok());
  file.reset();
  ASSERT_TRUE(env_->RenameFile(Path("f"), Path("g")).ok());
  EXPECT_EQ(Read(*env_, "g"), "abc");
  EXPECT_EQ(ReadDurable("g"), "");
  EXPECT_EQ(Size("g"), 3u);
}

TEST_F(UnsyncedFileSystemTest, TruncatesDurableAndUnsyncedBytes) {
  const auto file = NewFile("f");
  ASSERT_TRUE(file->Append("abc").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append("def").ok());
  ASSERT_TRUE(file->Truncate(4).ok());
  EXPECT_EQ(Read(*env_, "f"), "abcd");
  ASSERT_TRUE(file->PositionedAppend("xy", 4).ok());
  EXPECT_EQ(Read(*env_, "f"), "abcdxy");
  ASSERT_TRUE(file->Truncate(2).ok());
  EXPECT_EQ(Read(*env_, "f"), "ab");
  EXPECT_EQ(ReadDurable("f"), "ab");
}

TEST_F(UnsyncedFileSystemTest, ThePowerFails) {
  const auto file = NewFile("f");
  ASSERT_TRUE(file->Append("abc").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append("def").ok());
  files_->DropUnsynced();
  EXPECT_FALSE(file->Append("x").ok());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_FALSE(env_->RenameFile(Path("f"), Path("g")).ok());
  EXPECT_FALSE(env_->DeleteFile(Path("f")).ok());
  files_->PowerOn();
  EXPECT_EQ(Read(*env_, "f"), "abc");
  EXPECT_EQ(Size("f"), 3u);
}

class PowerFailureTest : public UnsyncedFileSystemTest {
 protected:
  void Open(bool sync = true) {
    ASSERT_VALUE(engine_, OpenRocksDbEngine({.path = Path("data"), .sync = sync, .env = env_.get()}));
  }
  absl::Status Commit(uint64_t head) {
    const Revision end{head + 1};
    return engine_->Commit(
        Revision{head}, {LogCommit{end, 1, std::string(100, 'x')}},
        {ViewCommit{end, {Put("k", absl::StrCat(end.value)), Put(absl::StrCat("k", end.value), "")}}});
  }
  void FailPower() {
    files_->DropUnsynced();
    engine_.reset();
    files_->PowerOn();
  }

  std::unique_ptr<Engine> engine_;
};

TEST_F(PowerFailureTest, AcknowledgedCommitsSurvive) {
  uint64_t head = 0;
  for (int failure = 0; failure < 5; ++failure) {
    Open();
    EXPECT_EQ(*engine_->log().Head(), Revision{head});
    EXPECT_EQ(*engine_->view().AppliedRevision(), Revision{head});
    EXPECT_EQ(engine_->log().Read(Revision{0}, 1000, 1 << 20)->size(), head);
    for (int i = 0; i < 20; ++i) ASSERT_OK(Commit(head++));
    FailPower();
  }
}

TEST_F(PowerFailureTest, ACommitIsOneSync) {
  Open();
  const uint64_t before = files_->syncs();
  for (uint64_t head = 0; head < 10; ++head) ASSERT_OK(Commit(head));
  EXPECT_EQ(files_->syncs() - before, 10u);
  EXPECT_EQ(files_->unsynced_bytes(), 0u);
}

TEST_F(PowerFailureTest, WithoutSyncAcknowledgedCommitsAreLost) {
  Open();
  for (uint64_t head = 0; head < 5; ++head) ASSERT_OK(Commit(head));
  ASSERT_OK(engine_->Close());
  Open(/*sync=*/false);
  for (uint64_t head = 5; head < 20; ++head) ASSERT_OK(Commit(head));
  FailPower();
  Open();
  EXPECT_EQ(*engine_->log().Head(), Revision{5});
  EXPECT_EQ(DumpAll(engine_->view()), "k=5@5 k1=@1 k2=@2 k3=@3 k4=@4 k5=@5");
}

TEST_F(PowerFailureTest, TheViewMayFallBehindItsLogByWholeCommits) {
  Open();
  for (uint64_t head = 0; head < 3; ++head) ASSERT_OK(Commit(head));
  ASSERT_OK(engine_->log().Append(Revision{3}, {LogCommit{Revision{5}, 2, "x"}}));
  ASSERT_OK(engine_->view().Apply({ViewCommit{Revision{5}, {Put("k", "5")}}}));
  ASSERT_OK(engine_->view().ApplyLocal({PutLocal("l", "5")}));
  FailPower();
  Open();
  EXPECT_EQ(*engine_->log().Head(), Revision{5});
  EXPECT_EQ(*engine_->view().AppliedRevision(), Revision{3});
  EXPECT_EQ(DumpAll(engine_->view()), "k=3@3 k1=@1 k2=@2 k3=@3");
}

TEST_F(PowerFailureTest, CloseMakesTheViewDurable) {
  Open();
  ASSERT_OK(engine_->view().Apply({ViewCommit{Revision{1}, {Put("k", "1")}}}));
  ASSERT_OK(engine_->Close());
  FailPower();
  Open();
  EXPECT_EQ(DumpAll(engine_->view()), "k=1@1");
}

TEST_F(PowerFailureTest, WritesStopAfterAFailureAndReadsGoOn) {
  Open();
  ASSERT_OK(Commit(0));
  files_->DropUnsynced();
  EXPECT_REASON(Commit(1), STORE_IO);
  files_->PowerOn();
  EXPECT_REASON(Commit(1), STORE_IO) << "although the device would take it";
  EXPECT_REASON(engine_->view().ApplyLocal({PutLocal("l", "1")}), STORE_IO);
  EXPECT_REASON(engine_->log().StartNewHistory(), STORE_IO);
  EXPECT_EQ(*engine_->log().Head(), Revision{1});
  EXPECT_EQ(DumpAll(engine_->view()), "k=1@1 k1=@1");
  EXPECT_REASON(engine_->Close(), STORE_IO);
  engine_.reset();
  Open();
  EXPECT_EQ(*engine_->log().Head(), Revision{1});
  EXPECT_OK(Commit(1));
}

}  // namespace
}  // namespace gi::engine
