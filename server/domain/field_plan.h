// What field_rules checks of a message type, worked out once from its descriptor and the (rule) options on its fields.
#ifndef GI_SERVER_DOMAIN_FIELD_PLAN_H_
#define GI_SERVER_DOMAIN_FIELD_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gi/registry/v1/annotations.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace gi::domain {

struct MessagePlan;

enum class FieldKind {
  // A string, by what it holds.
  kText,
  // Free text of several lines.
  kLines,
  kAscii,
  kParsed,
  kUuid,
  kEnum,
  kPageSize,
  kMessage,
  // Anything else, of which only presence and number of elements can be wrong.
  kOther,
};

// A field that is not output only and of which something can be wrong.
struct FieldPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  // Of the message that has the field. Message::GetReflection() would find it too, at several times the cost of a
  // check.
  const google::protobuf::Reflection* reflection = nullptr;
  FieldKind kind = FieldKind::kText;
  bool required = false;
  bool repeated = false;
  // Whether set and unset differ: messages and members of a oneof.
  bool has_presence = false;
  // A Date that may lack its day, or its month and day.
  bool may_be_partial = false;
  uint32_t max_chars = 0;
  int max_items = 0;
  // The values 0..last_known_enum are all known; others need a look-up.
  int last_known_enum = -1;
  // For kMessage.
  const MessagePlan* message = nullptr;
};

// Messages that are checked as a whole instead of, or beside, field by field.
enum class MessageKind { kPlain, kDate, kPeriod, kTimestamp, kFieldMask };

struct MessagePlan {
  MessageKind kind = MessageKind::kPlain;
  const google::protobuf::Reflection* reflection = nullptr;
  // In the order of declaration. Empty for Date, Timestamp and FieldMask.
  std::vector<FieldPlan> fields;
  // In a request that has an update_mask: that field, and which of `fields` is the row it speaks of. Otherwise null and
  // -1.
  const google::protobuf::FieldDescriptor* update_mask = nullptr;
  std::ptrdiff_t masked_field = -1;
};

// The plan of a compiled-in message type; it lives as long as the program. Thread-safe; takes no lock where the calling
// thread has asked for this type before.
const MessagePlan& PlanOf(const google::protobuf::Descriptor* type);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_FIELD_PLAN_H_
