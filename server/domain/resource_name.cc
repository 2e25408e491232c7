#include "server/domain/resource_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/domain/personal_data.h"

namespace gi::domain {

bool IsResourceId(absl::string_view id) {
  auto is_alnum = [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c));
  };
  return !id.empty() && id.size() <= 63 && is_alnum(id[0]) &&
         std::all_of(id.begin(), id.end(), [&](char c) { return is_alnum(c) || c == '.' || c == '-'; });
}

std::string IdOfName(absl::string_view name, absl::string_view collection, absl::string_view field,
                     FieldViolations& violations) {
  if (name.empty()) return "";
  absl::string_view id = name;
  if (absl::ConsumePrefix(&id, absl::StrCat(collection, "/")) && IsResourceId(id)) return std::string(id);
  violations.Add(
      field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
      {{"value", EchoValue(name)}, {"expected", absl::StrCat(collection, "/{id}, id = [a-z0-9][a-z0-9.-]{0,62}")}});
  return "";
}

std::string ResourceName(absl::string_view collection, absl::string_view id) {
  return absl::StrCat(collection, "/", id);
}

}  // namespace gi::domain
