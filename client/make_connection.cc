#include "client/make_connection.h"

#include "client/metadata.h"

namespace gi::client {

std::shared_ptr<Connection> MakeConnection(const ConnectionOptions& options) {
  std::shared_ptr<Connection> connection = MakeGrpcConnection(options.channel);
  connection = MakeRetryConnection(connection, options.retry);
  return MakeMetadataConnection(connection, options.defaults, options.channel.timeouts);
}

}  // namespace gi::client
