// UUIDs (RFC 9562) in canonical text form. Pure and thread-safe.
#ifndef GI_STORAGE_BASE_UUID_H_
#define GI_STORAGE_BASE_UUID_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace gi {

// 16 bytes of "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" in either case; nullopt for anything else.
std::optional<std::string> ParseUuid(absl::string_view text);

// Lower-case text of 16 bytes.
std::string FormatUuid(absl::string_view bytes);

// A random UUID (version 4).
std::string NewUuid();

// A UUID that is a function of the text (version 8, SHA-256).
std::string UuidOf(absl::string_view text);

}  // namespace gi

#endif  // GI_STORAGE_BASE_UUID_H_
