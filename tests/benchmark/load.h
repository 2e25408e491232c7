// A closed-loop load: a number of calls, or of messages of one stream, kept in flight from one completion queue, and
// what came of them.
#ifndef GI_TESTS_BENCHMARK_LOAD_H_
#define GI_TESTS_BENCHMARK_LOAD_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace gi::benchmark {

struct LoadResult {
  double calls_per_second = 0;
  double p50_ms = 0, p99_ms = 0, p999_ms = 0;
  // User and system time of the server's process per call, in microseconds.
  double server_cpu_us = 0;
  // Calls that were answered with an error.
  uint64_t failed = 0;
};

struct LoadOptions {
  std::string target;
  std::string method;  // "/package.Service/Method"
  int in_flight = 1;
  absl::Duration warm_up = absl::Seconds(1);
  absl::Duration time = absl::Seconds(3);
  int server_pid = 0;
};

// `next` gives the serialized request of the i-th call.
LoadResult RunLoad(const LoadOptions& options, const std::function<std::string(uint64_t)>& next);

// The same with messages of one bidirectional stream; `calls` of the result are messages.
LoadResult RunStreamLoad(const LoadOptions& options, const std::function<std::string(uint64_t)>& next);

// One call of a unary method.
absl::Status CallOnce(const std::string& target, const std::string& method, const google::protobuf::Message& request,
                      google::protobuf::Message& response);
template <class Response>
absl::StatusOr<Response> CallOnce(const std::string& target, const std::string& method,
                                  const google::protobuf::Message& request) {
  Response response;
  const absl::Status status = CallOnce(target, method, request, response);
  if (!status.ok()) return status;
  return response;
}

// `p` from 0 to 1; 0 of nothing.
double Percentile(const std::vector<double>& sorted, double p);

// User and system time that a process has used so far.
absl::Duration CpuTimeOf(int pid);

}  // namespace gi::benchmark

#endif  // GI_TESTS_BENCHMARK_LOAD_H_
