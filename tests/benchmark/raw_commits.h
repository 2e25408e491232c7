// The floor under a durable mutation: RocksDB alone, one synced write a call.
#ifndef GI_TESTS_BENCHMARK_RAW_COMMITS_H_
#define GI_TESTS_BENCHMARK_RAW_COMMITS_H_

#include <string>

#include "absl/time/time.h"

namespace gi::benchmark {

// Synced commits per second of `writers` threads, each writing one new key with a value of `value_bytes` at a time.
double RawCommitsPerSecond(const std::string& directory, int writers, size_t value_bytes, absl::Duration time);

}  // namespace gi::benchmark

#endif  // GI_TESTS_BENCHMARK_RAW_COMMITS_H_
