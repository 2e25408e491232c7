// gictl load, over a registry of a few lines that keeps what it is given.
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/gictl/compare.h"
#include "client/gictl/fields.h"
#include "tests/client/gictl_fixture.h"

namespace gi::client::gictl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LoadTest : public GictlTest {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "/gictl_load_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    mock_.Answer<v1::CreateEntityRequest, v1::MutateEntityResponse>(
        [this](const auto& request) { return Create(request); });
    mock_.Answer<v1::CorrectEntityRequest, v1::MutateEntityResponse>(
        [this](const auto& request) { return Correct(request); });
    mock_.Answer<v1::GetEntityRequest, v1::GetEntityResponse>([this](const v1::GetEntityRequest& request) {
      const std::lock_guard<std::mutex> lock(mutex_);
      v1::GetEntityResponse response;
      *response.mutable_entity() = rows_[request.name()];
      return response;
    });
  }

  void TearDown() override { std::filesystem::remove_all(directory_); }

  absl::StatusOr<v1::MutateEntityResponse> Create(const v1::CreateEntityRequest& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++calls_;
    if (down_after_ >= 0 && calls_ > down_after_) return absl::UnavailableError("gone");
    const std::string name = "entities/" + request.entity_id();
    v1::MutateEntityResponse response;
    if (replay_.count(request.request_id()) > 0) {
      *response.mutable_entity() = rows_[name];
      response.set_replayed(true);
      return response;
    }
    if (request.reason().empty()) return MakeError(v1::ERROR_REASON_FIELD_REQUIRED, {{"field", "reason"}});
    if (request.entity().uscc() == "bad") return Malformed("entity.uscc");
    for (const auto& [other, row] : rows_) {
      if (other != name && row.uscc() != request.entity().uscc()) continue;
      return MakeError(v1::ERROR_REASON_RESOURCE_EXISTS, {{"name", other}, {"field", "name"}, {"value", other}});
    }
    if (request.validate_only()) return response;
    replay_.insert(request.request_id());
    v1::Entity& row = rows_[name] = request.entity();
    row.set_name(name);
    row.set_etag("etag");
    row.set_state(v1::ENTITY_STATE_ACTIVE);
    *response.mutable_entity() = row;
    return response;
  }

  static absl::Status Malformed(const char* field) {
    FieldViolations violations;
    violations.Add(field, v1::ERROR_REASON_FIELD_MALFORMED, {{"value", "bad"}, {"expected", "digits"}});
    return violations.ToStatus();
  }

  absl::StatusOr<v1::MutateEntityResponse> Correct(const v1::CorrectEntityRequest& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    corrections_.push_back(request);
    return v1::MutateEntityResponse();
  }

  std::string Write(const std::string& name, const std::string& content) {
    std::ofstream(directory_ + "/" + name) << content;
    return directory_ + "/" + name;
  }
  static std::string Line(const std::string& id, const std::string& uscc, const std::string& name = "示例社") {
    return absl::StrCat(R"({"entityId":")", id, R"(","entity":{"uscc":")", uscc, R"(","displayName":")", name,
                        "\"}}\n");
  }
  int Load(const std::string& path, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"load", path, "--reason=first load"});
    return Run(more);
  }
  // The counts of a one-file summary: created, unchanged, corrected, different, failed, not tried.
  std::vector<int> Counts() const {
    std::istringstream table(out_);
    std::string head, path;
    std::getline(table, head);
    table >> path;
    std::vector<int> counts(6);
    for (int& count : counts) table >> count;
    return counts;
  }

  std::string directory_;
  std::mutex mutex_;
  std::map<std::string, v1::Entity> rows_;
  std::set<std::string> replay_;
  std::vector<v1::CorrectEntityRequest> corrections_;
  int calls_ = 0;
  int down_after_ = -1;
};

TEST_F(LoadTest, LoadingTwiceReplays) {
  const std::string path =
      Write("entities.jsonl", "\xEF\xBB\xBF# comment\n\n" + Line("a", "1") + "   \r\n" + Line("b", "2"));
  EXPECT_EQ(Load(path), 0);
  EXPECT_THAT(Counts(), ElementsAre(2, 0, 0, 0, 0, 0)) << out_;
  EXPECT_EQ(rows_.size(), 2u);
  EXPECT_EQ(Load(path), 0);
  EXPECT_THAT(Counts(), ElementsAre(0, 2, 0, 0, 0, 0)) << out_;
  EXPECT_EQ(replay_.size(), 2u);
}

