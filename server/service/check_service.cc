#include "server/service/check_service.h"

#include <string>

#include "server/service/check_lists.h"

namespace gi::service {

using rpc::CallContext;

void RegisterCheckService(const CheckSources& sources, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.CheckService/";
  methods.AddHot<registry::v1::CheckAuthorizationRequest, registry::v1::CheckAuthorizationResponse>(
      service + "CheckAuthorization", rpc::Serving::kQueue,
      [sources](const CallContext&, const auto& request, auto& response) {
        return AnswerCheck(sources, request, response);
      });
  for (const char* method : {"BatchCheckAuthorizations", "StreamCheckAuthorizations"}) {
    methods.AddHot<registry::v1::BatchCheckAuthorizationsRequest, registry::v1::BatchCheckAuthorizationsResponse>(
        service + method, rpc::Serving::kQueue,
        [sources](const CallContext& context, const auto& request, auto& response) {
          return AnswerBatch(sources, context, request, response);
        });
  }
  methods.AddRead<registry::v1::ListAuthorizedEntitiesRequest, registry::v1::ListAuthorizedEntitiesResponse>(
      service + "ListAuthorizedEntities", [sources](const CallContext& context, const auto& request) {
        return ListAuthorizedEntities(sources, context, request);
      });
  methods.AddRead<registry::v1::ListAuthorizedIndicationsRequest, registry::v1::ListAuthorizedIndicationsResponse>(
      service + "ListAuthorizedIndications", [sources](const CallContext& context, const auto& request) {
        return ListAuthorizedIndications(sources, context, request);
      });
}

}  // namespace gi::service
