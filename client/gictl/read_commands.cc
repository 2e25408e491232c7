#include <memory>
#include <ostream>
#include <string>

#include "CLI/CLI.hpp"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/list.h"
#include "client/gictl/pages.h"
#include "client/gictl/render.h"
#include "client/gictl/table.h"
#include "gi/registry/v1/division.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

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
                  "divisions, entities, indications, authorizations, rulesets, products, surveys, survey_records, "
                  "lawbooks, applications, targets or imports")
      ->required();
  AddFilterFlags(*sub, *flags);
  AddPageFlags(*sub, flags->page);
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
