// What every mutation shares: field rules, normal forms, idempotency, validate_only, the etag, the answer. A service
// brings only its rule: what one request does to rows. Thread-safe.
#ifndef GI_SERVER_SERVICE_MUTATE_H_
#define GI_SERVER_SERVICE_MUTATE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "server/domain/events.h"
#include "server/domain/field_rules.h"
#include "server/domain/survey/life_cycle.h"
#include "server/rpc/method_table.h"
#include "server/service/division_reader.h"
#include "server/service/read.h"
#include "storage/registry/registry.h"

namespace gi::service {

// What a rule knows of the call beside its request.
struct RuleContext {
  std::string history_id_text;
  // Of the caller.
  std::string agency;
  std::string user;
  domain::SurveyRoles roles = 0;
  // Id of a new row whose creator gave none.
  std::string generated_id;
  // Of the registry.
  registry::DerivedCache* derived = nullptr;
  // Of the call.
  std::string case_id;
};

// What a request does to the registry. Findings about its fields go into `violations`, and the state is judged only
// where the fields allow it; a refusal for the state is the returned status. Runs on the writer thread, perhaps more
// than once.
template <class Request>
using Rule =
    std::function<absl::Status(const RuleContext&, registry::Mutation&, const Request&, FieldViolations& violations)>;

RuleContext MakeRuleContext(const registry::Registry& registry, const rpc::CallContext& context,
                            std::string generated_id);

// Who calls, why, by which method, and how long the caller waits; the call's id and digest are still to be filled in.
registry::MutationContext MakeCallerContext(const rpc::CallContext& context, const std::string& reason);
// What a mutation is known by, for the log. `request` as it came.
registry::MutationContext MakeMutationContext(const rpc::CallContext& context, const google::protobuf::Message& request,
                                              const std::string& request_id, const std::string& reason);

// The id of a row whose creator gave none: a function of the call, so that running it again gives the same id.
std::string GeneratedId(const rpc::CallContext& context, absl::string_view request_id);

// Adds what `status` says to the findings: its violations, or itself as a finding about `field`. OK adds nothing.
void AddFinding(const absl::Status& status, absl::string_view field, FieldViolations& violations);

// ETAG_MISMATCH unless `etag` is that of the row's last change.
absl::Status CheckEtag(absl::string_view name, absl::string_view etag, absl::string_view history_id_text,
                       Revision revision);

// Field rules for mutations, and a reason or case id. The divisions of the register tell codes of organisations in free
// text from resident IDs.
template <class Request>
FieldViolations CheckRequest(const registry::Registry& registry, const rpc::CallContext& context,
                             const Request& request) {
  FieldViolations violations;
  const registry::ReadView view = registry.Newest();
  DivisionReader divisions(view.rows());
  domain::CheckMutationFields(request, violations, [&](absl::string_view code) { return divisions.Knows(code); });
  if (request.reason().empty() && context.caller.case_id.empty()) {
    violations.Add("reason", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
  }
  return violations;
}

// The request with its texts in normal form and its output-only fields cleared.
template <class Request>
std::shared_ptr<const Request> Normalized(const Request& request) {
  auto copy = std::make_shared<Request>(request);
  domain::NormalizeStrings(*copy);
  ClearOutputOnly(*copy);
  return copy;
}

// The answer to a commit: the row as of that commit, so that a repeated call is answered alike for ever.
template <class Message>
absl::StatusOr<typename Kind<Message>::MutateResponse> AnswerCommitted(const registry::Registry& registry,
                                                                       const registry::Committed& committed) {
  ASSIGN_OR_RETURN(const registry::ReadView view, registry.AtCommit(committed));
  ASSIGN_OR_RETURN(const std::string id, table::RowId(committed.answer_key));
  ASSIGN_OR_RETURN(std::optional<table::Row<Message>> row, Kind<Message>::Table().Get(view.rows(), id));
  if (!row) return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "answer of a commit is missing"}});
  typename Kind<Message>::MutateResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  const auto& time = response.read_point().commit_time();
  const Day day = DayInShanghai(absl::FromUnixSeconds(time.seconds()));
  DivisionReader divisions(view.rows());
  ASSIGN_OR_RETURN(const OutputContext output, OutputsAt<Message>(view, day, divisions));
  FillOutputs(output, row->revision, row->message);
  *Kind<Message>::In(response) = std::move(row->message);
  response.set_replayed(committed.replayed);
  return response;
}

// All findings about a request that is only to be validated.
template <class Message, class Request>
typename Kind<Message>::MutateResponse Validate(const registry::Registry& registry, const RuleContext& rule_context,
                                                const Request& request, const Rule<Request>& rule,
                                                FieldViolations violations) {
  // The rule's findings about a field that has one already would say the same in other words.
  FieldViolations more;
  const absl::Status state =
      registry.DryRun([&](registry::Mutation& mutation) { return rule(rule_context, mutation, request, more); });
  AddFinding(state, "", more);
  violations.Merge(more);
  typename Kind<Message>::MutateResponse response;
  *response.mutable_read_point() = registry.Newest().ReadPoint();
  for (const registry::v1::Violation& violation : violations.all()) *response.add_violations() = violation;
  return response;
}

