#include "server/search/figure_index.h"

#include <algorithm>
#include <utility>

#include "absl/strings/strip.h"
#include "gi/registry/v1/entity.pb.h"
#include "server/domain/entity.h"
#include "server/domain/resource_name.h"

namespace gi::search {
namespace {

namespace v1 = registry::v1;

constexpr size_t kArenaBytes = 64 << 10;

google::protobuf::ArenaOptions ArenaIn(char* block) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = kArenaBytes;
  return options;
}

absl::string_view IdOf(absl::string_view name) { return name.substr(name.find('/') + 1); }

Day FactOf(const v1::Entity& entity) {
  return entity.events().empty() ? kLastDay : domain::FactsOf(entity).dissolved_from;
}

// The facts of all rows of a table at a revision.
template <class Fact>
std::vector<Fact> FactsAt(Revision revision, const std::vector<Revision>& since, const std::vector<Fact>& facts,
                          const FactHistory<Fact>& older, const Fact& nothing) {
  std::vector<Fact> then;
  then.reserve(facts.size());
  for (size_t i = 0; i < facts.size(); ++i) {
    const Fact* fact = since[i] <= revision ? &facts[i] : older.At(i, revision);
    then.push_back(fact == nullptr ? nothing : *fact);
  }
  return then;
}

}  // namespace

FigureIndex::FigureIndex() : arena_block_(new char[kArenaBytes]), arena_(ArenaIn(arena_block_.get())) {}

template <class Message, class Use>
bool FigureIndex::WithRow(absl::string_view row, Use use) {
  Message* message = google::protobuf::Arena::CreateMessage<Message>(&arena_);
  const bool parsed = message->ParseFromArray(row.data(), static_cast<int>(row.size()));
  if (parsed) use(*message);
  arena_.Reset();
  return parsed;
}

const domain::LawLibrary& FigureIndex::Laws() {
  if (std::exchange(laws_outdated_, false)) {
    std::vector<v1::LawBook> books;
    for (const auto& [id, book] : books_) books.push_back(book);
    laws_ = std::make_shared<domain::LawLibrary>(std::move(books));
  }
  return *laws_;
}

domain::FactIndex FigureIndex::PlaceOf(absl::string_view id, Rows& rows, std::vector<std::string>& ids) {
  const auto known = rows.places.find(id);
  if (known != rows.places.end()) return known->second;
  const auto place = rows.places.emplace(id, static_cast<domain::FactIndex>(ids.size())).first;
  ids.emplace_back(id);
  rows.since.resize(ids.size());
  // Rows may speak of others before those are put in.
  facts_.titles.resize(facts_.title_ids.size());
  facts_.entities.resize(facts_.entity_ids.size(), kLastDay);
  facts_.grants.resize(facts_.grant_ids.size());
  facts_.applications.resize(facts_.application_ids.size());
  facts_.products.resize(facts_.product_ids.size());
  return place->second;
}

domain::GrantFact FigureIndex::FactOf(const v1::Authorization& grant) {
  domain::GrantFact fact = domain::FactOf(grant);
  fact.title = PlaceOf(IdOf(grant.indication()), titles_, facts_.title_ids);
  fact.entity = PlaceOf(IdOf(grant.entity()), entities_, facts_.entity_ids);
  return fact;
}

// A row may come twice, and once more after a newer one.
template <class Fact>
void FigureIndex::Put(domain::FactIndex place, Revision revision, Fact fact, Rows& rows, std::vector<Fact>& facts) {
  if (revision < rows.since[place]) return;
  rows.since[place] = revision;
  facts[place] = std::move(fact);
}

template <class Fact>
void FigureIndex::Remember(domain::FactIndex place, Revision revision, Fact fact, Rows& rows, std::vector<Fact>& facts,
                           FactHistory<Fact>& older) {
  const bool known = rows.since[place] > Revision{};
  if (known && facts[place] == fact) return;
  if (known && revision > rows.since[place]) older.AddNewest(place, rows.since[place], std::move(facts[place]));
  Put(place, revision, std::move(fact), rows, facts);
}

bool FigureIndex::RemoveRow(keyspace::Tag table, absl::string_view id, Revision revision) {
  switch (table) {
    case keyspace::kLawBooks:
      laws_changed_ = std::max(laws_changed_, revision);
      laws_outdated_ = true;
      books_.erase(std::string(id));
      return true;
    case keyspace::kEntities:
      Remember(PlaceOf(id, entities_, facts_.entity_ids), revision, kLastDay, entities_, facts_.entities,
               older_entities_);
      return true;
    case keyspace::kIndications:
      Put(PlaceOf(id, titles_, facts_.title_ids), revision, domain::TitleFact(), titles_, facts_.titles);
      return true;
    case keyspace::kAuthorizations:
      Remember(PlaceOf(id, grants_, facts_.grant_ids), revision, domain::GrantFact(), grants_, facts_.grants,
               older_grants_);
      return true;
    case keyspace::kApplications:
      Put(PlaceOf(id, applications_, facts_.application_ids), revision, domain::ApplicationFact(), applications_,
          facts_.applications);
      return true;
    case keyspace::kProducts:
      Put(PlaceOf(id, products_, facts_.product_ids), revision, domain::ProductFact(), products_, facts_.products);
      return true;
    default:
      return false;
  }
}

