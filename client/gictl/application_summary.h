// An application as text for people. Thread-safe.
#ifndef GI_CLIENT_GICTL_APPLICATION_SUMMARY_H_
#define GI_CLIENT_GICTL_APPLICATION_SUMMARY_H_

#include "client/gictl/session.h"
#include "gi/registry/v1/application.pb.h"

namespace gi::client::gictl {

// Where it stands, its goods items, what happened, what the checklist lacks, and what is due.
void PrintApplication(const Session& session, const registry::v1::Application& application);

// The event recorded last: what it made, and what it changed of what followed from the others.
void PrintLastEvent(const Session& session, const registry::v1::Application& application);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_APPLICATION_SUMMARY_H_
