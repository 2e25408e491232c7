#include "server/domain/decide.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "server/domain/entity.h"
#include "server/domain/grant.h"
#include "server/domain/reason_text.h"
#include "storage/base/status_macros.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

constexpr int kDefaultStaleAfterDays = 365;

using Days = absl::InlinedVector<Day, 16>;

bool IsInForce(TitleState state) { return state == TITLE_STATE_IN_FORCE || state == TITLE_STATE_PARTLY_IN_FORCE; }

bool IsGoodCode(UsccVerdict verdict) {
  return verdict == USCC_VERDICT_UNSPECIFIED || verdict == USCC_VERDICT_OK ||
         verdict == USCC_VERDICT_OK_UNKNOWN_DIVISION || verdict == USCC_VERDICT_OK_LEGACY;
}

// The first day on which the title's origin is stale.
Day StaleFrom(const Indication& title) {
  const std::optional<Day> copied = ToDay(title.origin().copied_on());
  if (!copied) return kLastDay;
  const int32_t days = title.origin().stale_after_days();
  const int64_t first = int64_t{copied->value} + (days > 0 ? days : kDefaultStaleAfterDays) + 1;
  return Day{static_cast<int32_t>(std::min<int64_t>(first, kLastDay.value))};
}

void Add(Reason reason, Reasons& reasons) {
  const auto after = std::upper_bound(reasons.begin(), reasons.end(), reason,
                                      [](const Reason& a, const Reason& b) { return a.reason < b.reason; });
  reasons.insert(after, std::move(reason));
}

// Turns a state of a grant that does not hold into its reason.
DecisionReason ReasonOf(AuthorizationState state) {
  switch (state) {
    case AUTHORIZATION_STATE_PENDING:
      return DECISION_REASON_PENDING;
    case AUTHORIZATION_STATE_SUSPENDED:
      return DECISION_REASON_SUSPENDED;
    case AUTHORIZATION_STATE_REMOVED:
      return DECISION_REASON_REMOVED;
    default:
      return DECISION_REASON_NOT_YET_EFFECTIVE;  // its first event is yet to come
  }
}

// A question with the facts; answers it for any day.
class Case {
 public:
  Case(const CheckFacts& facts, const CheckQuery& query, AreaTest inside) : facts_(facts), name_(query.entity_name) {
    if (facts.title == nullptr) return;
    matcher_.emplace(*facts.title, query, inside);
    matches_.resize(facts.grants.size());
    if (facts.timeline == nullptr) own_timeline_.emplace(*facts.title);
    timeline_ = facts.timeline != nullptr ? facts.timeline : &*own_timeline_;
  }

  absl::StatusOr<Reasons> On(Day day) {
    Reasons reasons = FixedReasons();
    const TitleState title_state = facts_.title != nullptr ? StateOf(matcher_->judged(), day) : TITLE_STATE_UNSPECIFIED;
    const bool in_force = IsInForce(title_state);
    if (facts_.title != nullptr && !in_force) {
      Add({.reason = DECISION_REASON_TITLE_NOT_IN_FORCE, .title_state = title_state}, reasons);
    }
    if (facts_.entity != nullptr && StateOn(*facts_.entity, day) == ENTITY_STATE_DISSOLVED) {
      Add({.reason = DECISION_REASON_ENTITY_DISSOLVED}, reasons);
    }
    const bool blocked = !reasons.empty();
    const Authorization* authorizing = nullptr;
    if (facts_.title != nullptr && facts_.entity != nullptr) {
      ASSIGN_OR_RETURN(authorizing, JudgeGrants(day, in_force, reasons));
    }
    if (facts_.entity != nullptr && name_.given() && !IsNamed(day)) {
      Add({.reason = DECISION_REASON_NAME_MISMATCH}, reasons);
    }
    if (facts_.title != nullptr && day >= StaleFrom(*facts_.title)) {
      Add({.reason = DECISION_REASON_SOURCE_STALE}, reasons);
    }
    if (authorizing != nullptr && !blocked) {
      Add({.reason = DECISION_REASON_AUTHORIZED, .grant = authorizing}, reasons);
    } else if (in_force && facts_.title->kind() == INDICATION_KIND_COLLECTIVE_MARK) {
      Add({.reason = DECISION_REASON_FAIR_USE_OF_NAME}, reasons);
    }
    return reasons;
  }

