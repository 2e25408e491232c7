#include "server/domain/import.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/domain/personal_data.h"

namespace gi::domain {

void CheckImport(const registry::v1::Import& given, absl::string_view prefix, FieldViolations& violations) {
  const auto malformed = [&](absl::string_view field, absl::string_view value, const char* expected,
                             const char* expected_zh) {
    violations.Add(absl::StrCat(prefix, ".", field), ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", EchoValue(value)}, {"expected", expected}, {"expected_zh", expected_zh}});
  };
  if (given.max_errors() < 0) {
    malformed("max_errors", absl::StrCat(given.max_errors()), "0 or more", "0 或正整数");
  }
  const auto is_digit = [](unsigned char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); };
  const std::string& sha = given.source_sha256();
  if (!sha.empty() && (sha.size() != 64 || !absl::c_all_of(sha, is_digit))) {
    malformed("source_sha256", sha, "64 lower-case hexadecimal digits", "64 位小写十六进制数字");
  }
  if (given.source_name().find_first_of("/\\") != std::string::npos) {
    malformed("source_name", given.source_name(), "the name of a file, without folders", "不含路径的文件名");
  }
}

}  // namespace gi::domain
