#include "server/search/figure_index.h"

#include <utility>

#include "absl/strings/strip.h"
#include "gi/registry/v1/entity.pb.h"
#include "server/domain/entity.h"
#include "server/domain/resource_name.h"

namespace gi::search {
namespace {

namespace v1 = registry::v1;

absl::string_view IdOf(absl::string_view name) { return name.substr(name.find('/') + 1); }

}  // namespace

template <class Message, class Use>
bool FigureIndex::WithRow(absl::string_view row, Use use) {
  Message* message = google::protobuf::Arena::CreateMessage<Message>(&arena_);
  const bool parsed = message->ParseFromArray(row.data(), static_cast<int>(row.size()));
  if (parsed) use(*message);
  arena_.Reset();
  return parsed;
}

const domain::LawLibrary& FigureIndex::Laws() {
  if (!books_.empty()) laws_ = domain::LawLibrary(std::exchange(books_, {}));
  return laws_;
}

domain::FactIndex FigureIndex::PlaceOf(absl::string_view id, Places& places, std::vector<std::string>& ids) {
  const auto known = places.find(id);
  if (known != places.end()) return known->second;
  const auto place = places.emplace(id, static_cast<domain::FactIndex>(ids.size())).first;
  ids.emplace_back(id);
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
        Day& dissolved = facts_.entities[PlaceOf(id, entities_, facts_.entity_ids)];
        dissolved = entity.events().empty() ? kLastDay : domain::FactsOf(entity).dissolved_from;
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
