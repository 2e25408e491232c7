// Small random worlds: a title, an entity and grants with legal courses of events (late, annulled and partial ones
// among them), and a question.
#ifndef GI_TESTS_SERVER_DOMAIN_RANDOM_WORLD_H_
#define GI_TESTS_SERVER_DOMAIN_RANDOM_WORLD_H_

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "server/domain/entity.h"
#include "server/domain/grant.h"
#include "server/domain/title.h"
#include "tests/server/domain/rules_testing.h"

namespace gi::domain::random_world {

using namespace registry::v1;

inline constexpr int kDays = 200;    // the world; everything in it happens in the first 170 days
inline constexpr Day kStart{18262};  // 2020-01-01 is day 0

// What is registered, and a question without its date.
struct World {
  Indication title;
  Entity entity;
  std::vector<Authorization> grants;
  bool has_title = true, has_entity = true, ambiguous = false;
  UsccVerdict identifier = USCC_VERDICT_OK;
  std::string name, goods, variety, place;
  int nice_class = 0;
};

// Makes the same worlds from the same seeds.
class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  World Make() {
    World w;
    MakeTitle(w.title);
    MakeEntity(w.entity);
    for (int n = Below(4); n > 0; --n) w.grants.push_back(MakeGrant(static_cast<int>(w.grants.size())));
    w.has_title = !OneIn(12);
    w.ambiguous = OneIn(2);
    w.has_entity = !OneIn(12);
    if (!w.has_entity && OneIn(2)) w.identifier = OneIn(2) ? USCC_VERDICT_PERSONAL_ID : USCC_VERDICT_MALFORMED;
    w.name = Pick({"", "", "", "Alpha", "ａｌｐｈａ", "Beta", "Gamma"});
    w.goods = Pick({"", "", "", "g1", "g2", "Pomelo", "ＰＯＭＥＬＯ", "Duck", "Wine"});
    w.nice_class = std::stoi(Pick({"0", "0", "0", "0", "29", "31", "33"}));
    w.variety = Pick({"", "", "", "red", "RED", "white"});
    w.place = Pick({"", "", "1", "11", "12", "2"});
    return w;
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool OneIn(int n) { return Below(n) == 0; }
  std::string Pick(const std::vector<std::string>& from) {
    return from[static_cast<size_t>(Below(static_cast<int>(from.size())))];
  }
  Date On(int day) { return ToDate(kStart + day); }
  Date Some() { return On(1 + Below(100)); }

  // Adds the event, or leaves it out if the course it makes is illegal.
  template <typename Row, typename Event, typename Check>
  void Try(Row& row, Event event, Check check) {
    Row with = row;
    *with.add_events() = std::move(event);
    AssignEventIds(*with.mutable_events());
    if (check(with).ok()) row = std::move(with);
  }

  template <typename Row, typename Event, typename Check>
  void MaybeAnnul(Row& row, Check check) {
    if (row.events_size() > 0 && OneIn(5))
      Try(row, rules_testing::Annulment<Event>(EventId(Below(row.events_size()))), check);
  }

  void MakeTitle(Indication& title) {
    title.set_name("indications/t");
    title.set_kind(static_cast<IndicationKind>(1 + Below(5)));
    const std::vector<std::pair<const char*, int>> goods = {{"Pomelo", 31}, {"Duck", 29}, {"pome lo", 0}};
    for (int i = Below(4); i > 0; --i) {
      GoodsItem& item = *title.add_goods();
      item.set_id("g" + std::to_string(title.goods_size()));
      item.set_text(goods[static_cast<size_t>(title.goods_size() - 1)].first);
      item.set_nice_class(goods[static_cast<size_t>(title.goods_size() - 1)].second);
    }
    if (OneIn(2)) title.add_area_codes(Pick({"1", "11"}));
    if (OneIn(3)) title.add_varieties("Red");
    if (title.kind() == INDICATION_KIND_FOREIGN) {
      const int days = std::stoi(Pick({"0", "5", "60"}));
      title.mutable_origin()->set_stale_after_days(days);
      *title.mutable_origin()->mutable_copied_on() = On(Below(100) - (days == 0 ? 365 : days));
    }
    for (int i = 3 + Below(12); i > 0; --i) {
      if (OneIn(3) || title.events().empty()) {
        Try(title, MakeTitleEvent(TITLE_EVENT_KIND_REGISTERED, title), CheckTitleCourse);
      } else {
        Try(title, MakeTitleEvent(static_cast<TitleEventKind>(1 + Below(8)), title), CheckTitleCourse);
      }
      MaybeAnnul<Indication, TitleEvent>(title, CheckTitleCourse);
    }
  }

