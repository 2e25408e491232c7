#include "server/service/indicator/figures.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/domain/survey/record.h"
#include "server/domain/title_rules.h"
#include "server/service/read.h"
#include "server/service/survey/rows.h"

namespace gi::service {
namespace {

using domain::Counted;
using domain::FigureValue;
using domain::IndicatorId;
using registry::v1::Survey;
using registry::v1::SurveyRecord;
using registry::v1::SurveyTally;

std::vector<registry::v1::SurveyRecordState> StatesOf(IndicatorId indicator) {
  if (indicator == IndicatorId::kSurveyAccepted) {
    return {registry::v1::SURVEY_RECORD_STATE_ACCEPTED, registry::v1::SURVEY_RECORD_STATE_SUPERSEDED};
  }
  return {registry::v1::SURVEY_RECORD_STATE_SUBMITTED, registry::v1::SURVEY_RECORD_STATE_RETURNED};
}

int64_t CountOf(IndicatorId indicator, const SurveyTally& tally) {
  return indicator == IndicatorId::kSurveyAccepted ? tally.accepted() + tally.superseded()
                                                   : tally.submitted() + tally.returned();
}

absl::StatusOr<std::vector<Survey>> SurveysOf(const table::RowReader& rows, int year) {
  std::vector<Survey> surveys;
  const std::unique_ptr<engine::ViewScan> scan = rows.Scan(registry::AllSurveys());
  while (scan->Next()) {
    ASSIGN_OR_RETURN(Survey survey, registry::kSurveys.Parse(scan->value()));
    if (survey.year() == year) surveys.push_back(std::move(survey));
  }
  RETURN_IF_ERROR(scan->status());
  return surveys;
}

}  // namespace

absl::StatusOr<registry::ReadView> FigureReader::AtEndOf(Day day) const {
  if (day >= DayInShanghai(registry_.Now())) return view_;
  registry::v1::ReadAt read_at;
  *read_at.mutable_record_date() = ToDate(day);
  ASSIGN_OR_RETURN(registry::ReadView then, registry_.At(read_at));
  return then.revision() < view_.revision() ? then : view_;
}

absl::Status FigureReader::VisitTownship(const registry::ReadView& view, const SurveyTally& tally,
                                         const std::string& survey, const domain::IndicatorRow& indicator, bool rows,
                                         Emit emit) const {
  if (!rows) return emit({"", tally.township(), kFirstDay, FigureValue(CountOf(indicator.id, tally)), {}}, true);
  for (const registry::v1::SurveyRecordState state : StatesOf(indicator.id)) {
    const engine::KeyRange range =
        registry::RecordsOfTownship(domain::IdOfKnownName(survey, domain::kSurveyCollection), tally.township(), state);
    std::string after;
    for (bool more = true; more;) {
      ASSIGN_OR_RETURN(const table::IdPage page, table::ScanIds(view.rows(), range, after, 1000));
      for (const std::string& id : page.ids) {
        const std::string name = domain::ResourceName(domain::kSurveyRecordCollection, id);
        RETURN_IF_ERROR(emit({name, tally.township(), kFirstDay, FigureValue(1), {}}, true));
      }
      more = page.more;
      if (!page.keys.empty()) after = page.keys.back();
    }
  }
  return absl::OkStatus();
}

absl::Status FigureReader::VisitSurvey(const domain::IndicatorRow& indicator, domain::Days days, bool rows,
                                       Emit emit) const {
  const Day last = std::min(days.to, today_);
  ASSIGN_OR_RETURN(const registry::ReadView view, AtEndOf(last));
  ASSIGN_OR_RETURN(const std::vector<Survey> surveys, SurveysOf(view.rows(), ToDate(days.to).year()));
  for (const Survey& survey : surveys) {
    ASSIGN_OR_RETURN(const std::vector<SurveyTally> tallies, ReadTallies(view.rows(), survey.name()));
    std::set<std::string> seen;
    for (const SurveyTally& tally : tallies) {
      // There is a tally for each sector of a township; its rows are found by township.
      if (rows && !seen.insert(tally.township()).second) continue;
      RETURN_IF_ERROR(VisitTownship(view, tally, survey.name(), indicator, rows, emit));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<FigureValue> FigureReader::OutputValueOf(const registry::ReadView& view, const ProductFamily& family,
                                                        int year) const {
  // A record may have been superseded in a later round of the same year: then that one counts.
  std::map<std::string, std::pair<std::string, FigureValue>> records;
  const absl::Status visited = VisitRecords(view.rows(), family, [&](table::Row<SurveyRecord>& row) {
    if (row.message.year() == year && domain::WasAccepted(row.message)) {
      records[row.message.name()] = {row.message.superseded_by(), domain::OutputValueOf(row.message)};
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(visited);
  FigureValue sum;
  for (const auto& [name, record] : records) {
    if (!records.contains(record.first)) sum += record.second;
  }
  return sum;
}

absl::Status FigureReader::VisitOutputValue(domain::Days days, Emit emit) const {
  const Day last = std::min(days.to, today_);
  ASSIGN_OR_RETURN(const registry::ReadView view, AtEndOf(last));
  // Each product, or the one it was merged into, once for every kind of title that it has.
  std::map<std::string, std::pair<ProductFamily, std::set<registry::v1::IndicationKind>>> products;
  for (const domain::TitleFact& title : facts_.titles) {
    const bool own = title.kind != registry::v1::INDICATION_KIND_FOREIGN;
    if (!own || title.product.empty() || !domain::InForceOn(title, last)) continue;
    auto family = ReadFamily(view.rows(), title.product, "product");
    // A title may name a product that the catalogue does not have.
    if (absl::IsNotFound(family.status())) continue;
    RETURN_IF_ERROR(family.status());
    auto& [kept, kinds] = products[family->survivor.message.name()];
    kept = *std::move(family);
    kinds.insert(title.kind);
  }
  for (const auto& [product, family] : products) {
    ASSIGN_OR_RETURN(const FigureValue value, OutputValueOf(view, family.first, ToDate(days.to).year()));
    if (value.IsZero()) continue;
    for (const registry::v1::IndicationKind kind : family.second) {
      RETURN_IF_ERROR(emit({product, domain::ShortName(kind), kFirstDay, value, {}}, kind == *family.second.begin()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Figure> FigureReader::Read(const domain::IndicatorRow& indicator, domain::Days days) const {
  Figure figure;
  if (domain::IsCountedFromFacts(indicator.id)) {
    // By where the group's name lies: that is enough to tell groups apart, and cheaper than their letters.
    absl::flat_hash_map<const char*, std::pair<absl::string_view, int64_t>> counts;
    std::vector<int64_t> title_counts(facts_.titles.size());
    int64_t whole = 0;
    domain::CountRows(indicator.id, facts_, days, today_, [&](const Counted& counted) {
      whole += counted.in_whole ? 1 : 0;
      if (counted.title != domain::kNoTitle) {
        ++title_counts[counted.title];
        return;
      }
      auto& [group, count] = counts[counted.group.data()];
      group = counted.group;
      ++count;
    });
    for (size_t i = 0; i < title_counts.size(); ++i) {
      if (title_counts[i] != 0) figure.groups[facts_.title_ids[i]] = FigureValue(title_counts[i]);
    }
    for (const auto& [place, group] : counts) figure.groups[std::string(group.first)] += FigureValue(group.second);
    figure.whole = FigureValue(whole);
    return figure;
  }
  const auto add = [&](const FigureRow& row, bool in_whole) {
    figure.groups[row.group] += row.amount;
    if (in_whole) figure.whole += row.amount;
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(indicator.id == IndicatorId::kOutputValue ? VisitOutputValue(days, add)
                                                            : VisitSurvey(indicator, days, false, add));
  return figure;
}

std::string FigureReader::NameOf(const Counted& counted) const {
  const auto name = [&](absl::string_view collection, const std::vector<std::string>& ids) {
    return domain::ResourceName(collection, ids[counted.row]);
  };
  switch (counted.table) {
    case domain::FactTable::kTitles:
      return name(domain::kIndicationCollection, facts_.title_ids);
    case domain::FactTable::kGrants:
      return name(domain::kAuthorizationCollection, facts_.grant_ids);
    case domain::FactTable::kApplications:
      return name(domain::kApplicationCollection, facts_.application_ids);
    case domain::FactTable::kProducts:
      return name(domain::kProductCollection, facts_.product_ids);
    case domain::FactTable::kEntities:
      return name(domain::kEntityCollection, facts_.entity_ids);
  }
  return "";
}

absl::StatusOr<std::vector<FigureRow>> FigureReader::Rows(const domain::IndicatorRow& indicator, domain::Days days,
                                                          const std::string& group) const {
  std::vector<FigureRow> rows;
  if (domain::IsCountedFromFacts(indicator.id)) {
    domain::CountRows(indicator.id, facts_, days, today_, [&](const Counted& counted) {
      if (group.empty() ? !counted.in_whole : counted.group != group) return;
      FigureRow& row = rows.emplace_back();
      row = {NameOf(counted), std::string(counted.group), counted.day, FigureValue(1), {}};
      if (counted.deadline != nullptr) {
        row.details.push_back(absl::StrCat(counted.deadline->event, ".", counted.deadline->rule_id));
      }
    });
  } else {
    const auto add = [&](const FigureRow& row, bool in_whole) {
      if (group.empty() ? in_whole : row.group == group) rows.push_back(row);
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(indicator.id == IndicatorId::kOutputValue ? VisitOutputValue(days, add)
                                                              : VisitSurvey(indicator, days, true, add));
  }
  std::sort(rows.begin(), rows.end(), [](const FigureRow& a, const FigureRow& b) {
    return std::tie(a.name, a.group, a.details) < std::tie(b.name, b.group, b.details);
  });
  return rows;
}

}  // namespace gi::service
