#include "server/domain/decide.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/strip.h"
#include "server/domain/entity.h"
#include "server/domain/grant.h"
#include "server/domain/reason_text.h"
#include "server/domain/resource_name.h"
#include "storage/base/status_macros.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

constexpr int kDefaultStaleAfterDays = 365;

bool IsInForce(TitleState state) { return state == TITLE_STATE_IN_FORCE || state == TITLE_STATE_PARTLY_IN_FORCE; }

bool IsGoodCode(UsccVerdict verdict) {
  return verdict == USCC_VERDICT_UNSPECIFIED || verdict == USCC_VERDICT_OK ||
         verdict == USCC_VERDICT_OK_UNKNOWN_DIVISION || verdict == USCC_VERDICT_OK_LEGACY;
}

void Add(const Reason& reason, Reasons& reasons) {
  const auto after = std::upper_bound(reasons.begin(), reasons.end(), reason,
                                      [](const Reason& a, const Reason& b) { return a.reason < b.reason; });
  reasons.insert(after, reason);
}

// Why a grant that is neither granted nor suspended does not hold.
DecisionReason ReasonOf(AuthorizationState state) {
  switch (state) {
    case AUTHORIZATION_STATE_PENDING:
      return DECISION_REASON_PENDING;
    case AUTHORIZATION_STATE_REFUSED:
      return DECISION_REASON_REFUSED;
    case AUTHORIZATION_STATE_REMOVED:
      return DECISION_REASON_REMOVED;
    default:
      return DECISION_REASON_NOT_YET_EFFECTIVE;  // its first event is yet to come
  }
}

// The days around a day on which nothing happens: both included.
struct Calm {
  Day from = kFirstDay;
  Day to = kLastDay;

  // Something happens at the beginning of a day.
  void Bound(Day change, Day day) {
    if (change == kLastDay) return;
    if (change <= day) {
      from = std::max(from, change);
    } else {
      to = std::min(to, change - 1);
    }
  }
  template <class Segments>
  void BoundAll(const Segments& segments, Day day) {
    for (const auto& segment : segments) Bound(segment.from, day);
  }
};

// A question with the facts; answers it for any day.
class Case {
 public:
  Case(const CheckFacts& facts, const CheckQuery& query, AreaTest inside) : facts_(facts), name_(query.entity_name) {
    if (facts.title == nullptr) return;
    matcher_.emplace(*facts.title->title, query, inside);
    matches_.resize(facts.grants.size());
  }

  absl::StatusOr<Reasons> On(Day day) {
    Reasons reasons = FixedReasons();
    const TitleState title_state = facts_.title != nullptr ? StateOf(matcher_->judged(), day) : TITLE_STATE_UNSPECIFIED;
    const bool in_force = IsInForce(title_state);
    if (facts_.title != nullptr && !in_force) {
      Add({.reason = DECISION_REASON_TITLE_NOT_IN_FORCE, .title_state = title_state}, reasons);
    }
    if (facts_.entity != nullptr && day >= facts_.entity->dissolved_from) {
      const absl::Span<const DatedText> successors = facts_.entity->successors;
      Add({.reason = DECISION_REASON_ENTITY_DISSOLVED,
           .successors = successors.first(SuccessorsOn(*facts_.entity, day))},
          reasons);
    }
    const bool blocked = !reasons.empty();
    const GrantFacts* authorizing = nullptr;
    if (facts_.title != nullptr && facts_.entity != nullptr) {
      ASSIGN_OR_RETURN(authorizing, JudgeGrants(day, in_force, reasons));
    }
    if (facts_.entity != nullptr && name_.given() && !IsNamed(day)) {
      Add({.reason = DECISION_REASON_NAME_MISMATCH}, reasons);
    }
    if (facts_.title != nullptr && day >= facts_.title->stale_from) {
      Add({.reason = DECISION_REASON_SOURCE_STALE}, reasons);
    }
    if (authorizing != nullptr && !blocked) {
      Add({.reason = DECISION_REASON_AUTHORIZED, .grant = authorizing}, reasons);
    } else if (in_force && facts_.title->title->kind() == INDICATION_KIND_COLLECTIVE_MARK) {
      Add({.reason = DECISION_REASON_FAIR_USE_OF_NAME}, reasons);
    }
    return reasons;
  }

