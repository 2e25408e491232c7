// IndicatorService and IndicatorTargetService (proto/gi/registry/v1/indicator.proto).
#ifndef GI_SERVER_SERVICE_INDICATOR_INDICATOR_SERVICE_H_
#define GI_SERVER_SERVICE_INDICATOR_INDICATOR_SERVICE_H_

#include <memory>

#include "server/rpc/method_table.h"
#include "server/service/application/deadline_service.h"
#include "storage/registry/registry.h"

namespace gi::service {

// All must outlive the table.
void RegisterIndicatorService(registry::Registry& registry, const Figures& figures, std::shared_ptr<PastFigures> past,
                              rpc::MethodTable& methods);
void RegisterIndicatorTargetService(registry::Registry& registry, rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_INDICATOR_INDICATOR_SERVICE_H_
