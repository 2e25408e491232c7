// Random lives of records and products: what is kept beside the records (tallies, standings, the catalogue in memory)
// is what counting the records anew gives, and an index made from the rows of a revision is the one that grew to it.
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/domain/survey/score.h"
#include "server/domain/survey/tally.h"
#include "server/search/catalogue_index.h"
#include "server/search/live_index.h"
#include "server/service/survey/catalogue_search.h"
#include "storage/base/uuid.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/registry/tables.h"
#include "tests/server/service/service_world.h"

namespace gi::service {
namespace {

namespace v1 = registry::v1;

constexpr const char* kPlaces[] = {"500155005", "500155005205", "500155120205", "500155102", "500155104"};
constexpr const char* kNames[] = {"示例柚", "示列柚", "样品茶", "样板席", "shili you"};

template <class Request>
Request& Signed(Request& request) {
  request.set_request_id(NewUuid());
  request.set_reason("test");
  return request;
}

v1::Source Synthetic() {
  v1::Source source;
  source.set_kind(v1::SOURCE_KIND_SYNTHETIC);
  source.set_title("test");
  return source;
}

class SurveyLife {
 public:
  SurveyLife(const ServiceWorld& world, uint32_t seed) : world_(world), random_(seed) {
    for (const auto& [code, successor] : {std::pair("500155", ""),
                                          {"500155005", ""},
                                          {"500155005205", ""},
                                          {"500155120205", "500155005205"},
                                          {"500155102", ""}}) {
      v1::CreateDivisionRequest request;
      request.mutable_division()->set_code(code);
      request.mutable_division()->add_names()->set_display_name("示例");
      *request.mutable_division()->mutable_source() = Synthetic();
      if (*successor != 0) {
        v1::DivisionSuccessor& added = *request.mutable_division()->add_successors();
        added.set_code(successor);
        added.set_kind(v1::SUCCESSION_KIND_RENUMBERED);
      }
      EXPECT_TRUE(world_.Call<v1::MutateDivisionResponse>("DivisionService/CreateDivision", Signed(request)).ok());
    }
    for (int year = 2021; year <= 2023; ++year) OpenSurvey(year);
  }

  // True if it was accepted.
  bool Step() {
    switch (Below(12)) {
      case 0:
      case 1:
      case 2:
        return NewRecord();
      case 3:
        return Change<v1::SubmitSurveyRecordRequest>("SubmitSurveyRecord", [](auto&, const auto&) {});
      case 4:
        return Change<v1::ReturnSurveyRecordRequest>("ReturnSurveyRecord", [](auto& request, const auto&) {
          v1::FieldRemark& remark = *request.add_remarks();
          remark.set_field("x");
          remark.set_remark("y");
        });
      case 5:
      case 6:
        return Change<v1::AcceptSurveyRecordRequest>("AcceptSurveyRecord", [](auto& request, const auto& row) {
          for (const auto& warning : row.warnings()) request.add_acknowledged_warnings(warning.id());
        });
      case 7:
        return Decide();
      case 8:
        return Correct();
      case 9:
        return Change<v1::ChooseSurveyMeasurementRequest>("ChooseSurveyMeasurement", [&](auto& request, const auto&) {
          request.set_measurement(absl::StrCat("m", 1 + Below(3)));
        });
      case 10:
        return Merge();
      default:
        return Unmerge();
    }
  }

 private:
  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

  void OpenSurvey(int year) {
    v1::CreateSurveyRequest create;
    v1::Survey& survey = *create.mutable_survey();
    survey.set_year(year);
    survey.set_display_name("示例");
    survey.set_organiser("示例");
    survey.set_jurisdiction("500155");
    survey.set_form_version("1");
    *survey.mutable_source() = Synthetic();
    for (const char* code : {"500155", "500155005", "500155102"}) {
      v1::TownshipAssignment& township = *survey.add_townships();
      township.set_code(code);
      township.mutable_due_on()->set_year(year);
      township.mutable_due_on()->set_month(12);
      township.mutable_due_on()->set_day(31);
    }
    create.set_survey_id(absl::StrCat("s", year));
    const auto made = world_.Call<v1::MutateSurveyResponse>("SurveyService/CreateSurvey", Signed(create));
    ASSERT_TRUE(made.ok()) << made.status();
    v1::OpenSurveyRequest open;
    open.set_name(made->survey().name());
    open.set_etag(made->survey().etag());
    ASSERT_TRUE(world_.Call<v1::MutateSurveyResponse>("SurveyService/OpenSurvey", Signed(open)).ok());
  }

