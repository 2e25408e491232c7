#include "server/domain/title.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace gi::domain {
namespace {

using registry::v1::Indication;
using registry::v1::IndicationKind;
using registry::v1::TitleEvent;
using registry::v1::TitleState;
using namespace registry::v1;

// From nearest to farthest from being in force.
constexpr TitleState kNearness[] = {TITLE_STATE_IN_GRACE,   TITLE_STATE_PENDING, TITLE_STATE_SURRENDERED,
                                    TITLE_STATE_LAPSED,     TITLE_STATE_REVOKED, TITLE_STATE_REFUSED,
                                    TITLE_STATE_INVALIDATED};

bool StartsTerm(const TitleEvent& event) {
  return event.kind() == TITLE_EVENT_KIND_REGISTERED || event.kind() == TITLE_EVENT_KIND_RENEWED;
}

// What it changes is not the state.
bool ConcernsHolder(const TitleEvent& event) {
  return event.kind() == TITLE_EVENT_KIND_TRANSFERRED || event.kind() == TITLE_EVENT_KIND_NAME_CHANGED;
}

struct Term {
  Day last = kLastDay;
  Day grace = kLastDay;
};

// `first`: the first day of the term, if the event does not say its last.
Term TermOf(const TitleEvent& event, Day first) {
  Term term;
  const std::optional<Day> last = ToDay(event.term_end());
  term.last = last ? *last : TermEnd(first);
  const std::optional<Day> grace = ToDay(event.grace_end());
  term.grace = std::max(term.last, grace ? *grace : GraceEnd(term.last));
  return term;
}

Course<TitleEvent> CourseOf(const Indication& title) {
  return InOrderOfEffect(title.events(), [&title](const TitleEvent& event) { return DayOf(title.kind(), event); });
}

bool Concerns(const TitleEvent& event, const Indication& title, int item) {
  if (event.items().empty()) return true;
  return item < title.goods_size() &&
         std::find(event.items().begin(), event.items().end(), title.goods(item).id()) != event.items().end();
}

// The course of one goods item, events taken in their order.
class ItemCourse {
 public:
  explicit ItemCourse(IndicationKind kind) : kind_(kind) { segments_.push_back({kFirstDay, TITLE_STATE_PENDING}); }

  TitleState StateOn(Day day) const {
    if (state() != TITLE_STATE_IN_FORCE || day <= term_.last) return state();
    return day <= term_.grace ? TITLE_STATE_IN_GRACE : TITLE_STATE_LAPSED;
  }

  bool Allows(const TitleEvent& event, Day day) const { return Next(event, day).has_value(); }

  // Requires an event that is allowed. RENEWED: the new term ends after the running one.
  bool Lengthens(const TitleEvent& event) const { return TermOf(event, term_.last + 1).last > term_.last; }

  // An event that is not allowed changes nothing.
  void Apply(const TitleEvent& event, Day day) {
    const std::optional<TitleState> next = Next(event, day);
    if (!next || ConcernsHolder(event)) return;
    if (*next == TITLE_STATE_INVALIDATED) {
      segments_.assign(1, {kFirstDay, *next});
    } else if (*next != state()) {
      segments_ = Finish();
      while (segments_.size() > 1 && segments_.back().from >= day) segments_.pop_back();
      Push(day, *next);
    }
    if (HasTerm(kind_) && event.kind() == TITLE_EVENT_KIND_REGISTERED) term_ = TermOf(event, day);
    if (event.kind() == TITLE_EVENT_KIND_RENEWED && Lengthens(event)) term_ = TermOf(event, term_.last + 1);
  }

  // The segments if nothing more happens.
  TitleTimeline::Segments Finish() const {
    ItemCourse finished = *this;
    if (state() == TITLE_STATE_IN_FORCE && term_.last < kLastDay) {
      if (term_.last < term_.grace) finished.Push(term_.last + 1, TITLE_STATE_IN_GRACE);
      finished.Push(term_.grace + 1, TITLE_STATE_LAPSED);
    }
    return std::move(finished.segments_);
  }

  std::optional<Day> running_term_end() const {
    if (!HasTerm(kind_) || state() != TITLE_STATE_IN_FORCE) return std::nullopt;
    return term_.last;
  }

