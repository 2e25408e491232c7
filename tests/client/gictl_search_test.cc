// search, users, titles, check for lists, and the CSV they read and write.
#include <string>
#include <vector>

#include "client/gictl/csv.h"
#include "storage/base/csv_line.h"
#include "tests/client/gictl_fixture.h"

namespace gi::client::gictl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::vector<std::string>> Cells(const std::string& text) {
  const absl::StatusOr<std::vector<CsvRow>> rows = ParseCsv(text);
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<std::vector<std::string>> cells;
  if (rows.ok()) {
    for (const CsvRow& row : *rows) cells.push_back(row.cells);
  }
  return cells;
}

TEST(CsvTest, Reads) {
  EXPECT_THAT(Cells("a,b\nc,d"), ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
  EXPECT_THAT(Cells("\xEF\xBB\xBF"
                    "a, b \r\n\r\n,\nc"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("c")));
  EXPECT_THAT(Cells("a\tb,c\n"), ElementsAre(ElementsAre("a", "b,c")));
  EXPECT_THAT(Cells("\"a,\"\"b\"\"\nc\",d\n"), ElementsAre(ElementsAre("a,\"b\"\nc", "d")));
  EXPECT_THAT(Cells("\"\",x"), ElementsAre(ElementsAre("", "x")));
  EXPECT_THAT(Cells(""), ElementsAre());
  EXPECT_EQ((*ParseCsv("\"a\nb\"\n\nc"))[1].line, 4u);
  EXPECT_THAT(ParseCsv("a\n\"b").status().message(), HasSubstr("line 2"));
  EXPECT_FALSE(ParseCsv("\xff\xfe").ok());
}

TEST(CsvTest, Writes) {
  EXPECT_EQ(CsvLine({"a", "b,c", "say \"x\"", ""}), "a,\"b,c\",\"say \"\"x\"\"\",\n");
  EXPECT_EQ(CsvLine({"=1+1", "-x", "+", "@a", "梁平柚"}), "'=1+1,'-x,'+,'@a,梁平柚\n");
  EXPECT_EQ(CsvLine({"500155005205", "50015500520", "'x", "'"}), "'500155005205,50015500520,''x,''\n");
  for (const char* cell : {"=1", "-x", "-1", "500155005205", "'", "''", "'=1", "x'", ""}) {
    std::string line = CsvLine({cell}, "");
    EXPECT_EQ(WithoutGuard(line), cell);
  }
  EXPECT_EQ(CsvLine({"-12.5", "-1+2", "-", "3.0"}), "-12.5,'-1+2,'-,3.0\n") << "plain numbers stay numbers";
}

class CheckListTest : public GictlTest {
 protected:
  void SetUp() override {
    mock_.Answer<v1::BatchCheckAuthorizationsRequest, v1::BatchCheckAuthorizationsResponse>(
        [this](const auto& request) {
          requests_.push_back(request);
          v1::BatchCheckAuthorizationsResponse response;
          response.mutable_read_point()->set_revision(12);
          response.mutable_read_point()->set_history_id("h");
          *response.mutable_date() = DateOf("2026-11-24");
          for (const v1::BatchCheckItem& item : request.items()) {
            v1::BatchCheckResult& result = *response.add_results();
            if (item.check().uscc() == "bad") {
              result.mutable_error()->set_message("not good");
              continue;
            }
            const bool known = item.check().uscc() == "known";
            result.mutable_answer()->set_verdict(known ? v1::VERDICT_AUTHORIZED : v1::VERDICT_NOT_AUTHORIZED);
            result.mutable_answer()->add_reasons()->set_reason(known ? v1::DECISION_REASON_AUTHORIZED
                                                                     : v1::DECISION_REASON_UNKNOWN_ENTITY);
            result.mutable_answer()->set_uscc(item.check().uscc());
          }
          return response;
        });
  }
  std::vector<v1::BatchCheckAuthorizationsRequest> requests_;
};

TEST_F(CheckListTest, ColumnsByTheirHeads) {
  const std::string list = "indication,entity,产地,class\nindications/a,known,500155,31\n梁平柚,entities/e1,,\n";
  EXPECT_EQ(Run({"check", "--file=-", "--date=2023-05-01", "--goods=g1"}, list), 1);
  ASSERT_EQ(requests_.size(), 1u);
  ASSERT_EQ(requests_[0].items_size(), 2);
  const v1::CheckAuthorizationRequest& first = requests_[0].items(0).check();
  EXPECT_EQ(first.uscc(), "known");
  EXPECT_EQ(first.indication(), "indications/a");
  EXPECT_EQ(first.place(), "500155");
  EXPECT_EQ(first.nice_class(), 31);
  EXPECT_EQ(first.goods(), "g1");
  EXPECT_EQ(first.date().year(), 2023);
  EXPECT_EQ(requests_[0].items(1).check().entity(), "entities/e1");
  EXPECT_EQ(requests_[0].items(1).check().indication(), "梁平柚");
  EXPECT_THAT(out_, HasSubstr("2     known        indications/a  2023-05-01  authorized"));
  EXPECT_THAT(out_, HasSubstr("2 lines"));
}

TEST_F(CheckListTest, WithoutHeadsAndAsCsv) {
  EXPECT_EQ(Run({"check", "--file=-", "--csv"}, "known\tindications/a\t2023-05-01\n"), 0);
  EXPECT_EQ(out_,
            "line,entity,indication,date,verdict,reasons,from,to\n"
            "1,known,indications/a,2023-05-01,authorized,authorized,,\n");
  EXPECT_THAT(err_, HasSubstr("1 lines"));
}

TEST_F(CheckListTest, ALineThatIsRefusedDoesNotStopTheOthers) {
  EXPECT_EQ(Run({"check", "--file=-"}, "bad,indications/a\nknown,indications/a\n"), 4);
  EXPECT_THAT(out_, HasSubstr("not good"));
  EXPECT_THAT(out_, HasSubstr("authorized"));
}

TEST_F(CheckListTest, LongListsAreOneState) {
  std::string list;
  for (int i = 0; i < 2500; ++i) list += "known,indications/a\n";
  EXPECT_EQ(Run({"check", "--file=-"}, list), 0);
  ASSERT_EQ(requests_.size(), 3u);
  EXPECT_EQ(requests_[2].items_size(), 500);
  EXPECT_FALSE(requests_[0].has_read_at());
  EXPECT_EQ(requests_[1].read_at().exact_revision(), 12);
  EXPECT_EQ(requests_[1].read_at().history_id(), "h");
}

TEST_F(CheckListTest, WhatCannotBeAskedIsSaid) {
  EXPECT_EQ(Run({"check", "--file=-"}, "entity,indication,colour\n"), 3);
  EXPECT_THAT(err_, HasSubstr("colour"));
  EXPECT_EQ(Run({"check", "--file=-"}, "known,indications/a,yesterday\n"), 3);
  EXPECT_THAT(err_, HasSubstr("line 1"));
  EXPECT_EQ(Run({"check", "--file=-"}, ""), 3);
  EXPECT_EQ(Run({"check", "--file=/nowhere"}), 3);
  EXPECT_EQ(Run({"check", "--csv", "a", "b"}), 3);
  EXPECT_EQ(Run({"check", "a"}), 3);
  EXPECT_TRUE(requests_.empty());
}

class SearchCommandTest : public GictlTest {};

TEST_F(SearchCommandTest, FlagsReachTheRequestAndMatchesThePerson) {
  v1::SearchIndicationsRequest sent;
  mock_.Answer<v1::SearchIndicationsRequest, v1::SearchIndicationsResponse>([&](const auto& request) {
    sent = request;
    v1::SearchIndicationsResponse response;
    v1::IndicationMatch& match = *response.add_matches();
    match.mutable_indication()->set_name("indications/a");
    match.mutable_indication()->set_display_name("梁平柚");
    match.set_kind(v1::MATCH_KIND_INITIALS);
    match.set_matched_name("梁平柚");
    response.set_total(7);
    response.set_next_page_token("more");
    v1::Facet& facet = *response.add_facets();
    facet.set_field(v1::FACET_FIELD_COUNTRY);
    facet.add_values()->set_value("France");
    return response;
  });
  EXPECT_EQ(Run({"search", "lpy", "--kind=foreign,agi", "--state=in-force", "--country=France", "--class=31,32",
                 "--division=500155", "--holder=entities/e1", "--date=2023-05-01", "--page-size=5", "--facets"}),
            0);
  EXPECT_EQ(sent.query(), "lpy");
  EXPECT_THAT(sent.kinds(), ElementsAre(v1::INDICATION_KIND_FOREIGN, v1::INDICATION_KIND_AGI));
  EXPECT_THAT(sent.states(), ElementsAre(v1::TITLE_STATE_IN_FORCE));
  EXPECT_THAT(sent.nice_classes(), ElementsAre(31, 32));
  EXPECT_EQ(sent.page_size(), 5);
  EXPECT_THAT(out_, HasSubstr("initials"));
  EXPECT_THAT(out_, HasSubstr("France"));
  EXPECT_THAT(out_, HasSubstr("7 titles"));
  EXPECT_THAT(out_, HasSubstr("--page-token=more"));
  EXPECT_EQ(Run({"search", "--kind=wine"}), 3);
}

TEST_F(SearchCommandTest, UsersOfAllPages) {
  mock_.Answer<v1::ListAuthorizedEntitiesRequest, v1::ListAuthorizedEntitiesResponse>([](const auto& request) {
    v1::ListAuthorizedEntitiesResponse response;
    response.add_uses()->set_entity(request.page_token().empty() ? "entities/e1" : "entities/e2");
    if (request.page_token().empty()) response.set_next_page_token("next");
    return response;
  });
  EXPECT_EQ(Run({"users", "indications/a", "--date=2023-05-01"}), 0);
  EXPECT_THAT(out_, HasSubstr("entities/e1"));
  EXPECT_THAT(out_, HasSubstr("entities/e2"));
  EXPECT_THAT(out_, HasSubstr("2 on"));
}

TEST_F(SearchCommandTest, TitlesByCodeOrName) {
  std::vector<v1::ListAuthorizedIndicationsRequest> sent;
  mock_.Answer<v1::ListAuthorizedIndicationsRequest, v1::ListAuthorizedIndicationsResponse>([&](const auto& request) {
    sent.push_back(request);
    return v1::ListAuthorizedIndicationsResponse();
  });
  EXPECT_EQ(Run({"titles", "entities/e1"}), 0);
  EXPECT_EQ(Run({"titles", "93500155MA5TEXT11L", "--output=json"}), 0);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].entity(), "entities/e1");
  EXPECT_EQ(sent[1].uscc(), "93500155MA5TEXT11L");
}

}  // namespace
}  // namespace gi::client::gictl
