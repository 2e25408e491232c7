// A product with all that was merged into it, and their records. Thread-safe.
#ifndef GI_SERVER_SERVICE_SURVEY_PRODUCT_HISTORY_H_
#define GI_SERVER_SERVICE_SURVEY_PRODUCT_HISTORY_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gi/registry/v1/product.pb.h"
#include "server/service/output.h"
#include "storage/registry/registry.h"
#include "storage/table/table.h"

namespace gi::service {

struct ProductFamily {
  // The one that the others were merged into.
  table::Row<registry::v1::Product> survivor;
  // Ids of all of them, the survivor's first.
  std::vector<std::string> ids;
};

// The family of the product that `field` names. FIELDS_INVALID, RESOURCE_NOT_FOUND.
absl::StatusOr<ProductFamily> ReadFamily(const table::RowReader& rows, const std::string& name,
                                         absl::string_view field);

// All records of a family, with their revisions, each product's by year, round and name. Stops at an error.
absl::Status VisitRecords(const table::RowReader& rows, const ProductFamily& family,
                          absl::FunctionRef<absl::Status(table::Row<registry::v1::SurveyRecord>&)> visit);

// A whole GetProductHistory.
absl::StatusOr<registry::v1::GetProductHistoryResponse> AnswerHistory(
    const registry::Registry& registry, const registry::v1::GetProductHistoryRequest& request);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SURVEY_PRODUCT_HISTORY_H_
