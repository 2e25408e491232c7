// The one place where a connection is put together.
#ifndef GI_CLIENT_MAKE_CONNECTION_H_
#define GI_CLIENT_MAKE_CONNECTION_H_

#include <memory>

#include "client/connection.h"
#include "client/grpc_connection.h"
#include "client/retry.h"

namespace gi::client {

struct ConnectionOptions {
  ChannelOptions channel;
  RetryOptions retry;
  // For calls that leave a value empty.
  CallOptions defaults;
};

// A connection over gRPC that repeats what may be repeated. Does not wait for the server: the first call does.
std::shared_ptr<Connection> MakeConnection(const ConnectionOptions& options);

}  // namespace gi::client

#endif  // GI_CLIENT_MAKE_CONNECTION_H_