bool FigureIndex::PutRow(keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> given,
                         Revision revision) {
  if (!given) return RemoveRow(table, id, revision);
  const absl::string_view row = *given;
  switch (table) {
    case keyspace::kLawBooks:
      laws_changed_ = std::max(laws_changed_, revision);
      laws_outdated_ = true;
      return books_[std::string(id)].ParseFromArray(row.data(), static_cast<int>(row.size()));
    case keyspace::kEntities:
      return WithRow<v1::Entity>(row, [&](const v1::Entity& entity) {
        const domain::FactIndex place = PlaceOf(id, entities_, facts_.entity_ids);
        Remember(place, revision, search::FactOf(entity), entities_, facts_.entities, older_entities_);
      });
    case keyspace::kIndications:
      return WithRow<v1::Indication>(row, [&](const v1::Indication& title) {
        const domain::FactIndex place = PlaceOf(id, titles_, facts_.title_ids);
        Put(place, revision, domain::FactOf(title, Laws()), titles_, facts_.titles);
      });
    case keyspace::kAuthorizations:
      return WithRow<v1::Authorization>(row, [&](const v1::Authorization& grant) {
        domain::GrantFact fact = FactOf(grant);
        const domain::FactIndex place = PlaceOf(id, grants_, facts_.grant_ids);
        Remember(place, revision, std::move(fact), grants_, facts_.grants, older_grants_);
      });
    case keyspace::kApplications:
      return WithRow<v1::Application>(row, [&](const v1::Application& application) {
        const domain::FactIndex place = PlaceOf(id, applications_, facts_.application_ids);
        Put(place, revision, domain::FactOf(application, Laws()), applications_, facts_.applications);
      });
    case keyspace::kProducts:
      return WithRow<v1::Product>(row, [&](const v1::Product& product) {
        const domain::FactIndex place = PlaceOf(id, products_, facts_.product_ids);
        Put(place, revision, domain::FactOf(product), products_, facts_.products);
      });
    default:
      return false;
  }
}

bool FigureIndex::RemoveOlderRow(keyspace::Tag table, absl::string_view id, Revision revision) {
  if (table == keyspace::kEntities) {
    const domain::FactIndex place = PlaceOf(id, entities_, facts_.entity_ids);
    older_entities_.AddOldest(place, revision, kLastDay, entities_.since[place], facts_.entities[place]);
    return true;
  }
  if (table != keyspace::kAuthorizations) return false;
  const domain::FactIndex place = PlaceOf(id, grants_, facts_.grant_ids);
  older_grants_.AddOldest(place, revision, domain::GrantFact(), grants_.since[place], facts_.grants[place]);
  return true;
}

bool FigureIndex::PutOlderRow(keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> given,
                              Revision revision) {
  if (!given) return RemoveOlderRow(table, id, revision);
  const absl::string_view row = *given;
  switch (table) {
    case keyspace::kEntities:
      return WithRow<v1::Entity>(row, [&](const v1::Entity& entity) {
        const domain::FactIndex place = PlaceOf(id, entities_, facts_.entity_ids);
        older_entities_.AddOldest(place, revision, search::FactOf(entity), entities_.since[place],
                                  facts_.entities[place]);
      });
    case keyspace::kAuthorizations:
      return WithRow<v1::Authorization>(row, [&](const v1::Authorization& grant) {
        domain::GrantFact fact = FactOf(grant);
        const domain::FactIndex place = PlaceOf(id, grants_, facts_.grant_ids);
        older_grants_.AddOldest(place, revision, std::move(fact), grants_.since[place], facts_.grants[place]);
      });
    default:
      return false;
  }
}

std::unique_ptr<FigureIndex> FigureIndex::CopyAt(Revision revision, std::vector<std::string>& changed) const {
  auto copy = std::make_unique<FigureIndex>();
  // The deadlines of titles and applications were made from other books then; no other fact was.
  const bool other_laws = laws_changed_ > revision;
  if (other_laws) {
    for (const auto& [id, book] : books_) {
      changed.push_back(keyspace::KeyWriter(keyspace::kLawBooks).String(id).bytes());
    }
  } else {
    copy->books_ = books_;
    copy->laws_outdated_ = laws_outdated_;
    copy->laws_ = laws_;
    copy->laws_changed_ = laws_changed_;
  }
  copy->titles_ = titles_;
  copy->applications_ = applications_;
  copy->products_ = products_;
  domain::Facts& facts = copy->facts_;
  facts.titles = facts_.titles;
  facts.applications = facts_.applications;
  facts.products = facts_.products;
  facts.title_ids = facts_.title_ids;
  facts.grant_ids = facts_.grant_ids;
  facts.application_ids = facts_.application_ids;
  facts.product_ids = facts_.product_ids;
  facts.entity_ids = facts_.entity_ids;
  facts.entities = FactsAt(revision, entities_.since, facts_.entities, older_entities_, kLastDay);
  facts.grants = FactsAt(revision, grants_.since, facts_.grants, older_grants_, domain::GrantFact());
  const auto forget = [&](keyspace::Tag table, Rows& rows, const std::vector<std::string>& ids, auto& known, bool all) {
    for (size_t i = 0; i < rows.since.size(); ++i) {
      if (rows.since[i] <= revision && !all) continue;
      changed.push_back(keyspace::KeyWriter(table).String(ids[i]).bytes());
      rows.since[i] = Revision{};
      known[i] = {};
    }
  };
  forget(keyspace::kIndications, copy->titles_, facts.title_ids, facts.titles, other_laws);
  forget(keyspace::kApplications, copy->applications_, facts.application_ids, facts.applications, other_laws);
  forget(keyspace::kProducts, copy->products_, facts.product_ids, facts.products, false);
  return copy;
}

}  // namespace gi::search
