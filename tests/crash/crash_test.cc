// Kills a writing process at a random moment, again and again on the same directory: whatever was acknowledged is kept,
// with its content, at its revision, and its call is known. Once with the page cache left as it was (kill -9), once
// with everything lost that was not synced (power failure).
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "tests/crash/oracle.h"
#include "tests/storage/registry/registry_fixture.h"
#include "tests/support/temp_dir.h"

extern char** environ;

namespace gi::crash {
namespace {

struct WriterFlags {
  std::string directory;
  bool unsynced = false;
  bool sync = true;
  uint32_t seed = 0;
};

// A running crash_writer; killed at the latest when this goes.
class WriterProcess {
 public:
  explicit WriterProcess(const WriterFlags& flags) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) abort();
    const std::vector<std::string> words = {GI_CRASH_WRITER,
                                            "--dir",
                                            flags.directory,
                                            "--unsynced",
                                            flags.unsynced ? "1" : "0",
                                            "--sync",
                                            flags.sync ? "1" : "0",
                                            "--threads",
                                            "6",
                                            "--seed",
                                            absl::StrCat(flags.seed)};
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    if (posix_spawn(&pid_, GI_CRASH_WRITER, &files, nullptr, arguments.data(), environ) != 0) abort();
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    pipe_ = ends[0];
  }
  WriterProcess(const WriterProcess&) = delete;
  WriterProcess& operator=(const WriterProcess&) = delete;
  ~WriterProcess() {
    if (pid_ > 0) Kill();
    close(pipe_);
  }

  // Listens until so many calls more were committed, the time is up or the process ended.
  void ListenUntil(size_t calls, absl::Duration time, Oracle& oracle) {
    const absl::Time end = absl::Now() + time;
    const size_t goal = oracle.committed() + calls;
    while (oracle.committed() < goal) {
      const int64_t left = absl::ToInt64Milliseconds(end - absl::Now());
      pollfd ready{pipe_, POLLIN, 0};
      if (left <= 0 || poll(&ready, 1, static_cast<int>(left)) <= 0 || !ReadSome(oracle)) return;
    }
  }

