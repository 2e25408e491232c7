#include "server/service/indication_service.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "server/domain/division.h"
#include "server/domain/events.h"
#include "server/domain/geometry.h"
#include "server/domain/goods.h"
#include "server/domain/title.h"
#include "server/service/import/row_importer.h"
#include "server/service/import/row_references.h"
#include "server/service/mutate.h"
#include "server/service/references.h"
#include "storage/base/name_fold.h"
#include "storage/registry/title_number.h"

namespace gi::service {
namespace {

using registry::v1::Indication;
using registry::v1::TitleEvent;
using rpc::CallContext;

void CheckOrigin(const Indication& title, FieldViolations& violations) {
  const bool foreign = title.kind() == registry::v1::INDICATION_KIND_FOREIGN;
  if (foreign && !title.has_origin()) {
    violations.Add("indication.origin", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
  }
  if (!foreign && title.has_origin()) {
    violations.Add("indication.origin", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", "set"},
                    {"expected", "absent, except for INDICATION_KIND_FOREIGN"},
                    {"expected_zh", "空（仅境外地理标志可填）"}});
  }
  if (title.origin().stale_after_days() < 0) {
    violations.Add("indication.origin.stale_after_days", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", absl::StrCat(title.origin().stale_after_days())},
                    {"expected", "0 or more days"},
                    {"expected_zh", "0 或更多天"}});
  }
}

void CheckNumbers(const Indication& title, FieldViolations& violations) {
  for (int i = 0; i < title.numbers_size(); ++i) {
    const registry::v1::TitleNumber& number = title.numbers(i);
    const std::string field = absl::StrCat("indication.numbers[", i, "]");
    if (number.kind() == registry::v1::NUMBER_KIND_ANNOUNCEMENT && number.issuer().empty()) {
      violations.Add(field + ".issuer", ErrorReason::ERROR_REASON_FIELD_REQUIRED);
    }
    if (number.year() < 0 || number.year() > 9999) {
      violations.Add(field + ".year", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", absl::StrCat(number.year())},
                      {"expected", "a year, or 0 for none"},
                      {"expected_zh", "年份，或 0（表示无）"}});
    }
  }
}

// What must hold of every title, new or corrected.
absl::Status CheckTitle(const table::RowReader& rows, const Indication& title, FieldViolations& violations) {
  CheckOrigin(title, violations);
  domain::CheckGoods(title.goods(), "indication.goods", violations);
  CheckNumbers(title, violations);
  CheckAreaCodes(title.area_codes(), "indication.area_codes", violations);
  domain::IdOfName(title.product(), domain::kProductCollection, "indication.product", violations);
  if (title.has_geometry()) domain::CheckGeometry(title.geometry(), "indication.geometry", violations);
  if (title.holder().empty()) return absl::OkStatus();
  return CheckReference<registry::v1::Entity>(rows, title.holder(), "indication.holder", violations);
}

// The new holder of a transfer must be known.
absl::Status CheckNewHolder(const table::RowReader& rows, const TitleEvent& event, absl::string_view field,
                            FieldViolations& violations) {
  if (event.new_holder().empty()) return absl::OkStatus();
  return CheckReference<registry::v1::Entity>(rows, event.new_holder(), absl::StrCat(field, ".new_holder"), violations);
}

