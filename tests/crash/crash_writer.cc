// The program that the crash test kills: threads that write to a registry without end and tell, on stdout, of each
// answer.
//
//   crash_writer --dir D --unsynced 0|1 --sync 0|1 --threads N --seed S
//
// --unsynced 1: what was not synced is lost with the process. --seed: of the choices, and part of every id it makes.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <future>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "storage/registry/registry.h"
#include "storage/registry/tables.h"
#include "tests/crash/oracle.h"
#include "tests/storage/engine/unsynced_file_system.h"

namespace gi::crash {
namespace {

using registry::Committed;
using registry::Mutation;
using registry::v1::Authorization;
using registry::v1::Entity;

// Rows that all threads change; few, so that they meet.
constexpr int kSharedRows = 5;

// One write of less than PIPE_BUF bytes is never torn, whoever else writes and whenever the process is killed.
void Say(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(1);
}

// What one call writes.
struct Plan {
  std::string call;
  int new_rows = 1;
  // -1: none.
  int shared_row = -1;
  bool refused = false;
  bool repeated = false;
};

template <class Message>
absl::Status Put(Mutation& mutation, const table::Table<Message>& table, const Message& row, WrittenRows& written) {
  written.emplace_back(row.name(), RowDigest(row.SerializeAsString()));
  return mutation.Put(table, absl::StripPrefix(row.name(), absl::StrCat(table.name(), "/")), row);
}

absl::Status PutNewRow(Mutation& mutation, const std::string& id, WrittenRows& written) {
  Entity entity;
  entity.set_name("entities/" + id);
  entity.set_uscc(id);
  entity.set_display_name("made by a crash test");
  RETURN_IF_ERROR(Put(mutation, registry::kEntities, entity, written));
  Authorization grant;
  grant.set_name("authorizations/" + id);
  grant.set_entity(entity.name());
  grant.set_indication("indications/t");
  return Put(mutation, registry::kAuthorizations, grant, written);
}

// Reads the row, and writes it one version higher.
absl::Status ChangeSharedRow(Mutation& mutation, int row, WrittenRows& written) {
  const std::string id = absl::StrCat("shared-", row);
  ASSIGN_OR_RETURN(const auto old_row, registry::kEntities.Get(mutation.rows(), id));
  int version = 0;
  if (old_row && !absl::SimpleAtoi(old_row->message.display_name(), &version)) return absl::DataLossError(id);
  Entity entity;
  entity.set_name("entities/" + id);
  entity.set_uscc(absl::StrCat("code ", version % 3));
  entity.set_display_name(absl::StrCat(version + 1));
  return Put(mutation, registry::kEntities, entity, written);
}

absl::Status Write(const Plan& plan, Mutation& mutation, WrittenRows& written) {
  written.clear();
  for (int i = 0; i < plan.new_rows; ++i) {
    RETURN_IF_ERROR(PutNewRow(mutation, absl::StrCat(plan.call, "-", i), written));
  }
  // Before the shared row: that one is there whatever becomes of this call.
  if (plan.refused) return MakeError(ErrorReason::ERROR_REASON_NOTHING_TO_CORRECT);
  return plan.shared_row < 0 ? absl::OkStatus() : ChangeSharedRow(mutation, plan.shared_row, written);
}

// One thread's calls, one after the other.
class Caller {
 public:
  Caller(registry::Registry& registry, uint32_t seed, int thread)
      : registry_(registry),
        prefix_(absl::StrCat("s", seed, "t", thread, "c")),
        random_(seed * 1000u + static_cast<uint32_t>(thread)) {}

  [[noreturn]] void Run() {
    for (int n = 0;; ++n) {
      const Plan plan = NextPlan(n);
      auto first = Submit(plan);
      if (plan.repeated) {
        auto second = Submit(plan);
        Tell(plan, second);
      }
      Tell(plan, first);
    }
  }

 private:
  struct Pending {
    std::shared_ptr<WrittenRows> written;
    std::future<absl::StatusOr<Committed>> answer;
  };

  int Pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  Plan NextPlan(int n) {
    Plan plan{absl::StrCat(prefix_, n)};
    plan.new_rows = 1 + Pick(3);
    plan.shared_row = Pick(2 * kSharedRows) - kSharedRows;
    plan.refused = Pick(8) == 0;
    plan.repeated = Pick(8) == 0;
    return plan;
  }

  Pending Submit(const Plan& plan) {
    auto written = std::make_shared<WrittenRows>();
    auto promise = std::make_shared<std::promise<absl::StatusOr<Committed>>>();
    registry_.Submit(
        ContextOf(plan.call), [plan, written](Mutation& mutation) { return Write(plan, mutation, *written); },
        [promise](absl::StatusOr<Committed> answer) { promise->set_value(std::move(answer)); });
    return {written, promise->get_future()};
  }

  void Tell(const Plan& plan, Pending& pending) {
    const absl::StatusOr<Committed> answer = pending.answer.get();
    if (answer.ok()) {
      Say(answer->replayed ? RepeatedLine(plan.call, answer->revision)
                           : CommittedLine(plan.call, answer->revision, *pending.written));
    } else if (plan.refused && GetErrorReason(answer.status()) == ErrorReason::ERROR_REASON_NOTHING_TO_CORRECT) {
      Say(RefusedLine(plan.call, *pending.written));
    } else {
      Say(FailedLine(plan.call, answer.status()));
    }
  }

  registry::Registry& registry_;
  const std::string prefix_;
  std::mt19937 random_;
};

int Main(std::map<std::string, std::string> arguments) {
  uint32_t seed = 0;
  int threads = 0;
  if (!absl::SimpleAtoi(arguments["--seed"], &seed) || !absl::SimpleAtoi(arguments["--threads"], &threads)) return 2;
  const std::unique_ptr<rocksdb::Env> unsynced = engine::NewUnsyncedEnv();
  engine::RocksDbOptions options;
  options.path = arguments["--dir"];
  options.sync = arguments["--sync"] == "1";
  if (arguments["--unsynced"] == "1") options.env = unsynced.get();
  auto engine = engine::OpenRocksDbEngine(options);
  if (!engine.ok()) return Say(FailedLine("(opening the engine)", engine.status())), 1;
  auto registry = registry::Registry::Open(*std::move(engine));
  if (!registry.ok()) return Say(FailedLine("(opening the registry)", registry.status())), 1;
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) running.emplace_back([&, i] { Caller(**registry, seed, i).Run(); });
  for (std::thread& thread : running) thread.join();
  return 0;
}

}  // namespace
}  // namespace gi::crash

int main(int argc, char** argv) {
  std::map<std::string, std::string> arguments;
  for (int i = 1; i + 1 < argc; i += 2) arguments[argv[i]] = argv[i + 1];
  return gi::crash::Main(std::move(arguments));
}
