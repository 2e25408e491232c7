#include "server/domain/indicator/count.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/strip.h"
#include "server/domain/title_rules.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;
using Emit = absl::FunctionRef<void(const Counted&)>;

constexpr int kAgeMonths[] = {6, 12, 24};

// "DRAFT" of APPLICATION_STATE_DRAFT, without making a string.
template <class Enum>
absl::string_view KeyOf(Enum value, absl::string_view prefix) {
  const google::protobuf::EnumValueDescriptor* known =
      google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return known == nullptr ? absl::string_view() : absl::StripPrefix(known->name(), prefix);
}
absl::string_view KeyOf(v1::IndicationKind kind) { return KeyOf(kind, "INDICATION_KIND_"); }

// Titles of this register, not mirrored ones.
bool IsOwn(const TitleFact& title) {
  return title.kind != v1::INDICATION_KIND_UNSPECIFIED && title.kind != v1::INDICATION_KIND_FOREIGN;
}

// The three kinds whose users the national office counts.
constexpr uint32_t kLogoKinds = kMarks | KindBit(v1::INDICATION_KIND_GI_PRODUCT);

FactIndex Index(size_t i) { return static_cast<FactIndex>(i); }

void CountTitles(const Facts& facts, absl::FunctionRef<Day(const TitleFact&)> counts, Emit emit) {
  for (size_t i = 0; i < facts.titles.size(); ++i) {
    const TitleFact& title = facts.titles[i];
    if (!IsOwn(title)) continue;
    const Day day = counts(title);
    if (day != kLastDay) emit({KeyOf(title.kind), FactTable::kTitles, Index(i), day});
  }
}

// Which pairs of a title and an entity were seen: nearly all entities have grants under one title only.
class SeenPairs {
 public:
  explicit SeenPairs(size_t entities) : first_(entities, kNone) {}
  // The entity was seen before, under any title.
  bool Seen(FactIndex entity) const { return first_[entity] != kNone; }
  // False if the pair was seen before.
  bool Insert(FactIndex title, FactIndex entity) {
    if (first_[entity] == kNone) {
      first_[entity] = title;
      return true;
    }
    return first_[entity] != title && more_.insert(uint64_t{title} << 32 | entity).second;
  }

 private:
  static constexpr FactIndex kNone = ~FactIndex{0};
  std::vector<FactIndex> first_;
  absl::flat_hash_set<uint64_t> more_;
};

// Entities with a grant of that use under a title of these kinds, by the kind of title or by title.
void CountUsers(const Facts& facts, Day day, GrantUse use, uint32_t kinds, bool by_kind, Emit emit) {
  // The group of each title; a title that nobody may use has none.
  std::vector<absl::string_view> groups(facts.titles.size());
  for (size_t i = 0; i < facts.titles.size(); ++i) {
    const TitleFact& title = facts.titles[i];
    if (title.kind == v1::INDICATION_KIND_UNSPECIFIED || (KindBit(title.kind) & kinds) == 0) continue;
    if (InForceOn(title, day)) groups[i] = by_kind ? KeyOf(title.kind) : absl::string_view(facts.title_ids[i]);
  }
  SeenPairs seen(facts.entities.size());
  for (const GrantFact& grant : facts.grants) {
    if (grant.segments.empty() || groups[grant.title].empty()) continue;
    const GrantUse is = UseOn(grant, day);
    if (!Has(is, GrantUse::kActive) || !Has(is, use) || facts.entities[grant.entity] <= day) continue;
    const bool first = !seen.Seen(grant.entity);
    const FactIndex group = by_kind ? static_cast<FactIndex>(facts.titles[grant.title].kind) : grant.title;
    if (!seen.Insert(group, grant.entity)) continue;
    emit({.group = groups[grant.title],
          .table = FactTable::kEntities,
          .row = grant.entity,
          .in_whole = first,
          .title = by_kind ? kNoTitle : grant.title});
  }
}

void CountGrants(const Facts& facts, absl::FunctionRef<bool(const GrantFact&)> counts, Emit emit) {
  for (size_t i = 0; i < facts.grants.size(); ++i) {
    const GrantFact& grant = facts.grants[i];
    if (grant.segments.empty() || !counts(grant)) continue;
    emit({.group = facts.title_ids[grant.title], .table = FactTable::kGrants, .row = Index(i), .title = grant.title});
  }
}

void CountApplications(const Facts& facts, Day day, Emit emit) {
  for (size_t i = 0; i < facts.applications.size(); ++i) {
    const v1::ApplicationState state = StateOn(facts.applications[i], day);
    if (state == v1::APPLICATION_STATE_UNSPECIFIED) continue;
    emit({KeyOf(state, "APPLICATION_STATE_"), FactTable::kApplications, Index(i)});
  }
}

