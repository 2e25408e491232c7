#include "server/service/import/difference.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gi/registry/v1/annotations.pb.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/common.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
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

// `path`: of the field, between dots.
void AddParts(const Message& existing, const std::string& path, const std::vector<std::string>& cleared,
              Message& given) {
  const Reflection& reflection = *given.GetReflection();
  const std::unique_ptr<Message> missing(existing.New());
  missing->CopyFrom(existing);
  std::vector<const FieldDescriptor*> parts;
  reflection.ListFields(existing, &parts);
  for (const FieldDescriptor* part : parts) {
    const bool has = part->is_repeated() ? reflection.FieldSize(given, part) > 0 : reflection.HasField(given, part);
    const std::string end = absl::StrCat(path, part->name());
    const bool taken_away =
        std::any_of(cleared.begin(), cleared.end(), [&](const std::string& one) { return absl::EndsWith(one, end); });
    // Parts that are one of several.
    const bool other =
        part->real_containing_oneof() != nullptr && reflection.HasOneof(given, part->real_containing_oneof());
    if (has || taken_away || other) reflection.ClearField(missing.get(), part);
  }
  given.MergeFrom(*missing);
}

void CompleteGoods(const Message& existing, const FieldDescriptor& field, Message& given) {
  const Reflection& reflection = *given.GetReflection();
  for (int i = 0; i < std::min(reflection.FieldSize(given, &field), reflection.FieldSize(existing, &field)); ++i) {
    auto& item = static_cast<registry::v1::GoodsItem&>(*reflection.MutableRepeatedMessage(&given, &field, i));
    const auto& have = static_cast<const registry::v1::GoodsItem&>(reflection.GetRepeatedMessage(existing, &field, i));
    if (item.id() != have.id() || item.text() != have.text()) continue;
    if (item.nice_class() == 0) item.set_nice_class(have.nice_class());
    const bool same_class = item.nice_class() == have.nice_class();
    if (item.nice_edition().empty() && same_class) item.set_nice_edition(have.nice_edition());
  }
}

}  // namespace

bool HasParts(const FieldDescriptor& field) {
  if (field.is_repeated()) return false;
  for (const google::protobuf::Descriptor* type :
       {registry::v1::Period::descriptor(), registry::v1::Scope::descriptor(), registry::v1::Standing::descriptor(),
        registry::v1::Environment::descriptor(), registry::v1::Specification::descriptor()}) {
    if (field.message_type() == type) return true;
  }
  return false;
}

void CompleteParts(const Message& existing, const std::vector<std::string>& cleared, Message& given) {
  const Reflection& reflection = *given.GetReflection();
  // A row may say of a part that there is nothing in it, and nothing else of the whole.
  for (const std::string& path : cleared) {
    const std::vector<std::string> names = absl::StrSplit(path, '.');
    const FieldDescriptor* whole = names.size() < 3 ? nullptr : given.GetDescriptor()->FindFieldByName(names[1]);
    if (whole == nullptr || whole->is_repeated() || whole->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (HasParts(*whole) && reflection.HasField(existing, whole)) reflection.MutableMessage(&given, whole);
  }
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(given, &set);
  for (const FieldDescriptor* field : set) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->message_type() == registry::v1::GoodsItem::descriptor() && field->is_repeated()) {
      CompleteGoods(existing, *field, given);
    } else if (!field->is_repeated() && HasParts(*field) && reflection.HasField(existing, field)) {
      AddParts(reflection.GetMessage(existing, field), absl::StrCat(".", field->name(), "."), cleared,
               *reflection.MutableMessage(&given, field));
    }
  }
}

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
