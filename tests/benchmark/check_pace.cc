// Checks at a steady rate, whatever becomes of them (an open loop): each is timed from when it was due, so that what a
// stall holds up counts too. Ends when its standard input does.
//
//   check_pace TARGET RATE USCC INDICATION     prints: checks, failed, p50, p99 and p99.9 in milliseconds, as JSON
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gi/registry/v1/check.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "tests/benchmark/load.h"

namespace {

struct Call {
  grpc::ClientContext context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer response;
  grpc::Status status;
  absl::Time due;
};

}  // namespace

using gi::benchmark::Percentile;

int main(int argc, char** argv) {
  if (argc != 5) return std::fputs("usage: check_pace TARGET RATE USCC INDICATION\n", stderr), 2;
  // Who asks is on another machine as a rule: here it must not wait for the processor. (Needs a right; without, the
  // figures are worse than the server's.)
  sched_param first = {};
  first.sched_priority = 2;
  if (sched_setscheduler(0, SCHED_FIFO, &first) != 0) std::fputs("check_pace: runs at ordinary priority\n", stderr);
  const absl::Duration interval = absl::Seconds(1) / std::atof(argv[2]);
  gi::registry::v1::CheckAuthorizationRequest request;
  request.set_uscc(argv[3]);
  request.set_indication(argv[4]);
  request.set_view(gi::registry::v1::CHECK_VIEW_VERDICT);
  const grpc::Slice slice(request.SerializeAsString());

  grpc::GenericStub stub(grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials()));
  grpc::CompletionQueue queue;
  std::vector<double> latencies;
  int failed = 0;
  std::thread receiver([&] {
    void* tag = nullptr;
    bool ok = false;
    while (queue.Next(&tag, &ok)) {
      const std::unique_ptr<Call> call(static_cast<Call*>(tag));
      latencies.push_back(absl::ToDoubleMilliseconds(absl::Now() - call->due));
      failed += call->status.ok() ? 0 : 1;
    }
  });
  std::atomic<bool> stopping = false;
  std::thread watcher([&] {
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    stopping = true;
  });
  absl::Time due = absl::Now();
  for (; !stopping; due += interval) {
    absl::SleepFor(due - absl::Now());
    auto call = std::make_unique<Call>();
    call->due = due;
    call->reader = stub.PrepareUnaryCall(&call->context, "/gi.registry.v1.CheckService/CheckAuthorization",
                                         grpc::ByteBuffer(&slice, 1), &queue);
    call->reader->StartCall();
    Call* const started = call.release();
    started->reader->Finish(&started->response, &started->status, started);
  }
  watcher.join();
  queue.Shutdown();
  receiver.join();
  std::sort(latencies.begin(), latencies.end());
  std::printf("{\"checks\": %zu, \"failed\": %d, \"p50\": %.3f, \"p99\": %.3f, \"p999\": %.3f}\n", latencies.size(),
              failed, Percentile(latencies, 0.5), Percentile(latencies, 0.99), Percentile(latencies, 0.999));
}
