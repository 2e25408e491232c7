#include "storage/keyspace/key.h"

#include "storage/base/error.h"

namespace gi::keyspace {
namespace {

constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xFF';
constexpr char kTerminator = '\x01';

absl::Status Corrupt(absl::string_view what) {
  return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "key: " + std::string(what)}});
}

}  // namespace

Tag TagOf(absl::string_view key) {
  if (key.size() < sizeof(Tag)) return 0;
  return static_cast<Tag>(static_cast<uint8_t>(key[0]) << 8 | static_cast<uint8_t>(key[1]));
}

KeyWriter::KeyWriter(Tag tag) : bytes_{static_cast<char>(tag >> 8), static_cast<char>(tag)} {}

KeyWriter& KeyWriter::String(absl::string_view text) {
  for (const char c : text) {
    bytes_.push_back(c);
    if (c == kEscape) bytes_.push_back(kEscapedZero);
  }
  bytes_.push_back(kEscape);
  bytes_.push_back(kTerminator);
  return *this;
}

KeyWriter& KeyWriter::Uint64(uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes_.push_back(static_cast<char>(value >> shift));
  return *this;
}

absl::StatusOr<Tag> KeyReader::ReadTag() {
  if (rest_.size() < 2) return Corrupt("shorter than a tag");
  const Tag tag = static_cast<Tag>(static_cast<uint8_t>(rest_[0]) << 8 | static_cast<uint8_t>(rest_[1]));
  rest_.remove_prefix(2);
  return tag;
}

absl::StatusOr<std::string> KeyReader::String() {
  std::string text;
  for (size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] != kEscape) {
      text.push_back(rest_[i]);
      continue;
    }
    if (++i == rest_.size()) break;
    if (rest_[i] == kTerminator) {
      rest_.remove_prefix(i + 1);
      return text;
    }
    if (rest_[i] != kEscapedZero) return Corrupt("bad escape in a string");
    text.push_back(kEscape);
  }
  return Corrupt("unterminated string");
}

absl::StatusOr<uint64_t> KeyReader::Uint64() {
  if (rest_.size() < 8) return Corrupt("shorter than a number");
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<uint8_t>(rest_[i]);
  rest_.remove_prefix(8);
  return value;
}

absl::Status KeyReader::Done() const {
  return rest_.empty() ? absl::OkStatus() : Corrupt("bytes after the last component");
}

std::string KeyAfter(absl::string_view key) {
  std::string after(key);
  after.push_back('\x00');
  return after;
}

}  // namespace gi::keyspace
