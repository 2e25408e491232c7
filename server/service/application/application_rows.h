// What the change of an application does to the rows around it: its title, and the application it was divided into.
// Runs on the writer thread, as rules do.
#ifndef GI_SERVER_SERVICE_APPLICATION_APPLICATION_ROWS_H_
#define GI_SERVER_SERVICE_APPLICATION_APPLICATION_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gi/registry/v1/application.pb.h"
#include "server/domain/clock/law_library.h"
#include "server/service/mutate.h"
#include "storage/registry/mutation.h"

namespace gi::service {

// Stages an application, `row`, and with it its title if it has one. `before`: the row it replaces, nullptr for a new
// one; if there is one, the last event of `row` gets told what it changed. A title that is made gets the id
// `indication_id`, or that of the application. TRANSITION_ILLEGAL, of the application or of the title;
// EVENT_NOT_ANNULLABLE, RESOURCE_EXISTS, RESOURCE_FULL.
absl::Status PutApplication(registry::Mutation& mutation, const domain::LawLibrary& laws,
                            const registry::v1::Application* before, registry::v1::Application row,
                            const std::string& indication_id, FieldViolations& violations);

// The application that goes on with the items (by their ids) after a division on the day of the last event of `parent`:
// with the parent's events as far as they concern the items.
registry::v1::Application DividedOff(const registry::v1::Application& parent, const std::vector<std::string>& items,
                                     const std::string& name, const domain::LawLibrary& laws);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_APPLICATION_APPLICATION_ROWS_H_
