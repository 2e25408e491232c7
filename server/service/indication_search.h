// SearchIndications: finds titles however their names are spelled.
#ifndef GI_SERVER_SERVICE_INDICATION_SEARCH_H_
#define GI_SERVER_SERVICE_INDICATION_SEARCH_H_

#include "server/rpc/method_table.h"
#include "server/search/live_index.h"
#include "server/search/title_index.h"
#include "storage/registry/registry.h"

namespace gi::service {

// Registry and search must outlive the table.
void RegisterIndicationSearch(const registry::Registry& registry, const search::LiveIndex<search::TitleIndex>& search,
                              rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_INDICATION_SEARCH_H_
