// Messages and errors as text for people. Thread-safe.
#ifndef GI_CLIENT_GICTL_RENDER_H_
#define GI_CLIENT_GICTL_RENDER_H_

#include <iosfwd>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gi/registry/v1/common.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "storage/base/error.h"

namespace gi::client::gictl {

// "2023-01-01 – 2023-12-31"; an open end is "…".
std::string FormatPeriod(const registry::v1::Period& period);
// In Asia/Shanghai, to the second.
std::string FormatTimestamp(const google::protobuf::Timestamp& time);

// One field in a table's cell: lists joined by commas, messages by their date, period, or first string, deadlines by
// rule and due date.
std::string FormatField(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                        Language language);

// All set fields, one a line, sub-messages indented.
void PrintMessage(const google::protobuf::Message& message, Language language, size_t indent, std::ostream& out);

// The response's read_point. Requires the field.
const registry::v1::ReadPoint& ReadPointOf(const google::protobuf::Message& response);
// "登记簿版本 12（2024-01-01 08:00:00）".
std::string FormatReadPoint(const registry::v1::ReadPoint& point, Language language);

// An error in lines: reason and text, then one line per finding if there are several.
std::vector<std::string> ErrorLines(const absl::Status& status, Language language);
// The same for programs, with the exit code: {"error": {"exitCode", "reason", "messageZh", "messageEn", "violations"}}.
std::string ErrorJson(const absl::Status& status, int exit_code);
// What is wrong with which field.
std::string ViolationLine(const registry::v1::Violation& violation, Language language);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_RENDER_H_
