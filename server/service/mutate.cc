#include "server/service/mutate.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gi/registry/v1/annotations.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/service/digest.h"
#include "storage/base/uuid.h"

namespace gi::service {

using google::protobuf::FieldDescriptor;

RuleContext MakeRuleContext(const registry::Registry& registry, const rpc::CallContext& context,
                            std::string generated_id) {
  return {registry.HistoryIdText(), context.caller.agency, context.caller.user,   context.caller.survey_roles,
          std::move(generated_id),  &registry.derived(),   context.caller.case_id};
}

registry::MutationContext MakeCallerContext(const rpc::CallContext& context, const std::string& reason) {
  registry::MutationContext made;
  made.actor.set_agency(context.caller.agency);
  made.actor.set_user(context.caller.user);
  made.actor.set_on_behalf_of(context.caller.on_behalf_of);
  made.reason.set_text(reason);
  made.reason.set_case_id(context.caller.case_id);
  made.call.set_agency(context.caller.agency);
  made.call.set_method(std::string(context.method));
  made.deadline = context.deadline;
  return made;
}

registry::MutationContext MakeMutationContext(const rpc::CallContext& context, const google::protobuf::Message& request,
                                              const std::string& request_id, const std::string& reason) {
  registry::MutationContext made = MakeCallerContext(context, reason);
  made.call.set_request_id(ParseUuid(request_id).value_or(""));
  made.call.set_request_digest(RequestDigest(context.method, request, {"request_id", "validate_only"}));
  return made;
}

std::string GeneratedId(const rpc::CallContext& context, absl::string_view request_id) {
  const std::string hash = Sha256({context.caller.agency, "\n", context.method, "\n", request_id});
  return "x" + absl::BytesToHexString(hash).substr(0, 19);
}

void AddFinding(const absl::Status& status, absl::string_view field, FieldViolations& violations) {
  if (status.ok()) return;
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail) {
    violations.Add(field, ErrorReason::ERROR_REASON_INTERNAL, {{"detail", std::string(status.message())}});
  } else if (detail->reason == ErrorReason::ERROR_REASON_FIELDS_INVALID) {
    for (const registry::v1::Violation& violation : detail->violations) violations.Add(violation);
  } else {
    violations.Add(field, detail->reason, detail->metadata);
  }
}

absl::Status CheckEtag(absl::string_view name, absl::string_view etag, absl::string_view history_id_text,
                       Revision revision) {
  const std::string current = EtagOf(history_id_text, revision);
  if (etag == current) return absl::OkStatus();
  return MakeError(ErrorReason::ERROR_REASON_ETAG_MISMATCH,
                   {{"name", std::string(name)}, {"given", Excerpt(etag)}, {"current", current}});
}

absl::Status ResourceFull(absl::string_view name, int limit) {
  return MakeError(ErrorReason::ERROR_REASON_RESOURCE_FULL,
                   {{"name", std::string(name)}, {"limit", absl::StrCat(limit)}});
}

void CheckNotAfter(const registry::v1::Date& date, absl::Time now, absl::string_view field,
                   FieldViolations& violations) {
  const std::optional<Day> day = ToDay(date);
  if (!day || *day <= DayInShanghai(now)) return;
  violations.Add(field, ErrorReason::ERROR_REASON_DATE_INVALID, {{"value", FormatDate(date)}});
}

void CheckGivenId(absl::string_view id, absl::string_view field, FieldViolations& violations) {
  if (id.empty() || domain::IsResourceId(id)) return;
  violations.Add(field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", domain::EchoValue(id)},
                  {"expected", "[a-z0-9][a-z0-9.-]{0,62}"},
                  {"expected_zh", "小写字母、数字、“.”和“-”，以字母或数字开头，至多 63 个字符"}});
}

absl::Status ApplyCorrection(const google::protobuf::Message& given, const google::protobuf::FieldMask& mask,
                             google::protobuf::Message& row, FieldViolations& violations) {
  const std::unique_ptr<google::protobuf::Message> before(row.New());
  before->CopyFrom(row);
  for (const std::string& path : mask.paths()) {
    const FieldDescriptor* field = row.GetDescriptor()->FindFieldByName(path);
    if (field == nullptr || field->options().GetExtension(registry::v1::rule).output_only() ||
        field->options().GetExtension(registry::v1::rule).immutable()) {
      violations.Add("update_mask", ErrorReason::ERROR_REASON_UPDATE_MASK_INVALID,
                     {{"value", domain::EchoValue(path)}});
      continue;
    }
    const google::protobuf::Reflection& reflection = *row.GetReflection();
    // A message with just this field, merged into the row without it, replaces it whatever its type.
    const std::unique_ptr<google::protobuf::Message> only(row.New());
    only->CopyFrom(given);
    std::vector<const FieldDescriptor*> set;
    reflection.ListFields(*only, &set);
    for (const FieldDescriptor* other : set) {
      if (other != field) reflection.ClearField(only.get(), other);
    }
    reflection.ClearField(&row, field);
    row.MergeFrom(*only);
  }
  if (!violations.empty()) return absl::OkStatus();
  if (google::protobuf::util::MessageDifferencer::Equals(*before, row)) {
    const FieldDescriptor* name = row.GetDescriptor()->FindFieldByName("name");
    return MakeError(ErrorReason::ERROR_REASON_NOTHING_TO_CORRECT,
                     {{"name", row.GetReflection()->GetString(row, name)}});
  }
  return absl::OkStatus();
}

}  // namespace gi::service
