#include "storage/engine/rocksdb/record.h"

#include <optional>

#include "storage/base/error.h"

namespace gi::engine {
namespace {

constexpr char kValue = 0;
constexpr char kDeleted = 1;

void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(0x80 | (value & 0x7F)));
  out.push_back(static_cast<char>(value));
}

// Takes a varint from the front of `bytes`; nullopt if there is none or it does not fit.
std::optional<uint64_t> TakeVarint(absl::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (shift == 63 && byte > 1) return std::nullopt;
    // No encoder ends a number with a byte that adds nothing.
    if (shift > 0 && byte == 0) return std::nullopt;
    value |= uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

void AppendContent(const HistoryRecord& record, std::string& out) {
  out.push_back(record.deleted ? kDeleted : kValue);
  if (!record.deleted) out.append(record.value.data(), record.value.size());
}

}  // namespace

absl::Status Corrupt(absl::string_view detail) {
  return MakeError(registry::v1::ERROR_REASON_DATA_CORRUPT, {{"detail", std::string(detail)}});
}

std::string EncodeLogRecord(const LogRecord& record) {
  std::string out;
  out.reserve(record.payload.size() + 10);
  AppendVarint(record.entries, out);
  out.append(record.payload.data(), record.payload.size());
  return out;
}

absl::StatusOr<LogRecord> DecodeLogRecord(absl::string_view bytes) {
  const std::optional<uint64_t> entries = TakeVarint(bytes);
  if (!entries.has_value() || *entries == 0) return Corrupt("a commit of the log without entries");
  return LogRecord{.entries = *entries, .payload = bytes};
}

std::string EncodeHistoryRecord(const HistoryRecord& record) {
  std::string out;
  out.reserve(record.value.size() + 1);
  AppendContent(record, out);
  return out;
}

absl::StatusOr<HistoryRecord> DecodeHistoryRecord(absl::string_view bytes) {
  if (bytes.empty()) return Corrupt("an empty version");
  const char state = bytes.front();
  bytes.remove_prefix(1);
  if (state == kValue) return HistoryRecord{.deleted = false, .value = bytes};
  if (state == kDeleted && bytes.empty()) return HistoryRecord{.deleted = true, .value = {}};
  return Corrupt("a version in an unknown state");
}

std::string EncodeCurrentRecord(const CurrentRecord& record) {
  std::string out;
  out.reserve(record.content.value.size() + 16);
  AppendVarint(record.revision.value, out);
  AppendVarint(record.revision.value - record.first.value, out);
  AppendContent(record.content, out);
  return out;
}

absl::StatusOr<CurrentRecord> DecodeCurrentRecord(absl::string_view bytes) {
  const std::optional<uint64_t> revision = TakeVarint(bytes);
  const std::optional<uint64_t> age = TakeVarint(bytes);
  if (!revision.has_value() || !age.has_value() || *age >= *revision) return Corrupt("a version with a bad revision");
  absl::StatusOr<HistoryRecord> content = DecodeHistoryRecord(bytes);
  if (!content.ok()) return std::move(content).status();
  return CurrentRecord{.revision = Revision{*revision}, .first = Revision{*revision - *age}, .content = *content};
}

}  // namespace gi::engine
