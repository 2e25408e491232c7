// Resource names: "collection/id". Ids are lower-case letters, digits, "." and "-", 1 to 63 of them, beginning with a
// letter or digit; those of divisions are their codes. Pure and thread-safe.
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

bool IsResourceId(absl::string_view id);

// The id of a name in the collection. If `name` is not one, adds FIELD_MALFORMED for `field` (nothing if it is empty:
// that is the field rules' finding) and returns "".
std::string IdOfName(absl::string_view name, absl::string_view collection, absl::string_view field,
                     FieldViolations& violations);

// "collection/id".
std::string ResourceName(absl::string_view collection, absl::string_view id);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_RESOURCE_NAME_H_
