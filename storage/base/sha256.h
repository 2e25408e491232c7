// SHA-256 and HMAC-SHA-256 (OpenSSL) and random bytes. Thread-safe.
#ifndef GI_STORAGE_BASE_SHA256_H_
#define GI_STORAGE_BASE_SHA256_H_

#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace gi {

// 32 bytes: the hash of the concatenation of the parts.
std::string Sha256(std::initializer_list<absl::string_view> parts);

// 32 bytes.
std::string HmacSha256(absl::string_view key, absl::string_view data);

// True if equal; takes the same time wherever they differ.
bool EqualConstantTime(absl::string_view a, absl::string_view b);

// Cryptographically strong.
std::string RandomBytes(size_t size);

}  // namespace gi

#endif  // GI_STORAGE_BASE_SHA256_H_
