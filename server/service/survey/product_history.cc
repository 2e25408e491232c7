#include "server/service/survey/product_history.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "server/domain/survey/cultivation.h"
#include "server/domain/survey/record.h"
#include "server/service/read.h"
#include "server/service/survey/rows.h"
#include "server/service/survey/series.h"

namespace gi::service {
namespace {

using registry::v1::GetProductHistoryResponse;
using registry::v1::Indication;
using registry::v1::Product;
using registry::v1::SurveyRecord;

constexpr int kMostRecords = 1000;
constexpr int kMostFamily = 1000;
constexpr size_t kRowsOfVisit = 200;

absl::Status AddTitles(const registry::ReadView& view, const ProductFamily& family, std::set<std::string> ids,
                       const OutputContext& output, GetProductHistoryResponse& response) {
  for (const std::string& product : family.ids) {
    ASSIGN_OR_RETURN(const table::IdPage page,
                     table::ScanIds(view.rows(), registry::IndicationsOfProduct(product), "", kMostFamily));
    ids.insert(page.ids.begin(), page.ids.end());
  }
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(std::optional<table::Row<Indication>> row, registry::kIndications.Get(view.rows(), id));
    if (!row) continue;
    FillOutputs(output, row->revision, row->message);
    *response.add_titles() = std::move(row->message);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ProductFamily> ReadFamily(const table::RowReader& rows, const std::string& name,
                                         absl::string_view field) {
  ASSIGN_OR_RETURN(table::Row<Product> row, ReadNamed<Product>(rows, name, field));
  for (int step = 0; step < domain::kMostMergers && !row.message.merged_into().empty(); ++step) {
    ASSIGN_OR_RETURN(row, ReadNamed<Product>(rows, row.message.merged_into(), field));
  }
  ProductFamily family{std::move(row), {}};
  std::vector<std::string> names = {family.survivor.message.name()};
  for (size_t i = 0; i < names.size() && i < kMostFamily; ++i) {
    family.ids.push_back(domain::IdOfKnownName(names[i], domain::kProductCollection));
    ASSIGN_OR_RETURN(const std::optional<table::Row<Product>> member, registry::kProducts.Get(rows, family.ids.back()));
    if (!member) continue;
    names.insert(names.end(), member->message.merged_from().begin(), member->message.merged_from().end());
  }
  return family;
}

absl::Status VisitRecords(const table::RowReader& rows, const ProductFamily& family,
                          absl::FunctionRef<absl::Status(table::Row<SurveyRecord>&)> visit) {
  for (const std::string& product : family.ids) {
    std::string after;
    for (bool more = true; more;) {
      ASSIGN_OR_RETURN(const table::IdPage page,
                       table::ScanIds(rows, registry::RecordsOfProduct(product), after, kRowsOfVisit));
      ASSIGN_OR_RETURN(auto records, registry::kSurveyRecords.MultiGet(rows, page.ids));
      for (auto& record : records) {
        if (record) RETURN_IF_ERROR(visit(*record));
      }
      more = page.more;
      if (!page.keys.empty()) after = page.keys.back();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<GetProductHistoryResponse> AnswerHistory(const registry::Registry& registry,
                                                        const registry::v1::GetProductHistoryRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(ProductFamily family, ReadFamily(view.rows(), request.name(), "name"));
  DivisionReader divisions(view.rows());
  ASSIGN_OR_RETURN(const OutputContext output, OutputsAt<Product>(view, RequestDate(registry, request), divisions));
  GetProductHistoryResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  SeriesBuilder figures(divisions);
  std::set<std::string> producers(family.survivor.message.producers().begin(),
                                  family.survivor.message.producers().end());
  std::set<std::string> titles;
  const absl::Status visited = VisitRecords(view.rows(), family, [&](table::Row<SurveyRecord>& row) -> absl::Status {
    if (domain::WasAccepted(row.message)) {
      producers.insert(row.message.producers().begin(), row.message.producers().end());
      for (const std::string& title : row.message.titles()) {
        titles.insert(domain::IdOfKnownName(title, domain::kIndicationCollection));
      }
      RETURN_IF_ERROR(figures.AddRecord({}, row.message, registry::v1::MEASURED_SUBJECT_UNSPECIFIED));
    }
    if (response.records_size() == kMostRecords) {
      response.set_truncated(true);
      return absl::OkStatus();
    }
    FillOutputs(output, row.revision, row.message);
    *response.add_records() = std::move(row.message);
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(visited);
  std::sort(response.mutable_records()->begin(), response.mutable_records()->end(),
            [](const SurveyRecord& a, const SurveyRecord& b) {
              return std::make_tuple(a.year(), a.round(), absl::string_view(a.name())) <
                     std::make_tuple(b.year(), b.round(), absl::string_view(b.name()));
            });
  RETURN_IF_ERROR(AddTitles(view, family, std::move(titles), output, response));
  for (const std::string& producer : producers) response.add_producers(producer);
  for (registry::v1::ComparisonSeries& series : figures.Take()) *response.add_figures() = std::move(series);
  FillOutputs(output, family.survivor.revision, family.survivor.message);
  *response.mutable_product() = std::move(family.survivor.message);
  return response;
}

}  // namespace gi::service
