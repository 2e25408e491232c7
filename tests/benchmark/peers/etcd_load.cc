// Drives etcd over its gRPC interface, messages encoded by hand: etcd's proto files are not needed to build this.
//
//   etcd_load TARGET fill  N IN_FLIGHT BATCH                 puts the N existing authorizations
//   etcd_load TARGET range N IN_FLIGHT SECONDS PID RUN       linearizable ranges of one key, half of them absent
//   etcd_load TARGET put   N IN_FLIGHT SECONDS PID RUN       puts of new keys
//
// PID is etcd's process, for its processor time. Prints one line of JSON. Keys are those of keys.py.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "tests/benchmark/load.h"

namespace gi::benchmark {
namespace {

// Numbers of keys that are put begin here, apart from the loaded ones, and further on with each run.
constexpr uint64_t kFirstPut = 1'000'000'000;
constexpr uint64_t kPutsPerRun = 100'000'000;

std::string KeyOf(uint64_t number) {
  const uint64_t spread = 1'000'000'000 + number * 2654435761 % 9'000'000'000;
  return absl::StrCat("GI", 100'000 + spread / 1000 % 2000, "/93500155", spread);
}

// About as long as keys.py has it.
std::string ValueOf(uint64_t number) {
  const uint64_t n = number / 2 % 97;
  return absl::StrFormat(
      "valid_from=%d-%02d-01;valid_until=%d-%02d-01;scope=product-%03d,product-%03d;decision=AUTH-%d;state=IN_FORCE;"
      "source=announcement-%05d-sheet-%d",
      2015 + n % 9, 1 + n % 12, 2020 + n % 9, 1 + n % 12, n, n + 7, 20150000 + n * 37, n, n % 9);
}

// A field of wire type 2: texts and messages.
std::string Field(int number, absl::string_view bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  size_t length = bytes.size();
  for (; length >= 0x80; length >>= 7) out.push_back(static_cast<char>((length & 0x7f) | 0x80));
  out.push_back(static_cast<char>(length));
  absl::StrAppend(&out, bytes);
  return out;
}

std::string RangeRequest(uint64_t number) { return Field(1, KeyOf(number)); }

std::string PutRequest(uint64_t number) { return absl::StrCat(Field(1, KeyOf(number)), Field(2, ValueOf(number))); }

// TxnRequest.success is field 2, RequestOp.request_put is field 2.
std::string PutsRequest(uint64_t first, uint64_t end) {
  std::string out;
  for (uint64_t i = first; i < end; ++i) absl::StrAppend(&out, Field(2, Field(2, PutRequest(2 * i))));
  return out;
}

struct Call {
  grpc::ClientContext context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer response;
  grpc::Status status;
};

// RunLoad() runs for a time; this puts everything once. False when a transaction failed.
bool Fill(const std::string& target, uint64_t count, uint64_t in_flight, uint64_t batch) {
  grpc::GenericStub stub(grpc::CreateChannel(target, grpc::InsecureChannelCredentials()));
  grpc::CompletionQueue queue;
  uint64_t next = 0, running = 0;
  auto start = [&] {
    const uint64_t end = std::min(count, next + batch);
    const grpc::Slice slice(PutsRequest(next, end));
    const grpc::ByteBuffer request(&slice, 1);
    next = end;
    auto* call = new Call;
    call->reader = stub.PrepareUnaryCall(&call->context, "/etcdserverpb.KV/Txn", request, &queue);
    call->reader->StartCall();
    call->reader->Finish(&call->response, &call->status, call);
    ++running;
  };
  while (next < count && running < in_flight) start();
  void* tag = nullptr;
  bool ok = false;
  bool good = true;
  while (running > 0 && queue.Next(&tag, &ok)) {
    const std::unique_ptr<Call> call(static_cast<Call*>(tag));
    --running;
    if (!call->status.ok()) std::cerr << call->status.error_message() << "\n";
    good = good && call->status.ok();
    if (good && next < count) start();
  }
  return good;
}

void Print(const LoadResult& result) {
  std::cout << absl::StrFormat(R"({"ops_per_second": %.1f, "p50_ms": %.4f, "p99_ms": %.4f, "p999_ms": %.4f, )",
                               result.calls_per_second, result.p50_ms, result.p99_ms, result.p999_ms)
            << absl::StrFormat(R"("server_cpu_us": %.2f, "failed": %d})", result.server_cpu_us, result.failed) << "\n";
}

int Main(const std::vector<std::string>& words) {
  std::vector<uint64_t> numbers;
  for (size_t i = 3; i < words.size(); ++i) {
    uint64_t number = 0;
    if (!absl::SimpleAtoi(words[i], &number)) return EXIT_FAILURE;
    numbers.push_back(number);
  }
  const std::string mode = words.size() > 2 ? words[2] : "";
  if (mode == "fill" && numbers.size() == 3) {
    return Fill(words[1], numbers[0], numbers[1], numbers[2]) ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  if ((mode != "range" && mode != "put") || numbers.size() != 5) {
    std::cerr << "see the head of etcd_load.cc\n";
    return EXIT_FAILURE;
  }
  LoadOptions options;
  options.target = words[1];
  options.method = mode == "range" ? "/etcdserverpb.KV/Range" : "/etcdserverpb.KV/Put";
  options.in_flight = static_cast<int>(numbers[1]);
  options.time = absl::Seconds(static_cast<int64_t>(numbers[2]));
  options.server_pid = static_cast<int>(numbers[3]);
  std::mt19937_64 random(numbers[4]);
  std::uniform_int_distribution<uint64_t> any(0, 2 * numbers[0] - 1);
  const uint64_t first_put = kFirstPut + numbers[4] * kPutsPerRun;
  Print(RunLoad(options,
                [&](uint64_t i) { return mode == "range" ? RangeRequest(any(random)) : PutRequest(first_put + i); }));
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace gi::benchmark

int main(int argc, char** argv) { return gi::benchmark::Main(std::vector<std::string>(argv, argv + argc)); }
