#include "client/gictl/fields.h"

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gi/registry/v1/common.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/json_util.h"
#include "storage/base/date.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kUsageUrl[] = "gictl/usage";

absl::StatusOr<const FieldDescriptor*> FieldFor(const Message& message, absl::string_view name, absl::string_view flag,
                                                FieldDescriptor::Type type, bool repeated = false) {
  const FieldDescriptor* field = FindField(message, name);
  if (field != nullptr && field->type() == type && field->is_repeated() == repeated) return field;
  return UsageError(absl::StrCat(flag, " has no meaning here"));
}

// Values are written TYPE_NAME_VALUE, and the zero one is TYPE_NAME_UNSPECIFIED.
absl::string_view PrefixOf(const EnumDescriptor& type) {
  const absl::string_view zero = type.value(0)->name();
  const size_t end = zero.rfind("UNSPECIFIED");
  return end == zero.npos ? absl::string_view() : zero.substr(0, end);
}

std::string Choices(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) names.push_back(absl::AsciiStrToLower(ShortName(*type.value(i))));
  return absl::StrJoin(names, ", ");
}

absl::StatusOr<const EnumValueDescriptor*> ParseEnum(const EnumDescriptor& type, absl::string_view flag,
                                                     absl::string_view text) {
  const std::string upper = absl::AsciiStrToUpper(absl::StrReplaceAll(text, {{"-", "_"}}));
  const EnumValueDescriptor* value = type.FindValueByName(absl::StrCat(PrefixOf(type), upper));
  if (value == nullptr) value = type.FindValueByName(upper);
  if (value != nullptr && value->number() != 0) return value;
  return UsageError(absl::StrCat(flag, " is one of ", Choices(type), ", not \"", text, "\""));
}

}  // namespace

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsageUrl, absl::Cord());
  return status;
}

absl::Status UsageError(const sheet::Words& message) {
  absl::Status status = sheet::SheetError(message);
  status.SetPayload(kUsageUrl, absl::Cord());
  return status;
}

bool IsUsageError(const absl::Status& status) { return status.GetPayload(kUsageUrl).has_value(); }

const FieldDescriptor* FindField(const Message& message, absl::string_view name) {
  return message.GetDescriptor()->FindFieldByName(std::string(name));
}

std::string GetString(const Message& message, absl::string_view name) {
  const FieldDescriptor* field = FindField(message, name);
  // A field of that name may be something else in another message.
  const bool is_text = field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
  return is_text ? message.GetReflection()->GetString(message, field) : "";
}

bool GetBool(const Message& message, absl::string_view name) {
  const FieldDescriptor* field = FindField(message, name);
  return field != nullptr && message.GetReflection()->GetBool(message, field);
}

const Message& GetMessage(const Message& message, absl::string_view name) {
  return message.GetReflection()->GetMessage(message, FindField(message, name));
}

Message& MutableMessage(Message& message, absl::string_view name) {
  return *message.GetReflection()->MutableMessage(&message, FindField(message, name));
}

absl::Status SetText(Message& message, absl::string_view name, absl::string_view flag, absl::string_view text) {
  if (text.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const FieldDescriptor* field, FieldFor(message, name, flag, FieldDescriptor::TYPE_STRING));
  message.GetReflection()->SetString(&message, field, std::string(text));
  return absl::OkStatus();
}

absl::Status SetDate(Message& message, absl::string_view name, absl::string_view flag, absl::string_view text) {
  if (text.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const FieldDescriptor* field, FieldFor(message, name, flag, FieldDescriptor::TYPE_MESSAGE));
  const absl::StatusOr<registry::v1::Date> date = ParseDate(text);
  if (!date.ok()) return UsageError(absl::StrCat(flag, " needs a date like 2023-05-01, not \"", text, "\""));
  message.GetReflection()->MutableMessage(&message, field)->CopyFrom(*date);
  return absl::OkStatus();
}

absl::Status SetMonth(Message& message, absl::string_view name, absl::string_view flag, absl::string_view text) {
  if (text.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const FieldDescriptor* field, FieldFor(message, name, flag, FieldDescriptor::TYPE_MESSAGE));
  absl::StatusOr<registry::v1::Date> month = ParseDate(absl::StrCat(text, "-01"));
  if (!month.ok()) return UsageError(absl::StrCat(flag, " needs a month like 2023-05, not \"", text, "\""));
  month->clear_day();
  message.GetReflection()->MutableMessage(&message, field)->CopyFrom(*month);
  return absl::OkStatus();
}

absl::Status SetEnum(Message& message, absl::string_view name, absl::string_view flag, absl::string_view text) {
  if (text.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const FieldDescriptor* field, FieldFor(message, name, flag, FieldDescriptor::TYPE_ENUM));
  ASSIGN_OR_RETURN(const EnumValueDescriptor* value, ParseEnum(*field->enum_type(), flag, text));
  message.GetReflection()->SetEnum(&message, field, value);
  return absl::OkStatus();
}

absl::Status AddEnums(Message& message, absl::string_view name, absl::string_view flag,
                      const std::vector<std::string>& texts) {
  if (texts.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const FieldDescriptor* field, FieldFor(message, name, flag, FieldDescriptor::TYPE_ENUM, true));
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(const EnumValueDescriptor* value, ParseEnum(*field->enum_type(), flag, text));
    message.GetReflection()->AddEnum(&message, field, value);
  }
  return absl::OkStatus();
}

absl::Status SetBool(Message& message, absl::string_view name, absl::string_view flag, bool value) {
  if (!value) return absl::OkStatus();
  ASSIGN_OR_RETURN(const FieldDescriptor* field, FieldFor(message, name, flag, FieldDescriptor::TYPE_BOOL));
  message.GetReflection()->SetBool(&message, field, true);
  return absl::OkStatus();
}

std::string ShortName(const EnumValueDescriptor& value) {
  const absl::string_view prefix = PrefixOf(*value.type());
  const absl::string_view name = value.name();
  return std::string(absl::StartsWith(name, prefix) ? name.substr(prefix.size()) : name);
}

absl::Status ParseJson(absl::string_view text, Message& message) {
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(google::protobuf::StringPiece(text.data(), text.size()), &message);
  if (parsed.ok()) return absl::OkStatus();
  const auto detail = parsed.message();
  return UsageError(absl::StrCat("not a JSON ", message.GetDescriptor()->name(), ": ",
                                 absl::string_view(detail.data(), detail.size())));
}

std::string ToJson(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  return json;
}

std::string CanonicalBytes(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&out);
  }
  return bytes;
}

std::unique_ptr<Message> NewMessage(const Message& prototype) { return std::unique_ptr<Message>(prototype.New()); }

}  // namespace gi::client::gictl
