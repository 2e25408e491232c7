#include "server/rpc/decode.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "storage/base/error.h"
#include "storage/base/text.h"

namespace gi::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::optional<std::string> FindInvalidText(const Message& message);

std::optional<std::string> FindInvalidElement(const Message& message, const FieldDescriptor& field, int index) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const Message& inner =
        index < 0 ? reflection.GetMessage(message, &field) : reflection.GetRepeatedMessage(message, &field, index);
    std::optional<std::string> path = FindInvalidText(inner);
    return path.has_value() ? std::optional(absl::StrCat(".", *path)) : std::nullopt;
  }
  if (field.type() != FieldDescriptor::TYPE_STRING) return std::nullopt;
  std::string scratch;
  const std::string& text = index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                                      : reflection.GetRepeatedStringReference(message, &field, index, &scratch);
  return IsValidUtf8(text) ? std::nullopt : std::optional<std::string>("");
}

// Path of the first string in the message that is not UTF-8.
std::optional<std::string> FindInvalidText(const Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      const std::optional<std::string> rest = FindInvalidElement(message, *field, -1);
      if (rest.has_value()) return absl::StrCat(field->name(), *rest);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      const std::optional<std::string> rest = FindInvalidElement(message, *field, i);
      if (rest.has_value()) return absl::StrCat(field->name(), "[", i, "]", *rest);
    }
  }
  return std::nullopt;
}

// What the parser had read when it gave up tells which string it did not like.
absl::Status Undecodable(const Message& partial) {
  const std::optional<std::string> field = FindInvalidText(partial);
  std::string english = "the bytes are cut off or were written with another schema";
  std::string chinese = "字节不完整，或按其他格式编写";
  if (field.has_value()) {
    english = absl::StrCat("the text of ", *field, " is not UTF-8");
    chinese = absl::StrCat("字段 ", *field, " 的文本不是 UTF-8");
  }
  return MakeError(registry::v1::ERROR_REASON_REQUEST_UNDECODABLE,
                   {{"type", partial.GetTypeName()}, {"detail", english}, {"detail_zh", chinese}});
}

bool Parse(const grpc::Slice& slice, Message& message) {
  return message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

}  // namespace

absl::Status Decode(const grpc::ByteBuffer& bytes, Message& message) {
  grpc::Slice slice;
  if (!bytes.Valid()) return absl::OkStatus();
  if (!bytes.TrySingleSlice(&slice).ok() && !bytes.DumpToSingleSlice(&slice).ok()) return Undecodable(message);
  return Parse(slice, message) ? absl::OkStatus() : Undecodable(message);
}

absl::Status Encode(const Message& message, grpc::ByteBuffer& bytes) {
  bool own_buffer = false;
  const grpc::Status status = grpc::SerializationTraits<Message>::Serialize(message, &bytes, &own_buffer);
  if (status.ok()) return absl::OkStatus();
  return MakeError(registry::v1::ERROR_REASON_INTERNAL,
                   {{"detail", "the answer could not be serialized"}, {"detail_zh", "应答无法序列化"}});
}

}  // namespace gi::rpc
