// Random lives of titles, grants, entities and applications: every figure is what asking the lists of rows gives, the
// rows behind it add up to it, and a figure asked again at an earlier revision is the one of then.
#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/deadline.pb.h"
#include "gi/registry/v1/indicator.pb.h"
#include "gtest/gtest.h"
#include "server/domain/events.h"
#include "storage/base/uuid.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/registry/tables.h"
#include "tests/server/domain/clock/shipped_laws.h"
#include "tests/server/service/service_world.h"
#include "tests/support/synthetic_uscc.h"

namespace gi::service {
namespace {

namespace v1 = registry::v1;

template <class Request>
Request& Signed(Request& request) {
  request.set_request_id(NewUuid());
  request.set_reason("test");
  return request;
}

void LoadLaws(const ServiceWorld& world) {
  for (const char* id : {"calendars", "gi-product", "materials", "trademark"}) {
    v1::CreateLawBookRequest request;
    request.set_lawbook_id(id);
    *request.mutable_lawbook() = domain::ReadLawBook(id);
    const auto made = world.Call<v1::MutateLawBookResponse>("LawBookService/CreateLawBook", Signed(request));
    ASSERT_TRUE(made.ok()) << made.status();
  }
}

// Lives of applications; they need an applicant, which RandomLife makes.
class ApplicationLife {
 public:
  ApplicationLife(const ServiceWorld& world, uint32_t seed) : world_(world), random_(seed) {}

  bool Step() {
    if (applications_ == 0 || Below(8) == 0) return New();
    // Few kinds of events are possible at a time.
    for (int tries = 0; tries < 12; ++tries) {
      if (Record()) return true;
    }
    return false;
  }

 private:
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint32_t>(limit)); }
  v1::Date RandomDate() { return ToDate(*ToDay(*ParseDate("2022-01-01")) + Below(700)); }
  // Mostly soon after the last event, sometimes late.
  v1::Date NextDate(const v1::Application& application) {
    const auto& events = application.events();
    const std::optional<Day> last = events.empty() ? std::nullopt : ToDay(events.rbegin()->date());
    return last && Below(6) != 0 ? ToDate(*last + Below(60)) : RandomDate();
  }

  std::string SomeEntity() {
    v1::ListEntitiesRequest request;
    const auto entities = world_.Call<v1::ListEntitiesResponse>("EntityService/ListEntities", request);
    if (!entities.ok() || entities->entities().empty()) return "";
    return entities->entities(Below(entities->entities_size())).name();
  }

  bool New() {
    v1::CreateApplicationRequest request;
    v1::Application& application = *request.mutable_application();
    request.set_application_id(absl::StrCat("a", applications_));
    const bool mark = Below(3) != 0;
    application.set_kind(mark ? v1::APPLICATION_KIND_COLLECTIVE_MARK : v1::APPLICATION_KIND_GI_PRODUCT);
    application.set_law(mark ? (Below(2) == 0 ? "trademark-2019" : "trademark-2026") : "gi-product-2024");
    application.set_display_name("示例");
    application.set_office(Below(2) == 0 ? "甲办" : "乙办");
    application.set_applicant(SomeEntity());
    application.mutable_source()->set_kind(v1::SOURCE_KIND_SYNTHETIC);
    application.mutable_source()->set_title("test");
    for (int i = 0; i <= Below(3); ++i) {
      v1::GoodsItem& item = *application.add_goods();
      item.set_id(absl::StrCat("g", i));
      item.set_text("商品");
      item.set_nice_class(31);
      item.set_nice_edition("12-2024");
    }
    application.add_area_codes("500155");
    application.mutable_area_document()->set_kind(v1::DOCUMENT_KIND_DECISION);
    application.mutable_standing()->set_kind(v1::STANDING_KIND_ASSOCIATION);
    for (int kind = 1; kind < v1::MaterialKind_ARRAYSIZE; ++kind) {
      v1::Material& material = *application.add_materials();
      material.set_kind(static_cast<v1::MaterialKind>(kind));
      material.set_present(true);
    }
    const bool made =
        world_.Call<v1::MutateApplicationResponse>("ApplicationService/CreateApplication", Signed(request)).ok();
    applications_ += made ? 1 : 0;
    return made;
  }

