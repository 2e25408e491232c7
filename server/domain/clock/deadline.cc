#include "server/domain/clock/deadline.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

struct ModeWords {
  v1::ServiceMode mode;
  const char* chinese;
  const char* english;
};
constexpr ModeWords kModes[] = {
    {v1::SERVICE_MODE_ELECTRONIC, "以电子方式发出", "sent by electronic means"},
    {v1::SERVICE_MODE_PUBLICATION, "公告送达，公告日", "served by publication of"},
    {v1::SERVICE_MODE_POST, "邮寄发出", "sent by post"},
};

const v1::Date& SentOn(const v1::Service& service) {
  return service.mode() == v1::SERVICE_MODE_PUBLICATION ? service.published_on() : service.dispatched_on();
}

v1::ClockStep Step(Day day, std::string chinese, std::string english) {
  v1::ClockStep step;
  *step.mutable_date() = ToDate(day);
  step.set_message_zh(std::move(chinese));
  step.set_message_en(std::move(english));
  return step;
}

}  // namespace

v1::DeadlineState StateOn(const DeadlineRun& run, Day day) {
  if (day < run.begun) return v1::DEADLINE_STATE_UNSPECIFIED;
  if (run.closing != Closing::kNone && run.closed_on <= day) {
    if (run.closed_on > run.due) return v1::DEADLINE_STATE_MISSED;
    return run.closing == Closing::kMet ? v1::DEADLINE_STATE_MET : v1::DEADLINE_STATE_STOPPED;
  }
  for (const auto& [from, to] : run.suspensions) {
    if (from <= day && day < to) return v1::DEADLINE_STATE_STOPPED;
  }
  return day > run.due ? v1::DEADLINE_STATE_MISSED : v1::DEADLINE_STATE_OPEN;
}

std::optional<Served> ServedOn(const v1::Service& service, absl::string_view law, const LawLibrary& laws,
                               Explain explain) {
  Served served;
  if (const std::optional<Day> received = ToDay(service.received_on()); received) {
    served.day = *received;
    if (explain == Explain::kYes) {
      served.steps.push_back(Step(*received, absl::StrCat("通知于 ", FormatDay(*received), " 收到"),
                                  absl::StrCat("the notice was received on ", FormatDay(*received))));
    }
    return served;
  }
  const RuleRows* rows = laws.ServiceRule(service.mode(), law);
  const std::optional<Day> sent = ToDay(SentOn(service));
  if (rows == nullptr || !sent) return std::nullopt;
  const v1::ClockRule& rule = RowOn(*rows, *sent);
  served.day = EndOfClock(rule, *sent, laws.working_days(), Explain::kNo).due;
  if (explain == Explain::kNo) return served;
  for (const ModeWords& words : kModes) {
    if (words.mode != service.mode()) continue;
    served.steps.push_back(
        Step(served.day,
             absl::StrCat(words.chinese, " ", FormatDay(*sent), "，满 ", rule.length().amount(), " 日视为送达：",
                          FormatDay(served.day), "（", rule.source().title(), "）"),
             absl::StrCat(words.english, " ", FormatDay(*sent), ", deemed served when ", rule.length().amount(),
                          " days are full: ", FormatDay(served.day), " (", rule.source().title(), ")")));
  }
  return served;
}

void CheckService(const v1::Service& service, absl::string_view law, const LawLibrary& laws, absl::string_view field,
                  FieldViolations& violations) {
  const bool published = service.mode() == v1::SERVICE_MODE_PUBLICATION;
  const auto later = [&](const v1::Date& earlier, const v1::Date& date, const char* name) {
    const std::optional<Day> first = ToDay(earlier), second = ToDay(date);
    if (!first || !second || *first <= *second) return;
    violations.Add(absl::StrCat(field, ".", name), v1::ERROR_REASON_PERIOD_REVERSED,
                   {{"from", FormatDay(*first)}, {"to", FormatDay(*second)}});
  };
  if (service.has_received_on()) return later(SentOn(service), service.received_on(), "received_on");
  const char* needed = service.mode() == v1::SERVICE_MODE_RECEIVED ? "received_on"
                       : published                                 ? "published_on"
                                                                   : "dispatched_on";
  if (service.mode() == v1::SERVICE_MODE_RECEIVED ||
      !(published ? service.has_published_on() : service.has_dispatched_on())) {
    return violations.Add(absl::StrCat(field, ".", needed), v1::ERROR_REASON_FIELD_REQUIRED);
  }
  if (laws.ServiceRule(service.mode(), law) != nullptr) return;
  violations.Add(
      absl::StrCat(field, ".received_on"), v1::ERROR_REASON_FIELD_MALFORMED,
      {{"value", "absent"},
       {"expected", absl::StrCat("the day of receipt, since no rule of ", law, " says when this counts as served")},
       {"expected_zh", absl::StrCat("收到日期，因为 ", law, " 没有视为送达的规则")}});
}

absl::StatusOr<Deadline> ComputeDeadline(absl::string_view rule_id, absl::string_view law, Day start,
                                         const LawLibrary& laws) {
  const RuleRows* rows = laws.FindRule(rule_id, law);
  const v1::Law* known = laws.FindLaw(law);
  if (rows == nullptr || known == nullptr) {
    return MakeError(v1::ERROR_REASON_RULE_NOT_FOUND, {{"rule", Excerpt(rule_id)}, {"law", Excerpt(law)}});
  }
  const v1::ClockRule& rule = RowOn(*rows, start);
  Deadline deadline{&rule,
                    known->id(),
                    "",
                    0,
                    {},
                    start,
                    EndOfClock(rule, start, laws.working_days()),
                    LatestEnd(rule, start, laws.working_days()),
                    "",
                    {}};
  deadline.run.begun = kFirstDay;
  deadline.run.due = deadline.end.due;
  return deadline;
}

v1::Deadline ToMessage(const Deadline& deadline, absl::string_view kind_name, Day day) {
  v1::Deadline message;
  const v1::ClockRule& rule = *deadline.rule;
  message.set_rule_id(rule.rule_id());
  message.set_step_zh(rule.step_zh());
  message.set_step_en(rule.step_en());
  message.set_law(std::string(deadline.law));
  message.set_party(rule.party());
  message.set_event(std::string(deadline.event));
  message.set_event_kind(std::string(kind_name));
  *message.mutable_start_date() = ToDate(deadline.start);
  if (deadline.end.opens) *message.mutable_opens_on() = ToDate(*deadline.end.opens);
  *message.mutable_nominal_date() = ToDate(deadline.end.nominal);
  *message.mutable_due_date() = ToDate(deadline.end.due);
  if (deadline.latest) *message.mutable_latest_date() = ToDate(*deadline.latest);
  message.set_provisional(deadline.end.provisional);
  message.set_state(StateOn(deadline.run, day));
  if (deadline.run.closing != Closing::kNone && deadline.run.closed_on <= day) {
    message.set_closed_by(std::string(deadline.closed_by));
    *message.mutable_closed_on() = ToDate(deadline.run.closed_on);
  }
  if (message.state() == v1::DEADLINE_STATE_OPEN) message.set_days_left(deadline.end.due.value - day.value);
  for (const v1::ClockStep& step : deadline.end.steps) *message.add_steps() = step;
  *message.mutable_source() = rule.source();
  message.set_consequence_zh(rule.consequence_zh());
  message.set_consequence_en(rule.consequence_en());
  return message;
}

}  // namespace gi::domain
