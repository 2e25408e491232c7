#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/domain/title.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

// The end of a period of grace moves to a working day, which takes the calendar: as far as holidays can move it.
constexpr int kMostDaysOff = 10;

bool StartsTerm(const TitleEvent& event) {
  return event.kind() == TITLE_EVENT_KIND_REGISTERED || event.kind() == TITLE_EVENT_KIND_RENEWED;
}

void AddMalformed(absl::string_view field, std::string value, absl::string_view expected, absl::string_view expected_zh,
                  FieldViolations& violations) {
  violations.Add(
      field, ERROR_REASON_FIELD_MALFORMED,
      {{"value", std::move(value)}, {"expected", std::string(expected)}, {"expected_zh", std::string(expected_zh)}});
}

void CheckTermFields(const Indication& title, const TitleEvent& event, absl::string_view field,
                     FieldViolations& violations) {
  if (!event.has_term_end() && !event.has_grace_end()) return;
  const std::string term_field = absl::StrCat(field, event.has_term_end() ? ".term_end" : ".grace_end");
  if (!HasTerm(title.kind()) || !StartsTerm(event)) {
    return AddMalformed(term_field, FormatDate(event.has_term_end() ? event.term_end() : event.grace_end()),
                        "absent: only REGISTERED and RENEWED of a mark begin a term",
                        "空:只有商标的注册和续展才有有效期", violations);
  }
  const std::optional<Day> first = ToDay(event.effective_from());
  const std::optional<Day> last = ToDay(event.term_end());
  const std::optional<Day> grace = ToDay(event.grace_end());
  if (!event.has_term_end()) violations.Add(absl::StrCat(field, ".term_end"), ERROR_REASON_FIELD_REQUIRED);
  if (event.kind() == TITLE_EVENT_KIND_REGISTERED && first && last && *last < *first) {
    violations.Add(term_field, ERROR_REASON_PERIOD_REVERSED, {{"from", FormatDay(*first)}, {"to", FormatDay(*last)}});
  }
  if (last && grace && *grace < *last) {
    violations.Add(absl::StrCat(field, ".grace_end"), ERROR_REASON_PERIOD_REVERSED,
                   {{"from", FormatDay(*last)}, {"to", FormatDay(*grace)}});
  }
}

void CheckTransfer(const TitleEvent& event, absl::string_view field, FieldViolations& violations) {
  const bool transferred = event.kind() == TITLE_EVENT_KIND_TRANSFERRED;
  const std::string holder_field = absl::StrCat(field, ".new_holder");
  if (transferred && event.new_holder().empty()) violations.Add(holder_field, ERROR_REASON_FIELD_REQUIRED);
  if (!transferred && !event.new_holder().empty()) {
    AddMalformed(holder_field, Excerpt(event.new_holder()), "empty, except for TRANSFERRED", "空(转让事件除外)",
                 violations);
  }
  if (transferred && !event.items().empty()) {
    AddMalformed(absl::StrCat(field, ".items"), Excerpt(event.items(0)), "empty: a title is transferred as a whole",
                 "空:地理标志须整体转让", violations);
  }
}

void CheckNewName(const TitleEvent& event, absl::string_view field, FieldViolations& violations) {
  const bool changed = event.kind() == TITLE_EVENT_KIND_NAME_CHANGED;
  const std::string name_field = absl::StrCat(field, ".new_name");
  if (changed && event.new_name().empty()) violations.Add(name_field, ERROR_REASON_FIELD_REQUIRED);
  if (!changed && !event.new_name().empty()) {
    AddMalformed(name_field, Excerpt(event.new_name()), "empty, except for NAME_CHANGED", "空(变更名义事件除外)",
                 violations);
  }
}