 private:
  // After the last event: the end of a term is not one, so it can still be put off.
  TitleState state() const { return segments_.back().state; }

  std::optional<TitleState> Next(const TitleEvent& event, Day day) const {
    return NextState(TitleTransitions(), StateOn(day), event.kind(), KindBit(kind_));
  }

  void Push(Day from, TitleState state) {
    if (segments_.back().from == from) segments_.pop_back();
    if (segments_.empty() || segments_.back().state != state) segments_.push_back({from, state});
  }

  IndicationKind kind_;
  TitleTimeline::Segments segments_;
  Term term_;
};

using ItemCourses = absl::InlinedVector<ItemCourse, 4>;

// OK if the event can happen to enough of the items concerned.
absl::Status CheckStep(const Indication& title, const ItemCourses& items, const DatedEvent<TitleEvent>& step) {
  const TitleEvent& event = *step.event;
  const bool every = !event.items().empty() || event.kind() == TITLE_EVENT_KIND_REGISTERED;
  const ItemCourse* refusing = nullptr;
  bool any = false;
  bool lengthens = event.kind() != TITLE_EVENT_KIND_RENEWED;
  for (int i = 0; i < static_cast<int>(items.size()); ++i) {
    const ItemCourse& item = items[static_cast<size_t>(i)];
    if (!Concerns(event, title, i)) continue;
    if (item.Allows(event, step.day)) {
      any = true;
      lengthens = lengthens || item.Lengthens(event);
    } else if (refusing == nullptr) {
      refusing = &item;
    }
  }
  if (refusing != nullptr && (every || !any)) {
    return IllegalTransition(title.name(), TitleTransitions(), refusing->StateOn(step.day), event.kind(), step.day,
                             KindBit(title.kind()));
  }
  if (!any || lengthens) return absl::OkStatus();
  const auto place = std::find_if(title.events().begin(), title.events().end(),
                                  [&event](const TitleEvent& e) { return &e == &event; }) -
                     title.events().begin();
  return MakeError(ERROR_REASON_PERIOD_REVERSED,
                   {{"field", absl::StrCat("events[", place, "].term_end")},
                    {"from", FormatDay(RunningTermEnd(title, event).value_or(step.day) + 1)},
                    {"to", FormatDate(event.term_end())}});
}

}  // namespace

TitleTimeline::TitleTimeline(const Indication& title) : items_(title.goods_size()) {
  const Course<TitleEvent> course = CourseOf(title);
  const bool alike = items_ <= 1 || std::all_of(course.begin(), course.end(),
                                                [](const auto& step) { return step.event->items().empty(); });
  const int tracks = alike ? 1 : items_;
  tracks_.reserve(static_cast<size_t>(tracks));
  for (int i = 0; i < tracks; ++i) {
    ItemCourse item(title.kind());
    for (const auto& [event, day] : course) {
      if (Concerns(*event, title, i)) item.Apply(*event, day);
    }
    tracks_.push_back(item.Finish());
  }
}

TitleState TitleTimeline::StateOn(Day day) const {
  TitleState state = ItemStateOn(0, day);
  for (int i = 1; i < static_cast<int>(tracks_.size()); ++i) state = Combine(state, ItemStateOn(i, day));
  return state;
}

TitleState TitleTimeline::ItemStateOn(int item, Day day) const {
  const absl::Span<const Segment> segments = ItemSegments(item);
  const auto after = std::upper_bound(segments.begin(), segments.end(), day,
                                      [](Day a, const Segment& segment) { return a < segment.from; });
  return after == segments.begin() ? segments.front().state : (after - 1)->state;
}

absl::Span<const TitleTimeline::Segment> TitleTimeline::ItemSegments(int item) const {
  return tracks_[uniform() ? 0 : static_cast<size_t>(item)];
}

TitleState TitleTimeline::Combine(TitleState a, TitleState b) {
  if (a == b) return a;
  const auto in_force = [](TitleState s) { return s == TITLE_STATE_IN_FORCE || s == TITLE_STATE_PARTLY_IN_FORCE; };
  if (in_force(a) || in_force(b)) return TITLE_STATE_PARTLY_IN_FORCE;
  for (const TitleState state : kNearness) {
    if (state == a || state == b) return state;
  }
  return a;
}

