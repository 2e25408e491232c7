// Checks and durable mutations over gRPC, against a method that does nothing and against synced commits of RocksDB
// alone, side by side in every round. Prints a table; writes JSON. Never passes or fails. See README.md.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gi/benchmark/v1/noop.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "server/rpc/grpc_server.h"
#include "server/rpc/process.h"
#include "server/service/services.h"
#include "storage/base/uuid.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "storage/registry/registry.h"
#include "tests/benchmark/dataset.h"
#include "tests/benchmark/load.h"
#include "tests/benchmark/raw_commits.h"
#include "tests/support/synthetic_uscc.h"

namespace gi::benchmark {
namespace {

namespace v1 = registry::v1;

constexpr const char* kNoop = "/gi.benchmark.v1.NoopService/Noop";
constexpr const char* kCheck = "/gi.registry.v1.CheckService/CheckAuthorization";
constexpr const char* kBatch = "/gi.registry.v1.CheckService/BatchCheckAuthorizations";
constexpr const char* kStream = "/gi.registry.v1.CheckService/StreamCheckAuthorizations";
constexpr const char* kCreate = "/gi.registry.v1.EntityService/CreateEntity";
// Requests that are made before the clock runs; questions repeat after that many.
constexpr uint64_t kPrepared = 200'000;

struct Flags {
  uint64_t grants = 1'000'000;
  bool zipf = false;
  int rounds = 3;
  double seconds = 3;
  std::string data, json;
  std::string only;
  std::vector<int> in_flight = {1, 16, 64};
};

template <class T>
T OrDie(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
  std::exit(1);
}

std::unique_ptr<registry::Registry> Open(const std::string& directory) {
  engine::RocksDbOptions options;
  options.path = directory;
  return OrDie(registry::Registry::Open(OrDie(engine::OpenRocksDbEngine(options))));
}

// What the server tells when it can serve.
struct Ready {
  int port = 0;
  double start_seconds = 0;
  int64_t revision = 0;
  projection::MemoryUse memory;
};

// Runs the server in a process of its own until that is killed.
[[noreturn]] void Serve(const std::string& directory, int pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  rpc::PrepareProcess();
  const absl::Time start = absl::Now();
  const auto registry = Open(directory);
  rpc::MethodTable methods;
  service::Services services(*registry);
  if (!services.Load().ok()) std::exit(1);
  services.Register(methods);
  methods.AddHot<benchmark::v1::NoopRequest, benchmark::v1::NoopMessage>(
      "gi.benchmark.v1.NoopService/Noop", rpc::Serving::kQueue,
      [](const rpc::CallContext&, const benchmark::v1::NoopRequest& request, benchmark::v1::NoopMessage& answer) {
        answer.mutable_payload()->resize(static_cast<size_t>(request.answer_bytes()), 'n');
        return absl::OkStatus();
      });
  rpc::GrpcServerOptions server_options;
  server_options.listen = {"127.0.0.1:0"};
  auto server = OrDie(rpc::GrpcServer::Start(methods, server_options));
  server->SetServing(true);
  const Ready ready{server->ports().front(), absl::ToDoubleSeconds(absl::Now() - start),
                    static_cast<int64_t>(registry->Newest().revision().value), services.projection().memory_use()};
  if (write(pipe, &ready, sizeof(ready)) != sizeof(ready)) std::exit(1);
  while (true) pause();
}

// Runs `work` in a process of its own, so that what it leaves in memory is not the server's.
void InAnotherProcess(const std::function<void()>& work) {
  const int pid = fork();
  if (pid == 0) {
    work();
    std::exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (status != 0) std::exit(1);
}

uint64_t DiskBytes(const std::string& directory) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

class Benchmark {
 public:
  Benchmark(const Flags& flags, const Dataset& dataset, const Ready& ready, int pid, std::string work)
      : flags_(flags), revision_(ready.revision), work_(std::move(work)) {
    load_.target = absl::StrCat("127.0.0.1:", ready.port);
    load_.server_pid = pid;
    load_.time = absl::Seconds(flags.seconds);
    for (uint64_t i = 0; i < kPrepared; ++i) questions_.push_back(dataset.Question(i, flags.zipf));
  }

  void Run() {
    TellReasons();
    absl::PrintF("%-34s %9s %12s %8s %8s %8s %12s %9s\n", "method", "in flight", "per second", "p50 ms", "p99 ms",
                 "p99.9 ms", "server µs", "/ no-op");
    if (Wanted("unary")) Unary();
    if (Wanted("batch")) Batches();
    if (Wanted("stream")) Streams();
    if (Wanted("durable")) Mutations();
  }

  const google::protobuf::ListValue& results() const { return results_; }

 private:
  bool Wanted(const char* section) const { return flags_.only.empty() || flags_.only == section; }

  // Shows that the questions are what they should be, and that they are answered.
  void TellReasons() {
    std::map<std::string, int> counts;
    std::string bytes;
    v1::BatchCheckAuthorizationsRequest batch;
    for (size_t i = 0; i < 1000; ++i) *batch.add_items()->mutable_check() = questions_[i];
    const auto answer = OrDie(CallOnce<v1::BatchCheckAuthorizationsResponse>(load_.target, kBatch, batch));
    for (const auto& result : answer.results()) {
      ++counts[result.has_error() ? "error" : v1::DecisionReason_Name(result.answer().reasons(0).reason())];
    }
    for (const auto& [reason, count] : counts) absl::PrintF("  %4.1f %% %s\n", count / 10.0, reason);
  }

  std::vector<std::string> Checks(v1::CheckView view, int64_t at_revision) const {
    std::vector<std::string> requests;
    for (v1::CheckAuthorizationRequest question : questions_) {
      question.set_view(view);
      if (at_revision > 0) question.mutable_read_at()->set_exact_revision(at_revision);
      requests.push_back(question.SerializeAsString());
    }
    return requests;
  }

  std::vector<std::string> BatchesOf(size_t size, v1::CheckView view) const {
    std::vector<std::string> requests;
    for (size_t at = 0; at + size <= questions_.size() && requests.size() < 2000; at += size) {
      v1::BatchCheckAuthorizationsRequest batch;
      batch.set_view(view);
      for (size_t i = 0; i < size; ++i) *batch.add_items()->mutable_check() = questions_[at + i];
      requests.push_back(batch.SerializeAsString());
    }
    return requests;
  }

  LoadResult Load(const char* method, int in_flight, const std::vector<std::string>& requests, bool stream = false) {
    load_.method = method;
    load_.in_flight = in_flight;
    const auto next = [&](uint64_t i) { return requests[i % requests.size()]; };
    return stream ? RunStreamLoad(load_, next) : RunLoad(load_, next);
  }

  // `per_call` things are done by each call.
  void Tell(const std::string& what, int in_flight, const LoadResult& result, const LoadResult* base,
            double per_call = 1) {
    absl::PrintF("%-34s %9d %12.0f %8.2f %8.2f %8.2f %12.2f %9s%s\n", what, in_flight,
                 result.calls_per_second * per_call, result.p50_ms, result.p99_ms, result.p999_ms,
                 result.server_cpu_us / per_call,
                 base == nullptr ? "" : absl::StrFormat("%.2f", result.server_cpu_us / base->server_cpu_us),
                 result.failed > 0 ? absl::StrCat("  ", result.failed, " FAILED") : "");
    std::fflush(stdout);
    auto& fields = *results_.add_values()->mutable_struct_value()->mutable_fields();
    fields["what"].set_string_value(what);
    fields["in_flight"].set_number_value(in_flight);
    fields["per_second"].set_number_value(result.calls_per_second * per_call);
    fields["p50_ms"].set_number_value(result.p50_ms);
    fields["p99_ms"].set_number_value(result.p99_ms);
    fields["p999_ms"].set_number_value(result.p999_ms);
    fields["server_cpu_us"].set_number_value(result.server_cpu_us / per_call);
    fields["failed"].set_number_value(static_cast<double>(result.failed));
  }

  void Unary() {
    const std::vector<std::string> checks = Checks(v1::CHECK_VIEW_VERDICT, 0);
    const std::vector<std::string> full = Checks(v1::CHECK_VIEW_FULL, 0);
    const std::vector<std::string> past = Checks(v1::CHECK_VIEW_VERDICT, revision_);
    // A later revision, so that the one asked for is not the newest.
    const auto answer = OrDie(CallOnce<v1::CheckAuthorizationResponse>(load_.target, kCheck, questions_[0]));
    OrDie(CallOnce<v1::MutateEntityResponse>(load_.target, kCreate, NewEntity()));
    benchmark::v1::NoopRequest noop_request;
    noop_request.set_payload(std::string(checks[0].size(), 'n'));
    noop_request.set_answer_bytes(static_cast<int>(answer.ByteSizeLong()));
    const std::vector<std::string> noop = {noop_request.SerializeAsString()};
    for (const int in_flight : flags_.in_flight) {
      std::vector<double> cpu, speed, p50;
      for (int round = 0; round < flags_.rounds; ++round) {
        const LoadResult base = Load(kNoop, in_flight, noop);
        const LoadResult check = Load(kCheck, in_flight, checks);
        Tell("no-op", in_flight, base, nullptr);
        Tell("check, VERDICT", in_flight, check, &base);
        cpu.push_back(check.server_cpu_us / base.server_cpu_us);
        speed.push_back(check.calls_per_second / base.calls_per_second);
        p50.push_back(check.p50_ms / base.p50_ms);
        if (in_flight != 64 && round > 0) continue;
        Tell("check, FULL", in_flight, Load(kCheck, in_flight, full), &base);
        Tell("check at an earlier revision", in_flight, Load(kCheck, in_flight, past), &base);
      }
      absl::PrintF("  median of %d, check / no-op: server CPU %.2f, speed %.2f, p50 %.2f\n", flags_.rounds, Median(cpu),
                   Median(speed), Median(p50));
    }
  }

  void Batches() {
    for (const size_t size : {100, 1000}) {
      const std::vector<std::string> verdict = BatchesOf(size, v1::CHECK_VIEW_VERDICT);
      const std::vector<std::string> full = BatchesOf(size, v1::CHECK_VIEW_FULL);
      for (int round = 0; round < flags_.rounds; ++round) {
        for (const int in_flight : {1, 4}) {
          Tell(absl::StrCat("batch of ", size, ", VERDICT"), in_flight, Load(kBatch, in_flight, verdict), nullptr,
               static_cast<double>(size));
        }
      }
      Tell(absl::StrCat("batch of ", size, ", FULL"), 4, Load(kBatch, 4, full), nullptr, static_cast<double>(size));
    }
  }

  void Streams() {
    for (const size_t size : {1, 100}) {
      const std::vector<std::string> requests = BatchesOf(size, v1::CHECK_VIEW_VERDICT);
      for (int round = 0; round < flags_.rounds; ++round) {
        Tell(absl::StrCat("stream, messages of ", size), 128, Load(kStream, 128, requests, true), nullptr,
             static_cast<double>(size));
      }
    }
  }

  v1::CreateEntityRequest NewEntity() {
    v1::CreateEntityRequest request;
    ++created_;
    request.set_request_id(UuidOf(absl::StrCat("benchmark ", getpid(), " ", created_)));
    request.set_reason("benchmark");
    request.mutable_entity()->set_uscc(SyntheticUscc(first_new_ + created_));
    request.mutable_entity()->set_display_name("示例合作社");
    request.mutable_entity()->mutable_source()->set_kind(v1::SOURCE_KIND_SYNTHETIC);
    request.mutable_entity()->mutable_source()->set_title("benchmark");
    return request;
  }

  void Mutations() {
    for (const int in_flight : flags_.in_flight) {
      std::vector<double> shares;
      for (int round = 0; round < flags_.rounds; ++round) {
        const LoadResult base = Load(kNoop, in_flight, {std::string(100, '\0')});
        load_.method = kCreate;
        load_.in_flight = in_flight;
        const LoadResult made = RunLoad(load_, [this](uint64_t) { return NewEntity().SerializeAsString(); });
        const double raw =
            RawCommitsPerSecond(absl::StrCat(work_, "/raw-", in_flight, "-", round), in_flight, 600, absl::Seconds(2));
        Tell("create entity, durable", in_flight, made, nullptr);
        absl::PrintF("%-34s %9d %12.0f\n", "raw RocksDB synced commits", in_flight, raw);
        const double floor = in_flight == 1 ? 1 / (1 / base.calls_per_second + 1 / raw) : raw;
        shares.push_back(made.calls_per_second / floor);
      }
      absl::PrintF("  median of %d, mutations / %s: %.2f\n", flags_.rounds,
                   in_flight == 1 ? "(no-op + raw commit)" : "raw commits", Median(shares));
    }
  }

  const Flags& flags_;
  const int64_t revision_;
  const std::string work_;
  LoadOptions load_;
  std::vector<v1::CheckAuthorizationRequest> questions_;
  // Others than those of an earlier run on the same data.
  const uint64_t first_new_ = 100'000'000 + static_cast<uint64_t>(absl::ToUnixMicros(absl::Now()));
  uint64_t created_ = 0;
  google::protobuf::ListValue results_;
};

void WriteJson(const Flags& flags, const Ready& ready, uint64_t disk, const google::protobuf::ListValue& results) {
  google::protobuf::Struct report;
  auto& fields = *report.mutable_fields();
  fields["date"].set_string_value(absl::FormatTime(absl::Now(), absl::UTCTimeZone()));
  fields["grants"].set_number_value(static_cast<double>(flags.grants));
  fields["distribution"].set_string_value(flags.zipf ? "zipf" : "uniform");
  fields["negatives"].set_number_value(0.5);
  fields["tls"].set_bool_value(false);
  fields["start_seconds"].set_number_value(ready.start_seconds);
  fields["projection_bytes"].set_number_value(static_cast<double>(ready.memory.bytes));
  fields["disk_bytes"].set_number_value(static_cast<double>(disk));
  *fields["results"].mutable_list_value() = results;
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  if (!google::protobuf::util::MessageToJsonString(report, &json, options).ok()) std::abort();
  std::ofstream(flags.json) << json;
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app("Measures a server of its own with synthetic data");
  app.add_option("--grants", flags.grants, "Authorizations in the register")->capture_default_str();
  app.add_flag("--zipf", flags.zipf, "Ask for grants by Zipf's law instead of all alike");
  app.add_option("--rounds", flags.rounds, "Of each measurement")->capture_default_str();
  app.add_option("--seconds", flags.seconds, "Of each load in a round")->capture_default_str();
  app.add_option("--data", flags.data, "Directory to keep the data in for another run (default: none is kept)");
  app.add_option("--only", flags.only, "unary, batch, stream or durable");
  app.add_option("--in-flight", flags.in_flight, "Unary calls at a time")->delimiter(',')->capture_default_str();
  app.add_option("--json", flags.json, "File for the figures");
  CLI11_PARSE(app, argc, argv);

  const std::string work = absl::StrCat(std::filesystem::temp_directory_path().string(), "/gi-benchmark-", getpid());
  std::filesystem::create_directories(work);
  const std::string data = flags.data.empty() ? work + "/data" : flags.data;
  const Dataset dataset(flags.grants);
  // All processes begin before the first thread.
  if (!std::filesystem::exists(data)) {
    const absl::Time start = absl::Now();
    InAnotherProcess([&] {
      const auto registry = Open(data);
      const absl::Status filled = dataset.Fill(*registry);
      if (!filled.ok()) std::fprintf(stderr, "%s\n", filled.ToString().c_str());
      if (!filled.ok()) std::exit(1);
    });
    absl::PrintF("filled in %.0f s, each row durable\n", absl::ToDoubleSeconds(absl::Now() - start));
  }
  int ends[2];
  if (pipe(ends) != 0) return 1;
  const int pid = fork();
  if (pid == 0) Serve(data, ends[1]);
  Ready ready;
  if (read(ends[0], &ready, sizeof(ready)) != sizeof(ready)) return 1;
  const uint64_t disk = DiskBytes(data);
  const auto grants = static_cast<double>(dataset.grants());
  absl::PrintF(
      "%d grants of %d entities under %d titles; %s; half of the answers negative; no TLS; client on the same cores\n",
      dataset.grants(), dataset.entities(), dataset.titles(), flags.zipf ? "Zipf" : "uniform");
  absl::PrintF(
      "start to serving %.1f s; projection %.1f B a grant (with its share of entities and titles); disk %.0f B a "
      "grant\n",
      ready.start_seconds, static_cast<double>(ready.memory.bytes) / grants, static_cast<double>(disk) / grants);
  Benchmark benchmark(flags, dataset, ready, pid, work);
  benchmark.Run();
  if (!flags.json.empty()) WriteJson(flags, ready, disk, benchmark.results());
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  std::filesystem::remove_all(work);
  return 0;
}

}  // namespace
}  // namespace gi::benchmark

int main(int argc, char** argv) { return gi::benchmark::Main(argc, argv); }
