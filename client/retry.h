// Repeats calls that a server refused for the moment.
#ifndef GI_CLIENT_RETRY_H_
#define GI_CLIENT_RETRY_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "client/connection.h"

namespace gi::client {

struct RetryOptions {
  // Attempts of one call, the first included.
  int max_attempts = 4;
  // Longest wait before the second attempt; doubled for each further one up to max_backoff. The wait is drawn evenly
  // between half of it and all of it, and is never shorter than the server's RetryInfo asks for.
  absl::Duration initial_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Seconds(2);
  // The budget all calls share, so that a server in trouble is not met with a multiple of its load: each attempt that
  // fails for the moment takes one token, each call that succeeds gives `token_ratio` back, and nothing is repeated
  // while half of `max_tokens` or fewer are left.
  double max_tokens = 20;
  double token_ratio = 0.1;
};

// The outside world, replaced in tests.
struct RetryEnvironment {
  std::function<absl::Time()> now;
  std::function<void(absl::Duration)> sleep;
  // Evenly distributed in [0, 1).
  std::function<double()> random;

  static RetryEnvironment Real();
};

// A connection that passes calls on to `next` and repeats those that failed with UNAVAILABLE, or with
// RESOURCE_EXHAUSTED and a RetryInfo. Reads are always safe to repeat; a mutation is repeated only if it carries a
// request_id, which makes the repetition harmless. A call's timeout covers all its attempts and waits: when the rest
// would not outlast the wait, the last error is returned at once. Thread-safe.
std::shared_ptr<Connection> MakeRetryConnection(std::shared_ptr<Connection> next, RetryOptions options = {},
                                                RetryEnvironment environment = RetryEnvironment::Real());

}  // namespace gi::client

#endif  // GI_CLIENT_RETRY_H_
