#include "server/rpc/stream_call.h"

#include <utility>

#include "server/rpc/decode.h"
#include "server/rpc/status.h"
#include "storage/base/status_macros.h"

namespace gi::rpc {

StreamCall::StreamCall(std::shared_ptr<const ServedMethod> served, std::shared_ptr<CallGate> gate,
                       std::unique_ptr<CallContext> context, size_t max_request_bytes, const absl::Status& admitted)
    : served_(std::move(served)),
      gate_(std::move(gate)),
      context_(std::move(context)),
      max_request_bytes_(max_request_bytes) {
  if (admitted.ok()) {
    StartRead(&request_);
  } else {
    End(admitted);
  }
}

void StreamCall::OnReadDone(bool ok) {
  if (!ok) return End(absl::OkStatus());
  absl::Status status = gate_->Enter(served_->reserved);
  if (!status.ok()) return End(status);
  status = Respond();
  gate_->Leave();
  if (!status.ok()) return End(status);
  StartWrite(&response_);
}

void StreamCall::OnWriteDone(bool ok) {
  if (!ok) return End(absl::CancelledError());
  StartRead(&request_);
}

absl::Status StreamCall::Respond() {
  if (request_.Length() > max_request_bytes_) return TooLarge(request_.Length(), max_request_bytes_);
  arena_.Reset();
  google::protobuf::Message* request = served_->method.request_prototype->New(&arena_);
  google::protobuf::Message* response = served_->method.response_prototype->New(&arena_);
  RETURN_IF_ERROR(Decode(request_, *request));
  RETURN_IF_ERROR(RunFill(*served_, *context_, *request, *response));
  response_.Clear();
  return Encode(*response, response_);
}

void StreamCall::End(const absl::Status& status) {
  LogFault(served_->method, absl::IsCancelled(status) ? absl::OkStatus() : status);
  Finish(absl::IsCancelled(status) ? grpc::Status::CANCELLED : ToGrpcStatus(status, context_->language));
}

}  // namespace gi::rpc
