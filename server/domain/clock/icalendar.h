// Deadlines as an iCalendar file (RFC 5545): an all-day event each. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_CLOCK_ICALENDAR_H_
#define GI_SERVER_DOMAIN_CLOCK_ICALENDAR_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gi/registry/v1/clock.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

// UTF-8, lines end with CR LF and are folded at 75 octets. `uid_domain` makes the ids of events unique in the world;
// they stay the same from export to export, so that a calendar program updates what it has. A provisional deadline is
// TENTATIVE, a stopped one CANCELLED. `stamp`: when the register was as the deadlines say.
std::string ToICalendar(const std::vector<registry::v1::Deadline>& deadlines, absl::string_view uid_domain,
                        absl::Time stamp, Language language);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_CLOCK_ICALENDAR_H_
