// Commands of deadlines: what is asked for, and how it is shown and written.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gi/registry/v1/deadline.pb.h"
#include "tests/client/gictl_fixture.h"

namespace gi::client::gictl {
namespace {

using testing::HasSubstr;

constexpr char kDeadline[] = R"({
  subject: 'applications/a' subject_name: '示例柚' rule_id: 'TM-OPP' step_zh: '提出异议' step_en: 'oppose'
  due_date { year: 2027 month: 2 day: 28 } latest_date { year: 2027 month: 3 day: 30 } provisional: true
  state: DEADLINE_STATE_OPEN days_left: 12
  steps { message_zh: '三个月' message_en: 'three months' date { year: 2027 month: 2 day: 27 } }
  steps { message_en: 'the next working day' date { year: 2027 month: 2 day: 28 } }
  source { title: '商标法' } consequence_zh: '不得再提出' consequence_en: 'too late'
})";

class GictlDeadlineTest : public GictlAnyMethodTest {
 protected:
  void SetUp() override {
    GictlAnyMethodTest::SetUp();
    answers_["ListDeadlines"] = absl::StrCat("deadlines ", kDeadline, R"(
        deadlines {
          subject: 'indications/i' rule_id: 'TM-RENEW' step_en: 'renew' due_date { year: 2028 month: 1 day: 1 }
          state: DEADLINE_STATE_MET closed_on { year: 2027 month: 12 day: 5 }
        }
        total: 7 next_page_token: 'more' read_point { revision: 9 })");
    answers_["ComputeDeadline"] = absl::StrCat("deadline ", kDeadline, " read_point { revision: 9 }");
    answers_["ExportDeadlines"] = "content: 'BEGIN:VCALENDAR\\r\\n' read_point { revision: 9 }";
  }
};

TEST_F(GictlDeadlineTest, EveryCommandAsksForWhatItSays) {
  const std::vector<std::string> filters = {
      "filter { due { from { year: 2026 month: 1 day: 1 } to { year: 2026 month: 12 day: 31 } } subject: "
      "\"applications/a\" office: \"示例办\" states: DEADLINE_STATE_OPEN states: DEADLINE_STATE_MISSED parties: "
      "PARTY_THIRD_PARTY rules: \"TM-OPP\" rules: \"X\" }",
      "date { year: 2026 month: 5 day: 1 }", "read_at { record_date { year: 2026 month: 4 day: 1 } }"};
  ExpectCalls({
      {{"deadline",       "list",     "--from", "2026-01-01", "--to",        "2026-12-31", "--subject",
        "applications/a", "--office", "示例办", "--state",    "open,missed", "--party",    "third-party",
        "--rule",         "TM-OPP,X", "--date", "2026-05-01", "--at-date",   "2026-04-01"},
       "ListDeadlines",
       filters},
      {{"deadline",       "export",   "--from", "2026-01-01", "--to",        "2026-12-31", "--subject",
        "applications/a", "--office", "示例办", "--state",    "open,missed", "--party",    "third-party",
        "--rule",         "TM-OPP,X", "--date", "2026-05-01", "--at-date",   "2026-04-01"},
       "ExportDeadlines",
       filters},
      {{"deadline", "export"}, "ExportDeadlines", {"language: \"en\""}},
      {{"deadline", "list", "--page-size", "5", "--page-token", "t"},
       "ListDeadlines",
       {"page_size: 5 page_token: \"t\""}},
      {{"deadline", "compute", "TM-OPP", "trademark-2019", "--start", "2026-01-02", "--date", "2026-02-01"},
       "ComputeDeadline",
       {"rule_id: \"TM-OPP\" law: \"trademark-2019\" start { year: 2026 month: 1 day: 2 } date { year: 2026 month: 2 "
        "day: 1 }"}},
      {{"deadline", "compute", "X", "l", "--service", "post", "--dispatched", "2026-01-02", "--at-revision", "3"},
       "ComputeDeadline",
       {"service { mode: SERVICE_MODE_POST dispatched_on { year: 2026 month: 1 day: 2 } }",
        "read_at { exact_revision: 3 }"}},
  });
}

