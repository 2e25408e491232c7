// How long indicators, deadlines and their lists take at the server, without the way there: one thread, called in
// process, on a register with users under a thousand titles and a tenth as many applications. See README.md beside this
// file.
//   figure_benchmark [USERS] [FOLDER]
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gi/registry/v1/deadline.pb.h"
#include "gi/registry/v1/indicator.pb.h"
#include "server/domain/events.h"
#include "server/domain/title.h"
#include "server/search/figure_index.h"
#include "server/search/live_index.h"
#include "server/service/mutate.h"
#include "server/service/services.h"
#include "server/shipped_laws.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "storage/registry/registry.h"
#include "tests/benchmark/in_process.h"

namespace gi::benchmark {
namespace {

namespace v1 = registry::v1;

constexpr int kTitles = 1000;
constexpr int kCalls = 20;
// Of a hundred grants, so many change after the later of the two revisions that are asked again; all of them have
// changed since the earlier one.
constexpr int kChangedLater = 10;

v1::Date DateAt(int days) { return ToDate(*ToDay(*ParseDate("2015-01-01")) + days); }

v1::Indication MakeTitle(int number, Random& random) {
  v1::Indication title;
  title.set_name(absl::StrCat("indications/t", number));
  title.set_kind(static_cast<v1::IndicationKind>(1 + Below(4, random)));
  title.set_display_name(absl::StrCat("地理标志", number));
  *title.mutable_source() = Synthetic();
  v1::TitleEvent& registered = *title.add_events();
  registered.set_kind(v1::TITLE_EVENT_KIND_REGISTERED);
  *registered.mutable_effective_from() = DateAt(Below(2000, random));
  domain::AssignEventIds(*title.mutable_events());
  domain::FillTerm(title.kind(), domain::RunningTermEnd(title, registered), *title.mutable_events(0));
  return title;
}

v1::Authorization MakeGrant(int number, Random& random) {
  v1::Authorization grant;
  grant.set_name(absl::StrCat("authorizations/g", number));
  grant.set_entity(absl::StrCat("entities/e", number));
  grant.set_indication(absl::StrCat("indications/t", Below(kTitles, random)));
  *grant.mutable_source() = Synthetic();
  const int from = 2000 + Below(2000, random);
  *grant.mutable_validity()->mutable_from() = DateAt(from);
  *grant.mutable_validity()->mutable_to() = DateAt(from + 3000);
  v1::GrantEvent& granted = *grant.add_events();
  granted.set_kind(v1::GRANT_EVENT_KIND_GRANTED);
  *granted.mutable_effective_from() = DateAt(from);
  if (Below(4, random) != 0) {
    v1::GrantEvent& logo = *grant.add_events();
    logo.set_kind(v1::GRANT_EVENT_KIND_LOGO_PERMITTED);
    *logo.mutable_effective_from() = DateAt(from + Below(200, random));
  }
  if (Below(2, random) != 0) {
    v1::GrantEvent& report = *grant.add_events();
    report.set_kind(v1::GRANT_EVENT_KIND_USE_REPORTED);
    *report.mutable_effective_from() = DateAt(from + 400);
    report.mutable_use_report()->set_year(DateAt(from + 300).year());
    report.mutable_use_report()->set_used(true);
    *report.mutable_use_report()->mutable_last_used_on() = DateAt(from + 300);
  }
  domain::AssignEventIds(*grant.mutable_events());
  return grant;
}

v1::Application MakeApplication(int number, Random& random) {
  constexpr v1::ApplicationEventKind kCourse[] = {v1::APPLICATION_EVENT_KIND_FILED,
                                                  v1::APPLICATION_EVENT_KIND_CORRECTION_REQUESTED,
                                                  v1::APPLICATION_EVENT_KIND_CORRECTED,
                                                  v1::APPLICATION_EVENT_KIND_ACCEPTED,
                                                  v1::APPLICATION_EVENT_KIND_EXAMINATION_BEGUN,
                                                  v1::APPLICATION_EVENT_KIND_OPINION_ISSUED,
                                                  v1::APPLICATION_EVENT_KIND_OPINION_ANSWERED,
                                                  v1::APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED,
                                                  v1::APPLICATION_EVENT_KIND_OPPOSED,
                                                  v1::APPLICATION_EVENT_KIND_OPPOSITION_ANSWERED};
  v1::Application application;
  application.set_name(absl::StrCat("applications/a", number));
  application.set_kind(v1::APPLICATION_KIND_COLLECTIVE_MARK);
  application.set_display_name(absl::StrCat("申请", number));
  application.set_applicant(absl::StrCat("entities/e", number));
  application.set_law("trademark-2019");
  application.set_office(absl::StrCat("office ", Below(20, random)));
  *application.mutable_source() = Synthetic();
  for (int i = 1; i <= 2; ++i) {
    v1::GoodsItem& item = *application.add_goods();
    item.set_id(absl::StrCat("g", i));
    item.set_text("商品");
  }
  int day = 2500 + Below(1600, random);
  for (int i = Below(static_cast<int>(std::size(kCourse)) + 1, random), step = 0; step < i; ++step) {
    v1::ApplicationEvent& event = *application.add_events();
    event.set_kind(kCourse[step]);
    *event.mutable_date() = DateAt(day);
    event.mutable_service()->set_mode(v1::SERVICE_MODE_RECEIVED);
    *event.mutable_service()->mutable_received_on() = DateAt(day + 1);
    day += 5 + Below(40, random);
  }
  domain::AssignEventIds(*application.mutable_events());
  return application;
}

void Fill(registry::Registry& registry, int users) {
  Random random(7);
  Filler filler(registry);
  for (int i = 0; i < kTitles; ++i) filler.Put(registry::kIndications, absl::StrCat("t", i), MakeTitle(i, random));
  for (int i = 0; i < users; ++i) {
    v1::Entity entity;
    entity.set_name(absl::StrCat("entities/e", i));
    entity.set_display_name(absl::StrCat("合作社", i));
    entity.set_uscc(absl::StrFormat("93500155%010d", i));
    filler.Put(registry::kEntities, absl::StrCat("e", i), entity);
    filler.Put(registry::kAuthorizations, absl::StrCat("g", i), MakeGrant(i, random));
  }
  for (int i = 0; i < users / 10; ++i) {
    filler.Put(registry::kApplications, absl::StrCat("a", i), MakeApplication(i, random));
  }
}

// Each user reports, late, on the year before the last one: the report on the last one stays outstanding.
void ReportAll(registry::Registry& registry, int users) {
  Filler filler(registry);
  for (int i = 0; i < users; ++i) {
    const std::string id = absl::StrCat("g", i);
    filler.Submit([id](registry::Mutation& mutation) -> absl::Status {
      ASSIGN_OR_RETURN(auto row, registry::kAuthorizations.Get(mutation.rows(), id));
      v1::GrantEvent& report = *row->message.add_events();
      report.set_kind(v1::GRANT_EVENT_KIND_USE_REPORTED);
      *report.mutable_effective_from() = DateAt(4250);
      report.mutable_use_report()->set_year(DateAt(4250).year() - 2);
      domain::AssignEventIds(*row->message.mutable_events());
      return mutation.Put(registry::kAuthorizations, id, row->message);
    });
  }
}

void ChangeSome(registry::Registry& registry, int users) {
  Random random(8);
  Filler filler(registry);
  for (int i = 0; i < users * kChangedLater / 100; ++i) {
    const int number = Below(users, random);
    v1::Authorization grant = MakeGrant(number, random);
    filler.Put(registry::kAuthorizations, absl::StrCat("g", number), grant);
  }
}

// The facts of one table.
template <keyspace::Tag kTable>
struct Part {
  static constexpr keyspace::Tag kTables[] = {kTable};
  bool PutRow(keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> row, Revision revision) {
    return index.PutRow(table, id, row, revision);
  }
  search::FigureIndex index;
};

template <keyspace::Tag kTable>
void MeasureLoading(const char* what, const registry::ReadView& view) {
  Measure(what, 1, [&](int) {
    Part<kTable> part;
    Must(search::ReadRows(view, part));
    const domain::Facts& facts = part.index.facts();
    return std::max({facts.entities.size(), facts.grants.size(), facts.applications.size()});
  });
}

void MeasureAll(const Asker& asker, int64_t before_some, int64_t before_all) {
  v1::QueryIndicatorsRequest query;
  *query.mutable_date() = DateAt(4300);
  const auto ask = [&](const char* what, int calls, const v1::QueryIndicatorsRequest& request) {
    Measure(what, calls, [&](int) {
      return static_cast<size_t>(
          asker.Ask<v1::QueryIndicatorsResponse>("IndicatorService/QueryIndicators", request).indicators_size());
    });
  };
  ask("the first figure, which loads the facts", 1, query);
  for (const char* id :
       {"titles.registered", "titles.in_force", "users.logo", "users.per_title", "applications.by_state",
        "applications.by_age", "deadlines.met", "deadlines.missed", "reports.outstanding", "grants.unused_two_years"}) {
    v1::QueryIndicatorsRequest one = query;
    one.add_indicators(id);
    ask(id, kCalls, one);
  }
  v1::QueryIndicatorsRequest year = query;
  year.add_indicators("users.logo");
  year.mutable_from_month()->set_year(DateAt(4300).year());
  year.mutable_from_month()->set_month(1);
  *year.mutable_to_month() = year.from_month();
  year.mutable_to_month()->set_month(9);
  ask("users.logo, nine months", kCalls, year);
  v1::ListIndicatorRowsRequest rows;
  rows.set_indicator("users.logo");
  *rows.mutable_month() = year.to_month();
  *rows.mutable_date() = query.date();
  Measure("the rows of users.logo, a page of 100", kCalls, [&](int) {
    return static_cast<size_t>(
        asker.Ask<v1::ListIndicatorRowsResponse>("IndicatorService/ListIndicatorRows", rows).total());
  });
  v1::ListDeadlinesRequest deadlines;
  *deadlines.mutable_date() = query.date();
  Measure("ListDeadlines, 100 of all, explained", kCalls, [&](int) {
    return static_cast<size_t>(
        asker.Ask<v1::ListDeadlinesResponse>("DeadlineService/ListDeadlines", deadlines).total());
  });
  deadlines.mutable_filter()->set_office("office 3");
  deadlines.mutable_filter()->add_states(v1::DEADLINE_STATE_OPEN);
  Measure("– the open ones of one office", kCalls, [&](int) {
    return static_cast<size_t>(
        asker.Ask<v1::ListDeadlinesResponse>("DeadlineService/ListDeadlines", deadlines).total());
  });
  v1::QueryIndicatorsRequest past = query;
  past.mutable_read_at()->set_exact_revision(before_some);
  past.add_indicators("users.logo");
  ask("users.logo before some grants changed, the first time", 1, past);
  ask("– and again", kCalls, past);
  past.mutable_read_at()->set_exact_revision(before_all);
  ask("– before all of them changed, the first time", 1, past);
}

// Law books have changed since `earlier` and since anything was asked.
void MeasureBeforeOtherLaws(const Asker& asker, int64_t earlier) {
  v1::QueryIndicatorsRequest query;
  *query.mutable_date() = DateAt(4300);
  query.add_indicators("users.logo");
  const auto ask = [&](const char* what) {
    Measure(what, 1, [&](int) {
      return static_cast<size_t>(
          asker.Ask<v1::QueryIndicatorsResponse>("IndicatorService/QueryIndicators", query).indicators_size());
    });
  };
  ask("users.logo after a change of law books");
  // Not the revision that is kept from before.
  query.mutable_read_at()->set_exact_revision(earlier - 1);
  ask("users.logo before it, the first time");
}

int Main(int argc, char** argv) {
  const int users = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  const bool keep = argc > 2;
  const std::string folder =
      keep ? argv[2] : (std::filesystem::temp_directory_path() / absl::StrCat("gi-figures-", getpid())).string();
  engine::RocksDbOptions options;
  options.path = folder;
  auto engine = engine::OpenRocksDbEngine(options);
  Must(engine.status());
  auto opened = registry::Registry::Open(*std::move(engine));
  Must(opened.status());
  registry::Registry& registry = **opened;
  Must(service::LoadLawFiles(registry, ShippedLaws()).status());
  Fill(registry, users);
  const int64_t before_all = registry.Newest().ReadPoint().revision();
  ReportAll(registry, users);
  const int64_t before_some = registry.Newest().ReadPoint().revision();
  ChangeSome(registry, users);
  absl::PrintF("%d users of %d titles, %d applications; all grants changed once later, %d %% again\n", users, kTitles,
               users / 10, kChangedLater);
  {
    service::Services services(registry);
    Must(services.Load());
    rpc::MethodTable methods;
    services.Register(methods);
    PrintHead();
    MeasureLoading<keyspace::kEntities>("facts of entities", registry.Newest());
    MeasureLoading<keyspace::kAuthorizations>("facts of grants", registry.Newest());
    MeasureLoading<keyspace::kApplications>("facts of applications, without law books", registry.Newest());
    MeasureAll(Asker(methods), before_some, before_all);
    std::vector<service::LawFile> laws = ShippedLaws();
    for (service::LawFile& law : laws) law.json += "\n";
    Must(service::LoadLawFiles(registry, laws).status());
    MeasureBeforeOtherLaws(Asker(methods), before_some);
  }
  opened->reset();
  if (!keep) std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace gi::benchmark

int main(int argc, char** argv) { return gi::benchmark::Main(argc, argv); }
