// Runs gictl over a mock connection.
#ifndef GI_TESTS_CLIENT_GICTL_FIXTURE_H_
#define GI_TESTS_CLIENT_GICTL_FIXTURE_H_

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "client/gictl/gictl.h"
#include "client/mock_connection.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/check.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::client::gictl {

namespace v1 = registry::v1;

inline v1::Date DateOf(const char* text) { return ParseDate(text).value(); }

class GictlTest : public testing::Test {
 protected:
  // Runs a command line and returns its exit code; what it printed is in out_ and err_.
  int Run(const std::vector<std::string>& args, const std::string& input = "") {
    std::ostringstream out, err;
    std::istringstream in(input);
    const int code = RunGictl(args, mock_, out, err, in);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  testing::NiceMock<MockConnection> mock_;
  std::string out_;
  std::string err_;
};

struct CommandCase {
  std::vector<std::string> args;
  const char* method;
  // Parts of the request, as text.
  std::vector<std::string> parts;
};

// Runs gictl over a connection that answers every method, and keeps what it was asked.
class GictlAnyMethodTest : public GictlTest {
 protected:
  void SetUp() override {
    ON_CALL(mock_, Call)
        .WillByDefault([this](absl::string_view method, const google::protobuf::Message& request,
                              google::protobuf::Message* response, const CallOptions& options) {
          method_ = std::string(method.substr(method.find('/') + 1));
          role_ = options.role;
          methods_.push_back(method_);
          google::protobuf::TextFormat::Printer printer;
          printer.SetSingleLineMode(true);
          printer.SetUseUtf8StringEscaping(true);
          printer.PrintToString(request, &requests_[method_]);
          const auto answer = answers_.find(method_);
          if (answer != answers_.end()) {
            EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(answer->second, response)) << answer->second;
          }
          return absl::OkStatus();
        });
  }

  // Every command succeeds, ends with a call of its method, and the request holds the parts.
  void ExpectCalls(const std::vector<CommandCase>& cases) {
    for (const CommandCase& test : cases) {
      const std::string command = testing::PrintToString(test.args);
      requests_.clear();
      std::vector<std::string> args = {"--lang", "en", "--reason", "test", "--role", "district"};
      args.insert(args.end(), test.args.begin(), test.args.end());
      EXPECT_EQ(Run(args), kSuccess) << command << ": " << err_;
      EXPECT_EQ(method_, test.method) << command;
      EXPECT_EQ(role_, "district");
      for (const std::string& part : test.parts) {
        EXPECT_THAT(requests_[test.method], testing::HasSubstr(part)) << command;
      }
    }
  }

  std::map<std::string, std::string> answers_;   // by method, as text
  std::map<std::string, std::string> requests_;  // the last of each method
  std::vector<std::string> methods_;             // all that were called
  std::string method_, role_;                    // of the last call
};

}  // namespace gi::client::gictl

#endif  // GI_TESTS_CLIENT_GICTL_FIXTURE_H_
