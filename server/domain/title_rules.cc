#include "server/domain/title_rules.h"

#include <algorithm>

namespace gi::domain {
namespace {

using namespace registry::v1;

constexpr LawVersion kAnyLaw = LAW_VERSION_UNSPECIFIED;
constexpr uint32_t kGiProduct = KindBit(INDICATION_KIND_GI_PRODUCT);
constexpr uint32_t kAgi = KindBit(INDICATION_KIND_AGI);
constexpr uint32_t kForeign = KindBit(INDICATION_KIND_FOREIGN);

constexpr absl::string_view kAsRecorded = "the date given by the register of the title";
constexpr absl::string_view kBothLaws = "商标法 (2019); 商标法 (2026)";
constexpr absl::string_view kAssumed = "no rule confirmed for this kind of title";

constexpr EffectRule kEffectRules[] = {
    {TITLE_EVENT_KIND_APPLIED, kAllKinds, kAnyLaw, EventDate::kEffectiveFrom, false, kAsRecorded, true},
    {TITLE_EVENT_KIND_PUBLISHED, kAllKinds, kAnyLaw, EventDate::kEffectiveFrom, false, kAsRecorded, true},
    {TITLE_EVENT_KIND_REGISTERED, kAllKinds, kAnyLaw, EventDate::kEffectiveFrom, false, kAsRecorded, true},
    {TITLE_EVENT_KIND_RENEWED, kAllKinds, kAnyLaw, EventDate::kEffectiveFrom, false, kAsRecorded, true},
    {TITLE_EVENT_KIND_REFUSED, kAllKinds, kAnyLaw, EventDate::kEffectiveFrom, false, kAsRecorded, true},
    {TITLE_EVENT_KIND_TRANSFERRED, kAllKinds, kAnyLaw, EventDate::kEffectiveFrom, false, kAsRecorded, true},
    {TITLE_EVENT_KIND_NAME_CHANGED, kAllKinds, kAnyLaw, EventDate::kEffectiveFrom, false, kAsRecorded, true},
    {TITLE_EVENT_KIND_REVOKED, kMarks, kAnyLaw, EventDate::kAnnouncedOn, false, kBothLaws, true},
    {TITLE_EVENT_KIND_REVOKED, kNotMarks, kAnyLaw, EventDate::kAnnouncedOn, false, kAssumed, false},
    {TITLE_EVENT_KIND_INVALIDATED, kMarks, kAnyLaw, EventDate::kAnnouncedOn, true, kBothLaws, true},
    {TITLE_EVENT_KIND_INVALIDATED, kNotMarks, kAnyLaw, EventDate::kAnnouncedOn, true, kAssumed, false},
    {TITLE_EVENT_KIND_SURRENDERED, kMarks, LAW_VERSION_TRADEMARK_2019, EventDate::kReceivedOn, false, "实施条例 (2014)",
     true},
    {TITLE_EVENT_KIND_SURRENDERED, kMarks, LAW_VERSION_TRADEMARK_2026, EventDate::kAnnouncedOn, false, "商标法 (2026)",
     true},
    {TITLE_EVENT_KIND_SURRENDERED, kNotMarks, kAnyLaw, EventDate::kAnnouncedOn, false, kAssumed, false},
};

constexpr TermRule kTermRules[] = {
    {"term", 120, "商标法 (2019) art. 39; 实施条例 (2014) art. 12 para. 2", true},
    {"grace", 6, "商标法 (2019) art. 40; 商标法 (2026) art. 44", true},
    {"renewal window", 12, "商标法 (2019) art. 40; 商标法 (2026) art. 44", true},
};
constexpr const TermRule& kTerm = kTermRules[0];
constexpr const TermRule& kGrace = kTermRules[1];
constexpr const TermRule& kWindow = kTermRules[2];

struct LawKinds {
  LawVersion law;
  uint32_t kinds;
};

constexpr LawKinds kLawKinds[] = {
    {LAW_VERSION_UNSPECIFIED, kAllKinds},
    {LAW_VERSION_TRADEMARK_2019, kMarks},
    {LAW_VERSION_TRADEMARK_2026, kMarks},
    {LAW_VERSION_GI_PRODUCT_2005, kGiProduct},
    // AGIs are converted to GI products under it.
    {LAW_VERSION_GI_PRODUCT_2024, kGiProduct | kAgi},
    {LAW_VERSION_AGI_2008, kAgi},
    {LAW_VERSION_FOREIGN, kForeign},
};

constexpr TitleTransition kTransitions[] = {
    {TITLE_STATE_PENDING, TITLE_EVENT_KIND_TRANSFERRED, TITLE_STATE_PENDING},
    {TITLE_STATE_IN_FORCE, TITLE_EVENT_KIND_TRANSFERRED, TITLE_STATE_IN_FORCE},
    {TITLE_STATE_IN_GRACE, TITLE_EVENT_KIND_TRANSFERRED, TITLE_STATE_IN_GRACE},
    {TITLE_STATE_PENDING, TITLE_EVENT_KIND_NAME_CHANGED, TITLE_STATE_PENDING},
    {TITLE_STATE_IN_FORCE, TITLE_EVENT_KIND_NAME_CHANGED, TITLE_STATE_IN_FORCE},
    {TITLE_STATE_IN_GRACE, TITLE_EVENT_KIND_NAME_CHANGED, TITLE_STATE_IN_GRACE},
    {TITLE_STATE_PENDING, TITLE_EVENT_KIND_APPLIED, TITLE_STATE_PENDING},
    {TITLE_STATE_PENDING, TITLE_EVENT_KIND_PUBLISHED, TITLE_STATE_PENDING},
    {TITLE_STATE_PENDING, TITLE_EVENT_KIND_REGISTERED, TITLE_STATE_IN_FORCE},
    {TITLE_STATE_PENDING, TITLE_EVENT_KIND_REFUSED, TITLE_STATE_REFUSED},
    // A foreign refusal without a date comes before everything that has one.
    {TITLE_STATE_REFUSED, TITLE_EVENT_KIND_APPLIED, TITLE_STATE_REFUSED, kForeign},
    {TITLE_STATE_REFUSED, TITLE_EVENT_KIND_PUBLISHED, TITLE_STATE_REFUSED, kForeign},
    // A review or a court may overcome a refusal.
    {TITLE_STATE_REFUSED, TITLE_EVENT_KIND_REGISTERED, TITLE_STATE_IN_FORCE},
    {TITLE_STATE_IN_FORCE, TITLE_EVENT_KIND_APPLIED, TITLE_STATE_IN_FORCE},
    {TITLE_STATE_IN_FORCE, TITLE_EVENT_KIND_PUBLISHED, TITLE_STATE_IN_FORCE},
    // A foreign registration without a date comes before the refusal that it overcame.
    {TITLE_STATE_IN_FORCE, TITLE_EVENT_KIND_REFUSED, TITLE_STATE_IN_FORCE, kForeign},
    {TITLE_STATE_IN_FORCE, TITLE_EVENT_KIND_RENEWED, TITLE_STATE_IN_FORCE, kMarks},
    {TITLE_STATE_IN_FORCE, TITLE_EVENT_KIND_REVOKED, TITLE_STATE_REVOKED},
    {TITLE_STATE_IN_FORCE, TITLE_EVENT_KIND_INVALIDATED, TITLE_STATE_INVALIDATED},
    {TITLE_STATE_IN_FORCE, TITLE_EVENT_KIND_SURRENDERED, TITLE_STATE_SURRENDERED},
    {TITLE_STATE_IN_GRACE, TITLE_EVENT_KIND_RENEWED, TITLE_STATE_IN_FORCE, kMarks},
    {TITLE_STATE_IN_GRACE, TITLE_EVENT_KIND_REVOKED, TITLE_STATE_REVOKED},
    {TITLE_STATE_IN_GRACE, TITLE_EVENT_KIND_INVALIDATED, TITLE_STATE_INVALIDATED},
    {TITLE_STATE_IN_GRACE, TITLE_EVENT_KIND_SURRENDERED, TITLE_STATE_SURRENDERED},
    // Asked for in time, decided after the period of grace.
    {TITLE_STATE_LAPSED, TITLE_EVENT_KIND_RENEWED, TITLE_STATE_IN_FORCE, kMarks},
    // What has ended can still be found never to have existed.
    {TITLE_STATE_LAPSED, TITLE_EVENT_KIND_INVALIDATED, TITLE_STATE_INVALIDATED},
    {TITLE_STATE_REVOKED, TITLE_EVENT_KIND_INVALIDATED, TITLE_STATE_INVALIDATED},
    {TITLE_STATE_SURRENDERED, TITLE_EVENT_KIND_INVALIDATED, TITLE_STATE_INVALIDATED},
};

const Date& DateOf(const EffectRule& rule, const TitleEvent& event) {
  switch (rule.date) {
    case EventDate::kAnnouncedOn:
      return event.announced_on();
    case EventDate::kReceivedOn:
      return event.received_on();
    case EventDate::kEffectiveFrom:
      break;
  }
  return event.effective_from();
}

}  // namespace

absl::string_view FieldOf(EventDate date) {
  switch (date) {
    case EventDate::kAnnouncedOn:
      return "announced_on";
    case EventDate::kReceivedOn:
      return "received_on";
    case EventDate::kEffectiveFrom:
      break;
  }
  return "effective_from";
}

absl::Span<const EffectRule> EffectRules() { return kEffectRules; }

const EffectRule* FindEffectRule(IndicationKind kind, const TitleEvent& event) {
  for (const EffectRule& rule : kEffectRules) {
    if (rule.event == event.kind() && (rule.kinds & KindBit(kind)) != 0 &&
        (rule.law == kAnyLaw || rule.law == event.law_version())) {
      return &rule;
    }
  }
  return nullptr;
}

bool HasDate(const EffectRule& rule, const TitleEvent& event) {
  switch (rule.date) {
    case EventDate::kAnnouncedOn:
      return event.has_announced_on();
    case EventDate::kReceivedOn:
      return event.has_received_on();
    case EventDate::kEffectiveFrom:
      break;
  }
  return event.has_effective_from();
}

bool MayBeUndated(IndicationKind kind, const EffectRule& rule) {
  return kind == INDICATION_KIND_FOREIGN && rule.date == EventDate::kEffectiveFrom;
}

std::optional<Day> DayOf(IndicationKind kind, const TitleEvent& event) {
  const EffectRule* rule = FindEffectRule(kind, event);
  if (rule == nullptr) return std::nullopt;
  if (!HasDate(*rule, event)) return MayBeUndated(kind, *rule) ? std::make_optional(kFirstDay) : std::nullopt;
  return ToDay(DateOf(*rule, event));
}

bool LawFits(IndicationKind kind, LawVersion law) {
  return std::any_of(std::begin(kLawKinds), std::end(kLawKinds),
                     [&](const LawKinds& row) { return row.law == law && (row.kinds & KindBit(kind)) != 0; });
}

absl::Span<const TermRule> TermRules() { return kTermRules; }

Day TermEnd(Day first) {
  const Day corresponding = AddMonths(first, kTerm.months);
  return ToDate(corresponding).day() == ToDate(first).day() ? corresponding - 1 : corresponding;
}

Day GraceEnd(Day term_end) { return AddMonths(term_end, kGrace.months); }

Day RenewalOpens(Day term_end) { return AddMonths(term_end, -kWindow.months) + 1; }

absl::Span<const TitleTransition> TitleTransitions() { return kTransitions; }

}  // namespace gi::domain
