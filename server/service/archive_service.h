// ArchiveService: the log, for archives.
#ifndef GI_SERVER_SERVICE_ARCHIVE_SERVICE_H_
#define GI_SERVER_SERVICE_ARCHIVE_SERVICE_H_

#include "server/rpc/method_table.h"
#include "storage/registry/registry.h"

namespace gi::service {

// `registry` must outlive the methods.
void RegisterArchiveService(registry::Registry& registry, rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_ARCHIVE_SERVICE_H_
