#include "server/service/indicator/query.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/domain/division.h"
#include "server/service/indicator/figures.h"
#include "server/service/read.h"

namespace gi::service {
namespace {

using domain::FigureValue;
using domain::IndicatorRow;
using domain::Month;
using registry::v1::IndicatorPoint;
using registry::v1::IndicatorSeries;

constexpr int kMostMonths = 60;
constexpr size_t kMostGroups = 1000;
// Of one indicator: an answer must fit into a message.
constexpr size_t kMostPoints = 10'000;
// Figures of the year before are asked for.
constexpr int kFirstYear = 1950;
constexpr int kLastYear = 9998;

// What an indicator comes to in one month.
struct MonthFigures {
  Month month;
  domain::Days days;
  Figure value;
  // Of flows.
  Figure year_to_date;
  FigureValue year_before;
};

bool IsFlow(const IndicatorRow& row) { return row.measure == registry::v1::INDICATOR_MEASURE_FLOW; }

absl::StatusOr<MonthFigures> ReadMonth(const FigureReader& reader, const IndicatorRow& row, const Month& month,
                                       const FigureQuery& query) {
  MonthFigures figures{month, domain::DaysOf(month, query.convention), {}, {}, {}};
  ASSIGN_OR_RETURN(figures.value, reader.Read(row, figures.days));
  const Month before = month + -12;
  if (IsFlow(row)) {
    ASSIGN_OR_RETURN(figures.year_to_date, reader.Read(row, domain::YearToDate(month, query.convention)));
    ASSIGN_OR_RETURN(const Figure then, reader.Read(row, domain::YearToDate(before, query.convention)));
    figures.year_before = then.whole;
  } else {
    ASSIGN_OR_RETURN(const Figure then, reader.Read(row, domain::DaysOf(before, query.convention)));
    figures.year_before = then.whole;
  }
  return figures;
}

// Targets by group and year.
using Targets = std::map<std::pair<std::string, int>, FigureValue>;

absl::StatusOr<Targets> ReadTargets(const table::RowReader& rows, const IndicatorRow& row, const FigureQuery& query) {
  Targets targets;
  for (int year = query.from.year; year <= query.to.year; ++year) {
    ASSIGN_OR_RETURN(const table::IdPage page,
                     table::ScanIds(rows, registry::TargetsOfIndicator(row.name, year), "", kMostGroups));
    ASSIGN_OR_RETURN(const auto found, registry::kTargets.MultiGet(rows, page.ids));
    for (const auto& target : found) {
      if (!target) continue;
      const auto value = FigureValue::ParsePositive(target->message.value());
      if (value) targets[{target->message.group(), year}] = *value;
    }
  }
  return targets;
}

FigureValue Of(const Figure& figure, const std::string* group) {
  if (group == nullptr) return figure.whole;
  const auto found = figure.groups.find(*group);
  return found == figure.groups.end() ? FigureValue() : found->second;
}

// One point of the whole (group nullptr) or of a group.
IndicatorPoint MakePoint(const IndicatorRow& row, const MonthFigures& figures, const std::string* group,
                         const Targets& targets, Day today) {
  IndicatorPoint point;
  *point.mutable_month() = domain::ToDate(figures.month);
  *point.mutable_period()->mutable_from() = ToDate(figures.days.from);
  *point.mutable_period()->mutable_to() = ToDate(figures.days.to);
  const FigureValue value = Of(figures.value, group);
  const FigureValue reached = IsFlow(row) ? Of(figures.year_to_date, group) : value;
  point.set_value(value.ToText());
  if (IsFlow(row)) point.set_year_to_date(reached.ToText());
  if (group == nullptr) {
    point.set_year_before(figures.year_before.ToText());
    point.set_growth_percent(domain::GrowthPercent(figures.year_before, reached));
  }
  const auto target = targets.find({group == nullptr ? "" : *group, figures.month.year});
  if (target != targets.end()) {
    point.set_target(target->second.ToText());
    point.set_target_percent(domain::PercentOf(reached, target->second));
  }
  point.set_running(figures.days.to > today);
  return point;
}

// The keys of all groups in any month, the largest (in the last month) kept, by key.
std::vector<std::string> ChooseGroups(const std::vector<MonthFigures>& months, bool& more) {
  std::map<std::string, FigureValue> sizes;
  for (const MonthFigures& figures : months) {
    for (const auto& [group, value] : figures.value.groups) sizes[group] = value;
    for (const auto& [group, value] : figures.year_to_date.groups) sizes.try_emplace(group, FigureValue());
  }
  std::vector<std::string> groups;
  for (const auto& [group, size] : sizes) groups.push_back(group);
  const size_t most = std::min(kMostGroups, kMostPoints / months.size());
  more = groups.size() > most;
  if (!more) return groups;
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const std::string& a, const std::string& b) { return sizes[b] < sizes[a]; });
  groups.resize(most);
  std::sort(groups.begin(), groups.end());
  return groups;
}

