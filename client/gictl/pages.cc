#include "client/gictl/pages.h"

#include <memory>
#include <ostream>

#include "CLI/CLI.hpp"
#include "client/gictl/fields.h"
#include "client/gictl/render.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {

using google::protobuf::Message;

void AddPageFlags(CLI::App& app, PageFlags& flags) {
  app.add_flag("--all", flags.all, "All pages");
  app.add_option("--page-size", flags.size, "Most rows of a page");
  app.add_option("--page-token", flags.token, "Where an earlier list ended");
}

absl::Status FetchPages(const Session& session, absl::string_view method, const PageFlags& flags, Message& request,
                        Message& response) {
  request.GetReflection()->SetInt32(&request, FindField(request, "page_size"), flags.size);
  RETURN_IF_ERROR(SetText(request, "page_token", "--page-token", flags.token));
  RETURN_IF_ERROR(session.Call(method, request, response));
  while (flags.all && !GetString(response, "next_page_token").empty()) {
    RETURN_IF_ERROR(SetText(request, "page_token", "--page-token", GetString(response, "next_page_token")));
    const std::unique_ptr<Message> page = NewMessage(response);
    RETURN_IF_ERROR(session.Call(method, request, *page));
    // The last page has no token to merge over that of the page before.
    response.GetReflection()->ClearField(&response, FindField(response, "next_page_token"));
    response.MergeFrom(*page);
  }
  return absl::OkStatus();
}

void PrintNextPage(const Session& session, const std::string& token) {
  if (!token.empty()) session.out << session.Say("还有下一页：--page-token=", "more: --page-token=") << token << "\n";
}

void PrintListEnd(const Session& session, int rows, const Message& response) {
  session.out << session.Say("共 ", "") << rows << session.Say(" 条；", " rows; ")
              << FormatReadPoint(ReadPointOf(response), session.language) << "\n";
  PrintNextPage(session, GetString(response, "next_page_token"));
}

}  // namespace gi::client::gictl
