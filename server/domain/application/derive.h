// What an application says about itself on a business date: all that is derived and never stored. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_APPLICATION_DERIVE_H_
#define GI_SERVER_DOMAIN_APPLICATION_DERIVE_H_

#include <vector>

#include "gi/registry/v1/application.pb.h"
#include "server/domain/application/course.h"
#include "server/domain/clock/deadline.h"
#include "server/domain/clock/law_library.h"
#include "storage/base/date.h"

namespace gi::domain {

// Sets state, item_states (only where the items differ), state_since, filing_date, effective_law, material_gaps and
// open_deadlines.
void DeriveState(Day day, const LawLibrary& laws, registry::v1::Application& application);

// The public form of a deadline, with its subject.
registry::v1::Deadline ToMessage(const registry::v1::Application& application, const Deadline& deadline, Day day);
registry::v1::Deadline ToMessage(const registry::v1::Indication& title, const Deadline& deadline, Day day);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_APPLICATION_DERIVE_H_
