// Lists of resources of any kind.
#ifndef GI_CLIENT_GICTL_LIST_H_
#define GI_CLIENT_GICTL_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/gictl/pages.h"
#include "client/gictl/session.h"

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

// Prints the rows as a table, or the response as JSON.
absl::StatusOr<int> RunList(const Session& session, const ListFlags& flags);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_LIST_H_
