// Stored commits: unpacking, applying over an empty view, leaves, and erasure, which must not change a leaf.
//
// Input: the payload of a commit.
#include <memory>
#include <string>

#include "gi/storage/v1/log.pb.h"
#include "storage/base/leaf.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/registry/apply.h"
#include "storage/table/row_reader.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

constexpr Revision kEnd{1000};

// A commit that can be applied can be stored, and gives a view that reads.
void Apply(const storage::v1::Commit& commit) {
  const std::unique_ptr<engine::Engine> engine = engine::NewMemoryEngine();
  const table::SnapshotReader empty(engine->view().Snapshot().value(), Revision{0});
  const auto change = registry::ApplyCommit(commit, kEnd, empty);
  if (!change.ok()) return;
  FUZZ_CHECK(change->revision == kEnd);
  // Not if a key is longer than the store takes: no row of that kind gets past the field rules.
  if (!engine->view().Apply({&*change, 1}).ok()) return;
  const table::SnapshotReader view(engine->view().Snapshot().value(), kEnd);
  FUZZ_CHECK(view.snapshot().GetLocal(registry::CallKey(commit.header().call())).value().has_value());
  const storage::v1::LogEntry& last = commit.entries(commit.entries_size() - 1);
  FUZZ_CHECK(view.Get(last.key()).value().has_value() == last.has_row());
}

// Erases the fields of an entry one by one.
void Erase(storage::v1::Commit commit, int index) {
  const auto leaf = registry::EncodeEntryLeaf(commit, index, kEnd);
  const auto fields = SplitFields(commit.entries(index).row());
  FUZZ_CHECK(leaf.ok() == fields.ok());
  if (!leaf.ok()) return;
  for (const FieldUnit& field : *fields) {
    FUZZ_CHECK(registry::EraseField(*commit.mutable_entries(index), field.number).ok());
    FUZZ_CHECK(registry::EncodeEntryLeaf(commit, index, kEnd).value() == *leaf);
  }
  FUZZ_CHECK(commit.entries(index).row().empty());
}

}  // namespace
}  // namespace gi::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gi;
  fuzz::SilenceProtobuf();
  fuzz::Input input(data, size);
  const std::string payload(input.Rest());
  storage::v1::Commit parsed;
  const bool parses = parsed.ParseFromString(payload);
  const auto entries = static_cast<uint64_t>(parsed.entries_size());
  FUZZ_CHECK(!registry::UnpackCommit({fuzz::kEnd, entries + 1, payload}).ok());
  const auto commit = registry::UnpackCommit({fuzz::kEnd, entries, payload});
  FUZZ_CHECK(parses || !commit.ok());
  if (!commit.ok()) return 0;
  const engine::LogCommit packed = registry::PackCommit(*commit, fuzz::kEnd);
  FUZZ_CHECK(packed.entries == entries && registry::UnpackCommit(packed).ok());
  fuzz::Apply(*commit);
  for (int i = 0; i < commit->entries_size(); ++i) fuzz::Erase(*commit, i);
  return 0;
}