void CountAges(const Facts& facts, Day day, Emit emit) {
  Day oldest[std::size(kAgeMonths)];
  for (size_t i = 0; i < std::size(kAgeMonths); ++i) oldest[i] = LastStartOf(day, kAgeMonths[i]);
  for (size_t i = 0; i < facts.applications.size(); ++i) {
    const ApplicationFact& application = facts.applications[i];
    if (!IsPendingOn(application, day)) continue;
    size_t age = 0;
    while (age < std::size(kAgeMonths) && application.filed <= oldest[age]) ++age;
    emit({kAges[age], FactTable::kApplications, Index(i), application.filed});
  }
}

void CountDeadlines(const Facts& facts, Days days, Day today, v1::DeadlineState wanted, Emit emit) {
  const auto count = [&](const std::vector<DeadlineFact>& deadlines, FactTable table, size_t row) {
    for (const DeadlineFact& deadline : deadlines) {
      const bool own = deadline.party == v1::PARTY_APPLICANT || deadline.party == v1::PARTY_HOLDER;
      if (!own || deadline.run.due < days.from || deadline.run.due > days.to) continue;
      if (StateOn(deadline.run, today) != wanted) continue;
      emit({deadline.rule_id, table, Index(row), deadline.run.due, true, &deadline});
    }
  };
  for (size_t i = 0; i < facts.applications.size(); ++i) {
    count(facts.applications[i].deadlines, FactTable::kApplications, i);
  }
  for (size_t i = 0; i < facts.titles.size(); ++i) count(facts.titles[i].deadlines, FactTable::kTitles, i);
}

void CountCandidates(const Facts& facts, Day day, Emit emit) {
  for (size_t i = 0; i < facts.products.size(); ++i) {
    const ProductFact& product = facts.products[i];
    const v1::CultivationStage stage = StageOn(product, day);
    if (product.merged || stage == v1::CULTIVATION_STAGE_UNSPECIFIED || stage > v1::CULTIVATION_STAGE_READY) continue;
    emit({KeyOf(stage, "CULTIVATION_STAGE_"), FactTable::kProducts, Index(i)});
  }
}

}  // namespace

bool IsCountedFromFacts(IndicatorId indicator) {
  return indicator != IndicatorId::kSurveyAccepted && indicator != IndicatorId::kSurveyInReview &&
         indicator != IndicatorId::kOutputValue;
}

void CountRows(IndicatorId indicator, const Facts& facts, Days days, Day today, Emit emit) {
  const Day last = std::min(days.to, today);
  switch (indicator) {
    case IndicatorId::kTitlesRegistered:
      return CountTitles(
          facts,
          [&](const TitleFact& title) {
            const bool never_was =
                title.segments.size() == 1 && title.segments.front().state == v1::TITLE_STATE_INVALIDATED;
            const bool counts = title.registered >= days.from && title.registered <= last && !never_was;
            return counts ? title.registered : kLastDay;
          },
          emit);
    case IndicatorId::kTitlesInForce:
      return CountTitles(
          facts,
          [&](const TitleFact& title) {
            if (!InForceOn(title, last)) return kLastDay;
            return title.registered == kLastDay ? kFirstDay : title.registered;
          },
          emit);
    case IndicatorId::kUsersWithLogo:
      return CountUsers(facts, last, GrantUse::kLogo, kLogoKinds, true, emit);
    case IndicatorId::kUsersPerTitle:
      return CountUsers(facts, last, GrantUse::kActive, kAllKinds, false, emit);
    case IndicatorId::kApplicationsByState:
      return CountApplications(facts, last, emit);
    case IndicatorId::kApplicationsByAge:
      return CountAges(facts, last, emit);
    case IndicatorId::kDeadlinesMet:
      return CountDeadlines(facts, days, today, v1::DEADLINE_STATE_MET, emit);
    case IndicatorId::kDeadlinesMissed:
      return CountDeadlines(facts, days, today, v1::DEADLINE_STATE_MISSED, emit);
    case IndicatorId::kReportsOutstanding: {
      const CalendarYear year(gi::ToDate(last).year() - 1);
      return CountGrants(
          facts, [&](const GrantFact& grant) { return OwesReport(grant, year, last); }, emit);
    }
    case IndicatorId::kUnusedTwoYears: {
      const Day before = LastDayTwoYearsBefore(last);
      return CountGrants(
          facts, [&](const GrantFact& grant) { return UnusedOn(grant, last, before); }, emit);
    }
    case IndicatorId::kCandidates:
      return CountCandidates(facts, last, emit);
    default:
      return;
  }
}

}  // namespace gi::domain
