// What only the RocksDB engine promises: the cost of reads, recovery of damaged files, the lock.
#include "storage/engine/rocksdb/rocksdb_engine.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "rocksdb/db.h"
#include "rocksdb/perf_context.h"
#include "storage/engine/rocksdb/history_key.h"
#include "tests/storage/engine/engine_cases.h"

namespace gi::engine {
namespace {

class RocksDbEngineTest : public testing::Test {
 protected:
  std::string path() const { return directory_.path() + "/new/data"; }
  void Open() { ASSERT_VALUE(engine_, OpenRocksDbEngine({.path = path()})); }
  absl::Status TryOpen() { return OpenRocksDbEngine({.path = path()}).status(); }
  absl::Status Commit(uint64_t head) {
    const Revision end{head + 1};
    return engine_->Commit(Revision{head}, {LogCommit{end, 1, std::string(1000, 'x')}},
                           {ViewCommit{end, {Put("k", absl::StrCat(end.value))}}});
  }
  // The write-ahead log with bytes in it; there must be one.
  std::string WriteAheadLog() {
    std::string found;
    for (const auto& entry : std::filesystem::directory_iterator(path())) {
      if (entry.path().extension() != ".log" || entry.file_size() == 0) continue;
      EXPECT_EQ(found, "");
      found = entry.path();
    }
    return found;
  }
  // Changes the files as nobody should, through RocksDB itself.
  void Tamper(const std::string& family, const std::string& key, const std::optional<std::string>& value) {
    std::vector<std::string> names;
    ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, path(), &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, path(), families, &handles, &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      if (handle->GetName() == family) {
        ASSERT_TRUE((value.has_value() ? db->Put({}, handle, key, *value) : db->Delete({}, handle, key)).ok());
      }
      ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    }
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Engine> engine_;
};

// Steps that RocksDB takes over its own entries: seeks of memtables and tables, and steps from entry to entry.
struct Cost {
  uint64_t seeks = 0;
  uint64_t steps = 0;
};

template <typename Body>
Cost Measure(const Body& body) {
  rocksdb::SetPerfLevel(rocksdb::kEnableCount);
  rocksdb::PerfContext& context = *rocksdb::get_perf_context();
  context.Reset();
  body();
  rocksdb::SetPerfLevel(rocksdb::kDisable);
  return {.seeks = context.seek_on_memtable_count + context.seek_child_seek_count + context.get_from_memtable_count,
          .steps = context.next_on_memtable_count + context.internal_key_skipped_count};
}

TEST_F(RocksDbEngineTest, ManyVersionsOfAKeyCostNoMoreThanTwo) {
  constexpr uint64_t kVersions = 100000;
  Open();
  std::vector<ViewCommit> commits;
  for (uint64_t revision = 1; revision <= kVersions; ++revision) {
    commits.push_back({Revision{revision}, {Put("many", absl::StrCat(revision))}});
    if (revision == 1) commits.back().mutations.push_back(Put("two", "1"));
    if (revision == 2) commits.back().mutations.push_back(Put("two", "2"));
    // In parts, so that the newest record too was written often.
    if (commits.size() < 10 && revision < kVersions) continue;
    ASSERT_OK(engine_->view().Apply(commits));
    commits.clear();
  }
  for (const bool reopened : {false, true}) {
    if (reopened) {
      engine_.reset();
      Open();
    }
    ASSERT_VALUE(const auto snapshot, engine_->view().Snapshot());
    const Cost two = Measure([&] { EXPECT_EQ((*snapshot->Get("two", Revision{1}))->value, "1"); });
    EXPECT_GT(two.seeks + two.steps, 0u) << "otherwise nothing is measured";
    for (const uint64_t at : {uint64_t{1}, uint64_t{2}, kVersions / 2, kVersions - 1, kVersions}) {
      const Cost get = Measure([&] { EXPECT_EQ((*snapshot->Get("many", Revision{at}))->value, absl::StrCat(at)); });
      EXPECT_LE(get.seeks, two.seeks) << at;
      EXPECT_LE(get.steps, two.steps + 2) << at;
      const Cost scan = Measure([&] {
        std::string expected = absl::StrCat("many=", at, "@", at, at == 1 ? " two=1@1" : " two=2@2");
        EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{at})), expected);
      });
      // Two keys in the pass, at most one seek in the history for each, and at most three cursors (memtable, tables) a
      // seek.
      EXPECT_LE(scan.seeks, (2u + 2u) * 3u) << at;
      // RocksDB steps over a few superseded records of a key before it seeks past the others.
      EXPECT_LE(scan.steps, 40u) << at;
    }
  }
}

