#include "server/domain/clock/icalendar.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "storage/base/date.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr size_t kMostOctets = 75;
constexpr int kRemindDaysBefore = 7;

// RFC 5545, 3.3.11.
std::string Escape(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"\\", "\\\\"}, {";", "\\;"}, {",", "\\,"}, {"\r\n", "\\n"}, {"\n", "\\n"}, {"\r", ""}});
}

bool BeginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

class Lines {
 public:
  // RFC 5545, 3.1: a long line goes on in the next, after a space; characters are not cut apart.
  void Add(absl::string_view line) {
    size_t room = kMostOctets;
    while (line.size() > room) {
      size_t cut = room;
      while (!BeginsCharacter(line[cut])) --cut;
      absl::StrAppend(&text_, line.substr(0, cut), "\r\n ");
      line.remove_prefix(cut);
      room = kMostOctets - 1;
    }
    absl::StrAppend(&text_, line, "\r\n");
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string DateText(Day day) { return absl::StrReplaceAll(FormatDay(day), {{"-", ""}}); }

const char* StatusOf(const v1::Deadline& deadline) {
  if (deadline.state() == v1::DEADLINE_STATE_STOPPED) return "CANCELLED";
  return deadline.provisional() ? "TENTATIVE" : "CONFIRMED";
}

std::string StateText(v1::DeadlineState state, bool chinese) {
  switch (state) {
    case v1::DEADLINE_STATE_OPEN:
      return chinese ? "未届满" : "open";
    case v1::DEADLINE_STATE_MET:
      return chinese ? "已办" : "met";
    case v1::DEADLINE_STATE_MISSED:
      return chinese ? "逾期" : "missed";
    case v1::DEADLINE_STATE_STOPPED:
      return chinese ? "已停止" : "stopped";
    default:
      return "";
  }
}

std::string Description(const v1::Deadline& deadline, bool chinese) {
  std::vector<std::string> lines;
  lines.push_back(absl::StrCat(chinese ? "状态：" : "State: ", StateText(deadline.state(), chinese)));
  for (const v1::ClockStep& step : deadline.steps()) lines.push_back(chinese ? step.message_zh() : step.message_en());
  lines.push_back(absl::StrCat(chinese ? "依据：" : "Source: ", deadline.source().title(), " [", deadline.rule_id(),
                               ", ", deadline.law(), "]"));
  if (!deadline.source().verified()) lines.push_back(chinese ? "该规则尚未核实" : "This rule is not verified");
  const std::string& consequence = chinese ? deadline.consequence_zh() : deadline.consequence_en();
  if (!consequence.empty()) lines.push_back(absl::StrCat(chinese ? "逾期后果：" : "If missed: ", consequence));
  lines.push_back(deadline.subject());
  return absl::StrJoin(lines, "\n");
}

void AddEvent(const v1::Deadline& deadline, absl::string_view uid_domain, const std::string& stamp, bool chinese,
              Lines& lines) {
  const std::optional<Day> due = ToDay(deadline.due_date());
  if (!due) return;
  lines.Add("BEGIN:VEVENT");
  lines.Add(
      absl::StrCat("UID:",
                   Escape(absl::StrCat(deadline.subject(), "/", deadline.event(), ".", deadline.rule_id(),
                                       deadline.items().empty() ? "" : ".", absl::StrJoin(deadline.items(), "."))),
                   "@", uid_domain));
  lines.Add(absl::StrCat("DTSTAMP:", stamp));
  lines.Add(absl::StrCat("DTSTART;VALUE=DATE:", DateText(*due)));
  lines.Add(absl::StrCat("DTEND;VALUE=DATE:", DateText(*due + 1)));
  const std::string& step = chinese ? deadline.step_zh() : deadline.step_en();
  lines.Add(absl::StrCat(
      "SUMMARY:", Escape(absl::StrCat(deadline.subject_name(), chinese ? "：" : ": ", step,
                                      deadline.provisional() ? (chinese ? "（暂定）" : " (provisional)") : ""))));
  lines.Add(absl::StrCat("DESCRIPTION:", Escape(Description(deadline, chinese))));
  lines.Add(absl::StrCat("CATEGORIES:", Escape(deadline.rule_id())));
  lines.Add(absl::StrCat("STATUS:", StatusOf(deadline)));
  lines.Add("TRANSP:TRANSPARENT");
  if (deadline.state() == v1::DEADLINE_STATE_OPEN) {
    lines.Add("BEGIN:VALARM");
    lines.Add("ACTION:DISPLAY");
    lines.Add(absl::StrCat("DESCRIPTION:", Escape(step)));
    lines.Add(absl::StrCat("TRIGGER:-P", kRemindDaysBefore, "D"));
    lines.Add("END:VALARM");
  }
  lines.Add("END:VEVENT");
}

}  // namespace

std::string ToICalendar(const std::vector<v1::Deadline>& deadlines, absl::string_view uid_domain, absl::Time stamp,
                        Language language) {
  const bool chinese = language == Language::kChinese;
  Lines lines;
  lines.Add("BEGIN:VCALENDAR");
  lines.Add("VERSION:2.0");
  lines.Add("PRODID:-//GI Registry//Deadlines//EN");
  lines.Add("CALSCALE:GREGORIAN");
  lines.Add("METHOD:PUBLISH");
  lines.Add(absl::StrCat("X-WR-CALNAME:", chinese ? "地理标志法定期限" : "GI deadlines"));
  const std::string stamp_text = absl::FormatTime("%Y%m%dT%H%M%SZ", stamp, absl::UTCTimeZone());
  for (const v1::Deadline& deadline : deadlines) AddEvent(deadline, uid_domain, stamp_text, chinese, lines);
  lines.Add("END:VCALENDAR");
  return lines.Take();
}

}  // namespace gi::domain
