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
#include "client/gictl/pages.h"
#include "client/gictl/quantities.h"
#include "client/gictl/render.h"
#include "client/gictl/table.h"
#include "gi/registry/v1/product.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::Message;

constexpr char kService[] = "gi.registry.v1.ProductService/";

// --- cultivation and merging ---

struct ChangeFlags {
  std::string name, stage, into, note;
  std::string task_id, title, office, due, done;
};

absl::StatusOr<int> Send(Session& session, const char* method, Message& request, const char* done) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed("product"));
  return Mutate(session, *kind, absl::StrCat(kService, method), request, done);
}

absl::StatusOr<int> RunMove(Session& session, const ChangeFlags& flags) {
  v1::MoveProductRequest request;
  request.set_name(flags.name);
  RETURN_IF_ERROR(SetEnum(request, "stage", "STAGE", flags.stage));
  return Send(session, "MoveProduct", request, session.Say("已转入新阶段", "moved"));
}

absl::StatusOr<int> RunTask(Session& session, const ChangeFlags& flags) {
  v1::RecordProductTaskRequest request;
  request.set_name(flags.name);
  v1::CultivationTask& task = *request.mutable_task();
  task.set_id(flags.task_id);
  task.set_title(flags.title);
  task.set_office(flags.office);
  task.set_note(flags.note);
  RETURN_IF_ERROR(SetDate(task, "due_on", "--due", flags.due));
  RETURN_IF_ERROR(SetDate(task, "done_on", "--done", flags.done));
  return Send(session, "RecordProductTask", request, session.Say("已记录任务", "task recorded"));
}

absl::StatusOr<int> RunMerge(Session& session, const ChangeFlags& flags) {
  v1::MergeProductRequest request;
  request.set_name(flags.name);
  request.set_into(flags.into);
  return Send(session, "MergeProduct", request, session.Say("已合并", "merged"));
}

absl::StatusOr<int> RunUnmerge(Session& session, const ChangeFlags& flags) {
  v1::UnmergeProductRequest request;
  request.set_name(flags.name);
  return Send(session, "UnmergeProduct", request, session.Say("已撤销合并", "unmerged"));
}

std::pair<CLI::App*, std::shared_ptr<ChangeFlags>> AddChange(CLI::App& app, Command& command, const char* word,
                                                             const char* help,
                                                             absl::StatusOr<int> (*run)(Session&, const ChangeFlags&)) {
  auto flags = std::make_shared<ChangeFlags>();
  CLI::App* sub = app.add_subcommand(word, help);
  sub->add_option("PRODUCT", flags->name, "products/{product}")->required();
  sub->callback([=, &command] { command = [=](Session& session) { return run(session, *flags); }; });
  return {sub, flags};
}

// --- looking for products ---

struct FindFlags {
  std::string text, date, place, variety, sector, division, ruleset, page_token;
  std::vector<std::string> stages;
  std::string point, box, datum = "cgcs2000";
  bool products = false, indications = false, explain = false;
  int32_t page_size = 0;
};

absl::StatusOr<int> RunHistory(const Session& session, const FindFlags& flags) {
  v1::GetProductHistoryRequest request;
  request.set_name(flags.text);
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::GetProductHistoryResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "GetProductHistory"), request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  session.out << response.product().name() << "  " << response.product().display_name() << "  "
              << EnumLabel(*v1::CultivationStage_descriptor(), response.product().stage(), session.language) << "\n";
  Table records;
  records.AddRow({session.Say("记录", "record"), session.Say("年度", "year"), session.Say("名称", "name"),
                  session.Say("产地", "place"), session.Say("状态", "state")});
  for (const v1::SurveyRecord& row : response.records()) {
    records.AddRow({row.name(), absl::StrCat(row.year()), row.local_name(),
                    absl::StrCat(row.place_code(), " ", absl::StrJoin(row.place().display_names(), "")),
                    EnumLabel(*v1::SurveyRecordState_descriptor(), row.state(), session.language)});
  }
  records.Print(session.out);
  PrintSeries(session, response.figures());
  Table others;
  for (const v1::Indication& title : response.titles()) {
    others.AddRow({title.name(), title.display_name(),
                   EnumLabel(*v1::IndicationKind_descriptor(), title.kind(), session.language),
                   EnumLabel(*v1::TitleState_descriptor(), title.state(), session.language)});
  }
  for (const std::string& producer : response.producers()) others.AddRow({producer});
  others.Print(session.out);
  session.out << FormatReadPoint(response.read_point(), session.language) << "\n";
  return kSuccess;
}

