#include "server/service/import/row_references.h"

#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
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

// Ids of those in the range that have the kind (UNSPECIFIED: any).
absl::StatusOr<std::vector<std::string>> TitlesIn(const table::RowReader& rows, const engine::KeyRange& range,
                                                  registry::v1::IndicationKind kind) {
  ASSIGN_OR_RETURN(table::IdPage page, table::ScanIds(rows, range, "", kMostTitles));
  if (kind == registry::v1::INDICATION_KIND_UNSPECIFIED) return std::move(page.ids);
  std::vector<std::string> ids;
  for (std::string& id : page.ids) {
    ASSIGN_OR_RETURN(const auto row, registry::kIndications.Get(rows, id));
    if (row && row->message.kind() == kind) ids.push_back(std::move(id));
  }
  return ids;
}

absl::StatusOr<std::vector<std::string>> TitlesNumbered(const table::RowReader& rows, const std::string& text) {
  const std::string number = registry::NumberLookupForm(text);
  if (number.empty()) return std::vector<std::string>();
  return TitlesIn(rows, registry::IndicationsWithNumber(number), registry::v1::INDICATION_KIND_UNSPECIFIED);
}

// By resource name, by number, or else by name.
absl::StatusOr<std::vector<std::string>> TitlesCalled(const table::RowReader& rows, const std::string& text) {
  absl::string_view id = text;
  if (absl::ConsumePrefix(&id, absl::StrCat(domain::kIndicationCollection, "/"))) {
    ASSIGN_OR_RETURN(const auto row, registry::kIndications.Get(rows, id));
    if (row) return std::vector<std::string>{std::string(id)};
  }
  ASSIGN_OR_RETURN(std::vector<std::string> ids, TitlesNumbered(rows, text));
  if (!ids.empty()) return ids;
  return TitlesIn(rows, registry::IndicationsNamed(FoldName(text)), registry::v1::INDICATION_KIND_UNSPECIFIED);
}

// "" if there are none, or several, which are found.
std::string OnlyOne(const std::vector<std::string>& ids, absl::string_view field, FieldViolations& violations) {
  if (ids.size() < 2) return ids.empty() ? "" : ids.front();
  std::vector<std::string> names;
  for (const std::string& id : ids) names.push_back(domain::ResourceName(domain::kIndicationCollection, id));
  violations.Add(field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", absl::StrJoin(names, ", ")},
                  {"expected", "a number or name that only one title has; give its number as well, or its id"},
                  {"expected_zh", "仅指向一项地理标志的编号或名称：请同时填写注册号（编号），或填写标识"}});
  return "";
}

}  // namespace

absl::StatusOr<std::string> EntityOfUscc(const table::RowReader& rows, const std::string& uscc,
                                         absl::string_view field) {
  const auto known = [](absl::string_view) { return true; };
  const domain::UsccJudgement judged = domain::ClassifyUscc(uscc, known);
  ASSIGN_OR_RETURN(const table::IdPage page,
                   table::ScanIds(rows, registry::EntitiesWithUscc(judged.normalized), "", 1));
  if (!page.ids.empty()) return domain::ResourceName(domain::kEntityCollection, page.ids.front());
  RETURN_IF_ERROR(domain::Uscc::Parse(uscc, field, known, domain::LegacyUscc::kAccept).status());
  return NotFound(field, uscc, judged.proposal);
}

absl::StatusOr<std::string> OnlyTitle(const table::RowReader& rows, const engine::KeyRange& range,
                                      registry::v1::IndicationKind kind, absl::string_view field,
                                      FieldViolations& violations) {
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, TitlesIn(rows, range, kind));
  return OnlyOne(ids, field, violations);
}

absl::StatusOr<std::string> TitleCalled(const table::RowReader& rows, const TitleText& title, absl::string_view field,
                                        FieldViolations& violations) {
  std::vector<std::string> called, numbered;
  if (!title.text.empty()) {
    ASSIGN_OR_RETURN(called, TitlesCalled(rows, title.text));
    if (called.empty()) return NotFound(field, title.text, title.guess);
  }
  if (!title.number.empty()) {
    ASSIGN_OR_RETURN(numbered, TitlesNumbered(rows, title.number));
    if (numbered.empty()) return NotFound(field, title.number, "");
  }
  std::vector<std::string> both = title.text.empty() ? numbered : called;
  if (!title.text.empty() && !title.number.empty()) {
    std::erase_if(both, [&](const std::string& id) { return !absl::c_linear_search(numbered, id); });
    if (both.empty()) {
      violations.Add(field, ErrorReason::ERROR_REASON_FIELD_CONTRADICTS,
                     {{"value", domain::EchoValue(title.text)},
                      {"other", "title_number"},
                      {"expected", absl::StrCat("a title with the number ", domain::EchoValue(title.number))},
                      {"expected_zh", absl::StrCat("编号为 ", domain::EchoValue(title.number), " 的地理标志")}});
      return std::string();
    }
  }
  const std::string id = OnlyOne(both, field, violations);
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
