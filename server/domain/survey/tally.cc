#include "server/domain/survey/tally.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

#include "server/domain/survey/measurements.h"
#include "server/domain/survey/record.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;
using Totals = google::protobuf::RepeatedPtrField<v1::TallyTotal>;

constexpr int kRatioDecimals = 4;

void CountState(v1::SurveyRecordState state, int sign, v1::SurveyTally& tally) {
  switch (state) {
    case v1::SURVEY_RECORD_STATE_DRAFT:
      return tally.set_drafts(tally.drafts() + sign);
    case v1::SURVEY_RECORD_STATE_SUBMITTED:
      return tally.set_submitted(tally.submitted() + sign);
    case v1::SURVEY_RECORD_STATE_RETURNED:
      return tally.set_returned(tally.returned() + sign);
    case v1::SURVEY_RECORD_STATE_ACCEPTED:
      return tally.set_accepted(tally.accepted() + sign);
    case v1::SURVEY_RECORD_STATE_SUPERSEDED:
      return tally.set_superseded(tally.superseded() + sign);
    default:
      return;
  }
}

Amount AmountOf(const v1::Quantity& quantity) {
  // Sums of many figures may be longer than what a caller may write.
  const mpq_class value = [&] {
    const size_t point = quantity.value().find('.');
    std::string digits = quantity.value();
    if (point != std::string::npos) digits.erase(point, 1);
    const size_t decimals = point == std::string::npos ? 0 : quantity.value().size() - point - 1;
    mpz_class power;
    mpz_ui_pow_ui(power.get_mpz_t(), 10, decimals);
    mpq_class sum(mpz_class(digits.empty() ? "0" : digits, 10), power);
    sum.canonicalize();
    return sum;
  }();
  return {value, quantity.unit()};
}

}  // namespace

void Count(const v1::SurveyRecord& record, int sign, v1::SurveyTally& tally) {
  CountState(record.state(), sign, tally);
  if (!WasAccepted(record)) return;
  const std::vector<FigureGroup> groups = GroupFigures(record);
  for (const FigureGroup& group : groups) {
    if (NewestFigure(groups, group.subject, group.unit) != &group) continue;
    AddTotal(group.subject, group.amount, 1, sign, *tally.mutable_totals());
  }
}

bool IsEmpty(const v1::SurveyTally& tally) {
  return tally.drafts() + tally.submitted() + tally.returned() + tally.accepted() + tally.superseded() == 0;
}

void AddTotal(v1::MeasuredSubject subject, const Amount& amount, int64_t records, int sign, Totals& totals) {
  auto at = std::find_if(totals.begin(), totals.end(), [&](const v1::TallyTotal& total) {
    return total.subject() == subject && total.total().unit() == amount.unit;
  });
  if (at == totals.end()) {
    v1::TallyTotal& total = *totals.Add();
    total.set_subject(subject);
    *total.mutable_total() = ToQuantity({mpq_class(0), amount.unit});
    std::sort(totals.begin(), totals.end(), [](const v1::TallyTotal& a, const v1::TallyTotal& b) {
      return std::make_tuple(a.subject(), a.total().unit()) < std::make_tuple(b.subject(), b.total().unit());
    });
    return AddTotal(subject, amount, records, sign, totals);
  }
  at->set_records(at->records() + sign * records);
  if (at->records() == 0) {
    totals.erase(at);
    return;
  }
  *at->mutable_total() = ToQuantity({AmountOf(at->total()).value + sign * amount.value, amount.unit});
}

void AddStoredTotal(const v1::TallyTotal& total, Totals& totals) {
  AddTotal(total.subject(), AmountOf(total.total()), total.records(), 1, totals);
}

void AddProgress(const v1::SurveyTally& tally, v1::TownshipProgress& progress) {
  progress.set_drafts(progress.drafts() + tally.drafts());
  progress.set_submitted(progress.submitted() + tally.submitted());
  progress.set_returned(progress.returned() + tally.returned());
  progress.set_accepted(progress.accepted() + tally.accepted() + tally.superseded());
}

void FillOverdue(Day today, v1::TownshipProgress& progress) {
  const std::optional<Day> due = ToDay(progress.due_on());
  if (!due || today <= *due) return progress.set_overdue(0);
  const int64_t missing = progress.expected() - progress.submitted() - progress.accepted();
  progress.set_overdue(std::max(missing, progress.drafts() + progress.returned()));
}

void FillChanges(v1::ComparisonSeries& series) {
  for (int i = 1; i < series.points_size(); ++i) {
    const mpq_class before = AmountOf(series.points(i - 1).total()).value;
    const mpq_class now = AmountOf(series.points(i).total()).value;
    v1::ComparisonPoint& point = *series.mutable_points(i);
    point.set_change(FormatExactly(now - before));
    if (before != 0) point.set_ratio(FormatDecimal(now / before, kRatioDecimals));
  }
}

}  // namespace gi::domain
