#include "client/gictl/application_summary.h"

#include <initializer_list>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/gictl/deadlines.h"
#include "client/gictl/fields.h"
#include "client/gictl/labels.h"
#include "client/gictl/render.h"
#include "client/gictl/table.h"
#include "storage/base/date.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kIndent[] = "  ";

// Label and text of those fields that say something.
std::vector<std::vector<std::string>> Facts(const Session& session, const Message& message,
                                            std::initializer_list<const char*> names) {
  std::vector<std::vector<std::string>> facts;
  for (const char* name : names) {
    const FieldDescriptor& field = *FindField(message, name);
    std::string text = FormatField(message, field, session.language);
    if (!text.empty()) facts.push_back({FieldLabel(field, session.language), std::move(text)});
  }
  return facts;
}

void PrintFacts(const Session& session, const v1::Application& application) {
  Table table;
  for (std::vector<std::string>& fact :
       Facts(session, application,
             {"kind", "applicant", "agent", "product", "office", "state", "state_since", "effective_law", "filing_date",
              "indication", "converts", "parent"})) {
    table.AddRow(std::move(fact));
  }
  table.Print(session.out, kIndent);
}

// Items have states of their own only where they differ.
v1::ApplicationItemState StateOf(const v1::Application& application, const std::string& item) {
  for (const v1::ApplicationItemState& own : application.item_states()) {
    if (own.item() == item) return own;
  }
  v1::ApplicationItemState common;
  common.set_state(application.state());
  *common.mutable_since() = application.state_since();
  return common;
}

void PrintItems(const Session& session, const v1::Application& application) {
  if (application.goods().empty()) return;
  session.out << session.Say("商品：", "goods:") << "\n";
  Table table;
  for (const v1::GoodsItem& item : application.goods()) {
    const v1::ApplicationItemState state = StateOf(application, item.id());
    table.AddRow({item.id(), item.text(),
                  EnumLabel(*v1::ApplicationState_descriptor(), state.state(), session.language),
                  FormatDate(state.since())});
  }
  table.Print(session.out, kIndent);
}

std::string Remarks(const Session& session, const v1::ApplicationEvent& event, bool annulled) {
  std::vector<std::string> remarks;
  if (annulled) remarks.push_back(session.Say("已被撤回", "annulled"));
  for (const std::vector<std::string>& fact :
       Facts(session, event, {"items", "annuls", "registration_number", "law", "made", "inherited_from", "note"})) {
    remarks.push_back(absl::StrJoin(fact, " "));
  }
  return absl::StrJoin(remarks, session.Say("；", "; "));
}

void PrintEvents(const Session& session, const v1::Application& application) {
  if (application.events().empty()) return;
  session.out << session.Say("事件：", "events:") << "\n";
  std::set<std::string> annulled;
  for (const v1::ApplicationEvent& event : application.events()) annulled.insert(event.annuls());
  Table table;
  for (const v1::ApplicationEvent& event : application.events()) {
    table.AddRow({event.id(), FormatDate(event.date()),
                  EnumLabel(*v1::ApplicationEventKind_descriptor(), event.kind(), session.language), event.number(),
                  Remarks(session, event, annulled.count(event.id()) > 0)});
  }
  table.Print(session.out, kIndent);
}

void PrintGaps(const Session& session, const v1::Application& application) {
  if (application.material_gaps().empty()) return;
  session.out << session.Say("缺少材料：", "missing materials:") << "\n";
  Table table;
  for (const v1::MaterialGap& gap : application.material_gaps()) {
    std::string weight = gap.advisory() ? session.Say("仅供参考", "advice only") : session.Say("须补齐", "required");
    if (!gap.waiver_reason().empty()) weight = absl::StrCat(session.Say("容缺：", "waived: "), gap.waiver_reason());
    table.AddRow({EnumLabel(*v1::MaterialKind_descriptor(), gap.kind(), session.language), std::move(weight),
                  gap.source().title()});
  }
  table.Print(session.out, kIndent);
}

void PrintDeadlines(const Session& session, const v1::Application& application) {
  if (application.open_deadlines().empty()) return;
  session.out << session.Say("待办期限：", "open deadlines:") << "\n";
  Table table;
  table.AddRow(DeadlineHead(session));
  for (const v1::Deadline& deadline : application.open_deadlines()) table.AddRow(DeadlineCells(session, deadline));
  table.Print(session.out, kIndent);
}

}  // namespace

void PrintApplication(const Session& session, const v1::Application& application) {
  session.out << application.name() << "  " << application.display_name() << "\n";
  PrintFacts(session, application);
  PrintItems(session, application);
  PrintEvents(session, application);
  PrintGaps(session, application);
  PrintDeadlines(session, application);
}

void PrintLastEvent(const Session& session, const v1::Application& application) {
  if (application.events().empty()) return;
  const v1::ApplicationEvent& event = application.events(application.events_size() - 1);
  session.out << kIndent << event.id();
  if (!event.made().empty()) session.out << " → " << event.made();
  session.out << "\n";
  const auto or_nothing = [&session](const std::string& text) {
    return text.empty() ? session.Say("无", "nothing") : text;
  };
  Table table;
  for (const v1::Change& change : event.changes()) {
    table.AddRow({EnumLabel(*v1::ChangeKind_descriptor(), change.kind(), session.language), change.subject(),
                  or_nothing(change.before()), "→", or_nothing(change.after())});
  }
  if (event.more_changes()) table.AddLine("…");
  table.Print(session.out, "    ");
}

}  // namespace gi::client::gictl
