#include "server/domain/decide.h"

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/reason_text.h"
#include "tests/server/domain/rules_testing.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using namespace rules_testing;
using ::testing::ElementsAre;

constexpr IndicationKind kCertification = INDICATION_KIND_CERTIFICATION_MARK;
constexpr IndicationKind kCollective = INDICATION_KIND_COLLECTIVE_MARK;

// A question with everything it is asked of. Begins as: a certification mark in force, an entity, a grant that covers
// it.
struct Situation {
  Indication title = ATitle(kCertification, {Title(TITLE_EVENT_KIND_REGISTERED, "2020-01-01")}, 2);
  Entity entity = AnEntity("梁平合作社");
  std::vector<Authorization> grants = {AGrant("a", {Grant(GRANT_EVENT_KIND_GRANTED, "2021-01-01")}, "2021-02-01")};
  bool has_title = true;
  bool has_entity = true;
  bool ambiguous = false;
  UsccVerdict identifier = USCC_VERDICT_OK;
  CheckQuery query{.date = ADay("2023-05-01")};
  // What the last decision points into.
  mutable std::shared_ptr<const RowFacts> rows;

  Decision Decided() const {
    std::vector<const Authorization*> pointers;
    for (const Authorization& grant : grants) pointers.push_back(&grant);
    if (!has_title || !has_entity) pointers.clear();
    rows = std::make_shared<const RowFacts>(has_title ? &title : nullptr, has_entity ? &entity : nullptr, pointers);
    CheckFacts facts = rows->facts();
    facts.identifier = identifier;
    facts.ambiguous = ambiguous;
    return Decide(facts, query,
                  [](absl::string_view place, absl::string_view area) {
                    return absl::StatusOr<bool>(place.substr(0, area.size()) == area);
                  })
        .value();
  }

  std::vector<DecisionReason> Reasons() const {
    std::vector<DecisionReason> reasons;
    for (const Reason& reason : Decided().reasons) reasons.push_back(reason.reason);
    return reasons;
  }

  void OnlyGrant(Authorization grant) { grants = {std::move(grant)}; }
};

std::string Validity(const Decision& decision) {
  Period period;
  decision.FillValidity(period);
  return FormatDate(period.from()) + ".." + FormatDate(period.to());
}

TEST(DecideTest, Authorized) {
  Situation s;
  const Decision decision = s.Decided();
  EXPECT_EQ(decision.verdict, VERDICT_AUTHORIZED);
  ASSERT_EQ(decision.reasons.size(), 1u);
  EXPECT_EQ(decision.reasons[0].reason, DECISION_REASON_AUTHORIZED);
  EXPECT_EQ(s.rows->RowOf(decision.reasons[0].grant), &s.grants[0]);
  EXPECT_EQ(decision.reasons[0].ToDetail().authorization(), "authorizations/a");
  EXPECT_EQ(Validity(decision), "2021-02-01..2029-12-31");
}

TEST(DecideTest, InvalidationIn2026OfATitleOf2020CheckedFor2023) {
  Situation s;
  Record(Title(TITLE_EVENT_KIND_INVALIDATED, "2026-02-01"), s.title);
  const Decision decision = s.Decided();
  EXPECT_EQ(decision.verdict, VERDICT_NOT_AUTHORIZED);
  ASSERT_EQ(decision.reasons.size(), 1u);
  EXPECT_EQ(decision.reasons[0].reason, DECISION_REASON_TITLE_NOT_IN_FORCE);
  EXPECT_EQ(decision.reasons[0].title_state, TITLE_STATE_INVALIDATED);
  EXPECT_EQ(Validity(decision), "2021-02-01..") << "before, the grant adds its reason";
}

TEST(DecideTest, TitleStates) {
  for (const auto& [date, state] : {std::pair("2019-06-01", TITLE_STATE_PENDING),
                                    {"2030-03-01", TITLE_STATE_IN_GRACE},
                                    {"2031-01-01", TITLE_STATE_LAPSED}}) {
    Situation s;
    s.query.date = ADay(date);
    const Decision decision = s.Decided();
    EXPECT_EQ(decision.reasons[0].reason, DECISION_REASON_TITLE_NOT_IN_FORCE);
    EXPECT_EQ(decision.reasons[0].ToDetail().title_state(), state);
  }
}

