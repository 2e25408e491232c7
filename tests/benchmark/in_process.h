// What benchmarks that call the services in process share: filling a register, asking a method, timing it. Header only;
// for main programs of one thread.
#ifndef GI_TESTS_BENCHMARK_IN_PROCESS_H_
#define GI_TESTS_BENCHMARK_IN_PROCESS_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "gi/registry/v1/common.pb.h"
#include "server/rpc/method_table.h"
#include "storage/base/sha256.h"
#include "storage/base/uuid.h"
#include "storage/registry/registry.h"

namespace gi::benchmark {

using Random = std::mt19937_64;

inline void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

inline registry::v1::Source Synthetic() {
  registry::v1::Source source;
  source.set_kind(registry::v1::SOURCE_KIND_SYNTHETIC);
  source.set_title("benchmark");
  return source;
}

inline int Below(int end, Random& random) { return std::uniform_int_distribution<int>(0, end - 1)(random); }

// Submits mutations, a few thousand at a time; ends with all of them done.
class Filler {
 public:
  explicit Filler(registry::Registry& registry) : registry_(registry) {}
  ~Filler() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ == 0; });
  }

  void Submit(registry::MutationFn change) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return waiting_ < kMostWaiting; });
      ++waiting_;
    }
    registry::MutationContext context;
    context.actor.set_agency("benchmark");
    context.reason.set_text("benchmark");
    context.call.set_agency("benchmark");
    context.call.set_method("benchmark");
    const std::string digest = Sha256({NewUuid()});
    context.call.set_request_id(digest.substr(0, 16));
    context.call.set_request_digest(digest);
    registry_.Submit(std::move(context), std::move(change), [this](absl::StatusOr<registry::Committed> committed) {
      Must(committed.status());
      const std::lock_guard<std::mutex> lock(mutex_);
      --waiting_;
      changed_.notify_all();
    });
  }

  template <class Message>
  void Put(const table::Table<Message>& table, std::string id, Message row) {
    Submit([&table, id = std::move(id), row = std::move(row)](registry::Mutation& mutation) {
      return mutation.Put(table, id, row);
    });
  }

 private:
  static constexpr size_t kMostWaiting = 4096;

  registry::Registry& registry_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t waiting_ = 0;
};

// Calls methods by name, "ProductService/RankCandidates", without gRPC.
class Asker {
 public:
  explicit Asker(const rpc::MethodTable& methods) : methods_(methods) {}

  template <class Response, class Request>
  Response Ask(const std::string& method, const Request& request) const {
    const rpc::CallContext context;
    for (const rpc::Method& known : methods_.methods()) {
      if (known.full_name != "gi.registry.v1." + method) continue;
      Response response;
      known.handle(context, request, [&](absl::StatusOr<const google::protobuf::Message*> answer) {
        Must(answer.status());
        response.CopyFrom(**answer);
      });
      return response;
    }
    std::fprintf(stderr, "no method %s\n", method.c_str());
    std::exit(1);
  }

 private:
  const rpc::MethodTable& methods_;
};

inline void PrintHead() {
  absl::PrintF("%-52s %8s %9s %9s %9s %10s\n", "at the server, one thread", "calls", "p50 ms", "p99 ms", "max ms",
               "rows");
}

// Prints how long a call takes; it returns how many rows it gave.
inline void Measure(const char* what, int calls, const std::function<size_t(int)>& call) {
  std::vector<double> ms;
  size_t rows = 0;
  for (int i = 0; i < calls; ++i) {
    const auto start = std::chrono::steady_clock::now();
    rows += call(i);
    ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(ms.begin(), ms.end());
  const auto at = [&](double share) { return ms[static_cast<size_t>(share * static_cast<double>(ms.size() - 1))]; };
  absl::PrintF("%-52s %8d %9.3f %9.3f %9.3f %10.1f\n", what, calls, at(0.5), at(0.99), at(1),
               static_cast<double>(rows) / calls);
}

}  // namespace gi::benchmark

#endif  // GI_TESTS_BENCHMARK_IN_PROCESS_H_
