#include "client/gictl/deadlines.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/gictl/labels.h"
#include "storage/base/date.h"

namespace gi::client::gictl {

namespace v1 = registry::v1;

std::vector<std::string> DeadlineHead(const Session& session) {
  return {session.Say("到期日", "due"), session.Say("状态", "state"), session.Say("剩余天数", "days left"),
          session.Say("规则", "rule"), session.Say("事项", "step")};
}

std::vector<std::string> DeadlineCells(const Session& session, const v1::Deadline& deadline) {
  std::string due = FormatDate(deadline.due_date());
  if (deadline.provisional()) absl::StrAppend(&due, session.Say("（暂定）", " (provisional)"));
  const bool open = deadline.state() == v1::DEADLINE_STATE_OPEN;
  return {std::move(due), EnumLabel(*v1::DeadlineState_descriptor(), deadline.state(), session.language),
          open ? absl::StrCat(deadline.days_left()) : "", deadline.rule_id(),
          session.Say(deadline.step_zh().c_str(), deadline.step_en().c_str())};
}

std::vector<std::string> ExplainDeadline(const Session& session, const v1::Deadline& deadline) {
  std::vector<std::string> lines;
  const auto add = [&lines](absl::string_view label, absl::string_view text) {
    if (!text.empty()) lines.push_back(absl::StrCat("    ", label, text));
  };
  for (const v1::ClockStep& step : deadline.steps()) {
    add(absl::StrCat(FormatDate(step.date()), "  "), session.Say(step.message_zh().c_str(), step.message_en().c_str()));
  }
  add(session.Say("最早可办：", "not before: "), FormatDate(deadline.opens_on()));
  add(session.Say("最长可延至：", "with the longest extension: "), FormatDate(deadline.latest_date()));
  add(session.Say("了结：", "closed: "), FormatDate(deadline.closed_on()));
  add(session.Say("逾期后果：", "if it is missed: "),
      session.Say(deadline.consequence_zh().c_str(), deadline.consequence_en().c_str()));
  const char* unverified = session.Say("（未与公布文本核对）", " (not compared with the published text)");
  if (deadline.has_source()) {
    add(session.Say("依据：", "basis: "),
        absl::StrCat(deadline.source().title(), deadline.source().verified() ? "" : unverified));
  }
  return lines;
}

}  // namespace gi::client::gictl
