#include "server/domain/field_plan.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/common.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace gi::domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MessageFactory;
using registry::v1::FieldRule;

constexpr uint32_t kDefaultMaxChars = 200;
constexpr int kDefaultMaxItems = 100;

MessageKind KindOf(const Descriptor* type) {
  if (type == registry::v1::Date::descriptor()) return MessageKind::kDate;
  if (type == registry::v1::Period::descriptor()) return MessageKind::kPeriod;
  if (type == google::protobuf::Timestamp::descriptor()) return MessageKind::kTimestamp;
  if (type == google::protobuf::FieldMask::descriptor()) return MessageKind::kFieldMask;
  return MessageKind::kPlain;
}

bool HasFieldsToCheck(MessageKind kind) { return kind == MessageKind::kPlain || kind == MessageKind::kPeriod; }

FieldKind KindOfString(const FieldDescriptor* field, const FieldRule& rule) {
  if (field->name() == "request_id") return FieldKind::kUuid;
  switch (rule.content()) {
    case registry::v1::CONTENT_ASCII:
      return FieldKind::kAscii;
    case registry::v1::CONTENT_PARSED:
      return FieldKind::kParsed;
    case registry::v1::CONTENT_LINES:
      return FieldKind::kLines;
    default:
      return FieldKind::kText;
  }
}

FieldKind KindOfField(const FieldDescriptor* field, const FieldRule& rule) {
  if (field->type() == FieldDescriptor::TYPE_STRING) return KindOfString(field, rule);
  if (field->type() == FieldDescriptor::TYPE_ENUM) return FieldKind::kEnum;
  if (field->type() == FieldDescriptor::TYPE_MESSAGE && !field->is_map()) return FieldKind::kMessage;
  if (field->type() == FieldDescriptor::TYPE_INT32 && field->name() == "page_size") return FieldKind::kPageSize;
  return FieldKind::kOther;
}

int LastKnown(const EnumDescriptor* type) {
  int last = -1;
  while (type->FindValueByNumber(last + 1) != nullptr) ++last;
  return last;
}

std::optional<FieldPlan> PlanField(const FieldDescriptor* field) {
  const FieldRule& rule = field->options().GetExtension(registry::v1::rule);
  if (rule.output_only()) return std::nullopt;
  FieldPlan plan;
  plan.field = field;
  plan.kind = KindOfField(field, rule);
  plan.required = rule.required();
  plan.repeated = field->is_repeated();
  if (rule.judged_apart()) plan.kind = FieldKind::kOther;
  if (plan.kind == FieldKind::kOther && !plan.required && !plan.repeated) return std::nullopt;
  plan.has_presence = field->has_presence();
  plan.may_be_partial = rule.may_be_partial();
  plan.max_chars = rule.max_chars() != 0 ? rule.max_chars() : kDefaultMaxChars;
  plan.max_items = rule.max_items() != 0 ? static_cast<int>(rule.max_items()) : kDefaultMaxItems;
  if (plan.kind == FieldKind::kEnum) plan.last_known_enum = LastKnown(field->enum_type());
  return plan;
}

void FindMaskedField(MessagePlan& plan) {
  const auto is_mask = [](const FieldPlan& field) { return field.field->name() == "update_mask"; };
  const auto is_row = [](const FieldPlan& field) {
    return field.kind == FieldKind::kMessage && !field.repeated && field.message->kind == MessageKind::kPlain;
  };
  const auto mask = std::find_if(plan.fields.begin(), plan.fields.end(), is_mask);
  const auto row = std::find_if(plan.fields.begin(), plan.fields.end(), is_row);
  if (mask == plan.fields.end() || row == plan.fields.end() || mask->kind != FieldKind::kMessage ||
      mask->message->kind != MessageKind::kFieldMask) {
    return;
  }
  plan.update_mask = mask->field;
  plan.masked_field = row - plan.fields.begin();
}

class Plans {
 public:
  const MessagePlan* Get(const Descriptor* type) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return Build(type);
  }

 private:
  const MessagePlan* Build(const Descriptor* type) {
    std::unique_ptr<MessagePlan>& slot = plans_[type];
    if (slot != nullptr) return slot.get();
    slot = std::make_unique<MessagePlan>();
    MessagePlan* const plan = slot.get();  // the slot moves when further types are planned
    plan->kind = KindOf(type);
    plan->reflection = MessageFactory::generated_factory()->GetPrototype(type)->GetReflection();
    if (!HasFieldsToCheck(plan->kind)) return plan;
    for (int i = 0; i < type->field_count(); ++i) {
      std::optional<FieldPlan> field = PlanField(type->field(i));
      if (!field.has_value()) continue;
      field->reflection = plan->reflection;
      if (field->kind == FieldKind::kMessage) field->message = Build(type->field(i)->message_type());
      plan->fields.push_back(*field);
    }
    FindMaskedField(*plan);
    return plan;
  }

  std::mutex mutex_;
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

}  // namespace

const MessagePlan& PlanOf(const Descriptor* type) {
  static Plans* const plans = new Plans;  // descriptors live as long
  thread_local absl::flat_hash_map<const Descriptor*, const MessagePlan*> known;
  const MessagePlan*& plan = known[type];
  if (plan == nullptr) plan = plans->Get(type);
  return *plan;
}

}  // namespace gi::domain