  v1::SurveyRecord MakeRecord(int year) {
    v1::SurveyRecord record;
    record.set_local_name(kNames[Below(5)]);
    record.set_sector(static_cast<v1::Sector>(1 + Below(2)));
    record.set_category("示例");
    record.set_place_code(kPlaces[Below(5)]);
    record.set_process("示例");
    record.mutable_potential()->set_potential(v1::POTENTIAL_LOW);
    record.mutable_potential()->add_reasons("示例");
    *record.mutable_source() = Synthetic();
    for (int i = Below(3); i >= 0; --i) {
      v1::Measurement& figure = *record.add_measurements();
      figure.set_subject(v1::MEASURED_SUBJECT_AREA);
      figure.mutable_quantity()->set_value(absl::StrCat(1 + Below(3), ".", Below(9)));
      figure.mutable_quantity()->set_unit(Below(2) == 0 ? v1::UNIT_MU : v1::UNIT_HECTARE);
      figure.set_year(year);
      figure.set_method(v1::MEASUREMENT_METHOD_REPORTED);
      *figure.mutable_source() = Synthetic();
    }
    if (Below(2) == 0) {
      v1::Geometry& geometry = *record.mutable_geometry();
      geometry.set_datum(v1::DATUM_WGS84);
      geometry.mutable_point()->set_longitude(absl::StrCat("107.", 50 + Below(5)));
      geometry.mutable_point()->set_latitude("30.6");
    }
    return record;
  }

  bool NewRecord() {
    const int year = 2021 + Below(3);
    v1::CreateSurveyRecordRequest request;
    request.set_survey(absl::StrCat("surveys/s", year));
    *request.mutable_survey_record() = MakeRecord(year);
    request.set_survey_record_id(absl::StrCat("r", records_.size()));
    if (!products_.empty() && Below(3) == 0) request.mutable_survey_record()->set_product(AnyProduct());
    const auto made =
        world_.Call<v1::MutateSurveyRecordResponse>("SurveyRecordService/CreateSurveyRecord", Signed(request));
    EXPECT_TRUE(made.ok()) << made.status();
    records_.push_back(made->survey_record().name());
    return true;
  }

  std::string AnyProduct() { return products_[static_cast<size_t>(Below(static_cast<int>(products_.size())))]; }

  template <class Request, class Fill>
  bool Change(const char* method, Fill fill) {
    if (records_.empty()) return false;
    v1::GetSurveyRecordRequest get;
    get.set_name(records_[static_cast<size_t>(Below(static_cast<int>(records_.size())))]);
    const auto row = world_.Call<v1::GetSurveyRecordResponse>("SurveyRecordService/GetSurveyRecord", get);
    Request request;
    if constexpr (requires { request.mutable_survey_record(); }) {
      request.mutable_survey_record()->set_name(get.name());
    } else {
      request.set_name(get.name());
    }
    request.set_etag(row->survey_record().etag());
    fill(request, row->survey_record());
    const auto done =
        world_.Call<v1::MutateSurveyRecordResponse>(absl::StrCat("SurveyRecordService/", method), Signed(request));
    if (!done.ok()) return false;
    const std::string& product = done->survey_record().product();
    if (!product.empty() && std::find(products_.begin(), products_.end(), product) == products_.end()) {
      products_.push_back(product);
    }
    return true;
  }

  bool Decide() {
    if (products_.empty()) return false;
    return Change<v1::DecideSurveyDuplicateRequest>("DecideSurveyDuplicate", [&](auto& request, const auto& row) {
      request.set_product(row.duplicates().empty() ? AnyProduct() : row.duplicates(0).similar().product());
      request.set_decision(Below(3) == 0 ? v1::DUPLICATE_DECISION_DIFFERENT : v1::DUPLICATE_DECISION_SAME);
    });
  }

  bool Correct() {
    return Change<v1::CorrectSurveyRecordRequest>("CorrectSurveyRecord", [&](auto& request, const auto& row) {
      const std::string name = row.name();
      *request.mutable_survey_record() = MakeRecord(row.year());
      request.mutable_survey_record()->set_name(name);
      for (const char* field : {"measurements", "place_code", "sector"})
        request.mutable_update_mask()->add_paths(field);
      if (!products_.empty() && Below(3) == 0) {
        request.mutable_survey_record()->set_product(AnyProduct());
        request.mutable_update_mask()->add_paths("product");
      }
    });
  }

  template <class Request>
  bool ChangeProduct(const char* method, const std::string& into) {
    if (products_.empty()) return false;
    v1::GetProductRequest get;
    get.set_name(AnyProduct());
    const auto row = world_.Call<v1::GetProductResponse>("ProductService/GetProduct", get);
    Request request;
    request.set_name(get.name());
    request.set_etag(row->product().etag());
    if constexpr (requires { request.set_into(into); }) request.set_into(into);
    return world_.Call<v1::MutateProductResponse>(absl::StrCat("ProductService/", method), Signed(request)).ok();
  }
  bool Merge() { return !products_.empty() && ChangeProduct<v1::MergeProductRequest>("MergeProduct", AnyProduct()); }
  bool Unmerge() { return ChangeProduct<v1::UnmergeProductRequest>("UnmergeProduct", ""); }

