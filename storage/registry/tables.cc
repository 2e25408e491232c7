#include "storage/registry/tables.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "storage/base/name_fold.h"
#include "storage/registry/title_number.h"

namespace gi::registry {
namespace {

using keyspace::KeyWriter;
using table::Index;
using table::IndexEntries;
using table::Table;

absl::string_view EntityId(absl::string_view name) { return absl::StripPrefix(name, "entities/"); }
absl::string_view IndicationId(absl::string_view name) { return absl::StripPrefix(name, "indications/"); }

constexpr Index<v1::Entity> kEntityIndexes[] = {
    {{keyspace::kEntitiesByUscc, "entities_by_uscc", 1},
     [](const v1::Entity& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) { key.String(row.uscc()); });
     }},
};

constexpr Index<v1::Indication> kIndicationIndexes[] = {
    {{keyspace::kIndicationsByNumber, "indications_by_number", 1, /*folds_text=*/true},
     [](const v1::Indication& row, IndexEntries& entries) {
       for (const v1::TitleNumber& number : row.numbers()) {
         for (const std::string& form : NumberLookupForms(number)) {
           entries.Add([&](KeyWriter& key) { key.String(form); });
         }
       }
     }},
    {{keyspace::kIndicationsByKind, "indications_by_kind", 1},
     [](const v1::Indication& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) { key.Uint64(static_cast<uint64_t>(row.kind())); });
     }},
    {{keyspace::kIndicationsByProduct, "indications_by_product", 1},
     [](const v1::Indication& row, IndexEntries& entries) {
       const absl::string_view product = absl::StripPrefix(row.product(), "products/");
       if (!product.empty()) entries.Add([&](KeyWriter& key) { key.String(product); });
     }},
    {{keyspace::kIndicationsByName, "indications_by_name", 1, /*folds_text=*/true},
     [](const v1::Indication& row, IndexEntries& entries) {
       const auto add = [&](const std::string& text) {
         const std::string name = FoldName(text);
         if (!name.empty()) entries.Add([&](KeyWriter& key) { key.String(name); });
       };
       add(row.display_name());
       for (const v1::NameVariant& name : row.names()) add(name.text());
     }},
};

constexpr Index<v1::Authorization> kAuthorizationIndexes[] = {
    {{keyspace::kAuthorizationsByIndication, "authorizations_by_indication", 1},
     [](const v1::Authorization& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) { key.String(IndicationId(row.indication())).String(EntityId(row.entity())); });
     }},
    {{keyspace::kAuthorizationsByEntity, "authorizations_by_entity", 1},
     [](const v1::Authorization& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) { key.String(EntityId(row.entity())).String(IndicationId(row.indication())); });
     }},
};

// "2025" of "surveys/2025/records/r1", and "2025/r1".
absl::string_view SurveyOf(absl::string_view record_name) {
  record_name = absl::StripPrefix(record_name, "surveys/");
  return record_name.substr(0, record_name.find('/'));
}

constexpr Index<v1::SurveyRecord> kSurveyRecordIndexes[] = {
    {{keyspace::kSurveyRecordsByTownship, "survey_records_by_township", 1},
     [](const v1::SurveyRecord& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) {
         key.String(SurveyOf(row.name())).String(row.township()).Uint64(static_cast<uint64_t>(row.state()));
       });
     }},
    {{keyspace::kSurveyRecordsByProduct, "survey_records_by_product", 1},
     [](const v1::SurveyRecord& row, IndexEntries& entries) {
       const absl::string_view product = absl::StripPrefix(row.product(), "products/");
       if (product.empty()) return;
       entries.Add([&](KeyWriter& key) {
         key.String(product).Uint64(static_cast<uint64_t>(row.year())).Uint64(static_cast<uint64_t>(row.round()));
       });
     }},
    {{keyspace::kSurveyRecordsByKey, "survey_records_by_key", 1},
     [](const v1::SurveyRecord& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) {
         key.String(SurveyOf(row.name())).String(row.local_name()).String(row.variety()).String(row.place_code());
       });
     }},
};

