// Resource names: "collection/id". Ids are lower-case letters, digits, "." and "-", 1 to 63 of them, beginning with a
// letter or digit; those of divisions are their codes. A collection within another is written with a "*" for the id of
// the outer one, and the ids of its rows have both: "2025/r1" is surveys/2025/records/r1. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_RESOURCE_NAME_H_
#define GI_SERVER_DOMAIN_RESOURCE_NAME_H_

#include <string>

#include "absl/strings/string_view.h"
#include "storage/base/error.h"

namespace gi::domain {

inline constexpr absl::string_view kDivisionCollection = "divisions";
inline constexpr absl::string_view kEntityCollection = "entities";
inline constexpr absl::string_view kIndicationCollection = "indications";
inline constexpr absl::string_view kAuthorizationCollection = "authorizations";
inline constexpr absl::string_view kProductCollection = "products";
inline constexpr absl::string_view kSurveyCollection = "surveys";
inline constexpr absl::string_view kSurveyRecordCollection = "surveys/*/records";
inline constexpr absl::string_view kRuleSetCollection = "rulesets";
inline constexpr absl::string_view kApplicationCollection = "applications";
inline constexpr absl::string_view kLawBookCollection = "lawbooks";
inline constexpr absl::string_view kTargetCollection = "targets";
inline constexpr absl::string_view kImportCollection = "imports";

bool IsResourceId(absl::string_view id);

// The id of a name in the collection. If `name` is not one, adds FIELD_MALFORMED for `field` (nothing if it is empty:
// that is the field rules' finding) and returns "".
std::string IdOfName(absl::string_view name, absl::string_view collection, absl::string_view field,
                     FieldViolations& violations);

// "collection/id".
std::string ResourceName(absl::string_view collection, absl::string_view id);

// The id of a name that is known to be one of the collection.
std::string IdOfKnownName(absl::string_view name, absl::string_view collection);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_RESOURCE_NAME_H_
