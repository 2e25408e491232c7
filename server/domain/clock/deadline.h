// Deadlines: periods of law that the events of an application or a title began. They are worked out from the events
// that are recorded and never stored; what has become of one is asked for a business date. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_CLOCK_DEADLINE_H_
#define GI_SERVER_DOMAIN_CLOCK_DEADLINE_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/clock.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/clock/law_library.h"
#include "server/domain/clock/period.h"
#include "storage/base/date.h"

namespace gi::domain {

enum class Closing : uint8_t { kNone, kMet, kStopped };

// How a deadline runs, in the least words: what its state on any day follows from.
struct DeadlineRun {
  // The day of the event that began it: before that there is none.
  Day begun;
  Day due;
  Closing closing = Closing::kNone;
  Day closed_on = kLastDay;
  // Suspensions of a rule that does not count them: from the first day to the day of resumption.
  absl::InlinedVector<std::pair<Day, Day>, 1> suspensions;
};
// UNSPECIFIED before it began. Done after its day, or stopped after it, it is MISSED; suspended, STOPPED.
registry::v1::DeadlineState StateOn(const DeadlineRun& run, Day day);

// A deadline. Points into the message it was made from and into the law library.
struct Deadline {
  const registry::v1::ClockRule* rule;
  absl::string_view law;
  absl::string_view event;
  int event_kind;
  // Indexes of goods items; of titles none.
  std::vector<int> items;
  Day start;
  PeriodEnd end;
  std::optional<Day> latest;
  absl::string_view closed_by;
  DeadlineRun run;
};

// Those of a title, in the order of the events, then of the rules. Points into the title and into `laws`.
std::vector<Deadline> DeadlinesOf(const registry::v1::Indication& title, const LawLibrary& laws,
                                  Explain explain = Explain::kYes);

// When a notice counts as served, with the steps to it (实施条例 2014 art. 10); nullopt if no rule of the law says.
struct Served {
  Day day;
  std::vector<registry::v1::ClockStep> steps;
};
std::optional<Served> ServedOn(const registry::v1::Service& service, absl::string_view law, const LawLibrary& laws,
                               Explain explain = Explain::kYes);
// Adds what is wrong with how a notice was served: dates that its mode needs, a mode that no rule of the law knows.
void CheckService(const registry::v1::Service& service, absl::string_view law, const LawLibrary& laws,
                  absl::string_view field, FieldViolations& violations);

// A period by itself, from `start`. RULE_NOT_FOUND.
absl::StatusOr<Deadline> ComputeDeadline(absl::string_view rule_id, absl::string_view law, Day start,
                                         const LawLibrary& laws);

// The public form, without what only the caller knows (subject, office). `kind_name`: of the event.
registry::v1::Deadline ToMessage(const Deadline& deadline, absl::string_view kind_name, Day day);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_CLOCK_DEADLINE_H_
