// The kinds of resources, for the templates that serve them all: collection, table, and where an answer holds the row.
#ifndef GI_SERVER_SERVICE_KINDS_H_
#define GI_SERVER_SERVICE_KINDS_H_

#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/import.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "gi/registry/v1/indicator.pb.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "gi/registry/v1/product.pb.h"
#include "gi/registry/v1/ruleset.pb.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
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

template <>
struct Kind<registry::v1::Survey> {
  using GetResponse = registry::v1::GetSurveyResponse;
  using MutateResponse = registry::v1::MutateSurveyResponse;
  using ListResponse = registry::v1::ListSurveysResponse;
  static constexpr absl::string_view kCollection = domain::kSurveyCollection;
  static constexpr absl::string_view kField = "survey";
  static const auto& Table() { return registry::kSurveys; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_survey();
  }
  static auto* AddTo(ListResponse& response) { return response.add_surveys(); }
};

template <>
struct Kind<registry::v1::SurveyRecord> {
  using GetResponse = registry::v1::GetSurveyRecordResponse;
  using MutateResponse = registry::v1::MutateSurveyRecordResponse;
  using ListResponse = registry::v1::ListSurveyRecordsResponse;
  static constexpr absl::string_view kCollection = domain::kSurveyRecordCollection;
  static constexpr absl::string_view kField = "survey_record";
  static const auto& Table() { return registry::kSurveyRecords; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_survey_record();
  }
  static auto* AddTo(ListResponse& response) { return response.add_survey_records(); }
};

template <>
struct Kind<registry::v1::RuleSet> {
  using GetResponse = registry::v1::GetRuleSetResponse;
  using MutateResponse = registry::v1::MutateRuleSetResponse;
  using ListResponse = registry::v1::ListRuleSetsResponse;
  static constexpr absl::string_view kCollection = domain::kRuleSetCollection;
  static constexpr absl::string_view kField = "ruleset";
  static const auto& Table() { return registry::kRuleSets; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_ruleset();
  }
  static auto* AddTo(ListResponse& response) { return response.add_rulesets(); }
};

template <>
struct Kind<registry::v1::Product> {
  using GetResponse = registry::v1::GetProductResponse;
  using MutateResponse = registry::v1::MutateProductResponse;
  using ListResponse = registry::v1::ListProductsResponse;
  static constexpr absl::string_view kCollection = domain::kProductCollection;
  static constexpr absl::string_view kField = "product";
  static const auto& Table() { return registry::kProducts; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_product();
  }
  static auto* AddTo(ListResponse& response) { return response.add_products(); }
};

template <>
struct Kind<registry::v1::Application> {
  using GetResponse = registry::v1::GetApplicationResponse;
  using MutateResponse = registry::v1::MutateApplicationResponse;
  using ListResponse = registry::v1::ListApplicationsResponse;
  static constexpr absl::string_view kCollection = domain::kApplicationCollection;
  static constexpr absl::string_view kField = "application";
  static const auto& Table() { return registry::kApplications; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_application();
  }
  static auto* AddTo(ListResponse& response) { return response.add_applications(); }
};

template <>
struct Kind<registry::v1::LawBook> {
  using GetResponse = registry::v1::GetLawBookResponse;
  using MutateResponse = registry::v1::MutateLawBookResponse;
  using ListResponse = registry::v1::ListLawBooksResponse;
  static constexpr absl::string_view kCollection = domain::kLawBookCollection;
  static constexpr absl::string_view kField = "lawbook";
  static const auto& Table() { return registry::kLawBooks; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_lawbook();
  }
  static auto* AddTo(ListResponse& response) { return response.add_lawbooks(); }
};

template <>
struct Kind<registry::v1::IndicatorTarget> {
  using GetResponse = registry::v1::GetIndicatorTargetResponse;
  using MutateResponse = registry::v1::MutateIndicatorTargetResponse;
  using ListResponse = registry::v1::ListIndicatorTargetsResponse;
  static constexpr absl::string_view kCollection = domain::kTargetCollection;
  static constexpr absl::string_view kField = "target";
  static const auto& Table() { return registry::kTargets; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_target();
  }
  static auto* AddTo(ListResponse& response) { return response.add_targets(); }
};

template <>
struct Kind<registry::v1::Import> {
  using GetResponse = registry::v1::GetImportResponse;
  using MutateResponse = registry::v1::MutateImportResponse;
  using ListResponse = registry::v1::ListImportsResponse;
  static constexpr absl::string_view kCollection = domain::kImportCollection;
  static constexpr absl::string_view kField = "import_job";
  static const auto& Table() { return registry::kImports; }
  template <class Response>
  static auto* In(Response& response) {
    return response.mutable_import_job();
  }
  static auto* AddTo(ListResponse& response) { return response.add_imports(); }
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_KINDS_H_