  TitleEvent MakeTitleEvent(TitleEventKind kind, const Indication& title) {
    TitleEvent event;
    event.set_kind(kind);
    for (const GoodsItem& item : title.goods()) {
      if (OneIn(4)) event.add_items(item.id());
    }
    const bool foreign = title.kind() == INDICATION_KIND_FOREIGN;
    if (!foreign || !OneIn(4)) *event.mutable_effective_from() = Some();
    *event.mutable_announced_on() = Some();
    *event.mutable_received_on() = Some();
    event.set_law_version(OneIn(2) ? LAW_VERSION_TRADEMARK_2019 : LAW_VERSION_TRADEMARK_2026);
    if (HasTerm(title.kind()) && (kind == TITLE_EVENT_KIND_REGISTERED || kind == TITLE_EVENT_KIND_RENEWED)) {
      const int end = ToDay(event.effective_from())->value - kStart.value + Below(40);
      *event.mutable_term_end() = On(end);
      *event.mutable_grace_end() = On(end + Below(15));
    }
    return event;
  }

  void MakeEntity(Entity& entity) {
    entity.set_name("entities/e");
    entity.set_display_name("Alpha");
    if (OneIn(4)) entity.add_aliases("GAMMA");
    for (int i = Below(4); i > 0; --i) {
      EntityEvent event;
      event.set_kind(static_cast<EntityEventKind>(OneIn(4) ? 2 + Below(2) : OneIn(4) ? 5 : 1));
      if (event.kind() == ENTITY_EVENT_KIND_SUCCEEDED) event.set_successor(Pick({"entities/f", "entities/g"}));
      *event.mutable_effective_from() = Some();
      if (event.kind() == ENTITY_EVENT_KIND_RENAMED) event.set_new_name(Pick({"Beta", "Alpha", "Gamma"}));
      Try(entity, event, CheckEntityCourse);
      MaybeAnnul<Entity, EntityEvent>(entity, CheckEntityCourse);
    }
  }

  Authorization MakeGrant(int index) {
    Authorization grant;
    grant.set_name("authorizations/a" + std::to_string(index));
    if (OneIn(3)) grant.mutable_scope()->add_area_codes(Pick({"1", "11", "2"}));
    if (OneIn(3)) grant.mutable_scope()->add_varieties(Pick({"red", "white"}));
    if (OneIn(3)) grant.mutable_scope()->add_goods(Pick({"g1", "g2", "g3"}));
    if (!OneIn(4)) *grant.mutable_validity()->mutable_from() = Some();
    if (OneIn(2)) *grant.mutable_validity()->mutable_to() = Some();
    if (grant.validity().has_to() && ToDay(grant.validity().to()) < ToDay(grant.validity().from())) {
      grant.mutable_validity()->clear_to();
    }
    for (int i = 1 + Below(9); i > 0; --i) {
      GrantEvent event;
      event.set_kind(static_cast<GrantEventKind>(1 + Below(GrantEventKind_MAX)));
      if (event.kind() == GRANT_EVENT_KIND_ANNULMENT) continue;
      *event.mutable_effective_from() = Some();
      if (event.kind() == GRANT_EVENT_KIND_EXTENDED) {
        *event.mutable_valid_to() = ToDate(*ToDay(event.effective_from()) + Below(20));
      }
      if (event.kind() == GRANT_EVENT_KIND_REMOVED) event.set_ground(static_cast<RemovalGround>(1 + Below(4)));
      Try(grant, event, CheckGrantCourse);
      MaybeAnnul<Authorization, GrantEvent>(grant, CheckGrantCourse);
    }
    return grant;
  }

  std::mt19937 random_;
};

}  // namespace gi::domain::random_world

#endif  // GI_TESTS_SERVER_DOMAIN_RANDOM_WORLD_H_
