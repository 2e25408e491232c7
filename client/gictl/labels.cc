#include "client/gictl/labels.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/gictl/fields.h"
#include "client/gictl/label_tables.h"

namespace gi::client::gictl {
namespace {

absl::string_view Find(absl::Span<const Label> labels, absl::string_view name) {
  for (const Label& label : labels) {
    if (label.name == name) return label.chinese;
  }
  return "";
}

}  // namespace

std::string EnumLabel(const google::protobuf::EnumValueDescriptor& value, Language language) {
  const absl::string_view chinese = Find(EnumLabels(), value.name());
  if (language == Language::kChinese && !chinese.empty()) return std::string(chinese);
  return absl::StrReplaceAll(absl::AsciiStrToLower(ShortName(value)), {{"_", " "}});
}

std::string EnumLabel(const google::protobuf::EnumDescriptor& type, int value, Language language) {
  const google::protobuf::EnumValueDescriptor* known = type.FindValueByNumber(value);
  return known == nullptr ? absl::StrCat(value) : EnumLabel(*known, language);
}

std::string FieldLabel(const google::protobuf::FieldDescriptor& field, Language language) {
  const absl::string_view chinese = Find(FieldLabels(), field.name());
  if (language == Language::kChinese && !chinese.empty()) return std::string(chinese);
  return absl::StrReplaceAll(field.name(), {{"_", " "}});
}

}  // namespace gi::client::gictl
