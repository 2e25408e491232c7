// gi.registry.v1.SurveyRecordService.
#ifndef GI_SERVER_SERVICE_SURVEY_RECORD_SERVICE_H_
#define GI_SERVER_SERVICE_SURVEY_RECORD_SERVICE_H_

#include "server/rpc/method_table.h"
#include "server/service/survey/catalogue_search.h"
#include "storage/registry/registry.h"

namespace gi::service {

// `registry` and `catalogue`, where likely duplicates are looked for, must outlive the table.
void RegisterSurveyRecordService(registry::Registry& registry, const Catalogue& catalogue, rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SURVEY_RECORD_SERVICE_H_
