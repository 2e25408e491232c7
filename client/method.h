// What the name of a method tells about it. Pure and thread-safe.
#ifndef GI_CLIENT_METHOD_H_
#define GI_CLIENT_METHOD_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace gi::client {

enum class MethodKind { kCheck, kRead, kWrite };

// Of a full method name, e.g. "gi.registry.v1.EntityService/GetEntity": Check… are checks; Get…, List…, Resolve…,
// Search…, BatchCheck… and StreamCheck… are reads, and anything else is taken for a write.
MethodKind KindOf(absl::string_view method);

// How long a caller waits who does not say.
struct Timeouts {
  absl::Duration check = absl::Milliseconds(500);
  absl::Duration read = absl::Seconds(2);
  absl::Duration write = absl::Seconds(5);

  absl::Duration Of(absl::string_view method) const;
};

}  // namespace gi::client

#endif  // GI_CLIENT_METHOD_H_
