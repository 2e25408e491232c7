// What the events of titles, grants and entities have in common. A row's events stand in the order of recording and are
// never removed: a correction is an ANNULMENT event, which takes back the event with the id `annuls`. What is true on a
// day is derived from the events that still count, ordered by the day of their effect and then by their place in the
// list, so that an event recorded late gives the same answer as one recorded in time.
//
// Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_EVENTS_H_
#define GI_SERVER_DOMAIN_EVENTS_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain {

template <typename Event>
using EventList = google::protobuf::RepeatedPtrField<Event>;

inline bool IsAnnulment(const registry::v1::TitleEvent& event) {
  return event.kind() == registry::v1::TITLE_EVENT_KIND_ANNULMENT;
}
inline bool IsAnnulment(const registry::v1::EntityEvent& event) {
  return event.kind() == registry::v1::ENTITY_EVENT_KIND_ANNULMENT;
}
inline bool IsAnnulment(const registry::v1::GrantEvent& event) {
  return event.kind() == registry::v1::GRANT_EVENT_KIND_ANNULMENT;
}
inline bool IsAnnulment(const registry::v1::ApplicationEvent& event) {
  return event.kind() == registry::v1::APPLICATION_EVENT_KIND_ANNULMENT;
}

// The id of the event at a place in the list: e1, e2, …
inline std::string EventId(int index) { return absl::StrCat("e", index + 1); }

// Gives every event the id of its place.
template <typename Event>
void AssignEventIds(EventList<Event>& events) {
  for (int i = 0; i < events.size(); ++i) events[i].set_id(EventId(i));
}

// One of the first `end` events takes back the event with this id. An annulment cannot be taken back.
template <typename Event>
bool IsAnnulled(const EventList<Event>& events, int end, absl::string_view id) {
  return std::any_of(events.begin(), events.begin() + end,
                     [id](const Event& event) { return IsAnnulment(event) && event.annuls() == id; });
}

// EVENT_NOT_ANNULLABLE if an annulment names no earlier event, an annulment, or an event taken back before.
// Requires assigned ids.
template <typename Event>
absl::Status CheckAnnulments(absl::string_view name, const EventList<Event>& events) {
  for (int i = 0; i < events.size(); ++i) {
    if (!IsAnnulment(events[i])) continue;
    const absl::string_view id = events[i].annuls();
    const auto end = events.begin() + i;
    const auto target = std::find_if(events.begin(), end, [id](const Event& event) { return event.id() == id; });
    if (target == end || IsAnnulment(*target) || IsAnnulled(events, i, id)) {
      return MakeError(registry::v1::ERROR_REASON_EVENT_NOT_ANNULLABLE,
                       {{"name", std::string(name)}, {"event", std::string(id)}});
    }
  }
  return absl::OkStatus();
}

// An event that counts, with the day it is ordered by.
template <typename Event>
struct DatedEvent {
  const Event* event;
  Day day;
};
template <typename Event>
using Course = absl::InlinedVector<DatedEvent<Event>, 8>;

// The events that count, in order. `day_of` gives an event's day, or nullopt if it has none and so no effect. Points
// into `events`.
template <typename Event, typename DayOf>
Course<Event> InOrderOfEffect(const EventList<Event>& events, DayOf day_of) {
  const bool any_annulled = std::any_of(events.begin(), events.end(), [](const Event& e) { return IsAnnulment(e); });
  Course<Event> course;
  for (const Event& event : events) {
    if (IsAnnulment(event) || (any_annulled && IsAnnulled(events, events.size(), event.id()))) continue;
    const std::optional<Day> day = day_of(event);
    if (!day.has_value()) continue;
    const auto after = std::upper_bound(course.begin(), course.end(), *day,
                                        [](Day a, const DatedEvent<Event>& b) { return a < b.day; });
    course.insert(after, {&event, *day});
  }
  return course;
}

// A row of a table of legal steps; what the table does not list is illegal. `kinds` limits a row to some kinds of
// title.
template <typename State, typename Kind>
struct Transition {
  State from;
  Kind event;
  State to;
  uint32_t kinds = ~0u;  // bits: 1 << IndicationKind
};

template <typename State, typename Kind>
std::optional<State> NextState(absl::Span<const Transition<State, Kind>> table, State from, Kind event,
                               uint32_t kinds = ~0u) {
  for (const auto& row : table) {
    if (row.from == from && row.event == event && (row.kinds & kinds) != 0) return row.to;
  }
  return std::nullopt;
}

// "REVOKED" for TITLE_STATE_REVOKED; the number for a value this code does not know.
template <typename Enum>
std::string ShortName(Enum value) {
  const google::protobuf::EnumDescriptor* type = google::protobuf::GetEnumDescriptor<Enum>();
  const google::protobuf::EnumValueDescriptor* known = type->FindValueByNumber(value);
  if (known == nullptr) return absl::StrCat(static_cast<int>(value));
  const absl::string_view prefix = absl::StripSuffix(type->value(0)->name(), "UNSPECIFIED");
  return std::string(absl::StripPrefix(known->name(), prefix));
}

// TRANSITION_ILLEGAL: `event` may not happen to `name` on `day`, when it is in `state`; says what may.
template <typename State, typename Kind>
absl::Status IllegalTransition(absl::string_view name, absl::Span<const Transition<State, Kind>> table, State state,
                               Kind event, Day day, uint32_t kinds = ~0u) {
  std::string allowed;
  for (const auto& row : table) {
    if (row.from != state || (row.kinds & kinds) == 0) continue;
    absl::StrAppend(&allowed, allowed.empty() ? "" : ", ", ShortName(row.event));
  }
  return MakeError(registry::v1::ERROR_REASON_TRANSITION_ILLEGAL, {{"name", std::string(name)},
                                                                   {"event", ShortName(event)},
                                                                   {"state", ShortName(state)},
                                                                   {"date", day == kFirstDay ? "" : FormatDay(day)},
                                                                   {"allowed", allowed}});
}

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_EVENTS_H_
