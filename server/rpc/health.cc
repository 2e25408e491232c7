#include "server/rpc/health.h"

#include <utility>

#include "grpc/health/v1/health.pb.h"
#include "storage/base/error.h"

namespace gi::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

// Each keeps a call open; what is beyond is no watching of health.
constexpr size_t kMaxWatchers = 1000;

HealthCheckResponse::ServingStatus StatusOf(bool serving) {
  return serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

void Tell(const Publish& publish, HealthCheckResponse::ServingStatus status) {
  auto message = std::make_unique<HealthCheckResponse>();
  message->set_status(status);
  publish(std::move(message));
}

}  // namespace

// Ends the watching when it is destroyed.
class Health::Subscription {
 public:
  Subscription(std::shared_ptr<Health> health, Watchers::iterator watcher)
      : health_(std::move(health)), watcher_(watcher) {}
  ~Subscription() {
    const std::lock_guard<std::mutex> lock(health_->mutex_);
    health_->watchers_.erase(watcher_);
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  const std::shared_ptr<Health> health_;
  const Watchers::iterator watcher_;
};

Health::Health(const std::vector<std::string>& services) {
  serving_[""] = false;
  for (const std::string& service : services) serving_[service] = false;
}

void Health::SetServing(bool serving) {
  std::vector<Publish> concerned;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto& [service, now] : serving_) {
      if (std::exchange(now, serving) == serving) continue;
      for (const Watcher& watcher : watchers_) {
        if (watcher.service == service) concerned.push_back(watcher.publish);
      }
    }
  }
  // Publishing waits for the queue of calls, whose thread may wait for this.
  for (const Publish& publish : concerned) Tell(publish, StatusOf(serving));
}

std::shared_ptr<void> Health::Watch(const std::string& service, Publish publish) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (watchers_.size() >= kMaxWatchers) return nullptr;
  const auto known = serving_.find(service);
  Tell(publish, known == serving_.end() ? HealthCheckResponse::SERVICE_UNKNOWN : StatusOf(known->second));
  watchers_.push_front({service, std::move(publish)});
  return std::make_shared<Subscription>(shared_from_this(), watchers_.begin());
}

void Health::Register(MethodTable& methods) {
  methods.AddRead<HealthCheckRequest, HealthCheckResponse>(
      "grpc.health.v1.Health/Check",
      [health = shared_from_this()](const CallContext&,
                                    const HealthCheckRequest& request) -> absl::StatusOr<HealthCheckResponse> {
        const std::lock_guard<std::mutex> lock(health->mutex_);
        const auto known = health->serving_.find(request.service());
        if (known == health->serving_.end()) {
          return MakeError(registry::v1::ERROR_REASON_RESOURCE_NOT_FOUND, {{"name", Excerpt(request.service())}});
        }
        HealthCheckResponse response;
        response.set_status(StatusOf(known->second));
        return response;
      });
  methods.AddWatch<HealthCheckRequest>(
      "grpc.health.v1.Health/Watch", [health = shared_from_this()](const HealthCheckRequest& request, Publish publish) {
        return health->Watch(request.service(), std::move(publish));
      });
}

}  // namespace gi::rpc
