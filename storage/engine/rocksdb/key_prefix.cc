#include "storage/engine/rocksdb/key_prefix.h"

#include <string>

#include "absl/strings/string_view.h"
#include "storage/engine/rocksdb/rocksdb_status.h"

namespace gi::engine {
namespace {

constexpr absl::string_view kEnd("\x00\x01", 2);

// 0: the key has none.
size_t PrefixSize(absl::string_view key) {
  const size_t end = key.find(kEnd);
  return end == absl::string_view::npos ? 0 : end + kEnd.size();
}

class FirstComponent final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "gi.FirstComponent"; }
  bool InDomain(const rocksdb::Slice& key) const override { return PrefixSize(ToView(key)) > 0; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override { return {key.data(), PrefixSize(ToView(key))}; }
};

}  // namespace

std::shared_ptr<const rocksdb::SliceTransform> KeyPrefix() { return std::make_shared<const FirstComponent>(); }

bool IsOfOnePrefix(const KeyRange& range) {
  const absl::string_view begin = range.begin;
  const size_t size = PrefixSize(begin);
  if (size == 0 || range.end.empty()) return false;
  return range.end <= PrefixRange(begin.substr(0, size)).end;
}

}  // namespace gi::engine
