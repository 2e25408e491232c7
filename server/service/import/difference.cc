#include "server/service/import/difference.h"

#include <memory>

#include "gi/registry/v1/annotations.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/service/output.h"

namespace gi::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::MessageDifferencer;

constexpr char kEvents[] = "events";
constexpr char kSource[] = "source";

const registry::v1::FieldRule& RuleOf(const FieldDescriptor& field) {
  return field.options().GetExtension(registry::v1::rule);
}

// The register may have added to an event what follows from the law.
bool HasEvents(const Message& given, const Message& existing, const FieldDescriptor& events) {
  const Reflection& reflection = *given.GetReflection();
  const int count = reflection.FieldSize(given, &events);
  if (count > reflection.FieldSize(existing, &events)) return false;
  MessageDifferencer differencer;
  differencer.set_scope(MessageDifferencer::PARTIAL);
  for (int i = 0; i < count; ++i) {
    const Message& have = reflection.GetRepeatedMessage(existing, &events, i);
    if (!differencer.Compare(reflection.GetRepeatedMessage(given, &events, i), have)) return false;
  }
  return true;
}

bool Agrees(const Message& given, const Message& existing, const FieldDescriptor& field) {
  if (field.name() == kEvents) return HasEvents(given, existing, field);
  MessageDifferencer differencer;
  return differencer.CompareWithFields(given, existing, {&field}, {&field});
}

}  // namespace

std::vector<std::string> DifferingFields(const Message& given, const Message& existing) {
  const std::unique_ptr<Message> have(existing.New());
  have->CopyFrom(existing);
  ClearOutputOnly(*have);
  std::vector<const FieldDescriptor*> set;
  given.GetReflection()->ListFields(given, &set);
  std::vector<std::string> differing;
  for (const FieldDescriptor* field : set) {
    if (RuleOf(*field).output_only() || field->name() == "name" || Agrees(given, *have, *field)) continue;
    differing.push_back(field->name());
  }
  if (differing.size() == 1 && differing.front() == kSource) differing.clear();
  return differing;
}

std::vector<std::string> ChangedFields(const Message& now, const Message& then) {
  const google::protobuf::Descriptor& type = *now.GetDescriptor();
  std::vector<std::string> changed;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (RuleOf(field).output_only() || !IsCorrectable(now, field.name())) continue;
    MessageDifferencer differencer;
    if (!differencer.CompareWithFields(now, then, {&field}, {&field})) changed.push_back(field.name());
  }
  return changed;
}

bool IsCorrectable(const Message& row, const std::string& name) {
  const FieldDescriptor* field = row.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && !RuleOf(*field).immutable() && name != kEvents;
}

}  // namespace gi::service
