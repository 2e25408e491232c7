// The tables of the registry. To add one: a tag in keyspace/key.h and KEYSPACE.md, a declaration here, its row in
// AllTables.
#ifndef GI_STORAGE_REGISTRY_TABLES_H_
#define GI_STORAGE_REGISTRY_TABLES_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
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
#include "storage/engine/view_store.h"
#include "storage/table/table.h"

namespace gi::registry {

// Id of a row: the part of its resource name after the collection, e.g. "500155" of divisions/500155; of a record, its
// campaign's and its own, "2025/r1". Tallies are no resources: "2025/500155005/1" is survey, township and sector.
extern const table::Table<v1::Division>& kDivisions;
extern const table::Table<v1::Entity>& kEntities;
extern const table::Table<v1::Indication>& kIndications;
extern const table::Table<v1::Authorization>& kAuthorizations;
extern const table::Table<v1::Survey>& kSurveys;
extern const table::Table<v1::SurveyRecord>& kSurveyRecords;
extern const table::Table<v1::SurveyTally>& kSurveyTallies;
extern const table::Table<v1::Product>& kProducts;
extern const table::Table<v1::RuleSet>& kRuleSets;
extern const table::Table<v1::Application>& kApplications;
extern const table::Table<v1::LawBook>& kLawBooks;
extern const table::Table<v1::IndicatorTarget>& kTargets;
extern const table::Table<v1::Import>& kImports;
// What chunks changed: ImportChunkId.
extern const table::Table<v1::ImportChunk>& kImportChunks;

absl::Span<const table::AnyTable* const> AllTables();
// nullptr if there is none.
const table::AnyTable* FindTable(uint32_t tag);

// Ranges of the tables and indexes, for table::ScanIds.
engine::KeyRange AllDivisions(absl::string_view code_prefix);
engine::KeyRange AllEntities();
engine::KeyRange EntitiesWithUscc(absl::string_view uscc);
engine::KeyRange AllIndications();
engine::KeyRange IndicationsWithNumber(absl::string_view lookup_form);
engine::KeyRange IndicationsOfKind(v1::IndicationKind kind);
engine::KeyRange IndicationsOfProduct(absl::string_view product_id);
// `name` as FoldName gives it.
engine::KeyRange IndicationsNamed(absl::string_view folded_name);
engine::KeyRange AllAuthorizations();
engine::KeyRange AuthorizationsUnder(absl::string_view indication_id);
engine::KeyRange AuthorizationsOf(absl::string_view entity_id);
// The same grants in different orders: the one as part of AuthorizationsOf, the other of AuthorizationsUnder.
engine::KeyRange AuthorizationsOfEntityUnder(absl::string_view entity_id, absl::string_view indication_id);
engine::KeyRange AuthorizationsOfPair(absl::string_view indication_id, absl::string_view entity_id);

engine::KeyRange AllSurveys();
engine::KeyRange RecordsOfSurvey(absl::string_view survey_id);
// By state and id. With a state other than 0, only those.
engine::KeyRange RecordsOfTownship(absl::string_view survey_id, absl::string_view township,
                                   v1::SurveyRecordState state);
// By year, round and id.
engine::KeyRange RecordsOfProduct(absl::string_view product_id);
// By natural key, as written.
engine::KeyRange RecordsWithKey(absl::string_view survey_id, absl::string_view local_name, absl::string_view variety,
                                absl::string_view place_code);
engine::KeyRange ProductsWithKey(absl::string_view display_name, v1::Sector sector);
engine::KeyRange TalliesOfSurvey(absl::string_view survey_id);
engine::KeyRange AllProducts();
engine::KeyRange ProductsInStage(v1::CultivationStage stage);
engine::KeyRange AllRuleSets();
engine::KeyRange AllApplications();
engine::KeyRange ApplicationsOfApplicant(absl::string_view entity_id);
engine::KeyRange ApplicationsOfProduct(absl::string_view product_id);
engine::KeyRange AllLawBooks();
engine::KeyRange AllTargets();
engine::KeyRange TargetsOfFigure(absl::string_view indicator, int year, absl::string_view group);
// Of all groups.
engine::KeyRange TargetsOfIndicator(absl::string_view indicator, int year);

// The newest first.
engine::KeyRange AllImports();
engine::KeyRange ChunksOfImport(absl::string_view import_id);

// `line`: of the first row in it.
std::string ImportChunkId(absl::string_view import_id, int64_t line);
int64_t LineOfImportChunk(absl::string_view chunk_id);
std::string TallyId(absl::string_view survey_id, absl::string_view township, v1::Sector sector);

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_TABLES_H_