TEST(DecideTest, GoodsDecideWhetherTheTitleIsInForce) {
  Situation s;
  Record(Title(TITLE_EVENT_KIND_REVOKED, "2022-01-01", {"g2"}), s.title);
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_AUTHORIZED)) << "some item is in force";
  for (const char* goods : {"g1", "goods 1", "GOODS 1"}) {
    s.query.goods = goods;
    EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_AUTHORIZED)) << goods;
  }
  for (const char* goods : {"g2", "goods 2", "GOODS2"}) {
    s.query.goods = goods;
    EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_TITLE_NOT_IN_FORCE)) << goods;
    EXPECT_EQ(s.Decided().reasons[0].title_state, TITLE_STATE_REVOKED);
    EXPECT_EQ(s.Decided().reasons[0].grant, nullptr);
  }
  s.query.goods = "";
  s.query.nice_class = 30;
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_TITLE_NOT_IN_FORCE));
  // A grant limited to what is not in force is not enough.
  s.query.nice_class = 0;
  s.grants[0].mutable_scope()->add_goods("g2");
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_TITLE_NOT_IN_FORCE));
  EXPECT_EQ("authorizations/" + std::string(s.Decided().reasons[0].grant->id), s.grants[0].name());
  EXPECT_EQ(s.Decided().reasons[0].title_state, TITLE_STATE_REVOKED);
  s.query.goods = "g1";
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_OUT_OF_SCOPE));
}

TEST(DecideTest, OutOfScopeSaysWhich) {
  const auto dimensions = [](const Situation& s) {
    const Decision decision = s.Decided();
    const ReasonDetail detail = decision.reasons[0].ToDetail();
    std::string found;
    for (const int d : detail.dimensions()) found += ShortName(static_cast<ScopeDimension>(d)) + " ";
    return found;
  };
  Situation s;
  s.query.place = "500155";
  s.query.variety = "红心柚";
  s.query.goods = "g2";
  s.query.nice_class = 30;
  EXPECT_EQ(dimensions(s), "") << "neither grant nor title limit anything";
  s.title.add_area_codes("5002");
  s.title.add_varieties("沙田柚");
  EXPECT_EQ(dimensions(s), "AREA VARIETY ") << "the title's own limits";
  Scope& scope = *s.grants[0].mutable_scope();
  scope.add_area_codes("500155");
  scope.add_varieties("红心 柚");
  EXPECT_EQ(dimensions(s), "") << "the grant's lists stand for the title's";
  scope.add_goods("g1");
  EXPECT_EQ(dimensions(s), "GOODS ");
  s.query.place = "500100";
  s.query.variety = "黄花梨";
  EXPECT_EQ(dimensions(s), "AREA VARIETY GOODS ");
  s.query = {.date = s.query.date};
  EXPECT_EQ(dimensions(s), "") << "what is not asked is not judged";
}

TEST(DecideTest, GoodsTheTitleDoesNotHave) {
  Situation s;
  s.query.goods = "wine";
  EXPECT_EQ(s.Decided().reasons[0].dimensions, DimensionBit(SCOPE_DIMENSION_GOODS));
  s.query.goods = "goods 1";
  s.query.nice_class = 30;
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_OUT_OF_SCOPE)) << "both must fit";
  s.title.mutable_goods(0)->set_nice_class(0);
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_AUTHORIZED)) << "an item without a class fits any";
  s.query.goods = "";
  s.query.nice_class = 31;
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_OUT_OF_SCOPE)) << "but a class alone does not name it";
  s.title.clear_goods();
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_AUTHORIZED)) << "the title does not say its goods";
  s.title.add_goods()->set_id("g1");
  s.grants.clear();
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_NO_RECORD));
}

TEST(DecideTest, AnyGrantThatAuthorizesIsEnough) {
  Situation s;
  s.grants.insert(s.grants.begin(), AGrant("old", {Grant(GRANT_EVENT_KIND_GRANTED, "2020-01-01"),
                                                   Grant(GRANT_EVENT_KIND_REMOVED, "2020-06-01")}));
  s.grants.push_back(AGrant("next", {Grant(GRANT_EVENT_KIND_GRANTED, "2023-01-01")}, "2024-01-01"));
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_AUTHORIZED));
  EXPECT_EQ("authorizations/" + std::string(s.Decided().reasons[0].grant->id), s.grants[1].name());
  s.grants.erase(s.grants.begin() + 1);
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_REMOVED, DECISION_REASON_NOT_YET_EFFECTIVE));
  EXPECT_EQ(Validity(s.Decided()), "2020-06-01..2023-12-31");
}

