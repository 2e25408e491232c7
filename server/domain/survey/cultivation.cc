#include "server/domain/survey/cultivation.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/domain/events.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr auto kIdentified = v1::CULTIVATION_STAGE_IDENTIFIED;
constexpr auto kCultivating = v1::CULTIVATION_STAGE_CULTIVATING;
constexpr auto kReady = v1::CULTIVATION_STAGE_READY;
constexpr auto kApplied = v1::CULTIVATION_STAGE_APPLIED;
constexpr auto kTitled = v1::CULTIVATION_STAGE_TITLED;

// Forward one stage at a time, except that a title may be found to exist at any stage; back where the work, the
// application or the title fails.
constexpr StageTransition kTransitions[] = {
    {kIdentified, kCultivating, kDistrict}, {kIdentified, kTitled, kDistrict},  {kCultivating, kReady, kDistrict},
    {kCultivating, kIdentified, kDistrict}, {kCultivating, kTitled, kDistrict}, {kReady, kApplied, kDistrict},
    {kReady, kCultivating, kDistrict},      {kReady, kTitled, kDistrict},       {kApplied, kTitled, kDistrict},
    {kApplied, kCultivating, kDistrict},    {kTitled, kCultivating, kDistrict},
};

Day DayOf(const google::protobuf::Timestamp& time) { return DayInShanghai(absl::FromUnixSeconds(time.seconds())); }

}  // namespace

absl::Span<const StageTransition> StageTransitions() { return kTransitions; }

absl::Status CheckMove(const v1::Product& product, v1::CultivationStage to, SurveyRoles roles, Day today) {
  std::string legal;
  for (const StageTransition& row : kTransitions) {
    if (row.from != product.stage()) continue;
    if (row.to == to) return RequireDistrict(product.name(), absl::StrCat("MOVE to ", ShortName(to)), roles);
    absl::StrAppend(&legal, legal.empty() ? "" : ", ", ShortName(row.to));
  }
  return MakeError(v1::ERROR_REASON_TRANSITION_ILLEGAL, {{"name", product.name()},
                                                         {"event", ShortName(to)},
                                                         {"state", ShortName(product.stage())},
                                                         {"date", FormatDay(today)},
                                                         {"allowed", legal}});
}

std::vector<v1::Stall> StallsOf(const v1::Product& product, Day today, int stall_months) {
  std::vector<v1::Stall> stalls;
  if (product.stage() == kTitled || !product.merged_into().empty()) return stalls;
  bool any_open = false;
  std::optional<Day> last_step;
  for (const v1::CultivationStep& step : product.steps()) {
    if (DayOf(step.time()) <= today) last_step = std::max(last_step.value_or(kFirstDay), DayOf(step.time()));
  }
  for (const v1::CultivationTask& task : product.tasks()) {
    const std::optional<Day> done = ToDay(task.done_on());
    const std::optional<Day> due = ToDay(task.due_on());
    if (done && *done <= today) {
      last_step = std::max(last_step.value_or(kFirstDay), *done);
      continue;
    }
    any_open = true;
    if (!due || today <= *due) continue;
    v1::Stall& stall = stalls.emplace_back();
    stall.set_kind(v1::STALL_KIND_TASK_OVERDUE);
    stall.set_task(task.id());
    stall.set_office(task.office());
    *stall.mutable_since() = ToDate(*due + 1);
  }
  const bool begun = product.stage() != kIdentified || product.tasks_size() > 0;
  if (!begun || any_open || !last_step) return stalls;
  const Day since = AddMonths(*last_step, stall_months) + 1;
  if (today < since) return stalls;
  v1::Stall& stall = stalls.emplace_back();
  stall.set_kind(v1::STALL_KIND_IDLE);
  *stall.mutable_since() = ToDate(since);
  return stalls;
}

}  // namespace gi::domain
