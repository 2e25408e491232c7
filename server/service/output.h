// The output-only fields of resources: cleared from what callers send, filled in what they get. Nothing here is stored
// except create_time and update_time. Thread-safe.
#ifndef GI_SERVER_SERVICE_OUTPUT_H_
#define GI_SERVER_SERVICE_OUTPUT_H_

#include <string>

#include "absl/time/time.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "google/protobuf/message.h"
#include "storage/base/date.h"
#include "storage/base/revision.h"

namespace gi::service {

// Clears every output-only field, in nested messages too.
void ClearOutputOnly(google::protobuf::Message& message);

// "<first 8 digits of the history id>-<revision>": changes with every change of the row, and with a restore.
std::string EtagOf(absl::string_view history_id_text, Revision revision);

struct OutputContext {
  std::string history_id_text;
  // The business date that states are derived for.
  Day date;
};

// Fills etag, revision and what is derived from the row and the date.
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Division& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Entity& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Indication& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Authorization& row);

// Sets update_time, and create_time on a row that has none.
template <class Message>
void Touch(absl::Time now, Message& row) {
  *row.mutable_update_time() = ToTimestamp(absl::ToUnixMicros(now));
  if (!row.has_create_time()) *row.mutable_create_time() = row.update_time();
}

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_OUTPUT_H_
