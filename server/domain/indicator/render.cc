#include "server/domain/indicator/render.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/csv_line.h"
#include "storage/base/date.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";
constexpr int kMostGroupsInReport = 20;

struct Column {
  const char* chinese;
  const char* english;
};
constexpr Column kColumns[] = {
    {"指标", "indicator"},
    {"版本", "version"},
    {"名称", "name"},
    {"分组", "group"},
    {"分组名称", "group name"},
    {"月份", "month"},
    {"起", "from"},
    {"止", "to"},
    {"数值", "value"},
    {"单位", "unit"},
    {"本年累计", "year to date"},
    {"上年同期", "year before"},
    {"同比增长（%）", "growth (%)"},
    {"年度目标", "target"},
    {"完成率（%）", "target reached (%)"},
    {"期内未结束", "running"},
    {"口径", "convention"},
};

std::string ConventionName(v1::PeriodConvention convention, bool chinese) {
  if (convention == v1::PERIOD_CONVENTION_CALENDAR) return chinese ? "自然月" : "calendar months";
  return chinese ? "国家口径（上月16日至当月15日）" : "national (16th of the month before to the 15th)";
}

// Text of the register in a Markdown table: nothing in it may be taken for markup.
std::string Plain(absl::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      plain.push_back(' ');
      continue;
    }
    if (absl::string_view("\\`*_{}[]<>()#+-.!|~&").find(c) != absl::string_view::npos && c != '-' && c != '.') {
      plain.push_back('\\');
    }
    plain.push_back(c);
  }
  return plain;
}

std::string OrDash(const std::string& text) { return text.empty() ? "—" : text; }

void AddIndicator(const v1::Indicator& indicator, std::string& text) {
  const v1::IndicatorDefinition& definition = indicator.definition();
  absl::StrAppend(&text, "### ", definition.name_zh(), "\n\n");
  const v1::IndicatorSeries& whole = indicator.series(0);
  const v1::IndicatorPoint& point = *whole.points().rbegin();
  absl::StrAppend(&text, "| ", definition.group_zh(), " | 本期（", definition.unit_zh(),
                  "） | 本年累计 |\n|---|---:|---:|\n");
  int shown = 0;
  bool more = indicator.more_groups();
  for (int i = 1; i < indicator.series_size(); ++i) {
    const v1::IndicatorSeries& series = indicator.series(i);
    const v1::IndicatorPoint& own = *series.points().rbegin();
    if (own.value() == "0" && (own.year_to_date().empty() || own.year_to_date() == "0")) continue;
    more = more || shown == kMostGroupsInReport;
    if (shown == kMostGroupsInReport) break;
    absl::StrAppend(&text, "| ", Plain(series.label_zh()), " | ", own.value(), " | ", OrDash(own.year_to_date()),
                    " |\n");
    ++shown;
  }
  absl::StrAppend(&text, "| **合计** | **", point.value(), "** | ", OrDash(point.year_to_date()), " |\n\n");
  std::vector<std::string> notes;
  if (!point.year_before().empty()) notes.push_back(absl::StrCat("上年同期 ", point.year_before()));
  if (!point.growth_percent().empty()) notes.push_back(absl::StrCat("同比增长 ", point.growth_percent(), "%"));
  if (!point.target().empty()) {
    notes.push_back(absl::StrCat("年度目标 ", point.target(), "，完成 ", point.target_percent(), "%"));
  }
  if (!notes.empty()) absl::StrAppend(&text, absl::StrJoin(notes, "；"), "。\n\n");
  if (more) absl::StrAppend(&text, "（仅列前 ", kMostGroupsInReport, " 组，其余计入合计。）\n\n");
}

