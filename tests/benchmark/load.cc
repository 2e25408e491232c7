#include "tests/benchmark/load.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"

namespace gi::benchmark {
namespace {

struct Call {
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer response;
  grpc::Status status;
  absl::Time start;
};

double Percentile(std::vector<double>& sorted, double p) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(static_cast<double>(sorted.size()) * p))];
}

}  // namespace

absl::Duration CpuTimeOf(int pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  std::getline(file, line);
  // The fields after the name in parentheses; user and system time are the 14th and 15th of all.
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  int64_t user = 0, system = 0;
  fields >> user >> system;
  return absl::Seconds(static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

LoadResult RunLoad(const LoadOptions& options, const std::function<std::string(uint64_t)>& next) {
  grpc::GenericStub stub(grpc::CreateChannel(options.target, grpc::InsecureChannelCredentials()));
  grpc::CompletionQueue queue;
  uint64_t started = 0, answered = 0, failed = 0;
  auto start = [&](Call* call) {
    const std::string bytes = next(started++);
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    call->context = std::make_unique<grpc::ClientContext>();
    call->context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    call->start = absl::Now();
    call->reader = stub.PrepareUnaryCall(call->context.get(), options.method, request, &queue);
    call->reader->StartCall();
    call->reader->Finish(&call->response, &call->status, call);
  };
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < options.in_flight; ++i) start(calls.emplace_back(std::make_unique<Call>()).get());

  const absl::Time begin = absl::Now() + options.warm_up;
  const absl::Time end = begin + options.time;
  absl::Duration cpu_at_begin;
  bool counting = false;
  std::vector<double> latencies;
  int running = options.in_flight;
  void* tag = nullptr;
  bool ok = false;
  while (running > 0 && queue.Next(&tag, &ok)) {
    Call* call = static_cast<Call*>(tag);
    const absl::Time now = absl::Now();
    if (!counting && now >= begin) {
      counting = true;
      cpu_at_begin = CpuTimeOf(options.server_pid);
    }
    if (counting && now < end) {
      ++answered;
      failed += call->status.ok() ? 0 : 1;
      latencies.push_back(absl::ToDoubleMilliseconds(now - call->start));
    }
    if (now < end) {
      start(call);
    } else {
      --running;
    }
  }
  LoadResult result;
  const absl::Duration cpu = CpuTimeOf(options.server_pid) - cpu_at_begin;
  std::sort(latencies.begin(), latencies.end());
  result.calls_per_second = static_cast<double>(answered) / absl::ToDoubleSeconds(options.time);
  result.p50_ms = Percentile(latencies, 0.5);
  result.p99_ms = Percentile(latencies, 0.99);
  result.p999_ms = Percentile(latencies, 0.999);
  result.server_cpu_us = absl::ToDoubleMicroseconds(cpu) / static_cast<double>(std::max<uint64_t>(answered, 1));
  result.failed = failed;
  return result;
}

}  // namespace gi::benchmark
