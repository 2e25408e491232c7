// What view_store.h promises of scans, and all reads against a plain model under random writes, for every
// implementation.
#include <algorithm>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/storage/engine/engine_cases.h"

namespace gi::engine {
namespace {

using ViewScanConformance = EngineTest;
INSTANTIATE_TEST_SUITE_P(Engines, ViewScanConformance, testing::ValuesIn(AllEngines()), CaseName);

// Keys that are prefixes of each other, and the bytes at both ends.
std::vector<std::string> AwkwardKeys() {
  return {"",
          Bytes("\0"),
          Bytes("\0\0"),
          Bytes("\0\x01"),
          Bytes("\0\xff"),
          Bytes("\x01"),
          "a",
          Bytes("a\0"),
          Bytes("a\0\0"),
          Bytes("a\0\x01"),
          Bytes("a\0\xff"),
          Bytes("a\x01"),
          "aa",
          "ab",
          "a\xff",
          "a\xff\xff",
          "b",
          "\xfe\xff",
          "\xff",
          "\xff\xff"};
}

std::vector<std::string> Keys(ViewScan& scan) {
  std::vector<std::string> keys;
  while (scan.Next()) keys.emplace_back(scan.key());
  EXPECT_OK(scan.status());
  EXPECT_FALSE(scan.Next()) << "the end stays the end";
  return keys;
}

bool Contains(const KeyRange& range, const std::string& key) {
  return key >= range.begin && (range.end.empty() || key < range.end);
}

std::vector<std::string> Expected(const std::vector<std::string>& keys, const KeyRange& range) {
  std::vector<std::string> found;
  for (const std::string& key : keys) {
    if (Contains(range, key)) found.push_back(key);
  }
  return found;
}

using ReopenedScanConformance = EngineTest;
INSTANTIATE_TEST_SUITE_P(Engines, ReopenedScanConformance, testing::ValuesIn(PersistentEngines()), CaseName);

// Keys of several components, as indexes have them (keyspace/key.h), among keys that end within one: what lies under
// the first ones, in memory, in files, and in both.
TEST_P(ReopenedScanConformance, RangesOfComponents) {
  const std::string end = Bytes("\0\x01");
  std::minstd_rand random(7);
  const auto component = [&](size_t values) { return absl::StrCat(random() % values) + end; };
  std::vector<std::string> keys;
  uint64_t revision = 0;
  for (int round = 0; round < 3; ++round) {
    std::vector<ViewMutation> mutations;
    for (int i = 0; i < 600; ++i) {
      std::string key = Bytes(random() % 2 == 0 ? "\0\x21" : "\0\x22") + component(80);
      if (random() % 3 == 0) key += Bytes("\0\0\0\0\0\0\0\x01");
      if (random() % 8 != 0) key += component(50);
      if (random() % 8 == 0) key.resize(key.size() - 1);
      keys.push_back(key);
      mutations.push_back(Put(key, key));
    }
    ASSERT_OK(view().Apply({{Revision{++revision}, mutations}}));
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    for (const bool reopened : {false, true}) {
      if (reopened) Reopen();
      ASSERT_VALUE(const auto snapshot, view().Snapshot());
      for (int i = 0; i < 400; ++i) {
        std::string begin = Bytes(i % 2 == 0 ? "\0\x21" : "\0\x22") + component(160);
        if (i % 3 == 0) begin += component(50);
        if (i % 7 == 0) begin.resize(begin.size() - 1);
        KeyRange range = PrefixRange(begin);
        if (i % 5 == 0) range.begin += "2";
        if (i % 11 == 0) range.end = Bytes("\0\x23");
        EXPECT_EQ(Keys(*snapshot->Scan(range, Revision{revision})), Expected(keys, range)) << i;
        EXPECT_EQ(Keys(*snapshot->ScanNewest(range)), Expected(keys, range)) << i;
      }
    }
  }
}

TEST_P(ViewScanConformance, EveryRangeOfAwkwardKeys) {
  std::vector<std::string> keys = AwkwardKeys();
  std::vector<ViewMutation> first, local;
  for (const std::string& key : keys) {
    first.push_back(Put(key, key));
    local.push_back(PutLocal(key, key));
  }
  ASSERT_OK(view().Apply({{Revision{1}, first}}));
  ASSERT_OK(view().ApplyLocal(local));
  // At revision 1 every value is then found in the history.
  ASSERT_OK(view().Apply({{Revision{2}, first}}));
  ASSERT_VALUE(const auto snapshot, view().Snapshot());
  std::sort(keys.begin(), keys.end());
  std::vector<std::string> borders = keys;
  borders.push_back("zz");
  borders.push_back(std::string(kMaxKeyBytes + 1, 'k'));
  for (const std::string& begin : borders) {
    for (const std::string& end : borders) {
      const KeyRange range{.begin = begin, .end = end};
      const std::vector<std::string> expected = Expected(keys, range);
      for (const uint64_t at : {1, 2}) EXPECT_EQ(Keys(*snapshot->Scan(range, Revision{at})), expected);
      EXPECT_EQ(Keys(*snapshot->ScanLocal(range)), expected);
      EXPECT_EQ(Keys(*snapshot->ScanSuperseded(range)), expected);
      EXPECT_EQ(Keys(*snapshot->ScanNewest(range)), expected);
    }
  }
  for (const std::string& key : keys) EXPECT_EQ((*snapshot->Get(key, Revision{1}))->value, key);
}

TEST_P(ViewScanConformance, PrefixRangesHoldWhatBeginsWithThePrefix) {
  std::vector<std::string> keys = AwkwardKeys();
  std::vector<ViewMutation> mutations;
  for (const std::string& key : keys) mutations.push_back(Put(key, key));
  ASSERT_OK(view().Apply({{Revision{1}, mutations}}));
  ASSERT_VALUE(const auto snapshot, view().Snapshot());
  std::sort(keys.begin(), keys.end());
  for (const std::string& prefix : keys) {
    std::vector<std::string> expected;
    for (const std::string& key : keys) {
      if (key.compare(0, prefix.size(), prefix) == 0) expected.push_back(key);
    }
    EXPECT_EQ(Keys(*snapshot->Scan(PrefixRange(prefix), Revision{1})), expected) << testing::PrintToString(prefix);
  }
}

TEST_P(ViewScanConformance, ShowsValuesAndRevisions) {
  ASSERT_OK(view().Apply({{Revision{2}, {Put("a", "1"), Put("b", "1"), Put("c", "1")}}}));
  ASSERT_OK(view().Apply({{Revision{3}, {Put("b", "2"), Delete("c"), Put("d", "2")}}}));
  ASSERT_VALUE(const auto snapshot, view().Snapshot());
  EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{0})), "");
  EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{1})), "");
  EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{2})), "a=1@2 b=1@2 c=1@2");
  EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{3})), "a=1@2 b=2@3 d=2@3");
  EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{99})), "a=1@2 b=2@3 d=2@3");
}