TEST_F(RocksDbEngineTest, AScanOfThePastSeeksOncePerChangedKeyAndNotForNewerOnes) {
  constexpr int kKeys = 100;
  Open();
  std::vector<ViewMutation> old_keys, new_keys;
  for (int i = 0; i < kKeys; ++i) {
    old_keys.push_back(Put(absl::StrCat("old", i), "1"));
    new_keys.push_back(Put(absl::StrCat("new", i), "2"));
  }
  ASSERT_OK(
      engine_->view().Apply({{Revision{1}, old_keys}, {Revision{2}, new_keys}, {Revision{3}, {Put("old7", "3")}}}));
  ASSERT_VALUE(const auto snapshot, engine_->view().Snapshot());
  const auto count = [&](uint64_t at) {
    size_t found = 0;
    const Cost cost = Measure([&] {
      const auto scan = snapshot->Scan(KeyRange{}, Revision{at});
      while (scan->Next()) ++found;
    });
    EXPECT_EQ(found, at == 1 ? kKeys : 2 * kKeys);
    return cost.seeks;
  };
  const uint64_t newest = count(3);
  // One more seek, by as many cursors as the family has.
  EXPECT_LE(count(1), newest + 3);
  EXPECT_LE(count(2), newest + 3);
}

TEST_F(RocksDbEngineTest, ToleratesAWriteCutShortAtTheEnd) {
  Open();
  for (uint64_t head = 0; head < 10; ++head) ASSERT_OK(Commit(head));
  engine_.reset();
  const std::string file = WriteAheadLog();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 100);
  Open();
  EXPECT_EQ(*engine_->log().Head(), Revision{9});
  EXPECT_EQ(*engine_->view().AppliedRevision(), Revision{9});
  EXPECT_EQ(DumpAll(engine_->view()), "k=9@9");
  EXPECT_OK(Commit(9));
}

TEST_F(RocksDbEngineTest, RefusesDamageBeforeTheEnd) {
  Open();
  for (uint64_t head = 0; head < 10; ++head) ASSERT_OK(Commit(head));
  engine_.reset();
  const std::string name = WriteAheadLog();
  {
    std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(name) / 2));
    file.put('y');
  }
  EXPECT_REASON(TryOpen(), DATA_CORRUPT);
  EXPECT_REASON(TryOpen(), DATA_CORRUPT) << "and goes on refusing";
}

TEST_F(RocksDbEngineTest, RefusesDamagedTables) {
  Open();
  for (uint64_t head = 0; head < 10; ++head) ASSERT_OK(Commit(head));
  engine_.reset();
  // Recovery writes tables.
  Open();
  engine_.reset();
  int damaged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path())) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(2);
    file.write("damaged", 7);
    ++damaged;
  }
  ASSERT_GT(damaged, 0);
  // Found when it is opened or when it is first read, but never read as if it were right.
  auto engine = OpenRocksDbEngine({.path = path()});
  if (!engine.ok()) {
    EXPECT_REASON(engine.status(), DATA_CORRUPT);
  } else {
    EXPECT_REASON((*engine)->log().Read(Revision{0}, 100, 1 << 20).status(), DATA_CORRUPT);
  }
}

TEST_F(RocksDbEngineTest, NoticesGapsInTheLog) {
  Open();
  for (uint64_t head = 0; head < 5; ++head) ASSERT_OK(Commit(head));
  engine_.reset();
  Tamper("log", RevisionKey(Revision{2}), std::nullopt);
  Open();
  EXPECT_EQ(engine_->log().Read(Revision{2}, 10, 1 << 20)->size(), 3u);
  EXPECT_EQ(engine_->log().Read(Revision{0}, 1, 1 << 20)->size(), 1u);
  EXPECT_REASON(engine_->log().Read(Revision{0}, 10, 1 << 20).status(), DATA_CORRUPT);
  EXPECT_REASON(engine_->log().Read(Revision{1}, 10, 1 << 20).status(), DATA_CORRUPT);
  EXPECT_REASON(engine_->log().FindCommitEnds(Revision{2}).status(), DATA_CORRUPT);
  engine_.reset();
  Tamper("log", RevisionKey(Revision{4}), std::nullopt);
  EXPECT_REASON(TryOpen(), DATA_CORRUPT) << "a gap before the head is noticed at once";
}