// Names of groups that the register gives.
absl::StatusOr<std::pair<std::string, std::string>> LabelOf(const registry::ReadView& view, domain::GroupKind kind,
                                                            const std::string& group) {
  if (kind == domain::GroupKind::kByTitle) {
    ASSIGN_OR_RETURN(const auto title, registry::kIndications.Get(view.rows(), group));
    if (title) return std::make_pair(title->message.display_name(), title->message.display_name());
  } else if (kind == domain::GroupKind::kByTownship) {
    DivisionReader divisions(view.rows());
    ASSIGN_OR_RETURN(const registry::v1::Division* division, divisions.Find(group));
    if (division != nullptr) {
      const std::string name = domain::DisplayName(*division);
      return std::make_pair(name, name);
    }
  } else if (kind == domain::GroupKind::kByRule) {
    ASSIGN_OR_RETURN(const auto laws, ReadLaws(view.rows(), view.derived()));
    for (const registry::v1::LawBook& book : laws->books()) {
      for (const registry::v1::ClockRule& rule : book.clock_rules()) {
        if (rule.rule_id() == group) return std::make_pair(rule.step_zh(), rule.step_en());
      }
    }
  }
  return domain::GroupLabel(kind, group);
}

absl::StatusOr<registry::v1::Indicator> ReadIndicator(const registry::ReadView& view, const FigureReader& reader,
                                                      const IndicatorRow& row, const FigureQuery& query) {
  registry::v1::Indicator indicator;
  *indicator.mutable_definition() = domain::ToMessage(row);
  std::vector<MonthFigures> months;
  for (Month month = query.from; month <= query.to; month = month + 1) {
    ASSIGN_OR_RETURN(MonthFigures figures, ReadMonth(reader, row, month, query));
    months.push_back(std::move(figures));
  }
  ASSIGN_OR_RETURN(const Targets targets, ReadTargets(view.rows(), row, query));
  IndicatorSeries& whole = *indicator.add_series();
  whole.set_label_zh("合计");
  whole.set_label_en("all");
  for (const MonthFigures& figures : months)
    *whole.add_points() = MakePoint(row, figures, nullptr, targets, query.today);
  bool more = false;
  for (const std::string& group : ChooseGroups(months, more)) {
    IndicatorSeries& series = *indicator.add_series();
    series.set_group(group);
    ASSIGN_OR_RETURN(const auto label, LabelOf(view, row.group, group));
    series.set_label_zh(label.first);
    series.set_label_en(label.second);
    for (const MonthFigures& figures : months)
      *series.add_points() = MakePoint(row, figures, &group, targets, query.today);
  }
  indicator.set_more_groups(more);
  return indicator;
}

