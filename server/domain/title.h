// The state of a title (an Indication) on a day, derived from its events per goods item; and which events may be
// recorded. What law and table say is in title_rules.h.
//
// Invalidated means never to have existed, on every day. APPLIED and PUBLISHED never undo a registration: registers
// have entries registered before they were applied for. The term of a mark counts from the end of the term before, so a
// renewal recorded in grace or later leaves no gap. An event without items concerns all items that it can concern
// ("renewed" means the items that are left); only REGISTERED must be possible for every one.
//
// Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_TITLE_H_
#define GI_SERVER_DOMAIN_TITLE_H_

#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/title_rules.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain {

// What a title's states were, are and will be, as far as its events say. Holds no pointer to the title.
class TitleTimeline {
 public:
  struct Segment {
    Day from;
    registry::v1::TitleState state;
    friend bool operator==(const Segment&, const Segment&) = default;
  };
  // Sorted by day; the first begins on kFirstDay; neighbours differ.
  using Segments = absl::InlinedVector<Segment, 4>;

  // Illegal events and events without their date are passed over, so that any row can be read.
  explicit TitleTimeline(const registry::v1::Indication& title);

  // Of the whole title: PARTLY_IN_FORCE if some items are in force and others are not.
  registry::v1::TitleState StateOn(Day day) const;
  // Of the item at this place in Indication.goods; `item` < max(items(), 1).
  registry::v1::TitleState ItemStateOn(int item, Day day) const;
  absl::Span<const Segment> ItemSegments(int item) const;
  // 0 if the title does not say its goods.
  int items() const { return items_; }
  // All items have the same history.
  bool uniform() const { return tracks_.size() == 1; }

  // One state for two items: theirs if equal; PARTLY_IN_FORCE if just one is in force; otherwise the one nearer to
  // being so (grace, pending, surrendered, lapsed, revoked, refused, invalidated).
  static registry::v1::TitleState Combine(registry::v1::TitleState a, registry::v1::TitleState b);

 private:
  // One for all items, or one for each.
  absl::InlinedVector<Segments, 1> tracks_;
  int items_;
};

// Sets what is derived from the events: `state` and `item_states` (only where the items differ), `effective_holder`,
// `holder_name`, `protected_since`.
void DeriveState(Day day, registry::v1::Indication& title);

// The holder on a day: `holder` until the first transfer. Points into the title.
absl::string_view HolderOn(const registry::v1::Indication& title, Day day);

// The name under which that holder is registered, if it was changed since it became the holder; otherwise "". Points
// into the title.
absl::string_view HolderNameOn(const registry::v1::Indication& title, Day day);

// Last day of the last term recorded for any item, whatever happened since. nullopt: no mark, or not registered.
std::optional<Day> LastTermEnd(const registry::v1::Indication& title);

// Last day of the term that runs when `event` happens: of the items concerned, the earliest. `event` may be an element
// of title.events; otherwise it is taken as the next one. nullopt: no term runs (no mark, not registered, ended).
std::optional<Day> RunningTermEnd(const registry::v1::Indication& title, const registry::v1::TitleEvent& event);

// Sets term_end and grace_end of a mark's REGISTERED or RENEWED event where they are absent; leaves all else as it is.
// `running` is RunningTermEnd; a RENEWED event is left as it is without it.
void FillTerm(registry::v1::IndicationKind kind, std::optional<Day> running, registry::v1::TitleEvent& event);

// Adds what is wrong with the event by itself: required dates that are missing, items the title does not have, a law or
// a term that its kind of title does not know, a renewal asked for outside its time. That dates exist is left to
// CheckFields. `field` is the path of the event, e.g. "event" or "indication.events[0]". `title` may hold the event
// already. A grace_end without a term_end is refused: it cannot be judged.
void CheckTitleEvent(const registry::v1::Indication& title, const registry::v1::TitleEvent& event,
                     absl::string_view field, FieldViolations& violations);

// Checks all events of the title, the new one among them, with their ids. EVENT_NOT_ANNULLABLE (see CheckAnnulments);
// or, for the first event in the order of effect that cannot be: TRANSITION_ILLEGAL if it may not happen in the state
// its items are in then, PERIOD_REVERSED if it renews to a day that the running term reaches anyway.
absl::Status CheckTitleCourse(const registry::v1::Indication& title);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_TITLE_H_
