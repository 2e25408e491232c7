// gi.registry.v1.CheckService: may this entity use this GI, and why.
#ifndef GI_SERVER_SERVICE_CHECK_SERVICE_H_
#define GI_SERVER_SERVICE_CHECK_SERVICE_H_

#include "server/rpc/method_table.h"
#include "server/service/check_batch.h"

namespace gi::service {

// What `sources` points to must outlive the table.
void RegisterCheckService(const CheckSources& sources, rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_CHECK_SERVICE_H_
