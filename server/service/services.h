// All services of the API.
#ifndef GI_SERVER_SERVICE_SERVICES_H_
#define GI_SERVER_SERVICE_SERVICES_H_

#include "server/rpc/method_table.h"
#include "storage/registry/registry.h"

namespace gi::service {

// `registry` must outlive the table.
void RegisterAll(registry::Registry& registry, rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SERVICES_H_
