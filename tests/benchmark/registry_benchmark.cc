// The first benchmark: unary checks and durable mutations against a method that does nothing and raw synced commits,
// side by side in one run. Prints ratios; never passes or fails. See README.md beside this file.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "client/client.h"
#include "client/make_connection.h"
#include "gi/benchmark/v1/noop.pb.h"
#include "server/rpc/grpc_server.h"
#include "server/service/services.h"
#include "storage/base/uuid.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "storage/registry/registry.h"
#include "tests/benchmark/load.h"
#include "tests/benchmark/raw_commits.h"

namespace gi::benchmark {
namespace {

using registry::v1::CheckAuthorizationRequest;

constexpr int kEntities = 5000;  // each with one grant
constexpr int kRounds = 3;
constexpr int kBusinessYear = 2026;

template <class T>
T OrDie(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
  std::exit(1);
}

// A valid, synthetic code: division 500155, an organisation code of the number's digits, both check characters right.
std::string SyntheticUscc(uint64_t number) {
  constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr int kOrgWeights[] = {3, 7, 9, 10, 5, 8, 4, 2};
  std::string code = absl::StrCat("93500155", absl::StrFormat("%08d", number % 100'000'000));
  int sum = 0;
  for (size_t i = 0; i < 8; ++i) sum += (code[8 + i] - '0') * kOrgWeights[i];
  const int check = 11 - sum % 11;
  code += check == 10 ? 'X' : check == 11 ? '0' : static_cast<char>('0' + check);
  int outer = 0, weight = 1;
  for (const char c : code) {
    outer += static_cast<int>(kAlphabet.find(c)) * weight;
    weight = weight * 3 % 31;
  }
  return code + kAlphabet[static_cast<size_t>((31 - outer % 31) % 31)];
}

// Runs the server in a process of its own until that is killed; writes its port to `pipe`.
[[noreturn]] void Serve(const std::string& directory, int pipe) {
  engine::RocksDbOptions options;
  options.path = directory;
  auto registry = OrDie(registry::Registry::Open(OrDie(engine::OpenRocksDbEngine(options))));
  rpc::MethodTable methods;
  service::Services services(*registry);
  if (!services.Load().ok()) std::exit(1);
  services.Register(methods);
  methods.AddHot<v1::NoopRequest, v1::NoopMessage>(
      "gi.benchmark.v1.NoopService/Noop", rpc::Serving::kQueue,
      [](const rpc::CallContext&, const v1::NoopRequest& request, v1::NoopMessage& answer) {
        answer.mutable_payload()->resize(static_cast<size_t>(request.answer_bytes()), 'n');
        return absl::OkStatus();
      });
  rpc::GrpcServerOptions server_options;
  server_options.listen = {"127.0.0.1:0"};
  auto server = OrDie(rpc::GrpcServer::Start(methods, server_options));
  server->SetServing(true);
  const int port = server->ports().front();
  if (write(pipe, &port, sizeof(port)) != sizeof(port)) std::exit(1);
  while (true) pause();
}

registry::v1::Source SyntheticSource() {
  registry::v1::Source source;
  source.set_kind(registry::v1::SOURCE_KIND_SYNTHETIC);
  source.set_title("benchmark");
  return source;
}

registry::v1::Date DateOf(int year) {
  registry::v1::Date date;
  date.set_year(year);
  date.set_month(1);
  date.set_day(1);
  return date;
}

void Fill(const client::Client& client) {
  registry::v1::CreateIndicationRequest title;
  title.set_indication_id("title");
  title.set_reason("benchmark");
  title.mutable_indication()->set_kind(registry::v1::INDICATION_KIND_GI_PRODUCT);
  title.mutable_indication()->set_display_name("benchmark");
  *title.mutable_indication()->mutable_source() = SyntheticSource();
  registry::v1::TitleEvent& event = *title.mutable_indication()->add_events();
  event.set_kind(registry::v1::TITLE_EVENT_KIND_REGISTERED);
  *event.mutable_effective_from() = DateOf(2010);
  OrDie(client.CreateIndication(title));
  for (int i = 0; i < kEntities; ++i) {
    registry::v1::CreateEntityRequest entity;
    entity.set_entity_id(absl::StrCat("e", i));
    entity.set_reason("benchmark");
    entity.mutable_entity()->set_uscc(SyntheticUscc(static_cast<uint64_t>(i)));
    entity.mutable_entity()->set_display_name(absl::StrCat("entity ", i));
    *entity.mutable_entity()->mutable_source() = SyntheticSource();
    OrDie(client.CreateEntity(entity));
    registry::v1::CreateAuthorizationRequest grant;
    grant.set_granted(true);
    grant.set_reason("benchmark");
    grant.mutable_authorization()->set_entity(absl::StrCat("entities/e", i));
    grant.mutable_authorization()->set_indication("indications/title");
    *grant.mutable_authorization()->mutable_validity()->mutable_from() = DateOf(2020);
    *grant.mutable_authorization()->mutable_source() = SyntheticSource();
    *grant.mutable_effective_from() = DateOf(2020);
    OrDie(client.CreateAuthorization(grant));
  }
}

// Every second check is of an entity that the register does not have.
std::string CheckRequest(uint64_t i) {
  CheckAuthorizationRequest request;
  const uint64_t entity = i * 2654435761u % kEntities;
  request.set_uscc(SyntheticUscc(i % 2 == 0 ? entity : entity + 50'000'000));
  request.set_indication("indications/title");
  *request.mutable_date() = DateOf(kBusinessYear);
  return request.SerializeAsString();
}

std::string CreateEntityRequest(uint64_t number) {
  registry::v1::CreateEntityRequest request;
  request.set_request_id(UuidOf(absl::StrCat("benchmark ", getpid(), " ", number)));
  request.set_reason("benchmark");
  request.mutable_entity()->set_uscc(SyntheticUscc(1'000'000 + number));
  request.mutable_entity()->set_display_name("benchmark");
  *request.mutable_entity()->mutable_source() = SyntheticSource();
  return request.SerializeAsString();
}

std::string NoopOf(size_t request_bytes, int answer_bytes) {
  v1::NoopRequest request;
  request.set_payload(std::string(request_bytes, 'n'));
  request.set_answer_bytes(answer_bytes);
  return request.SerializeAsString();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void PrintLoad(const char* what, int in_flight, const LoadResult& result) {
  absl::PrintF("%-28s %9d %11.0f %8.2f %8.2f %8.2f %13.1f%s\n", what, in_flight, result.calls_per_second, result.p50_ms,
               result.p99_ms, result.p999_ms, result.server_cpu_us,
               result.failed > 0 ? absl::StrCat("  ", result.failed, " FAILED") : "");
}

void Run(const std::string& work, int pid, int port) {
  client::ConnectionOptions connection;
  connection.channel.target = absl::StrCat("127.0.0.1:", port);
  const client::Client client(client::MakeConnection(connection));
  Fill(client);
  const size_t request_bytes = CheckRequest(0).size();
  CheckAuthorizationRequest probe;
  probe.ParseFromString(CheckRequest(0));
  const int answer_bytes = static_cast<int>(OrDie(client.Check(probe)).ByteSizeLong());

  LoadOptions load;
  load.target = connection.channel.target;
  load.server_pid = pid;
  uint64_t created = 0;
  const std::string noop = NoopOf(request_bytes, answer_bytes);
  auto run = [&](const char* method, int in_flight, auto next) {
    load.method = method;
    load.in_flight = in_flight;
    return RunLoad(load, next);
  };
  auto create = [&](uint64_t) { return CreateEntityRequest(created++); };

  absl::PrintF(
      "%d entities, one grant each; half of the checks unknown entities; uniform keys; no TLS; client on the same "
      "cores\n",
      kEntities);
  absl::PrintF("%-28s %9s %11s %8s %8s %8s %13s\n", "method", "in flight", "calls/s", "p50 ms", "p99 ms", "p99.9 ms",
               "server µs/call");
  for (const int in_flight : {1, 16, 64}) {
    std::vector<double> speed, cpu, commit_speed;
    for (int round = 0; round < kRounds; ++round) {
      const LoadResult base = run("/gi.benchmark.v1.NoopService/Noop", in_flight, [&](uint64_t) { return noop; });
      const LoadResult check = run("/gi.registry.v1.CheckService/CheckAuthorization", in_flight, CheckRequest);
      const LoadResult mutation = run("/gi.registry.v1.EntityService/CreateEntity", in_flight, create);
      const double raw =
          RawCommitsPerSecond(absl::StrCat(work, "/raw-", in_flight, "-", round), in_flight, 600, absl::Seconds(2));
      PrintLoad("no-op", in_flight, base);
      PrintLoad("check (VERDICT)", in_flight, check);
      PrintLoad("create entity, durable", in_flight, mutation);
      absl::PrintF("%-28s %9d %11.0f\n", "raw RocksDB synced commits", in_flight, raw);
      speed.push_back(check.calls_per_second / base.calls_per_second);
      cpu.push_back(check.server_cpu_us / base.server_cpu_us);
      const double floor = in_flight == 1 ? 1 / (1 / base.calls_per_second + 1 / raw) : raw;
      commit_speed.push_back(mutation.calls_per_second / floor);
    }
    absl::PrintF("  median of %d: check/no-op speed %.2f, server CPU %.2f; mutation/%s %.2f\n", kRounds, Median(speed),
                 Median(cpu), in_flight == 1 ? "(no-op + raw commit)" : "raw commits", Median(commit_speed));
  }
}

int Main() {
  const std::string work = absl::StrCat(std::filesystem::temp_directory_path().string(), "/gi-benchmark-", getpid());
  std::filesystem::create_directories(work);
  int ends[2];
  if (pipe(ends) != 0) return 1;
  const int pid = fork();  // before any thread
  if (pid == 0) Serve(work + "/data", ends[1]);
  int port = 0;
  if (read(ends[0], &port, sizeof(port)) != sizeof(port)) return 1;
  Run(work, pid, port);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  std::filesystem::remove_all(work);
  return 0;
}

}  // namespace
}  // namespace gi::benchmark

int main() { return gi::benchmark::Main(); }
