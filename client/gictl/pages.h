// Lists that come in pages: their flags, all pages as one, and what is said below them.
#ifndef GI_CLIENT_GICTL_PAGES_H_
#define GI_CLIENT_GICTL_PAGES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/gictl/session.h"
#include "google/protobuf/message.h"

namespace CLI {
class App;
}  // namespace CLI

namespace gi::client::gictl {

struct PageFlags {
  int32_t size = 0;
  std::string token;
  bool all = false;
};

// The flags must outlive the app.
void AddPageFlags(CLI::App& app, PageFlags& flags);

// Calls the method for the page that the flags say, or with --all for it and all that follow, as one response. Requires
// the page_size and page_token of `request` and the next_page_token of `response`.
absl::Status FetchPages(const Session& session, absl::string_view method, const PageFlags& flags,
                        google::protobuf::Message& request, google::protobuf::Message& response);

// How to get the next page; nothing for "".
void PrintNextPage(const Session& session, const std::string& token);

// "12 rows; revision 7", and how to get the next page if there is one.
void PrintListEnd(const Session& session, int rows, const google::protobuf::Message& response);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_PAGES_H_
