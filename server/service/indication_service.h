// gi.registry.v1.IndicationService: titles under every regime.
#ifndef GI_SERVER_SERVICE_INDICATION_SERVICE_H_
#define GI_SERVER_SERVICE_INDICATION_SERVICE_H_

#include "server/rpc/method_table.h"
#include "storage/registry/registry.h"

namespace gi::service {

// `registry` must outlive the table.
void RegisterIndicationService(registry::Registry& registry, rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_INDICATION_SERVICE_H_
