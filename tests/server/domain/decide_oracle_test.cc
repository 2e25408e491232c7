// Decide against an oracle that knows no intervals: it lives through a small world day by day, writes every state of
// every day into a table (and rewrites the past where the law does), and reads the answers off. Worlds are random with
// fixed seeds.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/domain/decide.h"
#include "server/domain/entity.h"
#include "server/domain/grant.h"
#include "server/domain/reason_text.h"
#include "tests/server/domain/random_world.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using random_world::kDays;
using random_world::kStart;
using random_world::Maker;
using random_world::World;

// ---- The oracle -----------------------------------------------------------------------------------------------------

int DayNumber(const Date& date) { return ToDay(date)->value - kStart.value; }

template <typename Events>
auto Standing(const Events& events) {
  std::vector<std::remove_cvref_t<decltype(*events.begin())>> standing(events.begin(), events.end());
  for (const auto& e : events) {
    if (e.annuls().empty()) continue;
    for (auto it = standing.begin(); it != standing.end();) {
      it = it->id() == e.annuls() || it->id() == e.id() ? standing.erase(it) : it + 1;
    }
  }
  return standing;
}

// Day 0 stands for all days before, the last for all after; everything undated happens on day 0.
using Diary = std::vector<std::string>;

Diary LiveItem(const Indication& title, const std::string& item) {
  const bool mark = title.kind() <= INDICATION_KIND_COLLECTIVE_MARK;
  const std::vector<TitleEvent> events = Standing(title.events());
  Diary diary(kDays, "PENDING");
  std::string now = "PENDING";
  int last = 1 << 20, grace = 1 << 20;
  for (int day = 0; day < kDays; ++day) {
    if (now == "IN_FORCE" && day > last) now = "IN_GRACE";
    if ((now == "IN_FORCE" || now == "IN_GRACE") && day > grace) now = "LAPSED";
    for (const TitleEvent& e : events) {
      const std::string kind = ShortName(e.kind());
      const bool by_announcement = kind == "REVOKED" || kind == "INVALIDATED" ||
                                   (kind == "SURRENDERED" && !(mark && e.law_version() == LAW_VERSION_TRADEMARK_2019));
      const Date& date = by_announcement         ? e.announced_on()
                         : kind == "SURRENDERED" ? e.received_on()
                                                 : e.effective_from();
      if ((date.year() == 0 ? 0 : DayNumber(date)) != day) continue;
      if (!e.items().empty() && std::count(e.items().begin(), e.items().end(), item) == 0) continue;
      const bool alive = now == "IN_FORCE" || now == "IN_GRACE";
      if (kind == "REGISTERED" && (now == "PENDING" || now == "REFUSED")) {
        now = "IN_FORCE";
        if (mark) last = DayNumber(e.term_end()), grace = DayNumber(e.grace_end());
      } else if (kind == "RENEWED" && (alive || now == "LAPSED")) {
        if (DayNumber(e.term_end()) <= last) continue;
        for (int past = 0; past < day; ++past) {  // as if it had never ended
          if (diary[static_cast<size_t>(past)] == "IN_GRACE" || diary[static_cast<size_t>(past)] == "LAPSED")
            diary[static_cast<size_t>(past)] = "IN_FORCE";
        }
        last = DayNumber(e.term_end()), grace = DayNumber(e.grace_end());
        // Renewed so late that the new term is over, too.
        for (int past = last + 1; past < day; ++past)
          diary[static_cast<size_t>(past)] = past <= grace ? "IN_GRACE" : "LAPSED";
        now = day <= last ? "IN_FORCE" : day <= grace ? "IN_GRACE" : "LAPSED";
      } else if ((kind == "REVOKED" || kind == "SURRENDERED") && alive) {
        now = kind;
      } else if (kind == "REFUSED" && now == "PENDING") {
        now = kind;
      } else if (kind == "INVALIDATED" && now != "PENDING" && now != "REFUSED" && now != "INVALIDATED") {
        return Diary(kDays, "INVALIDATED");
      }
    }
    diary[static_cast<size_t>(day)] = now;
  }
  return diary;
}

