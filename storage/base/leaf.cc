#include "storage/base/leaf.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "storage/base/error.h"
#include "storage/base/sha256.h"
#include "storage/base/status_macros.h"

namespace gi {
namespace {

using google::protobuf::internal::WireFormatLite;

constexpr char kCommitmentDomain = 1;
constexpr char kSaltDomain = 2;
constexpr char kLeafFormat = 1;

template <class Int>
void AppendBigEndian(Int value, std::string& out) {
  for (int shift = static_cast<int>(sizeof(Int)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<uint64_t>(value) >> shift));
  }
}

absl::Status NotAMessage() {
  return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "row is not a protobuf message"}});
}

}  // namespace

absl::StatusOr<std::vector<FieldUnit>> SplitFields(absl::string_view wire) {
  std::vector<FieldUnit> units;
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(wire.data()),
                                               static_cast<int>(wire.size()));
  while (input.CurrentPosition() < static_cast<int>(wire.size())) {
    const size_t start = static_cast<size_t>(input.CurrentPosition());
    const uint32_t tag = input.ReadTag();
    const WireFormatLite::WireType type = WireFormatLite::GetTagWireType(tag);
    if (WireFormatLite::GetTagFieldNumber(tag) == 0 || type == WireFormatLite::WIRETYPE_START_GROUP ||
        type == WireFormatLite::WIRETYPE_END_GROUP || !WireFormatLite::SkipField(&input, tag)) {
      return NotAMessage();
    }
    const size_t end = static_cast<size_t>(input.CurrentPosition());
    const uint32_t number = static_cast<uint32_t>(WireFormatLite::GetTagFieldNumber(tag));
    const absl::string_view bytes = wire.substr(start, end - start);
    if (!units.empty() && units.back().number == number) {
      units.back().bytes.append(bytes.data(), bytes.size());
    } else {
      units.push_back({number, std::string(bytes)});
    }
  }
  auto before = [](const FieldUnit& a, const FieldUnit& b) { return a.number < b.number; };
  if (!std::is_sorted(units.begin(), units.end(), before)) std::stable_sort(units.begin(), units.end(), before);
  size_t kept = 0;
  for (size_t i = 1; i < units.size(); ++i) {
    if (units[i].number == units[kept].number) {
      units[kept].bytes += units[i].bytes;
    } else if (++kept != i) {
      units[kept] = std::move(units[i]);
    }
  }
  if (!units.empty()) units.resize(kept + 1);
  return units;
}

absl::StatusOr<std::string> CanonicalRow(absl::string_view wire) {
  ASSIGN_OR_RETURN(const std::vector<FieldUnit> units, SplitFields(wire));
  std::string row;
  row.reserve(wire.size());
  for (const FieldUnit& unit : units) row += unit.bytes;
  return row;
}

std::string UnitSalt(absl::string_view seed, uint32_t unit) {
  std::string head(1, kSaltDomain);
  AppendBigEndian(unit, head);
  std::string salt = Sha256({head, seed});
  salt.resize(kSaltBytes);
  return salt;
}

std::string UnitCommitment(uint32_t unit, absl::string_view salt, absl::string_view bytes) {
  std::string head(1, kCommitmentDomain);
  AppendBigEndian(unit, head);
  return Sha256({head, salt, bytes});
}

std::string EncodeLeaf(const LeafHeader& header, absl::Span<const CommittedUnit> units) {
  std::string leaf(1, kLeafFormat);
  AppendBigEndian(header.sequence, leaf);
  AppendBigEndian(header.revision, leaf);
  AppendBigEndian(header.commit_time_us, leaf);
  AppendBigEndian(header.table, leaf);
  leaf.push_back(header.deleted ? 1 : 0);
  AppendBigEndian(static_cast<uint32_t>(units.size()), leaf);
  for (const CommittedUnit& unit : units) {
    AppendBigEndian(unit.unit, leaf);
    leaf += unit.commitment;
  }
  return leaf;
}

}  // namespace gi
