#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/pages.h"
#include "client/gictl/render.h"
#include "client/gictl/subcommand.h"
#include "client/gictl/table.h"
#include "gi/registry/v1/indicator.pb.h"
#include "storage/base/date.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

constexpr char kService[] = "gi.registry.v1.IndicatorService/";

// --- definitions ---

struct NoFlags {};

void AddDefinition(const Session& session, const v1::IndicatorDefinition& definition, Table& table) {
  const auto say = [&session](const std::string& chinese, const std::string& english) -> const char* {
    return session.Say(chinese.c_str(), english.c_str());
  };
  table.AddRow({definition.id(), absl::StrCat("v", definition.version()),
                say(definition.name_zh(), definition.name_en()),
                EnumLabel(*v1::IndicatorMeasure_descriptor(), definition.measure(), session.language),
                say(definition.unit_zh(), definition.unit_en()), say(definition.group_zh(), definition.group_en())});
  table.AddLine(absl::StrCat("    ", say(definition.convention_zh(), definition.convention_en())));
  if (definition.has_source()) {
    table.AddLine(absl::StrCat("    ", session.Say("依据：", "basis: "), definition.source().title()));
  }
}

absl::StatusOr<int> RunDefinitions(const Session& session, const NoFlags&) {
  v1::ListIndicatorDefinitionsResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "ListIndicatorDefinitions"),
                               v1::ListIndicatorDefinitionsRequest(), response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  Table table;
  table.AddRow({session.Say("指标", "indicator"), session.Say("版本", "version"), session.Say("名称", "name"),
                session.Say("性质", "measure"), session.Say("单位", "unit"), session.Say("分组", "groups")});
  for (const v1::IndicatorDefinition& definition : response.definitions()) AddDefinition(session, definition, table);
  table.Print(session.out);
  return kSuccess;
}

// --- figures ---

struct FigureFlags {
  std::vector<std::string> indicators;
  std::string from, to, convention, date;
  std::string format, out;  // of exports
};

template <class Request>
absl::Status FillRequest(const Session& session, const FigureFlags& flags, Request& request) {
  for (const std::string& indicator : flags.indicators) request.add_indicators(indicator);
  RETURN_IF_ERROR(SetMonth(request, "from_month", "--from", flags.from));
  RETURN_IF_ERROR(SetMonth(request, "to_month", "--to", flags.to));
  RETURN_IF_ERROR(SetEnum(request, "convention", "--convention", flags.convention));
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  return session.ApplyReadAt(request);
}

std::string Percent(const std::string& number) { return number.empty() ? "" : absl::StrCat(number, "%"); }

void AddPoints(const Session& session, const v1::IndicatorSeries& series, Table& table) {
  std::string label = session.Say(series.label_zh().c_str(), series.label_en().c_str());
  if (label.empty()) label = series.group().empty() ? session.Say("合计", "all") : series.group();
  for (const v1::IndicatorPoint& point : series.points()) {
    const std::string month = FormatDate(point.month());
    table.AddRow({label, point.running() ? absl::StrCat(month, session.Say("（未结束）", " (running)")) : month,
                  point.value(), point.year_to_date(), point.year_before(), Percent(point.growth_percent()),
                  point.target(), Percent(point.target_percent())});
  }
}

void PrintIndicator(const Session& session, const v1::Indicator& indicator) {
  const v1::IndicatorDefinition& definition = indicator.definition();
  session.out << definition.id() << "  " << session.Say(definition.name_zh().c_str(), definition.name_en().c_str())
              << " (" << session.Say(definition.unit_zh().c_str(), definition.unit_en().c_str()) << ")\n";
  Table table;
  table.AddRow({session.Say("分组", "group"), session.Say("月份", "month"), session.Say("数值", "value"),
                session.Say("本年累计", "year to date"), session.Say("上年同期", "year before"),
                session.Say("增长", "growth"), session.Say("年度目标", "target"), session.Say("完成", "reached")});
  for (const v1::IndicatorSeries& series : indicator.series()) AddPoints(session, series, table);
  if (indicator.more_groups()) table.AddLine(session.Say("还有其他分组", "there are more groups"));
  table.Print(session.out, "  ");
}

absl::StatusOr<int> RunShow(const Session& session, const FigureFlags& flags) {
  v1::QueryIndicatorsRequest request;
  RETURN_IF_ERROR(FillRequest(session, flags, request));
  v1::QueryIndicatorsResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "QueryIndicators"), request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  for (const v1::Indicator& indicator : response.indicators()) PrintIndicator(session, indicator);
  session.out << EnumLabel(*v1::PeriodConvention_descriptor(), response.convention(), session.language)
              << session.Say("，", ", on ") << FormatDate(response.date()) << session.Say("；", "; ")
              << FormatReadPoint(response.read_point(), session.language) << "\n";
  return kSuccess;
}

absl::StatusOr<int> RunExport(const Session& session, const FigureFlags& flags) {
  v1::ExportIndicatorsRequest request;
  RETURN_IF_ERROR(FillRequest(session, flags, request));
  RETURN_IF_ERROR(SetEnum(request, "format", "--format", flags.format));
  request.set_language(session.options.language);
  v1::ExportIndicatorsResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "ExportIndicators"), request, response));
  return WriteContent(session, response, flags.out);
}

