// The words gictl shows for enum values and field names. Thread-safe.
#ifndef GI_CLIENT_GICTL_LABELS_H_
#define GI_CLIENT_GICTL_LABELS_H_

#include <string>

#include "google/protobuf/descriptor.h"
#include "storage/base/error.h"

namespace gi::client::gictl {

// A value without Chinese words here, e.g. of a newer server, is shown in its English form: "in grace" for
// TITLE_STATE_IN_GRACE.
std::string EnumLabel(const google::protobuf::EnumValueDescriptor& value, Language language);
// By number; of a value that this program does not know, the number.
std::string EnumLabel(const google::protobuf::EnumDescriptor& type, int value, Language language);

// "display name" or "名称".
std::string FieldLabel(const google::protobuf::FieldDescriptor& field, Language language);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_LABELS_H_