void Malformed(absl::string_view field, std::string value, const char* expected, const char* expected_zh,
               FieldViolations& violations) {
  violations.Add(field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", domain::EchoValue(value)}, {"expected", expected}, {"expected_zh", expected_zh}});
}

// Years before and after it must have days, too.
void CheckBusinessDate(Day today, FieldViolations& violations) {
  const int year = ToDate(today).year();
  if (year > kFirstYear && year < kLastYear) return;
  Malformed("date", FormatDay(today), "a day of the years 1951 to 9997", "1951 年至 9997 年间的日期", violations);
}

void CheckMonth(const registry::v1::Date& date, absl::string_view field, const Month& last,
                FieldViolations& violations) {
  const Month month{date.year(), date.month()};
  if (date.month() == 0 || date.day() != 0) {
    Malformed(field, FormatDate(date), "a year and a month", "年和月", violations);
  } else if (month.year < kFirstYear || month > last) {
    Malformed(field, FormatDate(date), "a month from 1950 to that of the business date", "1950 年至业务日期所在月份",
              violations);
  }
}

}  // namespace

absl::StatusOr<Month> MonthNamed(const registry::v1::Date& month, absl::string_view field, Day today,
                                 registry::v1::PeriodConvention convention) {
  FieldViolations violations;
  CheckBusinessDate(today, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  CheckMonth(month, field, domain::MonthOf(today, convention), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return Month{month.year(), month.month()};
}

absl::StatusOr<FigureQuery> MakeQuery(const google::protobuf::RepeatedPtrField<std::string>& indicators,
                                      const registry::v1::Date* from, const registry::v1::Date* to,
                                      registry::v1::PeriodConvention convention, Day today) {
  FigureQuery query;
  query.convention =
      convention == registry::v1::PERIOD_CONVENTION_UNSPECIFIED ? registry::v1::PERIOD_CONVENTION_NATIONAL : convention;
  query.today = today;
  FieldViolations violations;
  CheckBusinessDate(today, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  const Month last = domain::MonthOf(today, query.convention);
  for (int i = 0; i < indicators.size(); ++i) {
    const IndicatorRow* row = domain::FindIndicator(indicators[i]);
    if (row != nullptr) {
      query.indicators.push_back(row);
    } else {
      Malformed(absl::StrCat("indicators[", i, "]"), indicators[i], "an id that ListIndicatorDefinitions gives",
                "ListIndicatorDefinitions 所列的编号", violations);
    }
  }
  if (from != nullptr) CheckMonth(*from, "from_month", last, violations);
  if (to != nullptr) CheckMonth(*to, "to_month", last, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  query.to = to == nullptr ? last : Month{to->year(), to->month()};
  query.from = from == nullptr ? query.to : Month{from->year(), from->month()};
  if (query.to < query.from || query.to - query.from >= kMostMonths) {
    Malformed("from_month", from == nullptr ? "" : FormatDate(*from), "at most 60 months, up to to_month",
              "至 to_month 为止不超过 60 个月", violations);
    return violations.ToStatus();
  }
  if (query.indicators.empty()) {
    for (const IndicatorRow& row : domain::Indicators()) query.indicators.push_back(&row);
  }
  return query;
}

absl::StatusOr<registry::v1::QueryIndicatorsResponse> AnswerQuery(const registry::Registry& registry,
                                                                  const registry::ReadView& view,
                                                                  const Figures& figures, PastFigures& past,
                                                                  const FigureQuery& query) {
  registry::v1::QueryIndicatorsResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  response.set_convention(query.convention);
  *response.mutable_date() = ToDate(query.today);
  const absl::Status status =
      search::AskIndex(figures, past, view, [&](const search::FigureIndex& index) -> absl::Status {
        const FigureReader reader(registry, view, index, query.today);
        for (const IndicatorRow* row : query.indicators) {
          ASSIGN_OR_RETURN(*response.add_indicators(), ReadIndicator(view, reader, *row, query));
        }
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(status);
  return response;
}

}  // namespace gi::service
