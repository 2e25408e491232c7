// The kinds of resources, for the templates that serve them all: collection, table, and where an answer holds the row.
#ifndef GI_SERVER_SERVICE_KINDS_H_
#define GI_SERVER_SERVICE_KINDS_H_

#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/resource_name.h"
#include "storage/registry/tables.h"

namespace gi::service {

template <class Message>
struct Kind;

template <>
struct Kind<registry::v1::Division> {
  using GetResponse = registry::v1::GetDivisionResponse;
  using MutateResponse = registry::v1::MutateDivisionResponse;
  using ListResponse = registry::v1::ListDivisionsResponse;
  static constexpr absl::string_view kCollection = domain::kDivisionCollection;
  static constexpr absl::string_view kField = "division";
  static const auto& Table() { return registry::kDivisions; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_division();
  }
  static auto* AddTo(ListResponse& response) { return response.add_divisions(); }
};

template <>
struct Kind<registry::v1::Entity> {
  using GetResponse = registry::v1::GetEntityResponse;
  using MutateResponse = registry::v1::MutateEntityResponse;
  using ListResponse = registry::v1::ListEntitiesResponse;
  static constexpr absl::string_view kCollection = domain::kEntityCollection;
  static constexpr absl::string_view kField = "entity";
  static const auto& Table() { return registry::kEntities; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_entity();
  }
  static auto* AddTo(ListResponse& response) { return response.add_entities(); }
};

template <>
struct Kind<registry::v1::Indication> {
  using GetResponse = registry::v1::GetIndicationResponse;
  using MutateResponse = registry::v1::MutateIndicationResponse;
  using ListResponse = registry::v1::ListIndicationsResponse;
  static constexpr absl::string_view kCollection = domain::kIndicationCollection;
  static constexpr absl::string_view kField = "indication";
  static const auto& Table() { return registry::kIndications; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_indication();
  }
  static auto* AddTo(ListResponse& response) { return response.add_indications(); }
};

template <>
struct Kind<registry::v1::Authorization> {
  using GetResponse = registry::v1::GetAuthorizationResponse;
  using MutateResponse = registry::v1::MutateAuthorizationResponse;
  using ListResponse = registry::v1::ListAuthorizationsResponse;
  static constexpr absl::string_view kCollection = domain::kAuthorizationCollection;
  static constexpr absl::string_view kField = "authorization";
  static const auto& Table() { return registry::kAuthorizations; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_authorization();
  }
  static auto* AddTo(ListResponse& response) { return response.add_authorizations(); }
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_KINDS_H_
