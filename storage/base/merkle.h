// The Merkle Tree Hash of RFC 9162, section 2.1.1, over leaves that come one after the other.
#ifndef GI_STORAGE_BASE_MERKLE_H_
#define GI_STORAGE_BASE_MERKLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gi {

// SHA-256(0x00 ‖ leaf), 32 bytes.
std::string MerkleLeafHash(absl::string_view leaf);

// Keeps one hash for each level of the tree. Belongs to one thread.
class MerkleTree {
 public:
  // Adds a leaf by its hash.
  void Add(std::string leaf_hash);
  uint64_t size() const { return size_; }
  // 32 bytes, of the leaves so far; SHA-256 of nothing if there are none.
  std::string Root() const;

 private:
  // Roots of the full subtrees that the leaves make up, the largest first: one for each bit of their number.
  std::vector<std::string> full_;
  uint64_t size_ = 0;
};

}  // namespace gi

#endif  // GI_STORAGE_BASE_MERKLE_H_
