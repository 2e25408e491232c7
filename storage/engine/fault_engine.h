// FaultEngine: a decorator that makes an engine fail or tarry at chosen calls, for tests. Without a plan it changes
// nothing, which the conformance suite shows.
#ifndef GI_STORAGE_ENGINE_FAULT_ENGINE_H_
#define GI_STORAGE_ENGINE_FAULT_ENGINE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/engine/engine.h"

namespace gi::engine {

// What is to fail, and a count of what was called. Shared by the test and the engine; thread-safe; may be changed at
// any time.
class FaultPlan {
 public:
  enum class Call {
    // Engine::Commit and LogStore::Append, counted together.
    kCommit,
    // ViewStore::Apply and ApplyLocal, counted together. Engine::Commit is not one of them.
    kApply,
    // Every read of log, snapshot or scan; AppliedRevision and Head are none.
    kRead,
  };
  enum class Moment {
    // Nothing is written.
    kBefore,
    // All is written, and the caller told otherwise: its outcome unknown.
    kAfter,
  };

  // The n-th call from the construction of the plan on (1 is the first) returns STORE_IO. Reads: kBefore only.
  void FailNth(Call call, uint64_t n, Moment moment = Moment::kBefore);
  // So do the n-th and all later ones, with nothing written: a store that broke for good.
  void FailFrom(Call call, uint64_t n);
  // Forgets all faults; the counts go on.
  void Heal();

  // Called before each read, in its thread, with the name of the method: to slow it or to hold it up. An empty
  // function, as at first, does nothing.
  void OnRead(std::function<void(absl::string_view method)> callback);

  // The same for each commit, before anything of it is written.
  void OnCommit(std::function<void()> callback);

  // Calls so far, failed ones included.
  uint64_t count(Call call) const;

  // For the engine: runs `body` as the next call of the kind, or fails it as planned.
  absl::Status Run(Call call, const std::function<absl::Status()>& body);
  // For the engine: announces a read. STORE_IO if it is to fail.
  absl::Status Read(absl::string_view method);

 private:
  struct Faults {
    uint64_t calls = 0;
    std::set<uint64_t> before;
    std::set<uint64_t> after;
    uint64_t from = UINT64_MAX;
  };
  // Counts a call and says when it is to fail, if at all.
  std::optional<Moment> Next(Call call);

  mutable std::mutex mutex_;
  std::array<Faults, 3> faults_;
  std::function<void(absl::string_view)> on_read_;
  std::function<void()> on_commit_;
};

// `engine` under `plan`; neither may be null.
std::unique_ptr<Engine> NewFaultEngine(std::unique_ptr<Engine> engine, std::shared_ptr<FaultPlan> plan);

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_FAULT_ENGINE_H_
