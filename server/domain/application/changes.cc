#include "server/domain/application/changes.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/domain/events.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

std::string CourseText(const ApplicationCourse& course, int item) {
  std::vector<std::string> parts;
  for (const ApplicationCourse::Segment& segment : course.ItemSegments(item)) {
    if (segment.from != kFirstDay)
      parts.push_back(absl::StrCat(FormatDay(segment.from), " ", ShortName(segment.state)));
  }
  return absl::StrJoin(parts, "; ");
}

std::string DeadlineText(const Deadline& deadline) {
  std::string text = absl::StrCat("due ", FormatDay(deadline.end.due));
  if (deadline.end.provisional) text += " (provisional)";
  if (deadline.run.closing == Closing::kNone) return text;
  const bool late = deadline.run.closed_on > deadline.run.due;
  const char* word = late ? "missed, closed" : deadline.run.closing == Closing::kMet ? "met" : "stopped";
  return absl::StrCat(text, ", ", word, " ", FormatDay(deadline.run.closed_on));
}

// Both courses from the first step on that differs.
void CutCommonBeginning(std::string& before, std::string& after) {
  const std::vector<std::string> old_steps = absl::StrSplit(before, "; ");
  const std::vector<std::string> new_steps = absl::StrSplit(after, "; ");
  const auto [old_rest, new_rest] =
      std::mismatch(old_steps.begin(), old_steps.end(), new_steps.begin(), new_steps.end());
  before = absl::StrJoin(old_rest, old_steps.end(), "; ");
  after = absl::StrJoin(new_rest, new_steps.end(), "; ");
}

}  // namespace

Consequences ConsequencesOf(const ApplicationCourse& course, const std::vector<Deadline>& deadlines,
                            const std::vector<TitleEvent>& title_events) {
  Consequences all;
  for (int i = 0; i < course.items(); ++i) {
    const std::string item = i < course.application().goods_size() ? course.application().goods(i).id() : "";
    all[{CHANGE_KIND_STATE, item}] = CourseText(course, i);
  }
  for (const Deadline& deadline : deadlines) {
    std::string subject = absl::StrCat(deadline.event, ".", deadline.rule->rule_id());
    const std::vector<std::string> items = ItemIds(course.application(), deadline.items);
    if (!items.empty()) absl::StrAppend(&subject, "(", absl::StrJoin(items, ","), ")");
    all[{CHANGE_KIND_DEADLINE, subject}] = DeadlineText(deadline);
  }
  for (const TitleEvent& event : title_events) {
    std::string& text = all[{CHANGE_KIND_TITLE, event.origin_event()}];
    absl::StrAppend(&text, text.empty() ? "" : "; ", ShortName(event.kind()), " from ",
                    FormatDate(event.effective_from()));
    if (!event.items().empty()) absl::StrAppend(&text, " (", absl::StrJoin(event.items(), ","), ")");
  }
  return all;
}

void DescribeChanges(const Consequences& before, const Consequences& after, ApplicationEvent& event) {
  event.clear_changes();
  std::set<Consequences::key_type> subjects;
  for (const auto& [subject, text] : before) subjects.insert(subject);
  for (const auto& [subject, text] : after) subjects.insert(subject);
  for (const Consequences::key_type& subject : subjects) {
    const auto was = before.find(subject);
    const auto is = after.find(subject);
    std::string old_text = was == before.end() ? "" : was->second;
    std::string new_text = is == after.end() ? "" : is->second;
    if (old_text == new_text) continue;
    if (static_cast<size_t>(event.changes_size()) == kMaxChanges) return event.set_more_changes(true);
    if (subject.first == CHANGE_KIND_STATE) CutCommonBeginning(old_text, new_text);
    Change& change = *event.add_changes();
    change.set_kind(subject.first);
    change.set_subject(subject.second);
    change.set_before(std::move(old_text));
    change.set_after(std::move(new_text));
  }
}

}  // namespace gi::domain
