// Keys: tuples in bytes whose bytewise order is the order of the tuples. KEYSPACE.md lists every tag with golden
// examples that a test reads.
//
//   key     = tag (2 bytes, big-endian) ‖ components
//   string  = its bytes with 0x00 written 0x00 0xFF, then 0x00 0x01     (any bytes; no string's encoding begins
//   another's) uint64  = 8 bytes, big-endian
//
// KeyWriter and KeyReader belong to one thread; the functions are pure.
#ifndef GI_STORAGE_KEYSPACE_KEY_H_
#define GI_STORAGE_KEYSPACE_KEY_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gi::keyspace {

using Tag = uint16_t;

// Versioned space: tables end in 0, their indexes follow them.
inline constexpr Tag kDivisions = 0x0010;
inline constexpr Tag kEntities = 0x0020;
inline constexpr Tag kEntitiesByUscc = 0x0021;
inline constexpr Tag kIndications = 0x0030;
inline constexpr Tag kIndicationsByNumber = 0x0031;
inline constexpr Tag kIndicationsByKind = 0x0032;
inline constexpr Tag kIndicationsByProduct = 0x0033;
inline constexpr Tag kIndicationsByName = 0x0034;
inline constexpr Tag kAuthorizations = 0x0040;
inline constexpr Tag kAuthorizationsByIndication = 0x0041;
inline constexpr Tag kAuthorizationsByEntity = 0x0042;
inline constexpr Tag kSurveys = 0x0050;
inline constexpr Tag kSurveyRecords = 0x0060;
inline constexpr Tag kSurveyRecordsByTownship = 0x0061;
inline constexpr Tag kSurveyRecordsByProduct = 0x0062;
inline constexpr Tag kSurveyRecordsByKey = 0x0063;
inline constexpr Tag kSurveyTallies = 0x0070;
inline constexpr Tag kProducts = 0x0080;
inline constexpr Tag kProductsByStage = 0x0081;
inline constexpr Tag kProductsByKey = 0x0082;
inline constexpr Tag kRuleSets = 0x0090;
inline constexpr Tag kApplications = 0x00A0;
inline constexpr Tag kApplicationsByApplicant = 0x00A1;
inline constexpr Tag kApplicationsByProduct = 0x00A2;
inline constexpr Tag kLawBooks = 0x00B0;
inline constexpr Tag kTargets = 0x00C0;
inline constexpr Tag kTargetsByFigure = 0x00C1;
inline constexpr Tag kImports = 0x00D0;
inline constexpr Tag kImportsByTime = 0x00D1;
inline constexpr Tag kImportChunks = 0x00E0;
inline constexpr bool IsIndex(Tag tag) { return (tag & 0x0F) != 0; }
// Local space.
inline constexpr Tag kCalls = 0x0101;
inline constexpr Tag kCommitTimes = 0x0102;
inline constexpr Tag kMeta = 0x0103;
inline constexpr Tag kImportProgress = 0x0104;
inline constexpr Tag kImportKeys = 0x0105;
inline constexpr Tag kDeletions = 0x0106;

// The tag a key begins with; 0 if it is too short for one.
Tag TagOf(absl::string_view key);

class KeyWriter {
 public:
  explicit KeyWriter(Tag tag);
  KeyWriter& String(absl::string_view text);
  KeyWriter& Uint64(uint64_t value);
  const std::string& bytes() const& { return bytes_; }
  std::string&& bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads back what KeyWriter wrote. Every method gives DATA_CORRUPT for bytes that it cannot have written.
// The bytes must outlive the reader.
class KeyReader {
 public:
  explicit KeyReader(absl::string_view bytes) : rest_(bytes) {}
  absl::StatusOr<Tag> ReadTag();
  absl::StatusOr<std::string> String();
  absl::StatusOr<uint64_t> Uint64();
  // OK only if everything was read.
  absl::Status Done() const;

 private:
  absl::string_view rest_;
};

// The smallest key that sorts after `key`.
std::string KeyAfter(absl::string_view key);

}  // namespace gi::keyspace

#endif  // GI_STORAGE_KEYSPACE_KEY_H_
