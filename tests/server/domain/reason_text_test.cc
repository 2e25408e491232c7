#include "server/domain/reason_text.h"

#include <algorithm>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/title_rules.h"
#include "storage/base/text.h"
#include "tests/server/domain/rules_testing.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using rules_testing::ADate;
using rules_testing::ADay;
using rules_testing::AGrant;
using ::testing::HasSubstr;
using ::testing::Not;

ReasonDetail Detail(DecisionReason reason) {
  ReasonDetail detail;
  detail.set_reason(reason);
  return detail;
}

// The detail of every reason as Decide fills it.
ReasonDetail Filled(DecisionReason reason) {
  ReasonDetail detail = Detail(reason);
  if (reason >= DECISION_REASON_REMOVED && reason <= DECISION_REASON_OUT_OF_SCOPE)
    detail.set_authorization("authorizations/a");
  if (reason == DECISION_REASON_AUTHORIZED) detail.set_authorization("authorizations/a");
  if (reason == DECISION_REASON_OUT_OF_SCOPE) detail.add_dimensions(SCOPE_DIMENSION_AREA);
  if (reason == DECISION_REASON_TITLE_NOT_IN_FORCE) detail.set_title_state(TITLE_STATE_LAPSED);
  if (reason == DECISION_REASON_REMOVED) detail.set_ground(REMOVAL_GROUND_OTHER);
  return detail;
}

TEST(ReasonTextTest, TableIsCompleteAndInPrecedence) {
  ASSERT_EQ(ReasonTexts().size(), static_cast<size_t>(DecisionReason_ARRAYSIZE - 1));
  for (size_t i = 0; i < ReasonTexts().size(); ++i) {
    const ReasonText& text = ReasonTexts()[i];
    EXPECT_EQ(text.reason, static_cast<int>(i) + 1);
    EXPECT_TRUE(IsValidUtf8(text.zh) && IsValidUtf8(text.en));
    EXPECT_EQ(std::count(text.zh.begin(), text.zh.end(), '['), std::count(text.zh.begin(), text.zh.end(), ']'));
    EXPECT_EQ(std::count(text.en.begin(), text.en.end(), '{'), std::count(text.en.begin(), text.en.end(), '}'));
    EXPECT_EQ(VerdictOf(text.reason), text.verdict);
  }
  EXPECT_EQ(VerdictOf(DECISION_REASON_UNSPECIFIED), VERDICT_UNSPECIFIED);
}

TEST(ReasonTextTest, VerdictsAreThoseOfTheProto) {
  const std::set<DecisionReason> undecided = {DECISION_REASON_IDENTIFIER_PERSONAL, DECISION_REASON_IDENTIFIER_INVALID,
                                              DECISION_REASON_AMBIGUOUS, DECISION_REASON_NAME_MISMATCH,
                                              DECISION_REASON_SOURCE_STALE};
  for (const ReasonText& text : ReasonTexts()) {
    const Verdict expected = undecided.count(text.reason)                      ? VERDICT_UNDECIDED
                             : text.reason == DECISION_REASON_AUTHORIZED       ? VERDICT_AUTHORIZED
                             : text.reason == DECISION_REASON_FAIR_USE_OF_NAME ? VERDICT_UNSPECIFIED
                                                                               : VERDICT_NOT_AUTHORIZED;
    EXPECT_EQ(text.verdict, expected) << text.reason;
  }
}

TEST(ReasonTextTest, EveryTextIsFilled) {
  const Authorization grant = AGrant("a", {}, "2021-01-01", "2022-12-31");
  for (const ReasonText& text : ReasonTexts()) {
    for (const Authorization* with : {static_cast<const Authorization*>(nullptr), &grant}) {
      ReasonDetail detail = Filled(text.reason);
      FillTexts({.date = ADay("2023-05-01"), .kind = INDICATION_KIND_COLLECTIVE_MARK, .grant = with}, detail);
      for (const std::string& filled : {detail.text_zh(), detail.text_en()}) {
        EXPECT_FALSE(filled.empty());
        EXPECT_THAT(filled, Not(testing::ContainsRegex("[][{}]"))) << filled;
        // Nothing that Decide fills is missing. (A question mark is part of one optional sentence only.)
        EXPECT_THAT(filled, Not(HasSubstr("?"))) << filled;
        EXPECT_THAT(filled, Not(HasSubstr("  "))) << filled;
      }
    }
  }
}

TEST(ReasonTextTest, AbsenceIsNotProhibition) {
  for (const auto reason : {DECISION_REASON_UNKNOWN_TITLE, DECISION_REASON_UNKNOWN_ENTITY, DECISION_REASON_NO_RECORD}) {
    ReasonDetail detail = Detail(reason);
    FillTexts({.date = ADay("2023-05-01")}, detail);
    EXPECT_THAT(detail.text_zh(), HasSubstr("并不等于禁止使用"));
    EXPECT_THAT(detail.text_en(), testing::AnyOf(HasSubstr("does not mean that its use is forbidden"),
                                                 HasSubstr("does not mean that use is forbidden")));
  }
}

