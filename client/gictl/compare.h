// Compares what a line of a load file says with the row that exists. Pure and thread-safe.
#ifndef GI_CLIENT_GICTL_COMPARE_H_
#define GI_CLIENT_GICTL_COMPARE_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace gi::client::gictl {

// Names of the top-level fields that `wanted` sets and in which `existing` differs, in number order. Fields that
// `wanted` leaves out are not compared, and neither is what the server derives. Text is compared as the server keeps it
// (NFC, trimmed; codes normalised). A list of events agrees if those wanted are the first of those that exist, since
// later events are recorded, not loaded.
std::vector<std::string> DifferingFields(const google::protobuf::Message& wanted,
                                         const google::protobuf::Message& existing);

// The field can be corrected: it is neither immutable nor a list of events.
bool IsCorrectable(const google::protobuf::Message& resource, const std::string& field);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_COMPARE_H_
