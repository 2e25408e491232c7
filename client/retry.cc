#include "client/retry.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/cord.h"
#include "absl/time/clock.h"
#include "client/method.h"
#include "gi/rpc/v1/status.pb.h"

namespace gi::client {
namespace {

using google::protobuf::Message;

constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";

// The delay the server asks for, if it asks for one.
std::optional<absl::Duration> RequestedDelay(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kRetryInfoUrl);
  rpc::v1::RetryInfo info;
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload))) return std::nullopt;
  return absl::Seconds(info.retry_delay().seconds()) + absl::Nanoseconds(info.retry_delay().nanos());
}

bool IsTransient(const absl::Status& status) {
  return absl::IsUnavailable(status) || (absl::IsResourceExhausted(status) && RequestedDelay(status).has_value());
}

bool HasRequestId(const Message& request) {
  const google::protobuf::FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("request_id");
  return field != nullptr && field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING &&
         !field->is_repeated() && !request.GetReflection()->GetString(request, field).empty();
}

bool IsSafeToRepeat(absl::string_view method, const Message& request) {
  return KindOf(method) != MethodKind::kWrite || HasRequestId(request);
}

// Thread-safe.
class RetryBudget {
 public:
  RetryBudget(double max_tokens, double ratio) : max_tokens_(max_tokens), ratio_(ratio), tokens_(max_tokens) {}

  void Succeeded() {
    const std::lock_guard<std::mutex> lock(mutex_);
    tokens_ = std::min(max_tokens_, tokens_ + ratio_);
  }
  // True if another attempt may be made.
  bool Failed() {
    const std::lock_guard<std::mutex> lock(mutex_);
    tokens_ = std::max(0.0, tokens_ - 1);
    return tokens_ > max_tokens_ / 2;
  }

 private:
  const double max_tokens_;
  const double ratio_;
  std::mutex mutex_;
  double tokens_;
};

class RetryConnection : public Connection {
 public:
  RetryConnection(std::shared_ptr<Connection> next, RetryOptions options, RetryEnvironment environment)
      : next_(std::move(next)),
        options_(options),
        environment_(std::move(environment)),
        budget_(options.max_tokens, options.token_ratio) {}

  absl::Status Call(absl::string_view method, const Message& request, Message* response,
                    const CallOptions& options) override {
    CallOptions attempt_options = options;
    if (attempt_options.timeout <= absl::ZeroDuration()) attempt_options.timeout = Timeouts{}.Of(method);
    const absl::Time deadline = environment_.now() + attempt_options.timeout;
    absl::Duration backoff = options_.initial_backoff;
    for (int attempt = 1;; ++attempt) {
      const absl::Status status = next_->Call(method, request, response, attempt_options);
      if (!IsTransient(status)) {
        if (status.ok()) budget_.Succeeded();
        return status;
      }
      if (!budget_.Failed() || attempt >= options_.max_attempts || !IsSafeToRepeat(method, request)) return status;
      const absl::Duration wait = WaitAfter(status, backoff);
      if (environment_.now() + wait >= deadline) return status;
      environment_.sleep(wait);
      attempt_options.timeout = deadline - environment_.now();
      if (attempt_options.timeout <= absl::ZeroDuration()) return status;
      backoff = std::min(backoff * 2, options_.max_backoff);
    }
  }

  // What was asked on a stream cannot be asked again by itself: the caller knows what was answered.
  absl::StatusOr<std::unique_ptr<Stream>> Open(absl::string_view method, const CallOptions& options) override {
    return next_->Open(method, options);
  }

 private:
  absl::Duration WaitAfter(const absl::Status& status, absl::Duration backoff) const {
    const absl::Duration own = backoff * (0.5 + environment_.random() / 2);
    return std::max(own, RequestedDelay(status).value_or(absl::ZeroDuration()));
  }

  const std::shared_ptr<Connection> next_;
  const RetryOptions options_;
  const RetryEnvironment environment_;
  RetryBudget budget_;
};

}  // namespace

RetryEnvironment RetryEnvironment::Real() {
  return {[] { return absl::Now(); }, [](absl::Duration wait) { absl::SleepFor(wait); },
          [] { return absl::Uniform(absl::InsecureBitGen(), 0.0, 1.0); }};
}

std::shared_ptr<Connection> MakeRetryConnection(std::shared_ptr<Connection> next, RetryOptions options,
                                                RetryEnvironment environment) {
  return std::make_shared<RetryConnection>(std::move(next), options, std::move(environment));
}

}  // namespace gi::client