absl::StatusOr<int> RunSimilar(const Session& session, const FindFlags& flags) {
  v1::FindSimilarProductsRequest request;
  request.set_local_name(flags.text);
  request.set_variety(flags.variety);
  request.set_place_code(flags.place);
  RETURN_IF_ERROR(SetEnum(request, "sector", "--sector", flags.sector));
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::FindSimilarProductsResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "FindSimilarProducts"), request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  Table table;
  table.AddRow({session.Say("产品", "product"), session.Say("名称", "name"), session.Say("匹配的名称", "matched"),
                session.Say("匹配", "match"), session.Say("共同产地", "common place"), session.Say("分值", "score")});
  for (const v1::SimilarProduct& one : response.similar()) {
    table.AddRow({one.product(), one.display_name(), one.matched_name(),
                  EnumLabel(*v1::MatchKind_descriptor(), one.kind(), session.language),
                  one.common_place() == v1::DIVISION_LEVEL_UNSPECIFIED
                      ? ""
                      : EnumLabel(*v1::DivisionLevel_descriptor(), one.common_place(), session.language),
                  absl::StrCat(one.score())});
  }
  table.Print(session.out);
  session.out << FormatReadPoint(response.read_point(), session.language) << "\n";
  return kSuccess;
}

void PrintCandidate(const Session& session, const v1::ProductCandidate& candidate) {
  for (const v1::ComponentScore& component : candidate.components()) {
    session.out << "    " << EnumLabel(*v1::ScoreComponent_descriptor(), component.component(), session.language)
                << ": " << component.points() << " × " << component.weight() << "  " << component.record() << "\n";
    for (const v1::ScoreItem& item : component.items()) {
      session.out << "      " << item.points() << "  " << item.field() << "  "
                  << session.Say(item.message_zh().c_str(), item.message_en().c_str()) << "\n";
    }
  }
}

absl::StatusOr<int> RunCandidates(const Session& session, const FindFlags& flags) {
  v1::RankCandidatesRequest request;
  RETURN_IF_ERROR(AddEnums(request, "stages", "--stage", flags.stages));
  RETURN_IF_ERROR(SetEnum(request, "sector", "--sector", flags.sector));
  request.set_division(flags.division);
  request.set_ruleset(flags.ruleset);
  request.set_page_size(flags.page_size);
  request.set_page_token(flags.page_token);
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::RankCandidatesResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "RankCandidates"), request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  for (const v1::ProductCandidate& candidate : response.candidates()) {
    session.out << candidate.score() << "  " << candidate.product().name() << "  " << candidate.product().display_name()
                << "  " << EnumLabel(*v1::CultivationStage_descriptor(), candidate.product().stage(), session.language)
                << "\n";
    if (flags.explain) PrintCandidate(session, candidate);
  }
  session.out << session.Say("共 ", "") << response.total() << session.Say(" 个；", " candidates; ")
              << FormatReadPoint(response.read_point(), session.language) << "\n";
  PrintNextPage(session, response.next_page_token());
  return kSuccess;
}

// "107.7,30.6".
absl::Status ReadPoint(const std::vector<std::string>& numbers, size_t first, v1::Point& point) {
  if (numbers.size() < first + 2) return UsageError("coordinates are LONGITUDE,LATITUDE, and two of them for a box");
  point.set_longitude(numbers[first]);
  point.set_latitude(numbers[first + 1]);
  return absl::OkStatus();
}

absl::StatusOr<int> RunPlaces(const Session& session, const FindFlags& flags) {
  v1::SearchPlacesRequest request;
  request.set_division(flags.division);
  if (!flags.point.empty()) {
    RETURN_IF_ERROR(SetEnum(*request.mutable_point(), "datum", "--datum", flags.datum));
    RETURN_IF_ERROR(ReadPoint(absl::StrSplit(flags.point, ','), 0, *request.mutable_point()->mutable_point()));
  }
  if (!flags.box.empty()) {
    RETURN_IF_ERROR(SetEnum(*request.mutable_area(), "datum", "--datum", flags.datum));
    v1::BoundingBox& box = *request.mutable_area()->mutable_box();
    RETURN_IF_ERROR(ReadPoint(absl::StrSplit(flags.box, ','), 0, *box.mutable_south_west()));
    RETURN_IF_ERROR(ReadPoint(absl::StrSplit(flags.box, ','), 2, *box.mutable_north_east()));
  }
  request.set_products_only(flags.products);
  request.set_indications_only(flags.indications);
  RETURN_IF_ERROR(SetEnum(request, "sector", "--sector", flags.sector));
  request.set_page_size(flags.page_size);
  request.set_page_token(flags.page_token);
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  v1::SearchPlacesResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "SearchPlaces"), request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  Table table;
  for (const v1::PlaceMatch& match : response.matches()) {
    table.AddRow({match.name(), match.display_name(), match.approximate() ? session.Say("约", "approximate") : ""});
  }
  table.Print(session.out);
  session.out << session.Say("共 ", "") << response.total() << session.Say(" 条；", " matches; ")
              << FormatReadPoint(response.read_point(), session.language) << "\n";
  PrintNextPage(session, response.next_page_token());
  return kSuccess;
}

