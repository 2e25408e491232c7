#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/render.h"
#include "client/gictl/table.h"
#include "gi/registry/v1/division.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct ListFlags {
  std::string kind_of_resource;
  std::string prefix, level, uscc, kind, number, entity, indication, product, holder, state, date, page_token;
  std::string survey, township, sector, stage;
  bool current = false;
  bool unused = false;
  bool stalled = false;
  bool merged = false;
  bool all = false;
  int32_t page_size = 0;
};

const v1::ReadPoint& ReadPointOf(const Message& response) {
  return dynamic_cast<const v1::ReadPoint&>(GetMessage(response, "read_point"));
}

absl::StatusOr<int> RunGet(const Session& session, const std::string& name, const std::string& date) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindOfResource(name));
  const std::unique_ptr<Message> request = NewMessage(*kind->get_request);
  const std::unique_ptr<Message> response = NewMessage(*kind->get_response);
  RETURN_IF_ERROR(SetText(*request, "name", "NAME", name));
  RETURN_IF_ERROR(SetDate(*request, "date", "--date", date));
  RETURN_IF_ERROR(session.ApplyReadAt(*request));
  RETURN_IF_ERROR(session.Call(kind->Method("Get"), *request, *response));
  if (session.json()) {
    session.out << ToJson(*response);
    return kSuccess;
  }
  PrintMessage(GetMessage(*response, kind->singular), session.language, 0, session.out);
  session.out << FormatReadPoint(ReadPointOf(*response), session.language) << "\n";
  return kSuccess;
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
  RETURN_IF_ERROR(SetEnum(request, "state", "--state", flags.state));
  RETURN_IF_ERROR(SetBool(request, "unused_two_years", "--unused", flags.unused));
  RETURN_IF_ERROR(SetText(request, "entity", "--entity", flags.entity));
  RETURN_IF_ERROR(SetText(request, "indication", "--indication", flags.indication));
  RETURN_IF_ERROR(SetText(request, "survey", "--survey", flags.survey));
  RETURN_IF_ERROR(SetText(request, "township", "--township", flags.township));
  RETURN_IF_ERROR(SetEnum(request, "sector", "--sector", flags.sector));
  RETURN_IF_ERROR(SetEnum(request, "stage", "--stage", flags.stage));
  RETURN_IF_ERROR(SetBool(request, "stalled", "--stalled", flags.stalled));
  RETURN_IF_ERROR(SetBool(request, "include_merged", "--merged", flags.merged));
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  RETURN_IF_ERROR(SetText(request, "page_token", "--page-token", flags.page_token));
  request.GetReflection()->SetInt32(&request, FindField(request, "page_size"), flags.page_size);
  return session.ApplyReadAt(request);
}

// One page, or all of them as one response.
absl::Status FetchList(const Session& session, const ResourceKind& kind, bool all, Message& request,
                       Message& response) {
  RETURN_IF_ERROR(session.Call(kind.Method("List"), request, response));
  while (all && !GetString(response, "next_page_token").empty()) {
    RETURN_IF_ERROR(SetText(request, "page_token", "--page-token", GetString(response, "next_page_token")));
    const std::unique_ptr<Message> page = NewMessage(response);
    RETURN_IF_ERROR(session.Call(kind.Method("List"), request, *page));
    // The last page has no token to merge over that of the page before.
    const FieldDescriptor* token = FindField(response, "next_page_token");
    response.GetReflection()->ClearField(&response, token);
    response.MergeFrom(*page);
  }
  return absl::OkStatus();
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
  session.out << session.Say("共 ", "") << count << session.Say(" 条；", " rows; ")
              << FormatReadPoint(ReadPointOf(response), session.language) << "\n";
  if (const std::string token = GetString(response, "next_page_token"); !token.empty()) {
    session.out << session.Say("还有下一页：--page-token=", "more: --page-token=") << token << "\n";
  }
}

absl::StatusOr<int> RunList(const Session& session, const ListFlags& flags) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed(flags.kind_of_resource));
  const std::unique_ptr<Message> request = NewMessage(*kind->list_request);
  const std::unique_ptr<Message> response = NewMessage(*kind->list_response);
  RETURN_IF_ERROR(FillListRequest(session, flags, *request));
  RETURN_IF_ERROR(FetchList(session, *kind, flags.all, *request, *response));
  if (session.json()) {
    session.out << ToJson(*response);
  } else {
    PrintList(session, *kind, *response);
  }
  return kSuccess;
}