TEST_F(RocksDbEngineTest, NoticesRecordsThatDoNotDecode) {
  Open();
  for (uint64_t head = 0; head < 3; ++head) ASSERT_OK(Commit(head));
  engine_.reset();
  Tamper("history", HistoryKey("k", Revision{1}), std::nullopt);
  Tamper("history", HistoryKey("k", Revision{2}), "\x07");
  Tamper("current", "broken", "");
  Open();
  ASSERT_VALUE(const auto snapshot, engine_->view().Snapshot());
  EXPECT_REASON(snapshot->Get("k", Revision{1}).status(), DATA_CORRUPT);
  EXPECT_REASON(snapshot->Get("k", Revision{2}).status(), DATA_CORRUPT);
  EXPECT_EQ((*snapshot->Get("k", Revision{3}))->value, "3");
  EXPECT_REASON(snapshot->MultiGet({"k", "broken"}, Revision{3}).status(), DATA_CORRUPT);
  EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{3})), "ERROR_REASON_DATA_CORRUPT");
  EXPECT_REASON(engine_->view().Apply({{Revision{4}, {Put("broken", "4")}}}), DATA_CORRUPT);
}

TEST_F(RocksDbEngineTest, RefusesAnotherFormat) {
  Open();
  engine_.reset();
  Tamper("default", "format", "2");
  EXPECT_REASON(TryOpen(), DATA_CORRUPT);
  Tamper("default", "format", std::nullopt);
  EXPECT_REASON(TryOpen(), DATA_CORRUPT);
}

TEST_F(RocksDbEngineTest, OpensOnlyWhatIsThereIfTold) {
  const auto open = [&] { return OpenRocksDbEngine({.path = path(), .create_if_missing = false}).status(); };
  EXPECT_REASON(open(), STORE_IO);
  EXPECT_FALSE(std::filesystem::exists(path()));
  std::filesystem::create_directories(path());
  EXPECT_REASON(open(), STORE_IO);
  Open();
  engine_.reset();
  EXPECT_OK(open());
  EXPECT_REASON(OpenRocksDbEngine({.path = "/proc/none/data"}).status(), STORE_IO);
}

TEST_F(RocksDbEngineTest, TellsWhoHoldsTheLock) {
  Open();
  const absl::Status status = TryOpen();
  ASSERT_EQ(GetErrorReason(status), registry::v1::ERROR_REASON_STORE_LOCKED);
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  EXPECT_THAT(detail->metadata, testing::UnorderedElementsAre(testing::Pair("path", path()),
                                                              testing::Pair("holder", absl::StrCat(getpid()))));
  // A link to the directory is the same directory.
  const std::string link = directory_.path() + "/link";
  std::filesystem::create_directory_symlink(path(), link);
  EXPECT_REASON(OpenRocksDbEngine({.path = link}).status(), STORE_LOCKED);
}

TEST_F(RocksDbEngineTest, SnapshotsAndScansMayOutliveTheEngine) {
  Open();
  for (uint64_t head = 0; head < 3; ++head) ASSERT_OK(Commit(head));
  std::vector<std::shared_ptr<const ViewSnapshot>> snapshots;
  std::vector<std::unique_ptr<ViewScan>> scans;
  for (int i = 0; i < 10; ++i) {
    ASSERT_VALUE(auto snapshot, engine_->view().Snapshot());
    scans.push_back(snapshot->Scan(KeyRange{}, Revision{1}));
    if (i % 2 == 0) {
      ASSERT_TRUE(scans.back()->Next());
    }
    snapshots.push_back(std::move(snapshot));
  }
  snapshots.resize(7);
  engine_.reset();
  Open();
  EXPECT_OK(Commit(3));
  scans.clear();
  snapshots.clear();
  EXPECT_EQ(DumpAll(engine_->view()), "k=4@4");
}

}  // namespace
}  // namespace gi::engine
