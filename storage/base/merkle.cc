#include "storage/base/merkle.h"

#include <utility>

#include "storage/base/sha256.h"

namespace gi {
namespace {

std::string NodeHash(absl::string_view left, absl::string_view right) { return Sha256({"\x01", left, right}); }

}  // namespace

std::string MerkleLeafHash(absl::string_view leaf) { return Sha256({absl::string_view("\0", 1), leaf}); }

void MerkleTree::Add(std::string leaf_hash) {
  // As adding one carries from bit to bit, two subtrees of one size make one of twice that.
  for (uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    leaf_hash = NodeHash(full_.back(), leaf_hash);
    full_.pop_back();
  }
  full_.push_back(std::move(leaf_hash));
  ++size_;
}

std::string MerkleTree::Root() const {
  if (full_.empty()) return Sha256({});
  std::string root = full_.back();
  for (size_t i = full_.size() - 1; i-- > 0;) root = NodeHash(full_[i], root);
  return root;
}

}  // namespace gi
