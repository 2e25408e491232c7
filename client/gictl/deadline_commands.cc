#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/gictl/commands.h"
#include "client/gictl/deadlines.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/pages.h"
#include "client/gictl/provenance_flags.h"
#include "client/gictl/render.h"
#include "client/gictl/subcommand.h"
#include "client/gictl/table.h"
#include "gi/registry/v1/deadline.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

constexpr char kService[] = "gi.registry.v1.DeadlineService/";

struct DeadlineFlags {
  std::string from, to, subject, office, date, out;
  std::vector<std::string> states, parties, rules;
  bool explain = false;
  PageFlags page;
};

absl::Status FillFilter(const DeadlineFlags& flags, v1::DeadlineFilter& filter) {
  v1::Period due;
  RETURN_IF_ERROR(SetDate(due, "from", "--from", flags.from));
  RETURN_IF_ERROR(SetDate(due, "to", "--to", flags.to));
  if (due.has_from() || due.has_to()) *filter.mutable_due() = due;
  filter.set_subject(flags.subject);
  filter.set_office(flags.office);
  for (const std::string& rule : flags.rules) filter.add_rules(rule);
  RETURN_IF_ERROR(AddEnums(filter, "states", "--state", flags.states));
  return AddEnums(filter, "parties", "--party", flags.parties);
}

// What a list and an export have in common.
template <class Request>
absl::Status FillRequest(const Session& session, const DeadlineFlags& flags, Request& request) {
  RETURN_IF_ERROR(FillFilter(flags, *request.mutable_filter()));
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  return session.ApplyReadAt(request);
}

absl::StatusOr<int> RunList(const Session& session, const DeadlineFlags& flags) {
  v1::ListDeadlinesRequest request;
  RETURN_IF_ERROR(FillRequest(session, flags, request));
  v1::ListDeadlinesResponse response;
  RETURN_IF_ERROR(FetchPages(session, absl::StrCat(kService, "ListDeadlines"), flags.page, request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  Table table;
  std::vector<std::string> head = DeadlineHead(session);
  head.push_back(session.Say("对象", "subject"));
  table.AddRow(std::move(head));
  for (const v1::Deadline& deadline : response.deadlines()) {
    std::vector<std::string> cells = DeadlineCells(session, deadline);
    cells.push_back(absl::StrCat(deadline.subject(), " ", deadline.subject_name()));
    table.AddRow(std::move(cells));
    if (!flags.explain) continue;
    for (std::string& line : ExplainDeadline(session, deadline)) table.AddLine(std::move(line));
  }
  table.Print(session.out);
  PrintListEnd(session, response.total(), response);
  return kSuccess;
}

absl::StatusOr<int> RunExport(const Session& session, const DeadlineFlags& flags) {
  v1::ExportDeadlinesRequest request;
  RETURN_IF_ERROR(FillRequest(session, flags, request));
  request.set_language(session.options.language);
  v1::ExportDeadlinesResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "ExportDeadlines"), request, response));
  return WriteContent(session, response, flags.out);
}

struct ComputeFlags {
  std::string rule, law, start, date;
  ServiceFlags service;
};

absl::StatusOr<int> RunCompute(const Session& session, const ComputeFlags& flags) {
  if (flags.start.empty() == flags.service.empty()) {
    return UsageError("either --start, or --service with the day of the notice, is required");
  }
  v1::ComputeDeadlineRequest request;
  request.set_rule_id(flags.rule);
  request.set_law(flags.law);
  RETURN_IF_ERROR(SetDate(request, "start", "--start", flags.start));
  RETURN_IF_ERROR(SetService(flags.service, request));
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::ComputeDeadlineResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "ComputeDeadline"), request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  Table table;
  table.AddRow(DeadlineHead(session));
  table.AddRow(DeadlineCells(session, response.deadline()));
  for (std::string& line : ExplainDeadline(session, response.deadline())) table.AddLine(std::move(line));
  table.Print(session.out);
  session.out << FormatReadPoint(response.read_point(), session.language) << "\n";
  return kSuccess;
}

void AddFilterFlags(CLI::App& sub, DeadlineFlags& flags) {
  sub.add_option("--from", flags.from, "First due date");
  sub.add_option("--to", flags.to, "Last due date");
  sub.add_option("--subject", flags.subject, "Of applications/{application} or indications/{indication}");
  sub.add_option("--office", flags.office, "Of applications in this office's charge");
  sub.add_option("--state", flags.states, "open, met, missed or stopped; several with commas")->delimiter(',');
  sub.add_option("--party", flags.parties, "Whose act: applicant, holder, authority or third_party; with commas")
      ->delimiter(',');
  sub.add_option("--rule", flags.rules, "Ids of rules, e.g. TM-OPP; with commas")->delimiter(',');
  sub.add_option("--date", flags.date, "Business date the states are derived for (default: today)");
}

}  // namespace

void AddDeadlineCommands(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand("deadline", "Deadlines of applications and titles");
  group->require_subcommand(1);
  const auto [list, list_flags] =
      AddSubcommand<DeadlineFlags>(*group, command, "list", "Deadlines by due date", &RunList);
  AddFilterFlags(*list, *list_flags);
  list->add_flag("--explain", list_flags->explain, "How each date was arrived at, and what follows if it is missed");
  AddPageFlags(*list, list_flags->page);
  const auto [compute, compute_flags] = AddSubcommand<ComputeFlags>(
      *group, command, "compute", "What would be due, and why; nothing is recorded", &RunCompute);
  compute->add_option("RULE", compute_flags->rule, "Id of the rule, e.g. TM-OPP")->required();
  compute->add_option("LAW", compute_flags->law, "Id of the law, e.g. trademark-2019")->required();
  compute->add_option("--start", compute_flags->start, "Day it is counted from");
  AddServiceFlags(*compute, compute_flags->service);
  compute->add_option("--date", compute_flags->date, "Business date for its state (default: today)");
  const auto [exporting, export_flags] =
      AddSubcommand<DeadlineFlags>(*group, command, "export", "Deadlines as a calendar file (iCalendar)", &RunExport);
  AddFilterFlags(*exporting, *export_flags);
  exporting->add_option("--out", export_flags->out, "File to write (default: standard output)");
}

}  // namespace gi::client::gictl
