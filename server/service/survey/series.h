// Builds the series of a comparison. Belongs to one thread.
#ifndef GI_SERVER_SERVICE_SURVEY_SERIES_H_
#define GI_SERVER_SERVICE_SURVEY_SERIES_H_

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "server/service/division_reader.h"

namespace gi::service {

// Where a series belongs: a place, under any of its codes, a sector, or nothing but the unit.
struct SeriesKey {
  std::string code_as_written;
  registry::v1::Sector sector = registry::v1::SECTOR_UNSPECIFIED;
};

// The campaign that a figure is of.
struct CampaignKey {
  int year = 0;
  int round = 0;
  std::string survey;  // resource name
  friend auto operator<=>(const CampaignKey&, const CampaignKey&) = default;
};

class SeriesBuilder {
 public:
  // `divisions` must outlive this.
  explicit SeriesBuilder(DivisionReader& divisions) : divisions_(divisions) {}

  // Errors of the store.
  absl::Status Add(const SeriesKey& key, const CampaignKey& campaign, const registry::v1::TallyTotal& total);
  // The figures that count of an accepted record (also if superseded since) for a subject; UNSPECIFIED: all of them.
  absl::Status AddRecord(const SeriesKey& key, const registry::v1::SurveyRecord& record,
                         registry::v1::MeasuredSubject subject);

  // By subject, then place or sector, then unit; each with its points in order and their changes.
  std::vector<registry::v1::ComparisonSeries> Take();

 private:
  using Key = std::tuple<registry::v1::MeasuredSubject, std::string, registry::v1::Sector, registry::v1::Unit>;
  struct Series {
    registry::v1::ComparisonSeries head;
    std::map<CampaignKey, registry::v1::TallyTotal> points;
  };

  DivisionReader& divisions_;
  std::map<Key, Series> series_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SURVEY_SERIES_H_