constexpr Index<v1::Product> kProductIndexes[] = {
    {{keyspace::kProductsByStage, "products_by_stage", 1},
     [](const v1::Product& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) { key.Uint64(static_cast<uint64_t>(row.stage())); });
     }},
    {{keyspace::kProductsByKey, "products_by_key", 1},
     [](const v1::Product& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) { key.String(row.display_name()).Uint64(static_cast<uint64_t>(row.sector())); });
     }},
};

constexpr Index<v1::Application> kApplicationIndexes[] = {
    {{keyspace::kApplicationsByApplicant, "applications_by_applicant", 1},
     [](const v1::Application& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) { key.String(EntityId(row.applicant())); });
     }},
    {{keyspace::kApplicationsByProduct, "applications_by_product", 1},
     [](const v1::Application& row, IndexEntries& entries) {
       const absl::string_view product = absl::StripPrefix(row.product(), "products/");
       if (!product.empty()) entries.Add([&](KeyWriter& key) { key.String(product); });
     }},
};

constexpr Index<v1::IndicatorTarget> kTargetIndexes[] = {
    {{keyspace::kTargetsByFigure, "targets_by_figure", 1},
     [](const v1::IndicatorTarget& row, IndexEntries& entries) {
       entries.Add([&](KeyWriter& key) {
         key.String(row.indicator()).Uint64(static_cast<uint64_t>(row.year())).String(row.group());
       });
     }},
};

constexpr Index<v1::Import> kImportIndexes[] = {
    {{keyspace::kImportsByTime, "imports_by_time", 1},
     [](const v1::Import& row, IndexEntries& entries) {
       const int64_t made_us = row.create_time().seconds() * 1'000'000 + row.create_time().nanos() / 1000;
       entries.Add([&](KeyWriter& key) { key.Uint64(~static_cast<uint64_t>(made_us)); });
     }},
};

constexpr Table<v1::Division> kDivisionTable(keyspace::kDivisions, "divisions", nullptr, 0);
constexpr Table<v1::Entity> kEntityTable(keyspace::kEntities, "entities", kEntityIndexes, std::size(kEntityIndexes));
constexpr Table<v1::Indication> kIndicationTable(keyspace::kIndications, "indications", kIndicationIndexes,
                                                 std::size(kIndicationIndexes));
constexpr Table<v1::Authorization> kAuthorizationTable(keyspace::kAuthorizations, "authorizations",
                                                       kAuthorizationIndexes, std::size(kAuthorizationIndexes));

constexpr Table<v1::Survey> kSurveyTable(keyspace::kSurveys, "surveys", nullptr, 0);
constexpr Table<v1::SurveyRecord> kSurveyRecordTable(keyspace::kSurveyRecords, "survey_records", kSurveyRecordIndexes,
                                                     std::size(kSurveyRecordIndexes));
constexpr Table<v1::SurveyTally> kSurveyTallyTable(keyspace::kSurveyTallies, "survey_tallies", nullptr, 0);
constexpr Table<v1::Product> kProductTable(keyspace::kProducts, "products", kProductIndexes,
                                           std::size(kProductIndexes));
constexpr Table<v1::RuleSet> kRuleSetTable(keyspace::kRuleSets, "rulesets", nullptr, 0);
constexpr Table<v1::Application> kApplicationTable(keyspace::kApplications, "applications", kApplicationIndexes,
                                                   std::size(kApplicationIndexes));
constexpr Table<v1::LawBook> kLawBookTable(keyspace::kLawBooks, "lawbooks", nullptr, 0);
constexpr Table<v1::IndicatorTarget> kTargetTable(keyspace::kTargets, "targets", kTargetIndexes,
                                                  std::size(kTargetIndexes));

constexpr Table<v1::Import> kImportTable(keyspace::kImports, "imports", kImportIndexes, std::size(kImportIndexes));
constexpr Table<v1::ImportChunk> kImportChunkTable(keyspace::kImportChunks, "import_chunks", nullptr, 0);

