// keyspace/key.h: what KeyReader reads is what KeyWriter wrote, and nothing else is read; the order of keys is that of
// their components.
//
// Input: a byte that chooses (bits of a shape: which of up to 7 components are numbers), then the bytes of a key, or
// the components of two.
#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "storage/keyspace/key.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

using keyspace::KeyReader;
using keyspace::KeyWriter;

constexpr keyspace::Tag kTag = 0x0021;

struct Component {
  bool is_number;
  uint64_t number;
  std::string text;
};

std::string Write(keyspace::Tag tag, const std::vector<Component>& components) {
  KeyWriter writer(tag);
  for (const Component& c : components) c.is_number ? writer.Uint64(c.number) : writer.String(c.text);
  return std::move(writer).bytes();
}

// The components of a key of this shape; nullopt if the bytes are none.
std::optional<std::vector<Component>> Read(absl::string_view bytes, uint8_t shape, keyspace::Tag& tag) {
  KeyReader reader(bytes);
  const auto read_tag = reader.ReadTag();
  if (!read_tag.ok()) return std::nullopt;
  tag = *read_tag;
  std::vector<Component> components;
  for (; shape > 1; shape >>= 1) {
    Component c{(shape & 1) != 0, 0, ""};
    if (c.is_number) {
      const auto number = reader.Uint64();
      if (!number.ok()) return std::nullopt;
      c.number = *number;
    } else {
      auto text = reader.String();
      if (!text.ok()) return std::nullopt;
      c.text = *std::move(text);
    }
    components.push_back(std::move(c));
  }
  if (!reader.Done().ok()) return std::nullopt;
  return components;
}

std::strong_ordering Compare(const std::vector<Component>& a, const std::vector<Component>& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    const auto order = a[i].is_number ? a[i].number <=> b[i].number : a[i].text.compare(b[i].text) <=> 0;
    if (order != std::strong_ordering::equal) return order;
  }
  return std::strong_ordering::equal;
}

void ReadAnyBytes(absl::string_view bytes, uint8_t shape) {
  keyspace::Tag tag = 0;
  const auto components = Read(bytes, shape, tag);
  if (components) FUZZ_CHECK(Write(tag, *components) == bytes);
  FUZZ_CHECK(keyspace::KeyAfter(bytes) > bytes);
}

void CompareTwo(Input& input, uint8_t shape) {
  std::vector<Component> pair[2];
  for (auto& components : pair) {
    for (uint8_t s = shape; s > 1; s >>= 1) {
      const bool is_number = (s & 1) != 0;
      components.push_back({is_number, is_number ? input.Number() : 0, std::string(is_number ? "" : input.Piece())});
    }
  }
  const std::string a = Write(kTag, pair[0]);
  const std::string b = Write(kTag, pair[1]);
  FUZZ_CHECK((a.compare(b) <=> 0) == Compare(pair[0], pair[1]));
  keyspace::Tag tag = 0;
  const auto again = Read(a, shape, tag);
  FUZZ_CHECK(again && tag == kTag && Compare(*again, pair[0]) == std::strong_ordering::equal);
}

}  // namespace
}  // namespace gi::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::Input input(data, size);
  const uint8_t shape = input.Byte();
  gi::fuzz::Input copy = input;
  gi::fuzz::ReadAnyBytes(copy.Rest(), shape);
  gi::fuzz::CompareTwo(input, shape);
  return 0;
}
