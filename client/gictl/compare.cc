#include "client/gictl/compare.h"

#include <memory>

#include "client/gictl/fields.h"
#include "gi/registry/v1/annotations.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "storage/base/text.h"

namespace gi::client::gictl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::MessageDifferencer;
using registry::v1::FieldRule;

const FieldRule& RuleOf(const FieldDescriptor& field) { return field.options().GetExtension(registry::v1::rule); }

std::string Normalize(const FieldDescriptor& field, const std::string& text) {
  if (!IsValidUtf8(text)) return text;
  return RuleOf(field).content() == registry::v1::CONTENT_PARSED ? NormalizeIdentifier(text) : NormalizeText(text);
}

void NormalizeStrings(const FieldDescriptor& field, Message& message) {
  const Reflection& r = *message.GetReflection();
  if (!field.is_repeated()) {
    r.SetString(&message, &field, Normalize(field, r.GetString(message, &field)));
    return;
  }
  for (int i = 0; i < r.FieldSize(message, &field); ++i) {
    r.SetRepeatedString(&message, &field, i, Normalize(field, r.GetRepeatedString(message, &field, i)));
  }
}

// Brings a message into the form in which equal facts are equal messages.
void Canonicalize(Message& message) {
  const Reflection& r = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  r.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (RuleOf(*field).output_only()) {
      r.ClearField(&message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      NormalizeStrings(*field, message);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated()) {
      Canonicalize(*r.MutableMessage(&message, field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      for (int i = 0; i < r.FieldSize(message, field); ++i) Canonicalize(*r.MutableRepeatedMessage(&message, field, i));
    }
  }
}

std::unique_ptr<Message> Canonical(const Message& message) {
  std::unique_ptr<Message> copy = NewMessage(message);
  copy->CopyFrom(message);
  Canonicalize(*copy);
  return copy;
}

// The server may have added derived days to an event, so only what is wanted counts.
bool IsPrefix(const Message& wanted, const Message& existing, const FieldDescriptor& events) {
  const Reflection& r = *wanted.GetReflection();
  const int count = r.FieldSize(wanted, &events);
  if (count > r.FieldSize(existing, &events)) return false;
  MessageDifferencer differencer;
  differencer.set_scope(MessageDifferencer::PARTIAL);
  for (int i = 0; i < count; ++i) {
    const Message& have = r.GetRepeatedMessage(existing, &events, i);
    if (!differencer.Compare(r.GetRepeatedMessage(wanted, &events, i), have)) return false;
  }
  return true;
}

bool IsEventList(const FieldDescriptor& field) { return field.name() == "events"; }

bool Agrees(const Message& wanted, const Message& existing, const FieldDescriptor& field) {
  if (IsEventList(field)) return IsPrefix(wanted, existing, field);
  MessageDifferencer differencer;
  return differencer.CompareWithFields(wanted, existing, {&field}, {&field});
}

}  // namespace

std::vector<std::string> DifferingFields(const Message& wanted, const Message& existing) {
  const std::unique_ptr<Message> a = Canonical(wanted);
  const std::unique_ptr<Message> b = Canonical(existing);
  std::vector<const FieldDescriptor*> set;
  a->GetReflection()->ListFields(*a, &set);
  std::vector<std::string> differing;
  for (const FieldDescriptor* field : set) {
    if (!Agrees(*a, *b, *field)) differing.push_back(field->name());
  }
  return differing;
}

bool IsCorrectable(const Message& resource, const std::string& field_name) {
  const FieldDescriptor* field = FindField(resource, field_name);
  return field != nullptr && !RuleOf(*field).immutable() && !IsEventList(*field);
}

}  // namespace gi::client::gictl
