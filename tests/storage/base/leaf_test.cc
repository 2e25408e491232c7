#include "storage/base/leaf.h"

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/storage/v1/log.pb.h"
#include "gtest/gtest.h"
#include "storage/base/error.h"
#include "storage/base/sha256.h"
#include "storage/registry/apply.h"
#include "storage/registry/tables.h"

namespace gi {
namespace {

storage::v1::Commit ExampleCommit() {
  registry::v1::Entity entity;
  entity.set_name("entities/e1");
  entity.set_uscc("93500155MA5TEXT11L");
  entity.set_display_name("示例合作社");
  entity.add_aliases("示例");
  entity.add_aliases("示例社");
  entity.mutable_source()->set_kind(registry::v1::SOURCE_KIND_SYNTHETIC);
  entity.mutable_source()->set_title("golden file");
  storage::v1::Commit commit;
  commit.mutable_header()->set_format(1);
  commit.mutable_header()->set_commit_time_us(1'767'225'600'000'000);
  commit.mutable_header()->mutable_actor()->set_agency("loopback");
  commit.mutable_header()->mutable_reason()->set_text("golden");
  commit.mutable_header()->mutable_call()->set_method("/gi.registry.v1.EntityService/CreateEntity");
  storage::v1::LogEntry& entry = *commit.add_entries();
  entry.set_table(0x20);
  entry.set_key(registry::kEntities.Key("e1"));
  entry.set_row(CanonicalRow(entity.SerializeAsString()).value());
  entry.set_seed(std::string(kSeedBytes, '\x07'));
  return commit;
}

// Lines "name hex"; the leaf of ExampleCommit, its hash as a Merkle leaf (RFC 9162: SHA-256 of 0x00 ‖ leaf), and a salt
// and a commitment for who implements the format anew.
std::map<std::string, std::string> ReadGolden() {
  std::map<std::string, std::string> golden;
  std::ifstream file(GI_SOURCE_DIR "/tests/storage/base/leaf_golden.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string name, hex;
    words >> name >> hex;
    golden[name] = hex;
  }
  return golden;
}

TEST(LeafTest, GoldenFile) {
  const storage::v1::Commit commit = ExampleCommit();
  const std::string leaf = registry::EncodeEntryLeaf(commit, 0, Revision{42}).value();
  const std::string salt = UnitSalt(commit.entries(0).seed(), 2);
  std::map<std::string, std::string> actual = {
      {"row", absl::BytesToHexString(commit.entries(0).row())},
      {"leaf", absl::BytesToHexString(leaf)},
      {"leaf_hash", absl::BytesToHexString(Sha256({absl::string_view("\0", 1), leaf}))},
      {"salt_of_unit_2", absl::BytesToHexString(salt)},
      {"commitment_of_unit_2", absl::BytesToHexString(UnitCommitment(2, salt, "bytes"))},
  };
  EXPECT_EQ(ReadGolden(), actual);
}

TEST(LeafTest, ErasingAFieldKeepsTheLeaf) {
  storage::v1::Commit commit = ExampleCommit();
  const std::string leaf = registry::EncodeEntryLeaf(commit, 0, Revision{42}).value();
  const std::string row = commit.entries(0).row();
  for (const uint32_t field : {3u, 4u, 4u, 99u}) {
    ASSERT_TRUE(registry::EraseField(*commit.mutable_entries(0), field).ok());
    EXPECT_EQ(registry::EncodeEntryLeaf(commit, 0, Revision{42}).value(), leaf) << field;
  }
  EXPECT_EQ(commit.entries(0).row().find("示例"), std::string::npos);
  EXPECT_TRUE(commit.entries(0).seed().empty());
  registry::v1::Entity left;
  ASSERT_TRUE(left.ParseFromString(commit.entries(0).row()));
  EXPECT_EQ(left.uscc(), "93500155MA5TEXT11L");
  EXPECT_EQ(left.display_name(), "");
}

TEST(LeafTest, EveryPartCounts) {
  const std::string leaf = registry::EncodeEntryLeaf(ExampleCommit(), 0, Revision{42}).value();
  auto changed = [&](auto change) {
    storage::v1::Commit commit = ExampleCommit();
    change(commit);
    return registry::EncodeEntryLeaf(commit, 0, Revision{42}).value() != leaf;
  };
  EXPECT_TRUE(changed([](auto& c) { c.mutable_header()->mutable_actor()->set_user("u1"); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_header()->mutable_reason()->set_text("other"); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_header()->mutable_call()->set_request_id("x"); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_header()->set_commit_time_us(1); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_entries(0)->set_key("k"); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_entries(0)->clear_row(); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_entries(0)->mutable_seed()->back() = 'x'; }));
  EXPECT_NE(registry::EncodeEntryLeaf(ExampleCommit(), 0, Revision{43}).value(), leaf);
}

TEST(LeafTest, FieldsAreGroupedAndOrdered) {
  // Field 2 (varint), field 1 (bytes), field 2 again: one unit a field, ascending.
  const std::string wire("\x10\x05\x0a\x01x\x10\x06", 7);
  const auto units = SplitFields(wire).value();
  ASSERT_EQ(units.size(), 2u);
  EXPECT_EQ(units[0].number, 1u);
  EXPECT_EQ(units[0].bytes, std::string("\x0a\x01x", 3));
  EXPECT_EQ(units[1].number, 2u);
  EXPECT_EQ(units[1].bytes, "\x10\x05\x10\x06");
  EXPECT_EQ(CanonicalRow(CanonicalRow(wire).value()).value(), CanonicalRow(wire).value());
  EXPECT_TRUE(SplitFields("").value().empty());
}

TEST(LeafTest, RefusesWhatIsNoMessage) {
  for (const std::string& wire : {std::string("\x0a\x05x"), std::string("\x0b"), std::string("\x00", 1),
                                  std::string("\xff"), std::string("\x0b\x0c"), std::string("\x07")}) {
    EXPECT_EQ(GetErrorReason(SplitFields(wire).status()), ErrorReason::ERROR_REASON_DATA_CORRUPT)
        << absl::BytesToHexString(wire);
  }
}

}  // namespace
}  // namespace gi
