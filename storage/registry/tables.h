// The tables of the registry. To add one: a tag in keyspace/key.h and KEYSPACE.md, a declaration here, its row in
// AllTables.
#ifndef GI_STORAGE_REGISTRY_TABLES_H_
#define GI_STORAGE_REGISTRY_TABLES_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "storage/engine/view_store.h"
#include "storage/table/table.h"

namespace gi::registry {

// Id of a row: the part of its resource name after the collection, e.g. "500155" of divisions/500155.
extern const table::Table<v1::Division>& kDivisions;
extern const table::Table<v1::Entity>& kEntities;
extern const table::Table<v1::Indication>& kIndications;
extern const table::Table<v1::Authorization>& kAuthorizations;

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

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_TABLES_H_