TEST_F(LoadTest, EqualRowsAreUnchangedEvenUnderAnotherRequestId) {
  const std::string path = Write("entities.jsonl", Line("a", "1"));
  EXPECT_EQ(Load(path), 0);
  replay_.clear();
  EXPECT_EQ(Load(path, {"--update"}), 0);
  EXPECT_THAT(Counts(), ElementsAre(0, 1, 0, 0, 0, 0)) << out_;
  EXPECT_THAT(corrections_, IsEmpty());
}

TEST_F(LoadTest, DifferentRowsAreListedAndCorrectedOnlyOnRequest) {
  EXPECT_EQ(Load(Write("entities.jsonl", Line("a", "1", "旧名"))), 0);
  const std::string path = Write("entities.jsonl", Line("a", "1", "新名"));
  EXPECT_EQ(Load(path, {"--lang=en"}), 0);
  EXPECT_THAT(Counts(), ElementsAre(0, 0, 0, 1, 0, 0)) << out_;
  EXPECT_THAT(out_, HasSubstr("entities.jsonl:1: different entities/a: fields that differ: display_name"));
  EXPECT_THAT(corrections_, IsEmpty());
  EXPECT_EQ(Load(path, {"--update"}), 0);
  EXPECT_THAT(Counts(), ElementsAre(0, 0, 1, 0, 0, 0)) << out_;
  ASSERT_EQ(corrections_.size(), 1u);
  EXPECT_EQ(corrections_[0].entity().name(), "entities/a");
  EXPECT_EQ(corrections_[0].entity().display_name(), "新名");
  EXPECT_THAT(corrections_[0].update_mask().paths(), ElementsAre("display_name"));
  EXPECT_EQ(corrections_[0].etag(), "etag");
  EXPECT_EQ(corrections_[0].reason(), "first load");
}

TEST_F(LoadTest, ACodeUnderAnotherIdIsDifferentAndNeverCorrected) {
  EXPECT_EQ(Load(Write("entities.jsonl", Line("a", "1"))), 0);
  EXPECT_EQ(Load(Write("entities.jsonl", Line("b", "1", "新名")), {"--update", "--lang=en"}), 0);
  EXPECT_THAT(Counts(), ElementsAre(0, 0, 0, 1, 0, 0)) << out_;
  EXPECT_THAT(out_, HasSubstr("registered under another id: entities/a"));
  EXPECT_THAT(corrections_, IsEmpty());
}

TEST_F(LoadTest, BadLinesDoNotStopTheRest) {
  const std::string path = Write("entities.jsonl", Line("a", "1") + "{not json}\n" + Line("b", "bad") +
                                                       "{\"entity\":{\"colour\":1}}\n" + Line("c", "3"));
  EXPECT_EQ(Load(path, {"--lang=zh"}), 4);
  EXPECT_THAT(Counts(), ElementsAre(2, 0, 0, 0, 3, 0)) << out_;
  EXPECT_THAT(out_, HasSubstr("entities.jsonl:2: 失败: not a JSON CreateEntityRequest"));
  EXPECT_THAT(out_, HasSubstr("entities.jsonl:3: 失败 entities/b: 字段 entity.uscc 的值 bad"));
  EXPECT_THAT(out_, HasSubstr("entities.jsonl:4: 失败: "));
}

TEST_F(LoadTest, AServerThatIsGoneStopsTheRun) {
  down_after_ = 3;
  std::string lines;
  for (int i = 0; i < 10; ++i) lines += Line(absl::StrCat("e", i), absl::StrCat(i));
  EXPECT_EQ(Load(Write("entities.jsonl", lines), {"--parallel=1"}), 5);
  EXPECT_THAT(Counts(), ElementsAre(3, 0, 0, 0, 0, 7)) << out_;
  EXPECT_EQ(calls_, 4);
  EXPECT_THAT(out_, HasSubstr("entities.jsonl:4: not tried entities/e3: UNAVAILABLE: gone\n"));
  EXPECT_THAT(out_, Not(HasSubstr("entities.jsonl:5")));
}

TEST_F(LoadTest, ManyLinesInParallel) {
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += Line(absl::StrCat("e", i), absl::StrCat("code", i));
  EXPECT_EQ(Load(Write("entities.jsonl", lines)), 0);
  EXPECT_THAT(Counts(), ElementsAre(2000, 0, 0, 0, 0, 0)) << out_;
}

TEST_F(LoadTest, DryRunChangesNothing) {
  EXPECT_EQ(Load(Write("entities.jsonl", Line("a", "1")), {"--dry-run"}), 0);
  EXPECT_THAT(out_, HasSubstr("dry run"));
  EXPECT_THAT(rows_, IsEmpty());
}

