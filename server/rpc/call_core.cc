#include "server/rpc/call_core.h"

#include <exception>
#include <typeinfo>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/one_answer.h"
#include "spdlog/spdlog.h"
#include "storage/base/error.h"

namespace gi::rpc {
namespace {

constexpr size_t kMaxArenaBlock = 64 << 10;

google::protobuf::ArenaOptions BlockOptions(char* block, size_t size) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = size;
  options.max_block_size = kMaxArenaBlock;
  return options;
}

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

}  // namespace

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

absl::Status TooLarge(size_t size, size_t limit) {
  return MakeError(registry::v1::ERROR_REASON_REQUEST_TOO_LARGE,
                   {{"size", absl::StrCat(size)}, {"limit", absl::StrCat(limit)}});
}

absl::Status RunFill(const ServedMethod& served, const CallContext& context, const google::protobuf::Message& request,
                     google::protobuf::Message& response) {
  try {
    return served.method.fill(context, request, response);
  } catch (const std::exception& e) {
    spdlog::error("exception in {}: {}", served.method.full_name, typeid(e).name());
  } catch (...) {
    spdlog::error("exception in {}", served.method.full_name);
  }
  return MakeError(registry::v1::ERROR_REASON_INTERNAL, {{"detail", "an exception"}, {"detail_zh", "异常"}});
}

CallCore::CallCore(std::shared_ptr<const ServedMethod> served)
    : served_(std::move(served)),
      arena_(BlockOptions(block_, sizeof(block_))),
      request_(served_->method.request_prototype->New(&arena_)) {
  context_.method = served_->path;
}

void CallCore::Run() {
  if (served_->method.fill) {
    google::protobuf::Message* response = served_->method.response_prototype->New(&arena_);
    const absl::Status status = RunFill(*served_, context_, *request_, *response);
    if (!status.ok()) return Answer(status);
    return Answer(response);
  }
  // The call may be deleted before the handler returns.
  const std::shared_ptr<const ServedMethod> served = served_;
  try {
    served->method.handle(
        context_, *request_,
        OneAnswer([this](const absl::StatusOr<const google::protobuf::Message*>& answer) { Answer(answer); }));
  } catch (const std::exception& e) {
    spdlog::error("exception in {}: {}", served->method.full_name, typeid(e).name());
  } catch (...) {
    spdlog::error("exception in {}", served->method.full_name);
  }
}

void CallCore::Refuse(const absl::Status& status) { Answer(status); }

}  // namespace gi::rpc
