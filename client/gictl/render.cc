#include "client/gictl/render.h"

#include <optional>
#include <ostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "client/gictl/fields.h"
#include "client/gictl/labels.h"
#include "gi/registry/v1/clock.pb.h"
#include "google/protobuf/struct.pb.h"
#include "storage/base/date.h"

namespace gi::client::gictl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Messages that have a form of their own on one line.
std::optional<std::string> FormatWellKnown(const Message& message) {
  if (const auto* date = dynamic_cast<const registry::v1::Date*>(&message)) return FormatDate(*date);
  if (const auto* period = dynamic_cast<const registry::v1::Period*>(&message)) return FormatPeriod(*period);
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) return FormatTimestamp(*time);
  return std::nullopt;
}

std::string FormatMessage(const Message& message) {
  if (std::optional<std::string> text = FormatWellKnown(message)) return *text;
  if (const auto* deadline = dynamic_cast<const registry::v1::Deadline*>(&message)) {
    return absl::StrCat(deadline->rule_id(), " ", FormatDate(deadline->due_date()));
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
      return message.GetReflection()->GetString(message, field);
    }
  }
  return "";
}

// Element `i` of the field; i < 0: the field, which is not repeated.
std::string FormatElement(const Message& message, const FieldDescriptor& field, int i, Language language) {
  const Reflection& r = *message.GetReflection();
  const bool one = i < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return one ? r.GetString(message, &field) : r.GetRepeatedString(message, &field, i);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumLabel(one ? *r.GetEnum(message, &field) : *r.GetRepeatedEnum(message, &field, i), language);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FormatMessage(one ? r.GetMessage(message, &field) : r.GetRepeatedMessage(message, &field, i));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (one ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, i))
                 ? (language == Language::kChinese ? "是" : "yes")
                 : (language == Language::kChinese ? "否" : "no");
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(one ? r.GetInt32(message, &field) : r.GetRepeatedInt32(message, &field, i));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(one ? r.GetInt64(message, &field) : r.GetRepeatedInt64(message, &field, i));
    default:
      return "?";
  }
}

// Requires a message field. A list item is marked with a dash in front of its first line.
void PrintSubMessage(const Message& sub, absl::string_view label, Language language, size_t indent, std::ostream& out) {
  if (std::optional<std::string> text = FormatWellKnown(sub)) {
    out << std::string(indent, ' ') << label << ": " << *text << "\n";
    return;
  }
  out << std::string(indent, ' ') << label << ":\n";
  PrintMessage(sub, language, indent + 2, out);
}

std::string ShortReason(ErrorReason reason) {
  return registry::v1::ErrorReason_Name(reason).substr(sizeof("ERROR_REASON_") - 1);
}

std::string ErrorTextOf(const absl::Status& status, Language language) {
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail.has_value()) return absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message());
  // A reason of a newer server: its own text is better than none.
  if (detail->reason == registry::v1::ERROR_REASON_UNSPECIFIED) return std::string(status.message());
  return absl::StrCat(ShortReason(detail->reason), ": ", ErrorText(detail->reason, detail->metadata, language));
}

}  // namespace

std::string FormatPeriod(const registry::v1::Period& period) {
  const auto end = [](bool set, const registry::v1::Date& date) { return set ? FormatDate(date) : std::string("…"); };
  return absl::StrCat(end(period.has_from(), period.from()), " – ", end(period.has_to(), period.to()));
}

std::string FormatTimestamp(const google::protobuf::Timestamp& time) {
  const absl::Time instant = absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", instant, absl::FixedTimeZone(8 * 3600));
}

std::string FormatField(const Message& message, const FieldDescriptor& field, Language language) {
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    if (field.has_presence() && !reflection.HasField(message, &field)) return "";
    return FormatElement(message, field, -1, language);
  }
  std::vector<std::string> elements;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    elements.push_back(FormatElement(message, field, i, language));
  }
  return absl::StrJoin(elements, ", ");
}

