#include "client/grpc_connection.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/sync_stream.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "gi/rpc/v1/status.pb.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"

namespace gi::client {
namespace {

using google::protobuf::Message;
using Stub = grpc::TemplatedGenericStub<Message, Message>;

static_assert(static_cast<int>(absl::StatusCode::kUnauthenticated) ==
              static_cast<int>(grpc::StatusCode::UNAUTHENTICATED));
static_assert(static_cast<int>(absl::StatusCode::kUnavailable) == static_cast<int>(grpc::StatusCode::UNAVAILABLE));

absl::StatusCode ToCode(int code) {
  const bool known =
      code > static_cast<int>(absl::StatusCode::kOk) && code <= static_cast<int>(absl::StatusCode::kUnauthenticated);
  return known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown;
}

std::shared_ptr<grpc::ChannelCredentials> MakeCredentials(const std::optional<TlsOptions>& tls) {
  if (!tls.has_value()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = tls->root_ca;
  options.pem_cert_chain = tls->client_cert;
  options.pem_private_key = tls->client_key;
  return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::Channel> MakeChannel(const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  const absl::Duration keepalive = std::max(options.keepalive, absl::Seconds(60));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(absl::ToInt64Milliseconds(keepalive)));
  arguments.SetMaxSendMessageSize(options.max_message_bytes);
  arguments.SetMaxReceiveMessageSize(options.max_message_bytes);
  // Channels of equal arguments would otherwise share one TCP connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(options.target, MakeCredentials(options.tls), arguments);
}

// gRPC aborts the process on a header with other bytes.
absl::Status AddHeader(absl::string_view name, const std::string& value, grpc::ClientContext& context) {
  if (value.empty()) return absl::OkStatus();
  if (!std::all_of(value.begin(), value.end(),
                   [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); })) {
    return MakeError(registry::v1::ERROR_REASON_CALLER_METADATA_INVALID,
                     {{"header", std::string(name)}, {"value", Mask(value)}});
  }
  context.AddMetadata(std::string(name), value);
  return absl::OkStatus();
}

absl::Status Prepare(const CallOptions& options, grpc::ClientContext& context) {
  RETURN_IF_ERROR(AddHeader("x-user", options.user, context));
  RETURN_IF_ERROR(AddHeader("x-case-id", options.case_id, context));
  RETURN_IF_ERROR(AddHeader("x-role", options.role, context));
  RETURN_IF_ERROR(AddHeader("x-on-behalf-of", options.on_behalf_of, context));
  return AddHeader("accept-language", options.language, context);
}

class GrpcStream final : public Stream {
 public:
  GrpcStream(std::shared_ptr<grpc::Channel> channel, std::unique_ptr<grpc::ClientContext> context, std::string path)
      : channel_(std::move(channel)), context_(std::move(context)), path_(std::move(path)) {
    const grpc::internal::RpcMethod method(path_.c_str(), nullptr, grpc::internal::RpcMethod::BIDI_STREAMING, channel_);
    call_.reset(
        grpc::internal::ClientReaderWriterFactory<Message, Message>::Create(channel_.get(), method, context_.get()));
  }
  ~GrpcStream() override {
    if (finished_) return;
    context_->TryCancel();
    call_->Finish();
  }

  bool Write(const Message& message) override { return call_->Write(message); }
  void WritesDone() override { call_->WritesDone(); }
  bool Read(Message* message) override { return call_->Read(message); }
  absl::Status Finish() override {
    finished_ = true;
    const grpc::Status status = call_->Finish();
    return StatusFromWire(status.error_code(), status.error_message(), status.error_details());
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<grpc::ClientContext> context_;
  const std::string path_;
  std::unique_ptr<grpc::ClientReaderWriter<Message, Message>> call_;
  bool finished_ = false;
};

class GrpcConnection : public Connection {
 public:
  explicit GrpcConnection(const ChannelOptions& options)
      : timeouts_(options.timeouts), check_(MakeChannel(options)), channel_(MakeChannel(options)), rest_(channel_) {}

  absl::Status Call(absl::string_view method, const Message& request, Message* response,
                    const CallOptions& options) override {
    grpc::ClientContext context;
    RETURN_IF_ERROR(Prepare(options, context));
    const absl::Duration timeout = options.timeout > absl::ZeroDuration() ? options.timeout : timeouts_.Of(method);
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    return Run(KindOf(method) == MethodKind::kCheck ? check_ : rest_, absl::StrCat("/", method), request, response,
               context);
  }

  absl::StatusOr<std::unique_ptr<Stream>> Open(absl::string_view method, const CallOptions& options) override {
    auto context = std::make_unique<grpc::ClientContext>();
    RETURN_IF_ERROR(Prepare(options, *context));
    if (options.timeout > absl::ZeroDuration()) {
      context->set_deadline(absl::ToChronoTime(absl::Now() + options.timeout));
    }
    return std::make_unique<GrpcStream>(channel_, std::move(context), absl::StrCat("/", method));
  }

 private:
  // A completion queue of the call's own makes the calling thread do the polling: no hand-over to another thread.
  static absl::Status Run(Stub& stub, const std::string& path, const Message& request, Message* response,
                          grpc::ClientContext& context) {
    grpc::CompletionQueue queue;
    auto call = stub.PrepareUnaryCall(&context, path, request, &queue);
    call->StartCall();
    grpc::Status status;
    void* tag = nullptr;
    bool ok = false;
    call->Finish(response, &status, &status);
    if (!queue.Next(&tag, &ok)) return absl::InternalError("the call was not completed");
    return StatusFromWire(status.error_code(), status.error_message(), status.error_details());
  }

  const Timeouts timeouts_;
  Stub check_;
  const std::shared_ptr<grpc::Channel> channel_;
  Stub rest_;
};

}  // namespace

std::shared_ptr<Connection> MakeGrpcConnection(const ChannelOptions& options) {
  return std::make_shared<GrpcConnection>(options);
}

absl::Status StatusFromWire(int code, absl::string_view message, absl::string_view details) {
  if (code == static_cast<int>(absl::StatusCode::kOk)) return absl::OkStatus();
  absl::Status status(ToCode(code), message);
  rpc::v1::Status wire;
  if (!wire.ParseFromArray(details.data(), static_cast<int>(details.size()))) return status;
  for (const google::protobuf::Any& detail : wire.details()) {
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return status;
}

}  // namespace gi::client
