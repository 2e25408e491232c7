// What is said about each reason of a decision: the verdict it gives, texts in Chinese and English, and the provisions
// it rests on. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_REASON_TEXT_H_
#define GI_SERVER_DOMAIN_REASON_TEXT_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/check.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "storage/base/date.h"

namespace gi::domain {

// In the texts, {name} is filled in, and a part in [ ] is left out if a name in it has no value. Names: date, state,
// ground, dimensions, authorization, successors, from, to, finding, proposal.
struct ReasonText {
  registry::v1::DecisionReason reason;
  registry::v1::Verdict verdict;  // UNSPECIFIED: never decides
  absl::string_view zh;
  absl::string_view en;
};
// In the order of precedence.
absl::Span<const ReasonText> ReasonTexts();

struct ReasonBasis {
  registry::v1::DecisionReason reason;
  uint32_t kinds;                  // of the title, as KindBit
  registry::v1::TitleState state;  // UNSPECIFIED: any
  absl::string_view source;
  bool verified;  // compared with a published text; false: from a commentary, or an assumption
};
absl::Span<const ReasonBasis> ReasonBases();

// The verdict if this reason comes first. UNSPECIFIED for FAIR_USE_OF_NAME and unknown values.
registry::v1::Verdict VerdictOf(registry::v1::DecisionReason reason);

// What the texts need and a ReasonDetail does not have.
struct TextFacts {
  Day date;                                                                       // the business date
  registry::v1::IndicationKind kind = registry::v1::INDICATION_KIND_UNSPECIFIED;  // of the title, if there is one
  const registry::v1::Authorization* grant = nullptr;                             // that the reason speaks of
};

// Sets text_zh, text_en and legal_basis from the other fields. An unknown reason gets none.
void FillTexts(const TextFacts& facts, registry::v1::ReasonDetail& detail);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_REASON_TEXT_H_
