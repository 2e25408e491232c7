#include "server/domain/survey/duplicates.h"

#include "absl/container/btree_set.h"
#include "server/domain/survey/similar.h"

namespace gi::domain {

namespace v1 = registry::v1;
using v1::DuplicateFinding;
using v1::Product;
using v1::SurveyRecord;

const DuplicateFinding* FindDuplicate(const SurveyRecord& record, const std::string& product) {
  for (const DuplicateFinding& finding : record.duplicates()) {
    if (finding.similar().product() == product) return &finding;
  }
  return nullptr;
}

void NameDuplicates(absl::Span<const v1::SimilarProduct> similar, SurveyRecord& row) {
  google::protobuf::RepeatedPtrField<DuplicateFinding> old;
  old.Swap(row.mutable_duplicates());
  for (const v1::SimilarProduct& one : similar) {
    if (one.score() < kLikelyScore || one.product() == row.product()) continue;
    DuplicateFinding& finding = *row.add_duplicates();
    for (const DuplicateFinding& decided : old) {
      if (decided.similar().product() == one.product()) finding = decided;
    }
    *finding.mutable_similar() = one;
  }
  for (const DuplicateFinding& decided : old) {
    if (decided.decision() == v1::DUPLICATE_DECISION_UNSPECIFIED) continue;
    if (FindDuplicate(row, decided.similar().product()) == nullptr) *row.add_duplicates() = decided;
  }
}

void RecordDecision(v1::DuplicateDecision decision, const Product& product, const v1::SurveyRecordStep& step,
                    SurveyRecord& record) {
  const bool same = decision == v1::DUPLICATE_DECISION_SAME;
  if (FindDuplicate(record, product.name()) == nullptr) {
    v1::SimilarProduct& similar = *record.add_duplicates()->mutable_similar();
    similar.set_product(product.name());
    similar.set_display_name(product.display_name());
  }
  for (DuplicateFinding& finding : *record.mutable_duplicates()) {
    if (finding.similar().product() == product.name()) {
      finding.set_decision(decision);
      finding.set_reason(step.reason());
      finding.set_agency(step.agency());
      *finding.mutable_time() = step.time();
    } else if (same && finding.decision() == v1::DUPLICATE_DECISION_SAME) {
      finding.set_decision(v1::DUPLICATE_DECISION_UNSPECIFIED);
    }
  }
  if (same) {
    record.set_product(product.name());
  } else if (record.product() == product.name()) {
    record.clear_product();
  }
}

std::vector<std::string> UndecidedDuplicates(absl::Span<const v1::SimilarProduct> similar, const SurveyRecord& record,
                                             const Product* product) {
  absl::btree_set<std::string> likely;
  for (const v1::SimilarProduct& one : similar) {
    if (one.score() >= kLikelyScore) likely.insert(one.product());
  }
  for (const DuplicateFinding& finding : record.duplicates()) {
    if (finding.decision() != v1::DUPLICATE_DECISION_UNSPECIFIED) likely.erase(finding.similar().product());
  }
  likely.erase(record.product());
  if (product != nullptr) {
    likely.erase(product->name());
    for (const v1::Distinction& distinction : product->distinct_from()) likely.erase(distinction.product());
  }
  return {likely.begin(), likely.end()};
}

}  // namespace gi::domain
