// How long reads of the survey and the catalogue take at the server, without the way there: one thread, called in
// process, on a register of 10^4, 10^5, … records over five years. See README.md beside this file.
//   survey_benchmark [RECORDS] [FOLDER]
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/service/mutate.h"
#include "server/service/services.h"
#include "server/service/survey/rows.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "storage/registry/registry.h"
#include "tests/benchmark/in_process.h"

namespace gi::benchmark {
namespace {

namespace v1 = registry::v1;

constexpr int kFirstYear = 2021;
constexpr int kYears = 5;
constexpr int kTownships = 33;
constexpr int kVillages = 10;  // of each
constexpr int kCalls = 200;
// Of ten records of the last year, so many are accepted; the others wait, are drafts or were returned.
constexpr int kAccepted = 7;

// Three or four characters of a few hundred.
std::string MakeName(Random& random) {
  std::string name;
  for (int i = 3 + Below(2, random); i > 0; --i) {
    const int code = 0x5200 + 7 * Below(300, random);
    name += static_cast<char>(0xE0 | code >> 12);
    name += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    name += static_cast<char>(0x80 | (code & 0x3F));
  }
  return name;
}

std::string Township(int number) { return absl::StrFormat("500155%03d", 100 + number); }
std::string Village(int township, int number) { return absl::StrFormat("%s%03d", Township(township), 200 + number); }

void SetPoint(double longitude, double latitude, v1::Point& point) {
  point.set_longitude(absl::StrFormat("%.6f", longitude));
  point.set_latitude(absl::StrFormat("%.6f", latitude));
}

v1::Geometry MakeGeometry(Random& random) {
  std::uniform_real_distribution<double> longitude(107.4, 108.1), latitude(30.4, 30.9), size(0.001, 0.02);
  v1::Geometry geometry;
  geometry.set_datum(v1::DATUM_CGCS2000);
  const double x = longitude(random), y = latitude(random);
  if (Below(2, random) == 0) {
    SetPoint(x, y, *geometry.mutable_point());
  } else {
    SetPoint(x, y, *geometry.mutable_box()->mutable_south_west());
    SetPoint(x + size(random), y + size(random), *geometry.mutable_box()->mutable_north_east());
  }
  return geometry;
}

void AddFigure(v1::MeasuredSubject subject, int value, v1::Unit unit, int year, v1::SurveyRecord& record) {
  v1::Measurement& figure = *record.add_measurements();
  figure.set_id(absl::StrCat("m", record.measurements_size()));
  figure.set_subject(subject);
  figure.mutable_quantity()->set_value(absl::StrCat(value));
  figure.mutable_quantity()->set_unit(unit);
  figure.set_year(year);
  figure.set_method(v1::MEASUREMENT_METHOD_REPORTED);
  *figure.mutable_source() = Synthetic();
}

// Product `number` and its records, the same at every call.
v1::Product MakeProduct(int number, Random& random) {
  v1::Product product;
  product.set_name(absl::StrCat("products/p", number));
  product.set_display_name(MakeName(random));
  product.set_sector(static_cast<v1::Sector>(1 + Below(6, random)));
  product.set_stage(static_cast<v1::CultivationStage>(1 + Below(5, random)));
  *product.mutable_source() = Synthetic();
  return product;
}

v1::SurveyRecord MakeRecord(const v1::Product& product, int number, int year, Random& random) {
  v1::SurveyRecord record;
  record.set_name(absl::StrCat("surveys/s", year, "/records/r", number));
  record.set_local_name(product.display_name());
  record.set_sector(product.sector());
  record.set_category("水果");
  const int township = number % kTownships;
  record.set_township(Township(township));
  record.set_place_code(Village(township, number / kTownships % kVillages));
  record.set_year(year);
  record.set_product(product.name());
  record.set_process("示例生产方式");
  *record.mutable_source() = Synthetic();
  record.mutable_potential()->set_potential(v1::POTENTIAL_MEDIUM);
  AddFigure(v1::MEASURED_SUBJECT_AREA, 1 + Below(5000, random), v1::UNIT_MU, year, record);
  AddFigure(v1::MEASURED_SUBJECT_OUTPUT, 1 + Below(9000, random), v1::UNIT_TONNE, year, record);
  AddFigure(v1::MEASURED_SUBJECT_OUTPUT_VALUE, 1 + Below(90'000'000, random), v1::UNIT_YUAN, year, record);
  for (int i = Below(3, random); i > 0; --i) {
    v1::HistoryEvidence& evidence = *record.add_evidence();
    evidence.set_kind(static_cast<v1::EvidenceKind>(1 + Below(8, random)));
    evidence.set_title("示例");
  }
  if (number % 2 == 0) *record.mutable_geometry() = MakeGeometry(random);
  const bool last = year == kFirstYear + kYears - 1;
  record.set_state(!last                           ? v1::SURVEY_RECORD_STATE_SUPERSEDED
                   : Below(10, random) < kAccepted ? v1::SURVEY_RECORD_STATE_ACCEPTED
                                                   : static_cast<v1::SurveyRecordState>(1 + Below(3, random)));
  v1::SurveyRecordStep& step = *record.add_steps();
  step.set_verb(v1::SURVEY_RECORD_VERB_ACCEPT);
  step.set_agency("benchmark");
  return record;
}

v1::Division MakeDivision(const std::string& code) {
  v1::Division division;
  division.set_name(absl::StrCat("divisions/", code));
  division.set_code(code);
  division.add_names()->set_display_name(absl::StrCat("示例", code));
  *division.mutable_source() = Synthetic();
  return division;
}

void Fill(registry::Registry& registry, int records) {
  Filler filler(registry);
  const auto put_division = [&](const std::string& code) {
    filler.Put(registry::kDivisions, code, MakeDivision(code));
  };
  put_division("500155");
  for (int t = 0; t < kTownships; ++t) {
    put_division(Township(t));
    for (int v = 0; v < kVillages; ++v) put_division(Village(t, v));
  }
  for (int year = kFirstYear; year < kFirstYear + kYears; ++year) {
    v1::Survey survey;
    survey.set_name(absl::StrCat("surveys/s", year));
    survey.set_year(year);
    survey.set_jurisdiction("500155");
    survey.set_state(v1::SURVEY_STATE_OPEN);
    for (int t = 0; t < kTownships; ++t) {
      v1::TownshipAssignment& township = *survey.add_townships();
      township.set_code(Township(t));
      township.set_expected_records(records / kYears / kTownships);
      township.mutable_due_on()->set_year(year);
      township.mutable_due_on()->set_month(12);
      township.mutable_due_on()->set_day(31);
    }
    filler.Put(registry::kSurveys, absl::StrCat("s", year), survey);
  }
  for (int number = 0; number < records / kYears; ++number) {
    Random random(static_cast<uint64_t>(number));
    const v1::Product product = MakeProduct(number, random);
    filler.Put(registry::kProducts, absl::StrCat("p", number), product);
    for (int year = kFirstYear; year < kFirstYear + kYears; ++year) {
      filler.Submit([record = MakeRecord(product, number, year, random)](registry::Mutation& mutation) {
        return service::PutRecord(mutation, nullptr, record);
      });
    }
  }
}

void MeasureAll(const Asker& asker, const registry::Registry& registry, int records) {
  Random random(500155);
  const int products = records / kYears;
  const auto product_name = [&] { return absl::StrCat("products/p", Below(products, random)); };
  const int last = kFirstYear + kYears - 1;
  PrintHead();
  v1::GetSurveyProgressRequest progress;
  progress.set_name(absl::StrCat("surveys/s", last));
  Measure("GetSurveyProgress", kCalls, [&](int) {
    return static_cast<size_t>(
        asker.Ask<v1::GetSurveyProgressResponse>("SurveyService/GetSurveyProgress", progress).townships_size());
  });
  const auto past = registry.Newest().ReadPoint().revision() * 9 / 10;
  auto at = progress;
  for (int64_t revision = past; revision > 0; --revision) {  // the end of a commit
    at.mutable_read_at()->set_exact_revision(revision);
    if (registry.At(at.read_at()).ok()) break;
  }
  Measure("GetSurveyProgress, earlier revision", kCalls, [&](int) {
    return static_cast<size_t>(
        asker.Ask<v1::GetSurveyProgressResponse>("SurveyService/GetSurveyProgress", at).townships_size());
  });
  Measure("GetProductHistory, five years", kCalls, [&](int) {
    v1::GetProductHistoryRequest request;
    request.set_name(product_name());
    return static_cast<size_t>(
        asker.Ask<v1::GetProductHistoryResponse>("ProductService/GetProductHistory", request).records_size());
  });
  const auto places = [&](const char* what, const std::function<void(v1::SearchPlacesRequest&)>& fill) {
    Measure(what, kCalls, [&](int) {
      v1::SearchPlacesRequest request;
      fill(request);
      return static_cast<size_t>(asker.Ask<v1::SearchPlacesResponse>("ProductService/SearchPlaces", request).total());
    });
  };
  std::uniform_real_distribution<double> longitude(107.4, 108.1), latitude(30.4, 30.9);
  places("SearchPlaces, a point", [&](v1::SearchPlacesRequest& request) {
    request.mutable_point()->set_datum(v1::DATUM_WGS84);
    SetPoint(longitude(random), latitude(random), *request.mutable_point()->mutable_point());
  });
  places("SearchPlaces, a polygon of about 1 km", [&](v1::SearchPlacesRequest& request) {
    request.mutable_area()->set_datum(v1::DATUM_WGS84);
    const double x = longitude(random), y = latitude(random);
    for (const auto& [dx, dy] : {std::pair(0.0, 0.0), {0.01, 0.002}, {0.008, 0.01}, {-0.002, 0.008}}) {
      SetPoint(x + dx, y + dy, *request.mutable_area()->add_outline());
    }
  });
  places("SearchPlaces, a box of a quarter of the county", [&](v1::SearchPlacesRequest& request) {
    request.mutable_area()->set_datum(v1::DATUM_WGS84);
    SetPoint(107.5, 30.5, *request.mutable_area()->mutable_box()->mutable_south_west());
    SetPoint(107.85, 30.75, *request.mutable_area()->mutable_box()->mutable_north_east());
  });
  places("SearchPlaces, a village", [&](v1::SearchPlacesRequest& request) {
    request.set_division(Village(Below(kTownships, random), Below(kVillages, random)));
  });
  places("SearchPlaces, the whole county", [&](v1::SearchPlacesRequest& request) { request.set_division("500155"); });
  const auto rank = [&](const char* what, const v1::RankCandidatesRequest& request) {
    Measure(what, kCalls, [&](int) {
      return static_cast<size_t>(
          asker.Ask<v1::RankCandidatesResponse>("ProductService/RankCandidates", request).total());
    });
  };
  v1::RankCandidatesRequest candidates;
  rank("RankCandidates, 20 explained", candidates);
  candidates.set_division(Township(5));
  candidates.set_sector(v1::SECTOR_CROPS);
  rank("RankCandidates, one township and sector", candidates);
  Measure("FindSimilarProducts", kCalls, [&](int) {
    v1::FindSimilarProductsRequest request;
    request.set_local_name(MakeName(random));
    request.set_place_code(Village(3, 3));
    return static_cast<size_t>(
        asker.Ask<v1::FindSimilarProductsResponse>("ProductService/FindSimilarProducts", request).similar_size());
  });
  v1::CompareSurveysRequest compare;
  compare.set_group(v1::COMPARISON_GROUP_TOWNSHIP);
  compare.set_subject(v1::MEASURED_SUBJECT_OUTPUT);
  Measure("CompareSurveys by township, five years", kCalls, [&](int) {
    return static_cast<size_t>(
        asker.Ask<v1::CompareSurveysResponse>("SurveyService/CompareSurveys", compare).series_size());
  });
  v1::ListSurveyRecordsRequest list;
  list.set_survey(progress.name());
  list.set_township(Township(7));
  list.set_state(v1::SURVEY_RECORD_STATE_SUBMITTED);
  Measure("ListSurveyRecords, 100 of a township in review", kCalls, [&](int) {
    return static_cast<size_t>(
        asker.Ask<v1::ListSurveyRecordsResponse>("SurveyRecordService/ListSurveyRecords", list).survey_records_size());
  });
}

int Main(int argc, char** argv) {
  const int records = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  const bool keep = argc > 2;
  const std::string folder =
      keep ? argv[2] : (std::filesystem::temp_directory_path() / absl::StrCat("gi-survey-", getpid())).string();
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const auto seconds = [&](std::chrono::steady_clock::time_point since) {
    return std::chrono::duration<double>(now() - since).count();
  };
  engine::RocksDbOptions options;
  options.path = folder;
  auto engine = engine::OpenRocksDbEngine(options);
  Must(engine.status());
  auto opened = registry::Registry::Open(*std::move(engine));
  Must(opened.status());
  registry::Registry& registry = **opened;
  if (registry.Newest().ReadPoint().revision() == 0) {
    const auto start = now();
    Fill(registry, records);
    absl::PrintF("%d records, each a mutation with its tally and product, in %.1f s\n", records, seconds(start));
  }
  {
    service::Services services(registry);
    const auto start = now();
    Must(services.Load());
    absl::PrintF("indexes of %d products in memory after %.1f s\n", records / kYears, seconds(start));
    rpc::MethodTable methods;
    services.Register(methods);
    MeasureAll(Asker(methods), registry, records);
  }
  opened->reset();
  if (!keep) std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace gi::benchmark

int main(int argc, char** argv) { return gi::benchmark::Main(argc, argv); }
