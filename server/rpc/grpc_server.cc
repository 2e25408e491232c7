#include "server/rpc/grpc_server.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"
#include "grpcpp/server_builder.h"
#include "server/rpc/address.h"
#include "server/rpc/reflection.h"
#include "spdlog/spdlog.h"
#include "storage/base/status_macros.h"

namespace gi::rpc {
namespace {

// The limit of one unary request is answered with a reason; what is larger than this is not even read.
constexpr int kMaxMessageBytes = 16 << 20;
// Clients may ping every 30 s, also without calls; a little less is tolerated because pings arrive unevenly.
constexpr int kMinPingIntervalMs = 25'000;
// A caller that vanished without closing its connection is noticed after these.
constexpr int kKeepaliveTimeMs = 120'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
// For the last answers to reach the wire; also for watchers of health, whose streams never end by themselves.
constexpr absl::Duration kGrace = absl::Milliseconds(500);

void LogGrpcLine(gpr_log_func_args* args) { spdlog::debug("grpc: {}:{}: {}", args->file, args->line, args->message); }

void SilenceLibraries() {
  google::protobuf::SetLogHandler(nullptr);
  gpr_set_log_function(&LogGrpcLine);
}

absl::StatusOr<std::vector<ListenAddress>> ParseAddresses(const GrpcServerOptions& options) {
  if (options.listen.empty()) return absl::InvalidArgumentError("no address to listen on");
  std::vector<ListenAddress> addresses;
  for (const std::string& text : options.listen) {
    ASSIGN_OR_RETURN(addresses.emplace_back(), ParseListenAddress(text));
    if (options.tls.enabled() || options.plaintext_anywhere || IsLocal(addresses.back())) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "refusing to listen on ", text, " without TLS: others than this machine could reach it and read along"));
  }
  return addresses;
}

absl::StatusOr<IdentityPolicy> MakeIdentityPolicy(const GrpcServerOptions& options) {
  IdentityPolicy policy;
  policy.client_certificates = !options.tls.client_ca.empty();
  if (!options.allow_list_path.empty()) {
    ASSIGN_OR_RETURN(policy.allow_list, AllowList::Load(options.allow_list_path));
  }
  return policy;
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const TlsFiles& tls) {
  if (tls.enabled()) return MakeTlsCredentials(tls);
  return grpc::InsecureServerCredentials();
}

void ApplyLimits(const GrpcServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxMessageBytes);
  // gRPC unpacks a compressed message completely before it looks at its size: some KB could take gigabytes of memory.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_streams_per_connection);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  // By default a second server on the same port would get half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

absl::Status CheckConsistency(const GrpcServerOptions& options) {
  if (options.tls.certificate.empty() != options.tls.key.empty()) {
    return absl::InvalidArgumentError("TLS needs both a certificate and its key");
  }
  if (!options.tls.client_ca.empty() && !options.tls.enabled()) {
    return absl::InvalidArgumentError("a client CA is of no use without a certificate and key of the server");
  }
  if (!options.allow_list_path.empty() && options.tls.client_ca.empty()) {
    return absl::InvalidArgumentError("an allow-list is of no use without a client CA");
  }
  return absl::OkStatus();
}

// Everything Start needs that can be had without listening.
struct Prepared {
  std::vector<ListenAddress> addresses;
  IdentityPolicy identity;
  std::shared_ptr<grpc::ServerCredentials> credentials;
};

absl::StatusOr<Prepared> Prepare(const GrpcServerOptions& options) {
  RETURN_IF_ERROR(CheckConsistency(options));
  Prepared prepared;
  ASSIGN_OR_RETURN(prepared.addresses, ParseAddresses(options));
  ASSIGN_OR_RETURN(prepared.identity, MakeIdentityPolicy(options));
  ASSIGN_OR_RETURN(prepared.credentials, MakeCredentials(options.tls));
  return prepared;
}

// `ports` gets the bound ports when the server is built.
absl::Status AddAddresses(const Prepared& prepared, std::vector<int>& ports, grpc::ServerBuilder& builder) {
  ports.resize(prepared.addresses.size());
  for (size_t i = 0; i < ports.size(); ++i) {
    const ListenAddress& address = prepared.addresses[i];
    RETURN_IF_ERROR(CheckCanListen(address));
    builder.AddListeningPort(address.text, address.is_unix() ? grpc::InsecureServerCredentials() : prepared.credentials,
                             &ports[i]);
  }
  return absl::OkStatus();
}

// Of the table and of what is added to it, but reflection.
std::vector<std::string> ServiceNames(const MethodTable& table) {
  std::set<std::string> names = {"grpc.health.v1.Health"};
  for (const Method& method : table.methods()) names.insert(method.full_name.substr(0, method.full_name.find('/')));
  return {names.begin(), names.end()};
}

std::string BoundAddress(const ListenAddress& address, int port) {
  return address.is_unix() ? address.text : absl::StrCat(address.text.substr(0, address.text.rfind(':') + 1), port);
}

}  // namespace

absl::Status CheckOptions(const GrpcServerOptions& options) { return Prepare(options).status(); }

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const MethodTable& table,
                                                              const GrpcServerOptions& options) {
  SilenceLibraries();
  ASSIGN_OR_RETURN(Prepared prepared, Prepare(options));
  const std::vector<std::string> names = ServiceNames(table);
  std::unique_ptr<GrpcServer> server(new GrpcServer(
      std::make_unique<Adapter>(options.limits, std::move(prepared.identity)), std::make_shared<Health>(names)));
  MethodTable all = table;
  server->health_->Register(all);
  AddReflection(names, all);
  ASSIGN_OR_RETURN(server->services_, MakeServices(all, options.limits));
  grpc::ServerBuilder builder;
  ApplyLimits(options, builder);
  RETURN_IF_ERROR(AddAddresses(prepared, server->ports_, builder));
  for (const std::unique_ptr<RawService>& service : server->services_) builder.RegisterService(service.get());
  server->queue_ = std::make_unique<CallQueue>(builder.AddCompletionQueue(), *server->adapter_);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) return absl::FailedPreconditionError("gRPC could not start listening");
  server->queue_->Start(server->services_, options.checks_first);
  for (size_t i = 0; i < prepared.addresses.size(); ++i) {
    const ListenAddress& address = prepared.addresses[i];
    if (address.is_unix()) server->ports_[i] = 0;
    server->addresses_.push_back(BoundAddress(address, server->ports_[i]));
  }
  server->SetServing(false);
  return server;
}

GrpcServer::~GrpcServer() { Shutdown(absl::ZeroDuration()); }

void GrpcServer::SetServing(bool serving) {
  adapter_->gate()->SetOpen(serving);
  health_->SetServing(serving);
}

void GrpcServer::Shutdown(absl::Duration drain) {
  if (server_ == nullptr || stopped_) return;
  stopped_ = true;
  SetServing(false);
  const absl::Time now = absl::Now();
  const bool idle = adapter_->gate()->WaitUntilIdle(now + std::min(drain, absl::Hours(1)));
  server_->Shutdown(absl::ToChronoTime(absl::Now() + (idle ? kGrace : absl::ZeroDuration())));
  server_->Wait();
  queue_->Stop();
}

}  // namespace gi::rpc
