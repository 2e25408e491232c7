#include "tests/benchmark/raw_commits.h"

#include <rocksdb/db.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace gi::benchmark {

double RawCommitsPerSecond(const std::string& directory, int writers, size_t value_bytes, absl::Duration time) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (const rocksdb::Status status = rocksdb::DB::Open(options, directory, &opened); !status.ok()) {
    std::fprintf(stderr, "raw RocksDB: %s\n", status.ToString().c_str());
    std::exit(1);
  }
  const std::unique_ptr<rocksdb::DB> db(opened);
  const std::string value(value_bytes, 'v');
  std::atomic<uint64_t> commits = 0;
  const absl::Time end = absl::Now() + time;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      rocksdb::WriteOptions synced;
      synced.sync = true;
      for (uint64_t i = 0; absl::Now() < end; ++i) {
        if (!db->Put(synced, absl::StrCat("authorization/", writer, "/", i, "/some-sixty-bytes-of-key"), value).ok())
          return;
        ++commits;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(commits.load()) / absl::ToDoubleSeconds(time);
}

}  // namespace gi::benchmark
