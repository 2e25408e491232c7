#include "server/domain/application/application_rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/domain/application/workflow.h"
#include "server/domain/clock/deadline.h"
#include "server/domain/events.h"
#include "server/domain/goods.h"
#include "server/domain/personal_data.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

void Malformed(const std::string& field, const std::string& value, const char* expected, const char* expected_zh,
               FieldViolations& violations) {
  violations.Add(field, ERROR_REASON_FIELD_MALFORMED,
                 {{"value", EchoValue(value)}, {"expected", expected}, {"expected_zh", expected_zh}});
}

void Require(bool present, const std::string& field, FieldViolations& violations) {
  if (!present) violations.Add(field, ERROR_REASON_FIELD_REQUIRED);
}

// Of a field that only some events or kinds have.
void CheckOnlyWhere(bool wanted, bool present, const std::string& field, FieldViolations& violations) {
  if (wanted) return Require(present, field, violations);
  if (present) Malformed(field, "set", "nothing: it has no meaning here", "空：此处无意义", violations);
}

bool IsMark(ApplicationKind kind) {
  return kind == APPLICATION_KIND_CERTIFICATION_MARK || kind == APPLICATION_KIND_COLLECTIVE_MARK;
}

void CheckLaw(const Application& application, const std::string& law_id, const std::string& field,
              const LawLibrary& laws, FieldViolations& violations) {
  const Law* law = laws.FindLaw(law_id);
  if (law == nullptr) {
    return Malformed(field, law_id, "the id of a law in the law books, e.g. trademark-2019",
                     "法律规则库中法律的编号，例如 trademark-2019", violations);
  }
  if (std::find(law->kinds().begin(), law->kinds().end(), application.kind()) != law->kinds().end()) return;
  violations.Add(field, ERROR_REASON_FIELD_CONTRADICTS,
                 {{"value", law_id},
                  {"other", "kind"},
                  {"expected", "a law for this kind of application"},
                  {"expected_zh", "适用于该类申请的法律"}});
}

void CheckHash(const std::string& hash, const std::string& field, FieldViolations& violations) {
  const bool hex = std::all_of(hash.begin(), hash.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
  });
  if (hash.empty() || (hash.size() == 64 && hex)) return;
  Malformed(field, hash, "64 lower-case hexadecimal digits", "64 位小写十六进制数字", violations);
}

void CheckMaterials(const Application& application, const std::string& field, FieldViolations& violations) {
  for (int i = 0; i < application.materials_size(); ++i) {
    const Material& material = application.materials(i);
    const std::string path = absl::StrCat(field, ".materials[", i, "]");
    CheckHash(material.sha256(), path + ".sha256", violations);
    if (material.present() && !material.waiver_reason().empty()) {
      violations.Add(path + ".waiver_reason", ERROR_REASON_FIELD_CONTRADICTS,
                     {{"value", "set"},
                      {"other", path + ".present"},
                      {"expected", "no reason to waive what is present"},
                      {"expected_zh", "材料已备时不填豁免理由"}});
    }
  }
}

bool HasMaterial(const Application& application, MaterialKind kind) {
  return std::any_of(application.materials().begin(), application.materials().end(),
                     [&](const Material& material) { return material.kind() == kind && material.present(); });
}

std::string WaiverOf(const Application& application, MaterialKind kind) {
  for (const Material& material : application.materials()) {
    if (material.kind() == kind && !material.waiver_reason().empty()) return material.waiver_reason();
  }
  return "";
}

void CheckItems(const Application& application, const ApplicationEvent& event, const std::string& field,
                FieldViolations& violations) {
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < event.items_size(); ++i) {
    const std::string& id = event.items(i);
    const bool known = std::any_of(application.goods().begin(), application.goods().end(),
                                   [&](const GoodsItem& item) { return item.id() == id; });
    if (known && seen.insert(id).second) continue;
    Malformed(absl::StrCat(field, ".items[", i, "]"), id, "the id of a goods item of the application, each once",
              "该申请某一商品项目的编号，每项一次", violations);
  }
  const bool whole = event.kind() == APPLICATION_EVENT_KIND_FILED || event.kind() == APPLICATION_EVENT_KIND_LAW_CHOSEN;
  if (whole && !event.items().empty()) {
    Malformed(field + ".items", event.items(0), "nothing: it concerns the whole application", "空：此事件针对整个申请",
              violations);
  }
}

// Nobody is served before the day of the notice.
void CheckServedAfter(const ApplicationEvent& event, const std::string& field, FieldViolations& violations) {
  const std::optional<Day> day = ToDay(event.date());
  const Service& service = event.service();
  for (const auto& [name, date] :
       {std::pair("received_on", service.received_on()), std::pair("dispatched_on", service.dispatched_on()),
        std::pair("published_on", service.published_on())}) {
    const std::optional<Day> served = ToDay(date);
    if (!day || !served || *day <= *served) continue;
    violations.Add(absl::StrCat(field, ".service.", name), ERROR_REASON_PERIOD_REVERSED,
                   {{"from", FormatDay(*day)}, {"to", FormatDay(*served)}});
  }
}

}  // namespace

