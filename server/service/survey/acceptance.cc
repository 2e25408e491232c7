#include "server/service/survey/acceptance.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_join.h"
#include "server/domain/survey/duplicates.h"
#include "server/domain/survey/record.h"
#include "server/service/survey/product_history.h"
#include "server/service/survey/rows.h"
#include "storage/base/name_fold.h"
#include "storage/base/text.h"

namespace gi::service {
namespace {

using registry::v1::DuplicateFinding;
using registry::v1::Product;
using registry::v1::RecordStanding;
using registry::v1::SurveyRecord;

constexpr int kMaxAliases = 50;

// Marks the warnings that the reviewer has seen.
absl::Status Acknowledge(const Acceptance& acceptance, SurveyRecord& record) {
  const absl::flat_hash_set<std::string> seen(acceptance.request.acknowledged_warnings().begin(),
                                              acceptance.request.acknowledged_warnings().end());
  std::vector<std::string> unseen;
  for (registry::v1::SurveyWarning& warning : *record.mutable_warnings()) {
    warning.set_acknowledged(seen.contains(warning.id()));
    if (!warning.acknowledged()) unseen.push_back(absl::StrCat(warning.id(), " (", warning.field(), ")"));
  }
  if (unseen.empty()) return absl::OkStatus();
  return MakeError(ErrorReason::ERROR_REASON_WARNINGS_UNACKNOWLEDGED,
                   {{"name", record.name()}, {"warnings", absl::StrJoin(unseen, ", ")}});
}

// What the record says, else what the reviewer says, else the product of the record it follows. "" if it is a new one.
void SettleProductName(const Acceptance& acceptance, const std::optional<SurveyRecord>& previous,
                       SurveyRecord& record) {
  const std::string& given = acceptance.request.product();
  if (!record.product().empty() && !given.empty() && record.product() != given) {
    acceptance.violations.Add("product", ErrorReason::ERROR_REASON_FIELD_CONTRADICTS,
                              {{"value", given},
                               {"other", absl::StrCat("survey_record.product = ", record.product())},
                               {"expected", "the same product, or nothing"},
                               {"expected_zh", "相同的产品，或留空"}});
  }
  if (record.product().empty()) record.set_product(given);
  if (record.product().empty() && previous) record.set_product(previous->product());
}

absl::Status StageNewProduct(const Acceptance& acceptance, SurveyRecord& record) {
  Product product;
  product.set_display_name(record.local_name());
  *product.mutable_aliases() = record.aliases();
  product.set_variety(record.variety());
  product.set_scientific_name(record.scientific_name());
  product.set_sector(record.sector());
  product.set_category(record.category());
  *product.mutable_source() = record.source();
  product.set_stage(registry::v1::CULTIVATION_STAGE_IDENTIFIED);
  AddCultivationStep(acceptance.context, acceptance.mutation, acceptance.request.reason(), product);
  record.set_product(domain::ResourceName(domain::kProductCollection, acceptance.context.generated_id));
  return StageNew(acceptance.context, acceptance.mutation, "", std::move(product));
}

// A product goes by the names of all its records.
absl::Status AddNames(registry::Mutation& mutation, const SurveyRecord& record) {
  return ChangeProduct(mutation, record.product(), [&](Product& product) {
    absl::flat_hash_set<std::string> known = {FoldName(product.display_name())};
    for (const std::string& alias : product.aliases()) known.insert(FoldName(alias));
    const auto add = [&](const std::string& name) {
      if (product.aliases_size() < kMaxAliases && known.insert(FoldName(name)).second) product.add_aliases(name);
    };
    add(record.local_name());
    for (const std::string& alias : record.aliases()) add(alias);
    return absl::OkStatus();
  });
}

absl::Status AddDistinction(registry::Mutation& mutation, const std::string& name, const std::string& other,
                            const SurveyRecord& record, const DuplicateFinding& finding) {
  return ChangeProduct(mutation, name, [&](Product& product) {
    for (const registry::v1::Distinction& known : product.distinct_from()) {
      if (known.product() == other) return absl::OkStatus();
    }
    if (product.distinct_from_size() >= kMaxEvents) return ResourceFull(name, kMaxEvents);
    registry::v1::Distinction& distinction = *product.add_distinct_from();
    distinction.set_product(other);
    distinction.set_reason(finding.reason());
    distinction.set_record(record.name());
    *distinction.mutable_time() = finding.time();
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<std::optional<SurveyRecord>> ReadFollowed(const table::RowReader& rows, const SurveyRecord& record) {
  if (record.supersedes().empty()) return std::optional<SurveyRecord>();
  ASSIGN_OR_RETURN(table::Row<SurveyRecord> row, ReadNamed<SurveyRecord>(rows, record.supersedes(), "supersedes"));
  RETURN_IF_ERROR(domain::CheckFollows(record, row.message));
  return std::optional<SurveyRecord>(std::move(row.message));
}

absl::Status CheckSupersedes(const table::RowReader& rows, const SurveyRecord& later, const SurveyRecord& record) {
  const bool fits = later.state() == registry::v1::SURVEY_RECORD_STATE_ACCEPTED && domain::IsEarlier(record, later);
  if (fits) {
    ASSIGN_OR_RETURN(const ProductFamily family, ReadFamily(rows, record.product(), "product"));
    const std::string product = domain::IdOfKnownName(later.product(), domain::kProductCollection);
    if (std::find(family.ids.begin(), family.ids.end(), product) != family.ids.end()) return absl::OkStatus();
  }
  return domain::SuccessionInvalid(record, later.name(),
                                   "an accepted record of a later campaign about the same product",
                                   "较晚一次普查中关于同一产品且已接受的记录");
}

absl::StatusOr<Siblings> FindSiblings(const table::RowReader& rows, const SurveyRecord& record) {
  Siblings siblings;
  if (record.product().empty()) return siblings;
  ASSIGN_OR_RETURN(const ProductFamily family, ReadFamily(rows, record.product(), "product"));
  DivisionReader divisions(rows);
  const auto lookup = [&](absl::string_view code) { return divisions.Find(code); };
  ASSIGN_OR_RETURN(const std::vector<std::string> here, domain::PresentPlace(record.place_code(), lookup));
  for (const RecordStanding& standing : family.survivor.message.standings()) {
    if (standing.record() == record.name() || FoldText(standing.variety()) != FoldText(record.variety())) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> there, domain::PresentPlace(standing.place_code(), lookup));
    if (here != there) continue;
    ASSIGN_OR_RETURN(table::Row<SurveyRecord> row, ReadNamed<SurveyRecord>(rows, standing.record(), "record"));
    if (domain::IsEarlier(row.message, record)) {
      siblings.earlier.push_back(std::move(row.message));
    } else if (SurveyNameOf(row.message) == SurveyNameOf(record)) {
      siblings.twin = std::move(row.message);
    }
  }
  return siblings;
}

absl::Status AcceptInto(const Acceptance& acceptance, SurveyRecord& record, std::vector<SurveyRecord>& superseded) {
  const table::RowReader& rows = acceptance.mutation.rows();
  RETURN_IF_ERROR(Acknowledge(acceptance, record));
  ASSIGN_OR_RETURN(const std::optional<SurveyRecord> named, ReadFollowed(rows, record));
  SettleProductName(acceptance, named, record);
  std::optional<Product> product;
  if (!record.product().empty()) {
    ASSIGN_OR_RETURN(ProductFamily family, ReadFamily(rows, record.product(), "product"));
    record.set_product(family.survivor.message.name());
    product = std::move(family.survivor.message);
  }
  const std::vector<std::string> undecided =
      domain::UndecidedDuplicates(acceptance.similar, record, product ? &*product : nullptr);
  if (!undecided.empty()) {
    return MakeError(ErrorReason::ERROR_REASON_DUPLICATES_UNDECIDED,
                     {{"name", record.name()}, {"products", absl::StrJoin(undecided, ", ")}});
  }
  if (!acceptance.violations.empty()) return absl::OkStatus();
  if (!product) return StageNewProduct(acceptance, record);
  ASSIGN_OR_RETURN(Siblings siblings, FindSiblings(rows, record));
  superseded = std::move(siblings.earlier);
  const bool listed = named && std::any_of(superseded.begin(), superseded.end(),
                                           [&](const SurveyRecord& one) { return one.name() == named->name(); });
  if (named && !listed && named->state() == registry::v1::SURVEY_RECORD_STATE_ACCEPTED) superseded.push_back(*named);
  return AddNames(acceptance.mutation, record);
}

absl::Status PutSuperseded(registry::Mutation& mutation, const SurveyRecord& record, const SurveyRecord& accepted) {
  if (record.steps_size() >= kMaxEvents) return ResourceFull(record.name(), kMaxEvents);
  SurveyRecord row = record;
  row.set_state(registry::v1::SURVEY_RECORD_STATE_SUPERSEDED);
  row.set_superseded_by(accepted.name());
  registry::v1::SurveyRecordStep& step = *row.add_steps();
  step = accepted.steps(accepted.steps_size() - 1);
  step.set_verb(registry::v1::SURVEY_RECORD_VERB_SUPERSEDE);
  return PutRecord(mutation, &record, std::move(row));
}

absl::Status RememberDistinctions(registry::Mutation& mutation, const SurveyRecord& accepted) {
  for (const DuplicateFinding& finding : accepted.duplicates()) {
    if (finding.decision() != registry::v1::DUPLICATE_DECISION_DIFFERENT) continue;
    const std::string& other = finding.similar().product();
    if (other == accepted.product()) continue;
    RETURN_IF_ERROR(AddDistinction(mutation, accepted.product(), other, accepted, finding));
    RETURN_IF_ERROR(AddDistinction(mutation, other, accepted.product(), accepted, finding));
  }
  return absl::OkStatus();
}

}  // namespace gi::service
