#include "server/service/survey/series.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/domain/division.h"
#include "server/domain/events.h"
#include "server/domain/survey/quantity.h"
#include "server/domain/survey/record.h"
#include "server/domain/survey/tally.h"
#include "storage/base/status_macros.h"

namespace gi::service {

using registry::v1::ComparisonSeries;
using registry::v1::SurveyRecord;
using registry::v1::TallyTotal;

absl::Status SeriesBuilder::Add(const SeriesKey& key, const CampaignKey& campaign, const TallyTotal& total) {
  std::vector<std::string> codes;
  if (!key.code_as_written.empty()) {
    ASSIGN_OR_RETURN(codes, domain::PresentPlace(key.code_as_written,
                                                 [this](absl::string_view code) { return divisions_.Find(code); }));
  }
  Series& series = series_[{total.subject(), absl::StrJoin(codes, ","), key.sector, total.total().unit()}];
  ComparisonSeries& head = series.head;
  if (head.codes().empty()) {
    for (const std::string& code : codes) head.add_codes(code);
    head.set_sector(key.sector);
    head.set_unit(total.total().unit());
  }
  const auto& written = head.codes_as_written();
  if (!key.code_as_written.empty() && std::find(written.begin(), written.end(), key.code_as_written) == written.end()) {
    head.add_codes_as_written(key.code_as_written);
  }
  TallyTotal& point = series.points[campaign];
  google::protobuf::RepeatedPtrField<TallyTotal> sum;
  if (point.records() > 0) *sum.Add() = point;
  domain::AddStoredTotal(total, sum);
  if (!sum.empty()) point = sum[0];
  return absl::OkStatus();
}

absl::Status SeriesBuilder::AddRecord(const SeriesKey& key, const SurveyRecord& record,
                                      registry::v1::MeasuredSubject subject) {
  registry::v1::SurveyTally tally;
  domain::Count(record, 1, tally);
  const std::string& name = record.name();
  const CampaignKey campaign{record.year(), std::max(record.round(), 1), name.substr(0, name.find("/records/"))};
  for (const TallyTotal& total : tally.totals()) {
    if (subject != registry::v1::MEASURED_SUBJECT_UNSPECIFIED && total.subject() != subject) continue;
    RETURN_IF_ERROR(Add(key, campaign, total));
  }
  return absl::OkStatus();
}

std::vector<ComparisonSeries> SeriesBuilder::Take() {
  std::vector<ComparisonSeries> all;
  for (auto& [key, series] : series_) {
    ComparisonSeries& one = all.emplace_back(std::move(series.head));
    one.set_subject(std::get<0>(key));
    if (one.sector() != registry::v1::SECTOR_UNSPECIFIED) one.set_display_name(domain::ShortName(one.sector()));
    if (one.codes_size() > 0) {
      const auto row = divisions_.Find(one.codes(0));
      if (row.ok() && *row != nullptr) one.set_display_name(domain::DisplayName(**row));
    }
    for (auto& [campaign, total] : series.points) {
      registry::v1::ComparisonPoint& point = *one.add_points();
      point.set_survey(campaign.survey);
      point.set_year(campaign.year);
      point.set_round(campaign.round);
      point.set_records(total.records());
      *point.mutable_total() = std::move(*total.mutable_total());
    }
    domain::FillChanges(one);
  }
  series_.clear();
  return all;
}

}  // namespace gi::service