  const ServiceWorld& world_;
  std::mt19937 random_;
  std::vector<std::string> records_, products_;
};

template <class Message>
std::map<std::string, Message> AllRows(const registry::ReadView& view, const table::Table<Message>& table) {
  std::map<std::string, Message> rows;
  const auto scan = view.rows().Scan(engine::PrefixRange(keyspace::KeyWriter(table.tag()).bytes()));
  while (scan->Next()) rows[*table::RowId(scan->key())] = *table.Parse(scan->value());
  return rows;
}

void CheckTallies(const registry::ReadView& view) {
  std::map<std::string, v1::SurveyTally> counted;
  for (const auto& [id, record] : AllRows(view, registry::kSurveyRecords)) {
    const std::string survey = id.substr(0, id.find('/'));
    v1::SurveyTally& tally = counted[registry::TallyId(survey, record.township(), record.sector())];
    tally.set_township(record.township());
    tally.set_sector(record.sector());
    domain::Count(record, 1, tally);
  }
  for (const auto& [id, kept] : AllRows(view, registry::kSurveyTallies)) {
    v1::SurveyTally& tally = counted[id];
    tally.set_township(kept.township());
    tally.set_sector(kept.sector());
    EXPECT_EQ(kept.SerializeAsString(), tally.SerializeAsString()) << id << "\n" << kept.DebugString();
    counted.erase(id);
  }
  EXPECT_TRUE(counted.empty());
}

// The standings of a product are those of the accepted records of it and of all that is merged into it.
void CheckStandings(const registry::ReadView& view) {
  const auto products = AllRows(view, registry::kProducts);
  std::map<std::string, std::map<std::string, std::string>> wanted;
  for (const auto& [id, record] : AllRows(view, registry::kSurveyRecords)) {
    if (record.state() != v1::SURVEY_RECORD_STATE_ACCEPTED) continue;
    std::string product = record.product();
    ASSERT_FALSE(product.empty());
    while (!product.empty()) {
      wanted[product][record.name()] = domain::StandingOf(record).SerializeAsString();
      product = products.at(product.substr(product.find('/') + 1)).merged_into();
    }
  }
  for (const auto& [id, product] : products) {
    std::map<std::string, std::string> kept;
    for (const auto& standing : product.standings()) kept[standing.record()] = standing.SerializeAsString();
    EXPECT_EQ(kept.size(), static_cast<size_t>(product.standings_size()));
    EXPECT_EQ(kept, wanted[product.name()]) << id;
    if (!product.merged_into().empty()) {
      const auto& into = products.at(product.merged_into().substr(product.merged_into().find('/') + 1)).merged_from();
      EXPECT_EQ(std::count(into.begin(), into.end(), product.name()), 1);
    }
  }
}

template <class Response, class Request>
std::string Answer(const ServiceWorld& world, const char* method, Request request) {
  const auto response = world.Call<Response>(method, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->SerializeAsString() : "";
}

std::string Searches(const ServiceWorld& world, const v1::ReadAt& at) {
  v1::RankCandidatesRequest rank;
  *rank.mutable_read_at() = at;
  v1::SearchPlacesRequest division, box;
  division.set_division("500155005");
  *division.mutable_read_at() = at;
  box.mutable_area()->set_datum(v1::DATUM_WGS84);
  auto& corners = *box.mutable_area()->mutable_box();
  corners.mutable_south_west()->set_longitude("107.505");
  corners.mutable_south_west()->set_latitude("30.5");
  corners.mutable_north_east()->set_longitude("107.535");
  corners.mutable_north_east()->set_latitude("30.7");
  *box.mutable_read_at() = at;
  v1::FindSimilarProductsRequest similar;
  similar.set_local_name("示例柚");
  *similar.mutable_read_at() = at;
  return absl::StrCat(Answer<v1::RankCandidatesResponse>(world, "ProductService/RankCandidates", rank), "|",
                      Answer<v1::SearchPlacesResponse>(world, "ProductService/SearchPlaces", division), "|",
                      Answer<v1::SearchPlacesResponse>(world, "ProductService/SearchPlaces", box), "|",
                      Answer<v1::FindSimilarProductsResponse>(world, "ProductService/FindSimilarProducts", similar));
}

TEST(SurveyConsistencyTest, WhatIsKeptIsWhatIsCounted) {
  size_t accepted = 0;
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    const ServiceWorld world(engine::NewMemoryEngine());
    SurveyLife life(world, seed);
    std::map<int64_t, std::string> answers;
    for (int step = 0; step < 250; ++step) {
      accepted += life.Step() ? 1 : 0;
      if (step % 25 != 0) continue;
      const registry::ReadView view = world.registry().Newest();
      CheckTallies(view);
      CheckStandings(view);
      v1::ReadAt newest;
      newest.set_at_least_revision(static_cast<int64_t>(view.revision().value));
      answers[static_cast<int64_t>(view.revision().value)] = Searches(world, newest);
      ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << ", step " << step;
    }
    for (const auto& [revision, answer] : answers) {
      v1::ReadAt then;
      then.set_exact_revision(revision);
      EXPECT_EQ(Searches(world, then), answer) << "revision " << revision << ", read later";
    }
  }
  EXPECT_GT(accepted, 700u);
}

}  // namespace
}  // namespace gi::service
