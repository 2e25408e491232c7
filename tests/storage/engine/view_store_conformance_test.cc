// What view_store.h promises of writes and snapshots, for every implementation. Scans: view_scan_conformance_test.cc.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/storage/engine/engine_cases.h"

namespace gi::engine {
namespace {

class ViewStoreConformance : public EngineTest {
 protected:
  absl::Status Apply(uint64_t revision, std::vector<ViewMutation> mutations) {
    return view().Apply({ViewCommit{.revision = Revision{revision}, .mutations = std::move(mutations)}});
  }
  std::shared_ptr<const ViewSnapshot> Snapshot() { return *view().Snapshot(); }
  // "value@revision", "-" if there is none.
  std::string Get(const std::string& key, uint64_t at) { return Show(Snapshot()->Get(key, Revision{at})); }
  static std::string Show(const absl::StatusOr<std::optional<VersionedValue>>& value) {
    if (!value.ok()) return value.status().ToString();
    return value->has_value() ? absl::StrCat((*value)->value, "@", (*value)->revision.value) : "-";
  }
  std::string GetLocal(const std::string& key) {
    const auto value = Snapshot()->GetLocal(key);
    return value.ok() ? value->value_or("-") : value.status().ToString();
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, ViewStoreConformance, testing::ValuesIn(AllEngines()), CaseName);

TEST_P(ViewStoreConformance, NewViewIsEmpty) {
  EXPECT_EQ(*view().AppliedRevision(), Revision{0});
  EXPECT_EQ(Snapshot()->revision(), Revision{0});
  EXPECT_EQ(Get("a", 0), "-");
  EXPECT_EQ(GetLocal("a"), "-");
  EXPECT_EQ(DumpAll(view()), "");
}

TEST_P(ViewStoreConformance, ShowsAKeyAtEveryRevision) {
  ASSERT_OK(Apply(2, {Put("k", "two")}));
  ASSERT_OK(Apply(5, {Put("k", "")}));
  ASSERT_OK(Apply(6, {Delete("k")}));
  ASSERT_OK(Apply(7, {Put("other", "x")}));
  ASSERT_OK(Apply(9, {Put("k", "nine")}));
  EXPECT_EQ(*view().AppliedRevision(), Revision{9});
  const std::vector<std::string> expected = {"-", "-", "two@2", "two@2",  "two@2", "@5",
                                             "-", "-", "-",     "nine@9", "nine@9"};
  for (uint64_t at = 0; at < expected.size(); ++at) EXPECT_EQ(Get("k", at), expected[at]) << at;
  EXPECT_EQ(Get("k", UINT64_MAX), "nine@9");
  EXPECT_EQ(Get("absent", 9), "-");
}

TEST_P(ViewStoreConformance, TheLastMutationOfAKeyCounts) {
  ASSERT_OK(Apply(1, {Put("a", "1"), Put("b", "1"), Put("a", "2"), Put("c", "1"), Delete("c"), PutLocal("l", "1"),
                      PutLocal("l", "2"), PutLocal("m", "1"), DeleteLocal("m")}));
  EXPECT_EQ(DumpAll(view()), "a=2@1 b=1@1");
  ASSERT_OK(Apply(2, {Delete("a"), Put("a", "3"), Put("b", "4"), Delete("b"), DeleteLocal("l"), PutLocal("l", "3")}));
  EXPECT_EQ(DumpAll(view()), "a=3@2");
  EXPECT_EQ(Get("a", 1), "2@1");
  EXPECT_EQ(Get("b", 1), "1@1");
  EXPECT_EQ(Get("c", 1), "-");
  EXPECT_EQ(GetLocal("l"), "3");
  EXPECT_EQ(GetLocal("m"), "-");
}

TEST_P(ViewStoreConformance, CommitsAppliedTogetherKeepAllTheirVersions) {
  ASSERT_OK(Apply(1, {Put("k", "1"), Put("gone", "1")}));
  ASSERT_OK(view().Apply({{Revision{3}, {Put("k", "3"), Put("new", "3"), PutLocal("l", "3")}},
                          {Revision{4}, {Delete("k"), Put("new", "4"), Put("new", "4b")}},
                          {Revision{5}, {}},
                          {Revision{8}, {Put("k", "8"), Delete("new"), Delete("gone"), PutLocal("l", "8")}}}));
  const std::vector<std::string> k = {"-", "1@1", "1@1", "3@3", "-", "-", "-", "-", "8@8"};
  const std::vector<std::string> added = {"-", "-", "-", "3@3", "4b@4", "4b@4", "4b@4", "4b@4", "-"};
  for (uint64_t at = 0; at <= 8; ++at) {
    EXPECT_EQ(Get("k", at), k[at]) << at;
    EXPECT_EQ(Get("new", at), added[at]) << at;
  }
  EXPECT_EQ(Get("gone", 7), "1@1");
  EXPECT_EQ(Get("gone", 8), "-");
  EXPECT_EQ(GetLocal("l"), "8");
}

TEST_P(ViewStoreConformance, DeletingWhatIsNotThereIsNoError) {
  ASSERT_OK(Apply(1, {Delete("a"), DeleteLocal("a")}));
  ASSERT_OK(Apply(2, {Put("a", "2")}));
  ASSERT_OK(Apply(3, {Delete("a")}));
  ASSERT_OK(Apply(4, {Delete("a")}));
  EXPECT_EQ(Get("a", 1), "-");
  EXPECT_EQ(Get("a", 2), "2@2");
  EXPECT_EQ(Get("a", 4), "-");
}

TEST_P(ViewStoreConformance, MultiGetAnswersInOrder) {
  const auto empty = Snapshot()->MultiGet({}, Revision{1});
  EXPECT_TRUE(empty.ok() && empty->empty());
  std::vector<ViewMutation> mutations;
  for (int i = 0; i < 200; ++i) mutations.push_back(Put(absl::StrCat("k", i), absl::StrCat(i)));
  ASSERT_OK(Apply(1, mutations));
  ASSERT_OK(Apply(2, {Put("k7", "new"), Delete("k8"), Put("k300", "300")}));
  std::vector<std::string> keys = {"k8", "zz", "k7", "k7", "", "k300"};
  for (int i = 199; i >= 0; --i) keys.push_back(absl::StrCat("k", i));
  const auto snapshot = Snapshot();
  for (const uint64_t at : {0, 1, 2}) {
    ASSERT_VALUE(const auto values, snapshot->MultiGet(keys, Revision{at}));
    ASSERT_EQ(values.size(), keys.size());
    for (size_t i = 0; i < keys.size(); ++i)
      EXPECT_EQ(values[i], *snapshot->Get(keys[i], Revision{at})) << keys[i] << at;
  }
}

TEST_P(ViewStoreConformance, TheSpacesAreApart) {
  ASSERT_OK(Apply(1, {Put("k", "row"), PutLocal("k", "note")}));
  ASSERT_OK(view().ApplyLocal({PutLocal("k", "changed"), PutLocal("m", "new"), DeleteLocal("absent")}));
  EXPECT_EQ(*view().AppliedRevision(), Revision{1});
  EXPECT_EQ(Get("k", 1), "row@1");
  EXPECT_EQ(GetLocal("k"), "changed");
  EXPECT_EQ(Dump(*Snapshot()->ScanLocal(KeyRange{})), "k=changed@0 m=new@0");
  EXPECT_EQ(view().ApplyLocal({PutLocal("x", "1"), Put("y", "1")}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetLocal("x"), "-");
}

TEST_P(ViewStoreConformance, RevisionsMustAscend) {
  ASSERT_OK(Apply(5, {Put("k", "5")}));
  EXPECT_EQ(Apply(5, {Put("k", "x")}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Apply(4, {Put("k", "x")}).code(), absl::StatusCode::kInvalidArgument);
  const std::vector<ViewCommit> descending = {{Revision{7}, {Put("k", "x"), PutLocal("l", "x")}}, {Revision{6}, {}}};
  EXPECT_EQ(view().Apply(descending).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_OK(view().Apply({}));
  EXPECT_EQ(*view().AppliedRevision(), Revision{5});
  EXPECT_EQ(DumpAll(view()), "k=5@5");
  EXPECT_EQ(GetLocal("l"), "-");
}

TEST_P(ViewStoreConformance, KeysHaveALargestLength) {
  const std::string longest(kMaxKeyBytes, '\xff');
  const std::string zeros(kMaxKeyBytes, '\0');
  const std::string too_long(kMaxKeyBytes + 1, 'k');
  for (uint64_t revision = 1; revision <= 2; ++revision) {
    const std::string value = absl::StrCat(revision);
    ASSERT_OK(Apply(revision, {Put(longest, value), Put(zeros, value), Put("", value), PutLocal(longest, value)}));
  }
  EXPECT_EQ(Get(longest, 1), "1@1");
  EXPECT_EQ(Get(zeros, 1), "1@1");
  EXPECT_EQ(Get("", 1), "1@1");
  EXPECT_EQ(Get(longest, 2), "2@2");
  EXPECT_EQ(GetLocal(longest), "2");

  const std::vector<ViewCommit> second_too_long = {{Revision{3}, {Put("k", "3")}}, {Revision{4}, {Put(too_long, "4")}}};
  EXPECT_REASON(view().Apply(second_too_long), FIELD_TOO_LONG);
  EXPECT_REASON(view().ApplyLocal({PutLocal(too_long, "")}), FIELD_TOO_LONG);
  EXPECT_EQ(Get("k", 3), "-") << "nothing of what was refused is done";
  EXPECT_REASON(Snapshot()->Get(too_long, Revision{2}).status(), FIELD_TOO_LONG);
  EXPECT_REASON(Snapshot()->MultiGet({"k", too_long}, Revision{2}).status(), FIELD_TOO_LONG);
  EXPECT_REASON(Snapshot()->GetLocal(too_long).status(), FIELD_TOO_LONG);
}

TEST_P(ViewStoreConformance, LargeValuesSurvive) {
  const std::string large(5 << 20, 'x');
  ASSERT_OK(Apply(1, {Put("k", large), PutLocal("l", large)}));
  ASSERT_OK(Apply(2, {Put("k", "small")}));
  EXPECT_EQ((*Snapshot()->Get("k", Revision{1}))->value, large);
  EXPECT_EQ(GetLocal("l"), large);
  EXPECT_EQ(Get("k", 2), "small@2");
}

TEST_P(ViewStoreConformance, SnapshotsNeverChange) {
  ASSERT_OK(Apply(1, {Put("a", "1"), Put("b", "1"), PutLocal("l", "1")}));
  const auto snapshot = Snapshot();
  const auto scan = snapshot->Scan(KeyRange{}, Revision{9});
  ASSERT_TRUE(scan->Next());
  ASSERT_OK(Apply(2, {Put("a", "2"), Delete("b"), Put("c", "2"), PutLocal("l", "2")}));
  ASSERT_OK(view().ApplyLocal({PutLocal("m", "2")}));
  EXPECT_EQ(snapshot->revision(), Revision{1});
  for (const uint64_t at : {1, 2, 9}) {
    EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{at})), "a=1@1 b=1@1") << at;
    EXPECT_EQ(Show(snapshot->Get("b", Revision{at})), "1@1") << at;
  }
  EXPECT_EQ(Dump(*snapshot->ScanLocal(KeyRange{})), "l=1@0");
  EXPECT_EQ(Dump(*scan), "b=1@1") << "nor does a scan on its way";
  EXPECT_EQ(DumpAll(view()), "a=2@2 c=2@2");
}

TEST_P(ViewStoreConformance, ClearRemovesEverything) {
  ASSERT_OK(Apply(3, {Put("a", "3"), Put(std::string(kMaxKeyBytes, '\xff'), "3"), PutLocal("l", "3")}));
  ASSERT_OK(Apply(4, {Put("a", "4")}));
  const auto before = Snapshot();
  ASSERT_OK(view().Clear());
  EXPECT_EQ(*view().AppliedRevision(), Revision{0});
  EXPECT_EQ(Snapshot()->revision(), Revision{0});
  EXPECT_EQ(DumpAll(view()), "");
  EXPECT_EQ(Dump(*Snapshot()->ScanLocal(KeyRange{})), "");
  ASSERT_OK(Apply(1, {Put("a", "1")}));
  EXPECT_EQ(Get("a", 1), "1@1");
  ASSERT_OK(Apply(5, {Delete("a")}));
  EXPECT_EQ(Get("a", 4), "1@1") << "not a version of before";
  EXPECT_EQ(DumpAll(view()), "") << "nor a key of before, now that its revision is reached again";
  EXPECT_EQ(before->revision(), Revision{4});
  EXPECT_EQ(Show(before->Get("a", Revision{3})), "3@3");
  EXPECT_EQ(Show(before->Get("a", Revision{4})), "4@4");
}

TEST_P(ViewStoreConformance, ReadersSeeWholeCommits) {
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (uint64_t revision = 1; revision <= 500; ++revision) {
      const std::string value = absl::StrCat(revision);
      EXPECT_OK(Apply(revision, {Put("a", value), Put("b", value), PutLocal("l", value)}));
    }
    done = true;
  });
  while (!done) {
    const auto snapshot = Snapshot();
    const uint64_t revision = snapshot->revision().value;
    if (revision == 0) continue;
    const std::string expected = absl::StrCat("a=", revision, "@", revision, " b=", revision, "@", revision);
    EXPECT_EQ(Dump(*snapshot->Scan(KeyRange{}, Revision{revision})), expected);
    EXPECT_EQ(**snapshot->GetLocal("l"), absl::StrCat(revision));
    EXPECT_EQ(Show(snapshot->Get("a", Revision{revision - 1})),
              revision == 1 ? "-" : absl::StrCat(revision - 1, "@", revision - 1));
  }
  writer.join();
}

TEST_P(ViewStoreConformance, ClosedViewAnswersSo) {
  ASSERT_OK(Apply(1, {Put("a", "1"), Put("b", "1"), PutLocal("l", "1")}));
  const auto snapshot = Snapshot();
  auto fresh = snapshot->Scan(KeyRange{}, Revision{1});
  auto begun = snapshot->Scan(KeyRange{}, Revision{1});
  ASSERT_TRUE(begun->Next());
  ASSERT_OK(engine_->Close());
  EXPECT_REASON(view().AppliedRevision().status(), STORE_CLOSED);
  EXPECT_REASON(Apply(2, {}), STORE_CLOSED);
  EXPECT_REASON(view().ApplyLocal({}), STORE_CLOSED);
  EXPECT_REASON(view().Snapshot().status(), STORE_CLOSED);
  EXPECT_REASON(view().Clear(), STORE_CLOSED);
  EXPECT_REASON(snapshot->Get("a", Revision{1}).status(), STORE_CLOSED);
  EXPECT_REASON(snapshot->MultiGet({"a"}, Revision{1}).status(), STORE_CLOSED);
  EXPECT_REASON(snapshot->GetLocal("l").status(), STORE_CLOSED);
  EXPECT_EQ(begun->key(), "a");
  EXPECT_EQ(begun->value(), "1");
  const auto local = snapshot->ScanLocal(KeyRange{});
  for (ViewScan* scan : {fresh.get(), begun.get(), local.get()}) {
    EXPECT_FALSE(scan->Next());
    EXPECT_REASON(scan->status(), STORE_CLOSED);
  }
  // Whatever is left may also outlive the engine.
  engine_.reset();
  EXPECT_FALSE(begun->Next());
  EXPECT_REASON(snapshot->Get("a", Revision{1}).status(), STORE_CLOSED);
}

}  // namespace
}  // namespace gi::engine
