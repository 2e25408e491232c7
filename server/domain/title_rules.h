// The law of titles as tables: which date decides an event's effect, how long a term is, what may follow what.
// Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_TITLE_RULES_H_
#define GI_SERVER_DOMAIN_TITLE_RULES_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/events.h"
#include "storage/base/date.h"

namespace gi::domain {

// Sets of kinds of titles, as bits.
constexpr uint32_t KindBit(registry::v1::IndicationKind kind) { return 1u << (static_cast<uint32_t>(kind) & 31); }
inline constexpr uint32_t kMarks =
    KindBit(registry::v1::INDICATION_KIND_CERTIFICATION_MARK) | KindBit(registry::v1::INDICATION_KIND_COLLECTIVE_MARK);
inline constexpr uint32_t kAllKinds = ~0u;
inline constexpr uint32_t kNotMarks = kAllKinds & ~kMarks;

// Only marks have a term and are renewed.
constexpr bool HasTerm(registry::v1::IndicationKind kind) { return (KindBit(kind) & kMarks) != 0; }

enum class EventDate { kEffectiveFrom, kAnnouncedOn, kReceivedOn };
// "effective_from" and so on.
absl::string_view FieldOf(EventDate date);

// Which date of an event is required, orders it among the other events and is the first day of its effect.
struct EffectRule {
  registry::v1::TitleEventKind event;
  uint32_t kinds;
  registry::v1::LawVersion law;  // UNSPECIFIED: any
  EventDate date;
  bool ab_initio;  // the effect is on every day, also before the date
  absl::string_view source;
  bool verified;  // compared with a published source; false: an assumption
};
absl::Span<const EffectRule> EffectRules();

// nullptr for annulments, and for a SURRENDERED event under a law that does not fit the kind.
const EffectRule* FindEffectRule(registry::v1::IndicationKind kind, const registry::v1::TitleEvent& event);
bool HasDate(const EffectRule& rule, const registry::v1::TitleEvent& event);
// The date that `rule` names may be absent: the event then counts from the beginning (kFirstDay).
bool MayBeUndated(registry::v1::IndicationKind kind, const EffectRule& rule);
// The day an event is ordered by; nullopt if it has none and so no effect. (INVALIDATED is ordered by its announcement:
// what it undoes must have happened.)
std::optional<Day> DayOf(registry::v1::IndicationKind kind, const registry::v1::TitleEvent& event);

// Whether events of this kind of title can run under the law. UNSPECIFIED fits all.
bool LawFits(registry::v1::IndicationKind kind, registry::v1::LawVersion law);

// A period that the law gives a mark.
struct TermRule {
  absl::string_view name;
  int months;
  absl::string_view source;
  bool verified;
};
absl::Span<const TermRule> TermRules();

// Last day of a term that begins on `first`: the day before the corresponding day, ten years on; if that month has no
// corresponding day (29 February), its last day.
Day TermEnd(Day first);
// Last day of the period of grace after a term.
Day GraceEnd(Day term_end);
// First day on which a renewal can be asked for.
Day RenewalOpens(Day term_end);

using TitleTransition = Transition<registry::v1::TitleState, registry::v1::TitleEventKind>;
absl::Span<const TitleTransition> TitleTransitions();

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_TITLE_RULES_H_
