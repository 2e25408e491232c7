// The indicators: what each counts, by which convention. A definition's version is raised whenever it counts otherwise.
// Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_INDICATOR_DEFINITIONS_H_
#define GI_SERVER_DOMAIN_INDICATOR_DEFINITIONS_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/indicator.pb.h"

namespace gi::domain {

enum class IndicatorId {
  kTitlesRegistered,
  kTitlesInForce,
  kUsersWithLogo,
  kUsersPerTitle,
  kApplicationsByState,
  kApplicationsByAge,
  kDeadlinesMet,
  kDeadlinesMissed,
  kSurveyAccepted,
  kSurveyInReview,
  kReportsOutstanding,
  kUnusedTwoYears,
  kCandidates,
  kOutputValue,
};

// What the groups of an indicator are.
enum class GroupKind { kByTitleKind, kByTitle, kByState, kByAge, kByRule, kByTownship, kByStage };

struct IndicatorRow {
  IndicatorId id;
  absl::string_view name;  // "titles.registered"
  int version;
  registry::v1::IndicatorMeasure measure;
  GroupKind group;
  absl::string_view name_zh, name_en;
  absl::string_view unit_zh, unit_en;
  absl::string_view convention_zh, convention_en;
  registry::v1::SourceKind source_kind;
  absl::string_view source;
  bool verified;
};

absl::Span<const IndicatorRow> Indicators();
// nullptr if there is none.
const IndicatorRow* FindIndicator(absl::string_view name);
registry::v1::IndicatorDefinition ToMessage(const IndicatorRow& row);

// Words for the key of a group, where they do not come from the register: Chinese and English. Of titles and townships
// the key itself.
std::pair<std::string, std::string> GroupLabel(GroupKind kind, absl::string_view key);

// Keys of kByAge, by months since filing.
inline constexpr absl::string_view kAges[] = {"0-6", "6-12", "12-24", "24+"};

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_INDICATOR_DEFINITIONS_H_
