// What the acceptance of a record means for its duplicates, its predecessors and its product. Runs on the writer
// thread, as rules do.
#ifndef GI_SERVER_SERVICE_SURVEY_ACCEPTANCE_H_
#define GI_SERVER_SERVICE_SURVEY_ACCEPTANCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gi/registry/v1/product.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "server/service/mutate.h"

namespace gi::service {

// The record that `supersedes` names; nullopt if it names none. SUCCESSION_INVALID unless it is of an earlier campaign
// and was accepted; RESOURCE_NOT_FOUND.
absl::StatusOr<std::optional<registry::v1::SurveyRecord>> ReadFollowed(const table::RowReader& rows,
                                                                       const registry::v1::SurveyRecord& record);

// SUCCESSION_INVALID unless `later` is accepted, of a later campaign and about the same product.
absl::Status CheckSupersedes(const table::RowReader& rows, const registry::v1::SurveyRecord& later,
                             const registry::v1::SurveyRecord& record);

// Accepted records of the product that a record names which say of it what the record says: for the same place, as it
// is today, and the same variety.
struct Siblings {
  // Of earlier campaigns, in no order.
  std::vector<registry::v1::SurveyRecord> earlier;
  // Of the same campaign; at most one is given.
  std::optional<registry::v1::SurveyRecord> twin;
};
absl::StatusOr<Siblings> FindSiblings(const table::RowReader& rows, const registry::v1::SurveyRecord& record);

struct Acceptance {
  const RuleContext& context;
  registry::Mutation& mutation;
  const registry::v1::AcceptSurveyRecordRequest& request;
  // Products like it, found just before.
  const std::vector<registry::v1::SimilarProduct>& similar;
  FieldViolations& violations;
};

// Judges the acceptance of a record and settles its product, which is staged if it is new. `superseded` gets the
// records, as they are, that it supersedes. WARNINGS_UNACKNOWLEDGED, DUPLICATES_UNDECIDED, SUCCESSION_INVALID.
absl::Status AcceptInto(const Acceptance& acceptance, registry::v1::SurveyRecord& record,
                        std::vector<registry::v1::SurveyRecord>& superseded);

// Stages that `record` was superseded by an accepted one.
absl::Status PutSuperseded(registry::Mutation& mutation, const registry::v1::SurveyRecord& record,
                           const registry::v1::SurveyRecord& accepted);

// Stages, in both products, that they are different ones, as decided at the record.
absl::Status RememberDistinctions(registry::Mutation& mutation, const registry::v1::SurveyRecord& accepted);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SURVEY_ACCEPTANCE_H_
