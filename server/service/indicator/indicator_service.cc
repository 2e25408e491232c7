#include "server/service/indicator/indicator_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "server/domain/indicator/render.h"
#include "server/service/indicator/figures.h"
#include "server/service/indicator/query.h"
#include "server/service/language.h"
#include "server/service/read.h"

namespace gi::service {
namespace {

using rpc::CallContext;
namespace v1 = registry::v1;

constexpr size_t kMostReportedDeadlines = 30;
// Deadlines that a report looks ahead to.
constexpr int kReportDaysAhead = 60;

const v1::Date* OrNull(bool has, const v1::Date& date) { return has ? &date : nullptr; }

// Of a request with the fields of QueryIndicatorsRequest.
template <class Request>
absl::StatusOr<FigureQuery> QueryOf(const Request& request, Day today) {
  return MakeQuery(request.indicators(), OrNull(request.has_from_month(), request.from_month()),
                   OrNull(request.has_to_month(), request.to_month()), request.convention(), today);
}

std::string FileName(const FigureQuery& query, const char* stem, const char* ending) {
  return absl::StrCat(stem, "-", FormatDate(domain::ToDate(query.from)),
                      query.from == query.to ? "" : absl::StrCat("-", FormatDate(domain::ToDate(query.to))), ending);
}

absl::StatusOr<v1::QueryIndicatorsResponse> Query(const registry::Registry& registry, const Figures& figures,
                                                  PastFigures& past, const v1::QueryIndicatorsRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(const FigureQuery query, QueryOf(request, RequestDate(registry, request)));
  return AnswerQuery(registry, view, figures, past, query);
}

absl::StatusOr<v1::ExportIndicatorsResponse> Export(const registry::Registry& registry, const Figures& figures,
                                                    PastFigures& past, const v1::ExportIndicatorsRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(const Language language, LanguageNamed(request.language()));
  ASSIGN_OR_RETURN(const FigureQuery query, QueryOf(request, RequestDate(registry, request)));
  ASSIGN_OR_RETURN(const v1::QueryIndicatorsResponse answer, AnswerQuery(registry, view, figures, past, query));
  v1::ExportIndicatorsResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  if (request.format() == v1::EXPORT_FORMAT_CSV) {
    response.set_content(domain::ToCsv(answer, language));
    response.set_media_type("text/csv; charset=utf-8");
    response.set_file_name(FileName(query, "indicators", ".csv"));
    return response;
  }
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  if (!google::protobuf::util::MessageToJsonString(answer, response.mutable_content(), options).ok()) {
    return MakeError(ErrorReason::ERROR_REASON_INTERNAL, {{"detail", "figures that cannot be written as JSON"}});
  }
  response.set_media_type("application/json");
  response.set_file_name(FileName(query, "indicators", ".json"));
  return response;
}

absl::StatusOr<v1::WriteProgressReportResponse> Report(const registry::Registry& registry, const Figures& figures,
                                                       PastFigures& past,
                                                       const v1::WriteProgressReportRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  const Day today = RequestDate(registry, request);
  const v1::Date* month = OrNull(request.has_month(), request.month());
  ASSIGN_OR_RETURN(const FigureQuery query, MakeQuery({}, month, month, request.convention(), today));
  domain::ReportHead report;
  report.organisation = request.organisation();
  ASSIGN_OR_RETURN(report.figures, AnswerQuery(registry, view, figures, past, query));
  v1::DeadlineFilter filter;
  filter.add_states(v1::DEADLINE_STATE_OPEN);
  filter.add_states(v1::DEADLINE_STATE_MISSED);
  filter.add_parties(v1::PARTY_APPLICANT);
  filter.add_parties(v1::PARTY_HOLDER);
  const domain::Days days = domain::DaysOf(query.to, query.convention);
  *filter.mutable_due()->mutable_from() = ToDate(days.from);
  *filter.mutable_due()->mutable_to() = ToDate(std::min(days.to, today) + kReportDaysAhead);
  report.due = filter.due();
  ASSIGN_OR_RETURN(DeadlineList list, ReadDeadlines(view, figures, past, filter, today, 0, kMostReportedDeadlines));
  report.more_deadlines = list.total - list.deadlines.size();
  report.deadlines = std::move(list.deadlines);
  v1::WriteProgressReportResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  response.set_content(domain::ToMarkdown(report));
  response.set_media_type("text/markdown; charset=utf-8");
  response.set_file_name(FileName(query, "progress", ".md"));
  return response;
}

// What a row is called.
absl::StatusOr<std::string> DisplayNameOf(const table::RowReader& rows, const std::string& name) {
  const size_t slash = name.find('/');
  const std::string collection = name.substr(0, slash), id = name.substr(slash + 1);
  if (collection == domain::kIndicationCollection) {
    ASSIGN_OR_RETURN(const auto row, registry::kIndications.Get(rows, id));
    return row ? row->message.display_name() : "";
  }
  if (collection == domain::kApplicationCollection) {
    ASSIGN_OR_RETURN(const auto row, registry::kApplications.Get(rows, id));
    return row ? row->message.display_name() : "";
  }
  if (collection == domain::kEntityCollection) {
    ASSIGN_OR_RETURN(const auto row, registry::kEntities.Get(rows, id));
    return row ? row->message.display_name() : "";
  }
  if (collection == domain::kProductCollection) {
    ASSIGN_OR_RETURN(const auto row, registry::kProducts.Get(rows, id));
    return row ? row->message.display_name() : "";
  }
  if (collection == domain::kAuthorizationCollection) {
    ASSIGN_OR_RETURN(const auto row, registry::kAuthorizations.Get(rows, id));
    return row ? DisplayNameOf(rows, row->message.entity()) : "";
  }
  ASSIGN_OR_RETURN(const auto row,
                   registry::kSurveyRecords.Get(rows, domain::IdOfKnownName(name, domain::kSurveyRecordCollection)));
  return row ? row->message.local_name() : "";
}

absl::Status AddRow(const table::RowReader& rows, const FigureRow& from, v1::ListIndicatorRowsResponse& response) {
  v1::IndicatorRow& row = *response.add_rows();
  row.set_name(from.name);
  ASSIGN_OR_RETURN(*row.mutable_display_name(), DisplayNameOf(rows, from.name));
  row.set_group(from.group);
  if (from.day != kFirstDay) *row.mutable_day() = ToDate(from.day);
  const std::string amount = from.amount.ToText();
  if (amount != "1") row.set_amount(amount);
  for (const std::string& detail : from.details) row.add_details(detail);
  return absl::OkStatus();
}

absl::StatusOr<v1::ListIndicatorRowsResponse> Rows(const registry::Registry& registry, const Figures& figures,
                                                   PastFigures& past, const CallContext& context,
                                                   const v1::ListIndicatorRowsRequest& request) {
  ASSIGN_OR_RETURN(registry::ReadView first_view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(Page page, OpenPage(registry, context, request, request.page_size(), request.page_token(),
                                       std::move(first_view), RequestDate(registry, request)));
  google::protobuf::RepeatedPtrField<std::string> ids;
  *ids.Add() = request.indicator();
  ASSIGN_OR_RETURN(const FigureQuery query, MakeQuery(ids, nullptr, nullptr, request.convention(), page.date));
  ASSIGN_OR_RETURN(const domain::Month month, MonthNamed(request.month(), "month", page.date, query.convention));
  const domain::IndicatorRow& indicator = *query.indicators.front();
  const bool to_date = request.year_to_date() && indicator.measure == v1::INDICATOR_MEASURE_FLOW;
  const domain::Days days =
      to_date ? domain::YearToDate(month, query.convention) : domain::DaysOf(month, query.convention);
  std::vector<FigureRow> rows;
  const absl::Status read =
      search::AskIndex(figures, past, page.view, [&](const search::FigureIndex& index) -> absl::Status {
        ASSIGN_OR_RETURN(rows,
                         FigureReader(registry, page.view, index, page.date).Rows(indicator, days, request.group()));
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(read);
  v1::ListIndicatorRowsResponse response;
  *response.mutable_read_point() = page.view.ReadPoint();
  response.set_total(static_cast<int32_t>(rows.size()));
  domain::FigureValue sum;
  for (const FigureRow& row : rows) sum += row.amount;
  response.set_value(sum.ToText());
  const size_t first = FirstHit(page);
  const size_t end = std::min(rows.size(), first + page.limit);
  for (size_t i = first; i < end; ++i) RETURN_IF_ERROR(AddRow(page.view.rows(), rows[i], response));
  if (end < rows.size()) response.set_next_page_token(TokenOfHit(registry, page, end));
  return response;
}

}  // namespace

void RegisterIndicatorService(registry::Registry& registry, const Figures& figures, std::shared_ptr<PastFigures> past,
                              rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.IndicatorService/";
  methods.AddRead<v1::ListIndicatorDefinitionsRequest, v1::ListIndicatorDefinitionsResponse>(
      service + "ListIndicatorDefinitions",
      [](const CallContext&, const auto& request) -> absl::StatusOr<v1::ListIndicatorDefinitionsResponse> {
        FieldViolations violations;
        domain::CheckFields(request, violations);
        RETURN_IF_ERROR(violations.ToStatus());
        v1::ListIndicatorDefinitionsResponse response;
        for (const domain::IndicatorRow& row : domain::Indicators()) {
          *response.add_definitions() = domain::ToMessage(row);
        }
        return response;
      });
  methods.AddRead<v1::QueryIndicatorsRequest, v1::QueryIndicatorsResponse>(
      service + "QueryIndicators", [&registry, &figures, past](const CallContext&, const auto& request) {
        return Query(registry, figures, *past, request);
      });
  methods.AddRead<v1::ListIndicatorRowsRequest, v1::ListIndicatorRowsResponse>(
      service + "ListIndicatorRows", [&registry, &figures, past](const CallContext& context, const auto& request) {
        return Rows(registry, figures, *past, context, request);
      });
  methods.AddRead<v1::ExportIndicatorsRequest, v1::ExportIndicatorsResponse>(
      service + "ExportIndicators", [&registry, &figures, past](const CallContext&, const auto& request) {
        return Export(registry, figures, *past, request);
      });
  methods.AddRead<v1::WriteProgressReportRequest, v1::WriteProgressReportResponse>(
      service + "WriteProgressReport", [&registry, &figures, past](const CallContext&, const auto& request) {
        return Report(registry, figures, *past, request);
      });
}

}  // namespace gi::service