TEST(DecideTest, AnnulledAndFutureGrants) {
  Situation s;
  s.OnlyGrant(AGrant("a", {Grant(GRANT_EVENT_KIND_GRANTED, "2021-01-01"), Annulment<GrantEvent>("e1")}));
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_NO_RECORD));
  EXPECT_EQ(Validity(s.Decided()), "2020-01-01..2029-12-31");
  s.OnlyGrant(AGrant("a", {Grant(GRANT_EVENT_KIND_GRANTED, "2025-01-01")}, "2022-01-01"));
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_NOT_YET_EFFECTIVE));
}

TEST(DecideTest, ASuspendedGrantMayBeOverToo) {
  Situation s;
  s.OnlyGrant(AGrant("a",
                     {Grant(GRANT_EVENT_KIND_GRANTED, "2021-01-01"), Grant(GRANT_EVENT_KIND_SUSPENDED, "2022-01-01")},
                     "2021-01-01", "2022-12-31"));
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_SUSPENDED, DECISION_REASON_EXPIRED));
}

TEST(DecideTest, Names) {
  Situation s;
  *s.entity.add_events() = EntityChange(ENTITY_EVENT_KIND_RENAMED, "2022-01-01", "梁平新社");
  s.entity.add_aliases("LP 社");
  for (const char* name : {"", "梁平新社", "梁平 新社", "lp社"}) {
    s.query.entity_name = name;
    EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_AUTHORIZED)) << name;
  }
  s.query.entity_name = "梁平合作社";  // its name until 2021
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_NAME_MISMATCH, DECISION_REASON_AUTHORIZED));
  EXPECT_EQ(s.Decided().verdict, VERDICT_UNDECIDED);
  EXPECT_EQ(Validity(s.Decided()), "2022-01-01..2029-12-31");
  s.query.date = ADay("2021-12-31");
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_AUTHORIZED));
}

TEST(DecideTest, StaleSources) {
  Situation s;
  s.title = ATitle(INDICATION_KIND_FOREIGN, {Title(TITLE_EVENT_KIND_REGISTERED, "")});
  *s.title.mutable_origin()->mutable_copied_on() = ADate("2022-05-01");
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_AUTHORIZED)) << "365 days old";
  EXPECT_EQ(Validity(s.Decided()), "2021-02-01..2023-05-01");
  s.title.mutable_origin()->set_stale_after_days(364);
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_SOURCE_STALE, DECISION_REASON_AUTHORIZED));
  EXPECT_EQ(Validity(s.Decided()), "2023-05-01..");
  s.title.mutable_origin()->set_stale_after_days(INT32_MAX);
  EXPECT_EQ(Validity(s.Decided()), "2021-02-01..");
}

TEST(DecideTest, IdentifiersAndUnknowns) {
  Situation s;
  s.has_title = s.has_entity = false;
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_UNKNOWN_TITLE, DECISION_REASON_UNKNOWN_ENTITY));
  EXPECT_EQ(Validity(s.Decided()), "..");
  s.ambiguous = true;
  s.identifier = USCC_VERDICT_OLD_FORM;
  EXPECT_THAT(s.Reasons(), ElementsAre(DECISION_REASON_IDENTIFIER_INVALID, DECISION_REASON_AMBIGUOUS));
  for (int v = USCC_VERDICT_UNSPECIFIED; v <= USCC_VERDICT_BAD_CHECK; ++v) {
    const auto verdict = static_cast<UsccVerdict>(v);
    s.identifier = verdict;
    const bool good = verdict == USCC_VERDICT_UNSPECIFIED || verdict == USCC_VERDICT_OK ||
                      verdict == USCC_VERDICT_OK_UNKNOWN_DIVISION || verdict == USCC_VERDICT_OK_LEGACY;
    const Decision decision = s.Decided();
    EXPECT_EQ(decision.verdict, VERDICT_UNDECIDED);
    EXPECT_EQ(decision.reasons[0].reason, good                                  ? DECISION_REASON_AMBIGUOUS
                                          : verdict == USCC_VERDICT_PERSONAL_ID ? DECISION_REASON_IDENTIFIER_PERSONAL
                                                                                : DECISION_REASON_IDENTIFIER_INVALID);
    EXPECT_EQ(decision.reasons[0].uscc_verdict, good ? USCC_VERDICT_UNSPECIFIED : verdict);
  }
}

