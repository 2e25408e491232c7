#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/pages.h"
#include "client/gictl/render.h"
#include "client/gictl/table.h"
#include "gi/registry/v1/check.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "storage/base/date.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

struct SearchFlags {
  std::string query, date, page_token;
  std::vector<std::string> kinds, states, countries, divisions, holders;
  std::vector<int32_t> classes;
  bool facets = false;
  int32_t page_size = 0;
};

absl::StatusOr<v1::SearchIndicationsRequest> MakeRequest(const Session& session, const SearchFlags& flags) {
  v1::SearchIndicationsRequest request;
  request.set_query(flags.query);
  RETURN_IF_ERROR(AddEnums(request, "kinds", "--kind", flags.kinds));
  RETURN_IF_ERROR(AddEnums(request, "states", "--state", flags.states));
  for (const std::string& country : flags.countries) request.add_countries(country);
  for (const std::string& division : flags.divisions) request.add_divisions(division);
  for (const std::string& holder : flags.holders) request.add_holders(holder);
  for (const int32_t nice_class : flags.classes) request.add_nice_classes(nice_class);
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  request.set_page_size(flags.page_size);
  request.set_page_token(flags.page_token);
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  return request;
}

std::string FormatDay(const v1::Date& date) { return date.year() == 0 ? "" : FormatDate(date); }

void PrintMatches(const Session& session, const v1::SearchIndicationsResponse& response) {
  Table table;
  table.AddRow({session.Say("资源名称", "name"), session.Say("名称", "display name"), session.Say("类型", "kind"),
                session.Say("状态", "state"), session.Say("保护起始", "protected since"), session.Say("匹配", "match"),
                session.Say("匹配的名称", "matched")});
  for (const v1::IndicationMatch& match : response.matches()) {
    const v1::Indication& title = match.indication();
    const bool same = match.matched_name() == title.display_name();
    table.AddRow({title.name(), title.display_name(),
                  EnumLabel(*v1::IndicationKind_descriptor(), title.kind(), session.language),
                  EnumLabel(*v1::TitleState_descriptor(), title.state(), session.language),
                  FormatDay(title.protected_since()),
                  match.kind() == v1::MATCH_KIND_UNSPECIFIED
                      ? ""
                      : EnumLabel(*v1::MatchKind_descriptor(), match.kind(), session.language),
                  same ? "" : match.matched_name()});
  }
  table.Print(session.out);
}

void PrintFacets(const Session& session, const v1::SearchIndicationsResponse& response) {
  Table table;
  for (const v1::Facet& facet : response.facets()) {
    for (const v1::FacetValue& value : facet.values()) {
      table.AddRow({EnumLabel(*v1::FacetField_descriptor(), facet.field(), session.language), value.value(),
                    absl::StrFormat("%d", value.titles())});
    }
  }
  table.Print(session.out);
}

absl::StatusOr<int> RunSearch(const Session& session, const SearchFlags& flags) {
  ASSIGN_OR_RETURN(const v1::SearchIndicationsRequest request, MakeRequest(session, flags));
  v1::SearchIndicationsResponse response;
  RETURN_IF_ERROR(session.Call("gi.registry.v1.IndicationService/SearchIndications", request, response));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  PrintMatches(session, response);
  if (flags.facets) PrintFacets(session, response);
  session.out << session.Say("共 ", "") << response.total() << session.Say(" 条；", " titles; ")
              << FormatReadPoint(response.read_point(), session.language) << "\n";
  PrintNextPage(session, response.next_page_token());
  return kSuccess;
}

void AddSearch(CLI::App& app, Command& command) {
  auto flags = std::make_shared<SearchFlags>();
  CLI::App* sub = app.add_subcommand("search", "Find titles however their names are spelled");
  sub->add_option("QUERY", flags->query,
                  "A name in any spelling or script, pinyin, initials, a number, or words of the specification");
  sub->add_option("--kind", flags->kinds, "Only these kinds, e.g. foreign; several with commas")->delimiter(',');
  sub->add_option("--state", flags->states, "Only in these states, e.g. in_force")->delimiter(',');
  sub->add_option("--country", flags->countries, "Only of these countries; may be given several times");
  sub->add_option("--class", flags->classes, "Only with goods of these Nice classes")->delimiter(',');
  sub->add_option("--division", flags->divisions, "Only in or around these divisions")->delimiter(',');
  sub->add_option("--holder", flags->holders, "Only held by entities/{entity}")->delimiter(',');
  sub->add_option("--date", flags->date, "Business date of states and holders (default: today)");
  sub->add_flag("--facets", flags->facets, "Also count the values that the filters could have");
  sub->add_option("--page-size", flags->page_size, "Most matches of a page");
  sub->add_option("--page-token", flags->page_token, "Where an earlier page ended");
  sub->callback([flags, &command] { command = [flags](Session& session) { return RunSearch(session, *flags); }; });
}

