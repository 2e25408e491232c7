// What figures are counted from: of each row just what its state on any day follows from, small enough to keep a
// million of them. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_INDICATOR_FACTS_H_
#define GI_SERVER_DOMAIN_INDICATOR_FACTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "gi/registry/v1/product.pb.h"
#include "server/domain/application/course.h"
#include "server/domain/clock/deadline.h"
#include "server/domain/grant.h"
#include "server/domain/title.h"
#include "storage/base/date.h"

namespace gi::domain {

// Place of a row among the facts of its kind.
using FactIndex = uint32_t;

struct DeadlineFact {
  // Points into the law library.
  absl::string_view rule_id;
  registry::v1::Party party = registry::v1::PARTY_UNSPECIFIED;
  std::string event;
  DeadlineRun run;
};

struct TitleFact {
  // UNSPECIFIED: other rows speak of it, but there is no row.
  registry::v1::IndicationKind kind = registry::v1::INDICATION_KIND_UNSPECIFIED;
  // Of the whole title.
  TitleTimeline::Segments segments;
  // The day its first registration was announced (or took effect, where no announcement is known); kLastDay: never.
  Day registered = kLastDay;
  // products/{product}
  std::string product;
  std::vector<DeadlineFact> deadlines;
};
TitleFact FactOf(const registry::v1::Indication& title, const LawLibrary& laws);
bool InForceOn(const TitleFact& title, Day day);

struct GrantFact {
  FactIndex title = 0;
  FactIndex entity = 0;
  // Sorted by day; before the first there is nothing.
  absl::InlinedVector<GrantUseSegment, 3> segments;
  absl::InlinedVector<ReportedUse, 1> reports;
  // First day of its periods.
  Day first = kLastDay;
  friend bool operator==(const GrantFact&, const GrantFact&) = default;
};
// Without title and entity.
GrantFact FactOf(const registry::v1::Authorization& grant);
// kNone before the first segment.
GrantUse UseOn(const GrantFact& grant, Day day);
// `two_years_before`: LastDayTwoYearsBefore(day), the same for all grants.
bool UnusedOn(const GrantFact& grant, Day day, Day two_years_before);

// A calendar year, with its days.
struct CalendarYear {
  explicit CalendarYear(int number);
  int year;
  Day first, last;
};
// It held on some day of the year and, by `day`, no report on that year had come.
bool OwesReport(const GrantFact& grant, const CalendarYear& year, Day day);

struct ApplicationFact {
  registry::v1::ApplicationKind kind = registry::v1::APPLICATION_KIND_UNSPECIFIED;
  std::vector<ApplicationCourse::Segment> segments;
  // kLastDay: not filed.
  Day filed = kLastDay;
  // Of its last event; kFirstDay: none. Before it, deadlines may have been others: later events put them off, or part
  // goods items.
  Day last_event = kFirstDay;
  // The day its row was made: a draft is not known before.
  Day created = kLastDay;
  // The day it was divided off: nothing of it is known before; kFirstDay: it was not.
  Day divided = kFirstDay;
  // From which day on any goods item is under way, or none; sorted.
  struct Pending {
    Day from;
    bool pending;
  };
  std::vector<Pending> pending;
  std::string office;
  std::vector<DeadlineFact> deadlines;
};
ApplicationFact FactOf(const registry::v1::Application& application, const LawLibrary& laws);
// UNSPECIFIED: a draft before its row was made, or an application before it was divided off.
registry::v1::ApplicationState StateOn(const ApplicationFact& application, Day day);
// Filed, and some goods item is under way.
bool IsPendingOn(const ApplicationFact& application, Day day);

struct ProductFact {
  struct Step {
    Day from;
    registry::v1::CultivationStage stage;
  };
  std::vector<Step> steps;
  bool merged = false;
};
ProductFact FactOf(const registry::v1::Product& product);
registry::v1::CultivationStage StageOn(const ProductFact& product, Day day);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_INDICATOR_FACTS_H_
