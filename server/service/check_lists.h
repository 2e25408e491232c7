// "Who else may": the users of a title, and the titles of an entity, on a date. Thread-safe.
#ifndef GI_SERVER_SERVICE_CHECK_LISTS_H_
#define GI_SERVER_SERVICE_CHECK_LISTS_H_

#include "absl/status/statusor.h"
#include "gi/registry/v1/check.pb.h"
#include "server/rpc/method_table.h"
#include "server/service/check_batch.h"

namespace gi::service {

// FIELDS_INVALID, RESOURCE_NOT_FOUND (no title, no entity), TITLE_AMBIGUOUS, errors of page tokens.
absl::StatusOr<registry::v1::ListAuthorizedEntitiesResponse> ListAuthorizedEntities(
    const CheckSources& sources, const rpc::CallContext& context,
    const registry::v1::ListAuthorizedEntitiesRequest& request);
absl::StatusOr<registry::v1::ListAuthorizedIndicationsResponse> ListAuthorizedIndications(
    const CheckSources& sources, const rpc::CallContext& context,
    const registry::v1::ListAuthorizedIndicationsRequest& request);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_CHECK_LISTS_H_
