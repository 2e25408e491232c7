#include "server/domain/resource_name.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/domain/personal_data.h"

namespace gi::domain {
namespace {

std::optional<std::string> FindId(absl::string_view name, absl::string_view collection) {
  const std::string pattern = absl::StrCat(collection, "/*");
  const std::vector<absl::string_view> wanted = absl::StrSplit(pattern, '/');
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != wanted.size()) return std::nullopt;
  std::string id;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (wanted[i] != "*" ? parts[i] != wanted[i] : !IsResourceId(parts[i])) return std::nullopt;
    if (wanted[i] == "*") absl::StrAppend(&id, id.empty() ? "" : "/", parts[i]);
  }
  return id;
}

}  // namespace

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
  if (std::optional<std::string> id = FindId(name, collection)) return *std::move(id);
  violations.Add(field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", EchoValue(name)},
                  {"expected", absl::StrCat(absl::StrReplaceAll(collection, {{"*", "{id}"}}),
                                            "/{id}, id = [a-z0-9][a-z0-9.-]{0,62}")}});
  return "";
}

std::string ResourceName(absl::string_view collection, absl::string_view id) {
  const std::vector<absl::string_view> outer = absl::StrSplit(collection, absl::MaxSplits('*', 1));
  if (outer.size() == 1) return absl::StrCat(collection, "/", id);
  const std::vector<absl::string_view> ids = absl::StrSplit(id, absl::MaxSplits('/', 1));
  return absl::StrCat(outer[0], ids[0], outer[1], "/", ids.size() > 1 ? ids[1] : "");
}

std::string IdOfKnownName(absl::string_view name, absl::string_view collection) {
  return FindId(name, collection).value_or("");
}

}  // namespace gi::domain
