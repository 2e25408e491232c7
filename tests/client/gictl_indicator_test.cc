// Commands of indicators and the report: what is asked for, and how it is shown and written.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gi/registry/v1/indicator.pb.h"
#include "tests/client/gictl_fixture.h"

namespace gi::client::gictl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GictlIndicatorTest : public GictlAnyMethodTest {};

TEST_F(GictlIndicatorTest, EveryCommandAsksForWhatItSays) {
  ExpectCalls({
      {{"indicator", "list"}, "ListIndicatorDefinitions", {}},
      {{"indicator", "show"}, "QueryIndicators", {}},
      {{"indicator", "show", "titles.registered", "users.logo", "--from", "2026-01", "--to", "2026-11", "--convention",
        "calendar", "--date", "2026-11-20", "--at-date", "2026-11-21"},
       "QueryIndicators",
       {"indicators: \"titles.registered\" indicators: \"users.logo\" from_month { year: 2026 month: 1 } to_month { "
        "year: 2026 month: 11 } convention: PERIOD_CONVENTION_CALENDAR date { year: 2026 month: 11 day: 20 } read_at { "
        "record_date { year: 2026 month: 11 day: 21 } }"}},
      {{"indicator", "rows", "titles.registered", "--month", "2026-01", "--group", "AGI", "--year-to-date",
        "--convention", "national", "--date", "2026-02-01", "--page-size", "5", "--at-revision", "7"},
       "ListIndicatorRows",
       {"indicator: \"titles.registered\" month { year: 2026 month: 1 } convention: PERIOD_CONVENTION_NATIONAL group: "
        "\"AGI\" year_to_date: true date { year: 2026 month: 2 day: 1 } page_size: 5 read_at { exact_revision: 7 }"}},
      {{"indicator", "export", "users.logo", "--format", "csv", "--from", "2026-01", "--convention", "national"},
       "ExportIndicators",
       {"indicators: \"users.logo\" from_month { year: 2026 month: 1 } convention: PERIOD_CONVENTION_NATIONAL format: "
        "EXPORT_FORMAT_CSV language: \"en\""}},
      {{"indicator", "export", "--format", "json"}, "ExportIndicators", {"EXPORT_FORMAT_JSON"}},
      {{"report", "--month", "2026-10", "--convention", "calendar", "--organisation", "示例委", "--date", "2026-11-01",
        "--at-revision", "7"},
       "WriteProgressReport",
       {"month { year: 2026 month: 10 } convention: PERIOD_CONVENTION_CALENDAR date { year: 2026 month: 11 day: 1 } "
        "organisation: \"示例委\" read_at { exact_revision: 7 }"}},
  });
}

