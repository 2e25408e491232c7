// Rows of the register in the formats that imports read.
#ifndef GI_CLIENT_GICTL_EXPORT_ROWS_H_
#define GI_CLIENT_GICTL_EXPORT_ROWS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/gictl/resource_kind.h"
#include "google/protobuf/message.h"

namespace gi::client::gictl {

// Belongs to one thread.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  // What a file begins with.
  virtual std::string Head() const = 0;
  // One row: what creating it (`request`, of the kind) would be asked with; its number in the file, from 1.
  virtual std::string Row(int64_t number, const google::protobuf::Message& request) const = 0;
};

// "csv": for spreadsheets, UTF-8 with a byte-order mark, one column a field, heads that imports know. "jsonl": one
// request a line, as protobuf JSON. "protobuf": ImportRow messages, each with its length before it. A usage error for
// other formats, and for kinds that the format cannot have.
absl::StatusOr<std::unique_ptr<RowWriter>> MakeRowWriter(const ResourceKind& kind, const std::string& format);

// The request that would create the row with all that it has.
std::unique_ptr<google::protobuf::Message> CreateRequestOf(const ResourceKind& kind,
                                                           const google::protobuf::Message& resource);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_EXPORT_ROWS_H_
