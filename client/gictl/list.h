// Lists of resources of any kind.
#ifndef GI_CLIENT_GICTL_LIST_H_
#define GI_CLIENT_GICTL_LIST_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/gictl/pages.h"
#include "client/gictl/session.h"
#include "google/protobuf/message.h"

namespace gi::client::gictl {

// As typed. What a kind has no filter for is a usage error.
struct ListFlags {
  std::string kind_of_resource;
  std::string prefix, level, uscc, kind, number, entity, indication, product, holder, date;
  std::string survey, township, sector, stage, applicant, office;
  std::vector<std::string> states;
  bool current = false;
  bool unused = false;
  bool stalled = false;
  bool merged = false;
  PageFlags page;
};

// The filters, without page flags. The flags must outlive the app.
void AddFilterFlags(CLI::App& app, ListFlags& flags);

// The list request of a kind with the filters and the revision that were typed.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> MakeListRequest(const Session& session,
                                                                           const ResourceKind& kind,
                                                                           const ListFlags& flags);

// Prints the rows as a table, or the response as JSON.
absl::StatusOr<int> RunList(const Session& session, const ListFlags& flags);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_LIST_H_
