#include "client/metadata.h"

#include <string>
#include <utility>

namespace gi::client {
namespace {

class MetadataConnection : public Connection {
 public:
  MetadataConnection(std::shared_ptr<Connection> next, CallOptions defaults, Timeouts timeouts)
      : next_(std::move(next)), defaults_(std::move(defaults)), timeouts_(timeouts) {}

  absl::Status Call(absl::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message* response, const CallOptions& options) override {
    CallOptions merged = Merge(options, defaults_);
    if (merged.timeout <= absl::ZeroDuration()) merged.timeout = timeouts_.Of(method);
    return next_->Call(method, request, response, merged);
  }

  absl::StatusOr<std::unique_ptr<Stream>> Open(absl::string_view method, const CallOptions& options) override {
    return next_->Open(method, Merge(options, defaults_));
  }

 private:
  const std::shared_ptr<Connection> next_;
  const CallOptions defaults_;
  const Timeouts timeouts_;
};

}  // namespace

std::shared_ptr<Connection> MakeMetadataConnection(std::shared_ptr<Connection> next, CallOptions defaults,
                                                   Timeouts timeouts) {
  return std::make_shared<MetadataConnection>(std::move(next), std::move(defaults), timeouts);
}

CallOptions Merge(CallOptions options, const CallOptions& defaults) {
  if (options.timeout <= absl::ZeroDuration()) options.timeout = defaults.timeout;
  for (std::string CallOptions::*field : {&CallOptions::user, &CallOptions::case_id, &CallOptions::on_behalf_of,
                                          &CallOptions::role, &CallOptions::language}) {
    if ((options.*field).empty()) options.*field = defaults.*field;
  }
  return options;
}

}  // namespace gi::client
