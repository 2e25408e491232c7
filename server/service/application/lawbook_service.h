// LawBookService (proto/gi/registry/v1/lawbook.proto), and the books that the server brings along.
#ifndef GI_SERVER_SERVICE_APPLICATION_LAWBOOK_SERVICE_H_
#define GI_SERVER_SERVICE_APPLICATION_LAWBOOK_SERVICE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/rpc/method_table.h"
#include "storage/registry/registry.h"

namespace gi::service {

// `registry` must outlive the table.
void RegisterLawBookService(registry::Registry& registry, rpc::MethodTable& methods);

// A file of the server: a LawBook in protobuf JSON, named after its id.
struct LawFile {
  std::string id;
  std::string json;
};

struct LawLoadReport {
  // Put into the registry, since they were not there in this form.
  std::vector<std::string> loaded;
  // Left as an officer has written them.
  std::vector<std::string> kept;
};

// Puts the books that are new, or newer than those of the registry, into it: one logged mutation. Blocks until it is
// durable. Before anything is served. FIELDS_INVALID (with the file in the field's path) for a book that is not right,
// and the errors of a mutation.
absl::StatusOr<LawLoadReport> LoadLawFiles(registry::Registry& registry, const std::vector<LawFile>& files);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_APPLICATION_LAWBOOK_SERVICE_H_