absl::StatusOr<int> RunResolve(const Session& session, const std::string& code) {
  v1::ResolveDivisionRequest request;
  request.set_code(code);
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::ResolveDivisionResponse response;
  RETURN_IF_ERROR(session.Call("gi.registry.v1.DivisionService/ResolveDivision", request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return response.codes().empty() ? kRefused : kSuccess;
  }
  if (response.codes().empty()) session.out << session.Say("未知的区划代码", "no part of the code is known") << "\n";
  Table table;
  for (const char* field : {"codes", "path", "display_names", "partial", "inferred"}) {
    const FieldDescriptor& descriptor = *FindField(response, field);
    table.AddRow({FieldLabel(descriptor, session.language), FormatField(response, descriptor, session.language)});
  }
  table.Print(session.out);
  session.out << FormatReadPoint(response.read_point(), session.language) << "\n";
  return response.codes().empty() ? kRefused : kSuccess;
}

void AddGet(CLI::App& app, Command& command) {
  auto name = std::make_shared<std::string>();
  auto date = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("get", "Show one row");
  sub->add_option("NAME", *name, "Resource name, e.g. entities/{entity}")->required();
  sub->add_option("--date", *date, "Business date the state is derived for (default: today)");
  sub->callback([=, &command] { command = [=](Session& session) { return RunGet(session, *name, *date); }; });
}

void AddList(CLI::App& app, Command& command) {
  auto flags = std::make_shared<ListFlags>();
  CLI::App* sub = app.add_subcommand("list", "List rows of a kind");
  sub->add_option("KIND", flags->kind_of_resource,
                  "divisions, entities, indications, authorizations, rulesets, products, surveys or survey_records")
      ->required();
  sub->add_option("--prefix", flags->prefix, "Divisions: first digits of the code");
  sub->add_option("--level", flags->level, "Divisions: province, prefecture, county, township or village");
  sub->add_flag("--current", flags->current, "Divisions: only codes that no successor has replaced");
  sub->add_option("--uscc", flags->uscc, "Entities: the one with this code");
  sub->add_option("--kind", flags->kind,
                  "Indications: certification_mark, collective_mark, gi_product, agi or foreign");
  sub->add_option("--number", flags->number, "Indications: those with this number");
  sub->add_option("--product", flags->product, "Indications and survey records: those of products/{product}");
  sub->add_option("--holder", flags->holder, "Indications: those that entities/{entity} holds on the date");
  sub->add_option("--state", flags->state,
                  "Authorizations, surveys and survey records: those in this state, e.g. granted or submitted");
  sub->add_flag("--unused", flags->unused, "Authorizations: those that were not used for two years before the date");
  sub->add_option("--entity", flags->entity, "Authorizations: those of entities/{entity}");
  sub->add_option("--indication", flags->indication, "Authorizations: those under indications/{indication}");
  sub->add_option("--survey", flags->survey, "Survey records: those of surveys/{survey}");
  sub->add_option("--township", flags->township, "Survey records: those of this township");
  sub->add_option("--sector", flags->sector, "Products and survey records: crops, livestock, fishery, forestry, …");
  sub->add_option("--stage", flags->stage, "Products: identified, cultivating, ready, applied or titled");
  sub->add_flag("--merged", flags->merged, "Products: also those merged into others");
  sub->add_flag("--stalled", flags->stalled, "Products: those whose cultivation has stalled");
  sub->add_option("--date", flags->date, "Business date the states are derived for (default: today)");
  sub->add_flag("--all", flags->all, "All pages");
  sub->add_option("--page-size", flags->page_size, "Most rows of a page");
  sub->add_option("--page-token", flags->page_token, "Where an earlier list ended");
  sub->callback([flags, &command] { command = [flags](Session& session) { return RunList(session, *flags); }; });
}

void AddResolve(CLI::App& app, Command& command) {
  auto code = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("resolve", "The place a division code means today");
  sub->add_option("CODE", *code, "6, 9 or 12 digits, as written in an old or new document")->required();
  sub->callback([=, &command] { command = [=](Session& session) { return RunResolve(session, *code); }; });
}

}  // namespace

void AddReadCommands(CLI::App& app, Command& command) {
  AddGet(app, command);
  AddList(app, command);
  AddResolve(app, command);
}

}  // namespace gi::client::gictl
