#include "server/service/import/row_references.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/domain/field_rules.h"
#include "server/domain/resource_name.h"
#include "server/domain/uscc.h"
#include "storage/base/name_fold.h"
#include "storage/base/status_macros.h"
#include "storage/registry/tables.h"
#include "storage/registry/title_number.h"

namespace gi::service {
namespace {

using registry::v1::ErrorReason;

// Titles of one number or name that are looked at.
constexpr size_t kMostTitles = 100;

// `proposal`: what may have been meant; "": no guess.
absl::Status NotFound(absl::string_view field, const std::string& text, const std::string& proposal) {
  ErrorMetadata metadata = {{"field", std::string(field)}, {"name", domain::EchoValue(text)}};
  if (!proposal.empty()) metadata.emplace_back("proposal", proposal);
  return MakeError(ErrorReason::ERROR_REASON_REFERENCE_NOT_FOUND, std::move(metadata));
}

}  // namespace

absl::StatusOr<std::string> EntityOfUscc(const table::RowReader& rows, const std::string& uscc,
                                         absl::string_view field) {
  const auto known = [](absl::string_view) { return true; };
  const domain::UsccJudgement judged = domain::ClassifyUscc(uscc, known);
  ASSIGN_OR_RETURN(const table::IdPage page,
                   table::ScanIds(rows, registry::EntitiesWithUscc(judged.normalized), "", 1));
  if (page.ids.empty()) return NotFound(field, uscc, judged.proposal);
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

absl::StatusOr<std::string> TitleCalled(const table::RowReader& rows, const std::string& text, const std::string& guess,
                                        absl::string_view field, FieldViolations& violations) {
  constexpr auto kAny = registry::v1::INDICATION_KIND_UNSPECIFIED;
  FieldViolations several;
  std::string id;
  if (const std::string number = registry::NumberLookupForm(text); !number.empty()) {
    ASSIGN_OR_RETURN(id, OnlyTitle(rows, registry::IndicationsWithNumber(number), kAny, field, several));
  }
  if (id.empty() && several.empty()) {
    ASSIGN_OR_RETURN(id, OnlyTitle(rows, registry::IndicationsNamed(FoldName(text)), kAny, field, several));
  }
  violations.Merge(several);
  if (id.empty() && several.empty()) return NotFound(field, text, guess);
  return id.empty() ? id : domain::ResourceName(domain::kIndicationCollection, id);
}

void TitleGuesses::Look(const TitleFinder& titles, const table::RowReader& rows, const std::string& text) {
  if (text.empty() || searches_ == kMostSearches || by_text_.contains(text)) return;
  std::string& guess = by_text_[text];
  const absl::StatusOr<TitleMatches> found = titles.Find(rows, text);
  if (!found.ok() || found->certain) return;
  ++searches_;
  if (!found->matches.empty()) guess = found->matches.front().matched;
}

const std::string& TitleGuesses::Of(const std::string& text) const {
  static const std::string* const none = new std::string();
  const auto found = by_text_.find(text);
  return found == by_text_.end() ? *none : found->second;
}

}  // namespace gi::service
