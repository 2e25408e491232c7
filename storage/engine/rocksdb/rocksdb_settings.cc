#include "storage/engine/rocksdb/rocksdb_settings.h"

#include <memory>

#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"
#include "storage/engine/rocksdb/diagnostic_log.h"
#include "storage/engine/rocksdb/key_prefix.h"

namespace gi::engine {
namespace {

constexpr size_t kKiB = 1024;
constexpr size_t kMiB = 1024 * kKiB;

enum class Filter { kNone, kBloom };

rocksdb::BlockBasedTableOptions TableSettings(const std::shared_ptr<rocksdb::Cache>& cache, size_t block_bytes,
                                              Filter filter) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = block_bytes;
  // Indexes and filters count against the cache, so that its size is nearly all the memory for reading; pinned, so that
  // a read neither looks them up nor ever waits for one that was evicted.
  table.cache_index_and_filter_blocks = true;
  table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kAll;
  table.metadata_cache_options.partition_pinning = rocksdb::PinningTier::kAll;
  table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kAll;
  if (filter == Filter::kBloom) {
    // Of whole keys, 10 bits each: 1 % of the look-ups of an absent key read a block. Absence is a common answer.
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.whole_key_filtering = true;
  }
  return table;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const rocksdb::BlockBasedTableOptions& table,
                                           rocksdb::CompressionType compression, size_t write_buffer_bytes) {
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.compression = compression;
  family.write_buffer_size = write_buffer_bytes;
  // One being filled, one being flushed: a third would only delay the stall that a slow device asks for.
  family.max_write_buffer_number = 2;
  // Levels sized from the last one up: dead versions of a key take about a tenth of the space, whatever the size.
  family.level_compaction_dynamic_level_bytes = true;
  if (table.filter_policy != nullptr) {
    // The same for what is still in memory: a new row, its indexes and its call are looked for before they are written.
    family.memtable_whole_key_filtering = true;
    family.memtable_prefix_bloom_size_ratio = 0.02;
    // A batch brings the keys of a table in order: each is sought from the place of the one before. The first two bytes
    // are the table's.
    family.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(2));
  }
  return family;
}

}  // namespace

rocksdb::DBOptions DatabaseSettings(const RocksDbOptions& options) {
  rocksdb::DBOptions db;
  db.create_if_missing = options.create_if_missing;
  // Also finishes a creation that was interrupted between two families.
  db.create_missing_column_families = true;
  if (options.env != nullptr) db.env = options.env;

  // An incomplete record at the end of the write-ahead log is a write that was never acknowledged; anything else that
  // does not check out is damage, and the store refuses to open rather than to forget what was acknowledged.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // A synced log file that is missing or short is noticed, not taken for an incomplete end.
  db.track_and_verify_wals_in_manifest = true;
  // The end of a reused file is old data, which cannot be told from damage.
  db.recycle_log_file_num = 0;
  db.paranoid_checks = true;
  // A background failure stops the writes and stays: our own rule is that a store that failed is reopened.
  db.max_bgerror_resume_count = 0;

  // Families that are seldom flushed hold the log back; this bounds it, and with it the time of recovery (about a
  // second).
  db.max_total_wal_size = 256 * kMiB;
  // Close syncs the log instead: quicker, and no less durable.
  db.avoid_flush_during_shutdown = true;

  // One flush and one compaction at a time on a machine with two cores, which serves meanwhile.
  db.max_background_jobs = 2;
  // Dirty pages of tables go out as they are written, so that the sync of a commit does not queue behind 64 MiB of
  // them.
  db.bytes_per_sync = kMiB;
  // Below the 1024 descriptors that a process customarily gets, with room for connections; 512 tables are about 30 GiB.
  db.max_open_files = 512;
  // Direct and mapped I/O stay off (the defaults): the page cache of a shared machine serves what the block cache does
  // not.

  db.info_log = std::make_shared<DiagnosticLog>(options.path);
  db.stats_dump_period_sec = 3600;
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> FamilySettings(const RocksDbOptions& options) {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  // Small blocks where single keys are read: a block is what a read from disk decompresses. Large ones where what is
  // read together lies together, or is seldom read: they compress better. Every block has a checksum that each read
  // from disk verifies (the default).
  const auto points = TableSettings(cache, 8 * kKiB, Filter::kBloom);
  const auto ranges = TableSettings(cache, 32 * kKiB, Filter::kNone);
  // `history` is sought only where the record in `current` says that there is something: a filter would never say no.
  const auto versions = TableSettings(cache, 16 * kKiB, Filter::kNone);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  // A handful of tiny values, one of them rewritten with every commit.
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, FamilyOptions(TableSettings(cache, 4 * kKiB, Filter::kNone),
                                                                         rocksdb::kNoCompression, 8 * kMiB));
  // Written once in order, so files move down without being rewritten; read in sequence: ZSTD for its size.
  families.emplace_back("log", FamilyOptions(ranges, rocksdb::kZSTD, 32 * kMiB));
  // The hot path: LZ4 decompresses a block in a few microseconds.
  rocksdb::ColumnFamilyOptions current = FamilyOptions(points, rocksdb::kLZ4Compression, 64 * kMiB);
  current.prefix_extractor = KeyPrefix();
  families.emplace_back("current", current);
  // Grows for ever, seldom read, versions of a row beside each other: ZSTD.
  families.emplace_back("history", FamilyOptions(versions, rocksdb::kZSTD, 32 * kMiB));
  // Nearly every look-up of an idempotency key is for one that is not there: the filter answers it.
  families.emplace_back("local", FamilyOptions(points, rocksdb::kLZ4Compression, 64 * kMiB));
  return families;
}

}  // namespace gi::engine
