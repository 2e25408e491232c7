#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/quantities.h"
#include "client/gictl/render.h"
#include "client/gictl/table.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::Message;

constexpr char kRecordService[] = "gi.registry.v1.SurveyRecordService/";
constexpr char kSurveyService[] = "gi.registry.v1.SurveyService/";

// --- campaigns ---

template <class Request>
absl::StatusOr<int> RunSurveyStep(Session& session, const std::string& name, const char* method, const char* done) {
  Request request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed("survey"));
  return Mutate(session, *kind, absl::StrCat(kSurveyService, method), request, done);
}

void AddSurveyStep(CLI::App& app, Command& command, const char* word, const char* help,
                   absl::StatusOr<int> (*run)(Session&, const std::string&)) {
  auto name = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand(word, help);
  sub->add_option("SURVEY", *name, "surveys/{survey}")->required();
  sub->callback([=, &command] { command = [=](Session& session) { return run(session, *name); }; });
}

void AddProgressRow(const v1::TownshipProgress& row, const std::string& name, Table& table) {
  table.AddRow({row.code(), name, absl::StrCat(row.expected()), absl::StrCat(row.drafts()),
                absl::StrCat(row.submitted()), absl::StrCat(row.returned()), absl::StrCat(row.accepted()),
                absl::StrCat(row.overdue())});
}

absl::StatusOr<int> RunProgress(const Session& session, const std::string& name, const std::string& date) {
  v1::GetSurveyProgressRequest request;
  request.set_name(name);
  RETURN_IF_ERROR(SetDate(request, "date", "--date", date));
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::GetSurveyProgressResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kSurveyService, "GetSurveyProgress"), request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  Table table;
  table.AddRow({session.Say("代码", "code"), session.Say("乡镇", "township"), session.Say("应报", "expected"),
                session.Say("草稿", "drafts"), session.Say("待审", "submitted"), session.Say("退回", "returned"),
                session.Say("已接受", "accepted"), session.Say("逾期", "overdue")});
  for (const v1::TownshipProgress& row : response.townships()) AddProgressRow(row, row.display_name(), table);
  AddProgressRow(response.total(), session.Say("合计", "all"), table);
  table.Print(session.out);
  session.out << FormatReadPoint(response.read_point(), session.language) << "\n";
  return kSuccess;
}

struct CompareFlags {
  std::string group = "township", subject = "area", product, sector, jurisdiction;
  int32_t from = 0, to = 0;
};

absl::StatusOr<int> RunCompare(const Session& session, const CompareFlags& flags) {
  v1::CompareSurveysRequest request;
  RETURN_IF_ERROR(SetEnum(request, "group", "--by", flags.product.empty() ? flags.group : "product"));
  RETURN_IF_ERROR(SetEnum(request, "subject", "--subject", flags.subject));
  RETURN_IF_ERROR(SetEnum(request, "sector", "--sector", flags.sector));
  request.set_product(flags.product);
  request.set_jurisdiction(flags.jurisdiction);
  request.set_from_year(flags.from);
  request.set_to_year(flags.to);
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::CompareSurveysResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kSurveyService, "CompareSurveys"), request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  PrintSeries(session, response.series());
  session.out << FormatReadPoint(response.read_point(), session.language) << "\n";
  return kSuccess;
}

struct ConvertFlags {
  std::string value, unit, magnitude, to_unit, to_magnitude;
};

absl::StatusOr<int> RunConvert(const Session& session, const ConvertFlags& flags) {
  v1::ConvertQuantityRequest request;
  request.mutable_quantity()->set_value(flags.value);
  RETURN_IF_ERROR(SetEnum(*request.mutable_quantity(), "unit", "UNIT", flags.unit));
  RETURN_IF_ERROR(SetEnum(*request.mutable_quantity(), "magnitude", "--magnitude", flags.magnitude));
  RETURN_IF_ERROR(SetEnum(request, "unit", "TO", flags.to_unit));
  RETURN_IF_ERROR(SetEnum(request, "magnitude", "--to-magnitude", flags.to_magnitude));
  v1::ConvertQuantityResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kSurveyService, "ConvertQuantity"), request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  session.out << FormatQuantity(response.quantity(), session.language);
  if (!response.exact())
    session.out << session.Say("（约；精确值 ", " (rounded; exactly ") << response.fraction() << ")";
  session.out << "\n";
  return kSuccess;
}

// --- records ---

struct StepFlags {
  std::vector<std::string> names;  // of submit and accept
  std::string name;                // of the others
  std::vector<std::string> remarks, acknowledged;
  std::string product, by, measurement;
  bool acknowledge_all = false;
};

absl::StatusOr<int> Send(Session& session, const char* method, Message& request, const char* done) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed("survey_record"));
  return Mutate(session, *kind, absl::StrCat(kRecordService, method), request, done);
}

