// Random mutations against a plain in-memory model: rows, index scans and every earlier revision must agree, on both
// engines, also after the view was rebuilt from the log.
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/base/error.h"
#include "storage/engine/memory/memory_engine.h"
#include "storage/engine/rocksdb/rocksdb_engine.h"
#include "storage/registry/rebuild.h"
#include "storage/registry/title_number.h"
#include "tests/storage/registry/registry_fixture.h"
#include "tests/support/temp_dir.h"

namespace gi::registry {
namespace {

// The model: what the register holds, as plain maps.
struct Model {
  std::map<std::string, v1::Indication> titles;
  std::map<std::string, v1::Authorization> grants;
};

class World {
 public:
  explicit World(uint32_t seed) : random_(seed) {}

  // One mutation of one to three rows, some refused after staging. Applies it to the model if it is not.
  MutationFn Step(Model& model) {
    std::vector<v1::Indication> titles;
    std::vector<v1::Authorization> grants;
    const int rows = 1 + Pick(3);
    for (int i = 0; i < rows; ++i) {
      if (Pick(2) == 0) {
        titles.push_back(Title());
      } else {
        grants.push_back(Grant());
      }
    }
    const bool refuse = Pick(6) == 0;
    if (!refuse) {
      for (const auto& title : titles) model.titles[title.name().substr(12)] = title;
      for (const auto& grant : grants) model.grants[grant.name().substr(15)] = grant;
    }
    return [titles, grants, refuse](Mutation& m) -> absl::Status {
      for (const auto& title : titles) RETURN_IF_ERROR(m.Put(kIndications, title.name().substr(12), title));
      for (const auto& grant : grants) RETURN_IF_ERROR(m.Put(kAuthorizations, grant.name().substr(15), grant));
      return refuse ? MakeError(ErrorReason::ERROR_REASON_NOTHING_TO_CORRECT) : absl::OkStatus();
    };
  }
  int Pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

