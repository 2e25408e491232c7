// Importing one file: reads, sends, and takes the answers, in bounded memory however long the file is.
#ifndef GI_CLIENT_GICTL_IMPORT_RUN_H_
#define GI_CLIENT_GICTL_IMPORT_RUN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "client/gictl/import_report.h"
#include "client/gictl/row_file.h"
#include "client/gictl/session.h"
#include "gi/registry/v1/import.pb.h"

namespace gi::client::gictl {

struct ImportOptions {
  RowFileOptions file;
  registry::v1::OnExisting on_existing = registry::v1::ON_EXISTING_UPDATE;
  int64_t max_errors = 0;
  bool resume = false;
};

// A usage error: the file cannot be read, and nothing was sent. Otherwise an error of the server; what was
// taken up to then stays, and the import can be resumed.
absl::StatusOr<ImportReport> RunImport(const Session& session, const ImportOptions& options);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_IMPORT_RUN_H_