absl::StatusOr<v1::SurveyRecord> FetchRecord(const Session& session, const std::string& name) {
  v1::GetSurveyRecordRequest request;
  request.set_name(name);
  v1::GetSurveyRecordResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kRecordService, "GetSurveyRecord"), request, response));
  return std::move(*response.mutable_survey_record());
}

// What the reviewer must look at.
void PrintFindings(const Session& session, const v1::SurveyRecord& record) {
  for (const v1::SurveyWarning& warning : record.warnings()) {
    session.out << "  " << warning.id() << " " << warning.field() << ": "
                << session.Say(warning.message_zh().c_str(), warning.message_en().c_str()) << "\n";
  }
  for (const v1::DuplicateFinding& finding : record.duplicates()) {
    if (finding.decision() != v1::DUPLICATE_DECISION_UNSPECIFIED) continue;
    session.out << "  " << session.Say("可能相同的产品：", "perhaps the same: ") << finding.similar().product() << " "
                << finding.similar().display_name() << " (" << finding.similar().score() << ")\n";
  }
}

absl::StatusOr<int> RunSubmit(Session& session, const StepFlags& flags) {
  int worst = kSuccess;
  for (const std::string& name : flags.names) {
    v1::SubmitSurveyRecordRequest request;
    request.set_name(name);
    ASSIGN_OR_RETURN(const int code, Send(session, "SubmitSurveyRecord", request, session.Say("已提交", "submitted")));
    worst = std::max(worst, code);
    if (session.json() || session.flags.dry_run) continue;
    ASSIGN_OR_RETURN(const v1::SurveyRecord record, FetchRecord(session, name));
    PrintFindings(session, record);
  }
  return worst;
}

absl::StatusOr<int> RunReturn(Session& session, const StepFlags& flags) {
  v1::ReturnSurveyRecordRequest request;
  request.set_name(flags.name);
  for (const std::string& remark : flags.remarks) {
    const std::vector<std::string> parts = absl::StrSplit(remark, absl::MaxSplits('=', 1));
    if (parts.size() != 2) return UsageError("--remark needs FIELD=TEXT");
    v1::FieldRemark& added = *request.add_remarks();
    added.set_field(parts[0]);
    added.set_remark(parts[1]);
  }
  return Send(session, "ReturnSurveyRecord", request, session.Say("已退回", "returned"));
}

absl::StatusOr<int> RunAccept(Session& session, const StepFlags& flags) {
  int worst = kSuccess;
  for (const std::string& name : flags.names) {
    v1::AcceptSurveyRecordRequest request;
    request.set_name(name);
    request.set_product(flags.product);
    for (const std::string& id : flags.acknowledged) request.add_acknowledged_warnings(id);
    if (flags.acknowledge_all) {
      ASSIGN_OR_RETURN(const v1::SurveyRecord record, FetchRecord(session, name));
      for (const v1::SurveyWarning& warning : record.warnings()) request.add_acknowledged_warnings(warning.id());
    }
    ASSIGN_OR_RETURN(const int code, Send(session, "AcceptSurveyRecord", request, session.Say("已接受", "accepted")));
    worst = std::max(worst, code);
  }
  return worst;
}

absl::StatusOr<int> RunSupersede(Session& session, const StepFlags& flags) {
  v1::SupersedeSurveyRecordRequest request;
  request.set_name(flags.name);
  request.set_superseded_by(flags.by);
  return Send(session, "SupersedeSurveyRecord", request, session.Say("已被取代", "superseded"));
}

template <v1::DuplicateDecision decision>
absl::StatusOr<int> RunDecide(Session& session, const StepFlags& flags) {
  v1::DecideSurveyDuplicateRequest request;
  request.set_name(flags.name);
  request.set_product(flags.product);
  request.set_decision(decision);
  return Send(session, "DecideSurveyDuplicate", request, session.Say("已判定", "decided"));
}

absl::StatusOr<int> RunChoose(Session& session, const StepFlags& flags) {
  v1::ChooseSurveyMeasurementRequest request;
  request.set_name(flags.name);
  request.set_measurement(flags.measurement);
  return Send(session, "ChooseSurveyMeasurement", request, session.Say("已选定", "chosen"));
}

std::pair<CLI::App*, std::shared_ptr<StepFlags>> AddRecordStep(CLI::App& app, Command& command, const char* word,
                                                               const char* help, bool several,
                                                               absl::StatusOr<int> (*run)(Session&, const StepFlags&)) {
  auto flags = std::make_shared<StepFlags>();
  CLI::App* sub = app.add_subcommand(word, help);
  constexpr char kHelp[] = "surveys/{survey}/records/{record}";
  if (several) {
    sub->add_option("RECORDS", flags->names, kHelp)->required();
  } else {
    sub->add_option("RECORD", flags->name, kHelp)->required();
  }
  sub->callback([=, &command] { command = [=](Session& session) { return run(session, *flags); }; });
  return {sub, flags};
}

