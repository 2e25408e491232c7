#include "storage/engine/memory/memory_engine.h"

#include "storage/base/status_macros.h"
#include "storage/engine/memory/memory_log.h"
#include "storage/engine/memory/memory_view.h"

namespace gi::engine {
namespace {

// Commit is the default one: in memory nothing can fail between the append and the apply.
class MemoryEngine final : public Engine {
 public:
  ~MemoryEngine() override { (void)Close(); }

  LogStore& log() override { return log_; }
  ViewStore& view() override { return view_; }

  absl::Status Close() override {
    log_.Close();
    view_.Close();
    return absl::OkStatus();
  }

 private:
  MemoryLog log_;
  MemoryView view_;
};

}  // namespace

std::unique_ptr<Engine> NewMemoryEngine() { return std::make_unique<MemoryEngine>(); }

}  // namespace gi::engine