TEST(DecideTest, ErrorsOfTheAreaTestComeBack) {
  Situation s;
  s.title.add_area_codes("5002");
  const Authorization* grant = &s.grants[0];
  const RowFacts rows(&s.title, &s.entity, absl::MakeConstSpan(&grant, 1));
  const CheckFacts facts = rows.facts();
  s.query.place = "500155";
  const auto fails = [](absl::string_view, absl::string_view) {
    return absl::StatusOr<bool>(absl::DataLossError("x"));
  };
  EXPECT_EQ(Decide(facts, s.query, fails).status(), absl::DataLossError("x"));
  s.query.place = std::nullopt;
  EXPECT_TRUE(Decide(facts, s.query, fails).ok());
}

enum class Use { kNone, kNeeds, kRemoves };
enum class Grants { kAny, kAdds, kNone, kAuthorizes, kNotAuthorized };

// One way to make each reason apply.
struct Switch {
  DecisionReason reason;
  Use title;
  Use entity;
  Grants grants;
  std::function<void(Situation&)> apply;
};

void AddGrant(Situation& s, const std::vector<GrantEvent>& events, absl::string_view from = "",
              absl::string_view to = "", absl::string_view variety = "") {
  if (!s.grants.empty() && s.grants[0].name() == "authorizations/a") s.grants.clear();
  s.grants.push_back(AGrant("b" + std::to_string(s.grants.size()), events, from, to));
  if (!variety.empty()) s.grants.back().mutable_scope()->add_varieties(std::string(variety));
}

std::vector<Switch> Switches() {
  const GrantEvent granted = Grant(GRANT_EVENT_KIND_GRANTED, "2021-01-01");
  const auto later = [](GrantEventKind kind) { return Grant(kind, "2022-01-01"); };
  const auto bad_code = [](UsccVerdict verdict) {
    return [verdict](Situation& s) { s.identifier = verdict, s.has_entity = false; };
  };
  const auto grant = [](DecisionReason reason, std::function<void(Situation&)> apply) {
    return Switch{reason, Use::kNeeds, Use::kNeeds, Grants::kAdds, std::move(apply)};
  };
  return {
      {DECISION_REASON_IDENTIFIER_PERSONAL, Use::kNone, Use::kRemoves, Grants::kAny,
       bad_code(USCC_VERDICT_PERSONAL_ID)},
      {DECISION_REASON_IDENTIFIER_INVALID, Use::kNone, Use::kRemoves, Grants::kAny, bad_code(USCC_VERDICT_BAD_CHECK)},
      {DECISION_REASON_AMBIGUOUS, Use::kRemoves, Use::kNone, Grants::kAny,
       [](Situation& s) { s.has_title = false, s.ambiguous = true; }},
      {DECISION_REASON_UNKNOWN_TITLE, Use::kRemoves, Use::kNone, Grants::kAny,
       [](Situation& s) { s.has_title = false; }},
      {DECISION_REASON_UNKNOWN_ENTITY, Use::kNone, Use::kRemoves, Grants::kAny,
       [](Situation& s) { s.has_entity = false; }},
      {DECISION_REASON_TITLE_NOT_IN_FORCE, Use::kNeeds, Use::kNone, Grants::kNotAuthorized,
       [](Situation& s) { Record(Title(TITLE_EVENT_KIND_REVOKED, "2022-01-01"), s.title); }},
      {DECISION_REASON_ENTITY_DISSOLVED, Use::kNone, Use::kNeeds, Grants::kNotAuthorized,
       [](Situation& s) { *s.entity.add_events() = EntityChange(ENTITY_EVENT_KIND_DEREGISTERED, "2022-01-01"); }},
      grant(DECISION_REASON_REMOVED,
            [=](Situation& s) {
              AddGrant(s, {granted, later(GRANT_EVENT_KIND_REMOVED)});
            }),
      grant(DECISION_REASON_SUSPENDED,
            [=](Situation& s) {
              AddGrant(s, {granted, later(GRANT_EVENT_KIND_SUSPENDED)});
            }),
      grant(DECISION_REASON_EXPIRED, [=](Situation& s) { AddGrant(s, {granted}, "2021-01-01", "2023-04-30"); }),
      grant(DECISION_REASON_NOT_YET_EFFECTIVE, [=](Situation& s) { AddGrant(s, {granted}, "2023-05-02"); }),
      grant(DECISION_REASON_PENDING, [=](Situation& s) { AddGrant(s, {later(GRANT_EVENT_KIND_REQUESTED)}); }),
      grant(DECISION_REASON_OUT_OF_SCOPE,
            [=](Situation& s) { s.query.variety = "乙", AddGrant(s, {granted}, "", "", "甲"); }),
      grant(DECISION_REASON_REFUSED,
            [=](Situation& s) {
              AddGrant(
                  s, {Grant(GRANT_EVENT_KIND_REQUESTED, "2021-01-01"), Grant(GRANT_EVENT_KIND_REFUSED, "2021-02-01")});
            }),
      {DECISION_REASON_NO_RECORD, Use::kNeeds, Use::kNeeds, Grants::kNone, [](Situation& s) { s.grants.clear(); }},
      {DECISION_REASON_NAME_MISMATCH, Use::kNone, Use::kNeeds, Grants::kAny,
       [](Situation& s) { s.query.entity_name = "别社"; }},
      {DECISION_REASON_SOURCE_STALE, Use::kNeeds, Use::kNone, Grants::kAny,
       [](Situation& s) { *s.title.mutable_origin()->mutable_copied_on() = ADate("2020-01-01"); }},
      {DECISION_REASON_AUTHORIZED, Use::kNeeds, Use::kNeeds, Grants::kAuthorizes, [](Situation&) {}},
      {DECISION_REASON_FAIR_USE_OF_NAME, Use::kNeeds, Use::kNone, Grants::kNotAuthorized,
       [](Situation& s) {
         s.title.set_kind(kCollective);
         if (!s.grants.empty() && s.grants[0].name() == "authorizations/a") s.grants.clear();
       }},
  };
}

