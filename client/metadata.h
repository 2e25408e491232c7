// Fills in what a caller does not give with each call: who it is, its language, and how long it waits.
#ifndef GI_CLIENT_METADATA_H_
#define GI_CLIENT_METADATA_H_

#include <memory>

#include "client/connection.h"
#include "client/method.h"

namespace gi::client {

// A connection that passes calls on to `next`. Each value of CallOptions that a call leaves empty is taken from
// `defaults`; a timeout that is in neither, from `timeouts`. Thread-safe.
std::shared_ptr<Connection> MakeMetadataConnection(std::shared_ptr<Connection> next, CallOptions defaults,
                                                   Timeouts timeouts = {});

// `options` with the values that are empty taken from `defaults`.
CallOptions Merge(CallOptions options, const CallOptions& defaults);

}  // namespace gi::client

#endif  // GI_CLIENT_METADATA_H_
