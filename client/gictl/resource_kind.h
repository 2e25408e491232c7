// What gictl knows about the kinds of resources: one row per kind, and everything else works by reflection.
#ifndef GI_CLIENT_GICTL_RESOURCE_KIND_H_
#define GI_CLIENT_GICTL_RESOURCE_KIND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"

namespace gi::client::gictl {

struct ResourceKind {
  // "entities": the field of lists, the beginning of load files' names, and (but for survey_records, which are
  // surveys/{survey}/records/{record}) of resource names.
  absl::string_view collection;
  absl::string_view singular;  // "entity", the resource's field in requests and responses
  absl::string_view type;      // "Entity"
  absl::string_view types;     // "Entities", as in ListEntities
  // Fields shown by list, in order.
  absl::string_view columns;
  const google::protobuf::Message* create_request;
  const google::protobuf::Message* get_request;
  const google::protobuf::Message* get_response;
  const google::protobuf::Message* list_request;
  const google::protobuf::Message* list_response;
  // nullptr: nothing of it is corrected.
  const google::protobuf::Message* correct_request;
  const google::protobuf::Message* mutate_response;

  // "gi.registry.v1.EntityService/GetEntity" of "Get"; "List" gives ListEntities; "RecordEvent" gives
  // RecordEntityEvent.
  std::string Method(absl::string_view verb) const;
};

// In the order in which kinds refer to each other.
absl::Span<const ResourceKind> AllKinds();

// By collection or singular; a usage error that names the choices otherwise.
absl::StatusOr<const ResourceKind*> KindNamed(absl::string_view text);

// Of a resource name, e.g. "entities/e1"; a usage error otherwise.
absl::StatusOr<const ResourceKind*> KindOfResource(absl::string_view name);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_RESOURCE_KIND_H_