// A whole mutating method.
template <class Message, class Request>
void Mutate(registry::Registry& registry, const rpc::CallContext& context, const Request& request, Rule<Request> rule,
            rpc::Answer<typename Kind<Message>::MutateResponse> answer) {
  FieldViolations violations = CheckRequest(registry, context, request);
  const std::shared_ptr<const Request> normalized = Normalized(request);
  RuleContext rule_context = MakeRuleContext(registry, context, GeneratedId(context, request.request_id()));
  if (request.validate_only()) {
    return answer(Validate<Message>(registry, rule_context, *normalized, rule, std::move(violations)));
  }
  if (!violations.empty()) return answer(violations.ToStatus());
  registry.Submit(
      MakeMutationContext(context, request, request.request_id(), request.reason()),
      [normalized, rule = std::move(rule),
       rule_context = std::move(rule_context)](registry::Mutation& mutation) -> absl::Status {
        FieldViolations findings;
        const absl::Status state = rule(rule_context, mutation, *normalized, findings);
        RETURN_IF_ERROR(findings.ToStatus());
        return state;
      },
      [&registry, answer = std::move(answer)](absl::StatusOr<registry::Committed> committed) mutable {
        if (!committed.ok()) return answer(committed.status());
        answer(AnswerCommitted<Message>(registry, *committed));
      });
}

// Registers a mutating method that does what `rule` says.
template <class Message, class Request>
void AddMutation(rpc::MethodTable& methods, registry::Registry& registry, std::string full_name,
                 absl::Status (*rule)(const RuleContext&, registry::Mutation&, const Request&, FieldViolations&)) {
  methods.AddWrite<Request, typename Kind<Message>::MutateResponse>(
      std::move(full_name), [&registry, rule](const rpc::CallContext& context, const Request& request, auto answer) {
        Mutate<Message, Request>(registry, context, request, rule, std::move(answer));
      });
}

// Stages a new row. RESOURCE_EXISTS if the id is taken. `given_id` may be empty.
template <class Message>
absl::Status StageNew(const RuleContext& context, registry::Mutation& mutation, const std::string& given_id,
                      Message row) {
  const std::string& id = given_id.empty() ? context.generated_id : given_id;
  ASSIGN_OR_RETURN(const std::optional<table::Row<Message>> existing, Kind<Message>::Table().Get(mutation.rows(), id));
  row.set_name(domain::ResourceName(Kind<Message>::kCollection, id));
  if (existing) {
    return MakeError(ErrorReason::ERROR_REASON_RESOURCE_EXISTS,
                     {{"name", row.name()}, {"field", "name"}, {"value", id}});
  }
  Touch(mutation.now(), row);
  return mutation.Put(Kind<Message>::Table(), id, row);
}

// Stages the change of a row that was read by its name: checks the etag, then `change` edits the row.
template <class Message>
absl::Status StageChange(const RuleContext& context, registry::Mutation& mutation, absl::string_view name,
                         absl::string_view name_field, absl::string_view etag,
                         absl::FunctionRef<absl::Status(Message& row)> change) {
  ASSIGN_OR_RETURN(table::Row<Message> row, ReadNamed<Message>(mutation.rows(), name, name_field));
  RETURN_IF_ERROR(CheckEtag(name, etag, context.history_id_text, row.revision));
  RETURN_IF_ERROR(change(row.message));
  Touch(mutation.now(), row.message);
  return mutation.Put(Kind<Message>::Table(), domain::IdOfKnownName(name, Kind<Message>::kCollection), row.message);
}

// RESOURCE_FULL.
absl::Status ResourceFull(absl::string_view name, int limit);

// Adds DATE_INVALID for a day that has not come in Asia/Shanghai.
void CheckNotAfter(const registry::v1::Date& date, absl::Time now, absl::string_view field,
                   FieldViolations& violations);

// The events of a row that it may hold.
inline constexpr int kMaxEvents = 200;

// Stages the change of a row by one more event: `settle` completes the row and judges it, with the new event as its
// last. RESOURCE_FULL.
template <class Message, class Event>
absl::Status StageEvent(const RuleContext& context, registry::Mutation& mutation, const std::string& name,
                        const std::string& etag, const Event& event,
                        absl::FunctionRef<absl::Status(Message& row)> settle) {
  return StageChange<Message>(context, mutation, name, "name", etag, [&](Message& row) -> absl::Status {
    if (row.events_size() >= kMaxEvents) return ResourceFull(row.name(), kMaxEvents);
    *row.add_events() = event;
    domain::AssignEventIds(*row.mutable_events());
    return settle(row);
  });
}

// The rule of a Confirm method: finds a day after today, otherwise sets last_confirmed.
template <class Message, class Request>
absl::Status Confirm(const RuleContext& context, registry::Mutation& mutation, const Request& request,
                     FieldViolations& violations) {
  CheckNotAfter(request.confirmation().checked_on(), mutation.now(), "confirmation.checked_on", violations);
  return StageChange<Message>(context, mutation, request.name(), "name", request.etag(), [&](Message& row) {
    *row.mutable_last_confirmed() = request.confirmation();
    row.mutable_last_confirmed()->set_agency(context.agency);
    return absl::OkStatus();
  });
}

// Adds FIELD_MALFORMED for an id that is not empty and no resource id.
void CheckGivenId(absl::string_view id, absl::string_view field, FieldViolations& violations);

// Copies the fields that `mask` names from `given` to `row`. Findings: UPDATE_MASK_INVALID for a path that is not the
// name of a top-level field, or is output only or immutable. NOTHING_TO_CORRECT if the row stays as it was.
absl::Status ApplyCorrection(const google::protobuf::Message& given, const google::protobuf::FieldMask& mask,
                             google::protobuf::Message& row, FieldViolations& violations);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_MUTATE_H_
