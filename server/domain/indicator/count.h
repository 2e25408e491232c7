// Counting: each indicator as one pass over the facts that names every row it counts, so that a figure and the rows
// behind it can never differ. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_INDICATOR_COUNT_H_
#define GI_SERVER_DOMAIN_INDICATOR_COUNT_H_

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "server/domain/indicator/definitions.h"
#include "server/domain/indicator/facts.h"
#include "server/domain/indicator/months.h"

namespace gi::domain {

// All facts of a state of the register. Ids are those of resource names.
struct Facts {
  std::vector<TitleFact> titles;
  std::vector<GrantFact> grants;
  std::vector<ApplicationFact> applications;
  std::vector<ProductFact> products;
  // First day on which each entity is dissolved; kLastDay: never.
  std::vector<Day> entities;
  std::vector<std::string> title_ids, grant_ids, application_ids, product_ids, entity_ids;
};

enum class FactTable { kTitles, kGrants, kApplications, kProducts, kEntities };

inline constexpr FactIndex kNoTitle = ~FactIndex{0};

// One row that counts in a group.
struct Counted {
  // Lives as long as the facts; the same group is always the same characters in memory.
  absl::string_view group;
  FactTable table;
  FactIndex row;
  // The day that makes it count; kFirstDay: none.
  Day day = kFirstDay;
  // False: the whole has counted it already, in another group.
  bool in_whole = true;
  // Of a deadline; otherwise nullptr.
  const DeadlineFact* deadline = nullptr;
  // Whose id the group is; kNoTitle: the group is no title.
  FactIndex title = kNoTitle;
};

// Whether the indicator is counted from facts; the survey's and output value are read from rows.
bool IsCountedFromFacts(IndicatorId indicator);

// Every row that the indicator counts: of a flow in the days, of a stock on the last of them. `today`: what happens
// after it is not known. An entity is named once for each group.
void CountRows(IndicatorId indicator, const Facts& facts, Days days, Day today,
               absl::FunctionRef<void(const Counted&)> emit);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_INDICATOR_COUNT_H_
