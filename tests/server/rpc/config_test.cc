#include "server/config.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<CommandLine> Parse(absl::string_view arguments) {
  std::vector<std::string> words = absl::StrSplit(absl::StrCat("gi-registryd ", arguments), ' ', absl::SkipEmpty());
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data());
}

ServerConfig Config(absl::string_view arguments) {
  const absl::StatusOr<CommandLine> command = Parse(arguments);
  EXPECT_TRUE(command.ok()) << command.status();
  return command.ok() ? command->config : ServerConfig();
}

std::string Error(absl::string_view arguments) {
  const absl::StatusOr<CommandLine> command = Parse(arguments);
  const std::string message(command.status().message());
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  return command.ok() ? "accepted" : message;
}

TEST(ParseCommandLine, HasSafeDefaults) {
  const ServerConfig config = Config("--data-dir /tmp/gi-data");
  EXPECT_THAT(config.rpc.listen, ElementsAre("127.0.0.1:50155"));
  EXPECT_EQ(config.engine, EngineKind::kRocksDb);
  EXPECT_EQ(config.data_dir, "/tmp/gi-data");
  EXPECT_EQ(config.block_cache_bytes, size_t{256} << 20);
  EXPECT_EQ(config.log_level, "info");
  EXPECT_EQ(config.drain, absl::Seconds(20));
  EXPECT_FALSE(config.rpc.tls.enabled());
  EXPECT_FALSE(config.rpc.plaintext_anywhere);
  EXPECT_FALSE(config.check_data);
}

TEST(ParseCommandLine, ReadsEveryOption) {
  const ServerConfig config = Config(
      "--listen 127.0.0.1:0 --listen unix:/tmp/gi.socket --listen 0.0.0.0:1 --insecure-listen-anywhere --engine memory "
      "--block-cache-mb 64 --log-level error --port-file /tmp/gi.port --drain-seconds 5 "
      "--ordinary-priority");
  EXPECT_FALSE(config.rpc.checks_first);
  EXPECT_THAT(config.rpc.listen, ElementsAre("127.0.0.1:0", "unix:/tmp/gi.socket", "0.0.0.0:1"));
  EXPECT_TRUE(config.rpc.plaintext_anywhere);
  EXPECT_EQ(config.engine, EngineKind::kMemory);
  EXPECT_EQ(config.block_cache_bytes, size_t{64} << 20);
  EXPECT_EQ(config.log_level, "error");
  EXPECT_EQ(config.port_file, "/tmp/gi.port");
  EXPECT_EQ(config.drain, absl::Seconds(5));
  EXPECT_TRUE(Config("--data-dir /tmp --check-data").check_data);
}

TEST(ParseCommandLine, MakesTheDataDirectoryAbsolute) {
  EXPECT_EQ(Config("--data-dir some/where").data_dir, std::filesystem::absolute("some/where").string());
}

TEST(ParseCommandLine, PrintsHelpAndVersion) {
  EXPECT_THAT(Parse("--help")->print, HasSubstr("--data-dir"));
  EXPECT_THAT(Parse("--version")->print, ::testing::StartsWith("gi-registryd "));
  EXPECT_EQ(Parse("--data-dir /tmp")->print, "");
}

TEST(ParseCommandLine, RefusesWhatItDoesNotKnow) {
  for (const char* arguments : {"--nonsense", "--data-dir /tmp extra", "--listen", "--data-dir /tmp --listen a:1 b:2",
                                "--data-dir /tmp --data-dir /var", "--data-dir /tmp --engine mysql",
                                "--data-dir /tmp --log-level loud", "--data-dir /tmp --block-cache-mb -5",
                                "--data-dir /tmp --block-cache-mb 4", "--data-dir /tmp --block-cache-mb 1e30",
                                "--data-dir /tmp --drain-seconds x", "--data-dir /tmp --drain-seconds 601"}) {
    EXPECT_THAT(Error(arguments), ::testing::AllOf(::testing::Ne("accepted"), ::testing::Ne(""))) << arguments;
  }
}

TEST(ParseCommandLine, RefusesOptionsThatContradictEachOther) {
  EXPECT_EQ(Error(""), "--data-dir is required");
  EXPECT_THAT(Error("--engine memory --data-dir /tmp"), HasSubstr("--data-dir is of no use"));
  EXPECT_THAT(Error("--engine memory --check-data"), HasSubstr("--check-data needs"));
  EXPECT_THAT(Error("--engine memory --listen 0.0.0.0:1"), HasSubstr("without TLS"));
  EXPECT_THAT(Error("--engine memory --tls-cert /x"), HasSubstr("both a certificate and its key"));
  EXPECT_THAT(Error("--engine memory --tls-key /x"), HasSubstr("both a certificate and its key"));
  EXPECT_THAT(Error("--engine memory --tls-client-ca /x"), HasSubstr("client CA is of no use"));
  EXPECT_THAT(Error("--engine memory --allow-list /x"), HasSubstr("allow-list is of no use"));
}

TEST(ParseCommandLine, RefusesPathsThatCannotBe) {
  EXPECT_THAT(Error("--data-dir /dev/null"), HasSubstr("is no directory"));
  EXPECT_THAT(Error("--data-dir /nonexistent/data --check-data"), HasSubstr("does not exist"));
  EXPECT_THAT(Error("--engine memory --port-file /nonexistent/port"), HasSubstr("its directory does not exist"));
  EXPECT_THAT(Error("--engine memory --port-file /tmp"), HasSubstr("is a directory"));
  EXPECT_THAT(Error("--engine memory --tls-cert /nonexistent --tls-key /x"),
              HasSubstr("cannot read /nonexistent: No such file"));
  EXPECT_THAT(Error("--engine memory --listen unix:gi.socket"), HasSubstr("is not an address to listen on"));
}

}  // namespace
}  // namespace gi
