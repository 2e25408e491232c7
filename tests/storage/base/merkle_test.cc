// Trees against the definition of RFC 9162, and against roots that are known.
#include "storage/base/merkle.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "storage/base/sha256.h"

namespace gi {
namespace {

// MTH as the RFC writes it down.
std::string ByDefinition(const std::vector<std::string>& leaves, size_t begin, size_t end) {
  const size_t n = end - begin;
  if (n == 0) return Sha256({});
  if (n == 1) return MerkleLeafHash(leaves[begin]);
  size_t k = 1;
  while (k * 2 < n) k *= 2;
  return Sha256({"\x01", ByDefinition(leaves, begin, begin + k), ByDefinition(leaves, begin + k, end)});
}

TEST(MerkleTreeTest, AgreesWithTheDefinition) {
  MerkleTree tree;
  std::vector<std::string> leaves;
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(tree.Root(), ByDefinition(leaves, 0, leaves.size())) << i;
    leaves.push_back(absl::StrCat("leaf ", i));
    tree.Add(MerkleLeafHash(leaves.back()));
    EXPECT_EQ(tree.size(), leaves.size());
  }
}

// Those of the tests of certificate transparency logs (RFC 6962, whose trees are the same).
TEST(MerkleTreeTest, KnownRoots) {
  MerkleTree tree;
  EXPECT_EQ(absl::BytesToHexString(tree.Root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const std::vector<std::pair<const char*, const char*>> steps = {
      {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
      {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
      {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
      {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
      {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
      {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
      {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
      {"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
  };
  for (const auto& [leaf, root] : steps) {
    tree.Add(MerkleLeafHash(absl::HexStringToBytes(leaf)));
    EXPECT_EQ(absl::BytesToHexString(tree.Root()), root) << leaf;
  }
}

}  // namespace
}  // namespace gi
