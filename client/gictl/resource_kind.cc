#include "client/gictl/resource_kind.h"

#include "absl/strings/str_cat.h"
#include "client/gictl/fields.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"

namespace gi::client::gictl {
namespace {

using namespace registry::v1;

template <class Message>
const google::protobuf::Message* Prototype() {
  return &Message::default_instance();
}

}  // namespace

std::string ResourceKind::Method(absl::string_view verb) const {
  const std::string service = absl::StrCat("gi.registry.v1.", type, "Service/");
  if (verb == "List") return absl::StrCat(service, "List", types);
  if (verb == "RecordEvent") return absl::StrCat(service, "Record", type, "Event");
  if (verb == "AnnulEvent") return absl::StrCat(service, "Annul", type, "Event");
  return absl::StrCat(service, verb, type);
}

absl::Span<const ResourceKind> AllKinds() {
  static const ResourceKind kinds[] = {
      {"divisions", "division", "Division", "Divisions", "code,level,display_name,successors",
       Prototype<CreateDivisionRequest>(), Prototype<GetDivisionRequest>(), Prototype<GetDivisionResponse>(),
       Prototype<ListDivisionsRequest>(), Prototype<ListDivisionsResponse>(), Prototype<CorrectDivisionRequest>(),
       Prototype<MutateDivisionResponse>()},
      {"entities", "entity", "Entity", "Entities", "name,uscc,effective_name,state", Prototype<CreateEntityRequest>(),
       Prototype<GetEntityRequest>(), Prototype<GetEntityResponse>(), Prototype<ListEntitiesRequest>(),
       Prototype<ListEntitiesResponse>(), Prototype<CorrectEntityRequest>(), Prototype<MutateEntityResponse>()},
      {"indications", "indication", "Indication", "Indications", "name,kind,display_name,numbers,state",
       Prototype<CreateIndicationRequest>(), Prototype<GetIndicationRequest>(), Prototype<GetIndicationResponse>(),
       Prototype<ListIndicationsRequest>(), Prototype<ListIndicationsResponse>(), Prototype<CorrectIndicationRequest>(),
       Prototype<MutateIndicationResponse>()},
      {"authorizations", "authorization", "Authorization", "Authorizations", "name,entity,indication,validity,state",
       Prototype<CreateAuthorizationRequest>(), Prototype<GetAuthorizationRequest>(),
       Prototype<GetAuthorizationResponse>(), Prototype<ListAuthorizationsRequest>(),
       Prototype<ListAuthorizationsResponse>(), Prototype<CorrectAuthorizationRequest>(),
       Prototype<MutateAuthorizationResponse>()},
  };
  return kinds;
}

absl::StatusOr<const ResourceKind*> KindNamed(absl::string_view text) {
  for (const ResourceKind& kind : AllKinds()) {
    if (text == kind.collection || text == kind.singular) return &kind;
  }
  return UsageError(absl::StrCat("\"", text, "\" is none of division, entity, indication, authorization"));
}

absl::StatusOr<const ResourceKind*> KindOfResource(absl::string_view name) {
  const size_t slash = name.find('/');
  for (const ResourceKind& kind : AllKinds()) {
    if (slash != name.npos && name.substr(0, slash) == kind.collection) return &kind;
  }
  return UsageError(absl::StrCat("\"", name,
                                 "\" is no resource name: it begins with divisions/, entities/, indications/ or "
                                 "authorizations/"));
}

}  // namespace gi::client::gictl
