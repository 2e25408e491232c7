// What a campaign counts by township and sector, kept up to date by differences. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_TALLY_H_
#define GI_SERVER_DOMAIN_SURVEY_TALLY_H_

#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "server/domain/survey/quantity.h"
#include "storage/base/date.h"

namespace gi::domain {

// Adds what the record contributes (sign 1) or takes it away (sign -1).
void Count(const registry::v1::SurveyRecord& record, int sign, registry::v1::SurveyTally& tally);

// It counts nothing.
bool IsEmpty(const registry::v1::SurveyTally& tally);

// Adds one total to others of the same subject and unit, or takes it away; totals of no records go. By subject and
// unit.
void AddTotal(registry::v1::MeasuredSubject subject, const Amount& amount, int64_t records, int sign,
              google::protobuf::RepeatedPtrField<registry::v1::TallyTotal>& totals);

// Adds a total as a tally keeps it.
void AddStoredTotal(const registry::v1::TallyTotal& total,
                    google::protobuf::RepeatedPtrField<registry::v1::TallyTotal>& totals);

// Adds the counts of a tally to a township's progress.
void AddProgress(const registry::v1::SurveyTally& tally, registry::v1::TownshipProgress& progress);
// Fills `overdue` of a township.
void FillOverdue(Day today, registry::v1::TownshipProgress& progress);

// Fills `change` and `ratio` of all points, which are in order.
void FillChanges(registry::v1::ComparisonSeries& series);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_TALLY_H_