  // The days on which the answer may become another, sorted.
  Days Changes() const {
    Days days;
    if (facts_.title != nullptr) {
      days.push_back(StaleFrom(*facts_.title));
      if (timeline_->uniform()) {
        AddSegments(0, days);
      } else {
        for (const int item : matcher_->judged()) AddSegments(item, days);
      }
    }
    if (facts_.entity != nullptr) {
      for (const auto& step : EntityCourse(*facts_.entity)) days.push_back(step.day);
    }
    for (const Authorization* grant : facts_.grants) {
      for (const auto& step : GrantCourse(*grant)) days.push_back(step.day);
      const Validity validity = ValidityOf(*grant);
      days.push_back(validity.from);
      days.push_back(validity.to == kLastDay ? kLastDay : validity.to + 1);
    }
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    if (!days.empty() && days.front() == kFirstDay) days.erase(days.begin());
    if (!days.empty() && days.back() == kLastDay) days.pop_back();
    return days;
  }

 private:
  void AddSegments(int item, Days& days) const {
    for (const auto& segment : timeline_->ItemSegments(item)) days.push_back(segment.from);
  }

  bool IsNamed(Day day) {
    const auto names = NamesOn(*facts_.entity, day);
    return std::any_of(names.begin(), names.end(), [this](absl::string_view name) { return name_.Matches(name); });
  }

  TitleState StateOf(const Items& items, Day day) const {
    if (timeline_->uniform() || items.empty()) return timeline_->ItemStateOn(0, day);
    TitleState state = timeline_->ItemStateOn(items.front(), day);
    for (const int item : items) state = TitleTimeline::Combine(state, timeline_->ItemStateOn(item, day));
    return state;
  }

  Reasons FixedReasons() const {
    Reasons reasons;
    if (!IsGoodCode(facts_.identifier)) {
      const bool personal = facts_.identifier == USCC_VERDICT_PERSONAL_ID;
      reasons.push_back({.reason = personal ? DECISION_REASON_IDENTIFIER_PERSONAL : DECISION_REASON_IDENTIFIER_INVALID,
                         .uscc_verdict = facts_.identifier,
                         .proposal = personal ? "" : facts_.proposal});
    }
    if (facts_.title == nullptr) {
      reasons.push_back(
          {.reason = facts_.candidates.empty() ? DECISION_REASON_UNKNOWN_TITLE : DECISION_REASON_AMBIGUOUS});
    }
    if (facts_.entity == nullptr && IsGoodCode(facts_.identifier)) {
      reasons.push_back({.reason = DECISION_REASON_UNKNOWN_ENTITY});
    }
    return reasons;
  }

  // The first grant that authorizes; otherwise adds the reasons of all.
  absl::StatusOr<const Authorization*> JudgeGrants(Day day, bool title_in_force, Reasons& reasons) {
    Reasons found;
    for (size_t i = 0; i < facts_.grants.size(); ++i) {
      ASSIGN_OR_RETURN(const bool authorizes, JudgeGrant(i, day, title_in_force, found));
      if (authorizes) return facts_.grants[i];
    }
    if (found.empty()) found.push_back({.reason = DECISION_REASON_NO_RECORD});
    for (const Reason& reason : found) Add(reason, reasons);
    return nullptr;
  }

  absl::StatusOr<bool> JudgeGrant(size_t index, Day day, bool title_in_force, Reasons& found) {
    const Authorization* grant = facts_.grants[index];
    const GrantStatus status = GrantStatusOn(*grant, day);
    if (!status.recorded) return false;
    const size_t before = found.size();
    if (status.state != AUTHORIZATION_STATE_GRANTED) {
      found.push_back({.reason = ReasonOf(status.state), .grant = grant, .ground = status.ground});
    }
    if (status.state == AUTHORIZATION_STATE_GRANTED || status.state == AUTHORIZATION_STATE_SUSPENDED) {
      const Validity validity = ValidityOf(*grant);
      if (day > validity.to) found.push_back({.reason = DECISION_REASON_EXPIRED, .grant = grant});
      if (day < validity.from) found.push_back({.reason = DECISION_REASON_NOT_YET_EFFECTIVE, .grant = grant});
    }
    if (found.size() > before) return false;
    RETURN_IF_ERROR(JudgeScope(index, day, title_in_force, found));
    return found.size() == before;
  }

