#include "server/config.h"

#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/base/status_macros.h"

// Given by the build.
#ifndef GI_VERSION
#define GI_VERSION "unversioned"
#endif

namespace gi {
namespace {

constexpr char kDefaultListen[] = "127.0.0.1:50155";

// What the options are parsed into before they are looked at together.
struct RawOptions {
  std::vector<std::string> listen = {kDefaultListen};
  size_t block_cache_mb = 256;
  size_t projection_mb = 0;
  int drain_seconds = 20;
  bool version = false;
};

void AddAddressOptions(CLI::App& app, RawOptions& raw, ServerConfig& config) {
  app.add_option("--listen", raw.listen, "host:port, [ipv6]:port or unix:/path; may be given several times")
      ->allow_extra_args(false)
      ->capture_default_str();
  app.add_option("--tls-cert", config.rpc.tls.certificate, "PEM file of the server's certificate");
  app.add_option("--tls-key", config.rpc.tls.key, "PEM file of its private key");
  app.add_option("--tls-client-ca", config.rpc.tls.client_ca, "PEM file of the CA that signs clients' certificates");
  app.add_option("--allow-list", config.rpc.allow_list_path, "lines: agency-id  CN-or-SAN  read|write");
  app.add_flag("--insecure-listen-anywhere", config.rpc.plaintext_anywhere,
               "listen without TLS on addresses that other machines can reach");
  app.add_flag("!--ordinary-priority", config.rpc.checks_first,
               "do not let checks go before other work of the machine where the system permits it");
  app.add_option("--port-file", config.port_file, "file that gets the bound ports, one a line");
}

void AddStoreOptions(CLI::App& app, RawOptions& raw, ServerConfig& config) {
  constexpr int kMaxBlockCacheMb = 1 << 20;
  constexpr int kMaxDrainSeconds = 600;
  const std::map<std::string, EngineKind> engines = {{"rocksdb", EngineKind::kRocksDb},
                                                     {"memory", EngineKind::kMemory}};
  app.add_option("--data-dir", config.data_dir, "directory of the data; made if it does not exist");
  app.add_option("--engine", config.engine, "rocksdb or memory (nothing is kept)")
      ->transform(CLI::CheckedTransformer(engines))
      ->option_text("rocksdb|memory");
  app.add_option("--block-cache-mb", raw.block_cache_mb, "memory for blocks of the store, in MiB")
      ->check(CLI::Range(8, kMaxBlockCacheMb))
      ->capture_default_str();
  app.add_option("--projection-mb", raw.projection_mb,
                 "most memory for what checks are answered with, in MiB; beyond, they read the store; 0: no limit")
      ->check(CLI::Range(0, kMaxBlockCacheMb))
      ->capture_default_str();
  app.add_option("--drain-seconds", raw.drain_seconds, "how long a stop waits for calls under way")
      ->check(CLI::Range(0, kMaxDrainSeconds))
      ->capture_default_str();
  app.add_option("--log-level", config.log_level, "least severity of lines written to stderr")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  app.add_option("--law-dir", config.law_dir,
                 "Load the law books (*.json) of this directory instead of those that come with the program");
  app.add_flag("--check-data", config.check_data,
               "compare the data with a rebuild from its log, print the result, exit");
  app.add_option("--restore", config.restore_file,
                 "make the data directory, which must be new, from this archive (gictl backup), and exit");
  app.add_flag("--version", raw.version, "print the version and exit");
}

absl::Status Refuse(absl::string_view what) { return absl::InvalidArgumentError(what); }

absl::Status ResolveDataDir(ServerConfig& config) {
  namespace fs = std::filesystem;
  if (config.engine == EngineKind::kMemory) {
    if (!config.data_dir.empty()) return Refuse("--data-dir is of no use with --engine memory");
    if (!config.restore_file.empty()) return Refuse("--restore needs --engine rocksdb");
    return config.check_data ? Refuse("--check-data needs --engine rocksdb") : absl::OkStatus();
  }
  if (config.data_dir.empty()) return Refuse("--data-dir is required");
  std::error_code error;
  const fs::path path = fs::absolute(config.data_dir, error);
  if (error) return Refuse(absl::StrCat("--data-dir ", config.data_dir, ": ", error.message()));
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_directory(status))
    return Refuse(absl::StrCat("--data-dir ", path.string(), " is no directory"));
  if (config.check_data && !fs::exists(status))
    return Refuse(absl::StrCat("--data-dir ", path.string(), " does not exist"));
  if (!config.restore_file.empty() && fs::exists(status) && !fs::is_empty(path, error))
    return Refuse(absl::StrCat("--restore: --data-dir ", path.string(), " is not empty"));
  config.data_dir = path.string();
  return absl::OkStatus();
}

absl::Status CheckPortFile(const std::string& port_file) {
  namespace fs = std::filesystem;
  if (port_file.empty()) return absl::OkStatus();
  std::error_code error;
  const fs::path path = fs::absolute(port_file, error);
  if (fs::is_directory(path, error)) return Refuse(absl::StrCat("--port-file ", port_file, " is a directory"));
  if (fs::is_directory(path.parent_path(), error)) return absl::OkStatus();
  return Refuse(absl::StrCat("--port-file ", port_file, ": its directory does not exist"));
}

absl::Status Finish(RawOptions raw, ServerConfig& config) {
  config.rpc.listen = std::move(raw.listen);
  config.block_cache_bytes = raw.block_cache_mb << 20;
  if (raw.projection_mb > 0) config.projection_bytes = raw.projection_mb << 20;
  config.drain = absl::Seconds(raw.drain_seconds);
  RETURN_IF_ERROR(ResolveDataDir(config));
  RETURN_IF_ERROR(CheckPortFile(config.port_file));
  return rpc::CheckOptions(config.rpc);
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  CLI::App app("GI Registry: a registry of geographical indications, served over gRPC.", "gi-registryd");
  RawOptions raw;
  CommandLine command;
  AddAddressOptions(app, raw, command.config);
  AddStoreOptions(app, raw, command.config);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    command.print = app.help();
    return command;
  } catch (const CLI::ParseError& e) {
    return Refuse(absl::StrReplaceAll(e.what(), {{"\n", " "}}));
  }
  if (raw.version) {
    command.print = "gi-registryd " GI_VERSION "\n";
    return command;
  }
  RETURN_IF_ERROR(Finish(std::move(raw), command.config));
  return command;
}

}  // namespace gi
