// Quantities and series of figures as text for people. Thread-safe.
#ifndef GI_CLIENT_GICTL_QUANTITIES_H_
#define GI_CLIENT_GICTL_QUANTITIES_H_

#include <string>

#include "client/gictl/session.h"
#include "gi/registry/v1/survey.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace gi::client::gictl {

// "15.8 万 亩".
std::string FormatQuantity(const registry::v1::Quantity& quantity, Language language);

// One line a campaign, with the change against the one before.
void PrintSeries(const Session& session,
                 const google::protobuf::RepeatedPtrField<registry::v1::ComparisonSeries>& series);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_QUANTITIES_H_
