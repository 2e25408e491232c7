#include "client/gictl/resource_kind.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/gictl/fields.h"
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

namespace gi::client::gictl {
namespace {

using namespace registry::v1;

void Singular(std::string* out, const ResourceKind& kind) { absl::StrAppend(out, kind.singular); }

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
      {"rulesets", "ruleset", "RuleSet", "RuleSets", "name,display_name,jump_factor,stall_months",
       Prototype<CreateRuleSetRequest>(), Prototype<GetRuleSetRequest>(), Prototype<GetRuleSetResponse>(),
       Prototype<ListRuleSetsRequest>(), Prototype<ListRuleSetsResponse>(), Prototype<CorrectRuleSetRequest>(),
       Prototype<MutateRuleSetResponse>()},
      {"products", "product", "Product", "Products", "name,display_name,sector,stage,stalls",
       Prototype<CreateProductRequest>(), Prototype<GetProductRequest>(), Prototype<GetProductResponse>(),
       Prototype<ListProductsRequest>(), Prototype<ListProductsResponse>(), Prototype<CorrectProductRequest>(),
       Prototype<MutateProductResponse>()},
      {"surveys", "survey", "Survey", "Surveys", "name,year,round,display_name,state", Prototype<CreateSurveyRequest>(),
       Prototype<GetSurveyRequest>(), Prototype<GetSurveyResponse>(), Prototype<ListSurveysRequest>(),
       Prototype<ListSurveysResponse>(), Prototype<CorrectSurveyRequest>(), Prototype<MutateSurveyResponse>()},
      {"survey_records", "survey_record", "SurveyRecord", "SurveyRecords",
       "name,local_name,sector,place_code,state,product", Prototype<CreateSurveyRecordRequest>(),
       Prototype<GetSurveyRecordRequest>(), Prototype<GetSurveyRecordResponse>(), Prototype<ListSurveyRecordsRequest>(),
       Prototype<ListSurveyRecordsResponse>(), Prototype<CorrectSurveyRecordRequest>(),
       Prototype<MutateSurveyRecordResponse>()},
      {"lawbooks", "lawbook", "LawBook", "LawBooks", "name,display_name,laws,update_time",
       Prototype<CreateLawBookRequest>(), Prototype<GetLawBookRequest>(), Prototype<GetLawBookResponse>(),
       Prototype<ListLawBooksRequest>(), Prototype<ListLawBooksResponse>(), Prototype<CorrectLawBookRequest>(),
       Prototype<MutateLawBookResponse>()},
      {"applications", "application", "Application", "Applications",
       "name,kind,display_name,applicant,state,open_deadlines", Prototype<CreateApplicationRequest>(),
       Prototype<GetApplicationRequest>(), Prototype<GetApplicationResponse>(), Prototype<ListApplicationsRequest>(),
       Prototype<ListApplicationsResponse>(), Prototype<CorrectApplicationRequest>(),
       Prototype<MutateApplicationResponse>()},
      {"targets", "target", "IndicatorTarget", "IndicatorTargets", "name,indicator,group,year,value",
       Prototype<CreateIndicatorTargetRequest>(), Prototype<GetIndicatorTargetRequest>(),
       Prototype<GetIndicatorTargetResponse>(), Prototype<ListIndicatorTargetsRequest>(),
       Prototype<ListIndicatorTargetsResponse>(), Prototype<CorrectIndicatorTargetRequest>(),
       Prototype<MutateIndicatorTargetResponse>()},
      {"imports", "import_job", "Import", "Imports", "name,kind,source_name,state", Prototype<CreateImportRequest>(),
       Prototype<GetImportRequest>(), Prototype<GetImportResponse>(), Prototype<ListImportsRequest>(),
       Prototype<ListImportsResponse>(), nullptr, Prototype<MutateImportResponse>()},
  };
  return kinds;
}

absl::StatusOr<const ResourceKind*> KindNamed(absl::string_view text) {
  for (const ResourceKind& kind : AllKinds()) {
    if (text == kind.collection || text == kind.singular) return &kind;
  }
  return UsageError(absl::StrCat("\"", text, "\" is none of ", absl::StrJoin(AllKinds(), ", ", Singular)));
}

absl::StatusOr<const ResourceKind*> KindOfResource(absl::string_view name) {
  const size_t slash = name.find('/');
  const bool is_record = absl::StartsWith(name, "surveys/") && absl::StrContains(name, "/records/");
  const absl::string_view collection = is_record ? "survey_records" : name.substr(0, slash);
  for (const ResourceKind& kind : AllKinds()) {
    if (slash != name.npos && collection == kind.collection) return &kind;
  }
  return UsageError(absl::StrCat("\"", name,
                                 "\" is no resource name: it looks like entities/{entity} or "
                                 "surveys/{survey}/records/{record}"));
}

}  // namespace gi::client::gictl
