// What a row of a file says differently from the row of the register. Thread-safe.
#ifndef GI_SERVER_SERVICE_IMPORT_DIFFERENCE_H_
#define GI_SERVER_SERVICE_IMPORT_DIFFERENCE_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace gi::service {

// The names of the fields that `given` (in normal form) sets and `existing` has otherwise. Output-only fields do not
// count, and of `events` only those at the beginning that `given` names. Nothing, if only the source differs: the same
// fact from another paper.
std::vector<std::string> DifferingFields(const google::protobuf::Message& given,
                                         const google::protobuf::Message& existing);

// Whether a correction may change parts of the field by themselves: validity, scope, standing, environment,
// specification.
bool HasParts(const google::protobuf::FieldDescriptor& field);

// What a row leaves empty within a field stays as it is: puts the parts that `existing` has and `given` does not into
// the fields that `given` sets and that have parts, and what goods items with the same id and text have beside that.
// `cleared`: paths, as ImportRow.cleared, of what is taken away. Values of several parts (a date, a quantity, a source,
// a document) are one.
void CompleteParts(const google::protobuf::Message& existing, const std::vector<std::string>& cleared,
                   google::protobuf::Message& given);

// The names of the fields that a correction may name and in which two rows differ.
std::vector<std::string> ChangedFields(const google::protobuf::Message& now, const google::protobuf::Message& then);

// Whether a correction may name the field.
bool IsCorrectable(const google::protobuf::Message& row, const std::string& field);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_DIFFERENCE_H_