constexpr const table::AnyTable* kAll[] = {
    &kDivisionTable,     &kEntityTable,      &kIndicationTable, &kAuthorizationTable, &kSurveyTable,
    &kSurveyRecordTable, &kSurveyTallyTable, &kProductTable,    &kRuleSetTable,       &kApplicationTable,
    &kLawBookTable,      &kTargetTable,      &kImportTable,     &kImportChunkTable};

engine::KeyRange Range(const KeyWriter& prefix) { return engine::PrefixRange(prefix.bytes()); }

}  // namespace

const Table<v1::Division>& kDivisions = kDivisionTable;
const Table<v1::Entity>& kEntities = kEntityTable;
const Table<v1::Indication>& kIndications = kIndicationTable;
const Table<v1::Authorization>& kAuthorizations = kAuthorizationTable;
const Table<v1::Survey>& kSurveys = kSurveyTable;
const Table<v1::SurveyRecord>& kSurveyRecords = kSurveyRecordTable;
const Table<v1::SurveyTally>& kSurveyTallies = kSurveyTallyTable;
const Table<v1::Product>& kProducts = kProductTable;
const Table<v1::RuleSet>& kRuleSets = kRuleSetTable;
const Table<v1::Application>& kApplications = kApplicationTable;
const Table<v1::LawBook>& kLawBooks = kLawBookTable;
const Table<v1::IndicatorTarget>& kTargets = kTargetTable;
const Table<v1::Import>& kImports = kImportTable;
const Table<v1::ImportChunk>& kImportChunks = kImportChunkTable;

absl::Span<const table::AnyTable* const> AllTables() { return kAll; }

const table::AnyTable* FindTable(uint32_t tag) {
  for (const table::AnyTable* table : kAll) {
    if (table->tag() == tag) return table;
  }
  return nullptr;
}

