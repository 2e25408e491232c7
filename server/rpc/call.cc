#include "server/rpc/call.h"

#include <utility>

#include "server/rpc/decode.h"
#include "server/rpc/status.h"

namespace gi::rpc {

Call::Call(std::shared_ptr<const ServedMethod> served, std::shared_ptr<CallGate> gate, grpc::ByteBuffer& response)
    : CallCore(std::move(served)), gate_(std::move(gate)), response_(response) {}

void Call::Answer(const absl::StatusOr<const google::protobuf::Message*>& answer) {
  LogFault(served().method, Win() ? Send(answer) : answer.status());
  gate_->Leave();
  Unref();
}

absl::Status Call::Send(const absl::StatusOr<const google::protobuf::Message*>& answer) {
  const absl::Status status = answer.ok() ? Encode(**answer, response_) : answer.status();
  Finish(ToGrpcStatus(status, context().language));
  return status;
}

void Call::OnCancel() {
  if (Win()) Finish(grpc::Status::CANCELLED);
}

void Call::Unref() {
  if (refs_.fetch_sub(1) == 1) delete this;
}

}  // namespace gi::rpc