  // Beyond these days the answer may become another.
  Calm CalmAround(Day day) const {
    Calm calm;
    if (facts_.title != nullptr) {
      calm.Bound(facts_.title->stale_from, day);
      const TitleTimeline& timeline = *facts_.title->timeline;
      if (timeline.uniform()) {
        calm.BoundAll(timeline.ItemSegments(0), day);
      } else {
        for (const int item : matcher_->judged()) calm.BoundAll(timeline.ItemSegments(item), day);
      }
    }
    if (facts_.entity != nullptr) {
      calm.Bound(facts_.entity->dissolved_from, day);
      calm.BoundAll(facts_.entity->names, day);
      calm.BoundAll(facts_.entity->successors, day);
    }
    for (const GrantFacts& grant : facts_.grants) calm.BoundAll(grant.segments, day);
    return calm;
  }

 private:
  bool IsNamed(Day day) {
    const absl::InlinedVector<absl::string_view, 1>& aliases = facts_.entity->aliases;
    return name_.Matches(NameOn(*facts_.entity, day)) ||
           std::any_of(aliases.begin(), aliases.end(), [this](absl::string_view name) { return name_.Matches(name); });
  }

  TitleState StateOf(const Items& items, Day day) const {
    const TitleTimeline& timeline = *facts_.title->timeline;
    if (timeline.uniform() || items.empty()) return timeline.ItemStateOn(0, day);
    TitleState state = timeline.ItemStateOn(items.front(), day);
    for (const int item : items) state = TitleTimeline::Combine(state, timeline.ItemStateOn(item, day));
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
      reasons.push_back({.reason = facts_.ambiguous ? DECISION_REASON_AMBIGUOUS : DECISION_REASON_UNKNOWN_TITLE});
    }
    if (facts_.entity == nullptr && IsGoodCode(facts_.identifier)) {
      reasons.push_back({.reason = DECISION_REASON_UNKNOWN_ENTITY});
    }
    return reasons;
  }

  // The first grant that authorizes; otherwise adds the reasons of all.
  absl::StatusOr<const GrantFacts*> JudgeGrants(Day day, bool title_in_force, Reasons& reasons) {
    Reasons found;
    for (size_t i = 0; i < facts_.grants.size(); ++i) {
      ASSIGN_OR_RETURN(const bool authorizes, JudgeGrant(i, day, title_in_force, found));
      if (authorizes) return &facts_.grants[i];
    }
    if (found.empty()) found.push_back({.reason = DECISION_REASON_NO_RECORD});
    for (const Reason& reason : found) Add(reason, reasons);
    return nullptr;
  }

  absl::StatusOr<bool> JudgeGrant(size_t index, Day day, bool title_in_force, Reasons& found) {
    const GrantFacts* grant = &facts_.grants[index];
    const GrantStanding& standing = SegmentOn(grant->segments, day).standing;
    if (!standing.recorded) return false;
    const size_t before = found.size();
    if (standing.state == AUTHORIZATION_STATE_SUSPENDED) {
      found.push_back({.reason = DECISION_REASON_SUSPENDED, .grant = grant});
    } else if (standing.state != AUTHORIZATION_STATE_GRANTED) {
      found.push_back({.reason = ReasonOf(standing.state), .grant = grant, .ground = standing.ground});
    }
    if (standing.term == GrantStanding::Term::kAfter) {
      found.push_back({.reason = DECISION_REASON_EXPIRED, .grant = grant});
    }
    if (standing.term == GrantStanding::Term::kBefore) {
      found.push_back({.reason = DECISION_REASON_NOT_YET_EFFECTIVE, .grant = grant});
    }
    if (found.size() > before) return false;
    RETURN_IF_ERROR(JudgeScope(index, day, title_in_force, found));
    return found.size() == before;
  }

  // For a grant that holds.
  absl::Status JudgeScope(size_t index, Day day, bool title_in_force, Reasons& found) {
    const GrantFacts* grant = &facts_.grants[index];
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
      const Scope* scope = facts_.grants[index].scope;
      ASSIGN_OR_RETURN(match, matcher_->Match(scope != nullptr ? *scope : Scope::default_instance()));
    }
    return &*match;
  }

  const CheckFacts& facts_;
  AskedText name_;
  std::optional<ScopeMatcher> matcher_;
  absl::InlinedVector<std::optional<ScopeMatch>, 1> matches_;  // of the grants, as far as looked at
};

}  // namespace

