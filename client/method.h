// What the name of a method tells about it. Pure and thread-safe.
#ifndef GI_CLIENT_METHOD_H_
#define GI_CLIENT_METHOD_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace gi::client {

enum class MethodKind { kCheck, kRead, kReport, kWrite };

// Of a full method name, e.g. "gi.registry.v1.EntityService/GetEntity", by the first word of the method: Check… are
// checks; Get…, List…, BatchCheck… and others (see the source) are reads; Query…, Export… and Write…Report are reports,
// reads that may count all rows of the register; anything else is taken for a write.
MethodKind KindOf(absl::string_view method);

// How long a caller waits who does not say.
struct Timeouts {
  absl::Duration check = absl::Milliseconds(500);
  absl::Duration read = absl::Seconds(2);
  // Right after its start a server with a million users loads for ten seconds what figures are made from.
  absl::Duration report = absl::Seconds(20);
  absl::Duration write = absl::Seconds(5);

  absl::Duration Of(absl::string_view method) const;
};

}  // namespace gi::client

#endif  // GI_CLIENT_METHOD_H_