bool Together(const Switch& a, const Switch& b) {
  const auto clash = [](Use x, Use y) { return x != Use::kNone && y == Use::kRemoves; };
  const std::set<Grants> grants = {a.grants, b.grants};
  return !clash(a.title, b.title) && !clash(b.title, a.title) && !clash(a.entity, b.entity) &&
         !clash(b.entity, a.entity) && !(grants.count(Grants::kAdds) && grants.count(Grants::kNone)) &&
         !(grants.count(Grants::kAuthorizes) && !grants.count(Grants::kAny)) &&
         !(a.reason == DECISION_REASON_TITLE_NOT_IN_FORCE && b.reason == DECISION_REASON_FAIR_USE_OF_NAME) &&
         !(b.reason == DECISION_REASON_TITLE_NOT_IN_FORCE && a.reason == DECISION_REASON_FAIR_USE_OF_NAME);
}

TEST(DecideTest, EveryReasonAndEveryPairComeInPrecedence) {
  const std::vector<Switch> switches = Switches();
  ASSERT_EQ(switches.size(), static_cast<size_t>(DecisionReason_ARRAYSIZE - 1));
  int pairs = 0;
  for (const Switch& a : switches) {
    for (const Switch& b : switches) {
      if (&a != &b && !Together(a, b)) continue;
      Situation s;
      a.apply(s);
      if (&a != &b) b.apply(s);
      const Decision decision = s.Decided();
      std::set<int> found;
      for (const Reason& reason : decision.reasons) {
        EXPECT_LE(found.empty() ? 0 : *found.rbegin(), reason.reason);
        found.insert(reason.reason);
      }
      EXPECT_TRUE(found.count(a.reason) && found.count(b.reason))
          << ShortName(a.reason) << " + " << ShortName(b.reason) << ": " << ::testing::PrintToString(s.Reasons());
      EXPECT_EQ(decision.verdict, VerdictOf(decision.reasons[0].reason));
      EXPECT_NE(decision.verdict, VERDICT_UNSPECIFIED);
      EXPECT_FALSE(found.count(DECISION_REASON_AUTHORIZED) && decision.verdict == VERDICT_NOT_AUTHORIZED);
      ++pairs;
    }
  }
  EXPECT_EQ(pairs, 19 + 2 * 91) << "91 of the 171 pairs go together";
}

}  // namespace
}  // namespace gi::domain
