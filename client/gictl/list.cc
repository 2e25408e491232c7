#include "client/gictl/list.h"

#include <memory>
#include <ostream>

#include "CLI/CLI.hpp"
#include "absl/strings/str_split.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/render.h"
#include "client/gictl/table.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Some lists are filtered by one state, others by several.
absl::Status SetStates(const std::vector<std::string>& states, Message& request) {
  if (FindField(request, "states") != nullptr) return AddEnums(request, "states", "--state", states);
  if (states.size() > 1) return UsageError("--state takes one state here");
  return states.empty() ? absl::OkStatus() : SetEnum(request, "state", "--state", states[0]);
}

absl::Status FillListRequest(const Session& session, const ListFlags& flags, Message& request) {
  RETURN_IF_ERROR(SetText(request, "code_prefix", "--prefix", flags.prefix));
  RETURN_IF_ERROR(SetEnum(request, "level", "--level", flags.level));
  RETURN_IF_ERROR(SetBool(request, "current_only", "--current", flags.current));
  RETURN_IF_ERROR(SetText(request, "uscc", "--uscc", flags.uscc));
  RETURN_IF_ERROR(SetEnum(request, "kind", "--kind", flags.kind));
  RETURN_IF_ERROR(SetText(request, "number", "--number", flags.number));
  RETURN_IF_ERROR(SetText(request, "product", "--product", flags.product));
  RETURN_IF_ERROR(SetText(request, "holder", "--holder", flags.holder));
  RETURN_IF_ERROR(SetStates(flags.states, request));
  RETURN_IF_ERROR(SetBool(request, "unused_two_years", "--unused", flags.unused));
  RETURN_IF_ERROR(SetText(request, "entity", "--entity", flags.entity));
  RETURN_IF_ERROR(SetText(request, "indication", "--indication", flags.indication));
  RETURN_IF_ERROR(SetText(request, "survey", "--survey", flags.survey));
  RETURN_IF_ERROR(SetText(request, "township", "--township", flags.township));
  RETURN_IF_ERROR(SetEnum(request, "sector", "--sector", flags.sector));
  RETURN_IF_ERROR(SetEnum(request, "stage", "--stage", flags.stage));
  RETURN_IF_ERROR(SetBool(request, "stalled", "--stalled", flags.stalled));
  RETURN_IF_ERROR(SetBool(request, "include_merged", "--merged", flags.merged));
  RETURN_IF_ERROR(SetText(request, "applicant", "--applicant", flags.applicant));
  RETURN_IF_ERROR(SetText(request, "office", "--office", flags.office));
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  return session.ApplyReadAt(request);
}

void PrintList(const Session& session, const ResourceKind& kind, const Message& response) {
  const FieldDescriptor* rows = FindField(response, kind.collection);
  const std::vector<std::string> columns = absl::StrSplit(kind.columns, ',');
  Table table;
  std::vector<std::string> head;
  for (const std::string& column : columns) {
    head.push_back(FieldLabel(*rows->message_type()->FindFieldByName(column), session.language));
  }
  table.AddRow(head);
  const int count = response.GetReflection()->FieldSize(response, rows);
  for (int i = 0; i < count; ++i) {
    const Message& row = response.GetReflection()->GetRepeatedMessage(response, rows, i);
    std::vector<std::string> cells;
    for (const std::string& column : columns)
      cells.push_back(FormatField(row, *FindField(row, column), session.language));
    table.AddRow(cells);
  }
  table.Print(session.out);
  PrintListEnd(session, count, response);
}

}  // namespace

void AddFilterFlags(CLI::App& app, ListFlags& flags) {
  app.add_option("--prefix", flags.prefix, "Divisions: first digits of the code");
  app.add_option("--level", flags.level, "Divisions: province, prefecture, county, township or village");
  app.add_flag("--current", flags.current, "Divisions: only codes that no successor has replaced");
  app.add_option("--uscc", flags.uscc, "Entities: the one with this code");
  app.add_option("--kind", flags.kind,
                 "Indications: certification_mark, collective_mark, gi_product, agi or foreign; applications: also "
                 "agi_conversion; imports: entities, indications, …");
  app.add_option("--number", flags.number, "Indications: those with this number");
  app.add_option("--product", flags.product,
                 "Indications, survey records and applications: those of products/{product}");
  app.add_option("--holder", flags.holder, "Indications: those that entities/{entity} holds on the date");
  app.add_option("--state", flags.states,
                 "Authorizations, surveys and survey records: those in this state, e.g. granted or submitted; "
                 "applications: in these states, with commas; imports: open, finished, …")
      ->delimiter(',');
  app.add_flag("--unused", flags.unused, "Authorizations: those that were not used for two years before the date");
  app.add_option("--entity", flags.entity, "Authorizations: those of entities/{entity}");
  app.add_option("--indication", flags.indication, "Authorizations: those under indications/{indication}");
  app.add_option("--survey", flags.survey, "Survey records: those of surveys/{survey}");
  app.add_option("--township", flags.township, "Survey records: those of this township");
  app.add_option("--sector", flags.sector, "Products and survey records: crops, livestock, fishery, forestry, …");
  app.add_option("--stage", flags.stage, "Products: identified, cultivating, ready, applied or titled");
  app.add_flag("--merged", flags.merged, "Products: also those merged into others");
  app.add_flag("--stalled", flags.stalled, "Products: those whose cultivation has stalled");
  app.add_option("--applicant", flags.applicant, "Applications: those of entities/{entity}");
  app.add_option("--office", flags.office, "Applications: those in this office's charge");
  app.add_option("--date", flags.date, "Business date the states are derived for (default: today)");
}

absl::StatusOr<std::unique_ptr<Message>> MakeListRequest(const Session& session, const ResourceKind& kind,
                                                         const ListFlags& flags) {
  std::unique_ptr<Message> request = NewMessage(*kind.list_request);
  RETURN_IF_ERROR(FillListRequest(session, flags, *request));
  return request;
}

absl::StatusOr<int> RunList(const Session& session, const ListFlags& flags) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed(flags.kind_of_resource));
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request, MakeListRequest(session, *kind, flags));
  const std::unique_ptr<Message> response = NewMessage(*kind->list_response);
  RETURN_IF_ERROR(FetchPages(session, kind->Method("List"), flags.page, *request, *response));
  if (session.json()) {
    session.out << ToJson(*response);
  } else {
    PrintList(session, *kind, *response);
  }
  return kSuccess;
}

}  // namespace gi::client::gictl
