#include "client/sheet/field_columns.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/sheet/mapping.h"
#include "gi/registry/v1/annotations.pb.h"
#include "google/protobuf/util/json_util.h"

namespace gi::client::sheet {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using registry::v1::Date;
using registry::v1::ImportRow;

bool IsDate(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field.message_type() == Date::descriptor();
}

bool IsOutputOnly(const FieldDescriptor& field) {
  return field.options().GetExtension(registry::v1::rule).output_only();
}

// What events have made of a row. It cannot be set, but an import must see it: it refuses to make a row anew without
// it.
bool TellsState(const FieldDescriptor& field) {
  for (const char* name : {"state", "stage", "merged_into", "events"}) {
    if (field.name() == name) return true;
  }
  return false;
}

bool HasColumn(const mapping::v1::Mapping& mapping, absl::string_view path) {
  return std::any_of(mapping.columns().begin(), mapping.columns().end(),
                     [&](const mapping::v1::Column& column) { return column.field() == path; });
}

// Also if all its parts have columns.
bool IsCovered(const mapping::v1::Mapping& mapping, const FieldDescriptor& field, const std::string& path) {
  if (HasColumn(mapping, path)) return true;
  if (field.is_repeated() || field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsDate(field)) return false;
  const Descriptor& type = *field.message_type();
  for (int i = 0; i < type.field_count(); ++i) {
    if (!HasColumn(mapping, absl::StrCat(path, ".", type.field(i)->name()))) return false;
  }
  return true;
}

void Add(const FieldDescriptor& field, const std::string& path, mapping::v1::Mapping& mapping) {
  if (IsCovered(mapping, field, path)) return;
  mapping::v1::Column& column = *mapping.add_columns();
  column.set_field(path);
  column.add_headers(path);
}

void ClearOutputOnly(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (IsOutputOnly(*field)) {
      reflection.ClearField(&message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        ClearOutputOnly(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      ClearOutputOnly(*reflection.MutableMessage(&message, field));
    }
  }
}

// The field's value as JSON, of a message that has only that.
std::string JsonOf(const Message& message, const FieldDescriptor& field) {
  const std::unique_ptr<Message> only(message.New());
  only->CopyFrom(message);
  std::vector<const FieldDescriptor*> fields;
  only->GetReflection()->ListFields(*only, &fields);
  for (const FieldDescriptor* other : fields) {
    if (other != &field) only->GetReflection()->ClearField(only.get(), other);
  }
  // What tells the state is shown as it is.
  if (!IsOutputOnly(field)) ClearOutputOnly(*only);
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  (void)google::protobuf::util::MessageToJsonString(*only, &json, options);
  // {"events":…}
  const size_t value = json.find(':');
  return value == json.npos ? "" : json.substr(value + 1, json.size() - value - 2);
}

std::string DateText(const Date& date) {
  if (date.month() == 0) return absl::StrFormat("%04d", date.year());
  if (date.day() == 0) return absl::StrFormat("%04d-%02d", date.year(), date.month());
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string ListText(const Message& message, const FieldDescriptor& field) {
  std::vector<std::string> parts;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    parts.push_back(message.GetReflection()->GetRepeatedString(message, &field, i));
  }
  std::string plain = absl::StrJoin(parts, "、");
  return plain[0] != '[' && SplitList(plain) == parts ? plain : JsonOf(message, field);
}

std::string ScalarText(const Message& message, const FieldDescriptor& field, const EnumWord& enum_word) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "是" : "否";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto& value = *reflection.GetEnum(message, &field);
      const std::string word = enum_word ? enum_word(value) : "";
      return value.number() == 0 ? "" : word.empty() ? value.name() : word;
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(message, &field));
    default:
      return JsonOf(message, field);
  }
}

}  // namespace

void AddFieldColumns(mapping::v1::Mapping& mapping) {
  const FieldDescriptor& row = *RequestField(mapping.kind());
  const Descriptor& request = *row.message_type();
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    const bool of_the_call =
        field.name() == "request_id" || field.name() == "validate_only" || field.name() == "reason";
    if (of_the_call) continue;
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsDate(field)) {
      Add(field, field.name(), mapping);
      continue;
    }
    const Descriptor& resource = *field.message_type();
    for (int j = 0; j < resource.field_count(); ++j) {
      const FieldDescriptor& own = *resource.field(j);
      if (own.name() == "name" || (IsOutputOnly(own) && !TellsState(own))) continue;
      Add(own, absl::StrCat(field.name(), ".", own.name()), mapping);
    }
  }
}

mapping::v1::Mapping MappingOf(registry::v1::ImportKind kind) {
  absl::StatusOr<mapping::v1::Mapping> shipped = ShippedMapping(kind);
  mapping::v1::Mapping mapping;
  if (shipped.ok()) {
    mapping = *std::move(shipped);
  } else {
    mapping.set_name("fields");
    mapping.set_version(1);
    mapping.set_kind(kind);
  }
  AddFieldColumns(mapping);
  return mapping;
}

bool IsExported(const mapping::v1::Column& column) {
  return !absl::StartsWith(column.field(), "row.") && !absl::StrContains(column.field(), '[') && column.range().empty();
}

std::string CellOf(const Message& request, absl::string_view path, const EnumWord& enum_word) {
  const std::vector<std::string> steps = absl::StrSplit(path, '.');
  const Message* message = &request;
  for (size_t i = 0; i < steps.size(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(steps[i]);
    if (field == nullptr) return "";
    const Reflection& reflection = *message->GetReflection();
    if (field->is_repeated()) {
      if (reflection.FieldSize(*message, field) == 0) return "";
      return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING ? ListText(*message, *field)
                                                                  : JsonOf(*message, *field);
    }
    // Of the request itself a field that is not set says something, too.
    if (i > 0 && !reflection.HasField(*message, field)) return "";
    if (IsDate(*field)) {
      return reflection.HasField(*message, field)
                 ? DateText(static_cast<const Date&>(reflection.GetMessage(*message, field)))
                 : "";
    }
    if (i + 1 == steps.size()) return ScalarText(*message, *field, enum_word);
    message = &reflection.GetMessage(*message, field);
  }
  return "";
}

}  // namespace gi::client::sheet