// --- the rows of one figure ---

struct RowsFlags {
  std::string indicator, month, convention, group, date;
  bool year_to_date = false;
  PageFlags page;
};

void PrintRows(const Session& session, const v1::ListIndicatorRowsResponse& response) {
  Table table;
  std::vector<std::string> head;
  const google::protobuf::Descriptor& type = *v1::IndicatorRow::descriptor();
  for (int i = 0; i < type.field_count(); ++i) head.push_back(FieldLabel(*type.field(i), session.language));
  table.AddRow(std::move(head));
  for (const v1::IndicatorRow& row : response.rows()) {
    std::vector<std::string> cells;
    for (int i = 0; i < type.field_count(); ++i) cells.push_back(FormatField(row, *type.field(i), session.language));
    table.AddRow(std::move(cells));
  }
  table.Print(session.out);
  session.out << session.Say("合计：", "in all: ") << response.value() << "\n";
  PrintListEnd(session, response.total(), response);
}

absl::StatusOr<int> RunRows(const Session& session, const RowsFlags& flags) {
  v1::ListIndicatorRowsRequest request;
  request.set_indicator(flags.indicator);
  RETURN_IF_ERROR(SetMonth(request, "month", "--month", flags.month));
  RETURN_IF_ERROR(SetEnum(request, "convention", "--convention", flags.convention));
  request.set_group(flags.group);
  request.set_year_to_date(flags.year_to_date);
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::ListIndicatorRowsResponse response;
  RETURN_IF_ERROR(FetchPages(session, absl::StrCat(kService, "ListIndicatorRows"), flags.page, request, response));
  if (session.json()) {
    session.out << ToJson(response);
  } else {
    PrintRows(session, response);
  }
  return kSuccess;
}

// --- the report ---

struct ReportFlags {
  std::string month, convention, date, organisation, out;
};

absl::StatusOr<int> RunReport(const Session& session, const ReportFlags& flags) {
  v1::WriteProgressReportRequest request;
  RETURN_IF_ERROR(SetMonth(request, "month", "--month", flags.month));
  RETURN_IF_ERROR(SetEnum(request, "convention", "--convention", flags.convention));
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  request.set_organisation(flags.organisation);
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::WriteProgressReportResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "WriteProgressReport"), request, response));
  return WriteContent(session, response, flags.out);
}

// --- flags ---

constexpr char kOutHelp[] = "File to write (default: standard output)";

// Which days a month is, and which day it is counted up to.
template <class Flags>
void AddPeriodFlags(CLI::App& sub, Flags& flags) {
  sub.add_option("--convention", flags.convention, "national (default): months from the 16th to the 15th; or calendar");
  sub.add_option("--date", flags.date, "Business date that a running month is counted up to (default: today)");
}

void AddFigureFlags(CLI::App& sub, FigureFlags& flags) {
  sub.add_option("ID", flags.indicators, "Ids of indicators, as indicator list shows them (default: all)");
  sub.add_option("--from", flags.from, "First month, e.g. 2026-01 (default: the last)");
  sub.add_option("--to", flags.to, "Last month (default: that of the business date)");
  AddPeriodFlags(sub, flags);
}

void AddRows(CLI::App& group, Command& command) {
  const auto [sub, flags] =
      AddSubcommand<RowsFlags>(group, command, "rows", "The rows that one figure counts", &RunRows);
  sub->add_option("ID", flags->indicator, "Id of the indicator")->required();
  sub->add_option("--month", flags->month, "The month, e.g. 2026-01")->required();
  sub->add_option("--group", flags->group, "Key of a group (default: the whole)");
  sub->add_flag("--year-to-date", flags->year_to_date, "From the beginning of the year");
  AddPeriodFlags(*sub, *flags);
  AddPageFlags(*sub, flags->page);
}

void AddReport(CLI::App& app, Command& command) {
  const auto [sub, flags] = AddSubcommand<ReportFlags>(
      app, command, "report", "A report on one month, in Chinese (Markdown), ready to send", &RunReport);
  sub->add_option("--month", flags->month, "The month, e.g. 2026-01 (default: that of the business date)");
  AddPeriodFlags(*sub, *flags);
  sub->add_option("--organisation", flags->organisation, "Who reports");
  sub->add_option("--out", flags->out, kOutHelp);
}

}  // namespace

void AddIndicatorCommands(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand("indicator", "Figures a district reports: indicators by month");
  group->require_subcommand(1);
  AddSubcommand<NoFlags>(*group, command, "list", "What is counted, and how exactly", &RunDefinitions);
  const auto [show, show_flags] =
      AddSubcommand<FigureFlags>(*group, command, "show", "Figures by group and month", &RunShow);
  AddFigureFlags(*show, *show_flags);
  AddRows(*group, command);
  const auto [exporting, export_flags] =
      AddSubcommand<FigureFlags>(*group, command, "export", "Figures as a file", &RunExport);
  AddFigureFlags(*exporting, *export_flags);
  exporting->add_option("--format", export_flags->format, "csv or json")->required();
  exporting->add_option("--out", export_flags->out, kOutHelp);
  AddReport(app, command);
}

}  // namespace gi::client::gictl
