// Mappings (proto/gi/mapping/v1/mapping.proto): those that come with the program, and users' own. Thread-safe.
#ifndef GI_CLIENT_SHEET_MAPPING_H_
#define GI_CLIENT_SHEET_MAPPING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/mapping/v1/mapping.pb.h"
#include "gi/registry/v1/import.pb.h"

namespace gi::client::sheet {

// Parses and checks one. INVALID_ARGUMENT names the line, or the field that does not exist.
absl::StatusOr<mapping::v1::Mapping> ParseMapping(absl::string_view text);
// The one for a kind that comes with the program. NOT_FOUND if there is none.
absl::StatusOr<mapping::v1::Mapping> ShippedMapping(registry::v1::ImportKind kind);

// The part of ImportRow that rows of the kind fill; nullptr for no kind.
const google::protobuf::FieldDescriptor* RequestField(registry::v1::ImportKind kind);

// One text of each file in client/sheet/mappings.
std::vector<std::string> ShippedMappingTexts();

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_MAPPING_H_