  bool Record() {
    v1::GetApplicationRequest get;
    get.set_name(absl::StrCat("applications/a", Below(applications_)));
    const auto row = world_.Call<v1::GetApplicationResponse>("ApplicationService/GetApplication", get);
    if (!row.ok()) return false;
    v1::RecordApplicationEventRequest request;
    request.set_name(get.name());
    request.set_etag(row->application().etag());
    v1::ApplicationEvent& event = *request.mutable_event();
    const bool draft = row->application().events().empty();
    event.set_kind(draft ? v1::APPLICATION_EVENT_KIND_FILED
                         : static_cast<v1::ApplicationEventKind>(1 + Below(v1::ApplicationEventKind_ARRAYSIZE - 1)));
    if (event.kind() == v1::APPLICATION_EVENT_KIND_ANNULMENT) {
      event.set_annuls(domain::EventId(Below(row->application().events_size() + 1)));
    } else {
      *event.mutable_date() = NextDate(row->application());
      event.mutable_service()->set_mode(v1::SERVICE_MODE_RECEIVED);
      *event.mutable_service()->mutable_received_on() = event.date();
      event.set_number("1");
      event.set_note("why");
      if (event.kind() == v1::APPLICATION_EVENT_KIND_REGISTERED) event.set_registration_number("SHILI-1");
      if (event.kind() == v1::APPLICATION_EVENT_KIND_LAW_CHOSEN) event.set_law("trademark-2026");
      if (Below(3) == 0) event.add_items(row->application().goods(Below(row->application().goods_size())).id());
    }
    return world_.Call<v1::MutateApplicationResponse>("ApplicationService/RecordApplicationEvent", Signed(request))
        .ok();
  }

  const ServiceWorld& world_;
  std::mt19937 random_;
  int applications_ = 0;
};

v1::QueryIndicatorsResponse Ask(const ServiceWorld& world, v1::QueryIndicatorsRequest request, int64_t revision = -1) {
  if (revision >= 0) request.mutable_read_at()->set_exact_revision(revision);
  const auto answer = world.Call<v1::QueryIndicatorsResponse>("IndicatorService/QueryIndicators", request);
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.value_or(v1::QueryIndicatorsResponse());
}

v1::QueryIndicatorsRequest MonthOf(int year, int month) {
  v1::QueryIndicatorsRequest request;
  request.mutable_from_month()->set_year(year);
  request.mutable_from_month()->set_month(month);
  *request.mutable_to_month() = request.from_month();
  return request;
}

// Equal texts, or the first line that differs: what EXPECT_EQ does with long texts takes the memory of the machine.
testing::AssertionResult Same(const std::string& text, const std::string& expected) {
  if (text == expected) return testing::AssertionSuccess();
  const std::vector<std::string> lines = absl::StrSplit(text, '\n'), wanted = absl::StrSplit(expected, '\n');
  size_t i = 0;
  while (i < std::min(lines.size(), wanted.size()) && lines[i] == wanted[i]) ++i;
  const auto line = [&](const std::vector<std::string>& of) { return i < of.size() ? of[i] : std::string("no more"); };
  return testing::AssertionFailure() << "line " << i << ": " << line(lines) << ", expected " << line(wanted);
}

using Counts = std::map<std::string, int>;

// The figures of the answer: value by indicator and group.
Counts Values(const v1::QueryIndicatorsResponse& answer, const std::string& indicator) {
  Counts counts;
  for (const v1::Indicator& one : answer.indicators()) {
    if (one.definition().id() != indicator) continue;
    for (const v1::IndicatorSeries& series : one.series()) {
      const int value = std::stoi(series.points(0).value());
      if (value != 0 || series.group().empty()) counts[series.group()] = value;
    }
  }
  return counts;
}

template <class Response, class Request>
Response List(const ServiceWorld& world, const char* method, Request request) {
  request.set_page_size(1000);
  const auto answer = world.Call<Response>(method, request);
  EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->next_page_token().empty());
  return *answer;
}

std::string Short(const std::string& name, absl::string_view prefix) {
  return std::string(absl::StripPrefix(name, prefix));
}

