// Single questions and batches of them. Thread-safe.
#ifndef GI_SERVER_SERVICE_CHECK_BATCH_H_
#define GI_SERVER_SERVICE_CHECK_BATCH_H_

#include "absl/status/status.h"
#include "gi/registry/v1/check.pb.h"
#include "server/projection/projection.h"
#include "server/rpc/method_table.h"
#include "server/service/title_finder.h"
#include "storage/registry/registry.h"

namespace gi::service {

// What checks are answered with. Nothing is owned.
struct CheckSources {
  registry::Registry* registry;
  const TitleFinder* titles;
  const projection::Projection* projection;
};

// The unary method. FIELDS_INVALID, and the errors of Registry::At.
absl::Status AnswerCheck(const CheckSources& sources, const registry::v1::CheckAuthorizationRequest& request,
                         registry::v1::CheckAuthorizationResponse& response);

// The batch; also one message of the stream. What is wrong with one item is that item's error.
absl::Status AnswerBatch(const CheckSources& sources, const rpc::CallContext& context,
                         const registry::v1::BatchCheckAuthorizationsRequest& request,
                         registry::v1::BatchCheckAuthorizationsResponse& response);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_CHECK_BATCH_H_
