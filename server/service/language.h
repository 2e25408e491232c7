// The language of a file that a request asks for. Thread-safe.
#ifndef GI_SERVER_SERVICE_LANGUAGE_H_
#define GI_SERVER_SERVICE_LANGUAGE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/domain/personal_data.h"
#include "storage/base/error.h"

namespace gi::service {

// "zh-CN" or "" is Chinese, "en" English; FIELDS_INVALID for the field `language` otherwise.
inline absl::StatusOr<Language> LanguageNamed(absl::string_view name) {
  if (name.empty() || name == "zh-CN") return Language::kChinese;
  if (name == "en") return Language::kEnglish;
  FieldViolations violations;
  violations.Add("language", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", domain::EchoValue(name)}, {"expected", "zh-CN or en"}, {"expected_zh", "zh-CN 或 en"}});
  return violations.ToStatus();
}

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_LANGUAGE_H_