class Oracle {
 public:
  explicit Oracle(const World& world) : w_(world) {
    for (const GoodsItem& item : w_.title.goods()) items_[item.id()] = LiveItem(w_.title, item.id());
    if (items_.empty()) items_[""] = LiveItem(w_.title, "");
    entity_events_ = Standing(w_.entity.events());
    for (const Authorization& grant : w_.grants) grant_events_[grant.name()] = Standing(grant.events());
  }

  // "NN detail" of each reason, joined.
  std::string Answer(int day) {
    lines_.clear();
    const bool bad_code = w_.identifier != USCC_VERDICT_OK;
    if (bad_code) Say(w_.identifier == USCC_VERDICT_PERSONAL_ID ? 1 : 2, "");
    if (!w_.has_title) Say(w_.ambiguous ? 3 : 4, "");
    if (!w_.has_entity && !bad_code) Say(5, "");
    const std::vector<std::string> asked = w_.has_title ? Asked() : std::vector<std::string>();
    const bool in_force = w_.has_title && InForce(asked, day);
    if (w_.has_title && !in_force) Say(6, Best(asked, day));
    std::string name = "alpha";
    bool dissolved = false;
    std::string successors;
    for (int d = 0; d <= day && w_.has_entity; ++d) {
      for (const EntityEvent& e : entity_events_) {
        if (DayNumber(e.effective_from()) != d) continue;
        if (e.kind() == ENTITY_EVENT_KIND_RENAMED) name = Lower(e.new_name());
        if (e.kind() == ENTITY_EVENT_KIND_SUCCEEDED) successors += " " + e.successor();
        if (e.kind() == ENTITY_EVENT_KIND_DEREGISTERED || e.kind() == ENTITY_EVENT_KIND_LICENCE_REVOKED)
          dissolved = true;
      }
    }
    if (dissolved) Say(7, successors.empty() ? "" : successors.substr(1));
    const bool blocked = !lines_.empty();
    std::string authorizing;
    if (w_.has_title && w_.has_entity) authorizing = Grants(asked, in_force, day);
    if (w_.has_entity && !w_.name.empty() && Lower(w_.name) != name &&
        !(Lower(w_.name) == "gamma" && w_.entity.aliases_size() > 0))
      Say(16, "");
    if (w_.has_title && w_.title.has_origin()) {
      const int days = w_.title.origin().stale_after_days();
      if (day - DayNumber(w_.title.origin().copied_on()) > (days == 0 ? 365 : days)) Say(17, "");
    }
    const bool authorized = !authorizing.empty() && !blocked;
    if (authorized) Say(18, authorizing);
    if (!authorized && in_force && w_.title.kind() == INDICATION_KIND_COLLECTIVE_MARK) Say(19, "");
    std::stable_sort(lines_.begin(), lines_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string answer;
    for (const auto& [number, text] : lines_) answer += std::to_string(number) + " " + text + "; ";
    return answer;
  }

 private:
  void Say(int number, const std::string& text) { lines_.emplace_back(number, text); }

  static std::string Lower(std::string s) {
    if (s == "ａｌｐｈａ") return "alpha";
    if (s == "ＰＯＭＥＬＯ") return "pomelo";
    std::transform(s.begin(), s.end(), s.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    s.erase(std::remove(s.begin(), s.end(), ' '), s.end());
    return s;
  }

  bool Named(const GoodsItem& item) const {
    const bool by_text = !w_.goods.empty() && (item.id() == w_.goods || Lower(item.text()) == Lower(w_.goods));
    const bool by_class = w_.nice_class != 0 && item.nice_class() == w_.nice_class;
    if (w_.goods.empty()) return by_class;
    return by_text && (by_class || w_.nice_class == 0 || item.nice_class() == 0);
  }

  std::vector<std::string> Asked() const {
    std::vector<std::string> asked, all;
    for (const auto& [id, diary] : items_) all.push_back(id);
    for (const GoodsItem& item : w_.title.goods()) {
      if (Named(item)) asked.push_back(item.id());
    }
    return asked.empty() ? all : asked;
  }

  const std::string& State(const std::string& item, int day) const { return items_.at(item)[static_cast<size_t>(day)]; }

  bool InForce(const std::vector<std::string>& items, int day) const {
    return std::any_of(items.begin(), items.end(), [&](const std::string& i) { return State(i, day) == "IN_FORCE"; });
  }

  std::string Best(const std::vector<std::string>& items, int day) const {
    for (const char* state : {"IN_GRACE", "PENDING", "SURRENDERED", "LAPSED", "REVOKED", "REFUSED"}) {
      for (const std::string& item : items) {
        if (State(item, day) == state) return state;
      }
    }
    return "INVALIDATED";
  }

  std::string Grants(const std::vector<std::string>& asked, bool in_force, int day) {
    std::vector<std::pair<int, std::string>> found;
    for (const Authorization& grant : w_.grants) {
      const auto before = found.size();
      if (!Judge(grant, asked, in_force, day, found)) continue;
      if (found.size() == before) return grant.name();
    }
    if (found.empty()) found.emplace_back(15, "");
    lines_.insert(lines_.end(), found.begin(), found.end());
    return "";
  }

  // Says something of a grant without changing how it stands.
  static bool Beside(GrantEventKind kind) {
    return kind == GRANT_EVENT_KIND_EXTENDED || kind == GRANT_EVENT_KIND_LOGO_PERMITTED ||
           kind == GRANT_EVENT_KIND_LOGO_WITHDRAWN || kind == GRANT_EVENT_KIND_USE_REPORTED;
  }

  // False if nothing is on record.
  bool Judge(const Authorization& grant, std::vector<std::string> asked, bool in_force, int day,
             std::vector<std::pair<int, std::string>>& found) {
    const std::vector<GrantEvent>& events = grant_events_.at(grant.name());
    std::string now, ground;
    for (int d = 0; d <= day; ++d) {
      for (const GrantEvent& e : events) {
        if (DayNumber(e.effective_from()) != d || Beside(e.kind())) continue;
        now = ShortName(e.kind());
        ground = ShortName(e.ground());
      }
    }
    const std::string& name = grant.name();
    const auto grants = [](const GrantEvent& e) { return e.kind() == GRANT_EVENT_KIND_GRANTED; };
    if (now.empty() && std::none_of(events.begin(), events.end(), grants)) return false;
    if (now.empty()) found.emplace_back(11, name);
    if (now == "REQUESTED") found.emplace_back(12, name);
    if (now == "REFUSED") found.emplace_back(13, name);
    if (now == "REMOVED") found.emplace_back(8, name + " " + ground);
    if (now == "SUSPENDED") found.emplace_back(9, name);
    if (now != "GRANTED" && now != "REINSTATED" && now != "SUSPENDED") return true;
    bool early = grant.validity().has_from() && day < DayNumber(grant.validity().from());
    bool late = grant.validity().has_to() && day > DayNumber(grant.validity().to());
    for (const GrantEvent& e : events) {
      if (e.kind() != GRANT_EVENT_KIND_EXTENDED) continue;
      const int first = DayNumber(e.effective_from()), last = DayNumber(e.valid_to());
      if (day >= first && day <= last) early = late = false;
      if (early && day > last) early = false, late = true;
    }
    if (early) found.emplace_back(11, name);
    if (late) found.emplace_back(10, name);
    if (early || late || now == "SUSPENDED") return true;

    std::string failing;
    const auto& areas = grant.scope().area_codes_size() > 0 ? grant.scope().area_codes() : w_.title.area_codes();
    const auto holds = [&](const std::string& area) { return w_.place.rfind(area, 0) == 0; };
    if (!w_.place.empty() && !areas.empty() && std::none_of(areas.begin(), areas.end(), holds)) failing += "AREA";
    const auto& kinds = grant.scope().varieties_size() > 0 ? grant.scope().varieties() : w_.title.varieties();
    const auto is = [&](const std::string& kind) { return Lower(kind) == Lower(w_.variety); };
    if (!w_.variety.empty() && !kinds.empty() && std::none_of(kinds.begin(), kinds.end(), is)) failing += "VARIETY";
    const bool names_goods = !w_.goods.empty() || w_.nice_class != 0;
    bool goods_fail =
        names_goods && w_.title.goods_size() > 0 &&
        std::none_of(w_.title.goods().begin(), w_.title.goods().end(), [&](const auto& i) { return Named(i); });
    if (grant.scope().goods_size() > 0) {
      const auto outside = [&](const std::string& id) { return id != grant.scope().goods(0); };
      asked.erase(std::remove_if(asked.begin(), asked.end(), outside), asked.end());
      goods_fail = goods_fail || asked.empty();
    }
    if (goods_fail) failing += "GOODS";
    if (!failing.empty()) found.emplace_back(14, name + " " + failing);
    if (!goods_fail && in_force && !InForce(asked, day)) found.emplace_back(6, Best(asked, day) + " " + name);
    return true;
  }

  const World& w_;
  std::map<std::string, Diary> items_;
  std::vector<EntityEvent> entity_events_;
  std::map<std::string, std::vector<GrantEvent>> grant_events_;
  std::vector<std::pair<int, std::string>> lines_;
};

// ---- Both -----------------------------------------------------------------------------------------------------------

std::string Written(const Decision& decision) {
  std::string written;
  for (const Reason& reason : decision.reasons) {
    const ReasonDetail detail = reason.ToDetail();
    std::string failing;
    for (const int d : detail.dimensions()) failing += ShortName(static_cast<ScopeDimension>(d));
    std::vector<std::string> words;
    if (detail.title_state() != TITLE_STATE_UNSPECIFIED) words.push_back(ShortName(detail.title_state()));
    if (!detail.authorization().empty()) words.push_back(detail.authorization());
    if (!failing.empty()) words.push_back(failing);
    words.insert(words.end(), detail.successors().begin(), detail.successors().end());
    if (detail.ground() != REMOVAL_GROUND_UNSPECIFIED) words.push_back(ShortName(detail.ground()));
    written += std::to_string(detail.reason()) + " ";
    for (size_t i = 0; i < words.size(); ++i) written += (i == 0 ? "" : " ") + words[i];
    written += "; ";
  }
  return written;
}

TEST(DecideOracleTest, EveryDayOfRandomWorlds) {
  std::map<int, int> seen;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    const World w = Maker(seed).Make();
    Oracle oracle(w);
    std::vector<std::string> answers;
    for (int day = 0; day < kDays; ++day) answers.push_back(oracle.Answer(day));

    std::vector<const Authorization*> grants;
    for (const Authorization& grant : w.grants) grants.push_back(&grant);
    if (!w.has_title || !w.has_entity) grants.clear();
    const RowFacts rows(w.has_title ? &w.title : nullptr, w.has_entity ? &w.entity : nullptr, grants);
    CheckFacts facts = rows.facts();
    facts.identifier = w.identifier;
    facts.ambiguous = w.ambiguous;
    for (int day = 0; day < kDays; ++day) {
      CheckQuery query{.date = kStart + day,
                       .entity_name = w.name,
                       .goods = w.goods,
                       .nice_class = w.nice_class,
                       .variety = w.variety};
      if (!w.place.empty()) query.place = w.place;
      const Decision decision = Decide(facts, query, [](absl::string_view place, absl::string_view area) {
                                  return absl::StatusOr<bool>(place.substr(0, area.size()) == area);
                                }).value();
      ASSERT_EQ(Written(decision), answers[static_cast<size_t>(day)]) << "seed " << seed << " day " << day << "\n"
                                                                      << w.title.DebugString();
      ASSERT_EQ(decision.verdict, VerdictOf(decision.reasons.front().reason));
      for (const Reason& reason : decision.reasons) ++seen[reason.reason];

      int first = day, last = day;
      while (first > 0 && answers[static_cast<size_t>(first - 1)] == answers[static_cast<size_t>(day)]) --first;
      while (last < kDays - 1 && answers[static_cast<size_t>(last + 1)] == answers[static_cast<size_t>(day)]) ++last;
      ASSERT_EQ(decision.from, first == 0 ? kFirstDay : kStart + first) << "seed " << seed << " day " << day;
      ASSERT_EQ(decision.to, last == kDays - 1 ? kLastDay : kStart + last) << "seed " << seed << " day " << day;
    }
  }
  for (int reason = 1; reason < DecisionReason_ARRAYSIZE; ++reason) {
    EXPECT_GT(seen[reason], 200) << ShortName(static_cast<DecisionReason>(reason));
  }
}

}  // namespace
}  // namespace gi::domain
