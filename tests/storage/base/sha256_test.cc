#include "storage/base/sha256.h"

#include <set>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace gi {
namespace {

std::string Hex(const std::string& bytes) { return absl::BytesToHexString(bytes); }

// FIPS 180-4 examples.
TEST(Sha256Test, KnownAnswers) {
  EXPECT_EQ(Hex(Sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256({"abc"})), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256({"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"})),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256Test, HashesTheConcatenation) {
  EXPECT_EQ(Sha256({"a", "", "bc"}), Sha256({"abc"}));
  EXPECT_EQ(Sha256({absl::string_view()}), Sha256({}));
  EXPECT_NE(Sha256({absl::string_view("\0", 1)}), Sha256({}));
}

TEST(Sha256Test, ThreadsDoNotDisturbEachOther) {
  const std::string expected = Sha256({"abc"});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) ASSERT_EQ(Sha256({"a", "bc"}), expected);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// RFC 4231, cases 1, 2 and 6.
TEST(HmacSha256Test, KnownAnswers) {
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256Test, AnEmptyKeyIsAKey) {
  const std::string code = HmacSha256("", "data");
  HmacSha256("other key", "data");
  EXPECT_EQ(HmacSha256(absl::string_view(), "data"), code);
  EXPECT_EQ(Hex(HmacSha256("", "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(EqualConstantTimeTest, Compares) {
  EXPECT_TRUE(EqualConstantTime("", absl::string_view()));
  EXPECT_TRUE(EqualConstantTime("abc", "abc"));
  EXPECT_FALSE(EqualConstantTime("abc", "abd"));
  EXPECT_FALSE(EqualConstantTime("abc", "ab"));
  EXPECT_FALSE(EqualConstantTime("", "a"));
}

TEST(RandomBytesTest, HasTheSizeAndDiffers) {
  EXPECT_EQ(RandomBytes(0), "");
  EXPECT_EQ(RandomBytes(33).size(), 33u);
  EXPECT_NE(RandomBytes(16), RandomBytes(16));
}

TEST(RandomBytesTest, GivesNothingTwiceWhereASupplyEnds) {
  std::set<std::string> seen;
  for (int i = 0; i < 5000; ++i) EXPECT_TRUE(seen.insert(RandomBytes(static_cast<size_t>(16 + i % 300))).second);
  // None is the filling of a supply that was used up.
  EXPECT_EQ(seen.count(std::string(16, '\0')), 0u);
}

}  // namespace
}  // namespace gi
