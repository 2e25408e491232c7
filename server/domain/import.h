// What an import is begun with. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_IMPORT_H_
#define GI_SERVER_DOMAIN_IMPORT_H_

#include "absl/strings/string_view.h"
#include "gi/registry/v1/import.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

// FIELD_MALFORMED for what the rules of its fields do not say: max_errors below 0, source_sha256 that is not 64
// lower-case hexadecimal digits, source_name with folders. `prefix`: the field of the request that holds the import.
void CheckImport(const registry::v1::Import& given, absl::string_view prefix, FieldViolations& violations);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_IMPORT_H_
