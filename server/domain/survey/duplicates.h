// Likely duplicates of a record: which are named, what is decided about them, and which still stand in the way. Pure
// and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_DUPLICATES_H_
#define GI_SERVER_DOMAIN_SURVEY_DUPLICATES_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gi/registry/v1/product.pb.h"
#include "gi/registry/v1/survey_record.pb.h"

namespace gi::domain {

// nullptr if the product is not among the record's duplicates.
const registry::v1::DuplicateFinding* FindDuplicate(const registry::v1::SurveyRecord& record,
                                                    const std::string& product);

// Names the likely ones of these in the record. What was decided about the products found again is kept; others that
// were decided on stay too.
void NameDuplicates(absl::Span<const registry::v1::SimilarProduct> similar, registry::v1::SurveyRecord& record);

// Records what was decided about a product: SAME makes it the record's product, and takes back what was the same
// before. A product that was not found to be similar is added. `step` says who, why and when.
void RecordDecision(registry::v1::DuplicateDecision decision, const registry::v1::Product& product,
                    const registry::v1::SurveyRecordStep& step, registry::v1::SurveyRecord& record);

// Resource names of the likely ones of these that nobody has decided on, for the record or for `product`, the one it is
// about (nullptr: a new one); sorted.
std::vector<std::string> UndecidedDuplicates(absl::Span<const registry::v1::SimilarProduct> similar,
                                             const registry::v1::SurveyRecord& record,
                                             const registry::v1::Product* product);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_DUPLICATES_H_
