#include "server/rpc/stream_call.h"

#include "server/rpc/decode.h"
#include "server/rpc/status.h"
#include "storage/base/status_macros.h"

namespace gi::rpc {

StreamCall::StreamCall(const CallHost& host) : host_(host), gate_(host.adapter.gate()), stream_(&grpc_context_) {
  host_.service.RequestStream(host_.index, grpc_context_, stream_, host_.queue->queue(), Tag(*this));
}

void StreamCall::Proceed(bool ok) {
  const State ended = state_;
  if (ended == State::kFinishing || (ended == State::kWaiting && !ok)) {
    delete this;
  } else if (ended == State::kWaiting) {
    Begin();
  } else if (ended == State::kReading && ok) {
    host_.Run(request_.Length(), [this] { Respond(); });
  } else if (ended == State::kWriting && ok) {
    Read();
  } else {
    // Nothing more to read, or the caller has gone.
    const absl::Status status = ended == State::kReading ? absl::OkStatus() : absl::CancelledError();
    if (host_.queue->stopped()) {
      delete this;
    } else {
      End(status);
    }
  }
}

void StreamCall::Begin() {
  AskFor(host_);
  context_.method = host_.served()->path;
  context_.language = host_.adapter.LanguageOf(grpc_context_);
  const absl::Status admitted = host_.adapter.Admit(host_.served()->method, grpc_context_, context_);
  if (!admitted.ok()) return End(admitted);
  Read();
}

void StreamCall::Read() {
  state_ = State::kReading;
  request_.Clear();
  stream_.Read(&request_, Tag(*this));
}

void StreamCall::Respond() {
  const bool gated = !host_.served()->always;
  absl::Status status = gated ? gate_->Enter(host_.served()->reserved) : absl::OkStatus();
  const bool entered = gated && status.ok();
  if (status.ok()) status = Fill();
  const std::shared_ptr<EventQueue> queue = host_.queue;
  queue->Run([this, status, entered](bool alive) { Send(status, entered, alive); });
}

void StreamCall::Send(const absl::Status& status, bool entered, bool alive) {
  // This may be deleted as soon as the operation was begun.
  const std::shared_ptr<CallGate> gate = gate_;
  if (!alive) {
    delete this;
  } else if (!status.ok()) {
    End(status);
  } else {
    state_ = State::kWriting;
    stream_.Write(response_, Tag(*this));
  }
  if (entered) gate->Leave();
}

absl::Status StreamCall::Fill() {
  const ServedMethod& served = *host_.served();
  const size_t limit = host_.adapter.limits().max_request_bytes;
  if (request_.Length() > limit) return TooLarge(request_.Length(), limit);
  arena_.Reset();
  google::protobuf::Message* request = served.method.request_prototype->New(&arena_);
  google::protobuf::Message* response = served.method.response_prototype->New(&arena_);
  RETURN_IF_ERROR(Decode(request_, *request));
  RETURN_IF_ERROR(RunFill(served, context_, *request, *response));
  response_.Clear();
  return Encode(*response, response_);
}

void StreamCall::End(const absl::Status& status) {
  const bool cancelled = absl::IsCancelled(status);
  LogFault(host_.served()->method, cancelled ? absl::OkStatus() : status);
  state_ = State::kFinishing;
  stream_.Finish(cancelled ? grpc::Status::CANCELLED : ToGrpcStatus(status, context_.language), Tag(*this));
}

}  // namespace gi::rpc
