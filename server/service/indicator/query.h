// The question that figures answer: which indicators, which months, counted how. Thread-safe.
#ifndef GI_SERVER_SERVICE_INDICATOR_QUERY_H_
#define GI_SERVER_SERVICE_INDICATOR_QUERY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "gi/registry/v1/indicator.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "server/domain/indicator/definitions.h"
#include "server/domain/indicator/months.h"
#include "server/service/application/deadline_service.h"
#include "storage/registry/registry.h"

namespace gi::service {

struct FigureQuery {
  std::vector<const domain::IndicatorRow*> indicators;
  domain::Month from, to;
  registry::v1::PeriodConvention convention;
  Day today;
};

// `today`: the business date. FIELDS_INVALID: an indicator that does not exist, a month that is none or lies after that
// of the business date, a series of more than 60 months.
absl::StatusOr<FigureQuery> MakeQuery(const google::protobuf::RepeatedPtrField<std::string>& indicators,
                                      const registry::v1::Date* from, const registry::v1::Date* to,
                                      registry::v1::PeriodConvention convention, Day today);

// The figures with growth, targets and the names of their groups.
absl::StatusOr<registry::v1::QueryIndicatorsResponse> AnswerQuery(const registry::Registry& registry,
                                                                  const registry::ReadView& view,
                                                                  const Figures& figures, PastFigures& past,
                                                                  const FigureQuery& query);

// The months of one figure, for lists of its rows: as MakeQuery.
absl::StatusOr<domain::Month> MonthNamed(const registry::v1::Date& month, absl::string_view field, Day today,
                                         registry::v1::PeriodConvention convention);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_INDICATOR_QUERY_H_
