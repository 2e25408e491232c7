#include "tests/benchmark/load.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
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

}  // namespace

double Percentile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(static_cast<double>(sorted.size()) * p))];
}

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

namespace {

grpc::ByteBuffer Bytes(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

// Counts what is answered between the end of the warm-up and the end.
class Meter {
 public:
  explicit Meter(const LoadOptions& options)
      : options_(options), begin_(absl::Now() + options.warm_up), end_(begin_ + options.time) {}

  // False: the time is over.
  bool Answered(absl::Time start, bool ok) {
    const absl::Time now = absl::Now();
    if (!counting_ && now >= begin_) {
      counting_ = true;
      cpu_at_begin_ = CpuTimeOf(options_.server_pid);
    }
    if (now >= end_) return false;
    if (counting_) {
      failed_ += ok ? 0 : 1;
      latencies_.push_back(absl::ToDoubleMilliseconds(now - start));
    }
    return true;
  }

  LoadResult Result() {
    LoadResult result;
    const absl::Duration cpu = CpuTimeOf(options_.server_pid) - cpu_at_begin_;
    const auto answered = static_cast<double>(latencies_.size());
    std::sort(latencies_.begin(), latencies_.end());
    result.calls_per_second = answered / absl::ToDoubleSeconds(options_.time);
    result.p50_ms = Percentile(latencies_, 0.5);
    result.p99_ms = Percentile(latencies_, 0.99);
    result.p999_ms = Percentile(latencies_, 0.999);
    result.server_cpu_us = absl::ToDoubleMicroseconds(cpu) / std::max(answered, 1.0);
    result.failed = failed_;
    return result;
  }

 private:
  const LoadOptions& options_;
  const absl::Time begin_, end_;
  absl::Duration cpu_at_begin_;
  bool counting_ = false;
  uint64_t failed_ = 0;
  std::vector<double> latencies_;
};

}  // namespace

absl::Status CallOnce(const std::string& target, const std::string& method, const google::protobuf::Message& request,
                      google::protobuf::Message& response) {
  grpc::GenericStub stub(grpc::CreateChannel(target, grpc::InsecureChannelCredentials()));
  grpc::CompletionQueue queue;
  Call call;
  call.context = std::make_unique<grpc::ClientContext>();
  call.reader = stub.PrepareUnaryCall(call.context.get(), method, Bytes(request.SerializeAsString()), &queue);
  call.reader->StartCall();
  call.reader->Finish(&call.response, &call.status, &call);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!call.status.ok()) return absl::InternalError(call.status.error_message());
  grpc::Slice slice;
  if (!call.response.DumpToSingleSlice(&slice).ok() ||
      !response.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return absl::InternalError("the answer cannot be read");
  }
  return absl::OkStatus();
}

LoadResult RunLoad(const LoadOptions& options, const std::function<std::string(uint64_t)>& next) {
  grpc::GenericStub stub(grpc::CreateChannel(options.target, grpc::InsecureChannelCredentials()));
  grpc::CompletionQueue queue;
  uint64_t started = 0;
  auto start = [&](Call* call) {
    const grpc::ByteBuffer request = Bytes(next(started++));
    call->context = std::make_unique<grpc::ClientContext>();
    call->context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    call->start = absl::Now();
    call->reader = stub.PrepareUnaryCall(call->context.get(), options.method, request, &queue);
    call->reader->StartCall();
    call->reader->Finish(&call->response, &call->status, call);
  };
  Meter meter(options);
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < options.in_flight; ++i) start(calls.emplace_back(std::make_unique<Call>()).get());
  int running = options.in_flight;
  void* tag = nullptr;
  bool ok = false;
  while (running > 0 && queue.Next(&tag, &ok)) {
    Call* call = static_cast<Call*>(tag);
    if (meter.Answered(call->start, call->status.ok())) {
      start(call);
    } else {
      --running;
    }
  }
  return meter.Result();
}

LoadResult RunStreamLoad(const LoadOptions& options, const std::function<std::string(uint64_t)>& next) {
  grpc::GenericStub stub(grpc::CreateChannel(options.target, grpc::InsecureChannelCredentials()));
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  const auto stream = stub.PrepareCall(&context, options.method, &queue);
  enum Tag : intptr_t { kStart = 1, kWrite, kRead, kFinish };
  const auto tag_of = [](Tag tag) { return reinterpret_cast<void*>(tag); };
  grpc::ByteBuffer answer;
  grpc::Status status;
  std::deque<absl::Time> waiting;
  uint64_t sent = 0;
  bool writing = false, going = true;
  const auto write = [&] {
    if (writing || !going || waiting.size() >= static_cast<size_t>(options.in_flight)) return;
    writing = true;
    waiting.push_back(absl::Now());
    stream->Write(Bytes(next(sent++)), tag_of(kWrite));
  };
  Meter meter(options);
  stream->StartCall(tag_of(kStart));
  void* tag = nullptr;
  bool ok = false;
  while (queue.Next(&tag, &ok)) {
    const auto what = static_cast<Tag>(reinterpret_cast<intptr_t>(tag));
    if (what == kFinish) break;
    if (what == kRead && ok) {
      going = meter.Answered(waiting.front(), true);
      waiting.pop_front();
    }
    if (what == kWrite) writing = false;
    if (!ok || !going) {
      if (going) std::abort();  // the server ended the stream
      context.TryCancel();
      if (!writing) break;
      continue;
    }
    if (what != kWrite) stream->Read(&answer, tag_of(kRead));
    write();
  }
  context.TryCancel();
  stream->Finish(&status, tag_of(kFinish));
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  return meter.Result();
}

}  // namespace gi::benchmark