void AddDeadlines(const ReportHead& report, std::string& text) {
  absl::StrAppend(&text, "## 二、临近与逾期的期限（届满日 ", FormatDate(report.due.from()), " 至 ",
                  FormatDate(report.due.to()), "）\n\n");
  if (report.deadlines.empty()) {
    absl::StrAppend(&text, "无。\n\n");
    return;
  }
  absl::StrAppend(&text, "| 届满日 | 状态 | 事项 | 对象 | 依据 |\n|---|---|---|---|---|\n");
  for (const v1::Deadline& deadline : report.deadlines) {
    const bool missed = deadline.state() == v1::DEADLINE_STATE_MISSED;
    const std::string state = missed ? "逾期" : absl::StrCat("剩 ", deadline.days_left(), " 日");
    absl::StrAppend(&text, "| ", FormatDate(deadline.due_date()), deadline.provisional() ? "（暂定）" : "", " | ",
                    state, " | ", Plain(deadline.step_zh()), " | ", Plain(deadline.subject_name()), " | ",
                    Plain(deadline.source().title()), " |\n");
  }
  if (report.more_deadlines > 0) absl::StrAppend(&text, "\n另有 ", report.more_deadlines, " 项未列出。\n");
  text += "\n";
}

void AddConventions(const v1::QueryIndicatorsResponse& figures, std::string& text) {
  absl::StrAppend(&text, "## 三、统计口径\n\n");
  for (const v1::Indicator& indicator : figures.indicators()) {
    const v1::IndicatorDefinition& definition = indicator.definition();
    absl::StrAppend(&text, "- **", definition.name_zh(), "**（`", definition.id(), "` 第 ", definition.version(),
                    " 版）：", definition.convention_zh(), " 依据：", Plain(definition.source().title()),
                    definition.source().verified() ? "" : "（未核实）", "\n");
  }
  absl::StrAppend(&text, "\n登记簿中没有，不等于事实上没有：本报告只反映登记簿所知。\n");
}

}  // namespace

std::string ToCsv(const v1::QueryIndicatorsResponse& figures, Language language) {
  const bool chinese = language == Language::kChinese;
  std::vector<std::string> head;
  for (const Column& column : kColumns) head.push_back(chinese ? column.chinese : column.english);
  std::string text = absl::StrCat(kByteOrderMark, CsvLine(head, "\r\n"));
  for (const v1::Indicator& indicator : figures.indicators()) {
    const v1::IndicatorDefinition& definition = indicator.definition();
    for (const v1::IndicatorSeries& series : indicator.series()) {
      for (const v1::IndicatorPoint& point : series.points()) {
        const std::string label = chinese ? series.label_zh() : series.label_en();
        text += CsvLine(
            {definition.id(), absl::StrCat(definition.version()), chinese ? definition.name_zh() : definition.name_en(),
             series.group(), label, FormatDate(point.month()), FormatDate(point.period().from()),
             FormatDate(point.period().to()), point.value(), chinese ? definition.unit_zh() : definition.unit_en(),
             point.year_to_date(), point.year_before(), point.growth_percent(), point.target(), point.target_percent(),
             point.running() ? (chinese ? "是" : "yes") : "", ConventionName(figures.convention(), chinese)},
            "\r\n");
      }
    }
  }
  return text;
}

std::string ToMarkdown(const ReportHead& report) {
  const v1::QueryIndicatorsResponse& figures = report.figures;
  std::string text;
  const v1::IndicatorPoint* any = nullptr;
  for (const v1::Indicator& indicator : figures.indicators()) any = &*indicator.series(0).points().rbegin();
  absl::StrAppend(&text, "# 地理标志工作进展报告",
                  any == nullptr ? "" : absl::StrCat("（", any->month().year(), " 年 ", any->month().month(), " 月）"),
                  "\n\n");
  if (!report.organisation.empty()) absl::StrAppend(&text, "报告单位：", Plain(report.organisation), "\n\n");
  if (any != nullptr) {
    absl::StrAppend(&text, "统计期间：", FormatDate(any->period().from()), " 至 ", FormatDate(any->period().to()), "，",
                    ConventionName(figures.convention(), true), any->running() ? "（期间未结束，统计至报告日）" : "",
                    "\n\n");
  }
  absl::StrAppend(&text, "报告日：", FormatDate(figures.date()), "；登记簿版本 ", figures.read_point().revision(),
                  "。\n\n");
  absl::StrAppend(&text, "## 一、指标\n\n");
  for (const v1::Indicator& indicator : figures.indicators()) AddIndicator(indicator, text);
  AddDeadlines(report, text);
  AddConventions(figures, text);
  return text;
}

}  // namespace gi::domain