// Completes the event at `index` as the law fills it, after judging it.
void SettleEvent(Indication& title, int index, absl::string_view field, FieldViolations& violations) {
  TitleEvent& event = *title.mutable_events(index);
  domain::CheckTitleEvent(title, event, field, violations);
  domain::FillTerm(title.kind(), domain::RunningTermEnd(title, event), event);
}

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateIndicationRequest& request, FieldViolations& violations) {
  Indication title = request.indication();
  CheckGivenId(request.indication_id(), "indication_id", violations);
  RETURN_IF_ERROR(CheckTitle(mutation.rows(), title, violations));
  domain::AssignEventIds(*title.mutable_events());
  for (int i = 0; i < title.events_size(); ++i) {
    const std::string field = absl::StrCat("indication.events[", i, "]");
    RETURN_IF_ERROR(CheckNewHolder(mutation.rows(), title.events(i), field, violations));
    SettleEvent(title, i, field, violations);
  }
  if (!violations.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(domain::CheckTitleCourse(title));
  return StageNew(context, mutation, request.indication_id(), std::move(title));
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectIndicationRequest& request, FieldViolations& violations) {
  return StageChange<Indication>(
      context, mutation, request.indication().name(), "indication.name", request.etag(),
      [&](Indication& row) -> absl::Status {
        RETURN_IF_ERROR(ApplyCorrection(request.indication(), request.update_mask(), row, violations));
        RETURN_IF_ERROR(CheckTitle(mutation.rows(), row, violations));
        // Events name goods items: correcting the goods must leave a title whose events still make sense.
        for (int i = 0; i < row.events_size(); ++i) {
          domain::CheckTitleEvent(row, row.events(i), absl::StrCat("indication.events[", i, "]"), violations);
        }
        return violations.empty() ? domain::CheckTitleCourse(row) : absl::OkStatus();
      });
}

// What an application recorded is corrected there; it would come back with the application's next event.
absl::Status CheckNotOfApplication(const Indication& title, const TitleEvent& annulment) {
  for (const TitleEvent& event : title.events()) {
    if (!domain::IsAnnulment(annulment) || event.id() != annulment.annuls() || event.origin_event().empty()) continue;
    return MakeError(ErrorReason::ERROR_REASON_EVENT_NOT_ANNULLABLE,
                     {{"name", title.name()}, {"event", absl::StrCat(event.id(), " (", event.origin_event(), ")")}});
  }
  return absl::OkStatus();
}

absl::Status RecordEvent(const RuleContext& context, registry::Mutation& mutation,
                         const registry::v1::RecordIndicationEventRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(CheckNewHolder(mutation.rows(), request.event(), "event", violations));
  return StageEvent<Indication>(context, mutation, request.name(), request.etag(), request.event(),
                                [&](Indication& row) -> absl::Status {
                                  RETURN_IF_ERROR(CheckNotOfApplication(row, request.event()));
                                  SettleEvent(row, row.events_size() - 1, "event", violations);
                                  return violations.empty() ? domain::CheckTitleCourse(row) : absl::OkStatus();
                                });
}

absl::StatusOr<registry::v1::ListIndicationsResponse> List(const registry::Registry& registry,
                                                           const CallContext& context,
                                                           const registry::v1::ListIndicationsRequest& request) {
  const bool any_kind = request.kind() == registry::v1::INDICATION_KIND_UNSPECIFIED;
  const auto range = [&]() -> absl::StatusOr<engine::KeyRange> {
    if (!request.number().empty()) {
      return registry::IndicationsWithNumber(registry::NumberLookupForm(request.number()));
    }
    if (!request.product().empty()) {
      FieldViolations violations;
      const std::string id = domain::IdOfName(request.product(), domain::kProductCollection, "product", violations);
      RETURN_IF_ERROR(violations.ToStatus());
      return registry::IndicationsOfProduct(id);
    }
    return any_kind ? registry::AllIndications() : registry::IndicationsOfKind(request.kind());
  };
  return AnswerList<Indication>(registry, context, request, range, [&](const Indication& row) {
    if (!any_kind && row.kind() != request.kind()) return false;
    return request.holder().empty() || row.effective_holder() == request.holder();
  });
}

// Id of the only title of the name and kind that has no number yet, which the row may bring; "": there is none.
absl::StatusOr<std::string> WithoutNumber(const table::RowReader& rows, const Indication& title) {
  FieldViolations several;
  ASSIGN_OR_RETURN(const std::string id, OnlyTitle(rows, registry::IndicationsNamed(FoldName(title.display_name())),
                                                   title.kind(), "", several));
  if (id.empty()) return id;
  ASSIGN_OR_RETURN(const auto row, registry::kIndications.Get(rows, id));
  return row && row->message.numbers().empty() ? id : std::string();
}

}  // namespace

void RegisterIndicationService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.IndicationService/";
  AddMutation<Indication>(methods, registry, service + "CreateIndication", Create);
  AddMutation<Indication>(methods, registry, service + "CorrectIndication", Correct);
  AddMutation<Indication>(methods, registry, service + "RecordIndicationEvent", RecordEvent);
  AddMutation<Indication>(methods, registry, service + "ConfirmIndication",
                          Confirm<Indication, registry::v1::ConfirmIndicationRequest>);
  AddGet<Indication, registry::v1::GetIndicationRequest>(methods, registry, service + "GetIndication");
  methods.AddRead<registry::v1::ListIndicationsRequest, registry::v1::ListIndicationsResponse>(
      service + "ListIndications",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
}

std::unique_ptr<RowImporter> IndicationImporter() {
  using Request = registry::v1::CreateIndicationRequest;
  ImportParts<Indication, Request, registry::v1::CorrectIndicationRequest> parts = {
      registry::v1::IMPORT_KIND_INDICATIONS,
      registry::v1::ImportRow::kIndication,
      Create,
      Correct,
      [](const Request& request) {
        const Indication& title = request.indication();
        const std::string& number = title.numbers().empty() ? title.display_name() : title.numbers(0).number();
        return absl::StrCat(domain::ShortName(title.kind()), " ", number);
      },
      [](const table::RowReader& rows, const Request& request,
         FieldViolations& violations) -> absl::StatusOr<std::string> {
        const Indication& title = request.indication();
        if (!title.numbers().empty()) {
          const std::string number = registry::NumberLookupForm(title.numbers(0).number());
          ASSIGN_OR_RETURN(const std::string id, OnlyTitle(rows, registry::IndicationsWithNumber(number), title.kind(),
                                                           "indication.numbers", violations));
          if (!id.empty() || !violations.empty()) return id;
          return WithoutNumber(rows, title);
        }
        return OnlyTitle(rows, registry::IndicationsNamed(FoldName(title.display_name())), title.kind(),
                         "indication.numbers", violations);
      },
      "holder",
  };
  parts.state_lost = [](const Request& request) -> std::string {
    const Indication& title = request.indication();
    const bool ended =
        title.state() == registry::v1::TITLE_STATE_REVOKED || title.state() == registry::v1::TITLE_STATE_INVALIDATED ||
        title.state() == registry::v1::TITLE_STATE_SURRENDERED || title.state() == registry::v1::TITLE_STATE_REFUSED;
    const bool says_how = absl::c_any_of(title.events(), [](const registry::v1::TitleEvent& event) {
      return event.kind() != registry::v1::TITLE_EVENT_KIND_REGISTERED &&
             event.kind() != registry::v1::TITLE_EVENT_KIND_RENEWED;
    });
    return ended && !says_how ? registry::v1::TitleState_Name(title.state()) : "";
  };
  return MakeRowImporter(std::move(parts));
}

}  // namespace gi::service