TEST_P(ViewScanConformance, ShowsWhatWasSuperseded) {
  ASSERT_OK(view().Apply({{Revision{2}, {Put("a", "1"), Put("b", "1"), Put("c", "1"), Put("d", "1")}}}));
  ASSERT_OK(view().Apply({{Revision{3}, {Put("b", "2"), Delete("c")}}, {Revision{5}, {Put("b", "3"), Put("b", "4")}}}));
  ASSERT_VALUE(const auto before, view().Snapshot());
  ASSERT_OK(view().Apply({{Revision{6}, {Put("a", "2"), Delete("b"), Put("c", "2")}}}));
  ASSERT_VALUE(const auto snapshot, view().Snapshot());
  EXPECT_EQ(Dump(*before->ScanSuperseded(KeyRange{})), "b=2@3 b=1@2 c=1@2");
  EXPECT_EQ(Dump(*snapshot->ScanSuperseded(KeyRange{})), "a=1@2 b=4@5 b=2@3 b=1@2 c gone@3 c=1@2");
  EXPECT_EQ(Dump(*snapshot->ScanSuperseded(PrefixRange("b"))), "b=4@5 b=2@3 b=1@2");
  EXPECT_EQ(Dump(*before->ScanNewest(KeyRange{})), "a=1@2 b=4@5 c gone@3 d=1@2");
  EXPECT_EQ(Dump(*snapshot->ScanNewest(KeyRange{})), "a=2@6 b gone@6 c=2@6 d=1@2");
  EXPECT_EQ(Dump(*snapshot->ScanNewest(PrefixRange("b"))), "b gone@6");
}

// key -> revision -> value; a deletion is nullopt.
using Model = std::map<std::string, std::map<uint64_t, std::optional<std::string>>>;

std::optional<VersionedValue> ModelGet(const Model& model, const std::string& key, uint64_t at) {
  const auto versions = model.find(key);
  if (versions == model.end()) return std::nullopt;
  auto it = versions->second.upper_bound(at);
  if (it == versions->second.begin() || !(--it)->second.has_value()) return std::nullopt;
  return VersionedValue{Revision{it->first}, *it->second};
}

