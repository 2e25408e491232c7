#include "server/service/services.h"

#include "server/service/authorization_service.h"
#include "server/service/check_service.h"
#include "server/service/division_service.h"
#include "server/service/entity_service.h"
#include "server/service/indication_service.h"
#include "storage/base/status_macros.h"

namespace gi::service {

Services::Services(registry::Registry& registry) : registry_(registry), titles_(nullptr) {}

Services::~Services() { registry_.SetObserver(nullptr); }

absl::Status Services::Load() {
  RETURN_IF_ERROR(projection_.Load(registry_.Newest()));
  registry_.SetObserver(&projection_);
  return absl::OkStatus();
}

void Services::Register(rpc::MethodTable& methods) {
  RegisterDivisionService(registry_, methods);
  RegisterEntityService(registry_, methods);
  RegisterIndicationService(registry_, methods);
  RegisterAuthorizationService(registry_, methods);
  RegisterCheckService({&registry_, &titles_, &projection_}, methods);
}

}  // namespace gi::service