 private:
  std::string Id(const char* prefix, int n) { return absl::StrCat(prefix, Pick(n)); }
  v1::Indication Title() {
    v1::Indication title;
    title.set_name("indications/" + Id("t", 6));
    title.set_kind(static_cast<v1::IndicationKind>(1 + Pick(3)));
    for (int i = Pick(4); i > 0; --i) {
      v1::TitleNumber& number = *title.add_numbers();
      number.set_kind(Pick(2) == 0 ? v1::NUMBER_KIND_REGISTRATION : v1::NUMBER_KIND_ANNOUNCEMENT);
      number.set_number(Id("5", 4));
      number.set_issuer("CNIPA");
      number.set_year(Pick(2) * 2020);
    }
    return title;
  }
  v1::Authorization Grant() {
    v1::Authorization grant;
    grant.set_name("authorizations/" + Id("g", 12));
    grant.set_entity("entities/" + Id("e", 3));
    grant.set_indication("indications/" + Id("t", 3));
    grant.mutable_source()->set_title(Id("source", 100));
    return grant;
  }
  std::mt19937 random_;
};

std::vector<std::string> Scan(const ReadView& view, engine::KeyRange range, size_t page) {
  std::vector<std::string> ids;
  std::string after;
  for (bool more = true; more;) {
    const table::IdPage got = table::ScanIds(view.rows(), range, after, page).value();
    ids.insert(ids.end(), got.ids.begin(), got.ids.end());
    more = got.more;
    if (!got.keys.empty()) after = got.keys.back();
  }
  return ids;
}

template <class Map, class Predicate>
std::set<std::string> Matching(const Map& rows, Predicate predicate) {
  std::set<std::string> ids;
  for (const auto& [id, row] : rows) {
    if (predicate(row)) ids.insert(id);
  }
  return ids;
}

void ExpectSame(const ReadView& view, const Model& model, size_t page) {
  auto as_set = [](const std::vector<std::string>& ids) {
    std::set<std::string> set(ids.begin(), ids.end());
    EXPECT_EQ(set.size(), ids.size()) << "an id came twice";
    return set;
  };
  for (const auto& [id, title] : model.titles) {
    const auto row = kIndications.Get(view.rows(), id).value();
    ASSERT_TRUE(row) << id;
    EXPECT_EQ(row->message.SerializeAsString(), title.SerializeAsString());
  }
  EXPECT_EQ(as_set(Scan(view, AllIndications(), page)), Matching(model.titles, [](auto&) { return true; }));
  EXPECT_EQ(as_set(Scan(view, AllAuthorizations(), page)), Matching(model.grants, [](auto&) { return true; }));
  for (int kind = 0; kind < 5; ++kind) {
    EXPECT_EQ(as_set(Scan(view, IndicationsOfKind(static_cast<v1::IndicationKind>(kind)), page)),
              Matching(model.titles, [&](const auto& t) { return t.kind() == kind; }));
  }
  for (const char* number : {"50", "51", "CNIPA 52", "CNIPA 2020 53", "2020 50", "99"}) {
    const std::string form = NumberLookupForm(number);
    EXPECT_EQ(as_set(Scan(view, IndicationsWithNumber(form), page)), Matching(model.titles, [&](const auto& t) {
                for (const auto& n : t.numbers()) {
                  for (const std::string& f : NumberLookupForms(n)) {
                    if (f == form) return true;
                  }
                }
                return false;
              }));
  }
  for (int e = 0; e < 3; ++e) {
    const std::string entity = absl::StrCat("e", e);
    EXPECT_EQ(as_set(Scan(view, AuthorizationsOf(entity), page)),
              Matching(model.grants, [&](const auto& g) { return g.entity() == "entities/" + entity; }));
    for (int t = 0; t < 3; ++t) {
      const std::string title = absl::StrCat("t", t);
      EXPECT_EQ(as_set(Scan(view, AuthorizationsOfPair(title, entity), page)),
                Matching(model.grants, [&](const auto& g) {
                  return g.entity() == "entities/" + entity && g.indication() == "indications/" + title;
                }));
    }
  }
}

void RunWorld(Registry& registry, uint32_t seed, int steps) {
  World world(seed);
  Model model;
  std::map<Revision, Model> history = {{Revision{0}, model}};
  for (int step = 0; step < steps; ++step) {
    const auto committed = Submit(registry, CallOf(absl::StrCat(seed, "/", step)), world.Step(model));
    if (committed.ok()) history[committed->revision] = model;
  }
  for (const auto& [revision, then] : history) {
    SCOPED_TRACE(absl::StrCat("seed ", seed, " revision ", revision.value));
    ExpectSame(registry.AtRevision(revision).value(), then, static_cast<size_t>(1 + world.Pick(4)));
    if (testing::Test::HasFailure()) return;
  }
  const auto check = CheckAgainstRebuild(registry.engine(), 20);
  EXPECT_TRUE(check.ok()) << check.status();
}

TEST(RegistryModelTest, MemoryEngine) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    auto registry = OpenRegistry(engine::NewMemoryEngine());
    RunWorld(*registry, seed, 60);
    if (HasFailure()) return;
  }
}

TEST(RegistryModelTest, RocksDbEngineAndReopened) {
  for (uint32_t seed = 100; seed < 103; ++seed) {
    const TempDir dir;
    engine::RocksDbOptions options;
    options.path = dir.path();
    {
      auto registry = OpenRegistry(engine::OpenRocksDbEngine(options).value());
      RunWorld(*registry, seed, 150);
    }
    auto registry = OpenRegistry(engine::OpenRocksDbEngine(options).value());
    EXPECT_EQ(registry->open_report().replayed_commits, 0u);
    EXPECT_TRUE(CheckAgainstRebuild(registry->engine(), 10).ok());
    if (HasFailure()) return;
  }
}

TEST(RegistryModelTest, AViewThatLagsOrIsOutdatedIsMadeAgain) {
  // Two engines cannot share a log, so a lagging view is made by clearing it under a closed registry.
  const TempDir dir;
  engine::RocksDbOptions options;
  options.path = dir.path();
  {
    auto registry = OpenRegistry(engine::OpenRocksDbEngine(options).value());
    RunWorld(*registry, 7, 50);
    ASSERT_TRUE(registry->engine().view().Clear().ok());
    EXPECT_FALSE(CheckAgainstRebuild(registry->engine(), 5).ok()) << "the check must notice";
  }
  auto registry = OpenRegistry(engine::OpenRocksDbEngine(options).value());
  EXPECT_GT(registry->open_report().replayed_commits, 0u);
  EXPECT_TRUE(CheckAgainstRebuild(registry->engine(), 10).ok());
}

}  // namespace
}  // namespace gi::registry
