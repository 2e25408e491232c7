// The server's command line, parsed once.
#ifndef GI_SERVER_CONFIG_H_
#define GI_SERVER_CONFIG_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/rpc/grpc_server.h"

namespace gi {

enum class EngineKind { kRocksDb, kMemory };

struct ServerConfig {
  rpc::GrpcServerOptions rpc;
  EngineKind engine = EngineKind::kRocksDb;
  // Absolute. Empty with the memory engine.
  std::string data_dir;
  size_t block_cache_bytes = size_t{256} << 20;
  // Of what checks are answered with in memory; more, and they read the store. No limit by default.
  size_t projection_bytes = SIZE_MAX;
  // Law books to load instead of those that come with the program; empty: those.
  std::string law_dir;
  // debug, info, warning, error or off.
  std::string log_level = "info";
  // Optional. Gets the bound ports, one a line, once the server listens.
  std::string port_file;
  // How long a stop waits for calls under way.
  absl::Duration drain = absl::Seconds(20);
  // Do not serve: check the data directory against a rebuild from its log, print the result and exit.
  bool check_data = false;
  // Do not serve: make the data directory, which must not exist or be empty, from this archive, and exit.
  std::string restore_file;
};

struct CommandLine {
  ServerConfig config;
  // Not empty (--help, --version): print this and exit with success; `config` means nothing then.
  std::string print;
};

// INVALID_ARGUMENT or FAILED_PRECONDITION with a message of one line: an unknown or malformed option, options that
// contradict each other, a file that cannot be used (rpc::CheckOptions), a data directory or port file that cannot be
// one.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv);

}  // namespace gi

#endif  // GI_SERVER_CONFIG_H_
