// All services of the API, with what they keep beside the registry.
#ifndef GI_SERVER_SERVICE_SERVICES_H_
#define GI_SERVER_SERVICE_SERVICES_H_

#include "absl/status/status.h"
#include "server/projection/projection.h"
#include "server/rpc/method_table.h"
#include "server/service/title_finder.h"
#include "storage/registry/registry.h"

namespace gi::service {

class Services {
 public:
  // `registry` must outlive this.
  explicit Services(registry::Registry& registry);
  ~Services();

  // Reads what checks are answered with into memory; takes seconds for millions of grants. Before anything is served.
  // Errors of the store.
  absl::Status Load();

  const projection::Projection& projection() const { return projection_; }

  // This must outlive the table.
  void Register(rpc::MethodTable& methods);

 private:
  registry::Registry& registry_;
  TitleFinder titles_;
  projection::Projection projection_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SERVICES_H_
