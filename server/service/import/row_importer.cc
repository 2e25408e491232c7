#include "server/service/import/row_importer.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gi/registry/v1/annotations.pb.h"
#include "storage/base/text.h"

namespace gi::service {
namespace {

// Whether a path ("validity.to") leads to a field that a correction may take away. `is_set`: the resource fills it.
bool MayBeCleared(const google::protobuf::Message& resource, absl::string_view path, bool& is_set) {
  const google::protobuf::Message* message = &resource;
  const std::vector<absl::string_view> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const google::protobuf::FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(std::string(names[i]));
    if (field == nullptr) return false;
    const registry::v1::FieldRule& rule = field->options().GetExtension(registry::v1::rule);
    if (rule.output_only() || rule.immutable()) return false;
    const google::protobuf::Reflection& reflection = *message->GetReflection();
    if (i + 1 == names.size()) {
      is_set = field->is_repeated() ? reflection.FieldSize(*message, field) > 0 : reflection.HasField(*message, field);
      return !rule.required();
    }
    if (i > 0 || !HasParts(*field)) return false;
    message = &reflection.GetMessage(*message, field);
  }
  return false;
}

}  // namespace

void AddRefusal(const absl::Status& status, FieldViolations& findings) {
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail) return AddFinding(status, "", findings);
  const auto named = std::find_if(detail->metadata.begin(), detail->metadata.end(),
                                  [](const auto& item) { return item.first == "field"; });
  // A summary names the field of its first finding, which follows.
  AddFinding(status, detail->violations.empty() && named != detail->metadata.end() ? named->second : "", findings);
  if (detail->reason == registry::v1::ERROR_REASON_FIELDS_INVALID) return;
  for (const registry::v1::Violation& violation : detail->violations) findings.Add(violation);
}

void CheckImportRow(const registry::v1::ImportRow& row, FieldViolations& violations) {
  const google::protobuf::UnknownFieldSet& unknown = row.GetReflection()->GetUnknownFields(row);
  for (int i = 0; i < unknown.field_count(); ++i) {
    violations.Add(absl::StrCat("#", unknown.field(i).number()), registry::v1::ERROR_REASON_FIELD_UNKNOWN);
  }
  const auto limit = [&](int number, size_t size) {
    if (size == 0) return;
    const google::protobuf::FieldDescriptor& field = *row.GetDescriptor()->FindFieldByNumber(number);
    const registry::v1::FieldRule& rule = field.options().GetExtension(registry::v1::rule);
    const auto most = static_cast<size_t>(field.is_repeated() ? rule.max_items() : rule.max_chars());
    if (size <= most) return;
    violations.Add(field.name(), registry::v1::ERROR_REASON_FIELD_TOO_LONG,
                   {{"size", absl::StrCat(size)}, {"limit", absl::StrCat(most)}});
  };
  limit(registry::v1::ImportRow::kEntityUsccFieldNumber, CountChars(row.entity_uscc()));
  limit(registry::v1::ImportRow::kTitleFieldNumber, CountChars(row.title()));
  limit(registry::v1::ImportRow::kTitleNumberFieldNumber, CountChars(row.title_number()));
  limit(registry::v1::ImportRow::kClearedFieldNumber, static_cast<size_t>(row.cleared_size()));
}

std::string OnlyId(const table::IdPage& page, absl::string_view field, const std::string& value,
                   FieldViolations& violations) {
  if (page.ids.size() < 2) return page.ids.empty() ? "" : page.ids.front();
  violations.Add(field, registry::v1::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", domain::EchoValue(value)},
                  {"expected", "what only one row of the register says; give the id of the one that is meant"},
                  {"expected_zh", "仅指向一条记录的内容；请填写所指记录的标识"}});
  return "";
}

void CheckCleared(const Cleared& cleared, absl::string_view prefix, const google::protobuf::Message& resource,
                  FieldViolations& violations) {
  for (int i = 0; i < cleared.size(); ++i) {
    absl::string_view path = cleared.Get(i);
    const bool is_own = absl::ConsumePrefix(&path, prefix);
    const std::string field = absl::StrCat("cleared[", i, "]");
    bool is_set = false;
    if (!is_own || !MayBeCleared(resource, path, is_set)) {
      violations.Add(
          field, registry::v1::ERROR_REASON_FIELD_MALFORMED,
          {{"value", domain::EchoValue(cleared.Get(i))},
           {"expected",
            absl::StrCat("the path of a field that may be empty and can be corrected by itself, below ", prefix)},
           {"expected_zh", absl::StrCat(prefix, " 之下可以为空、可单独更正的字段的路径")}});
    } else if (is_set) {
      violations.Add(field, registry::v1::ERROR_REASON_FIELD_CONTRADICTS,
                     {{"value", domain::EchoValue(cleared.Get(i))},
                      {"other", cleared.Get(i)},
                      {"expected", "nothing there"},
                      {"expected_zh", "空"}});
    }
  }
}

void AddCleared(const Cleared& cleared, const google::protobuf::Message& given,
                const google::protobuf::Message& existing, std::vector<std::string>& fields) {
  for (const std::string& path : cleared) {
    const std::string name = path.substr(path.find('.') + 1);
    const google::protobuf::FieldDescriptor* field = existing.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || std::find(fields.begin(), fields.end(), name) != fields.end()) continue;
    const google::protobuf::Reflection& reflection = *existing.GetReflection();
    const auto has = [&](const google::protobuf::Message& row) {
      return field->is_repeated() ? reflection.FieldSize(row, field) > 0 : reflection.HasField(row, field);
    };
    if (has(existing) && !has(given)) fields.push_back(name);
  }
}

std::string IdOfKey(absl::string_view key) { return "k" + absl::BytesToHexString(Sha256({key})).substr(0, 19); }

}  // namespace gi::service
