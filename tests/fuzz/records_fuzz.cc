// Keys and values of the RocksDB engine (history_key.h, record.h): any bytes are decoded or refused, and what is
// decoded is what an encoder would have written.
//
// Input: two pieces, two numbers; the rest is the bytes of a value.
#include <optional>
#include <string>

#include "storage/engine/rocksdb/history_key.h"
#include "storage/engine/rocksdb/record.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

void DecodeAnyBytes(absl::string_view bytes) {
  if (const auto log = engine::DecodeLogRecord(bytes); log.ok()) FUZZ_CHECK(engine::EncodeLogRecord(*log) == bytes);
  if (const auto old = engine::DecodeHistoryRecord(bytes); old.ok())
    FUZZ_CHECK(engine::EncodeHistoryRecord(*old) == bytes);
  if (const auto newest = engine::DecodeCurrentRecord(bytes); newest.ok()) {
    FUZZ_CHECK(newest->first.value > 0 && newest->first <= newest->revision);
    FUZZ_CHECK(engine::EncodeCurrentRecord(*newest) == bytes);
  }
  const std::optional<Revision> revision = engine::ParseRevisionKey(bytes);
  if (revision) FUZZ_CHECK(engine::RevisionKey(*revision) == bytes);
}

// Keys in their order; of one key, newer versions first.
void CompareTwo(absl::string_view a, absl::string_view b, Revision at_a, Revision at_b, absl::string_view bytes) {
  const std::string key_a = engine::HistoryKey(a, at_a);
  const std::string key_b = engine::HistoryKey(b, at_b);
  FUZZ_CHECK((key_a < key_b) == (a == b ? at_a > at_b : a < b));
  const std::optional<Revision> found = engine::HistoryRevision(key_a, key_b);
  FUZZ_CHECK(a == b ? found == at_a : !found);
  FUZZ_CHECK((engine::RevisionKey(at_a) < engine::RevisionKey(at_b)) == (at_a < at_b));
  (void)engine::HistoryRevision(bytes, key_a);
  if (const auto parsed = engine::ParseHistoryKey(bytes)) {
    FUZZ_CHECK(engine::HistoryKey(parsed->key, parsed->revision) == bytes);
  }
}

}  // namespace
}  // namespace gi::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::Input input(data, size);
  const absl::string_view a = input.Piece();
  const absl::string_view b = input.Piece();
  const gi::Revision at_a{input.Number()};
  const gi::Revision at_b{input.Number()};
  const absl::string_view bytes = input.Rest();
  gi::fuzz::DecodeAnyBytes(bytes);
  gi::fuzz::CompareTwo(a, b, at_a, at_b, bytes);
  gi::fuzz::CompareTwo(a, a, at_a, at_b, bytes);
  return 0;
}
