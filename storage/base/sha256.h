// SHA-256 and HMAC-SHA-256 (OpenSSL) and random bytes. Thread-safe.
#ifndef GI_STORAGE_BASE_SHA256_H_
#define GI_STORAGE_BASE_SHA256_H_

#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace gi {

// 32 bytes: the hash of the concatenation of the parts.
std::string Sha256(std::initializer_list<absl::string_view> parts);

// The same over bytes that come piece by piece. Belongs to one thread.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Add(absl::string_view bytes);
  // 32 bytes. Once, as the last call.
  std::string Finish();

 private:
  void* context_;
};

// 32 bytes.
std::string HmacSha256(absl::string_view key, absl::string_view data);

// True if equal; takes the same time wherever they differ.
bool EqualConstantTime(absl::string_view a, absl::string_view b);

// Cryptographically strong. Small amounts come from a supply of the thread, so a process that forks must not go on asking
// in the child.
std::string RandomBytes(size_t size);

}  // namespace gi

#endif  // GI_STORAGE_BASE_SHA256_H_
