// DeadlineService (proto/gi/registry/v1/deadline.proto).
#ifndef GI_SERVER_SERVICE_APPLICATION_DEADLINE_SERVICE_H_
#define GI_SERVER_SERVICE_APPLICATION_DEADLINE_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "gi/registry/v1/deadline.pb.h"
#include "server/rpc/method_table.h"
#include "server/search/figure_index.h"
#include "server/search/live_index.h"
#include "storage/registry/registry.h"

namespace gi::service {

using Figures = search::LiveIndex<search::FigureIndex>;
using PastFigures = search::PastIndexes<search::FigureIndex>;

// A list of deadlines as it is asked for.
struct DeadlineList {
  // All that pass the filter.
  size_t total = 0;
  // Those of the window, explained.
  std::vector<registry::v1::Deadline> deadlines;
};
// By due date, then subject and the order of the events that began them; from `first` on, at most `limit`.
// FIELDS_INVALID, RESOURCE_NOT_FOUND.
absl::StatusOr<DeadlineList> ReadDeadlines(const registry::ReadView& view, const Figures& figures, PastFigures& past,
                                           const registry::v1::DeadlineFilter& filter, Day day, size_t first,
                                           size_t limit);

// All must outlive the table.
void RegisterDeadlineService(registry::Registry& registry, const Figures& figures, std::shared_ptr<PastFigures> past,
                             rpc::MethodTable& methods);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_APPLICATION_DEADLINE_SERVICE_H_
