// The searches of gi.registry.v1.ProductService: similar products, candidates, places. Thread-safe.
#ifndef GI_SERVER_SERVICE_SURVEY_CATALOGUE_SEARCH_H_
#define GI_SERVER_SERVICE_SURVEY_CATALOGUE_SEARCH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "server/rpc/method_table.h"
#include "server/search/catalogue_index.h"
#include "server/search/live_index.h"
#include "storage/registry/registry.h"

namespace gi::service {

using Catalogue = search::LiveIndex<search::CatalogueIndex>;

// What a product is compared by.
struct ProductTraits {
  std::vector<std::string> names;
  std::string variety;
  std::string place_code;
  registry::v1::Sector sector = registry::v1::SECTOR_UNSPECIFIED;
};
ProductTraits TraitsOf(const registry::v1::SurveyRecord& record);

// Products of the index that may be the same, the likeliest first, at most domain::kMostSimilar. Places are compared as
// they are in `rows`. Errors of the store.
absl::StatusOr<std::vector<registry::v1::SimilarProduct>> FindSimilar(const search::CatalogueIndex& index,
                                                                      const table::RowReader& rows,
                                                                      const ProductTraits& traits);

// `registry` and `catalogue` must outlive the table.
void RegisterCatalogueSearch(const registry::Registry& registry, const Catalogue& catalogue, rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SURVEY_CATALOGUE_SEARCH_H_
