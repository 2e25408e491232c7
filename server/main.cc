// The server's composition root: the only place that knows every part.
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/config.h"
#include "server/rpc/files.h"
#include "server/rpc/grpc_server.h"
#include "server/rpc/method_table.h"
#include "server/rpc/process.h"
#include "server/service/application/lawbook_service.h"
#include "server/service/services.h"
#include "server/shipped_laws.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "storage/registry/archive.h"
#include "storage/registry/rebuild.h"
#include "storage/registry/registry.h"

#ifndef GI_VERSION
#define GI_VERSION "unversioned"
#endif

namespace gi {
namespace {

// The data is damaged; everything else that keeps the server from starting is a matter of configuration.
constexpr int kDamaged = 1;
constexpr int kBadConfiguration = 2;

// How many earlier revisions --check-data compares.
constexpr int kEarlierRevisions = 8;

// Before any thread exists, so that every thread leaves these signals to WaitForStop.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int WaitForStop(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

void SetUpLogging(const ServerConfig& config) {
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("gi", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  spdlog::set_level(spdlog::level::from_str(config.log_level));
}

absl::StatusOr<std::unique_ptr<engine::Engine>> OpenEngine(const ServerConfig& config) {
  if (config.engine == EngineKind::kMemory) return engine::NewMemoryEngine();
  engine::RocksDbOptions options;
  options.path = config.data_dir;
  options.block_cache_bytes = config.block_cache_bytes;
  options.create_if_missing = !config.check_data;
  return engine::OpenRocksDbEngine(options);
}

absl::Status CheckData(const ServerConfig& config) {
  ASSIGN_OR_RETURN(std::unique_ptr<engine::Engine> engine, OpenEngine(config));
  ASSIGN_OR_RETURN(const std::unique_ptr<registry::Registry> registry, registry::Registry::Open(std::move(engine)));
  ASSIGN_OR_RETURN(const registry::SelfCheckReport report,
                   registry::CheckAgainstRebuild(registry->engine(), kEarlierRevisions));
  std::printf("%s: revision %llu, %llu commits, %llu keys, compared at %llu revisions: no difference\n",
              config.data_dir.c_str(), static_cast<unsigned long long>(registry->Newest().revision().value),
              static_cast<unsigned long long>(report.commits), static_cast<unsigned long long>(report.keys),
              static_cast<unsigned long long>(report.revisions_compared));
  return absl::OkStatus();
}

// Into a directory beside, which takes the place of the data directory when all is right.
absl::Status Restore(ServerConfig config) {
  std::ifstream in(config.restore_file, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("--restore ", config.restore_file, " cannot be read"));
  const std::string data_dir = config.data_dir;
  config.data_dir += ".restoring";
  std::error_code error;
  std::filesystem::remove_all(config.data_dir, error);
  absl::StatusOr<registry::RestoreReport> report;
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<engine::Engine> engine, OpenEngine(config));
    report = registry::RestoreArchive(in, *engine);
  }
  if (report.ok()) {
    std::filesystem::remove(data_dir, error);
    std::filesystem::rename(config.data_dir, data_dir, error);
    if (error) return absl::UnavailableError(absl::StrCat("--data-dir ", data_dir, ": ", error.message()));
  } else {
    std::filesystem::remove_all(config.data_dir, error);
  }
  RETURN_IF_ERROR(report.status());
  std::printf("%s: %llu commits, %llu entries, root %s\n", data_dir.c_str(),
              static_cast<unsigned long long>(report->commits), static_cast<unsigned long long>(report->entries),
              absl::BytesToHexString(report->root).c_str());
  return absl::OkStatus();
}

absl::Status LoadLaws(const ServerConfig& config, registry::Registry& registry) {
  std::vector<service::LawFile> files = ShippedLaws();
  if (!config.law_dir.empty()) {
    ASSIGN_OR_RETURN(files, ReadLawDirectory(config.law_dir));
  }
  ASSIGN_OR_RETURN(const service::LawLoadReport report, service::LoadLawFiles(registry, files));
  if (!report.loaded.empty()) spdlog::info("law books loaded: {}", absl::StrJoin(report.loaded, " "));
  if (!report.kept.empty()) {
    spdlog::warn("law books that officers have written are kept: {}", absl::StrJoin(report.kept, " "));
  }
  return absl::OkStatus();
}

void LogStart(const ServerConfig& config, const rpc::GrpcServer& server, const registry::Registry& registry) {
  const registry::OpenReport& report = registry.open_report();
  if (!report.rebuilt_because.empty()) spdlog::warn("view rebuilt from the log: {}", report.rebuilt_because);
  if (config.rpc.plaintext_anywhere && !config.rpc.tls.enabled()) {
    spdlog::warn("listening without TLS: other machines can reach the server and read along");
  }
  spdlog::info("gi-registryd {} serves on {}, data {}, revision {}, history {}", GI_VERSION,
               absl::StrJoin(server.addresses(), " "), config.data_dir.empty() ? "in memory" : config.data_dir,
               registry.Newest().revision().value, registry.HistoryIdText());
}

absl::Status Serve(const ServerConfig& config, const sigset_t& stop_signals) {
  ASSIGN_OR_RETURN(std::unique_ptr<engine::Engine> engine, OpenEngine(config));
  ASSIGN_OR_RETURN(const std::unique_ptr<registry::Registry> registry, registry::Registry::Open(std::move(engine)));
  rpc::MethodTable methods;
  service::Services services(*registry, config.projection_bytes);
  services.Register(methods);
  // While the services load, health says NOT_SERVING and calls are refused.
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::GrpcServer> server, rpc::GrpcServer::Start(methods, config.rpc));
  RETURN_IF_ERROR(LoadLaws(config, *registry));
  RETURN_IF_ERROR(services.Load());
  if (!services.projection().complete()) {
    spdlog::warn("checks read the store: what they would need in memory is more than --projection-mb");
  }
  if (!config.port_file.empty()) {
    RETURN_IF_ERROR(rpc::WriteSmallFile(config.port_file, absl::StrCat(absl::StrJoin(server->ports(), "\n"), "\n")));
  }
  server->SetServing(true);
  LogStart(config, *server, *registry);
  services.KeepFiguresReady();

  const int signal = WaitForStop(stop_signals);
  server->Shutdown(config.drain);
  spdlog::info("gi-registryd stopped by signal {} at revision {}", signal, registry->Newest().revision().value);
  return absl::OkStatus();
}

int ExitWith(const absl::Status& status) {
  if (status.ok()) return 0;
  std::fprintf(stderr, "gi-registryd: %s\n", Excerpt(status.message(), 1000).c_str());
  return GetErrorReason(status) == registry::v1::ERROR_REASON_DATA_CORRUPT ? kDamaged : kBadConfiguration;
}

int Main(int argc, const char* const* argv) {
  rpc::PrepareProcess();
  const sigset_t stop_signals = BlockStopSignals();
  const absl::StatusOr<CommandLine> command = ParseCommandLine(argc, argv);
  if (!command.ok()) return ExitWith(command.status());
  if (!command->print.empty()) {
    std::fputs(command->print.c_str(), stdout);
    return 0;
  }
  SetUpLogging(command->config);
  if (!command->config.restore_file.empty()) return ExitWith(Restore(command->config));
  return ExitWith(command->config.check_data ? CheckData(command->config) : Serve(command->config, stop_signals));
}

}  // namespace
}  // namespace gi

int main(int argc, char** argv) { return gi::Main(argc, argv); }
