// Columns that name a field itself ("indication.events"), beside those of a mapping: what exports have, so that nothing
// is left out and an export imports to the same rows. Thread-safe.
#ifndef GI_CLIENT_SHEET_FIELD_COLUMNS_H_
#define GI_CLIENT_SHEET_FIELD_COLUMNS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "client/sheet/values.h"
#include "gi/mapping/v1/mapping.pb.h"
#include "google/protobuf/message.h"

namespace gi::client::sheet {

// Adds a column for every field of the kind that a caller may set and no column has; its head is the field's path.
// Lists and messages stand in one cell, as JSON.
void AddFieldColumns(mapping::v1::Mapping& mapping);

// The mapping of the kind that comes with the program, if any, with a column for every field.
mapping::v1::Mapping MappingOf(registry::v1::ImportKind kind);

// Whether an export has the column: not what stands for another field, nor a part of a list.
bool IsExported(const mapping::v1::Column& column);

// What a cell says of the field, in such a way that SetField understands it; "" for nothing.
std::string CellOf(const google::protobuf::Message& request, absl::string_view path, const EnumWord& enum_word);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_FIELD_COLUMNS_H_
