#include "storage/keyspace/key.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "storage/base/error.h"

namespace gi::keyspace {
namespace {

struct Golden {
  Tag tag;
  std::vector<std::string> components;
  std::string bytes;
};

std::vector<Golden> ReadGolden() {
  std::vector<Golden> golden;
  std::ifstream file(GI_SOURCE_DIR "/storage/keyspace/KEYSPACE.md");
  std::string line;
  bool in_section = false;
  while (std::getline(file, line)) {
    if (line == "## Golden examples") in_section = true;
    if (!in_section || line.rfind("| 0", 0) != 0) continue;
    const std::vector<std::string> cells = absl::StrSplit(line, " | ");
    const std::string tag_bytes = absl::HexStringToBytes(absl::StripPrefix(cells[0], "| "));
    const std::string hex = absl::StrReplaceAll(absl::StripSuffix(cells[2], " |"), {{" ", ""}});
    golden.push_back({static_cast<Tag>(static_cast<uint8_t>(tag_bytes[0]) << 8 | static_cast<uint8_t>(tag_bytes[1])),
                      absl::StrSplit(cells[1], ' '), absl::HexStringToBytes(hex)});
  }
  return golden;
}

std::string Unescape(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\\x00", std::string(1, '\0')}, {"\\xff", "\xff"}});
}

TEST(KeyTest, GoldenExamplesOfKeyspaceMd) {
  const std::vector<Golden> golden = ReadGolden();
  ASSERT_GE(golden.size(), 15u);
  std::string last;
  for (const Golden& example : golden) {
    KeyWriter writer(example.tag);
    KeyReader reader(example.bytes);
    EXPECT_EQ(reader.ReadTag().value(), example.tag);
    for (absl::string_view component : example.components) {
      uint64_t number;
      if (absl::ConsumePrefix(&component, "s:")) {
        writer.String(Unescape(component));
        EXPECT_EQ(reader.String().value(), Unescape(component));
      } else if (absl::ConsumePrefix(&component, "u:") && absl::SimpleAtoi(component, &number)) {
        writer.Uint64(number);
        EXPECT_EQ(reader.Uint64().value(), number);
      } else {
        FAIL() << component;
      }
    }
    EXPECT_TRUE(reader.Done().ok());
    EXPECT_EQ(absl::BytesToHexString(writer.bytes()), absl::BytesToHexString(example.bytes));
    EXPECT_LT(last, example.bytes);
    last = example.bytes;
  }
}

RC_GTEST_PROP(KeyTest, OrderOfKeysIsOrderOfTuples, ()) {
  const auto a = *rc::gen::arbitrary<std::tuple<std::string, uint64_t, std::string>>();
  // Half of the second tuples share the first component, and many strings are short with zero bytes.
  auto b = *rc::gen::arbitrary<std::tuple<std::string, uint64_t, std::string>>();
  if (*rc::gen::arbitrary<bool>())
    std::get<0>(b) = std::get<0>(a) + (*rc::gen::arbitrary<bool>() ? std::string(1, '\0') : "");
  auto key = [](const auto& t) {
    return KeyWriter(kEntities).String(std::get<0>(t)).Uint64(std::get<1>(t)).String(std::get<2>(t)).bytes();
  };
  RC_ASSERT((a < b) == (key(a) < key(b)));
  RC_ASSERT((a == b) == (key(a) == key(b)));
  KeyReader reader(key(a));
}

RC_GTEST_PROP(KeyTest, AnyBytesAreReadOrRefused, (const std::string& bytes)) {
  KeyReader reader(bytes);
  if (!reader.ReadTag().ok()) return;
  const auto text = reader.String();
  if (!text.ok()) {
    RC_ASSERT(GetErrorReason(text.status()) == ErrorReason::ERROR_REASON_DATA_CORRUPT);
  } else if (reader.Done().ok()) {
    RC_ASSERT(KeyWriter(KeyReader(bytes).ReadTag().value()).String(*text).bytes() == bytes);
  }
}

TEST(KeyTest, RefusesTornAndTrailingBytes) {
  const std::string key = KeyWriter(kEntities).String("abc").bytes();
  for (size_t size = 2; size < key.size(); ++size) {
    KeyReader reader(absl::string_view(key).substr(0, size));
    ASSERT_TRUE(reader.ReadTag().ok());
    EXPECT_FALSE(reader.String().ok()) << size;
  }
  const std::string longer = key + "x";
  KeyReader reader(longer);
  ASSERT_TRUE(reader.ReadTag().ok());
  ASSERT_TRUE(reader.String().ok());
  EXPECT_FALSE(reader.Done().ok());
  EXPECT_FALSE(reader.Uint64().ok());
}

TEST(KeyTest, KeyAfterIsTheNextKey) { EXPECT_EQ(KeyAfter("ab"), std::string("ab\0", 3)); }

}  // namespace
}  // namespace gi::keyspace
