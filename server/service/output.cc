#include "server/service/output.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/annotations.pb.h"
#include "server/domain/application/derive.h"
#include "server/domain/division.h"
#include "server/domain/entity.h"
#include "server/domain/grant.h"
#include "server/domain/survey/cultivation.h"
#include "server/domain/survey/measurements.h"
#include "server/domain/title.h"

namespace gi::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <class Row>
void FillCommon(const OutputContext& context, Revision revision, Row& row) {
  row.set_etag(EtagOf(context.history_id_text, revision));
  row.set_revision(static_cast<int64_t>(revision.value));
}

}  // namespace

void ClearOutputOnly(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->options().GetExtension(registry::v1::rule).output_only()) {
      reflection.ClearField(&message, field);
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        ClearOutputOnly(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    } else {
      ClearOutputOnly(*reflection.MutableMessage(&message, field));
    }
  }
}

std::string EtagOf(absl::string_view history_id_text, Revision revision) {
  return absl::StrCat(history_id_text.substr(0, 8), "-", revision.value);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Division& row) {
  FillCommon(context, revision, row);
  const auto code = domain::DivisionCode::Parse(row.code(), "code");
  if (code.ok()) row.set_level(code->level());
  row.set_display_name(domain::DisplayName(row));
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Entity& row) {
  FillCommon(context, revision, row);
  domain::DeriveState(context.date, row);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Indication& row) {
  FillCommon(context, revision, row);
  domain::DeriveState(context.date, row);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Authorization& row) {
  FillCommon(context, revision, row);
  domain::DeriveState(context.date, row);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Survey& row) {
  FillCommon(context, revision, row);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::SurveyRecord& row) {
  FillCommon(context, revision, row);
  domain::FillFigures(row);
  row.clear_place();
  const auto code = domain::DivisionCode::Parse(row.place_code(), "place_code");
  if (!code.ok()) return;
  const auto lookup = [&](absl::string_view one) { return context.divisions->Find(one); };
  const auto place = domain::ResolvePlace(*code, lookup);
  const auto names = domain::DisplayPath(*code, lookup);
  if (!place.ok() || !names.ok()) return;
  registry::v1::ResolvedPlaceInfo& info = *row.mutable_place();
  for (const std::string& one : place->codes) info.add_codes(one);
  for (const std::string& one : *names) info.add_display_names(one);
  info.set_partial(place->partial);
  info.set_inferred(place->inferred);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::RuleSet& row) {
  FillCommon(context, revision, row);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Product& row) {
  FillCommon(context, revision, row);
  row.clear_stalls();
  for (registry::v1::Stall& stall : domain::StallsOf(row, context.date, context.stall_months)) {
    *row.add_stalls() = std::move(stall);
  }
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Application& row) {
  FillCommon(context, revision, row);
  domain::DeriveState(context.date, *context.laws, row);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::LawBook& row) {
  FillCommon(context, revision, row);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::IndicatorTarget& row) {
  FillCommon(context, revision, row);
}

void FillOutputs(const OutputContext& context, Revision revision, registry::v1::Import& row) {
  FillCommon(context, revision, row);
}

}  // namespace gi::service
