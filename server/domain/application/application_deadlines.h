// The deadlines of an application. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_APPLICATION_APPLICATION_DEADLINES_H_
#define GI_SERVER_DOMAIN_APPLICATION_APPLICATION_DEADLINES_H_

#include <vector>

#include "server/domain/application/course.h"
#include "server/domain/clock/deadline.h"

namespace gi::domain {

// In the order of the events, then of the rules. Goods items that go different ways have deadlines of their own. What
// was over before an application was divided off is its parent's. Points into the application of the course and into
// `laws`.
std::vector<Deadline> DeadlinesOf(const ApplicationCourse& course, const LawLibrary& laws,
                                  Explain explain = Explain::kYes);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_APPLICATION_APPLICATION_DEADLINES_H_
