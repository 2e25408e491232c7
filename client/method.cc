#include "client/method.h"

#include "absl/strings/match.h"

namespace gi::client {

MethodKind KindOf(absl::string_view method) {
  const size_t slash = method.rfind('/');
  const absl::string_view name = slash == method.npos ? method : method.substr(slash + 1);
  if (absl::StartsWith(name, "Check")) return MethodKind::kCheck;
  for (const absl::string_view prefix : {"Get", "List", "Resolve", "Search", "BatchCheck", "StreamCheck", "Compute",
                                         "Compare", "Convert", "Find", "Rank"}) {
    if (absl::StartsWith(name, prefix)) return MethodKind::kRead;
  }
  for (const absl::string_view prefix : {"Query", "Export", "Write"}) {
    if (absl::StartsWith(name, prefix)) return MethodKind::kReport;
  }
  return MethodKind::kWrite;
}

absl::Duration Timeouts::Of(absl::string_view method) const {
  switch (KindOf(method)) {
    case MethodKind::kCheck:
      return check;
    case MethodKind::kRead:
      return read;
    case MethodKind::kReport:
      return report;
    case MethodKind::kWrite:
      break;
  }
  return write;
}

}  // namespace gi::client
