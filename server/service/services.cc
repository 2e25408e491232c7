#include "server/service/services.h"

#include "server/service/authorization_service.h"
#include "server/service/check_service.h"
#include "server/service/division_service.h"
#include "server/service/entity_service.h"
#include "server/service/indication_service.h"

namespace gi::service {

void RegisterAll(registry::Registry& registry, rpc::MethodTable& methods) {
  RegisterDivisionService(registry, methods);
  RegisterEntityService(registry, methods);
  RegisterIndicationService(registry, methods);
  RegisterAuthorizationService(registry, methods);
  RegisterCheckService(registry, methods);
}

}  // namespace gi::service