std::string ModelScan(const Model& model, const KeyRange& range, uint64_t at) {
  std::string out;
  for (const auto& [key, versions] : model) {
    const std::optional<VersionedValue> value = ModelGet(model, key, at);
    if (!Contains(range, key) || !value.has_value()) continue;
    absl::StrAppend(&out, out.empty() ? "" : " ", key, "=", value->value, "@", value->revision.value);
  }
  return out;
}

// The newest versions of the keys, or all others, newest first, both with deletions.
std::string ModelVersions(const Model& model, const KeyRange& range, bool newest) {
  std::string out;
  for (const auto& [key, versions] : model) {
    // Deleting what is not there makes no version.
    std::vector<std::string> shown;
    bool exists = false;
    for (const auto& [revision, value] : versions) {
      if (!value.has_value() && !exists) continue;
      exists = value.has_value();
      shown.push_back(exists ? absl::StrCat(key, "=", *value, "@", revision) : absl::StrCat(key, " gone@", revision));
    }
    if (!Contains(range, key) || shown.empty()) continue;
    std::reverse(shown.begin(), shown.end());
    for (size_t i = newest ? 0 : 1; i < (newest ? 1 : shown.size()); ++i) {
      absl::StrAppend(&out, out.empty() ? "" : " ", shown[i]);
    }
  }
  return out;
}

class RandomWrites {
 public:
  explicit RandomWrites(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t limit) { return std::uniform_int_distribution<uint64_t>(0, limit - 1)(random_); }

  // Mostly awkward keys, so that they meet; sometimes others.
  std::string Key() {
    static const auto& keys = *new std::vector<std::string>(AwkwardKeys());
    return Below(4) != 0 ? keys[Below(keys.size())] : absl::StrCat("k", Below(30));
  }

  ViewCommit Commit(uint64_t revision) {
    ViewCommit commit{.revision = Revision{revision}, .mutations = {}};
    for (uint64_t i = Below(6); i > 0; --i) {
      commit.mutations.push_back(Below(3) == 0 ? Delete(Key()) : Put(Key(), absl::StrCat(revision, "/", Below(1000))));
    }
    return commit;
  }

 private:
  std::mt19937_64 random_;
};

void AddToModel(const ViewCommit& commit, Model& model) {
  for (const ViewMutation& mutation : commit.mutations) model[mutation.key][commit.revision.value] = mutation.value;
}

TEST_P(ViewScanConformance, AgreesWithAModelUnderRandomWrites) {
  RandomWrites random(20240607);
  Model model;
  uint64_t revision = 0;
  std::vector<std::pair<std::shared_ptr<const ViewSnapshot>, std::string>> kept;
  for (int round = 0; round < 150; ++round) {
    std::vector<ViewCommit> commits;
    for (uint64_t n = random.Below(4); n > 0; --n) {
      commits.push_back(random.Commit(revision += 1 + random.Below(3)));
      AddToModel(commits.back(), model);
    }
    ASSERT_OK(view().Apply(commits));
    ASSERT_VALUE(const auto snapshot, view().Snapshot());
    ASSERT_EQ(snapshot->revision().value, revision);
    for (int i = 0; i < 10; ++i) {
      const uint64_t at = random.Below(revision + 2);
      const std::string key = random.Key();
      const KeyRange range{.begin = random.Key(), .end = random.Key()};
      ASSERT_EQ(*snapshot->Get(key, Revision{at}), ModelGet(model, key, at)) << at;
      ASSERT_EQ(Dump(*snapshot->Scan(range, Revision{at})), ModelScan(model, range, at)) << at;
      ASSERT_EQ(Dump(*snapshot->ScanSuperseded(range)), ModelVersions(model, range, false));
      ASSERT_EQ(Dump(*snapshot->ScanNewest(range)), ModelVersions(model, range, true));
    }
    if (round % 15 == 0) kept.emplace_back(snapshot, ModelScan(model, KeyRange{}, revision));
  }
  for (uint64_t at = 0; at <= revision; at += 7) {
    ASSERT_VALUE(const auto snapshot, view().Snapshot());
    EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{at})), ModelScan(model, KeyRange{}, at)) << at;
  }
  for (const auto& [snapshot, expected] : kept) {
    EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, snapshot->revision())), expected) << "a snapshot never changes";
  }
}

}  // namespace
}  // namespace gi::engine