// The end of the period of grace after a term, as it was recorded with the term; without that, the default.
Day GraceAfter(const Indication& title, Day term_end) {
  Day grace = GraceEnd(term_end);
  for (const TitleEvent& event : title.events()) {
    const std::optional<Day> recorded = ToDay(event.grace_end());
    if (recorded && ToDay(event.term_end()) == term_end) grace = std::max(grace, *recorded);
  }
  return grace;
}

// 商标法 (2019) art. 40: within twelve months before the end of the term, or in the six months after it.
void CheckRenewalTime(const Indication& title, const TitleEvent& event, absl::string_view field,
                      FieldViolations& violations) {
  const std::optional<Day> asked = ToDay(event.received_on());
  if (event.kind() != TITLE_EVENT_KIND_RENEWED || !asked) return;
  const std::optional<Day> running = RunningTermEnd(title, event);
  if (!running) return;
  const Day grace = GraceAfter(title, *running);
  if (RenewalOpens(*running) <= *asked && *asked <= grace + kMostDaysOff) return;
  violations.Add(absl::StrCat(field, ".received_on"), ERROR_REASON_FIELD_CONTRADICTS,
                 {{"value", FormatDay(*asked)},
                  {"other", absl::StrCat("the term that ends on ", FormatDay(*running))},
                  {"expected", absl::StrCat("a day from ", FormatDay(RenewalOpens(*running)), " to ", FormatDay(grace),
                                            ", or the first working day after it")},
                  {"expected_zh", absl::StrCat(FormatDay(RenewalOpens(*running)), " 至 ", FormatDay(grace),
                                               "（或其后第一个工作日）之间的日期")}});
}

void CheckItems(const Indication& title, const TitleEvent& event, absl::string_view field,
                FieldViolations& violations) {
  for (int i = 0; i < event.items_size(); ++i) {
    const std::string& id = event.items(i);
    if (std::any_of(title.goods().begin(), title.goods().end(),
                    [&](const GoodsItem& item) { return item.id() == id; })) {
      continue;
    }
    AddMalformed(absl::StrCat(field, ".items[", i, "]"), Excerpt(id), "the id of a goods item of the title",
                 "该地理标志某一商品项目的编号", violations);
  }
}

void CheckLaw(const Indication& title, const TitleEvent& event, absl::string_view field, FieldViolations& violations) {
  const std::string law_field = absl::StrCat(field, ".law_version");
  if (!LawFits(title.kind(), event.law_version())) {
    AddMalformed(law_field, LawVersion_Name(event.law_version()), "a law that this kind of title is under",
                 "适用于该类地理标志的法律", violations);
  } else if (event.kind() == TITLE_EVENT_KIND_SURRENDERED && event.law_version() == LAW_VERSION_UNSPECIFIED) {
    violations.Add(law_field, ERROR_REASON_FIELD_REQUIRED);
  }
}

}  // namespace

void CheckTitleEvent(const Indication& title, const TitleEvent& event, absl::string_view field,
                     FieldViolations& violations) {
  if (IsAnnulment(event)) {
    if (event.annuls().empty()) violations.Add(absl::StrCat(field, ".annuls"), ERROR_REASON_FIELD_REQUIRED);
    return;
  }
  if (!event.annuls().empty()) {
    AddMalformed(absl::StrCat(field, ".annuls"), Excerpt(event.annuls()), "empty, except for ANNULMENT",
                 "空(撤回事件除外)", violations);
  }
  const EffectRule* rule = FindEffectRule(title.kind(), event);
  if (rule != nullptr && !HasDate(*rule, event) && !MayBeUndated(title.kind(), *rule)) {
    violations.Add(absl::StrCat(field, ".", FieldOf(rule->date)), ERROR_REASON_FIELD_REQUIRED);
  }
  CheckLaw(title, event, field, violations);
  CheckItems(title, event, field, violations);
  CheckTransfer(event, field, violations);
  CheckNewName(event, field, violations);
  CheckRenewalTime(title, event, field, violations);
  CheckTermFields(title, event, field, violations);
}

}  // namespace gi::domain
