#include <memory>
#include <ostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/gictl/check_list.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/render.h"
#include "gi/registry/v1/check.pb.h"
#include "storage/base/date.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

struct CheckFlags {
  std::string subject;
  std::string indication;
  std::string name;
  std::string goods;
  int32_t nice_class = 0;
  std::string variety;
  std::string place;
  std::string date;
  std::string file;
  bool csv = false;
  bool full = false;
};

// What a list leaves open.
absl::StatusOr<v1::CheckAuthorizationRequest> MakeQuestion(const CheckFlags& flags) {
  v1::CheckAuthorizationRequest request;
  if (flags.subject.empty()) {
    // The list has it.
  } else if (absl::StartsWith(flags.subject, "entities/")) {
    request.set_entity(flags.subject);
  } else {
    request.set_uscc(flags.subject);
  }
  request.set_entity_name(flags.name);
  request.set_indication(flags.indication);
  request.set_goods(flags.goods);
  request.set_nice_class(flags.nice_class);
  request.set_variety(flags.variety);
  request.set_place(flags.place);
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  return request;
}

absl::StatusOr<v1::CheckAuthorizationRequest> MakeRequest(const Session& session, const CheckFlags& flags) {
  ASSIGN_OR_RETURN(v1::CheckAuthorizationRequest request, MakeQuestion(flags));
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  // Only the full view carries the texts that a person wants to read.
  request.set_view(flags.full || !session.json() ? v1::CHECK_VIEW_FULL : v1::CHECK_VIEW_VERDICT);
  return request;
}

void PrintVerdict(const Session& session, const CheckFlags& flags, const v1::CheckAuthorizationResponse& answer) {
  const std::string& subject = answer.uscc().empty() ? flags.subject : answer.uscc();
  session.out << EnumLabel(*v1::Verdict_descriptor(), answer.verdict(), session.language) << session.Say("：", ": ")
              << subject << " → " << flags.indication;
  if (answer.has_date()) session.out << session.Say("，", ", on ") << FormatDate(answer.date());
  session.out << "\n";
}

std::string Particulars(const Session& session, const v1::ReasonDetail& reason) {
  std::string text;
  if (!reason.authorization().empty()) absl::StrAppend(&text, "  ", reason.authorization());
  for (const int dimension : reason.dimensions()) {
    absl::StrAppend(&text, "  ", EnumLabel(*v1::ScopeDimension_descriptor(), dimension, session.language));
  }
  if (reason.title_state() != v1::TITLE_STATE_UNSPECIFIED) {
    absl::StrAppend(&text, "  ", EnumLabel(*v1::TitleState_descriptor(), reason.title_state(), session.language));
  }
  if (reason.ground() != v1::REMOVAL_GROUND_UNSPECIFIED) {
    absl::StrAppend(&text, "  ", EnumLabel(*v1::RemovalGround_descriptor(), reason.ground(), session.language));
  }
  if (!reason.proposal().empty())
    absl::StrAppend(&text, session.Say("  可能应为 ", "  perhaps meant: "), reason.proposal());
  return text;
}

void PrintReasons(const Session& session, const v1::CheckAuthorizationResponse& answer) {
  for (const v1::ReasonDetail& reason : answer.reasons()) {
    session.out << "- " << EnumLabel(*v1::DecisionReason_descriptor(), reason.reason(), session.language)
                << Particulars(session, reason) << "\n";
    const std::string& text = session.language == Language::kChinese ? reason.text_zh() : reason.text_en();
    if (!text.empty()) session.out << "    " << text << "\n";
    for (const v1::LegalBasis& basis : reason.legal_basis()) {
      session.out << "    " << session.Say("依据：", "basis: ") << basis.source();
      if (!basis.verified())
        session.out << session.Say("（未与公布文本核对）", " (not compared with the published text)");
      session.out << "\n";
    }
  }
  for (const v1::Candidate& candidate : answer.candidates()) {
    session.out << session.Say("  候选：", "  candidate: ") << candidate.indication();
    if (!candidate.display_name().empty()) session.out << "  " << candidate.display_name();
    if (!candidate.matched().empty() && candidate.matched() != candidate.display_name())
      session.out << " (" << candidate.matched() << ")";
    session.out << "\n";
  }
}

void PrintBasis(const Session& session, const v1::CheckBasis& basis) {
  const auto section = [&session](const char* title, const google::protobuf::Message& message) {
    session.out << title << "\n";
    PrintMessage(message, session.language, 2, session.out);
  };
  if (basis.has_indication()) section(session.Say("地理标志", "title"), basis.indication());
  if (basis.has_entity()) section(session.Say("主体", "entity"), basis.entity());
  for (const v1::Authorization& grant : basis.authorizations()) section(session.Say("授权", "grant"), grant);
}

absl::StatusOr<int> RunCheck(const Session& session, const CheckFlags& flags) {
  if (!flags.file.empty()) {
    if (flags.full) return UsageError("--full is for one question");
    ASSIGN_OR_RETURN(const v1::CheckAuthorizationRequest defaults, MakeQuestion(flags));
    return CheckList(session, flags.file, defaults, flags.csv);
  }
  if (flags.csv) return UsageError("--csv is for a list: add --file");
  if (flags.subject.empty() || flags.indication.empty())
    return UsageError("check ENTITY INDICATION, or check --file LIST");
  ASSIGN_OR_RETURN(const v1::CheckAuthorizationRequest request, MakeRequest(session, flags));
  v1::CheckAuthorizationResponse answer;
  RETURN_IF_ERROR(session.Call("gi.registry.v1.CheckService/CheckAuthorization", request, answer));
  if (session.json()) {
    session.out << ToJson(answer);
    return VerdictExitCode(answer.verdict());
  }
  PrintVerdict(session, flags, answer);
  PrintReasons(session, answer);
  if (answer.has_validity()) {
    const bool always = !answer.validity().has_from() && !answer.validity().has_to();
    session.out << session.Say("此结论适用于：", "holds for: ")
                << (always ? session.Say("任何日期", "any date") : FormatPeriod(answer.validity())) << "\n";
  }
  session.out << FormatReadPoint(answer.read_point(), session.language) << "\n";
  if (flags.full) PrintBasis(session, answer.basis());
  return VerdictExitCode(answer.verdict());
}

}  // namespace

void AddCheckCommand(CLI::App& app, Command& command) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* sub =
      app.add_subcommand("check", "May this entity use this GI, for these goods, from this place, on this date?");
  sub->add_option("ENTITY", flags->subject, "Unified social credit code, or entities/{entity}");
  sub->add_option("INDICATION", flags->indication, "indications/{indication}, or a number or name as printed");
  sub->add_option(
      "--file", flags->file,
      "A list to check, CSV or tabs; - for standard input. Columns by the first line: entity, indication, date, "
      "name, goods, class, variety, place; what is given here counts where a cell is empty");
  sub->add_flag("--csv", flags->csv, "Answer a list as CSV instead of a table");
  sub->add_option("--name", flags->name, "Name the entity goes by");
  sub->add_option("--goods", flags->goods, "Id or text of a goods item of the title");
  sub->add_option("--class", flags->nice_class, "Nice class of the goods");
  sub->add_option("--variety", flags->variety, "Variety or breed");
  sub->add_option("--place", flags->place, "Division code of the place of production");
  sub->add_option("--date", flags->date, "Business date, e.g. 2023-05-01 (default: today)");
  sub->add_flag("--full", flags->full, "Also show the title, the entity and the grants the answer rests on");
  sub->callback([flags, &command] { command = [flags](Session& session) { return RunCheck(session, *flags); }; });
}

}  // namespace gi::client::gictl
