// Files: the table for spreadsheets, the report, the calendar.
#include "server/domain/indicator/render.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "server/domain/clock/icalendar.h"
#include "server/domain/indicator/definitions.h"
#include "storage/base/date.h"
#include "storage/base/text.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

QueryIndicatorsResponse OneFigure(const std::string& label) {
  QueryIndicatorsResponse figures;
  *figures.mutable_date() = *ParseDate("2026-11-25");
  Indicator& indicator = *figures.add_indicators();
  *indicator.mutable_definition() = ToMessage(*FindIndicator("users.per_title"));
  for (const std::string& group : {std::string(), std::string("t")}) {
    IndicatorSeries& series = *indicator.add_series();
    series.set_group(group);
    series.set_label_zh(group.empty() ? "合计" : label);
    series.set_label_en(group.empty() ? "all" : label);
    IndicatorPoint& point = *series.add_points();
    point.mutable_month()->set_year(2026);
    point.mutable_month()->set_month(11);
    point.set_value("3");
    point.set_growth_percent("-12.5");
  }
  return figures;
}

TEST(CsvTest, SpreadsheetsReadItAndRunNothing) {
  const std::string csv = ToCsv(OneFigure("=cmd|' /C calc'!A0"), Language::kChinese);
  EXPECT_THAT(csv, StartsWith("\xEF\xBB\xBF指标,"));
  EXPECT_THAT(csv, HasSubstr(",'=cmd|' /C calc'!A0,"));
  EXPECT_THAT(csv, HasSubstr(",-12.5,")) << "a number stays one";
  for (absl::string_view line : absl::StrSplit(csv, '\n')) {
    EXPECT_TRUE(line.empty() || line.back() == '\r') << line;
  }
  EXPECT_THAT(ToCsv(OneFigure("a,\"b\"\nc"), Language::kEnglish), HasSubstr(",\"a,\"\"b\"\"\nc\","));
}

TEST(MarkdownTest, TextsAreNotTakenForMarkup) {
  ReportHead report;
  report.organisation = "梁平区|农业农村委员会";
  report.figures = OneFigure("[x](http://y) | `z`\n# w");
  Deadline& deadline = report.deadlines.emplace_back();
  *deadline.mutable_due_date() = *ParseDate("2026-12-01");
  deadline.set_state(DEADLINE_STATE_OPEN);
  deadline.set_days_left(6);
  deadline.set_step_zh("答复审查意见");
  const std::string text = ToMarkdown(report);
  EXPECT_THAT(text, HasSubstr("| \\[x\\]\\(http://y\\) \\| \\`z\\` \\# w | 3 |"));
  EXPECT_THAT(text, HasSubstr("报告单位：梁平区\\|农业农村委员会"));
  EXPECT_THAT(text, HasSubstr("| 2026-12-01 | 剩 6 日 | 答复审查意见 |"));
  EXPECT_THAT(text, HasSubstr("口径"));
}

TEST(DefinitionsTest, EachIsNamedVersionedAndExplained) {
  std::set<absl::string_view> names;
  for (const gi::domain::IndicatorRow& row : Indicators()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    const IndicatorDefinition definition = ToMessage(row);
    EXPECT_GE(definition.version(), 1);
    EXPECT_FALSE(definition.convention_zh().empty() || definition.convention_en().empty() ||
                 definition.source().title().empty() || definition.group_zh().empty())
        << row.name;
    EXPECT_EQ(FindIndicator(row.name), &row);
  }
  EXPECT_EQ(FindIndicator("none"), nullptr);
}

std::string Calendar(const std::string& name, DeadlineState state, bool provisional) {
  Deadline deadline;
  deadline.set_subject("applications/a");
  deadline.set_subject_name(name);
  deadline.set_rule_id("TM-OPP");
  deadline.set_event("e3");
  deadline.set_step_zh("异议");
  deadline.set_state(state);
  deadline.set_provisional(provisional);
  *deadline.mutable_due_date() = *ParseDate("2026-02-28");
  return ToICalendar({deadline}, "x.test", absl::FromUnixSeconds(0), Language::kChinese);
}

TEST(ICalendarTest, AnAllDayEvent) {
  const std::string text = Calendar("柚", DEADLINE_STATE_OPEN, true);
  EXPECT_THAT(text, StartsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nDTSTART;VALUE=DATE:20260228\r\nDTEND;VALUE=DATE:20260301\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nUID:applications/a/e3.TM-OPP@x.test\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nSTATUS:TENTATIVE\r\n"));
  EXPECT_THAT(text, HasSubstr("BEGIN:VALARM"));
  EXPECT_THAT(Calendar("柚", DEADLINE_STATE_STOPPED, false), HasSubstr("STATUS:CANCELLED"));
  EXPECT_THAT(Calendar("柚", DEADLINE_STATE_MET, false), Not(HasSubstr("VALARM")));
}

// Lines are folded and unfolded without loss, whatever the text.
RC_GTEST_PROP(ICalendarTest, TextsComeBack, ()) {
  std::string name;
  const int length = *rc::gen::inRange(0, 120);
  for (int i = 0; i < length; ++i) {
    name += *rc::gen::element<std::string>("柚", "a", ",", ";", "\\", "é", "\n", " ", "𠮷", ":");
  }
  const std::string text = Calendar(name, DEADLINE_STATE_OPEN, false);
  for (absl::string_view line : absl::StrSplit(absl::string_view(text).substr(0, text.size() - 2), "\r\n")) {
    RC_ASSERT(line.size() <= 75u);
    RC_ASSERT(line.find_first_of("\r\n") == line.npos);
    RC_ASSERT(IsValidUtf8(line));
  }
  const std::string unfolded = absl::StrReplaceAll(text, {{"\r\n ", ""}});
  const size_t begin = unfolded.find("SUMMARY:") + 8;
  std::string summary = unfolded.substr(begin, unfolded.find("\r\n", begin) - begin);
  std::string plain;
  for (size_t i = 0; i < summary.size(); ++i) {
    if (summary[i] != '\\') {
      plain += summary[i];
      continue;
    }
    ++i;
    plain += summary[i] == 'n' ? '\n' : summary[i];
  }
  RC_ASSERT(plain == absl::StrCat(name, "：异议"));
}

}  // namespace
}  // namespace gi::domain
