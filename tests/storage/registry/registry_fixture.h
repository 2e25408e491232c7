// A registry over an engine of the test's choice, with a clock the test sets and mutations that are one line each.
#ifndef GI_TESTS_STORAGE_REGISTRY_REGISTRY_FIXTURE_H_
#define GI_TESTS_STORAGE_REGISTRY_REGISTRY_FIXTURE_H_

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gi/registry/v1/entity.pb.h"
#include "storage/base/sha256.h"
#include "storage/registry/registry.h"
#include "storage/registry/tables.h"

namespace gi::registry {

class FakeClock {
 public:
  absl::Time Now() const { return absl::FromUnixMicros(us_.load()); }
  void Set(absl::Time time) { us_ = absl::ToUnixMicros(time); }
  void Advance(absl::Duration by) { us_ += absl::ToInt64Microseconds(by); }

 private:
  std::atomic<int64_t> us_{absl::ToUnixMicros(absl::FromUnixSeconds(1'780'000'000))};
};

inline std::unique_ptr<Registry> OpenRegistry(std::unique_ptr<engine::Engine> engine, FakeClock* clock = nullptr,
                                              WriterOptions writer = {}) {
  RegistryOptions options;
  if (clock != nullptr) options.clock = [clock] { return clock->Now(); };
  options.writer = writer;
  auto registry = Registry::Open(std::move(engine), std::move(options));
  if (!registry.ok()) {
    fprintf(stderr, "%s\n", registry.status().ToString().c_str());
    abort();
  }
  return *std::move(registry);
}

inline v1::Entity MakeEntity(absl::string_view id, absl::string_view uscc, absl::string_view display_name) {
  v1::Entity entity;
  entity.set_name(absl::StrCat("entities/", id));
  entity.set_uscc(std::string(uscc));
  entity.set_display_name(std::string(display_name));
  return entity;
}

inline MutationFn PutEntity(v1::Entity entity) {
  return [entity](Mutation& mutation) {
    return mutation.Put(kEntities, absl::string_view(entity.name()).substr(9), entity);
  };
}

// A context whose call is named by `request_id`, 16 bytes made of the text; the digest follows `payload`.
inline MutationContext CallOf(absl::string_view request_id, absl::string_view payload = "") {
  MutationContext context;
  context.actor.set_agency("test");
  context.reason.set_text("test");
  context.call.set_agency("test");
  context.call.set_method("/test/Put");
  context.call.set_request_id(Sha256({request_id}).substr(0, 16));
  context.call.set_request_digest(Sha256({payload}));
  return context;
}

inline std::future<absl::StatusOr<Committed>> SubmitAsync(Registry& registry, MutationContext context, MutationFn fn) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<Committed>>>();
  auto future = promise->get_future();
  registry.Submit(std::move(context), std::move(fn),
                  [promise](absl::StatusOr<Committed> answer) { promise->set_value(std::move(answer)); });
  return future;
}

inline absl::StatusOr<Committed> Submit(Registry& registry, MutationContext context, MutationFn fn) {
  return SubmitAsync(registry, std::move(context), std::move(fn)).get();
}

}  // namespace gi::registry

#endif  // GI_TESTS_STORAGE_REGISTRY_REGISTRY_FIXTURE_H_
