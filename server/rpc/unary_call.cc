#include "server/rpc/unary_call.h"

#include "server/rpc/decode.h"
#include "server/rpc/status.h"

namespace gi::rpc {

UnaryCall::UnaryCall(const CallHost& host)
    : CallCore(host.served()), host_(host), gate_(host.adapter.gate()), writer_(&grpc_context_) {
  host_.service.RequestUnary(host_.index, grpc_context_, request_bytes_, writer_, host_.queue->queue(), Tag(*this));
}

void UnaryCall::Proceed(bool ok) {
  if (ok && !begun_) return Begin();
  delete this;
}

void UnaryCall::Begin() {
  begun_ = true;
  AskFor(host_);
  context().language = host_.adapter.LanguageOf(grpc_context_);
  if (!served().always) {
    const absl::Status entered = gate_->Enter(served().reserved);
    entered_ = entered.ok();
    if (!entered_) return Refuse(entered);
  }
  host_.Run(request_bytes_.Length(),
            [this] { host_.adapter.Handle(*this, served().method, grpc_context_, request_bytes_); });
}

void UnaryCall::Answer(const absl::StatusOr<const google::protobuf::Message*>& answer) {
  const absl::Status status = answer.ok() ? Encode(**answer, response_bytes_) : answer.status();
  LogFault(served().method, status);
  const std::shared_ptr<EventQueue> queue = host_.queue;
  queue->Run([this, status](bool alive) { Send(status, alive); });
}

void UnaryCall::Send(const absl::Status& status, bool alive) {
  // This may be deleted as soon as the operation was begun.
  const std::shared_ptr<CallGate> gate = gate_;
  const bool entered = entered_;
  if (!alive) {
    delete this;
  } else if (status.ok()) {
    writer_.Finish(response_bytes_, grpc::Status::OK, Tag(*this));
  } else {
    writer_.FinishWithError(ToGrpcStatus(status, context().language), Tag(*this));
  }
  if (entered) gate->Leave();
}

}  // namespace gi::rpc
