// All services of the API, with what they keep beside the registry.
#ifndef GI_SERVER_SERVICE_SERVICES_H_
#define GI_SERVER_SERVICE_SERVICES_H_

#include "server/rpc/method_table.h"
#include "server/service/title_finder.h"
#include "storage/registry/registry.h"

namespace gi::service {

class Services {
 public:
  // `registry` must outlive this.
  explicit Services(registry::Registry& registry);

  // This must outlive the table.
  void Register(rpc::MethodTable& methods);

 private:
  registry::Registry& registry_;
  TitleFinder titles_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SERVICES_H_
