// Archives: whatever the bytes are, restoring refuses them or leaves a log of exactly the entries that were counted.
//
// Input: the file.
#include <memory>
#include <sstream>
#include <string>

#include "storage/base/error.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/registry/archive.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::SilenceProtobuf();
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  const std::unique_ptr<gi::engine::Engine> engine = gi::engine::NewMemoryEngine();
  const auto report = gi::registry::RestoreArchive(in, *engine);
  if (report.ok()) {
    FUZZ_CHECK(engine->log().Head().value().value == report->entries && report->root.size() == 32);
  } else {
    FUZZ_CHECK(gi::GetErrorReason(report.status()) == gi::registry::v1::ERROR_REASON_ARCHIVE_INVALID);
  }
  return 0;
}