  // Kills it and hears what it had still said. True if it had not ended by itself.
  bool KillAndListen(Oracle& oracle) {
    const int status = Kill();
    while (ReadSome(oracle)) {
    }
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

 private:
  int Kill() {
    int status = 0;
    kill(pid_, SIGKILL);
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }

  // False at the end.
  bool ReadSome(Oracle& oracle) {
    char buffer[1 << 16];
    const ssize_t size = read(pipe_, buffer, sizeof(buffer));
    if (size <= 0) return false;
    heard_.append(buffer, static_cast<size_t>(size));
    size_t begin = 0;
    for (size_t end; (end = heard_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      oracle.Add(absl::string_view(heard_).substr(begin, end - begin));
    }
    heard_.erase(0, begin);
    return true;
  }

  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string heard_;
};

class Killer {
 public:
  explicit Killer(uint32_t seed) : random_(seed) {}

  // Lets a writer run and kills it: mostly among its calls, sometimes while it still opens its directory.
  void RunAndKill(const WriterFlags& flags, Oracle& oracle) {
    WriterProcess writer(flags);
    if (Pick(5) == 0) {
      writer.ListenUntil(100'000, absl::Milliseconds(Pick(200)), oracle);
    } else {
      writer.ListenUntil(1 + Pick(200), absl::Seconds(20), oracle);
      writer.ListenUntil(100'000, absl::Microseconds(Pick(3000)), oracle);
    }
    EXPECT_TRUE(writer.KillAndListen(oracle)) << "the writer ended by itself";
  }
  size_t Pick(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }

 private:
  std::mt19937 random_;
};

// What is wrong after the crash.
std::vector<std::string> CheckDirectory(const std::string& directory, const Oracle& oracle) {
  engine::RocksDbOptions options;
  options.path = directory;
  auto engine = engine::OpenRocksDbEngine(options);
  if (!engine.ok()) return {absl::StrCat("does not open: ", engine.status().ToString())};
  auto registry = registry::Registry::Open(*std::move(engine));
  if (!registry.ok()) return {absl::StrCat("does not open: ", registry.status().ToString())};
  return oracle.Check(**registry);
}

std::string FirstOf(std::vector<std::string> findings) {
  const size_t count = findings.size();
  findings.resize(std::min<size_t>(count, 5));
  return absl::StrCat(count, " findings: ", absl::StrJoin(findings, "\n"));
}

void ExpectNothingLost(bool unsynced, uint32_t seed, int cycles) {
  const TempDir dir;
  Oracle oracle;
  Killer killer(seed);
  for (int cycle = 0; cycle < cycles; ++cycle) {
    SCOPED_TRACE(absl::StrCat("cycle ", cycle));
    killer.RunAndKill({dir.path(), unsynced, /*sync=*/true, seed + static_cast<uint32_t>(cycle)}, oracle);
    const std::vector<std::string> findings = CheckDirectory(dir.path(), oracle);
    ASSERT_TRUE(findings.empty()) << FirstOf(findings);
  }
  EXPECT_GT(oracle.committed(), 50u) << "too few to mean anything";
}

TEST(CrashTest, KilledAgainAndAgain) { ExpectNothingLost(/*unsynced=*/false, 100, 8); }

TEST(CrashTest, KilledWithAllUnsyncedBytesLost) { ExpectNothingLost(/*unsynced=*/true, 200, 8); }

TEST(CrashTest, WithoutSyncingAcknowledgedWritesAreLostAndTheCheckSaysSo) {
  Killer killer(300);
  bool noticed = false;
  for (uint32_t cycle = 0; cycle < 6 && !noticed; ++cycle) {
    const TempDir dir;
    Oracle oracle;
    killer.RunAndKill({dir.path(), /*unsynced=*/true, /*sync=*/false, 300 + cycle}, oracle);
    if (oracle.committed() == 0) continue;
    const std::vector<std::string> findings = CheckDirectory(dir.path(), oracle);
    EXPECT_FALSE(findings.empty()) << "nothing was synced since the directory was opened";
    for (const std::string& finding : findings) noticed = noticed || absl::StrContains(finding, "lost");
  }
  EXPECT_TRUE(noticed);
}

// What the oracle finds in a registry of two commits after these lines. Commit 1 wrote entities/a, commit 2 entities/b.
std::vector<std::string> FindingsAfter(const std::vector<std::string>& lines) {
  auto registry = registry::OpenRegistry(engine::NewMemoryEngine());
  for (const char* id : {"a", "b"}) {
    EXPECT_TRUE(registry::Submit(*registry, ContextOf(id), registry::PutEntity(registry::MakeEntity(id, id, id))).ok());
  }
  Oracle oracle;
  for (const std::string& line : lines) oracle.Add(absl::StripSuffix(line, "\n"));
  return oracle.Check(*registry);
}

std::string DigestOf(const char* id) { return RowDigest(registry::MakeEntity(id, id, id).SerializeAsString()); }

TEST(OracleTest, TheTruth) {
  EXPECT_THAT(
      FindingsAfter({CommittedLine("a", Revision{1}, {{"entities/a", DigestOf("a")}}), RepeatedLine("b", Revision{2}),
                     CommittedLine("b", Revision{2}, {{"entities/b", DigestOf("b")}}), RepeatedLine("a", Revision{1}),
                     RefusedLine("c", {{"entities/c", ""}})}),
      testing::IsEmpty());
}

TEST(OracleTest, EverythingThatCanBeWrong) {
  const std::vector<std::string> wrong = {
      // A commit, a row, a version of a row or a call that is gone.
      CommittedLine("a", Revision{3}, {}),
      CommittedLine("a", Revision{1}, {{"entities/z", DigestOf("a")}}),
      CommittedLine("b", Revision{2}, {{"entities/a", DigestOf("a")}}),
      CommittedLine("z", Revision{1}, {}),
      // Another content or revision.
      CommittedLine("a", Revision{1}, {{"entities/a", DigestOf("b")}}),
      CommittedLine("a", Revision{2}, {{"entities/b", DigestOf("b")}}),
      RepeatedLine("a", Revision{2}),
      // A refused row that is there, a failure, a torn line.
      RefusedLine("c", {{"entities/a", ""}}),
      FailedLine("a", absl::UnknownError("x")),
      "committed a",
  };
  for (const std::string& line : wrong) EXPECT_THAT(FindingsAfter({line}), testing::Not(testing::IsEmpty())) << line;
  EXPECT_FALSE(FindingsAfter({RepeatedLine("a", Revision{1}), CommittedLine("a", Revision{2}, {})}).empty());
  EXPECT_FALSE(FindingsAfter({CommittedLine("a", Revision{1}, {}), CommittedLine("b", Revision{1}, {})}).empty());
}

}  // namespace
}  // namespace gi::crash
