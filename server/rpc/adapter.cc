#include "server/rpc/adapter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/security/auth_context.h"
#include "server/rpc/decode.h"
#include "server/rpc/status.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"

namespace gi::rpc {
namespace {

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

absl::string_view ToView(const grpc::string_ref& text) { return {text.data(), text.size()}; }

std::vector<absl::string_view> ValuesOf(const Metadata& metadata, const char* header) {
  std::vector<absl::string_view> values;
  const auto [begin, end] = metadata.equal_range(header);
  for (auto it = begin; it != end; ++it) values.push_back(ToView(it->second));
  return values;
}

void AppendProperty(const grpc::AuthContext& auth, const char* property, std::vector<std::string>& names) {
  for (const grpc::string_ref& value : auth.FindPropertyValues(property))
    names.emplace_back(value.data(), value.size());
}

bool IsTls(const grpc::AuthContext& auth) {
  const std::vector<grpc::string_ref> types = auth.FindPropertyValues("transport_security_type");
  return !types.empty() && types.front() == "ssl";
}

Peer PeerOf(const grpc::ServerContextBase& context) {
  Peer peer;
  peer.address = context.peer();
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (auth == nullptr || !IsTls(*auth)) return peer;
  peer.tls = true;
  AppendProperty(*auth, "x509_subject_alternative_name", peer.certificate_names);
  AppendProperty(*auth, "x509_common_name", peer.certificate_names);
  return peer;
}

CallerHeaders HeadersOf(const Metadata& metadata) {
  return {ValuesOf(metadata, "x-user"), ValuesOf(metadata, "x-on-behalf-of"), ValuesOf(metadata, "x-case-id"),
          ValuesOf(metadata, "x-role")};
}

}  // namespace

absl::StatusOr<absl::Time> EffectiveDeadline(absl::Time caller, absl::Time now, absl::Duration cap) {
  if (caller <= now) return MakeError(registry::v1::ERROR_REASON_DEADLINE_PASSED);
  return std::min(caller, now + cap);
}

Adapter::Adapter(CallLimits limits, IdentityPolicy identity)
    : limits_(std::move(limits)),
      identity_(std::move(identity)),
      gate_(std::make_shared<CallGate>(limits_.max_calls_in_flight, limits_.reserved_calls)) {}

Language Adapter::LanguageOf(const grpc::ServerContextBase& context) const {
  const Metadata& metadata = context.client_metadata();
  const auto found = metadata.find("accept-language");
  return found == metadata.end() ? Language::kChinese : PreferredLanguage(ToView(found->second));
}

void Adapter::Handle(CallCore& call, const Method& method, const grpc::ServerContextBase& context,
                     const grpc::ByteBuffer& request) const {
  const size_t size = request.Length();
  absl::Status status = size > limits_.max_request_bytes ? TooLarge(size, limits_.max_request_bytes) : absl::OkStatus();
  if (status.ok()) status = Admit(method, context, call.context());
  if (status.ok()) status = Decode(request, call.request());
  if (status.ok()) {
    call.Run();
  } else {
    call.Refuse(status);
  }
}

absl::Status Adapter::Admit(const Method& method, const grpc::ServerContextBase& context, CallContext& call) const {
  ASSIGN_OR_RETURN(call.deadline,
                   EffectiveDeadline(absl::FromChrono(context.deadline()), absl::Now(), limits_.max_deadline));
  const Peer peer = PeerOf(context);
  ASSIGN_OR_RETURN(call.caller, IdentifyCaller(identity_, peer, HeadersOf(context.client_metadata())));
  return method.kind == MethodKind::kWrite ? CheckMayWrite(call.caller, peer) : absl::OkStatus();
}

}  // namespace gi::rpc
