#include "server/rpc/call.h"

#include <exception>
#include <utility>

#include "server/rpc/decode.h"
#include "server/rpc/status.h"
#include "spdlog/spdlog.h"
#include "storage/base/error.h"

namespace gi::rpc {
namespace {

google::protobuf::ArenaOptions BlockOptions(char* block, size_t size) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = size;
  return options;
}

// The operator has to look at these; everything else is the caller's business and stays out of the log.
bool IsFaultOfServer(ErrorReason reason) {
  switch (reason) {
    case registry::v1::ERROR_REASON_UNSPECIFIED:
    case registry::v1::ERROR_REASON_COMMIT_OUTCOME_UNKNOWN:
    case registry::v1::ERROR_REASON_DATA_CORRUPT:
    case registry::v1::ERROR_REASON_INTERNAL:
    case registry::v1::ERROR_REASON_STORE_CLOSED:
    case registry::v1::ERROR_REASON_STORE_IO:
      return true;
    default:
      return false;
  }
}

// The text of an error with a reason may quote the request, so only the reason is logged; one without a reason was made
// by a library and is of use only with its text.
void LogFault(const Method& method, const absl::Status& status) {
  const ErrorReason reason = GetErrorReason(status);
  if (status.ok() || !IsFaultOfServer(reason)) return;
  const char* kind = method.kind == MethodKind::kWrite ? "write" : "read";
  const std::string what = reason == registry::v1::ERROR_REASON_UNSPECIFIED ? Excerpt(status.ToString(), 300)
                                                                            : registry::v1::ErrorReason_Name(reason);
  spdlog::error("{} failed: {}: {}", kind, method.full_name, what);
}

}  // namespace

// The right to answer, which moves with the handler's callback; whoever destroys it unused has answered INTERNAL.
class Call::OneAnswer {
 public:
  explicit OneAnswer(Call* call) : call_(call) {}
  OneAnswer(OneAnswer&& other) noexcept : call_(std::exchange(other.call_, nullptr)) {}
  OneAnswer& operator=(OneAnswer&&) = delete;
  ~OneAnswer() {
    if (call_ != nullptr)
      (*this)(MakeError(registry::v1::ERROR_REASON_INTERNAL,
                        {{"detail", "no answer was given"}, {"detail_zh", "未给出应答"}}));
  }

  void operator()(const absl::StatusOr<const google::protobuf::Message*>& answer) {
    Call* call = std::exchange(call_, nullptr);
    if (call == nullptr) {
      spdlog::error("a call was answered twice; the second answer is dropped");
      return;
    }
    call->Give(answer);
    call->Unref();
  }

 private:
  Call* call_;
};

Call::Call(std::shared_ptr<const ServedMethod> served, std::shared_ptr<CallGate> gate, Language language,
           grpc::ByteBuffer& response)
    : served_(std::move(served)),
      gate_(std::move(gate)),
      language_(language),
      response_(response),
      arena_(BlockOptions(block_, sizeof(block_))),
      request_(served_->method.request_prototype->New(&arena_)) {
  context_.method = served_->path;
}

void Call::Run() {
  // The call may be deleted before the handler returns.
  const std::shared_ptr<const ServedMethod> served = served_;
  try {
    served->method.handle(context_, *request_, OneAnswer(this));
  } catch (const std::exception& e) {
    spdlog::error("exception in {}: {}", served->method.full_name, typeid(e).name());
  } catch (...) {
    spdlog::error("exception in {}", served->method.full_name);
  }
}

void Call::Refuse(const absl::Status& status) { OneAnswer(this)(status); }

void Call::Give(const absl::StatusOr<const google::protobuf::Message*>& answer) {
  LogFault(served_->method, Win() ? Send(answer) : answer.status());
  gate_->Leave();
}

absl::Status Call::Send(const absl::StatusOr<const google::protobuf::Message*>& answer) {
  const absl::Status status = answer.ok() ? Encode(**answer, response_) : answer.status();
  Finish(ToGrpcStatus(status, language_));
  return status;
}

void Call::OnCancel() {
  if (Win()) Finish(grpc::Status::CANCELLED);
}

void Call::Unref() {
  if (refs_.fetch_sub(1) == 1) delete this;
}

}  // namespace gi::rpc
