// All services over an engine of the test's choice, called without gRPC; and random worlds of titles, entities and
// grants lived through them.
#ifndef GI_TESTS_SERVER_SERVICE_SERVICE_WORLD_H_
#define GI_TESTS_SERVER_SERVICE_SERVICE_WORLD_H_

#include <chrono>
#include <memory>
#include <random>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/check.pb.h"
#include "server/service/services.h"
#include "storage/engine/engine.h"
#include "storage/registry/registry.h"

namespace gi::service {

// Thread-safe.
class ServiceWorld {
 public:
  explicit ServiceWorld(std::unique_ptr<engine::Engine> engine, size_t max_projection_bytes = SIZE_MAX);

  // `method` without package: "EntityService/CreateEntity".
  template <class Response>
  absl::StatusOr<Response> Call(absl::string_view method, const google::protobuf::Message& request) const {
    Response response;
    const absl::Status status = Answer(method, request, response);
    if (!status.ok()) return status;
    return response;
  }

  // As the server does, without a pause to speak of.
  void KeepFiguresReady() { services_->KeepFiguresReady(std::chrono::milliseconds(1)); }

  // The services begin again, with what the registry holds. Nothing else may be called meanwhile.
  void Restart();

  // Deletes a row, as a revert does, if `allowed` says so. True if there was one.
  bool Withdraw(const table::AnyTable& table, const std::string& id,
                absl::FunctionRef<bool(const table::RowReader& rows)> allowed) const;

  const registry::Registry& registry() const { return *registry_; }
  const projection::Projection& projection() const { return services_->projection(); }

 private:
  absl::Status Answer(absl::string_view method, const google::protobuf::Message& request,
                      google::protobuf::Message& response) const;

  std::unique_ptr<registry::Registry> registry_;
  const size_t max_projection_bytes_;
  std::unique_ptr<Services> services_;
  rpc::MethodTable methods_;
};

using Random = std::mt19937;

// Does random things to a world, most of them legal: some are refused. One thread.
class RandomLife {
 public:
  RandomLife(const ServiceWorld& world, uint32_t seed) : world_(world), random_(seed) {}

  // True if it was accepted.
  bool Step();

 private:
  bool NewEntity();
  bool NewTitle();
  bool NewGrant();
  bool NewDivision();
  bool ChangeEntity();
  bool ChangeTitle();
  bool ChangeGrant();
  bool CorrectEntity();
  bool CorrectGrant();
  bool Withdraw();
  // The number of a new row; sometimes one that there was, or is.
  int Next(int count, int most);

  const ServiceWorld& world_;
  Random random_;
  int entities_ = 0, titles_ = 0, grants_ = 0;
};

// A question about such a world, of the kind that the projection may answer.
registry::v1::CheckAuthorizationRequest RandomQuestion(Random& random);

}  // namespace gi::service

#endif  // GI_TESTS_SERVER_SERVICE_SERVICE_WORLD_H_
