// gictl, the command line tool, as a function. main.cc wraps it; tests call it with a mock connection.
#ifndef GI_CLIENT_GICTL_GICTL_H_
#define GI_CLIENT_GICTL_GICTL_H_

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "client/connection.h"
#include "client/make_connection.h"

namespace gi::client::gictl {

// What a run of gictl ends with.
inline constexpr int kSuccess = 0;        // done; of a check: authorized
inline constexpr int kNotAuthorized = 1;  // a check's answer
inline constexpr int kUndecided = 2;      // a check's answer, ambiguous titles included
inline constexpr int kUsageError = 3;     // the command line or a file it names is wrong; nothing was sent
inline constexpr int kRefused = 4;        // not found, or refused by the server for a fault of the request
inline constexpr int kServerFailed = 5;   // unreachable or failed: the outcome of a write may be unknown

// The world a run sees. The streams must outlive it.
struct Environment {
  std::function<std::shared_ptr<Connection>(const ConnectionOptions&)> connect;
  // Value of an environment variable, or "".
  std::function<std::string(const char*)> getenv;
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  // `err` is a terminal: progress may be shown on it.
  bool terminal = false;
};

// Runs one command line (without the program's name) and returns the exit code.
int RunGictl(const std::vector<std::string>& args, const Environment& environment);

// The same over a given connection, with no environment variables set.
int RunGictl(const std::vector<std::string>& args, Connection& connection, std::ostream& out, std::ostream& err,
             std::istream& in);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_GICTL_H_