Day StaleFrom(const Indication& title) {
  const std::optional<Day> copied = ToDay(title.origin().copied_on());
  if (!copied) return kLastDay;
  const int32_t days = title.origin().stale_after_days();
  const int64_t first = int64_t{copied->value} + (days > 0 ? days : kDefaultStaleAfterDays) + 1;
  return Day{static_cast<int32_t>(std::min<int64_t>(first, kLastDay.value))};
}

TitleFacts::TitleFacts(const Indication& row)
    : title(&row), stale_from(StaleFrom(row)), own_timeline_(std::make_shared<const TitleTimeline>(row)) {
  timeline = own_timeline_.get();
}

TitleFacts::TitleFacts(const Indication& row, const TitleTimeline& known, Day stale)
    : title(&row), timeline(&known), stale_from(stale) {}

RowFacts::RowFacts(const Indication* title, const Entity* entity, absl::Span<const Authorization* const> grants)
    : rows_(grants.begin(), grants.end()) {
  if (title != nullptr) title_.emplace(*title);
  if (entity != nullptr) entity_ = FactsOf(*entity);
  timelines_.reserve(rows_.size());
  for (const Authorization* row : rows_) {
    timelines_.push_back(GrantTimeline(*row));
    grants_.push_back({absl::StripPrefix(row->name(), "authorizations/"), timelines_.back(),
                       row->has_scope() ? &row->scope() : nullptr});
  }
}

CheckFacts RowFacts::facts() const {
  CheckFacts facts;
  if (title_) facts.title = &*title_;
  if (entity_) facts.entity = &*entity_;
  facts.grants = grants_;
  return facts;
}

const Authorization* RowFacts::RowOf(const GrantFacts* grant) const {
  return grant == nullptr ? nullptr : rows_[static_cast<size_t>(grant - grants_.data())];
}

void Reason::Fill(ReasonDetail& detail) const {
  detail.set_reason(reason);
  if (grant != nullptr) detail.set_authorization(ResourceName(kAuthorizationCollection, grant->id));
  if (dimensions != 0) {
    for (const ScopeDimension dimension : {SCOPE_DIMENSION_AREA, SCOPE_DIMENSION_VARIETY, SCOPE_DIMENSION_GOODS}) {
      if ((dimensions & DimensionBit(dimension)) != 0) detail.add_dimensions(dimension);
    }
  }
  detail.set_title_state(title_state);
  detail.set_ground(ground);
  detail.set_uscc_verdict(uscc_verdict);
  if (!proposal.empty()) detail.set_proposal(proposal.data(), proposal.size());
  for (const DatedText& successor : successors) detail.add_successors(successor.text.data(), successor.text.size());
}

ReasonDetail Reason::ToDetail() const {
  ReasonDetail detail;
  Fill(detail);
  return detail;
}

void Decision::FillValidity(Period& period) const {
  const Date first = ToDate(from);
  const Date last = ToDate(to);
  // Days beyond the years that a date can hold are the ends of time.
  if (first.year() != 0) *period.mutable_from() = first;
  if (last.year() != 0) *period.mutable_to() = last;
}

absl::StatusOr<Decision> Decide(const CheckFacts& facts, const CheckQuery& query, AreaTest inside) {
  Case question(facts, query, inside);
  ASSIGN_OR_RETURN(Reasons reasons, question.On(query.date));
  Calm calm = question.CalmAround(query.date);
  // A day on which something happens need not change the answer.
  while (calm.from > kFirstDay) {
    const Day before = calm.from - 1;
    ASSIGN_OR_RETURN(const Reasons earlier, question.On(before));
    if (earlier != reasons) break;
    calm.from = question.CalmAround(before).from;
  }
  while (calm.to < kLastDay) {
    const Day after = calm.to + 1;
    ASSIGN_OR_RETURN(const Reasons later, question.On(after));
    if (later != reasons) break;
    calm.to = question.CalmAround(after).to;
  }
  return Decision{
      .verdict = VerdictOf(reasons.front().reason), .reasons = std::move(reasons), .from = calm.from, .to = calm.to};
}

}  // namespace gi::domain
