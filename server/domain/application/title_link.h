// What an application does to its title: registration makes or updates it, and whatever is recorded about the
// application later, late or taken back, changes the title's events with it. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_APPLICATION_TITLE_LINK_H_
#define GI_SERVER_DOMAIN_APPLICATION_TITLE_LINK_H_

#include <string>
#include <vector>

#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/application/course.h"
#include "server/domain/clock/deadline.h"

namespace gi::domain {

// The title was registered or recognised at some time, also if the notice was revoked since: it has to be written.
bool HasTitle(const ApplicationCourse& course);

// The events that the title has from this application, with their origin: APPLIED, PUBLISHED, and a REGISTERED event
// for each registration that was not revoked. `deadlines` of the application: the right of an opposed mark counts from
// the end of the opposition period (商标法 2019 art. 36), unless the registration event says another day.
std::vector<registry::v1::TitleEvent> TitleEventsOf(const ApplicationCourse& course,
                                                    const std::vector<Deadline>& deadlines, const LawLibrary& laws);

// A new title for an application, without events.
registry::v1::Indication NewTitle(const ApplicationCourse& course);

// Brings the title's events from this application to `wanted`: those that are no more wanted are annulled, missing ones
// are added (with ids; terms are left to FillTerm). Also adds the goods and the number that it lacks. Returns the
// places of the events added.
std::vector<int> UpdateTitle(const ApplicationCourse& course, const std::vector<registry::v1::TitleEvent>& wanted,
                             registry::v1::Indication& title);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_APPLICATION_TITLE_LINK_H_
