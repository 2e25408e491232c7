#include "server/service/title_finder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/strip.h"
#include "storage/base/name_fold.h"
#include "storage/base/status_macros.h"
#include "storage/registry/tables.h"
#include "storage/registry/title_number.h"

namespace gi::service {
namespace {

absl::Status AddIds(const table::RowReader& rows, const engine::KeyRange& range, const std::string& reference,
                    TitleMatches& found) {
  ASSIGN_OR_RETURN(const table::IdPage page, table::ScanIds(rows, range, "", kMaxCandidates));
  for (const std::string& id : page.ids) {
    const bool known = std::any_of(found.matches.begin(), found.matches.end(),
                                   [&](const TitleMatches::Match& match) { return match.id == id; });
    if (!known && found.matches.size() < kMaxCandidates) found.matches.push_back({id, reference});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TitleMatches> TitleFinder::Find(const table::RowReader& rows, const std::string& reference) const {
  TitleMatches found;
  absl::string_view id = reference;
  if (absl::ConsumePrefix(&id, "indications/")) {
    found.matches.push_back({std::string(id), reference});
    found.certain = true;
    return found;
  }
  const std::string number = registry::NumberLookupForm(reference);
  if (!number.empty()) RETURN_IF_ERROR(AddIds(rows, registry::IndicationsWithNumber(number), reference, found));
  const std::string name = FoldName(reference);
  if (!name.empty()) RETURN_IF_ERROR(AddIds(rows, registry::IndicationsNamed(name), reference, found));
  found.certain = found.matches.size() == 1;
  if (found.matches.empty() && similar_) found.matches = similar_(reference, kMaxCandidates);
  return found;
}

}  // namespace gi::service
