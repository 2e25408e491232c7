// Deadlines as text for people. Thread-safe.
#ifndef GI_CLIENT_GICTL_DEADLINES_H_
#define GI_CLIENT_GICTL_DEADLINES_H_

#include <string>
#include <vector>

#include "client/gictl/session.h"
#include "gi/registry/v1/clock.pb.h"

namespace gi::client::gictl {

// Cells of a table: due date, state, days left, rule, step.
std::vector<std::string> DeadlineHead(const Session& session);
std::vector<std::string> DeadlineCells(const Session& session, const registry::v1::Deadline& deadline);

// Lines that say how the due date was arrived at, where that is laid down, and what follows if it is missed.
std::vector<std::string> ExplainDeadline(const Session& session, const registry::v1::Deadline& deadline);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_DEADLINES_H_
