// Digests of requests: what makes two requests the same. Thread-safe.
#ifndef GI_SERVER_SERVICE_DIGEST_H_
#define GI_SERVER_SERVICE_DIGEST_H_

#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace gi::service {

// SHA-256 (32 bytes) of the method and the deterministic wire bytes of the request without the top-level fields named.
std::string RequestDigest(absl::string_view method, const google::protobuf::Message& request,
                          std::initializer_list<const char*> without);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_DIGEST_H_