void DeriveState(Day day, Indication& title) {
  const TitleTimeline timeline(title);
  const TitleState state = timeline.StateOn(day);
  title.set_state(state);
  title.clear_item_states();
  const auto differs = [&](int i) { return timeline.ItemStateOn(i, day) != timeline.ItemStateOn(0, day); };
  bool any = false;
  for (int i = 1; i < timeline.items() && !any; ++i) any = differs(i);
  for (int i = 0; any && i < timeline.items(); ++i) {
    ItemState& item = *title.add_item_states();
    item.set_item(title.goods(i).id());
    item.set_state(timeline.ItemStateOn(i, day));
  }
  title.set_effective_holder(std::string(HolderOn(title, day)));
  title.set_holder_name(std::string(HolderNameOn(title, day)));
  for (const auto& [event, from] : CourseOf(title)) {
    if (event->kind() != TITLE_EVENT_KIND_REGISTERED || from == kFirstDay) continue;
    *title.mutable_protected_since() = ToDate(from);
    break;
  }
}

absl::string_view HolderNameOn(const Indication& title, Day day) {
  absl::string_view name;
  for (const auto& [event, from] : CourseOf(title)) {
    if (from > day) break;
    if (ConcernsHolder(*event)) name = event->new_name();
  }
  return name;
}

absl::string_view HolderOn(const Indication& title, Day day) {
  absl::string_view holder = title.holder();
  for (const auto& [event, from] : CourseOf(title)) {
    if (from > day) break;
    if (event->kind() == TITLE_EVENT_KIND_TRANSFERRED) holder = event->new_holder();
  }
  return holder;
}

std::optional<Day> LastTermEnd(const Indication& title) {
  std::optional<Day> last;
  if (!HasTerm(title.kind())) return last;
  for (const auto& [event, from] : CourseOf(title)) {
    const std::optional<Day> end = StartsTerm(*event) ? ToDay(event->term_end()) : std::nullopt;
    if (end && (!last || *end > *last)) last = end;
  }
  return last;
}

std::optional<Day> RunningTermEnd(const Indication& title, const TitleEvent& event) {
  const std::optional<Day> day = DayOf(title.kind(), event);
  if (!day) return std::nullopt;
  const Course<TitleEvent> course = CourseOf(title);
  std::optional<Day> earliest;
  for (int i = 0; i < std::max(title.goods_size(), 1); ++i) {
    if (!Concerns(event, title, i)) continue;
    ItemCourse item(title.kind());
    for (const auto& step : course) {
      if (step.event == &event || step.day > *day) break;
      if (Concerns(*step.event, title, i)) item.Apply(*step.event, step.day);
    }
    const std::optional<Day> end = item.running_term_end();
    if (end && (!earliest || *end < *earliest)) earliest = end;
  }
  return earliest;
}

void FillTerm(IndicationKind kind, std::optional<Day> running, TitleEvent& event) {
  if (!HasTerm(kind) || !StartsTerm(event)) return;
  const bool renewed = event.kind() == TITLE_EVENT_KIND_RENEWED;
  const std::optional<Day> first = renewed ? running : ToDay(event.effective_from());
  if (!first) return;
  const Term term = TermOf(event, renewed ? *first + 1 : *first);
  // A term that ends after the year 9999 cannot be written down.
  const Date last = ToDate(term.last);
  const Date grace = ToDate(term.grace);
  if (!event.has_term_end() && last.year() != 0) *event.mutable_term_end() = last;
  if (!event.has_grace_end() && grace.year() != 0) *event.mutable_grace_end() = grace;
}

absl::Status CheckTitleCourse(const Indication& title) {
  RETURN_IF_ERROR(CheckAnnulments(title.name(), title.events()));
  ItemCourses items(static_cast<size_t>(std::max(title.goods_size(), 1)), ItemCourse(title.kind()));
  for (const DatedEvent<TitleEvent>& step : CourseOf(title)) {
    RETURN_IF_ERROR(CheckStep(title, items, step));
    for (int i = 0; i < static_cast<int>(items.size()); ++i) {
      if (Concerns(*step.event, title, i)) items[static_cast<size_t>(i)].Apply(*step.event, step.day);
    }
  }
  return absl::OkStatus();
}

}  // namespace gi::domain
