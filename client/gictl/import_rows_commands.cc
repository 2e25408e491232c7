#include <memory>
#include <ostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/pages.h"
#include "client/gictl/render.h"
#include "client/gictl/subcommand.h"
#include "client/gictl/table.h"
#include "gi/registry/v1/import.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

struct NameFlags {
  std::string name;
  PageFlags page;
};

absl::StatusOr<int> RunRevert(Session& session, const NameFlags& flags) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed("imports"));
  v1::RevertImportRequest request;
  request.set_name(flags.name);
  // It takes as long as the import did.
  session.options.timeout = absl::ZeroDuration();
  return Mutate(session, *kind, "gi.registry.v1.ImportService/RevertImport", request,
                session.Say("已撤回，撤回记录为", "taken back by"), [&](const google::protobuf::Message& response) {
                  const auto& counts = static_cast<const v1::MutateImportResponse&>(response).import_job().counts();
                  session.out << session.Say("撤销新增 ", "withdrawn ") << counts.withdrawn()
                              << session.Say(" 条，恢复原值 ", ", restored ") << counts.restored()
                              << session.Say(" 条\n", "\n");
                });
}

absl::StatusOr<int> RunFinish(Session& session, const NameFlags& flags) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed("imports"));
  v1::FinishImportRequest request;
  request.set_name(flags.name);
  return Mutate(session, *kind, "gi.registry.v1.ImportService/FinishImport", request, session.Say("已结束", "ended"),
                [&](const google::protobuf::Message& response) {
                  const auto& counts = static_cast<const v1::MutateImportResponse&>(response).import_job().counts();
                  session.out << session.Say("已读取 ", "read ") << counts.read()
                              << session.Say(" 行，新建 ", ", created ") << counts.created()
                              << session.Say("，更正 ", ", changed ") << counts.changed()
                              << session.Say("，拒绝 ", ", rejected ") << counts.rejected() << "\n";
                });
}

absl::StatusOr<int> RunRows(const Session& session, const NameFlags& flags) {
  v1::ListImportedRowsRequest request;
  request.set_import_job(flags.name);
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::ListImportedRowsResponse response;
  RETURN_IF_ERROR(FetchPages(session, "gi.registry.v1.ImportService/ListImportedRows", flags.page, request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  Table table;
  table.AddRow({session.Say("行", "line"), session.Say("结果", "outcome"), session.Say("名称", "name")});
  for (const v1::ImportedRow& row : response.rows()) {
    table.AddRow({absl::StrCat(row.line()), EnumLabel(*v1::ImportOutcome_descriptor(), row.outcome(), session.language),
                  row.name()});
  }
  table.Print(session.out);
  PrintListEnd(session, response.rows_size(), response);
  return kSuccess;
}

}  // namespace

void AddImportRowsCommands(CLI::App& app, Command& command) {
  auto [revert, reverted] =
      AddSubcommand<NameFlags>(app, command, "revert", "Take an import back, all or nothing", RunRevert);
  revert->add_option("IMPORT", reverted->name, "imports/{import}; list imports shows them")->required();
  auto [finish, finished] = AddSubcommand<NameFlags>(
      app, command, "finish", "End an interrupted import that will not be gone on with; its rows stay", RunFinish);
  finish->add_option("IMPORT", finished->name, "imports/{import}; list imports shows them")->required();
  auto [rows, listed] =
      AddSubcommand<NameFlags>(app, command, "rows", "The rows that an import changed, by line", RunRows);
  rows->add_option("IMPORT", listed->name, "imports/{import}")->required();
  AddPageFlags(*rows, listed->page);
}

}  // namespace gi::client::gictl