TEST_F(GictlDeadlineTest, TheListIsATable) {
  EXPECT_EQ(Run({"--lang=en", "deadline", "list"}), kSuccess) << err_;
  EXPECT_EQ(out_,
            "due                       state  days left  rule      step    subject\n"
            "2027-02-28 (provisional)  open   12         TM-OPP    oppose  applications/a 示例柚\n"
            "2028-01-01                met               TM-RENEW  renew   indications/i\n"
            "7 rows; revision 9\n"
            "more: --page-token=more\n");
  EXPECT_EQ(Run({"--lang=zh", "deadline", "list"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("2027-02-28（暂定）  待办  12        TM-OPP    提出异议  applications/a 示例柚\n"));
  EXPECT_EQ(Run({"--output=json", "deadline", "list"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("\"ruleId\": \"TM-OPP\""));
}

TEST_F(GictlDeadlineTest, ExplainedDatesHaveTheirStepsBelow) {
  EXPECT_EQ(Run({"--lang=en", "deadline", "list", "--explain"}), kSuccess) << err_;
  EXPECT_THAT(out_, HasSubstr("applications/a 示例柚\n"
                              "    2027-02-27  three months\n"
                              "    2027-02-28  the next working day\n"
                              "    with the longest extension: 2027-03-30\n"
                              "    if it is missed: too late\n"
                              "    basis: 商标法 (not compared with the published text)\n"
                              "2028-01-01                met               TM-RENEW  renew   indications/i\n"
                              "    closed: 2027-12-05\n"));
  EXPECT_EQ(Run({"--lang=zh", "deadline", "compute", "TM-OPP", "trademark-2019", "--start=2026-11-27"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("2027-02-28（暂定）  待办  12        TM-OPP  提出异议\n"
                              "    2027-02-27  三个月\n"));
  EXPECT_THAT(out_, HasSubstr("    逾期后果：不得再提出\n    依据：商标法（未与公布文本核对）\n登记簿版本 9\n"));
}

TEST_F(GictlDeadlineTest, TheCalendarIsWrittenAsItIs) {
  EXPECT_EQ(Run({"--lang=en", "deadline", "export"}), kSuccess);
  EXPECT_EQ(out_, "BEGIN:VCALENDAR\r\n");
  EXPECT_EQ(err_, "revision 9\n");
  const std::string path = testing::TempDir() + "/gictl_deadlines.ics";
  std::ofstream(path) << "something older and longer than the calendar";
  EXPECT_EQ(Run({"--lang=en", "deadline", "export", "--out", path}), kSuccess) << err_;
  EXPECT_EQ(out_, "written to " + path + "  revision 9\n");
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "BEGIN:VCALENDAR\r\n");
  std::filesystem::remove(path);
  EXPECT_EQ(Run({"--output=json", "deadline", "export"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("\"content\": \"BEGIN:VCALENDAR\\r\\n\""));
  for (const char* unwritable : {"/nowhere/x.ics", "/dev/full"}) {
    EXPECT_EQ(Run({"deadline", "export", "--out", unwritable}), kUsageError);
    EXPECT_THAT(err_, HasSubstr(unwritable));
  }
}

TEST_F(GictlDeadlineTest, MistakesAtTheKeyboard) {
  EXPECT_CALL(mock_, Call).Times(0);
  const std::vector<std::vector<std::string>> mistakes = {
      {"deadline"},
      {"deadline", "list", "--state=late"},
      {"deadline", "list", "--party=officer"},
      {"deadline", "list", "--from=January"},
      {"deadline", "export", "--date=2026-02-30"},
      {"deadline", "compute", "TM-OPP"},
      {"deadline", "compute", "TM-OPP", "trademark-2019"},
      {"deadline", "compute", "TM-OPP", "trademark-2019", "--start=2026-01-01", "--service=post"},
      {"deadline", "compute", "TM-OPP", "trademark-2019", "--service=pigeon"},
  };
  for (const std::vector<std::string>& args : mistakes) {
    EXPECT_EQ(Run(args), kUsageError) << testing::PrintToString(args);
    EXPECT_FALSE(err_.empty()) << testing::PrintToString(args);
  }
}

}  // namespace
}  // namespace gi::client::gictl
