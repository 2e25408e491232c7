// Runs gictl over a mock connection.
#ifndef GI_TESTS_CLIENT_GICTL_FIXTURE_H_
#define GI_TESTS_CLIENT_GICTL_FIXTURE_H_

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

}  // namespace gi::client::gictl

#endif  // GI_TESTS_CLIENT_GICTL_FIXTURE_H_