TEST(ReasonTextTest, ParticularsAreNamed) {
  const Authorization grant = AGrant("a", {}, "2024-01-01", "2024-12-31");
  const auto english = [&](ReasonDetail detail) {
    FillTexts({.date = ADay("2023-05-01"), .kind = INDICATION_KIND_CERTIFICATION_MARK, .grant = &grant}, detail);
    return detail.text_en();
  };
  ReasonDetail removed = Filled(DECISION_REASON_REMOVED);
  removed.set_ground(REMOVAL_GROUND_TWO_YEARS_UNUSED);
  EXPECT_EQ(
      english(removed),
      "By 2023-05-01 grant authorizations/a had been removed: no use within two years. A new one must be asked for.");
  removed.clear_ground();
  EXPECT_EQ(english(removed), "By 2023-05-01 grant authorizations/a had been removed. A new one must be asked for.");
  EXPECT_THAT(english(Filled(DECISION_REASON_EXPIRED)), HasSubstr("its last day was 2024-12-31"));
  EXPECT_THAT(english(Filled(DECISION_REASON_NOT_YET_EFFECTIVE)), HasSubstr("its period begins on 2024-01-01"));
  ReasonDetail scope = Filled(DECISION_REASON_OUT_OF_SCOPE);
  scope.add_dimensions(SCOPE_DIMENSION_GOODS);
  EXPECT_THAT(english(scope), HasSubstr("not for the place, goods asked for"));
  ReasonDetail title = Filled(DECISION_REASON_TITLE_NOT_IN_FORCE);
  title.set_title_state(TITLE_STATE_INVALIDATED);
  EXPECT_EQ(
      english(title),
      "On 2023-05-01 the title is not in force for the goods asked for: it was declared invalid and is deemed never to "
      "have existed. Ask its holder how it stands.");
  title.set_authorization("authorizations/a");
  EXPECT_THAT(english(title), HasSubstr("as far as grant authorizations/a goes"));
  ReasonDetail code = Detail(DECISION_REASON_IDENTIFIER_INVALID);
  code.set_uscc_verdict(USCC_VERDICT_BAD_CHECK);
  code.set_proposal("THE-PROPOSAL");
  EXPECT_EQ(english(code),
            "The number given is not a unified social credit code: its check character is wrong. Was "
            "THE-PROPOSAL meant? "
            "Compare it with the business licence and ask again.");
}

TEST(ReasonTextTest, EveryStateGroundAndFindingHasWords) {
  for (int state = TITLE_STATE_PENDING; state < TITLE_STATE_PARTLY_IN_FORCE; ++state) {
    if (state == TITLE_STATE_IN_FORCE) continue;
    ReasonDetail detail = Detail(DECISION_REASON_TITLE_NOT_IN_FORCE);
    detail.set_title_state(static_cast<TitleState>(state));
    FillTexts({.date = ADay("2023-05-01")}, detail);
    EXPECT_THAT(detail.text_zh() + detail.text_en(), Not(HasSubstr("?"))) << state;
  }
  for (int ground = REMOVAL_GROUND_NOT_TO_STANDARD; ground < RemovalGround_ARRAYSIZE; ++ground) {
    ReasonDetail detail = Filled(DECISION_REASON_REMOVED);
    detail.set_ground(static_cast<RemovalGround>(ground));
    FillTexts({.date = ADay("2023-05-01")}, detail);
    EXPECT_THAT(detail.text_zh(), HasSubstr("原因")) << ground;
  }
  for (int v = 1; v < UsccVerdict_ARRAYSIZE; ++v) {
    const auto verdict = static_cast<UsccVerdict>(v);
    if (verdict == USCC_VERDICT_PERSONAL_ID || verdict == USCC_VERDICT_OK ||
        verdict == USCC_VERDICT_OK_UNKNOWN_DIVISION || verdict == USCC_VERDICT_OK_LEGACY) {
      continue;
    }
    ReasonDetail detail = Detail(DECISION_REASON_IDENTIFIER_INVALID);
    detail.set_uscc_verdict(verdict);
    FillTexts({.date = ADay("2023-05-01")}, detail);
    EXPECT_THAT(detail.text_en(), HasSubstr("code: ")) << v;
  }
}

TEST(ReasonTextTest, BasisFollowsKindAndState) {
  const auto sources = [](DecisionReason reason, IndicationKind kind, TitleState state = TITLE_STATE_UNSPECIFIED) {
    ReasonDetail detail = Detail(reason);
    detail.set_title_state(state);
    FillTexts({.date = ADay("2023-05-01"), .kind = kind}, detail);
    FillTexts({.date = ADay("2023-05-01"), .kind = kind}, detail);  // again: not twice
    std::string out;
    for (const LegalBasis& basis : detail.legal_basis())
      out += basis.source() + (basis.verified() ? " yes; " : " no; ");
    return out;
  };
  EXPECT_EQ(sources(DECISION_REASON_TITLE_NOT_IN_FORCE, INDICATION_KIND_COLLECTIVE_MARK, TITLE_STATE_LAPSED),
            "商标法 (2019) art. 39, art. 40 yes; 商标法 (2026) art. 44 yes; ");
  EXPECT_EQ(sources(DECISION_REASON_TITLE_NOT_IN_FORCE, INDICATION_KIND_GI_PRODUCT, TITLE_STATE_REVOKED),
            "地理标志产品保护办法 (CNIPA Order 80) no; ");
  EXPECT_EQ(sources(DECISION_REASON_TITLE_NOT_IN_FORCE, INDICATION_KIND_FOREIGN, TITLE_STATE_REVOKED), "");
  EXPECT_EQ(sources(DECISION_REASON_FAIR_USE_OF_NAME, INDICATION_KIND_COLLECTIVE_MARK), "实施条例 (2014) art. 4 no; ");
  EXPECT_EQ(sources(DECISION_REASON_IDENTIFIER_INVALID, INDICATION_KIND_UNSPECIFIED), "GB 32100-2015 yes; ");
  for (const ReasonBasis& basis : ReasonBases()) EXPECT_FALSE(basis.source.empty());
}

TEST(ReasonTextTest, UnknownReasonsGetNoText) {
  ReasonDetail detail = Detail(static_cast<DecisionReason>(99));
  FillTexts({.date = ADay("2023-05-01")}, detail);
  EXPECT_EQ(detail.text_zh() + detail.text_en(), "");
}

}  // namespace
}  // namespace gi::domain