void CheckApplication(const Application& application, const LawLibrary& laws, absl::string_view field,
                      FieldViolations& violations) {
  const std::string path(field);
  CheckLaw(application, application.law(), path + ".law", laws, violations);
  CheckGoods(application.goods(), path + ".goods", violations);
  CheckHash(application.specimen_sha256(), path + ".specimen_sha256", violations);
  CheckMaterials(application, path, violations);
  CheckOnlyWhere(application.kind() == APPLICATION_KIND_AGI_CONVERSION, !application.converts().empty(),
                 path + ".converts", violations);
  const Supervision& supervision = application.standing().supervision();
  if (supervision.kind() == SUPERVISION_KIND_ENTRUSTED) {
    Require(!supervision.body().empty(), path + ".standing.supervision.body", violations);
  }
}

void CheckApplicationEvent(const Application& application, const ApplicationEvent& event, absl::string_view law,
                           const LawLibrary& laws, absl::string_view field, FieldViolations& violations) {
  const std::string path(field);
  const EventNeeds* needs = NeedsOf(event.kind());
  if (needs == nullptr) {
    return Malformed(path + ".kind", ApplicationEventKind_Name(event.kind()), "an event; DivideApplication divides",
                     "可登记的事件；分割请使用 DivideApplication", violations);
  }
  CheckOnlyWhere(needs->annuls, !event.annuls().empty(), path + ".annuls", violations);
  if (needs->annuls) return;
  Require(event.has_date(), path + ".date", violations);
  CheckOnlyWhere(needs->law, !event.law().empty(), path + ".law", violations);
  if (needs->law && !event.law().empty()) CheckLaw(application, event.law(), path + ".law", laws, violations);
  if (needs->service) Require(event.has_service(), path + ".service", violations);
  if (event.has_service()) CheckService(event.service(), law, laws, path + ".service", violations);
  if (needs->number) Require(!event.number().empty(), path + ".number", violations);
  CheckOnlyWhere(needs->registration_number, !event.registration_number().empty(), path + ".registration_number",
                 violations);
  const bool registers =
      event.kind() == APPLICATION_EVENT_KIND_REGISTERED || event.kind() == APPLICATION_EVENT_KIND_RECOGNISED;
  if (!registers) CheckOnlyWhere(false, event.has_effective_from(), path + ".effective_from", violations);
  if (needs->note) Require(!event.note().empty(), path + ".note", violations);
  CheckItems(application, event, path, violations);
  CheckServedAfter(event, path, violations);
}

std::vector<MaterialGap> MaterialGaps(const Application& application, const LawLibrary& laws) {
  std::vector<MaterialGap> gaps;
  for (const MaterialRule* rule : laws.materials()) {
    const bool concerned =
        std::find(rule->kinds().begin(), rule->kinds().end(), application.kind()) != rule->kinds().end() &&
        (!rule->with_agent() || !application.agent().empty());
    if (!concerned || HasMaterial(application, rule->material())) continue;
    MaterialGap& gap = gaps.emplace_back();
    gap.set_kind(rule->material());
    gap.set_waiver_reason(WaiverOf(application, rule->material()));
    gap.set_advisory(!rule->source().verified());
    *gap.mutable_source() = rule->source();
  }
  return gaps;
}

absl::Status CheckReadyToFile(const Application& application, const LawLibrary& laws) {
  FieldViolations violations;
  Require(!application.goods().empty(), "application.goods", violations);
  for (int i = 0; IsMark(application.kind()) && i < application.goods_size(); ++i) {
    const std::string path = absl::StrCat("application.goods[", i, "]");
    Require(application.goods(i).nice_class() != 0, path + ".nice_class", violations);
    Require(!application.goods(i).nice_edition().empty(), path + ".nice_edition", violations);
  }
  Require(!application.area_codes().empty(), "application.area_codes", violations);
  Require(application.has_area_document(), "application.area_document", violations);
  Require(application.has_standing(), "application.standing", violations);
  // 商标法 (2019) art. 3 para. 3: controlled by an organisation that is able to supervise.
  if (application.kind() == APPLICATION_KIND_CERTIFICATION_MARK && application.has_standing()) {
    Require(application.standing().has_supervision(), "application.standing.supervision", violations);
  }
  violations.NameThem(ERROR_REASON_APPLICATION_INCOMPLETE, {{"name", application.name()}});
  if (absl::Status status = violations.ToStatus(); !status.ok()) return status;
  std::vector<std::string> missing;
  for (const MaterialGap& gap : MaterialGaps(application, laws)) {
    if (!gap.advisory() && gap.waiver_reason().empty()) missing.push_back(ShortName(gap.kind()));
  }
  if (missing.empty()) return absl::OkStatus();
  return MakeError(ERROR_REASON_MATERIALS_INCOMPLETE,
                   {{"name", application.name()}, {"missing", absl::StrJoin(missing, ", ")}});
}

}  // namespace gi::domain
