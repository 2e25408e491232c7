#include "storage/engine/rocksdb/history_key.h"

#include "absl/strings/strip.h"

namespace gi::engine {
namespace {

constexpr size_t kRevisionBytes = 8;
constexpr char kEnd[] = {'\0', '\x01'};

void AppendBigEndian(uint64_t value, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> shift) & 0xFF));
}

uint64_t ParseBigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

std::string HistoryKeyPrefix(absl::string_view key) {
  std::string out;
  out.reserve(key.size() + sizeof(kEnd) + kRevisionBytes);
  for (const char byte : key) {
    out.push_back(byte);
    if (byte == '\0') out.push_back('\xFF');
  }
  return out;
}

std::string HistoryKey(absl::string_view key, Revision revision) {
  std::string out = HistoryKeyPrefix(key);
  out.append(kEnd, sizeof(kEnd));
  AppendBigEndian(~revision.value, out);
  return out;
}

std::optional<KeyAndRevision> ParseHistoryKey(absl::string_view history_key) {
  if (history_key.size() < sizeof(kEnd) + kRevisionBytes) return std::nullopt;
  const absl::string_view revision = history_key.substr(history_key.size() - kRevisionBytes);
  absl::string_view escaped = history_key.substr(0, history_key.size() - kRevisionBytes);
  if (!absl::ConsumeSuffix(&escaped, absl::string_view(kEnd, sizeof(kEnd)))) return std::nullopt;
  KeyAndRevision parsed;
  parsed.revision = Revision{~ParseBigEndian(revision)};
  for (size_t i = 0; i < escaped.size(); ++i) {
    parsed.key.push_back(escaped[i]);
    if (escaped[i] == '\0' && (++i == escaped.size() || escaped[i] != '\xFF')) return std::nullopt;
  }
  return parsed;
}

std::optional<Revision> HistoryRevision(absl::string_view history_key, absl::string_view sought) {
  const size_t prefix = sought.size() - kRevisionBytes;
  if (history_key.size() != sought.size() || history_key.substr(0, prefix) != sought.substr(0, prefix))
    return std::nullopt;
  return Revision{~ParseBigEndian(history_key.substr(prefix))};
}

std::string RevisionKey(Revision revision) {
  std::string out;
  AppendBigEndian(revision.value, out);
  return out;
}

std::optional<Revision> ParseRevisionKey(absl::string_view bytes) {
  if (bytes.size() != kRevisionBytes) return std::nullopt;
  return Revision{ParseBigEndian(bytes)};
}

}  // namespace gi::engine
