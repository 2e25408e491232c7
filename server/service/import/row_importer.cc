#include "server/service/import/row_importer.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "server/domain/uscc.h"
#include "storage/base/name_fold.h"
#include "storage/registry/title_number.h"

namespace gi::service {
namespace {

// Titles of one number or name that are looked at.
constexpr size_t kMostTitles = 100;

absl::Status NotFound(absl::string_view field, const std::string& text) {
  return MakeError(ErrorReason::ERROR_REASON_REFERENCE_NOT_FOUND,
                   {{"field", std::string(field)}, {"name", domain::EchoValue(text)}});
}

}  // namespace

std::string IdOfKey(absl::string_view key) { return "k" + absl::BytesToHexString(Sha256({key})).substr(0, 19); }

absl::StatusOr<std::string> EntityOfUscc(const table::RowReader& rows, const std::string& uscc,
                                         absl::string_view field) {
  const auto known = [](absl::string_view) { return true; };
  const std::string code = domain::ClassifyUscc(uscc, known).normalized;
  ASSIGN_OR_RETURN(const table::IdPage page, table::ScanIds(rows, registry::EntitiesWithUscc(code), "", 1));
  if (page.ids.empty()) return NotFound(field, uscc);
  return domain::ResourceName(domain::kEntityCollection, page.ids.front());
}

absl::StatusOr<std::string> OnlyTitle(const table::RowReader& rows, const engine::KeyRange& range,
                                      registry::v1::IndicationKind kind, absl::string_view field,
                                      FieldViolations& violations) {
  ASSIGN_OR_RETURN(const table::IdPage page, table::ScanIds(rows, range, "", kMostTitles));
  std::vector<std::string> names;
  std::string id;
  for (const std::string& one : page.ids) {
    ASSIGN_OR_RETURN(const auto row, registry::kIndications.Get(rows, one));
    const bool any = kind == registry::v1::INDICATION_KIND_UNSPECIFIED;
    if (!row || (!any && row->message.kind() != kind)) continue;
    id = one;
    names.push_back(row->message.name());
  }
  if (names.size() < 2) return id;
  violations.Add(field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", absl::StrJoin(names, ", ")},
                  {"expected", "a number or name that only one title has; give the id of the one that is meant"},
                  {"expected_zh", "仅指向一项地理标志的编号或名称；请填写所指地理标志的标识"}});
  return std::string();
}

absl::StatusOr<std::string> TitleCalled(const table::RowReader& rows, const std::string& text, absl::string_view field,
                                        FieldViolations& violations) {
  constexpr auto kAny = registry::v1::INDICATION_KIND_UNSPECIFIED;
  const engine::KeyRange numbered = registry::IndicationsWithNumber(registry::NumberLookupForm(text));
  ASSIGN_OR_RETURN(std::string id, OnlyTitle(rows, numbered, kAny, field, violations));
  if (id.empty() && violations.empty()) {
    ASSIGN_OR_RETURN(id, OnlyTitle(rows, registry::IndicationsNamed(FoldName(text)), kAny, field, violations));
  }
  if (id.empty() && violations.empty()) return NotFound(field, text);
  return id.empty() ? id : domain::ResourceName(domain::kIndicationCollection, id);
}

}  // namespace gi::service