void AddRecordCommands(CLI::App& app, Command& command) {
  AddRecordStep(app, command, "submit", "Submit survey records (township)", true, &RunSubmit);
  const auto [returning, return_flags] =
      AddRecordStep(app, command, "return", "Return a survey record to its township (district)", false, &RunReturn);
  returning->add_option("--remark", return_flags->remarks, "What to mend: FIELD=TEXT; may be repeated")->required();
  const auto [accepting, accept_flags] =
      AddRecordStep(app, command, "accept", "Accept survey records into the catalogue (district)", true, &RunAccept);
  accepting->add_option("--acknowledge", accept_flags->acknowledged, "Ids of warnings that were seen, with commas")
      ->delimiter(',');
  accepting->add_flag("--acknowledge-all", accept_flags->acknowledge_all, "All warnings were seen");
  accepting->add_option("--product", accept_flags->product, "products/{product} that it is about");
  const auto [superseding, supersede_flags] = AddRecordStep(
      app, command, "supersede", "A later survey record takes the place of one (district)", false, &RunSupersede);
  superseding->add_option("--by", supersede_flags->by, "The later record")->required();
  const auto [same, same_flags] = AddRecordStep(app, command, "same", "A survey record is about this product", false,
                                                &RunDecide<v1::DUPLICATE_DECISION_SAME>);
  same->add_option("PRODUCT", same_flags->product, "products/{product}")->required();
  const auto [different, different_flags] =
      AddRecordStep(app, command, "different", "A survey record is not about this product, though it is like it", false,
                    &RunDecide<v1::DUPLICATE_DECISION_DIFFERENT>);
  different->add_option("PRODUCT", different_flags->product, "products/{product}")->required();
  const auto [choosing, choose_flags] =
      AddRecordStep(app, command, "choose", "Pick the figure that counts among several", false, &RunChoose);
  choosing->add_option("MEASUREMENT", choose_flags->measurement, "Id of the measurement, e.g. m2")->required();
}

}  // namespace

void AddSurveyCommands(CLI::App& app, Command& command) {
  AddSurveyStep(app, command, "open", "Open a survey campaign, also again (district)",
                [](Session& session, const std::string& name) {
                  return RunSurveyStep<v1::OpenSurveyRequest>(session, name, "OpenSurvey",
                                                              session.Say("已启动", "opened"));
                });
  AddSurveyStep(app, command, "close", "Close a survey campaign to new records (district)",
                [](Session& session, const std::string& name) {
                  return RunSurveyStep<v1::CloseSurveyRequest>(session, name, "CloseSurvey",
                                                               session.Say("已截止", "closed"));
                });
  AddSurveyStep(app, command, "archive", "Archive a closed survey campaign (district)",
                [](Session& session, const std::string& name) {
                  return RunSurveyStep<v1::ArchiveSurveyRequest>(session, name, "ArchiveSurvey",
                                                                 session.Say("已归档", "archived"));
                });
  auto name = std::make_shared<std::string>();
  auto date = std::make_shared<std::string>();
  CLI::App* progress = app.add_subcommand("progress", "How far each township of a survey campaign is");
  progress->add_option("SURVEY", *name, "surveys/{survey}")->required();
  progress->add_option("--date", *date, "Business date for what is overdue (default: today)");
  progress->callback([=, &command] { command = [=](Session& session) { return RunProgress(session, *name, *date); }; });

  auto compare = std::make_shared<CompareFlags>();
  CLI::App* comparing = app.add_subcommand("compare", "Figures of survey campaigns, year by year");
  comparing->add_option("--by", compare->group, "township (default) or sector");
  comparing->add_option("--product", compare->product, "Of products/{product}, by place");
  comparing->add_option("--subject", compare->subject,
                        "area (default), output, marketed_output, output_value, households or entities");
  comparing->add_option("--sector", compare->sector, "Only this sector");
  comparing->add_option("--jurisdiction", compare->jurisdiction, "Only campaigns of this division");
  comparing->add_option("--from", compare->from, "First year");
  comparing->add_option("--to", compare->to, "Last year");
  comparing->callback([=, &command] { command = [=](Session& session) { return RunCompare(session, *compare); }; });

  auto convert = std::make_shared<ConvertFlags>();
  CLI::App* converting = app.add_subcommand("convert", "A quantity in another unit, exactly");
  converting->add_option("VALUE", convert->value, "Decimal number")->required();
  converting->add_option("UNIT", convert->unit, "mu, hectare, square_metre, kilogram, jin, tonne, yuan, …")->required();
  converting->add_option("TO", convert->to_unit, "Unit of the result")->required();
  converting->add_option("--magnitude", convert->magnitude, "ten_thousand, hundred_million, …");
  converting->add_option("--to-magnitude", convert->to_magnitude, "Magnitude of the result");
  converting->callback([=, &command] { command = [=](Session& session) { return RunConvert(session, *convert); }; });
  AddRecordCommands(app, command);
}

}  // namespace gi::client::gictl
