// The state of an authorization (one grant) on a day, derived from its events; and which events may be recorded.
// Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_GRANT_H_
#define GI_SERVER_DOMAIN_GRANT_H_

#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/events.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain {

// PENDING, REFUSED, GRANTED, SUSPENDED, REMOVED, and UNSPECIFIED before the first event.
using GrantTransition = Transition<registry::v1::AuthorizationState, registry::v1::GrantEventKind>;
absl::Span<const GrantTransition> GrantTransitions();

// The events that count, in order. Points into the grant.
Course<registry::v1::GrantEvent> GrantCourse(const registry::v1::Authorization& grant);

// How a grant stands on a day.
struct GrantStanding {
  enum class Term : uint8_t { kWithin, kBefore, kAfter };

  // What the events say, whatever the periods.
  registry::v1::AuthorizationState state = registry::v1::AUTHORIZATION_STATE_UNSPECIFIED;
  registry::v1::RemovalGround ground = registry::v1::REMOVAL_GROUND_UNSPECIFIED;
  // Of a grant that is GRANTED or SUSPENDED: where the day lies to its periods (`validity` and what EXTENDED adds); in
  // a gap between two of them it is after the earlier one.
  Term term = Term::kWithin;
  // The register has it: something was recorded for the day or an earlier one, or a grant begins later. (A request made
  // later is nothing yet.)
  bool recorded = false;

  friend bool operator==(const GrantStanding&, const GrantStanding&) = default;
};

struct GrantSegment {
  Day from;
  GrantStanding standing;
  friend bool operator==(const GrantSegment&, const GrantSegment&) = default;
};
// Sorted by day; the first begins on kFirstDay; neighbours differ.
using GrantSegments = absl::InlinedVector<GrantSegment, 4>;

// All of a grant's days. Illegal events are passed over, so that any row can be read.
GrantSegments GrantTimeline(const registry::v1::Authorization& grant);
// The segment that has the day.
const GrantSegment& SegmentOn(absl::Span<const GrantSegment> segments, Day day);

// As Authorization.state says it: UNSPECIFIED if the register has no record of it for that day yet; while GRANTED by
// its events, the periods decide between NOT_YET_EFFECTIVE, GRANTED and EXPIRED.
registry::v1::AuthorizationState StateOf(const GrantStanding& standing);

// Whether a grant is used, as figures count it, on a day: a set of these.
enum class GrantUse : uint8_t {
  kNone = 0,
  // Granted, within its periods.
  kActive = 1,
  // Granted or suspended, within its periods.
  kHeld = 2,
  // The vector logo may be downloaded.
  kLogo = 4,
};
constexpr bool Has(GrantUse set, GrantUse use) { return (static_cast<int>(set) & static_cast<int>(use)) != 0; }

struct GrantUseSegment {
  Day from;
  GrantUse use;
  friend bool operator==(const GrantUseSegment&, const GrantUseSegment&) = default;
};

// A report of use that counts from the day it was made on.
struct ReportedUse {
  Day reported;
  // kFirstDay: not used in that year.
  Day last_used;
  int32_t year;
  friend bool operator==(const ReportedUse&, const ReportedUse&) = default;
};

struct GrantUses {
  // Sorted by day; neighbours differ.
  absl::InlinedVector<GrantUseSegment, 4> segments;
  // In the order of the reports.
  absl::InlinedVector<ReportedUse, 2> reports;
  // First day of the periods.
  Day first;
};
GrantUses UsesOf(const registry::v1::Authorization& grant);

// The last day of use that was reported by then; of two reports of one year the later counts. nullopt: none.
std::optional<Day> LastUse(absl::Span<const ReportedUse> reports, Day day);
// The last day that lies two years back on `day`: a grant whose last use or, without one, first day is that or an
// earlier one is two years without use (announcement 354 of 2020).
Day LastDayTwoYearsBefore(Day day);
bool UnusedTwoYears(Day first, std::optional<Day> last_use, Day two_years_before);

// Sets state, holds_until, logo_permitted, last_used_on and unused_two_years for the day.
void DeriveState(Day day, registry::v1::Authorization& grant);

// Adds what is wrong with an event by itself; `field` is the path of the message that holds its fields, "" for the
// request.
void CheckGrantEvent(const registry::v1::GrantEvent& event, absl::string_view field, FieldViolations& violations);

// Checks all events, the new one among them, with their ids. EVENT_NOT_ANNULLABLE (see CheckAnnulments), or
// TRANSITION_ILLEGAL for the first event in the order of effect that may not follow the state the grant is in then.
absl::Status CheckGrantCourse(const registry::v1::Authorization& grant);

// GRANT_OUTLASTS_TITLE if a day `last` of a grant lies after the last term of the title (see LastTermEnd). `field`
// holds `last`.
absl::Status CheckWithinTitle(const registry::v1::Indication& title, const registry::v1::Date& last,
                              absl::string_view field);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_GRANT_H_