void PrintMessage(const Message& message, Language language, size_t indent, std::ostream& out) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string label = FieldLabel(*field, language);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      out << std::string(indent, ' ') << label << ": " << FormatField(message, *field, language) << "\n";
    } else if (!field->is_repeated()) {
      PrintSubMessage(reflection.GetMessage(message, field), label, language, indent, out);
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        PrintSubMessage(reflection.GetRepeatedMessage(message, field, i), absl::StrCat(label, " ", i + 1), language,
                        indent, out);
      }
    }
  }
}

const registry::v1::ReadPoint& ReadPointOf(const Message& response) {
  return dynamic_cast<const registry::v1::ReadPoint&>(GetMessage(response, "read_point"));
}

std::string FormatReadPoint(const registry::v1::ReadPoint& point, Language language) {
  const bool chinese = language == Language::kChinese;
  std::string text = absl::StrCat(chinese ? "登记簿版本 " : "revision ", point.revision());
  if (!point.has_commit_time()) return text;
  const std::string time = FormatTimestamp(point.commit_time());
  return chinese ? absl::StrCat(text, "（", time, "）") : absl::StrCat(text, " (", time, " in Shanghai)");
}

std::string ViolationLine(const registry::v1::Violation& violation, Language language) {
  const std::string& preferred = language == Language::kChinese ? violation.message_zh() : violation.message_en();
  const std::string& other = language == Language::kChinese ? violation.message_en() : violation.message_zh();
  const std::string& text = !preferred.empty() ? preferred : !other.empty() ? other : violation.reason();
  // Most texts of the catalogue name the field themselves.
  if (violation.field().empty() || absl::StrContains(text, violation.field())) return text;
  return absl::StrCat(violation.field(), ": ", text);
}

std::vector<std::string> ErrorLines(const absl::Status& status, Language language) {
  if (IsUsageError(status)) {
    const sheet::Words texts = sheet::TextsOf(status);
    return {language == Language::kChinese ? texts.chinese : texts.english};
  }
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  // The text of FIELDS_INVALID holds the first finding already.
  if (!detail.has_value() || detail->violations.size() < 2) return {ErrorTextOf(status, language)};
  std::string count = absl::StrCat(detail->violations.size());
  for (const auto& [key, value] : detail->metadata) {
    if (key == "count") count = value;
  }
  std::vector<std::string> lines = {
      absl::StrCat(ShortReason(detail->reason), ": ", count, language == Language::kChinese ? " 处问题" : " findings")};
  for (const registry::v1::Violation& violation : detail->violations) {
    lines.push_back(absl::StrCat("  ", ViolationLine(violation, language)));
  }
  return lines;
}

std::string ErrorJson(const absl::Status& status, int exit_code) {
  google::protobuf::Struct root;
  const auto text = [](google::protobuf::Struct& into, const char* key, const std::string& value) {
    (*into.mutable_fields())[key].set_string_value(value);
  };
  google::protobuf::Struct& error = *(*root.mutable_fields())["error"].mutable_struct_value();
  (*error.mutable_fields())["exitCode"].set_number_value(exit_code);
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  const std::string other = IsUsageError(status) ? "USAGE" : absl::StatusCodeToString(status.code());
  text(error, "reason", detail ? ShortReason(detail->reason) : other);
  const bool usage = IsUsageError(status);
  const sheet::Words texts = sheet::TextsOf(status);
  text(error, "messageZh", usage ? texts.chinese : ErrorTextOf(status, Language::kChinese));
  text(error, "messageEn", usage ? texts.english : ErrorTextOf(status, Language::kEnglish));
  if (!detail) return ToJson(root);
  auto& violations = *(*error.mutable_fields())["violations"].mutable_list_value();
  for (const registry::v1::Violation& violation : detail->violations) {
    google::protobuf::Struct& one = *violations.add_values()->mutable_struct_value();
    text(one, "field", violation.field());
    text(one, "reason", violation.reason());
    text(one, "messageZh", violation.message_zh());
    text(one, "messageEn", violation.message_en());
  }
  return ToJson(root);
}

}  // namespace gi::client::gictl
