// ApplicationService (proto/gi/registry/v1/application.proto).
#ifndef GI_SERVER_SERVICE_APPLICATION_APPLICATION_SERVICE_H_
#define GI_SERVER_SERVICE_APPLICATION_APPLICATION_SERVICE_H_

#include "server/rpc/method_table.h"
#include "storage/registry/registry.h"

namespace gi::service {

// `registry` must outlive the table.
void RegisterApplicationService(registry::Registry& registry, rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_APPLICATION_APPLICATION_SERVICE_H_