struct UseFlags {
  std::string subject, goods, variety, place, date;
  int32_t nice_class = 0;
};

// All pages as one list.
template <class Request, class Response>
absl::StatusOr<int> RunUses(const Session& session, const UseFlags& flags, const char* method, Request request) {
  request.set_goods(flags.goods);
  request.set_nice_class(flags.nice_class);
  request.set_variety(flags.variety);
  request.set_place(flags.place);
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  Response all;
  do {
    Response page;
    RETURN_IF_ERROR(session.Call(method, request, page));
    request.set_page_token(page.next_page_token());
    all.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  if (session.json()) {
    session.out << ToJson(all);
    return kSuccess;
  }
  Table table;
  table.AddRow({session.Say("主体", "entity"), session.Say("名称", "name"), session.Say("代码", "code"),
                session.Say("地理标志", "title"), session.Say("名称", "name"), session.Say("授权", "authorization"),
                session.Say("适用日期", "holds for")});
  for (const v1::AuthorizedUse& use : all.uses()) {
    table.AddRow({use.entity(), use.entity_name(), use.uscc(), use.indication(), use.indication_name(),
                  use.authorization(), FormatPeriod(use.validity())});
  }
  table.Print(session.out);
  session.out << session.Say("共 ", "") << all.uses_size() << session.Say(" 条，", " on ") << FormatDay(all.date())
              << session.Say("；", "; ") << FormatReadPoint(all.read_point(), session.language) << "\n";
  return kSuccess;
}

absl::StatusOr<int> RunUsers(const Session& session, const UseFlags& flags) {
  v1::ListAuthorizedEntitiesRequest request;
  request.set_indication(flags.subject);
  return RunUses<v1::ListAuthorizedEntitiesRequest, v1::ListAuthorizedEntitiesResponse>(
      session, flags, "gi.registry.v1.CheckService/ListAuthorizedEntities", request);
}

absl::StatusOr<int> RunTitles(const Session& session, const UseFlags& flags) {
  v1::ListAuthorizedIndicationsRequest request;
  if (absl::StartsWith(flags.subject, "entities/")) {
    request.set_entity(flags.subject);
  } else {
    request.set_uscc(flags.subject);
  }
  return RunUses<v1::ListAuthorizedIndicationsRequest, v1::ListAuthorizedIndicationsResponse>(
      session, flags, "gi.registry.v1.CheckService/ListAuthorizedIndications", request);
}

void AddUses(CLI::App& app, Command& command, const char* word, const char* help, const char* subject,
             const char* subject_help, absl::StatusOr<int> (*run)(const Session&, const UseFlags&)) {
  auto flags = std::make_shared<UseFlags>();
  CLI::App* sub = app.add_subcommand(word, help);
  sub->add_option(subject, flags->subject, subject_help)->required();
  sub->add_option("--goods", flags->goods, "Id or text of a goods item of the title");
  sub->add_option("--class", flags->nice_class, "Nice class of the goods");
  sub->add_option("--variety", flags->variety, "Variety or breed");
  sub->add_option("--place", flags->place, "Division code of the place of production");
  sub->add_option("--date", flags->date, "Business date (default: today)");
  sub->callback([flags, run, &command] { command = [flags, run](Session& session) { return run(session, *flags); }; });
}

}  // namespace

void AddSearchCommands(CLI::App& app, Command& command) {
  AddSearch(app, command);
  AddUses(app, command, "users", "Who may use a title on a date", "INDICATION",
          "indications/{indication}, or a number or name that only one title has", &RunUsers);
  AddUses(app, command, "titles", "Which titles an entity may use on a date", "ENTITY",
          "Unified social credit code, or entities/{entity}", &RunTitles);
}

}  // namespace gi::client::gictl