std::pair<CLI::App*, std::shared_ptr<FindFlags>> AddFind(CLI::App& app, Command& command, const char* word,
                                                         const char* help,
                                                         absl::StatusOr<int> (*run)(const Session&, const FindFlags&)) {
  auto flags = std::make_shared<FindFlags>();
  CLI::App* sub = app.add_subcommand(word, help);
  sub->callback([=, &command] { command = [=](Session& session) { return run(session, *flags); }; });
  return {sub, flags};
}

void AddPages(CLI::App& sub, FindFlags& flags) {
  sub.add_option("--sector", flags.sector,
                 "Only this sector: crops, livestock, fishery, forestry, processing, handicraft");
  sub.add_option("--division", flags.division, "Only what is found in this division");
  sub.add_option("--page-size", flags.page_size, "Most rows of a page");
  sub.add_option("--page-token", flags.page_token, "Where an earlier page ended");
}

void AddFinds(CLI::App& app, Command& command) {
  const auto [history, history_flags] =
      AddFind(app, command, "history", "A product over the years: records, figures, titles, producers", &RunHistory);
  history->add_option("PRODUCT", history_flags->text, "products/{product}")->required();
  history->add_option("--date", history_flags->date, "Business date that states are derived for (default: today)");
  const auto [similar, similar_flags] =
      AddFind(app, command, "similar", "Products that may be the same as one with this name", &RunSimilar);
  similar->add_option("NAME", similar_flags->text, "Name in any spelling, pinyin or initials")->required();
  similar->add_option("--place", similar_flags->place, "Division code of the place");
  similar->add_option("--variety", similar_flags->variety, "Variety or breed");
  similar->add_option("--sector", similar_flags->sector, "Sector");
  const auto [candidates, candidate_flags] =
      AddFind(app, command, "candidates", "Candidates for a title, the best first", &RunCandidates);
  candidates->add_option("--stage", candidate_flags->stages, "Only these stages, with commas")->delimiter(',');
  candidates->add_option("--ruleset", candidate_flags->ruleset, "rulesets/{ruleset} with the weights");
  candidates->add_flag("--explain", candidate_flags->explain, "Where the points come from");
  AddPages(*candidates, *candidate_flags);
  const auto [places, place_flags] = AddFind(app, command, "places", "Products and indications at a place", &RunPlaces);
  places->add_option("--point", place_flags->point, "LONGITUDE,LATITUDE");
  places->add_option("--box", place_flags->box, "WEST,SOUTH,EAST,NORTH");
  places->add_option("--datum", place_flags->datum, "cgcs2000 (default), wgs84, gcj02 or bd09");
  places->add_flag("--products", place_flags->products, "Only products");
  places->add_flag("--indications", place_flags->indications, "Only indications");
  AddPages(*places, *place_flags);
}

}  // namespace

void AddProductCommands(CLI::App& app, Command& command) {
  const auto [move, move_flags] =
      AddChange(app, command, "move", "Move a product to another stage of cultivation (district)", &RunMove);
  move->add_option("STAGE", move_flags->stage, "identified, cultivating, ready, applied or titled")->required();
  const auto [task, task_flags] =
      AddChange(app, command, "task", "Add a task to a product's cultivation, or replace one (district)", &RunTask);
  task->add_option("--id", task_flags->task_id, "The task to replace, e.g. t1 (default: a new one)");
  task->add_option("--title", task_flags->title, "What is to be done")->required();
  task->add_option("--office", task_flags->office, "The office in charge")->required();
  task->add_option("--due", task_flags->due, "Due date")->required();
  task->add_option("--done", task_flags->done, "Day it was done");
  task->add_option("--note", task_flags->note, "Anything worth keeping");
  const auto [merge, merge_flags] =
      AddChange(app, command, "merge", "A product turned out to be another one (district)", &RunMerge);
  merge->add_option("INTO", merge_flags->into, "products/{product} that it is")->required();
  AddChange(app, command, "unmerge", "Take the merging of a product back (district)", &RunUnmerge);
  AddFinds(app, command);
}

}  // namespace gi::client::gictl
