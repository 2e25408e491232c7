// Leaves: what the log commits to for each of its entries, so that an entry can be proven later without showing all of
// it.
//
//   leaf = format (1 byte, 1) ‖ sequence ‖ revision ‖ commit time in µs (8 bytes each) ‖ table (4) ‖ deleted (1)
//        ‖ number of units (4) ‖ for each unit, ascending:  unit (4) ‖ commitment (32)              all big-endian
//
// A unit is disclosed or erased as one. Every top-level field of the row is one unit, its number the field's; a
// repeated or nested field is one unit with all its elements. Four more units, numbered above every field, hold the
// entry's key and its commit's actor, reason and call.
//
//   commitment = SHA-256(0x01 ‖ unit (4) ‖ salt (16) ‖ wire bytes)
//   salt       = first 16 bytes of SHA-256(0x02 ‖ unit (4) ‖ seed of the entry (32))
//
// So a verifier needs no schema, and a unit is erased by dropping its bytes, its salt and the seed while the commitment
// stays: the leaf does not change. Golden file: tests/storage/base/leaf_golden.txt. Pure and thread-safe.
#ifndef GI_STORAGE_BASE_LEAF_H_
#define GI_STORAGE_BASE_LEAF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace gi {

inline constexpr size_t kSeedBytes = 32;
inline constexpr size_t kSaltBytes = 16;

// Field numbers end at 2^29 - 1.
inline constexpr uint32_t kKeyUnit = 1u << 29;
inline constexpr uint32_t kActorUnit = kKeyUnit + 1;
inline constexpr uint32_t kReasonUnit = kKeyUnit + 2;
inline constexpr uint32_t kCallUnit = kKeyUnit + 3;

// One top-level field of a message: all its occurrences, tags included, in the order of the wire.
struct FieldUnit {
  uint32_t number;
  std::string bytes;
};

// The top-level fields of a message's wire bytes in ascending order. DATA_CORRUPT for bytes that are no message, and
// for groups, which proto3 does not have.
absl::StatusOr<std::vector<FieldUnit>> SplitFields(absl::string_view wire);

// The same bytes with top-level fields in ascending order: the one form in which rows are stored.
absl::StatusOr<std::string> CanonicalRow(absl::string_view wire);

// Requires a seed of kSeedBytes.
std::string UnitSalt(absl::string_view seed, uint32_t unit);
std::string UnitCommitment(uint32_t unit, absl::string_view salt, absl::string_view bytes);

struct LeafHeader {
  uint64_t sequence;
  uint64_t revision;
  int64_t commit_time_us;
  uint32_t table;
  bool deleted;
};

struct CommittedUnit {
  uint32_t unit;
  std::string commitment;
};

// Requires units in ascending order.
std::string EncodeLeaf(const LeafHeader& header, absl::Span<const CommittedUnit> units);

}  // namespace gi

#endif  // GI_STORAGE_BASE_LEAF_H_
