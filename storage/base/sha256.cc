#include "storage/base/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace gi {
namespace {

constexpr size_t kHashBytes = 32;

// OpenSSL fails here only without memory or without its provider; a hash that is not one must not be used.
void Require(bool ok) {
  if (!ok) std::abort();
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Fetching the algorithm costs more than hashing a short text with it; so it is fetched once and never freed.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

EVP_MD_CTX* ThreadContext() {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  Require(context != nullptr);
  return context.get();
}

}  // namespace

std::string Sha256(std::initializer_list<absl::string_view> parts) {
  EVP_MD_CTX* const context = ThreadContext();
  Require(EVP_DigestInit_ex2(context, Algorithm(), nullptr) == 1);
  for (absl::string_view part : parts) Require(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  std::string hash(kHashBytes, '\0');
  Require(EVP_DigestFinal_ex(context, Bytes(hash), nullptr) == 1);
  return hash;
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  Require(context_ != nullptr && EVP_DigestInit_ex2(static_cast<EVP_MD_CTX*>(context_), Algorithm(), nullptr) == 1);
}

Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256Stream::Add(absl::string_view bytes) {
  Require(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1);
}

std::string Sha256Stream::Finish() {
  std::string hash(kHashBytes, '\0');
  Require(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), Bytes(hash), nullptr) == 1);
  return hash;
}

std::string HmacSha256(absl::string_view key, absl::string_view data) {
  Require(key.size() <= INT_MAX);
  std::string code(kHashBytes, '\0');
  // HMAC() takes a null key for "the key of the call before".
  const void* const key_bytes = key.empty() ? "" : key.data();
  const auto* const made =
      HMAC(Algorithm(), key_bytes, static_cast<int>(key.size()), Bytes(data), data.size(), Bytes(code), nullptr);
  Require(made != nullptr);
  return code;
}

bool EqualConstantTime(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

std::string RandomBytes(size_t size) {
  Require(size <= INT_MAX);
  std::string bytes(size, '\0');
  // Small amounts from a supply of the thread's own: asking the generator costs a microsecond whatever the amount.
  constexpr size_t kSupply = 1024;
  thread_local std::array<unsigned char, kSupply> supply;
  thread_local size_t left = 0;
  if (size > kSupply / 4) {
    Require(RAND_bytes(Bytes(bytes), static_cast<int>(size)) == 1);
    return bytes;
  }
  if (left < size) {
    Require(RAND_bytes(supply.data(), static_cast<int>(kSupply)) == 1);
    left = kSupply;
  }
  left -= size;
  std::memcpy(bytes.data(), supply.data() + left, size);
  // Given out once and kept nowhere else.
  OPENSSL_cleanse(supply.data() + left, size);
  return bytes;
}

}  // namespace gi
