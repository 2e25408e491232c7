// What the change of a survey record does to the rows around it: tallies and products. Runs on the writer thread, as
// rules do.
#ifndef GI_SERVER_SERVICE_SURVEY_ROWS_H_
#define GI_SERVER_SERVICE_SURVEY_ROWS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gi/registry/v1/product.pb.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "server/service/mutate.h"
#include "storage/registry/mutation.h"
#include "storage/table/row_reader.h"

namespace gi::service {

// "surveys/2025" of a record's name.
std::string SurveyNameOf(const registry::v1::SurveyRecord& record);

// All tallies of a campaign, given by its resource name.
absl::StatusOr<std::vector<registry::v1::SurveyTally>> ReadTallies(const table::RowReader& rows,
                                                                   const std::string& survey);

// Stages a new version of a record, and with it the tallies it is counted in and the products that keep its standing.
// `before` is the version it replaces; nullptr: none.
absl::Status PutRecord(registry::Mutation& mutation, const registry::v1::SurveyRecord* before,
                       registry::v1::SurveyRecord record);

// Stages the end of a record that never counted for a product, and what it is counted in.
absl::Status WithdrawRecord(registry::Mutation& mutation, const registry::v1::SurveyRecord& record);

// Stages the change of a product, given by its resource name.
absl::Status ChangeProduct(registry::Mutation& mutation, const std::string& name,
                           absl::FunctionRef<absl::Status(registry::v1::Product&)> change);

// Says in the product that it has come into its stage.
void AddCultivationStep(const RuleContext& context, const registry::Mutation& mutation, const std::string& reason,
                        registry::v1::Product& product);

// Most records that a product keeps the standing of.
inline constexpr int kMaxStandings = 1000;

// Removes the standing of a record, if there is one; adds one in the order of names. RESOURCE_FULL.
void RemoveStanding(const std::string& record, registry::v1::Product& product);
absl::Status AddStanding(const registry::v1::RecordStanding& standing, registry::v1::Product& product);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SURVEY_ROWS_H_