// Titles, users and applications counted from what the lists of rows say on a day.
void CompareWithLists(const ServiceWorld& world, const v1::QueryIndicatorsResponse& answer, const v1::Date& day) {
  v1::ListIndicationsRequest ask_titles;
  *ask_titles.mutable_date() = day;
  Counts in_force = {{"", 0}};
  std::map<std::string, v1::IndicationKind> usable;
  const auto all_indications =
      List<v1::ListIndicationsResponse>(world, "IndicationService/ListIndications", ask_titles);
  for (const v1::Indication& title : all_indications.indications()) {
    if (title.state() != v1::TITLE_STATE_IN_FORCE && title.state() != v1::TITLE_STATE_PARTLY_IN_FORCE) continue;
    usable[title.name()] = title.kind();
    if (title.kind() == v1::INDICATION_KIND_FOREIGN) continue;
    ++in_force[""];
    ++in_force[Short(v1::IndicationKind_Name(title.kind()), "INDICATION_KIND_")];
  }
  EXPECT_EQ(Values(answer, "titles.in_force"), in_force);

  v1::ListEntitiesRequest ask_entities;
  *ask_entities.mutable_date() = day;
  std::set<std::string> gone;
  const auto all_entities = List<v1::ListEntitiesResponse>(world, "EntityService/ListEntities", ask_entities);
  for (const v1::Entity& entity : all_entities.entities()) {
    if (entity.state() != v1::ENTITY_STATE_ACTIVE) gone.insert(entity.name());
  }
  v1::ListAuthorizationsRequest ask_grants;
  *ask_grants.mutable_date() = day;
  std::map<std::string, std::set<std::string>> logo = {{"", {}}}, users = {{"", {}}};
  Counts unused = {{"", 0}};
  const auto all_authorizations =
      List<v1::ListAuthorizationsResponse>(world, "AuthorizationService/ListAuthorizations", ask_grants);
  for (const v1::Authorization& grant : all_authorizations.authorizations()) {
    const std::string title = Short(grant.indication(), "indications/");
    if (grant.unused_two_years()) {
      ++unused[""];
      ++unused[title];
    }
    const auto kind = usable.find(grant.indication());
    if (grant.state() != v1::AUTHORIZATION_STATE_GRANTED || kind == usable.end() || gone.contains(grant.entity()))
      continue;
    users[""].insert(grant.entity());
    users[title].insert(grant.entity());
    const bool counted = kind->second == v1::INDICATION_KIND_CERTIFICATION_MARK ||
                         kind->second == v1::INDICATION_KIND_COLLECTIVE_MARK ||
                         kind->second == v1::INDICATION_KIND_GI_PRODUCT;
    if (!grant.logo_permitted() || !counted) continue;
    logo[""].insert(grant.entity());
    logo[Short(v1::IndicationKind_Name(kind->second), "INDICATION_KIND_")].insert(grant.entity());
  }
  const auto sizes = [](const std::map<std::string, std::set<std::string>>& sets) {
    Counts counts;
    for (const auto& [group, set] : sets) counts[group] = static_cast<int>(set.size());
    return counts;
  };
  EXPECT_EQ(Values(answer, "users.logo"), sizes(logo));
  EXPECT_EQ(Values(answer, "users.per_title"), sizes(users));
  EXPECT_EQ(Values(answer, "grants.unused_two_years"), unused);

  v1::ListApplicationsRequest ask_applications;
  *ask_applications.mutable_date() = day;
  Counts states = {{"", 0}};
  const auto all_applications =
      List<v1::ListApplicationsResponse>(world, "ApplicationService/ListApplications", ask_applications);
  for (const v1::Application& application : all_applications.applications()) {
    // Drafts of today are not known on an earlier day.
    if (application.state() == v1::APPLICATION_STATE_DRAFT) continue;
    ++states[""];
    ++states[Short(v1::ApplicationState_Name(application.state()), "APPLICATION_STATE_")];
  }
  EXPECT_EQ(Values(answer, "applications.by_state"), states);
}

// Met and missed of a month, from the list of deadlines; says how many there are.
int CompareWithDeadlines(const ServiceWorld& world, const v1::QueryIndicatorsResponse& answer) {
  int all = 0;
  for (const auto& [indicator, state] :
       {std::pair("deadlines.met", v1::DEADLINE_STATE_MET), std::pair("deadlines.missed", v1::DEADLINE_STATE_MISSED)}) {
    v1::ListDeadlinesRequest request;
    *request.mutable_filter()->mutable_due() = answer.indicators(0).series(0).points(0).period();
    request.mutable_filter()->add_states(state);
    request.mutable_filter()->add_parties(v1::PARTY_APPLICANT);
    request.mutable_filter()->add_parties(v1::PARTY_HOLDER);
    Counts counts = {{"", 0}};
    const auto all_deadlines = List<v1::ListDeadlinesResponse>(world, "DeadlineService/ListDeadlines", request);
    for (const v1::Deadline& deadline : all_deadlines.deadlines()) {
      ++counts[""];
      ++counts[deadline.rule_id()];
      EXPECT_FALSE(deadline.steps().empty());
    }
    EXPECT_EQ(Values(answer, indicator), counts);
    all += counts[""];
  }
  return all;
}

