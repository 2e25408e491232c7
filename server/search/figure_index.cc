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
  if (!books_.empty()) laws_ = std::make_shared<domain::LawLibrary>(std::exchange(books_, {}));
  return *laws_;
}

domain::FactIndex FigureIndex::PlaceOf(absl::string_view id, Rows& rows, std::vector<std::string>& ids) {
  const auto known = rows.places.find(id);
  if (known != rows.places.end()) return known->second;
  const auto place = rows.places.emplace(id, static_cast<domain::FactIndex>(ids.size())).first;
  ids.emplace_back(id);
  rows.changed.emplace_back();
  // Rows may speak of others before those are put in.
  facts_.titles.resize(facts_.title_ids.size());
  facts_.entities.resize(facts_.entity_ids.size(), kLastDay);
  facts_.grants.resize(facts_.grant_ids.size());
  facts_.applications.resize(facts_.application_ids.size());
  facts_.products.resize(facts_.product_ids.size());
  return place->second;
}

domain::FactIndex FigureIndex::Put(absl::string_view id, Revision revision, Rows& rows, std::vector<std::string>& ids) {
  const domain::FactIndex place = PlaceOf(id, rows, ids);
  rows.changed[place] = revision;
  return place;
}

bool FigureIndex::PutRow(keyspace::Tag table, absl::string_view id, absl::string_view row, Revision revision) {
  switch (table) {
    case keyspace::kLawBooks:
      laws_changed_ = std::max(laws_changed_, revision);
      book_ids_.emplace_back(id);
      return books_.emplace_back().ParseFromArray(row.data(), static_cast<int>(row.size()));
    case keyspace::kEntities:
      return WithRow<v1::Entity>(row, [&](const v1::Entity& entity) {
        Day& dissolved = facts_.entities[Put(id, revision, entities_, facts_.entity_ids)];
        dissolved = entity.events().empty() ? kLastDay : domain::FactsOf(entity).dissolved_from;
      });
    case keyspace::kIndications:
      return WithRow<v1::Indication>(row, [&](const v1::Indication& title) {
        facts_.titles[Put(id, revision, titles_, facts_.title_ids)] = domain::FactOf(title, Laws());
      });
    case keyspace::kAuthorizations:
      return WithRow<v1::Authorization>(row, [&](const v1::Authorization& grant) {
        domain::GrantFact fact = domain::FactOf(grant);
        fact.title = PlaceOf(IdOf(grant.indication()), titles_, facts_.title_ids);
        fact.entity = PlaceOf(IdOf(grant.entity()), entities_, facts_.entity_ids);
        facts_.grants[Put(id, revision, grants_, facts_.grant_ids)] = std::move(fact);
      });
    case keyspace::kApplications:
      return WithRow<v1::Application>(row, [&](const v1::Application& application) {
        facts_.applications[Put(id, revision, applications_, facts_.application_ids)] =
            domain::FactOf(application, Laws());
      });
    case keyspace::kProducts:
      return WithRow<v1::Product>(row, [&](const v1::Product& product) {
        facts_.products[Put(id, revision, products_, facts_.product_ids)] = domain::FactOf(product);
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
    for (const std::string& id : book_ids_) {
      changed.push_back(keyspace::KeyWriter(keyspace::kLawBooks).String(id).bytes());
    }
  } else {
    copy->books_ = books_;
    copy->book_ids_ = book_ids_;
    copy->laws_ = laws_;
    copy->laws_changed_ = laws_changed_;
  }
  copy->facts_ = facts_;
  copy->titles_ = titles_;
  copy->grants_ = grants_;
  copy->applications_ = applications_;
  copy->products_ = products_;
  copy->entities_ = entities_;
  const auto forget = [&](keyspace::Tag table, Rows& rows, const std::vector<std::string>& ids, auto& facts,
                          const auto& nothing, bool all = false) {
    for (size_t i = 0; i < rows.changed.size(); ++i) {
      if (rows.changed[i] <= revision && !all) continue;
      changed.push_back(keyspace::KeyWriter(table).String(ids[i]).bytes());
      rows.changed[i] = Revision{};
      facts[i] = nothing;
    }
  };
  domain::Facts& facts = copy->facts_;
  forget(keyspace::kEntities, copy->entities_, facts.entity_ids, facts.entities, kLastDay);
  forget(keyspace::kIndications, copy->titles_, facts.title_ids, facts.titles, domain::TitleFact(), other_laws);
  forget(keyspace::kAuthorizations, copy->grants_, facts.grant_ids, facts.grants, domain::GrantFact());
  forget(keyspace::kApplications, copy->applications_, facts.application_ids, facts.applications,
         domain::ApplicationFact(), other_laws);
  forget(keyspace::kProducts, copy->products_, facts.product_ids, facts.products, domain::ProductFact());
  return copy;
}

}  // namespace gi::search
