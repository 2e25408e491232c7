// The implementations of Engine that the conformance suites run against. A new engine is added here and nowhere else.
#ifndef GI_TESTS_STORAGE_ENGINE_ENGINE_CASES_H_
#define GI_TESTS_STORAGE_ENGINE_ENGINE_CASES_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "storage/base/error.h"
#include "storage/engine/engine.h"

namespace gi::engine {

// Where engines of one kind keep their data; removed in the end. One engine at a time.
class EngineHome {
 public:
  virtual ~EngineHome() = default;
  virtual absl::StatusOr<std::unique_ptr<Engine>> Open() = 0;
};

struct EngineCase {
  std::string name;
  std::function<std::unique_ptr<EngineHome>()> new_home;
  friend void PrintTo(const EngineCase& engine, std::ostream* out) { *out << engine.name; }
};

std::vector<EngineCase> AllEngines();
// Those of them whose data a second engine in the same home finds again.
std::vector<EngineCase> PersistentEngines();

std::string CaseName(const testing::TestParamInfo<EngineCase>& info);

// An open engine and its home.
class EngineTest : public testing::TestWithParam<EngineCase> {
 protected:
  void SetUp() override;
  // Destroys the engine and opens the home again.
  void Reopen();

  LogStore& log() { return engine_->log(); }
  ViewStore& view() { return engine_->view(); }

  std::unique_ptr<EngineHome> home_;
  std::unique_ptr<Engine> engine_;
};

// An empty directory, removed with what is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline ViewMutation Put(std::string key, std::string value) {
  return {.space = Space::kVersioned, .key = std::move(key), .value = std::move(value)};
}
inline ViewMutation Delete(std::string key) {
  return {.space = Space::kVersioned, .key = std::move(key), .value = std::nullopt};
}
inline ViewMutation PutLocal(std::string key, std::string value) {
  return {.space = Space::kLocal, .key = std::move(key), .value = std::move(value)};
}
inline ViewMutation DeleteLocal(std::string key) {
  return {.space = Space::kLocal, .key = std::move(key), .value = std::nullopt};
}

// Bytes with zeros in them.
template <size_t N>
std::string Bytes(const char (&literal)[N]) {
  return std::string(literal, N - 1);
}

// "key=value@revision key=value@revision", or the reason of the failure.
std::string Dump(ViewScan& scan);
// The scan of the newest state, of everything.
std::string DumpAll(ViewStore& view);

#define EXPECT_OK(expression) EXPECT_EQ((expression), absl::OkStatus())
#define ASSERT_OK(expression) ASSERT_EQ((expression), absl::OkStatus())
#define EXPECT_REASON(expression, reason) EXPECT_EQ(GetErrorReason(expression), registry::v1::ERROR_REASON_##reason)
// Of a StatusOr.
#define ASSERT_VALUE(lhs, expression) ASSERT_VALUE_INNER(GI_ENGINE_CONCAT(result_, __LINE__), lhs, expression)
#define ASSERT_VALUE_INNER(result, lhs, expression) \
  auto result = (expression);                       \
  ASSERT_EQ(result.status(), absl::OkStatus());     \
  lhs = *std::move(result)
#define GI_ENGINE_CONCAT(a, b) GI_ENGINE_CONCAT_INNER(a, b)
#define GI_ENGINE_CONCAT_INNER(a, b) a##b

}  // namespace gi::engine

#endif  // GI_TESTS_STORAGE_ENGINE_ENGINE_CASES_H_
