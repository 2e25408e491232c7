// Runs the quickstart program, as README shows it, and gictl as a process, against a server. The build tells where they
// are: GI_BINARY_DIR.
#include <sys/wait.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "gi/registry/v1/check.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/fake_server.h"

namespace gi::client {
namespace {

namespace v1 = registry::v1;
using testing::HasSubstr;

constexpr char kQuickstart[] = GI_BINARY_DIR "/quickstart";
constexpr char kGictl[] = GI_BINARY_DIR "/gictl";

struct Result {
  int code;
  std::string output;
};

Result RunProgram(const std::string& command) {
  std::FILE* pipe = popen(absl::StrCat(command, " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, ""};
  std::string output;
  char buffer[4096];
  while (const size_t size = std::fread(buffer, 1, sizeof(buffer), pipe)) output.append(buffer, size);
  return {WEXITSTATUS(pclose(pipe)), output};
}

class ProgramTest : public testing::Test {
 protected:
  FakeServer server_{[](FakeCall& call) {
    v1::CheckAuthorizationResponse answer;
    const bool known = call.Request<v1::CheckAuthorizationRequest>().uscc() == "93500155MA5TEXT11L";
    answer.set_verdict(known ? v1::VERDICT_AUTHORIZED : v1::VERDICT_NOT_AUTHORIZED);
    answer.add_reasons()->set_reason(known ? v1::DECISION_REASON_AUTHORIZED : v1::DECISION_REASON_UNKNOWN_ENTITY);
    answer.mutable_read_point()->set_revision(42);
    call.Answer(answer);
    return grpc::Status::OK;
  }};
};

TEST_F(ProgramTest, QuickstartPrintsTheVerdict) {
  const Result result =
      RunProgram(absl::StrCat(kQuickstart, " ", server_.target(), " 93500155MA5TEXT11L indications/a"));
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.output, "VERDICT_AUTHORIZED at revision 42 DECISION_REASON_AUTHORIZED\n");
}

TEST_F(ProgramTest, QuickstartReportsErrors) {
  EXPECT_EQ(RunProgram(kQuickstart).code, 2);
  EXPECT_EQ(RunProgram(absl::StrCat(kQuickstart, " 127.0.0.1:1 x y")).code, 1);
}

TEST_F(ProgramTest, GictlAnswersWithItsExitCode) {
  const std::string gictl = absl::StrCat("LANG=C GICTL_SERVER=", server_.target(), " ", kGictl);
  const Result result = RunProgram(absl::StrCat(gictl, " check 93500155MA5TEXT11L indications/a"));
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.output, HasSubstr("authorized: 93500155MA5TEXT11L → indications/a\n"));
  EXPECT_EQ(RunProgram(absl::StrCat(gictl, " check x indications/a")).code, 1);
  EXPECT_EQ(RunProgram(absl::StrCat(gictl, " --server=127.0.0.1:1 check x indications/a")).code, 5);
}

}  // namespace
}  // namespace gi::client
