#include "server/domain/clock/law_library.h"

#include <algorithm>
#include <cstdlib>

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

Day FirstDayInForce(const v1::Period& period) { return ToDay(period.from()).value_or(kFirstDay); }
Day LastDayInForce(const v1::Period& period) { return ToDay(period.to()).value_or(kLastDay); }

bool InForce(const v1::Period& period, Day day) {
  return FirstDayInForce(period) <= day && day <= LastDayInForce(period);
}

// Days between the day and the period; 0 within it.
int64_t Distance(const v1::Period& period, Day day) {
  const int64_t before = int64_t{FirstDayInForce(period).value} - day.value;
  const int64_t after = int64_t{day.value} - LastDayInForce(period).value;
  return std::max({before, after, int64_t{0}});
}

// Adds the row to its rule among `rules`.
void AddRow(const v1::ClockRule& row, std::vector<RuleRows>& rules) {
  const auto same = std::find_if(rules.begin(), rules.end(),
                                 [&](const RuleRows& rows) { return rows.front()->rule_id() == row.rule_id(); });
  if (same == rules.end()) {
    rules.push_back({&row});
  } else if (same->back() != &row) {
    same->push_back(&row);
  }
}

template <class Map, class Key>
auto FindOrNull(const Map& map, const Key& key) -> decltype(&map.begin()->second) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

bool IsFor(const v1::Law& law, v1::IndicationKind kind) {
  return std::any_of(law.kinds().begin(), law.kinds().end(), [&](int application) {
    switch (application) {
      case v1::APPLICATION_KIND_CERTIFICATION_MARK:
        return kind == v1::INDICATION_KIND_CERTIFICATION_MARK;
      case v1::APPLICATION_KIND_COLLECTIVE_MARK:
        return kind == v1::INDICATION_KIND_COLLECTIVE_MARK;
      default:
        return kind == v1::INDICATION_KIND_GI_PRODUCT;
    }
  });
}

}  // namespace

const v1::ClockRule& RowOn(const RuleRows& rows, Day start) {
  const v1::ClockRule* best = rows.front();
  for (const v1::ClockRule* row : rows) {
    const int64_t distance = Distance(row->in_force(), start);
    const int64_t least = Distance(best->in_force(), start);
    const bool later = FirstDayInForce(row->in_force()) >= FirstDayInForce(best->in_force());
    if (distance < least || (distance == least && later)) best = row;
  }
  return *best;
}

LawLibrary::LawLibrary(std::vector<v1::LawBook> books) : books_(std::move(books)) {
  const bool days_off =
      std::any_of(books_.begin(), books_.end(), [](const auto& book) { return book.make_up_days_are_days_off(); });
  working_days_ = WorkingDays(!days_off);
  for (const v1::LawBook& book : books_) {
    for (const v1::Law& law : book.laws()) laws_.emplace(law.id(), &law);
    for (const v1::ClockRule& rule : book.clock_rules()) AddRule(rule);
    for (const v1::MaterialRule& rule : book.material_rules()) materials_.push_back(&rule);
    for (const v1::WorkingCalendar& calendar : book.calendars()) working_days_.Add(calendar);
  }
}

void LawLibrary::AddRule(const v1::ClockRule& rule) {
  for (const std::string& law : rule.laws()) {
    rules_[{law, rule.rule_id()}].push_back(&rule);
    for (const int event : rule.start_events()) AddRow(rule, by_event_[{law, event}]);
    for (const int event : rule.title_events()) AddRow(rule, by_title_event_[{law, event}]);
    if (rule.serves() != v1::SERVICE_MODE_UNSPECIFIED) by_service_[{law, rule.serves()}].push_back(&rule);
  }
}

const v1::Law* LawLibrary::FindLaw(absl::string_view id) const {
  const auto found = laws_.find(id);
  return found == laws_.end() ? nullptr : found->second;
}

const v1::Law* LawLibrary::LawOfTitle(v1::IndicationKind kind, v1::LawVersion version, Day day) const {
  const v1::Law* found = nullptr;
  for (const v1::LawBook& book : books_) {
    for (const v1::Law& law : book.laws()) {
      if (!IsFor(law, kind)) continue;
      const bool fits =
          version == v1::LAW_VERSION_UNSPECIFIED ? InForce(law.in_force(), day) : law.law_version() == version;
      if (fits) found = &law;
    }
  }
  return found;
}

const RuleRows* LawLibrary::FindRule(absl::string_view rule_id, absl::string_view law) const {
  return FindOrNull(rules_, LawAndRule(law, rule_id));
}

absl::Span<const RuleRows> LawLibrary::BegunBy(v1::ApplicationEventKind event, absl::string_view law) const {
  const auto* rules = FindOrNull(by_event_, LawAndNumber(law, event));
  return rules == nullptr ? absl::Span<const RuleRows>() : *rules;
}

absl::Span<const RuleRows> LawLibrary::BegunBy(v1::TitleEventKind event, absl::string_view law) const {
  const auto* rules = FindOrNull(by_title_event_, LawAndNumber(law, event));
  return rules == nullptr ? absl::Span<const RuleRows>() : *rules;
}

const RuleRows* LawLibrary::ServiceRule(v1::ServiceMode mode, absl::string_view law) const {
  return FindOrNull(by_service_, LawAndNumber(law, mode));
}

}  // namespace gi::domain
