// What must hold of an application and of what is recorded about it, beside the course of its events. Pure and
// thread-safe.
#ifndef GI_SERVER_DOMAIN_APPLICATION_APPLICATION_RULES_H_
#define GI_SERVER_DOMAIN_APPLICATION_APPLICATION_RULES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/application.pb.h"
#include "server/domain/clock/law_library.h"
#include "storage/base/error.h"

namespace gi::domain {

// Adds what is wrong with its own fields: a law that no book has or that is not for this kind, goods, area codes,
// hashes, supervision, what it converts. `field` is its path.
void CheckApplication(const registry::v1::Application& application, const LawLibrary& laws, absl::string_view field,
                      FieldViolations& violations);

// Adds what is wrong with an event by itself: what its kind needs (AllEventNeeds), items that the application does not
// have, how its notice was served. `law` is that of its day. `field` is its path.
void CheckApplicationEvent(const registry::v1::Application& application, const registry::v1::ApplicationEvent& event,
                           absl::string_view law, const LawLibrary& laws, absl::string_view field,
                           FieldViolations& violations);

// What the checklist of its kind lacks. An agent adds the power of attorney.
std::vector<registry::v1::MaterialGap> MaterialGaps(const registry::v1::Application& application,
                                                    const LawLibrary& laws);

// APPLICATION_INCOMPLETE with the fields that filing needs and that are missing; MATERIALS_INCOMPLETE if the checklist
// has gaps that are neither advice nor waived.
absl::Status CheckReadyToFile(const registry::v1::Application& application, const LawLibrary& laws);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_APPLICATION_APPLICATION_RULES_H_