// The rows behind every figure add up to it.
void CompareWithRows(const ServiceWorld& world, const v1::QueryIndicatorsResponse& answer) {
  for (const v1::Indicator& indicator : answer.indicators()) {
    for (const v1::IndicatorSeries& series : indicator.series()) {
      v1::ListIndicatorRowsRequest request;
      request.set_indicator(indicator.definition().id());
      *request.mutable_month() = series.points(0).month();
      request.set_group(series.group());
      request.mutable_read_at()->set_exact_revision(answer.read_point().revision());
      const auto rows = world.Call<v1::ListIndicatorRowsResponse>("IndicatorService/ListIndicatorRows", request);
      ASSERT_TRUE(rows.ok()) << rows.status();
      EXPECT_EQ(rows->value(), series.points(0).value()) << indicator.definition().id() << " " << series.group();
    }
  }
}

class FigureConsistencyTest : public testing::TestWithParam<uint32_t> {};

TEST_P(FigureConsistencyTest, ListsRowsAndEarlierRevisions) {
  ServiceWorld world(engine::NewMemoryEngine());
  // One half with the thread that keeps them ready, the other loads and catches up when asked.
  if (GetParam() % 2 == 0) world.KeepFiguresReady();
  LoadLaws(world);
  RandomLife life(world, GetParam());
  ApplicationLife applications(world, GetParam() + 77);
  const v1::QueryIndicatorsRequest month = MonthOf(2023, 6);
  std::map<int64_t, std::string> answers;
  int accepted = 0;
  for (int step = 0; step < 700; ++step) {
    const bool done = step % 2 == 0 ? life.Step() : applications.Step();
    if (!done || ++accepted % 5 != 0) continue;
    const v1::QueryIndicatorsResponse answer = Ask(world, month);
    CompareWithLists(world, answer, answer.indicators(0).series(0).points(0).period().to());
    if (accepted % 20 == 0) {
      CompareWithDeadlines(world, answer);
      CompareWithRows(world, answer);
    }
    answers[answer.read_point().revision()] = answer.DebugString();
    if (testing::Test::HasFailure()) FAIL() << "at step " << step;
  }
  EXPECT_GT(accepted, 80);
  int deadlines = 0;
  for (int i = 0; i < 96; ++i) {
    deadlines += CompareWithDeadlines(world, Ask(world, MonthOf(2019 + i / 12, 1 + i % 12)));
  }
  EXPECT_GE(deadlines, 5);
  for (const bool restart : {false, true}) {
    if (restart) world.Restart();
    for (const auto& [revision, text] : answers) {
      ASSERT_TRUE(Same(Ask(world, month, revision).DebugString(), text)) << "revision " << revision << " " << restart;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FigureConsistencyTest, testing::Values(1u, 2u, 3u, 4u));

// A law book that changes makes all deadlines anew, and those of earlier revisions stay.
TEST(FigureConsistencyTest, LawBooksCountFromTheirRevisionOn) {
  const ServiceWorld world(engine::NewMemoryEngine());
  LoadLaws(world);
  RandomLife life(world, 9);
  ApplicationLife applications(world, 10);
  for (int step = 0; step < 400; ++step) (step % 2 == 0) ? life.Step() : applications.Step();
  const auto deadlines = [&](int64_t revision) {
    v1::ListDeadlinesRequest request;
    request.set_page_size(1000);
    if (revision >= 0) request.mutable_read_at()->set_exact_revision(revision);
    return *world.Call<v1::ListDeadlinesResponse>("DeadlineService/ListDeadlines", request);
  };
  const v1::ListDeadlinesResponse before = deadlines(-1);
  ASSERT_GT(before.total(), 10);
  const auto figures = [&](int64_t revision) {
    std::string text;
    for (int year = 2018; year <= 2026; ++year) {
      v1::QueryIndicatorsRequest months = MonthOf(year, 1);
      months.mutable_to_month()->set_month(12);
      v1::QueryIndicatorsResponse answer = Ask(world, months, revision);
      answer.clear_read_point();
      text += answer.DebugString();
    }
    return text;
  };
  const std::string figures_before = figures(-1);
  v1::GetLawBookRequest get;
  get.set_name("lawbooks/trademark");
  const auto book = world.Call<v1::GetLawBookResponse>("LawBookService/GetLawBook", get);
  v1::CorrectLawBookRequest correct;
  *correct.mutable_lawbook() = book->lawbook();
  correct.set_etag(book->lawbook().etag());
  correct.mutable_update_mask()->add_paths("clock_rules");
  for (v1::ClockRule& rule : *correct.mutable_lawbook()->mutable_clock_rules()) {
    rule.mutable_length()->set_amount(rule.length().amount() * 2);
  }
  const auto corrected = world.Call<v1::MutateLawBookResponse>("LawBookService/CorrectLawBook", Signed(correct));
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_NE(deadlines(-1).deadlines(0).due_date().DebugString() + deadlines(-1).deadlines(3).due_date().DebugString(),
            before.deadlines(0).due_date().DebugString() + before.deadlines(3).due_date().DebugString());
  EXPECT_TRUE(Same(deadlines(before.read_point().revision()).DebugString(), before.DebugString()));
  EXPECT_FALSE(Same(figures(-1), figures_before));
  EXPECT_TRUE(Same(figures(before.read_point().revision()), figures_before));
}

// Ninety deadlines each: corrections asked for and made, again and again.
v1::Application OftenCorrected() {
  v1::Application application;
  application.set_kind(v1::APPLICATION_KIND_GI_PRODUCT);
  application.set_law("gi-product-2024");
  application.set_display_name("示例");
  application.set_office("甲办");
  application.set_applicant("entities/e");
  application.mutable_source()->set_kind(v1::SOURCE_KIND_SYNTHETIC);
  application.mutable_source()->set_title("test");
  application.add_goods()->set_id("g1");
  application.mutable_goods(0)->set_text("商品");
  application.add_area_codes("500155");
  application.mutable_area_document()->set_kind(v1::DOCUMENT_KIND_DECISION);
  application.mutable_standing()->set_kind(v1::STANDING_KIND_ASSOCIATION);
  Day day = *ToDay(*ParseDate("2020-01-01"));
  const auto add = [&](v1::ApplicationEventKind kind) {
    v1::ApplicationEvent& event = *application.add_events();
    event.set_kind(kind);
    *event.mutable_date() = ToDate(day);
    if (kind == v1::APPLICATION_EVENT_KIND_CORRECTION_REQUESTED) {
      event.set_number("1");
      event.mutable_service()->set_mode(v1::SERVICE_MODE_RECEIVED);
      *event.mutable_service()->mutable_received_on() = ToDate(day);
    }
    day = day + 1;
  };
  add(v1::APPLICATION_EVENT_KIND_FILED);
  for (int i = 0; i < 90; ++i) {
    add(v1::APPLICATION_EVENT_KIND_CORRECTION_REQUESTED);
    add(v1::APPLICATION_EVENT_KIND_CORRECTED);
  }
  return application;
}

TEST(FigureConsistencyTest, ACalendarFileHasItsLimit) {
  const ServiceWorld world(engine::NewMemoryEngine());
  LoadLaws(world);
  // A rule that corrections of GI products are due by.
  v1::CreateLawBookRequest book;
  book.mutable_lawbook()->set_display_name("test");
  v1::ClockRule& rule = *book.mutable_lawbook()->add_clock_rules();
  const v1::LawBook trademark = domain::ReadLawBook("trademark");
  for (const v1::ClockRule& one : trademark.clock_rules()) {
    if (one.rule_id() == "TM-BUZHENG" && one.laws(0) == "trademark-2019") rule = one;
  }
  rule.set_rule_id("TEST");
  rule.set_laws(0, "gi-product-2024");
  const auto made = world.Call<v1::MutateLawBookResponse>("LawBookService/CreateLawBook", Signed(book));
  ASSERT_TRUE(made.ok()) << made.status();
  v1::CreateEntityRequest entity;
  entity.set_entity_id("e");
  entity.mutable_entity()->set_uscc(SyntheticUscc(1));
  entity.mutable_entity()->set_display_name("示例");
  *entity.mutable_entity()->mutable_source() = OftenCorrected().source();
  ASSERT_TRUE(world.Call<v1::MutateEntityResponse>("EntityService/CreateEntity", Signed(entity)).ok());
  v1::ExportDeadlinesRequest request;
  for (int i = 0; i < 112; ++i) {
    v1::CreateApplicationRequest create;
    create.set_application_id(absl::StrCat("a", i));
    *create.mutable_application() = OftenCorrected();
    const auto created =
        world.Call<v1::MutateApplicationResponse>("ApplicationService/CreateApplication", Signed(create));
    ASSERT_TRUE(created.ok()) << created.status();
  }
  const auto refused = world.Call<v1::ExportDeadlinesResponse>("DeadlineService/ExportDeadlines", request);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(refused.status().message().find("10080 rows and the limit is 10000"), std::string::npos)
      << refused.status();
  request.mutable_filter()->set_subject("applications/a7");
  EXPECT_TRUE(world.Call<v1::ExportDeadlinesResponse>("DeadlineService/ExportDeadlines", request).ok());
}

}  // namespace
}  // namespace gi::service
