// Loads JSON Lines files of resources: one Create…Request a line, without request_id. Loading a file again changes
// nothing.
#ifndef GI_CLIENT_GICTL_LOADER_H_
#define GI_CLIENT_GICTL_LOADER_H_

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/gictl/resource_kind.h"
#include "client/gictl/session.h"

namespace gi::client::gictl {

struct LoadOptions {
  // Requests in flight at a time.
  int parallel = 32;
  // Correct rows that exist with other content.
  bool update = false;
};

enum class Outcome {
  kCreated,
  // The row was there already, as the line says it.
  kUnchanged,
  kCorrected,
  // The row exists with other content, and was left as it is.
  kDifferent,
  kFailed,
  // Not sent, or not answered, because the server could not be reached any more. Loading again finds out.
  kNotTried,
};
inline constexpr int kOutcomes = 6;

// What happened to a line that needs attention.
struct Finding {
  int64_t line;
  Outcome outcome;
  std::string name;  // of the row, where known
  std::vector<std::string> details;
};

struct FileReport {
  std::string path;
  int64_t counts[kOutcomes] = {};
  // In the order of the lines; none for created and unchanged lines, and one for all that were not tried.
  std::vector<Finding> findings;

  int64_t& count(Outcome outcome) { return counts[static_cast<int>(outcome)]; }
  int64_t count(Outcome outcome) const { return counts[static_cast<int>(outcome)]; }
  int64_t total() const;
};

// Loads one file of one kind. Empty lines and lines that begin with '#' are skipped. A bad line does not stop the rest;
// only a server that is gone does. `progress` is called now and then with the number of lines done, from any thread but
// one at a time. Blocks until done.
FileReport LoadFile(const Session& session, const ResourceKind& kind, const LoadOptions& options,
                    const std::string& path, std::istream& lines, const std::function<void(int64_t)>& progress);

// Sends one line and finds out what it came to; `line` of the result is 0. Thread-safe.
Finding LoadLine(const Session& session, const ResourceKind& kind, const LoadOptions& options, absl::string_view text);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_LOADER_H_
