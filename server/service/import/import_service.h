// ImportService: imports as resources, and the rows that are sent to them.
#ifndef GI_SERVER_SERVICE_IMPORT_IMPORT_SERVICE_H_
#define GI_SERVER_SERVICE_IMPORT_IMPORT_SERVICE_H_

#include "server/rpc/method_table.h"
#include "server/service/import/import_revert.h"
#include "server/service/title_finder.h"
#include "storage/registry/registry.h"

namespace gi::service {

// All must outlive the methods.
void RegisterImportService(registry::Registry& registry, const TitleFinder& titles, ImportReverts& reverts,
                           rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_IMPORT_SERVICE_H_
