// Applications for tests, in few words.
#ifndef GI_TESTS_SERVER_DOMAIN_APPLICATION_APPLICATION_TESTING_H_
#define GI_TESTS_SERVER_DOMAIN_APPLICATION_APPLICATION_TESTING_H_

#include <string>
#include <vector>

#include "gi/registry/v1/application.pb.h"
#include "server/domain/events.h"
#include "storage/base/date.h"

namespace gi::domain {

inline Day DayNamed(absl::string_view text) { return *ToDay(*ParseDate(text)); }

inline registry::v1::ApplicationEvent Happened(registry::v1::ApplicationEventKind kind, absl::string_view date,
                                               std::vector<std::string> items = {}) {
  registry::v1::ApplicationEvent event;
  event.set_kind(kind);
  *event.mutable_date() = *ParseDate(date);
  for (std::string& item : items) event.add_items(std::move(item));
  return event;
}

// A notice that was received on the day after its date.
inline registry::v1::ApplicationEvent Notice(registry::v1::ApplicationEventKind kind, absl::string_view date,
                                             std::vector<std::string> items = {}) {
  registry::v1::ApplicationEvent event = Happened(kind, date, std::move(items));
  event.mutable_service()->set_mode(registry::v1::SERVICE_MODE_RECEIVED);
  *event.mutable_service()->mutable_received_on() = ToDate(DayNamed(date) + 1);
  return event;
}

inline registry::v1::Application MakeApplication(registry::v1::ApplicationKind kind, const std::string& law, int goods,
                                                 std::vector<registry::v1::ApplicationEvent> events) {
  registry::v1::Application application;
  application.set_name("applications/a");
  application.set_kind(kind);
  application.set_display_name("示例");
  application.set_law(law);
  application.set_office("示例办公室");
  for (int i = 1; i <= goods; ++i) {
    registry::v1::GoodsItem& item = *application.add_goods();
    item.set_id("g" + std::to_string(i));
    item.set_text("商品" + std::to_string(i));
    item.set_nice_class(31);
  }
  for (registry::v1::ApplicationEvent& event : events) *application.add_events() = std::move(event);
  AssignEventIds(*application.mutable_events());
  return application;
}

}  // namespace gi::domain

#endif  // GI_TESTS_SERVER_DOMAIN_APPLICATION_APPLICATION_TESTING_H_
