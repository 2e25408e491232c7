// Bytes of keys and records: order, round trips, and decoding of anything at all.
#include "storage/engine/rocksdb/record.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

#include "storage/engine/rocksdb/history_key.h"
#include "tests/storage/engine/engine_cases.h"

namespace gi::engine {
namespace {

const uint64_t kNumbers[] = {1, 2, 0x7f, 0x80, 0x3fff, 0x4000, 1ull << 35, 1ull << 63, UINT64_MAX - 1, UINT64_MAX};

TEST(HistoryKey, OrdersByKeyThenNewestFirst) {
  const std::vector<std::string> keys = {"",
                                         Bytes("\0"),
                                         Bytes("\0\0"),
                                         Bytes("\0\x01"),
                                         Bytes("\0\xff"),
                                         Bytes("\x01"),
                                         "a",
                                         Bytes("a\0"),
                                         Bytes("a\0b"),
                                         Bytes("a\x01"),
                                         "aa",
                                         "a\xff",
                                         "\xff",
                                         "\xff\xff"};
  std::vector<std::tuple<std::string, uint64_t>> plain;
  for (const std::string& key : keys) {
    for (const uint64_t revision : kNumbers) plain.emplace_back(key, ~revision);
  }
  std::sort(plain.begin(), plain.end());
  std::vector<std::string> encoded;
  for (const auto& [key, inverted] : plain) encoded.push_back(HistoryKey(key, Revision{~inverted}));
  EXPECT_TRUE(std::is_sorted(encoded.begin(), encoded.end()));
  EXPECT_EQ(std::adjacent_find(encoded.begin(), encoded.end()), encoded.end());
}

TEST(HistoryKey, IsParsedAgain) {
  const std::string keys[] = {"", Bytes("\0"), Bytes("a\0\x01"), Bytes("\0\xff"), "\xff\xff", "key"};
  for (const std::string& key : keys) {
    for (const uint64_t revision : {uint64_t{0}, uint64_t{5}, ~uint64_t{0}}) {
      const auto parsed = ParseHistoryKey(HistoryKey(key, Revision{revision}));
      ASSERT_TRUE(parsed.has_value());
      EXPECT_EQ(parsed->key, key);
      EXPECT_EQ(parsed->revision, Revision{revision});
    }
  }
  const std::string eight(8, 'r');
  for (const std::string& bad : {std::string(), eight, "k" + eight, Bytes("\0") + eight, Bytes("\0\x02") + eight,
                                 Bytes("\0k\0\x01") + eight, Bytes("\0\0\x01") + eight}) {
    EXPECT_EQ(ParseHistoryKey(bad), std::nullopt) << testing::PrintToString(bad);
  }
}

TEST(HistoryKey, TellsItsRevisionToThoseWhoKnowTheKey) {
  for (const uint64_t revision : kNumbers) {
    EXPECT_EQ(HistoryRevision(HistoryKey("key", Revision{revision}), HistoryKey("key", Revision{5})),
              Revision{revision});
  }
  const std::string sought = HistoryKey("key", Revision{5});
  EXPECT_EQ(HistoryRevision(HistoryKey("kez", Revision{5}), sought), std::nullopt);
  EXPECT_EQ(HistoryRevision(HistoryKey("keyy", Revision{5}), sought), std::nullopt);
  EXPECT_EQ(HistoryRevision("", sought), std::nullopt);
}

TEST(RevisionKey, RoundTripsInOrder) {
  std::string before;
  for (const uint64_t revision : kNumbers) {
    const std::string key = RevisionKey(Revision{revision});
    EXPECT_GT(key, before);
    EXPECT_EQ(ParseRevisionKey(key), Revision{revision});
    before = key;
  }
  EXPECT_EQ(ParseRevisionKey("1234567"), std::nullopt);
  EXPECT_EQ(ParseRevisionKey("123456789"), std::nullopt);
}

TEST(Record, RoundTrips) {
  for (const uint64_t entries : kNumbers) {
    const std::string bytes = EncodeLogRecord({.entries = entries, .payload = "payload"});
    ASSERT_VALUE(const LogRecord record, DecodeLogRecord(bytes));
    EXPECT_EQ(record.entries, entries);
    EXPECT_EQ(record.payload, "payload");
  }
  for (const uint64_t revision : kNumbers) {
    for (const uint64_t first : kNumbers) {
      if (first > revision) continue;
      for (const bool deleted : {false, true}) {
        const HistoryRecord content{.deleted = deleted, .value = deleted ? "" : "value"};
        const std::string bytes = EncodeCurrentRecord({Revision{revision}, Revision{first}, content});
        ASSERT_VALUE(const CurrentRecord record, DecodeCurrentRecord(bytes));
        EXPECT_EQ(record.revision, Revision{revision});
        EXPECT_EQ(record.first, Revision{first});
        EXPECT_EQ(record.content.deleted, deleted);
        EXPECT_EQ(record.content.value, content.value);
      }
    }
  }
}

TEST(Record, RefusesWhatNoEncoderMakes) {
  const std::vector<std::string> corrupt = {
      "",
      Bytes("\x05"),                                              // no age
      Bytes("\x05\x00"),                                          // no state
      Bytes("\x05\x00\x02"),                                      // unknown state
      Bytes("\x05\x00\x01x"),                                     // deleted, but with a value
      Bytes("\x05\x05\x00"),                                      // first version at revision 0
      Bytes("\x00\x00\x00"),                                      // revision 0
      Bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x00\x00"),  // 65 bits
      std::string(11, '\xff'),                                    // endless
  };
  for (const std::string& bytes : corrupt) EXPECT_REASON(DecodeCurrentRecord(bytes).status(), DATA_CORRUPT);
  EXPECT_REASON(DecodeHistoryRecord("").status(), DATA_CORRUPT);
  EXPECT_REASON(DecodeLogRecord("").status(), DATA_CORRUPT);
  EXPECT_REASON(DecodeLogRecord(Bytes("\0payload")).status(), DATA_CORRUPT);
}

TEST(Record, DecodesRandomBytesToTheSameBytesOrNotAtAll) {
  std::mt19937 random(1);
  for (int i = 0; i < 100000; ++i) {
    std::string bytes(random() % 16, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 4 == 0 ? random() % 256 : random() % 3);
    const auto current = DecodeCurrentRecord(bytes);
    // Numbers may be padded, so lengths may differ, but what is read back is the same.
    if (current.ok()) {
      const std::string encoded = EncodeCurrentRecord(*current);
      const auto again = DecodeCurrentRecord(encoded);
      ASSERT_TRUE(again.ok() && again->revision == current->revision && again->first == current->first);
      ASSERT_EQ(again->content.value, current->content.value);
    }
    (void)DecodeLogRecord(bytes).ok();
    (void)DecodeHistoryRecord(bytes).ok();
  }
}

}  // namespace
}  // namespace gi::engine
