#include "server/service/survey/rows.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "server/domain/survey/cultivation.h"
#include "server/domain/survey/score.h"
#include "server/domain/survey/tally.h"

namespace gi::service {
namespace {

using registry::v1::Product;
using registry::v1::RecordStanding;
using registry::v1::SurveyRecord;
using registry::v1::SurveyTally;

std::string TallyIdOf(const SurveyRecord& record) {
  const std::string survey = domain::IdOfKnownName(SurveyNameOf(record), domain::kSurveyCollection);
  return registry::TallyId(survey, record.township(), record.sector());
}

absl::Status CountIn(registry::Mutation& mutation, const std::string& id, const SurveyRecord* before,
                     const SurveyRecord* after) {
  ASSIGN_OR_RETURN(std::optional<table::Row<SurveyTally>> row, registry::kSurveyTallies.Get(mutation.rows(), id));
  SurveyTally tally = row ? std::move(row->message) : SurveyTally();
  const SurveyRecord& any = after != nullptr ? *after : *before;
  tally.set_township(any.township());
  tally.set_sector(any.sector());
  const std::string old = tally.SerializeAsString();
  if (before != nullptr) domain::Count(*before, -1, tally);
  if (after != nullptr) domain::Count(*after, 1, tally);
  if (tally.SerializeAsString() == old) return absl::OkStatus();
  return mutation.Put(registry::kSurveyTallies, id, tally);
}

absl::Status UpdateTallies(registry::Mutation& mutation, const SurveyRecord* before, const SurveyRecord& after) {
  const std::string id = TallyIdOf(after);
  if (before == nullptr || TallyIdOf(*before) == id) return CountIn(mutation, id, before, &after);
  RETURN_IF_ERROR(CountIn(mutation, TallyIdOf(*before), before, nullptr));
  return CountIn(mutation, id, nullptr, &after);
}

// Changes a product and those that it was merged into.
absl::Status ChangeWithSurvivors(registry::Mutation& mutation, std::string name,
                                 absl::FunctionRef<absl::Status(Product&)> change) {
  for (int step = 0; step < domain::kMostMergers && !name.empty(); ++step) {
    std::string next;
    RETURN_IF_ERROR(ChangeProduct(mutation, name, [&](Product& product) {
      next = product.merged_into();
      return change(product);
    }));
    name = std::move(next);
  }
  return absl::OkStatus();
}

bool Stands(const SurveyRecord* record) {
  return record != nullptr && record->state() == registry::v1::SURVEY_RECORD_STATE_ACCEPTED &&
         !record->product().empty();
}

absl::Status UpdateStandings(registry::Mutation& mutation, const SurveyRecord* before, const SurveyRecord& after) {
  const bool stood = Stands(before);
  const bool stands = Stands(&after);
  if (stood && (!stands || before->product() != after.product())) {
    const absl::Status removed = ChangeWithSurvivors(mutation, before->product(), [&](Product& product) {
      RemoveStanding(after.name(), product);
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(removed);
  }
  if (!stands) return absl::OkStatus();
  const RecordStanding standing = domain::StandingOf(after);
  return ChangeWithSurvivors(mutation, after.product(),
                             [&](Product& product) { return AddStanding(standing, product); });
}

}  // namespace

std::string SurveyNameOf(const SurveyRecord& record) {
  return record.name().substr(0, record.name().find("/records/"));
}

absl::StatusOr<std::vector<SurveyTally>> ReadTallies(const table::RowReader& rows, const std::string& survey) {
  std::vector<SurveyTally> tallies;
  const std::string id = domain::IdOfKnownName(survey, domain::kSurveyCollection);
  const std::unique_ptr<engine::ViewScan> scan = rows.Scan(registry::TalliesOfSurvey(id));
  while (scan->Next()) {
    ASSIGN_OR_RETURN(SurveyTally tally, registry::kSurveyTallies.Parse(scan->value()));
    tallies.push_back(std::move(tally));
  }
  RETURN_IF_ERROR(scan->status());
  return tallies;
}

absl::Status PutRecord(registry::Mutation& mutation, const SurveyRecord* before, SurveyRecord record) {
  Touch(mutation.now(), record);
  const std::string id = domain::IdOfKnownName(record.name(), domain::kSurveyRecordCollection);
  RETURN_IF_ERROR(mutation.Put(registry::kSurveyRecords, id, record));
  RETURN_IF_ERROR(UpdateTallies(mutation, before, record));
  return UpdateStandings(mutation, before, record);
}

absl::Status WithdrawRecord(registry::Mutation& mutation, const SurveyRecord& record) {
  RETURN_IF_ERROR(CountIn(mutation, TallyIdOf(record), &record, nullptr));
  return mutation.Delete(registry::kSurveyRecords,
                         domain::IdOfKnownName(record.name(), domain::kSurveyRecordCollection));
}

absl::Status ChangeProduct(registry::Mutation& mutation, const std::string& name,
                           absl::FunctionRef<absl::Status(Product&)> change) {
  ASSIGN_OR_RETURN(table::Row<Product> row, ReadNamed<Product>(mutation.rows(), name, "product"));
  const std::string old = row.message.SerializeAsString();
  RETURN_IF_ERROR(change(row.message));
  if (row.message.SerializeAsString() == old) return absl::OkStatus();
  Touch(mutation.now(), row.message);
  return mutation.Put(registry::kProducts, domain::IdOfKnownName(name, domain::kProductCollection), row.message);
}

void AddCultivationStep(const RuleContext& context, const registry::Mutation& mutation, const std::string& reason,
                        Product& product) {
  registry::v1::CultivationStep& step = *product.add_steps();
  step.set_stage(product.stage());
  *step.mutable_time() = ToTimestamp(absl::ToUnixMicros(mutation.now()));
  step.set_agency(context.agency);
  step.set_reason(reason);
}

void RemoveStanding(const std::string& record, Product& product) {
  auto& standings = *product.mutable_standings();
  standings.erase(std::remove_if(standings.begin(), standings.end(),
                                 [&](const RecordStanding& standing) { return standing.record() == record; }),
                  standings.end());
}

absl::Status AddStanding(const RecordStanding& standing, Product& product) {
  RemoveStanding(standing.record(), product);
  if (product.standings_size() >= kMaxStandings) return ResourceFull(product.name(), kMaxStandings);
  *product.add_standings() = standing;
  std::sort(product.mutable_standings()->begin(), product.mutable_standings()->end(),
            [](const RecordStanding& a, const RecordStanding& b) { return a.record() < b.record(); });
  return absl::OkStatus();
}

}  // namespace gi::service
