// Stored rows: storage/base/leaf.h (SplitFields, CanonicalRow) and what each table makes of a row and of its change.
//
// Input: a piece (its length in one byte) that is the row before, the rest is the row after.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/leaf.h"
#include "storage/registry/tables.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

void SplitAnyBytes(absl::string_view wire) {
  const auto units = SplitFields(wire);
  const auto row = CanonicalRow(wire);
  FUZZ_CHECK(units.ok() == row.ok());
  if (!units.ok()) return;
  FUZZ_CHECK(row->size() == wire.size());
  for (size_t i = 0; i < units->size(); ++i) {
    FUZZ_CHECK(!(*units)[i].bytes.empty());
    FUZZ_CHECK(i == 0 || (*units)[i - 1].number < (*units)[i].number);
  }
  FUZZ_CHECK(CanonicalRow(*row).value() == *row);
}

// A message means the same in its canonical form.
template <class Message>
void ParseAs(const table::Table<Message>& table, absl::string_view wire) {
  const auto message = table.Parse(wire);
  if (!message.ok()) return;
  const std::string bytes = message->SerializeAsString();
  const auto row = CanonicalRow(bytes);
  // Not if it has a group, which only an unknown field can be.
  if (!row.ok()) return;
  const auto again = table.Parse(*row);
  FUZZ_CHECK(again.ok() && CanonicalRow(again->SerializeAsString()).value() == *row);
}

using Changes = std::vector<engine::ViewMutation>;

// Which keys the changes leave, as one text.
std::string KeysLeft(const Changes& changes) {
  std::vector<std::string> keys;
  for (const engine::ViewMutation& change : changes) {
    std::erase(keys, change.key);
    if (change.value) keys.push_back(change.key);
  }
  std::sort(keys.begin(), keys.end());
  std::string text;
  for (const std::string& key : keys) absl::StrAppend(&text, key.size(), ":", key);
  return text;
}

// To change a row leaves what making the new one leaves; to delete it leaves nothing.
void Change(const table::AnyTable& table, absl::string_view before, absl::string_view after) {
  const std::string key = table.Key("id");
  Changes made, changed, fresh;
  const bool before_parses = table.AppendRowChange(key, std::nullopt, before, nullptr, made).ok();
  const bool after_parses = table.AppendRowChange(key, std::nullopt, after, nullptr, fresh).ok();
  changed = made;
  const bool both_parse = table.AppendRowChange(key, before, after, nullptr, changed).ok();
  FUZZ_CHECK(both_parse == (before_parses && after_parses));
  if (!both_parse) return;
  FUZZ_CHECK(KeysLeft(changed) == KeysLeft(fresh));
  FUZZ_CHECK(table.AppendRowChange(key, after, std::nullopt, nullptr, changed).ok());
  FUZZ_CHECK(KeysLeft(changed).empty());
}

}  // namespace
}  // namespace gi::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::SilenceProtobuf();
  gi::fuzz::Input input(data, size);
  const absl::string_view before = input.Piece();
  const absl::string_view after = input.Rest();
  gi::fuzz::SplitAnyBytes(after);
  gi::fuzz::ParseAs(gi::registry::kDivisions, after);
  gi::fuzz::ParseAs(gi::registry::kEntities, after);
  gi::fuzz::ParseAs(gi::registry::kIndications, after);
  gi::fuzz::ParseAs(gi::registry::kAuthorizations, after);
  for (const gi::table::AnyTable* table : gi::registry::AllTables()) gi::fuzz::Change(*table, before, after);
  return 0;
}
