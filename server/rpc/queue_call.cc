#include "server/rpc/queue_call.h"

#include <utility>

#include "grpcpp/server_context.h"
#include "grpcpp/support/async_unary_call.h"
#include "server/rpc/decode.h"
#include "server/rpc/status.h"

namespace gi::rpc {
namespace {

// Calls of a method that are taken without waiting for the queue's thread to ask for the next.
constexpr int kAskedFor = 64;

}  // namespace

// Waits for a call, answers it, and is deleted when the answer was sent.
class CallQueue::QueueCall final : public CallCore {
 public:
  QueueCall(RawService& service, int index, CallQueue& owner)
      : CallCore(service.method(index)), service_(service), index_(index), owner_(owner), writer_(&context_of_grpc_) {
    service_.RequestCall(index_, context_of_grpc_, request_bytes_, writer_, *owner_.queue_, this);
  }

  // An event of this call: it has come, or its answer was sent, or (not ok) the server stops.
  void Proceed(bool ok) {
    if (!ok || begun_) {
      delete this;
      return;
    }
    begun_ = true;
    new QueueCall(service_, index_, owner_);
    context().language = owner_.adapter_.LanguageOf(context_of_grpc_);
    const absl::Status entered = owner_.adapter_.gate().Enter(served().reserved);
    entered_ = entered.ok();
    if (!entered_) return Refuse(entered);
    owner_.adapter_.Handle(*this, served().method, context_of_grpc_, request_bytes_);
  }

 private:
  void Answer(const absl::StatusOr<const google::protobuf::Message*>& answer) override {
    const absl::Status status = answer.ok() ? Encode(**answer, response_bytes_) : answer.status();
    LogFault(served().method, status);
    CallGate& gate = owner_.adapter_.gate();
    const bool entered = entered_;
    // This may be deleted on the queue's thread as soon as Finish has begun.
    if (status.ok()) {
      writer_.Finish(response_bytes_, grpc::Status::OK, this);
    } else {
      writer_.FinishWithError(ToGrpcStatus(status, context().language), this);
    }
    if (entered) gate.Leave();
  }

  RawService& service_;
  const int index_;
  CallQueue& owner_;
  grpc::ServerContext context_of_grpc_;
  grpc::ByteBuffer request_bytes_;
  grpc::ByteBuffer response_bytes_;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> writer_;
  bool begun_ = false;
  bool entered_ = false;
};

void CallQueue::Start(const std::vector<std::unique_ptr<RawService>>& services) {
  for (const std::unique_ptr<RawService>& service : services) {
    for (const int index : service->queued_methods()) {
      for (int i = 0; i < kAskedFor; ++i) new QueueCall(*service, index, *this);
    }
  }
  thread_ = std::thread([this] { Loop(); });
}

void CallQueue::Loop() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
    const std::lock_guard<std::mutex> lock(mutex_);
    // Nothing may be asked of a queue that is shut down; what comes now has lost its connection already.
    static_cast<QueueCall*>(tag)->Proceed(ok && !stopped_);
  }
}

void CallQueue::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(stopped_, true)) return;
    queue_->Shutdown();
  }
  if (thread_.joinable()) return thread_.join();
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
  }
}

}  // namespace gi::rpc
