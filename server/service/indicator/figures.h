// Figures of a state of the register: what an indicator comes to in a period, and the rows behind it. Thread-safe but
// for FigureReader, which belongs to one request.
#ifndef GI_SERVER_SERVICE_INDICATOR_FIGURES_H_
#define GI_SERVER_SERVICE_INDICATOR_FIGURES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gi/registry/v1/indicator.pb.h"
#include "server/domain/indicator/count.h"
#include "server/domain/indicator/definitions.h"
#include "server/domain/indicator/value.h"
#include "server/search/figure_index.h"
#include "server/service/survey/product_history.h"
#include "storage/registry/registry.h"

namespace gi::service {

struct Figure {
  domain::FigureValue whole;
  // By key.
  std::map<std::string, domain::FigureValue> groups;
};

// A row that a figure counts, before it is shown.
struct FigureRow {
  std::string name;
  std::string group;
  Day day = kFirstDay;
  // What it adds; 1 of a count.
  domain::FigureValue amount;
  std::vector<std::string> details;
};

class FigureReader {
 public:
  // All must outlive this. `index` is that of the view; `today`: what happens after it is not known.
  FigureReader(const registry::Registry& registry, const registry::ReadView& view, const search::FigureIndex& index,
               Day today)
      : registry_(registry), view_(view), facts_(index.facts()), today_(today) {}

  absl::StatusOr<Figure> Read(const domain::IndicatorRow& indicator, domain::Days days) const;
  // The rows of a group, or of the whole, each once, by name.
  absl::StatusOr<std::vector<FigureRow>> Rows(const domain::IndicatorRow& indicator, domain::Days days,
                                              const std::string& group) const;

 private:
  // One counted row; `in_whole` as in domain::Counted.
  using Emit = absl::FunctionRef<absl::Status(const FigureRow& row, bool in_whole)>;

  absl::Status VisitSurvey(const domain::IndicatorRow& indicator, domain::Days days, bool rows, Emit emit) const;
  absl::Status VisitTownship(const registry::ReadView& view, const registry::v1::SurveyTally& tally,
                             const std::string& survey, const domain::IndicatorRow& indicator, bool rows,
                             Emit emit) const;
  absl::Status VisitOutputValue(domain::Days days, Emit emit) const;
  absl::StatusOr<domain::FigureValue> OutputValueOf(const registry::ReadView& view, const ProductFamily& family,
                                                    int year) const;
  std::string NameOf(const domain::Counted& counted) const;
  // The state at the end of the day of record, if that lies before the view's.
  absl::StatusOr<registry::ReadView> AtEndOf(Day day) const;

  const registry::Registry& registry_;
  const registry::ReadView& view_;
  const domain::Facts& facts_;
  const Day today_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_INDICATOR_FIGURES_H_
