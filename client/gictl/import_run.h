// Importing one file: reads, sends, and takes the answers, in bounded memory however long the file is.
#ifndef GI_CLIENT_GICTL_IMPORT_RUN_H_
#define GI_CLIENT_GICTL_IMPORT_RUN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "client/gictl/import_report.h"
#include "client/gictl/session.h"
#include "gi/registry/v1/import.pb.h"

namespace gi::client::gictl {

struct ImportOptions {
  std::string path;
  registry::v1::ImportKind kind = registry::v1::IMPORT_KIND_UNSPECIFIED;
  registry::v1::OnExisting on_existing = registry::v1::ON_EXISTING_UPDATE;
  // "": the one that comes with the program.
  std::string mapping_path;
  // "": beside the file.
  std::string reject_path;
  int64_t max_errors = 0;
  bool resume = false;
};

// A usage error: the file cannot be read as a table, and nothing was sent. Otherwise an error of the server; what was
// taken up to then stays, and the import can be resumed.
absl::StatusOr<ImportReport> RunImport(const Session& session, const ImportOptions& options);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_IMPORT_RUN_H_
