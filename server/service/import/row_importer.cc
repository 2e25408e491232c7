#include "server/service/import/row_importer.h"

#include <algorithm>

#include "absl/strings/escaping.h"

namespace gi::service {

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
