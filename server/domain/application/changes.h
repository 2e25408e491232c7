// What recording an event changed: the courses of goods items, the deadlines and the title, before and after. Pure and
// thread-safe.
#ifndef GI_SERVER_DOMAIN_APPLICATION_CHANGES_H_
#define GI_SERVER_DOMAIN_APPLICATION_CHANGES_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gi/registry/v1/application.pb.h"
#include "server/domain/application/course.h"
#include "server/domain/clock/deadline.h"

namespace gi::domain {

// All that follows from the events of an application, as text by subject.
using Consequences = std::map<std::pair<registry::v1::ChangeKind, std::string>, std::string>;
Consequences ConsequencesOf(const ApplicationCourse& course, const std::vector<Deadline>& deadlines,
                            const std::vector<registry::v1::TitleEvent>& title_events);

// Most changes that an event lists.
inline constexpr size_t kMaxChanges = 50;

// Writes the differences into the event.
void DescribeChanges(const Consequences& before, const Consequences& after, registry::v1::ApplicationEvent& event);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_APPLICATION_CHANGES_H_
