// Reading and writing message fields by name, so that one piece of code serves all resources. Thread-safe.
#ifndef GI_CLIENT_GICTL_FIELDS_H_
#define GI_CLIENT_GICTL_FIELDS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/sheet/rows.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace gi::client::gictl {

// A mistake of the person at the keyboard, as opposed to a refusal by the server. Not OK; IsUsageError is true of it.
absl::Status UsageError(absl::string_view message);
absl::Status UsageError(const sheet::Words& message);
bool IsUsageError(const absl::Status& status);

// nullptr if the message has no such field.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Message& message, absl::string_view name);

// The string field, or "" if there is none.
std::string GetString(const google::protobuf::Message& message, absl::string_view name);
bool GetBool(const google::protobuf::Message& message, absl::string_view name);
// The sub-message. Requires the field.
const google::protobuf::Message& GetMessage(const google::protobuf::Message& message, absl::string_view name);
google::protobuf::Message& MutableMessage(google::protobuf::Message& message, absl::string_view name);

// Set the field from what was typed for `flag`. An empty text leaves it as it is. A usage error if the message has no
// such field (the flag is not for this resource) or the text is no such value.
absl::Status SetText(google::protobuf::Message& message, absl::string_view name, absl::string_view flag,
                     absl::string_view text);
// ISO 8601, "2023-05-01".
absl::Status SetDate(google::protobuf::Message& message, absl::string_view name, absl::string_view flag,
                     absl::string_view text);
// "2023-05": a Date without a day.
absl::Status SetMonth(google::protobuf::Message& message, absl::string_view name, absl::string_view flag,
                      absl::string_view text);
// A value's name without its prefix in any case, "certification_mark" or "certification-mark".
absl::Status SetEnum(google::protobuf::Message& message, absl::string_view name, absl::string_view flag,
                     absl::string_view text);
// Adds the values to a list, each typed as for SetEnum.
absl::Status AddEnums(google::protobuf::Message& message, absl::string_view name, absl::string_view flag,
                      const std::vector<std::string>& texts);
// False leaves it as it is.
absl::Status SetBool(google::protobuf::Message& message, absl::string_view name, absl::string_view flag, bool value);

// "CERTIFICATION_MARK" of INDICATION_KIND_CERTIFICATION_MARK.
std::string ShortName(const google::protobuf::EnumValueDescriptor& value);

// Protobuf JSON.
absl::Status ParseJson(absl::string_view text, google::protobuf::Message& message);
std::string ToJson(const google::protobuf::Message& message);

// Wire bytes that are the same for equal messages.
std::string CanonicalBytes(const google::protobuf::Message& message);

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Message& prototype);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_FIELDS_H_
