#include "storage/base/uuid.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/base/sha256.h"

namespace gi {
namespace {

constexpr size_t kDashes[] = {8, 13, 18, 23};

std::string WithVersion(std::string bytes, int version) {
  bytes.resize(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | (version << 4));
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  return FormatUuid(bytes);
}

}  // namespace

std::optional<std::string> ParseUuid(absl::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == kDashes[0] || i == kDashes[1] || i == kDashes[2] || i == kDashes[3];
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
    if (!dash) digits.push_back(text[i]);
  }
  return absl::HexStringToBytes(digits);
}

std::string FormatUuid(absl::string_view bytes) {
  const std::string hex = absl::BytesToHexString(bytes);
  const absl::string_view h = hex;
  return absl::StrCat(h.substr(0, 8), "-", h.substr(8, 4), "-", h.substr(12, 4), "-", h.substr(16, 4), "-",
                      h.substr(20));
}

std::string NewUuid() { return WithVersion(RandomBytes(16), 4); }

std::string UuidOf(absl::string_view text) { return WithVersion(Sha256({text}), 8); }

}  // namespace gi
