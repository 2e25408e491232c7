// The output-only fields of resources: cleared from what callers send, filled in what they get. Nothing here is stored
// except create_time and update_time. Thread-safe.
#ifndef GI_SERVER_SERVICE_OUTPUT_H_
#define GI_SERVER_SERVICE_OUTPUT_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/import.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "gi/registry/v1/indicator.pb.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "gi/registry/v1/product.pb.h"
#include "gi/registry/v1/ruleset.pb.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "google/protobuf/message.h"
#include "server/domain/clock/law_library.h"
#include "server/domain/survey/ruleset.h"
#include "server/service/division_reader.h"
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
  // At the revision of the rows, for what they say of places. Never nullptr where a row has any.
  DivisionReader* divisions = nullptr;
  // Of the rule set.
  int stall_months = domain::kDefaultStallMonths;
  // The law books. Never nullptr for applications.
  std::shared_ptr<const domain::LawLibrary> laws = nullptr;
};

// Fills etag, revision and what is derived from the row and the date.
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Division& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Entity& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Indication& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Authorization& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Survey& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::SurveyRecord& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::RuleSet& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Product& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Application& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::LawBook& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::IndicatorTarget& row);
void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Import& row);

// Sets update_time, and create_time on a row that has none.
template <class Message>
void Touch(absl::Time now, Message& row) {
  *row.mutable_update_time() = ToTimestamp(absl::ToUnixMicros(now));
  if (!row.has_create_time()) *row.mutable_create_time() = row.update_time();
}

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_OUTPUT_H_
