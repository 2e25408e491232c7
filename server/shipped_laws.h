// The law books that come with the program: deploy/data/laws, compiled in, so that a server never lacks them.
#ifndef GI_SERVER_SHIPPED_LAWS_H_
#define GI_SERVER_SHIPPED_LAWS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/service/application/lawbook_service.h"

namespace gi {

std::vector<service::LawFile> ShippedLaws();

// The *.json files of a directory, by name. A message of one line if it or a file cannot be read, or if there is none.
absl::StatusOr<std::vector<service::LawFile>> ReadLawDirectory(const std::string& path);

}  // namespace gi

#endif  // GI_SERVER_SHIPPED_LAWS_H_