TEST_F(GictlIndicatorTest, DefinitionsSayWhatIsCounted) {
  answers_["ListIndicatorDefinitions"] = R"(
      definitions {
        id: 'titles.registered' version: 2 name_zh: '注册件数' name_en: 'titles registered'
        measure: INDICATOR_MEASURE_FLOW group_zh: '类型' group_en: 'kind of title' unit_zh: '件' unit_en: 'titles'
        convention_zh: '按公告日' convention_en: 'by day of announcement' source { title: '统计制度' }
      })";
  EXPECT_EQ(Run({"--lang=en", "indicator", "list"}), kSuccess) << err_;
  EXPECT_EQ(out_,
            "indicator          version  name               measure  unit    groups\n"
            "titles.registered  v2       titles registered  flow     titles  kind of title\n"
            "    by day of announcement\n"
            "    basis: 统计制度\n");
  EXPECT_EQ(Run({"--lang=zh", "indicator", "list"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("注册件数  期内数  件    类型\n    按公告日\n    依据：统计制度\n"));
  EXPECT_EQ(Run({"--output=json", "indicator", "list"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("\"conventionEn\": \"by day of announcement\""));
}

TEST_F(GictlIndicatorTest, FiguresAreShownByGroupAndMonth) {
  answers_["QueryIndicators"] = R"(
      indicators {
        definition {
          id: 'titles.registered' name_zh: '注册件数' name_en: 'titles registered' unit_zh: '件' unit_en: 'titles'
        }
        series {
          points {
            month { year: 2026 month: 10 } value: '2' year_to_date: '9' year_before: '8' growth_percent: '12.5'
            target: '12' target_percent: '75.0'
          }
          points { month { year: 2026 month: 11 } value: '1' running: true }
        }
        series {
          group: 'AGI' label_zh: '农产品地理标志' label_en: 'AGI titles'
          points { month { year: 2026 month: 10 } value: '1' }
        }
        more_groups: true
      }
      convention: PERIOD_CONVENTION_NATIONAL date { year: 2026 month: 11 day: 9 } read_point { revision: 9 })";
  EXPECT_EQ(Run({"--lang=en", "indicator", "show"}), kSuccess) << err_;
  EXPECT_EQ(out_,
            "titles.registered  titles registered (titles)\n"
            "  group       month              value  year to date  year before  growth  target  reached\n"
            "  all         2026-10            2      9             8            12.5%   12      75.0%\n"
            "  all         2026-11 (running)  1\n"
            "  AGI titles  2026-10            1\n"
            "  there are more groups\n"
            "national, on 2026-11-09; revision 9\n");
  EXPECT_EQ(Run({"--lang=zh", "indicator", "show"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("农产品地理标志"));
  EXPECT_THAT(out_, HasSubstr("国家口径，2026-11-09；登记簿版本 9\n"));
  EXPECT_EQ(Run({"--output=json", "indicator", "show"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("\"growthPercent\": \"12.5\""));
}

TEST_F(GictlIndicatorTest, RowsAddUpToTheFigure) {
  std::vector<std::string> tokens;
  mock_.Answer<v1::ListIndicatorRowsRequest, v1::ListIndicatorRowsResponse>([&](const auto& request) {
    tokens.push_back(request.page_token());
    v1::ListIndicatorRowsResponse response;
    v1::IndicatorRow& row = *response.add_rows();
    row.set_name(request.page_token().empty() ? "indications/a" : "indications/b");
    row.set_display_name("示例柚");
    row.set_group("AGI");
    *row.mutable_day() = DateOf("2026-01-05");
    row.add_details("authorizations/x");
    response.set_total(2);
    response.set_value("2");
    if (request.page_token().empty()) response.set_next_page_token("t2");
    response.mutable_read_point()->set_revision(9);
    return response;
  });
  EXPECT_EQ(Run({"--lang=en", "indicator", "rows", "titles.registered", "--month=2026-01", "--all"}), kSuccess) << err_;
  EXPECT_THAT(tokens, ElementsAre("", "t2"));
  EXPECT_EQ(out_,
            "name           display name  group  day         amount  details\n"
            "indications/a  示例柚        AGI    2026-01-05          authorizations/x\n"
            "indications/b  示例柚        AGI    2026-01-05          authorizations/x\n"
            "in all: 2\n"
            "2 rows; revision 9\n");
  EXPECT_EQ(Run({"--lang=en", "indicator", "rows", "titles.registered", "--month=2026-01"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("more: --page-token=t2\n"));
}

TEST_F(GictlIndicatorTest, FilesAreWrittenAsTheyAre) {
  answers_["ExportIndicators"] = "content: '\\357\\273\\277a,b\\n' read_point { revision: 9 }";
  answers_["WriteProgressReport"] = "content: '# 进展报告\\n' read_point { revision: 9 }";
  EXPECT_EQ(Run({"indicator", "export", "--format=csv"}), kSuccess) << err_;
  EXPECT_EQ(out_,
            "\xEF\xBB\xBF"
            "a,b\n");
  EXPECT_EQ(Run({"report"}), kSuccess) << err_;
  EXPECT_EQ(out_, "# 进展报告\n");
  const std::string path = testing::TempDir() + "/gictl_report.md";
  EXPECT_EQ(Run({"--output=json", "report", "--out", path}), kSuccess) << err_;
  EXPECT_THAT(out_, HasSubstr("\"content\""));
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "# 进展报告\n");
  std::filesystem::remove(path);
  EXPECT_EQ(Run({"report", "--out=/nowhere/report.md"}), kUsageError);
  EXPECT_THAT(err_, HasSubstr("/nowhere/report.md"));
}

TEST_F(GictlIndicatorTest, MistakesAtTheKeyboard) {
  EXPECT_CALL(mock_, Call).Times(0);
  for (const char* month : {"2026", "2026-13", "2026-1", "2026-01-01", "January"}) {
    EXPECT_EQ(Run({"indicator", "show", "--from", month}), kUsageError) << month;
    EXPECT_THAT(err_, HasSubstr("--from needs a month like 2023-05")) << month;
  }
  const std::vector<std::vector<std::string>> mistakes = {
      {"indicator"},
      {"indicator", "show", "--convention=lunar"},
      {"indicator", "show", "--at-revision=many"},
      {"indicator", "rows", "titles.registered"},
      {"indicator", "rows", "--month=2026-01"},
      {"indicator", "export"},
      {"indicator", "export", "--format=xls"},
      {"report", "--month=2026-00"},
  };
  for (const std::vector<std::string>& args : mistakes) {
    EXPECT_EQ(Run(args), kUsageError) << testing::PrintToString(args);
    EXPECT_FALSE(err_.empty()) << testing::PrintToString(args);
  }
}

}  // namespace
}  // namespace gi::client::gictl