engine::KeyRange AllDivisions(absl::string_view code_prefix) {
  // The string component without its terminator is a prefix of all codes that begin so: they are digits, never escaped.
  return engine::PrefixRange(KeyWriter(keyspace::kDivisions).bytes() + std::string(code_prefix));
}
engine::KeyRange AllEntities() { return Range(KeyWriter(keyspace::kEntities)); }
engine::KeyRange EntitiesWithUscc(absl::string_view uscc) {
  return Range(KeyWriter(keyspace::kEntitiesByUscc).String(uscc));
}
engine::KeyRange AllIndications() { return Range(KeyWriter(keyspace::kIndications)); }
engine::KeyRange IndicationsWithNumber(absl::string_view lookup_form) {
  return Range(KeyWriter(keyspace::kIndicationsByNumber).String(lookup_form));
}
engine::KeyRange IndicationsOfKind(v1::IndicationKind kind) {
  return Range(KeyWriter(keyspace::kIndicationsByKind).Uint64(static_cast<uint64_t>(kind)));
}
engine::KeyRange IndicationsOfProduct(absl::string_view product_id) {
  return Range(KeyWriter(keyspace::kIndicationsByProduct).String(product_id));
}
engine::KeyRange IndicationsNamed(absl::string_view folded_name) {
  return Range(KeyWriter(keyspace::kIndicationsByName).String(folded_name));
}
engine::KeyRange AllAuthorizations() { return Range(KeyWriter(keyspace::kAuthorizations)); }
engine::KeyRange AuthorizationsUnder(absl::string_view indication_id) {
  return Range(KeyWriter(keyspace::kAuthorizationsByIndication).String(indication_id));
}
engine::KeyRange AuthorizationsOf(absl::string_view entity_id) {
  return Range(KeyWriter(keyspace::kAuthorizationsByEntity).String(entity_id));
}
engine::KeyRange AuthorizationsOfEntityUnder(absl::string_view entity_id, absl::string_view indication_id) {
  return Range(KeyWriter(keyspace::kAuthorizationsByEntity).String(entity_id).String(indication_id));
}
engine::KeyRange AuthorizationsOfPair(absl::string_view indication_id, absl::string_view entity_id) {
  return Range(KeyWriter(keyspace::kAuthorizationsByIndication).String(indication_id).String(entity_id));
}
engine::KeyRange AllSurveys() { return Range(KeyWriter(keyspace::kSurveys)); }
engine::KeyRange RecordsOfSurvey(absl::string_view survey_id) {
  return engine::PrefixRange(absl::StrCat(KeyWriter(keyspace::kSurveyRecords).bytes(), survey_id, "/"));
}
engine::KeyRange RecordsOfTownship(absl::string_view survey_id, absl::string_view township,
                                   v1::SurveyRecordState state) {
  KeyWriter prefix = KeyWriter(keyspace::kSurveyRecordsByTownship).String(survey_id).String(township);
  if (state != v1::SURVEY_RECORD_STATE_UNSPECIFIED) prefix.Uint64(static_cast<uint64_t>(state));
  return Range(prefix);
}
engine::KeyRange RecordsOfProduct(absl::string_view product_id) {
  return Range(KeyWriter(keyspace::kSurveyRecordsByProduct).String(product_id));
}
engine::KeyRange RecordsWithKey(absl::string_view survey_id, absl::string_view local_name, absl::string_view variety,
                                absl::string_view place_code) {
  return Range(
      KeyWriter(keyspace::kSurveyRecordsByKey).String(survey_id).String(local_name).String(variety).String(place_code));
}
engine::KeyRange ProductsWithKey(absl::string_view display_name, v1::Sector sector) {
  return Range(KeyWriter(keyspace::kProductsByKey).String(display_name).Uint64(static_cast<uint64_t>(sector)));
}
engine::KeyRange TalliesOfSurvey(absl::string_view survey_id) {
  return engine::PrefixRange(absl::StrCat(KeyWriter(keyspace::kSurveyTallies).bytes(), survey_id, "/"));
}
engine::KeyRange AllProducts() { return Range(KeyWriter(keyspace::kProducts)); }
engine::KeyRange ProductsInStage(v1::CultivationStage stage) {
  return Range(KeyWriter(keyspace::kProductsByStage).Uint64(static_cast<uint64_t>(stage)));
}
engine::KeyRange AllRuleSets() { return Range(KeyWriter(keyspace::kRuleSets)); }
engine::KeyRange AllApplications() { return Range(KeyWriter(keyspace::kApplications)); }
engine::KeyRange ApplicationsOfApplicant(absl::string_view entity_id) {
  return Range(KeyWriter(keyspace::kApplicationsByApplicant).String(entity_id));
}
engine::KeyRange ApplicationsOfProduct(absl::string_view product_id) {
  return Range(KeyWriter(keyspace::kApplicationsByProduct).String(product_id));
}
engine::KeyRange AllLawBooks() { return Range(KeyWriter(keyspace::kLawBooks)); }
engine::KeyRange AllTargets() { return Range(KeyWriter(keyspace::kTargets)); }
engine::KeyRange TargetsOfFigure(absl::string_view indicator, int year, absl::string_view group) {
  return Range(
      KeyWriter(keyspace::kTargetsByFigure).String(indicator).Uint64(static_cast<uint64_t>(year)).String(group));
}
engine::KeyRange TargetsOfIndicator(absl::string_view indicator, int year) {
  return Range(KeyWriter(keyspace::kTargetsByFigure).String(indicator).Uint64(static_cast<uint64_t>(year)));
}

engine::KeyRange AllImports() { return Range(KeyWriter(keyspace::kImportsByTime)); }
engine::KeyRange ChunksOfImport(absl::string_view import_id) {
  return engine::PrefixRange(absl::StrCat(KeyWriter(keyspace::kImportChunks).bytes(), import_id, "/"));
}

std::string ImportChunkId(absl::string_view import_id, int64_t line) {
  return absl::StrFormat("%s/%012d", import_id, line);
}

int64_t LineOfImportChunk(absl::string_view chunk_id) {
  int64_t line = 0;
  (void)absl::SimpleAtoi(chunk_id.substr(chunk_id.rfind('/') + 1), &line);
  return line;
}

std::string TallyId(absl::string_view survey_id, absl::string_view township, v1::Sector sector) {
  return absl::StrCat(survey_id, "/", township, "/", static_cast<int>(sector));
}

}  // namespace gi::registry
