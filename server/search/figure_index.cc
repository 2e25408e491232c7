#include "server/search/figure_index.h"

#include <utility>

#include "absl/strings/strip.h"
#include "gi/registry/v1/entity.pb.h"
#include "google/protobuf/arena.h"
#include "server/domain/entity.h"
#include "server/domain/resource_name.h"

namespace gi::search {
namespace {

namespace v1 = registry::v1;

// Runs `use` with the parsed row.
template <class Message, class Use>
bool WithRow(absl::string_view row, Use use) {
  google::protobuf::Arena arena;
  Message* message = google::protobuf::Arena::CreateMessage<Message>(&arena);
  if (!message->ParseFromArray(row.data(), static_cast<int>(row.size()))) return false;
  use(*message);
  return true;
}

absl::string_view IdOf(absl::string_view name) { return name.substr(name.find('/') + 1); }

}  // namespace

const domain::LawLibrary& FigureIndex::Laws() {
  if (!books_.empty()) laws_ = domain::LawLibrary(std::exchange(books_, {}));
  return laws_;
}

domain::FactIndex FigureIndex::PlaceOf(absl::string_view id, Places& places, std::vector<std::string>& ids) {
  const auto [place, made] = places.try_emplace(std::string(id), static_cast<domain::FactIndex>(ids.size()));
  if (made) ids.emplace_back(id);
  // Rows may speak of others before those are put in.
  facts_.titles.resize(facts_.title_ids.size());
  facts_.entities.resize(facts_.entity_ids.size(), kLastDay);
  facts_.grants.resize(facts_.grant_ids.size());
  facts_.applications.resize(facts_.application_ids.size());
  facts_.products.resize(facts_.product_ids.size());
  return place->second;
}

bool FigureIndex::PutRow(keyspace::Tag table, absl::string_view id, absl::string_view row) {
  switch (table) {
    case keyspace::kLawBooks:
      return books_.emplace_back().ParseFromArray(row.data(), static_cast<int>(row.size()));
    case keyspace::kEntities:
      return WithRow<v1::Entity>(row, [&](const v1::Entity& entity) {
        facts_.entities[PlaceOf(id, entities_, facts_.entity_ids)] = domain::FactsOf(entity).dissolved_from;
      });
    case keyspace::kIndications:
      return WithRow<v1::Indication>(row, [&](const v1::Indication& title) {
        facts_.titles[PlaceOf(id, titles_, facts_.title_ids)] = domain::FactOf(title, Laws());
      });
    case keyspace::kAuthorizations:
      return WithRow<v1::Authorization>(row, [&](const v1::Authorization& grant) {
        domain::GrantFact fact = domain::FactOf(grant);
        fact.title = PlaceOf(IdOf(grant.indication()), titles_, facts_.title_ids);
        fact.entity = PlaceOf(IdOf(grant.entity()), entities_, facts_.entity_ids);
        facts_.grants[PlaceOf(id, grants_, facts_.grant_ids)] = std::move(fact);
      });
    case keyspace::kApplications:
      return WithRow<v1::Application>(row, [&](const v1::Application& application) {
        facts_.applications[PlaceOf(id, applications_, facts_.application_ids)] = domain::FactOf(application, Laws());
      });
    case keyspace::kProducts:
      return WithRow<v1::Product>(row, [&](const v1::Product& product) {
        facts_.products[PlaceOf(id, products_, facts_.product_ids)] = domain::FactOf(product);
      });
    default:
      return false;
  }
}

}  // namespace gi::search
