// Short ways to write titles, entities and grants in tests of the rules.
#ifndef GI_TESTS_SERVER_DOMAIN_RULES_TESTING_H_
#define GI_TESTS_SERVER_DOMAIN_RULES_TESTING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/events.h"
#include "server/domain/grant.h"
#include "server/domain/title.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain::rules_testing {

// "2020-02-29"; must be a date.
inline registry::v1::Date ADate(absl::string_view text) { return ParseDate(text).value(); }
inline Day ADay(absl::string_view text) { return ToDay(ADate(text)).value(); }

// A title's event with `date` in the field that counts for its kind; "" for none. SURRENDERED runs under the 2014
// Regulations.
inline registry::v1::TitleEvent Title(registry::v1::TitleEventKind kind, absl::string_view date,
                                      const std::vector<std::string>& items = {}) {
  registry::v1::TitleEvent event;
  event.set_kind(kind);
  for (const std::string& item : items) event.add_items(item);
  if (kind == registry::v1::TITLE_EVENT_KIND_SURRENDERED) {
    event.set_law_version(registry::v1::LAW_VERSION_TRADEMARK_2019);
  }
  if (date.empty()) return event;
  switch (kind) {
    case registry::v1::TITLE_EVENT_KIND_REVOKED:
    case registry::v1::TITLE_EVENT_KIND_INVALIDATED:
      *event.mutable_announced_on() = ADate(date);
      break;
    case registry::v1::TITLE_EVENT_KIND_SURRENDERED:
      *event.mutable_received_on() = ADate(date);
      break;
    default:
      *event.mutable_effective_from() = ADate(date);
  }
  return event;
}

template <typename Event>
Event Annulment(absl::string_view id) {
  Event event;
  if constexpr (std::is_same_v<Event, registry::v1::TitleEvent>) {
    event.set_kind(registry::v1::TITLE_EVENT_KIND_ANNULMENT);
  } else if constexpr (std::is_same_v<Event, registry::v1::EntityEvent>) {
    event.set_kind(registry::v1::ENTITY_EVENT_KIND_ANNULMENT);
  } else {
    event.set_kind(registry::v1::GRANT_EVENT_KIND_ANNULMENT);
  }
  event.set_annuls(std::string(id));
  return event;
}

// Records an event as a service does.
inline void Record(registry::v1::TitleEvent event, registry::v1::Indication& title) {
  registry::v1::TitleEvent& added = *title.add_events();
  added = std::move(event);
  AssignEventIds(*title.mutable_events());
  FillTerm(title.kind(), RunningTermEnd(title, added), added);
}

// With goods items g1, g2, … .
inline registry::v1::Indication ATitle(registry::v1::IndicationKind kind,
                                       const std::vector<registry::v1::TitleEvent>& events, int goods = 0) {
  registry::v1::Indication title;
  title.set_name("indications/t");
  title.set_kind(kind);
  for (int i = 1; i <= goods; ++i) {
    registry::v1::GoodsItem& item = *title.add_goods();
    item.set_id("g" + std::to_string(i));
    item.set_text("goods " + std::to_string(i));
    item.set_nice_class(28 + i);
  }
  for (const registry::v1::TitleEvent& event : events) Record(event, title);
  return title;
}

inline registry::v1::GrantEvent Grant(registry::v1::GrantEventKind kind, absl::string_view date) {
  registry::v1::GrantEvent event;
  event.set_kind(kind);
  *event.mutable_effective_from() = ADate(date);
  return event;
}

// `from` and `to`: "" for open.
inline registry::v1::Authorization AGrant(absl::string_view id, const std::vector<registry::v1::GrantEvent>& events,
                                          absl::string_view from = "", absl::string_view to = "") {
  registry::v1::Authorization grant;
  grant.set_name("authorizations/" + std::string(id));
  for (const registry::v1::GrantEvent& event : events) *grant.add_events() = event;
  AssignEventIds(*grant.mutable_events());
  if (!from.empty()) *grant.mutable_validity()->mutable_from() = ADate(from);
  if (!to.empty()) *grant.mutable_validity()->mutable_to() = ADate(to);
  return grant;
}

inline GrantStanding StandingOn(const registry::v1::Authorization& grant, absl::string_view date) {
  return SegmentOn(GrantTimeline(grant), ADay(date)).standing;
}

inline registry::v1::EntityEvent EntityChange(registry::v1::EntityEventKind kind, absl::string_view date,
                                              absl::string_view new_name = "") {
  registry::v1::EntityEvent event;
  event.set_kind(kind);
  if (!date.empty()) *event.mutable_effective_from() = ADate(date);
  event.set_new_name(std::string(new_name));
  return event;
}

inline registry::v1::Entity AnEntity(absl::string_view name,
                                     const std::vector<registry::v1::EntityEvent>& events = {}) {
  registry::v1::Entity entity;
  entity.set_name("entities/e");
  entity.set_display_name(std::string(name));
  for (const registry::v1::EntityEvent& event : events) *entity.add_events() = event;
  AssignEventIds(*entity.mutable_events());
  return entity;
}

// The value of a key of an error's metadata; "(none)" if it has none.
inline std::string Metadata(const absl::Status& status, absl::string_view key) {
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail) return "(none)";
  for (const auto& [name, value] : detail->metadata) {
    if (name == key) return value;
  }
  return "(none)";
}

}  // namespace gi::domain::rules_testing

#endif  // GI_TESTS_SERVER_DOMAIN_RULES_TESTING_H_
