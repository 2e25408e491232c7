#include "server/rpc/conversation_call.h"

#include <exception>
#include <typeinfo>
#include <utility>

#include "absl/time/clock.h"
#include "server/rpc/decode.h"
#include "server/rpc/one_answer.h"
#include "server/rpc/status.h"
#include "spdlog/spdlog.h"
#include "storage/base/status_macros.h"

namespace gi::rpc {
namespace {

// Messages that may be unanswered: one is being committed, one waits for its turn, one is being judged.
constexpr uint64_t kMostUnanswered = 3;

}  // namespace

void* ConversationCall::Operation::Begin() {
  running_ = call_.shared_from_this();
  return Tag(*this);
}

void ConversationCall::Operation::Proceed(bool ok) {
  // The last of these may be the call's last owner.
  const std::shared_ptr<ConversationCall> call = std::move(running_);
  ((*call).*then_)(ok);
}

void ConversationCall::AskFor(const CallHost& host) {
  const std::shared_ptr<ConversationCall> call(new ConversationCall(host));
  host.service.RequestStream(host.index, call->grpc_context_, call->stream_, host.queue->queue(), call->call_.Begin());
}

ConversationCall::ConversationCall(const CallHost& host)
    : host_(host),
      gate_(host.adapter.gate()),
      stream_(&grpc_context_),
      call_(*this, &ConversationCall::OnCall),
      read_(*this, &ConversationCall::OnRead),
      write_(*this, &ConversationCall::OnWritten),
      finish_(*this, &ConversationCall::OnFinished) {}

void ConversationCall::OnCall(bool ok) {
  if (!ok) return;
  AskFor(host_);
  context_.method = host_.served()->path;
  context_.language = host_.adapter.LanguageOf(grpc_context_);
  const absl::Status admitted = host_.adapter.Admit(host_.served()->method, grpc_context_, context_);
  if (!admitted.ok()) return End(admitted);
  conversation_ = host_.served()->method.converse();
  GoOn();
}

void ConversationCall::OnRead(bool ok) {
  if (ended_) return;
  last_was_read_ = !ok;
  if (last_was_read_) return GoOn();
  taking_ = true;
  host_.workers.Run([call = shared_from_this()] { call->Take(); });
}

void ConversationCall::Take() {
  std::shared_ptr<google::protobuf::Message> message;
  absl::Status status = gate_->Enter(host_.served()->reserved);
  OneAnswer answer([call = shared_from_this(), number = taken_, entered = status.ok()](const auto& given) {
    call->Answer(number, given);
    if (entered) call->gate_->Leave();
  });
  if (status.ok()) status = DecodeInto(message);
  if (!status.ok()) {
    answer(status);
  } else {
    context_.deadline = absl::Now() + host_.adapter.limits().max_deadline;
    try {
      conversation_->Take(context_, std::move(message), std::move(answer));
    } catch (const std::exception& e) {
      spdlog::error("exception in {}: {}", host_.served()->method.full_name, typeid(e).name());
    }
  }
  host_.queue->Run([call = shared_from_this()](bool alive) {
    if (!alive) return;
    call->taking_ = false;
    ++call->taken_;
    call->GoOn();
  });
}

absl::Status ConversationCall::DecodeInto(std::shared_ptr<google::protobuf::Message>& message) const {
  const size_t limit = host_.adapter.limits().max_request_bytes;
  if (request_.Length() > limit) return TooLarge(request_.Length(), limit);
  message.reset(host_.served()->method.request_prototype->New());
  return Decode(request_, *message);
}

void ConversationCall::Answer(uint64_t number, const absl::StatusOr<const google::protobuf::Message*>& answer) {
  Answered answered{answer.status(), {}};
  if (answer.ok()) answered.status = Encode(**answer, answered.bytes);
  host_.queue->Run([call = shared_from_this(), number, answered = std::move(answered)](bool alive) mutable {
    if (!alive) return;
    call->answers_.emplace(number, std::move(answered));
    call->GoOn();
  });
}

void ConversationCall::GoOn() {
  if (ended_ || host_.queue->stopped()) return;
  const auto next = answers_.find(sent_);
  if (!write_.running() && next != answers_.end()) {
    if (!next->second.status.ok()) return End(std::move(next->second.status));
    stream_.Write(next->second.bytes, write_.Begin());
  }
  if (last_was_read_ && !taking_ && sent_ == taken_) return End(absl::OkStatus());
  if (last_was_read_ || taking_ || read_.running() || taken_ - sent_ >= kMostUnanswered) return;
  request_.Clear();
  stream_.Read(&request_, read_.Begin());
}

void ConversationCall::OnWritten(bool ok) {
  if (ended_) return;
  // The caller has gone.
  if (!ok) return host_.queue->stopped() ? void() : End(absl::CancelledError());
  answers_.erase(sent_);
  ++sent_;
  GoOn();
}

void ConversationCall::End(absl::Status status) {
  const bool cancelled = absl::IsCancelled(status);
  LogFault(host_.served()->method, cancelled ? absl::OkStatus() : status);
  ended_ = true;
  answers_.clear();
  stream_.Finish(cancelled ? grpc::Status::CANCELLED : ToGrpcStatus(status, context_.language), finish_.Begin());
}

}  // namespace gi::rpc