  // For a grant that holds.
  absl::Status JudgeScope(size_t index, Day day, bool title_in_force, Reasons& found) {
    const Authorization* grant = facts_.grants[index];
    ASSIGN_OR_RETURN(const ScopeMatch* match, Match(index));
    if (match->failing != 0) {
      found.push_back({.reason = DECISION_REASON_OUT_OF_SCOPE, .grant = grant, .dimensions = match->failing});
    }
    if ((match->failing & DimensionBit(SCOPE_DIMENSION_GOODS)) != 0 || !title_in_force) return absl::OkStatus();
    const TitleState state = StateOf(match->items, day);
    if (!IsInForce(state)) {
      found.push_back({.reason = DECISION_REASON_TITLE_NOT_IN_FORCE, .grant = grant, .title_state = state});
    }
    return absl::OkStatus();
  }

  absl::StatusOr<const ScopeMatch*> Match(size_t index) {
    std::optional<ScopeMatch>& match = matches_[index];
    if (!match) {
      ASSIGN_OR_RETURN(match, matcher_->Match(facts_.grants[index]->scope()));
    }
    return &*match;
  }

  const CheckFacts& facts_;
  AskedText name_;
  std::optional<ScopeMatcher> matcher_;
  std::optional<TitleTimeline> own_timeline_;
  const TitleTimeline* timeline_ = nullptr;
  absl::InlinedVector<std::optional<ScopeMatch>, 2> matches_;  // of the grants, as far as looked at
};

}  // namespace

ReasonDetail Reason::ToDetail() const {
  ReasonDetail detail;
  detail.set_reason(reason);
  if (grant != nullptr) detail.set_authorization(grant->name());
  for (const ScopeDimension dimension : {SCOPE_DIMENSION_AREA, SCOPE_DIMENSION_VARIETY, SCOPE_DIMENSION_GOODS}) {
    if ((dimensions & DimensionBit(dimension)) != 0) detail.add_dimensions(dimension);
  }
  detail.set_title_state(title_state);
  detail.set_ground(ground);
  detail.set_uscc_verdict(uscc_verdict);
  detail.set_proposal(std::string(proposal));
  return detail;
}

Period Decision::ValidityPeriod() const {
  Period period;
  const Date first = ToDate(from);
  const Date last = ToDate(to);
  // Days beyond the years that a date can hold are the ends of time.
  if (first.year() != 0) *period.mutable_from() = first;
  if (last.year() != 0) *period.mutable_to() = last;
  return period;
}

absl::StatusOr<Decision> Decide(const CheckFacts& facts, const CheckQuery& query, AreaTest inside) {
  Case question(facts, query, inside);
  ASSIGN_OR_RETURN(Reasons reasons, question.On(query.date));
  const auto changes = question.Changes();
  auto next = std::upper_bound(changes.begin(), changes.end(), query.date);
  auto first = next;
  // A day on which something happens need not change the answer.
  while (first != changes.begin()) {
    ASSIGN_OR_RETURN(const Reasons before, question.On(*(first - 1) - 1));
    if (before != reasons) break;
    --first;
  }
  while (next != changes.end()) {
    ASSIGN_OR_RETURN(const Reasons after, question.On(*next));
    if (after != reasons) break;
    ++next;
  }
  return Decision{.verdict = VerdictOf(reasons.front().reason),
                  .reasons = std::move(reasons),
                  .from = first == changes.begin() ? kFirstDay : *(first - 1),
                  .to = next == changes.end() ? kLastDay : *next - 1};
}

}  // namespace gi::domain
