#include "tests/storage/engine/engine_cases.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/engine/fault_engine.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"

namespace gi::engine {
namespace {

class MemoryHome final : public EngineHome {
 public:
  absl::StatusOr<std::unique_ptr<Engine>> Open() override { return NewMemoryEngine(); }
};

class RocksDbHome final : public EngineHome {
 public:
  absl::StatusOr<std::unique_ptr<Engine>> Open() override {
    return OpenRocksDbEngine({.path = directory_.path() + "/data", .block_cache_bytes = 8 << 20});
  }

 private:
  TemporaryDirectory directory_;
};

// Without faults, the decorator must not be noticed.
class FaultHome final : public EngineHome {
 public:
  absl::StatusOr<std::unique_ptr<Engine>> Open() override {
    absl::StatusOr<std::unique_ptr<Engine>> engine = home_.Open();
    if (!engine.ok()) return engine;
    return NewFaultEngine(*std::move(engine), std::make_shared<FaultPlan>());
  }

 private:
  RocksDbHome home_;
};

}  // namespace

std::vector<EngineCase> PersistentEngines() {
  return {{"RocksDb", [] { return std::make_unique<RocksDbHome>(); }},
          {"RocksDbUnderFaults", [] { return std::make_unique<FaultHome>(); }}};
}

std::vector<EngineCase> AllEngines() {
  std::vector<EngineCase> cases = PersistentEngines();
  cases.push_back({"Memory", [] { return std::make_unique<MemoryHome>(); }});
  return cases;
}

std::string CaseName(const testing::TestParamInfo<EngineCase>& info) { return info.param.name; }

void EngineTest::SetUp() {
  home_ = GetParam().new_home();
  ASSERT_VALUE(engine_, home_->Open());
}

void EngineTest::Reopen() {
  engine_.reset();
  ASSERT_VALUE(engine_, home_->Open());
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = testing::TempDir() + "gi_engine_XXXXXX";
  if (mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Dump(ViewScan& scan) {
  std::string out;
  while (scan.Next()) {
    absl::StrAppend(&out, out.empty() ? "" : " ", scan.key());
    if (scan.deleted()) {
      absl::StrAppend(&out, " gone@", scan.revision().value);
    } else {
      absl::StrAppend(&out, "=", scan.value(), "@", scan.revision().value);
    }
  }
  if (!scan.status().ok()) return registry::v1::ErrorReason_Name(GetErrorReason(scan.status()));
  return out;
}

std::string DumpAll(ViewStore& view) {
  const auto snapshot = view.Snapshot();
  if (!snapshot.ok()) return snapshot.status().ToString();
  return Dump(*(*snapshot)->Scan(KeyRange{}, (*snapshot)->revision()));
}

}  // namespace gi::engine