TEST_F(LoadTest, DirectoriesAreLoadedByKind) {
  std::vector<std::string> order;
  ON_CALL(mock_, Call).WillByDefault([&](absl::string_view method, const auto&, auto*, const CallOptions&) {
    order.emplace_back(method.substr(method.find('/') + 1));
    return absl::OkStatus();
  });
  const std::string empty_request = "{}\n";
  for (const char* name : {"authorizations.jsonl", "divisions-2.jsonl", "divisions-1.jsonl", "entities.jsonl",
                           "indications.jsonl", "README.md", "entities.txt", "other.jsonl"}) {
    Write(name, empty_request);
  }
  EXPECT_EQ(Load(directory_, {"--parallel=1"}), 0);
  EXPECT_THAT(order, ElementsAre("CreateDivision", "CreateDivision", "CreateEntity", "CreateIndication",
                                 "CreateAuthorization"));
  EXPECT_LT(out_.find("divisions-1"), out_.find("divisions-2"));
  EXPECT_EQ(Load(directory_ + "/README.md"), 3);
}

TEST_F(LoadTest, JsonSummary) {
  EXPECT_EQ(Load(Write("entities.jsonl", Line("a", "1") + Line("b", "bad")), {"--output=json"}), 4);
  EXPECT_THAT(out_, HasSubstr("\"created\": 1"));
  EXPECT_THAT(out_, HasSubstr("\"line\": 2"));
  EXPECT_THAT(out_, HasSubstr("\"outcome\": \"failed\""));
}

class CompareTest : public testing::Test {
 protected:
  std::vector<std::string> Differ(const char* wanted, const char* existing) {
    v1::Indication a, b;
    EXPECT_TRUE(ParseJson(wanted, a).ok() && ParseJson(existing, b).ok());
    return DifferingFields(a, b);
  }
};

TEST_F(CompareTest, WhatTheServerDerivesDoesNotCount) {
  EXPECT_THAT(
      Differ(R"({"displayName":"a"})", R"({"displayName":"a","name":"indications/a","etag":"x","revision":"7"})"),
      IsEmpty());
  EXPECT_THAT(Differ(R"({"displayName":"a","etag":"y"})", R"({"displayName":"a","etag":"x"})"), IsEmpty());
}

TEST_F(CompareTest, FieldsLeftOutAreNotCompared) {
  EXPECT_THAT(Differ(R"({"displayName":"a"})", R"({"displayName":"a","holder":"entities/h"})"), IsEmpty());
  EXPECT_THAT(Differ(R"({"displayName":"a","holder":"entities/h"})", R"({"displayName":"b"})"),
              ElementsAre("display_name", "holder"));
}

TEST_F(CompareTest, TextIsComparedAsItIsKept) {
  EXPECT_THAT(Differ("{\"displayName\":\" e\\u0301 \"}", "{\"displayName\":\"\\u00e9\"}"), IsEmpty());
  EXPECT_THAT(Differ(R"({"areaCodes":["５００１５５"]})", R"({"areaCodes":["500155"]})"), IsEmpty());
}

TEST_F(CompareTest, ListsAndNestedMessagesCompareInFull) {
  EXPECT_THAT(Differ(R"({"goods":[{"id":"g1","text":"a"}]})", R"({"goods":[{"id":"g1","text":"a","niceClass":31}]})"),
              ElementsAre("goods"));
  EXPECT_THAT(Differ(R"({"goods":[{"id":"g1"}]})", R"({"goods":[{"id":"g1"},{"id":"g2"}]})"), ElementsAre("goods"));
}

TEST_F(CompareTest, LaterEventsAreNoDifference) {
  const char* first =
      R"({"events":[{"kind":"TITLE_EVENT_KIND_APPLIED","effectiveFrom":{"year":2020,"month":1,"day":1}}]})";
  EXPECT_THAT(Differ(first, R"({"events":[
      {"id":"e1","kind":"TITLE_EVENT_KIND_APPLIED","effectiveFrom":{"year":2020,"month":1,"day":1},"termEnd":{"year":2030}},
      {"id":"e2","kind":"TITLE_EVENT_KIND_REFUSED"}]})"),
              IsEmpty());
  EXPECT_THAT(Differ(first, R"({"events":[{"kind":"TITLE_EVENT_KIND_APPLIED","effectiveFrom":{"year":2021}}]})"),
              ElementsAre("events"));
  EXPECT_THAT(Differ(first, "{}"), ElementsAre("events"));
}

TEST_F(CompareTest, Correctable) {
  EXPECT_TRUE(IsCorrectable(v1::Indication(), "display_name"));
  EXPECT_FALSE(IsCorrectable(v1::Indication(), "kind"));
  EXPECT_FALSE(IsCorrectable(v1::Indication(), "events"));
}

}  // namespace
}  // namespace gi::client::gictl
