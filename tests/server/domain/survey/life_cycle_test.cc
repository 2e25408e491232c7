#include "server/domain/survey/life_cycle.h"

#include <set>
#include <string>
#include <tuple>

#include "gtest/gtest.h"
#include "server/domain/survey/cultivation.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr Day kToday{20000};

// The tables once more, as the law of the survey is told (domain.md section 6): state, verb, roles, next state.
const std::set<std::tuple<std::string, std::string, std::string, std::string>> kRecordLaw = {
    {"UNSPECIFIED", "CREATE", "T", "DRAFT"},
    {"DRAFT", "CORRECT", "T", "DRAFT"},
    {"DRAFT", "CHOOSE_MEASUREMENT", "T", "DRAFT"},
    {"DRAFT", "SUBMIT", "T", "SUBMITTED"},
    {"SUBMITTED", "RETURN", "D", "RETURNED"},
    {"SUBMITTED", "ACCEPT", "D", "ACCEPTED"},
    {"SUBMITTED", "DECIDE_DUPLICATE", "TD", "SUBMITTED"},
    {"SUBMITTED", "CHOOSE_MEASUREMENT", "D", "SUBMITTED"},
    {"RETURNED", "CORRECT", "T", "RETURNED"},
    {"RETURNED", "CHOOSE_MEASUREMENT", "T", "RETURNED"},
    {"RETURNED", "DECIDE_DUPLICATE", "TD", "RETURNED"},
    {"RETURNED", "RESUBMIT", "T", "SUBMITTED"},
    {"ACCEPTED", "CORRECT", "D", "ACCEPTED"},
    {"ACCEPTED", "CHOOSE_MEASUREMENT", "D", "ACCEPTED"},
    {"ACCEPTED", "SUPERSEDE", "D", "SUPERSEDED"},
    {"SUPERSEDED", "CORRECT", "D", "SUPERSEDED"},
    {"SUPERSEDED", "CHOOSE_MEASUREMENT", "D", "SUPERSEDED"},
};

template <class Enum>
std::string Short(Enum value) {
  const auto* type = google::protobuf::GetEnumDescriptor<Enum>();
  const std::string& zero = type->value(0)->name();
  return type->FindValueByNumber(value)->name().substr(zero.rfind("UNSPECIFIED"));
}

TEST(LifeCycleTest, EveryStateVerbAndRole) {
  std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
  for (int s = 0; s < v1::SurveyRecordState_ARRAYSIZE; ++s) {
    for (int v = 1; v < v1::SurveyRecordVerb_ARRAYSIZE; ++v) {
      const auto state = static_cast<v1::SurveyRecordState>(s);
      const auto verb = static_cast<v1::SurveyRecordVerb>(v);
      std::string roles, next;
      for (const auto& [role, letter] : {std::pair{kTownship, "T"}, std::pair{kDistrict, "D"}}) {
        const auto taken = TakeRecordStep("r", state, verb, role, kToday);
        if (taken.ok()) {
          roles += letter;
          next = Short(taken->next);
          EXPECT_EQ(RoleBit(taken->role), role);
        } else {
          const auto detail = GetErrorDetail(taken.status());
          const bool denied = detail->reason == v1::ERROR_REASON_ROLE_NOT_ALLOWED;
          EXPECT_TRUE(denied || detail->reason == v1::ERROR_REASON_TRANSITION_ILLEGAL);
          // Denied only if the other role may.
          const SurveyRoles other = kAnySurveyRole & ~role;
          EXPECT_EQ(denied, TakeRecordStep("r", state, verb, other, kToday).ok());
        }
      }
      // Nobody may do anything; who has both roles may do what either may.
      EXPECT_FALSE(TakeRecordStep("r", state, verb, 0, kToday).ok());
      EXPECT_EQ(TakeRecordStep("r", state, verb, kAnySurveyRole, kToday).ok(), !roles.empty());
      if (!roles.empty()) seen.insert({Short(state), Short(verb), roles, next});
    }
  }
  EXPECT_EQ(seen, kRecordLaw);
}

TEST(LifeCycleTest, EveryStepOfACampaign) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (int s = 0; s < v1::SurveyState_ARRAYSIZE; ++s) {
    for (int v = 1; v < v1::SurveyVerb_ARRAYSIZE; ++v) {
      const auto state = static_cast<v1::SurveyState>(s);
      const auto verb = static_cast<v1::SurveyVerb>(v);
      EXPECT_FALSE(TakeSurveyStep("s", state, verb, kTownship, kToday).ok());
      const auto taken = TakeSurveyStep("s", state, verb, kDistrict, kToday);
      if (taken.ok()) seen.insert({Short(state), Short(verb), Short(taken->next)});
    }
  }
  const std::set<std::tuple<std::string, std::string, std::string>> law = {{"PLANNED", "OPENED", "OPEN"},
                                                                           {"OPEN", "CLOSED", "CLOSED"},
                                                                           {"CLOSED", "OPENED", "OPEN"},
                                                                           {"CLOSED", "ARCHIVED", "ARCHIVED"}};
  EXPECT_EQ(seen, law);
}

TEST(LifeCycleTest, WhatACampaignAllows) {
  for (int v = 1; v < v1::SurveyRecordVerb_ARRAYSIZE; ++v) {
    const auto verb = static_cast<v1::SurveyRecordVerb>(v);
    const bool files = verb == v1::SURVEY_RECORD_VERB_CREATE || verb == v1::SURVEY_RECORD_VERB_SUBMIT;
    const bool supersedes = verb == v1::SURVEY_RECORD_VERB_SUPERSEDE;
    EXPECT_FALSE(CheckCampaignAllows("s", v1::SURVEY_STATE_PLANNED, verb).ok()) << verb;
    EXPECT_TRUE(CheckCampaignAllows("s", v1::SURVEY_STATE_OPEN, verb).ok()) << verb;
    EXPECT_EQ(CheckCampaignAllows("s", v1::SURVEY_STATE_CLOSED, verb).ok(), !files) << verb;
    EXPECT_EQ(CheckCampaignAllows("s", v1::SURVEY_STATE_ARCHIVED, verb).ok(), supersedes) << verb;
  }
}

TEST(LifeCycleTest, RefusalsSayWhatIs) {
  const auto illegal =
      TakeRecordStep("r", v1::SURVEY_RECORD_STATE_DRAFT, v1::SURVEY_RECORD_VERB_ACCEPT, kDistrict, kToday);
  const auto detail = GetErrorDetail(illegal.status());
  const ErrorMetadata wanted = {{"allowed", "CORRECT, CHOOSE_MEASUREMENT, SUBMIT"},
                                {"date", FormatDay(kToday)},
                                {"event", "ACCEPT"},
                                {"name", "r"},
                                {"state", "DRAFT"}};
  EXPECT_EQ(detail->metadata, wanted);
  const auto denied =
      TakeRecordStep("r", v1::SURVEY_RECORD_STATE_SUBMITTED, v1::SURVEY_RECORD_VERB_ACCEPT, kTownship, kToday);
  EXPECT_EQ(denied.status().code(), absl::StatusCode::kPermissionDenied);
  const ErrorMetadata wanted_denied = {
      {"allowed", "DISTRICT"}, {"event", "ACCEPT"}, {"name", "r"}, {"role", "TOWNSHIP"}, {"state", "SUBMITTED"}};
  EXPECT_EQ(GetErrorDetail(denied.status())->metadata, wanted_denied);
}

TEST(CultivationTest, StalledSince) {
  v1::Product product;
  product.set_stage(v1::CULTIVATION_STAGE_CULTIVATING);
  v1::CultivationStep& step = *product.add_steps();
  step.set_stage(product.stage());
  *step.mutable_time() = ToTimestamp(absl::ToUnixMicros(EndOfDayInShanghai(Day{20000})));
  // 20000 is 2024-10-04; six months later the 4th of April is still in time.
  const Day last = AddMonths(Day{20000}, 6);
  EXPECT_TRUE(StallsOf(product, last, 6).empty());
  ASSERT_EQ(StallsOf(product, last + 1, 6).size(), 1u);
  EXPECT_EQ(StallsOf(product, last + 1, 6)[0].kind(), v1::STALL_KIND_IDLE);
  v1::CultivationTask& task = *product.add_tasks();
  task.set_id("t1");
  *task.mutable_due_on() = ToDate(last + 30);
  EXPECT_TRUE(StallsOf(product, last + 30, 6).empty()) << "a task is open and not due";
  EXPECT_EQ(StallsOf(product, last + 31, 6)[0].task(), "t1");
  *task.mutable_done_on() = ToDate(last + 40);
  EXPECT_EQ(StallsOf(product, last + 39, 6).size(), 1u) << "not done on that day";
  EXPECT_TRUE(StallsOf(product, last + 40, 6).empty());
  product.set_stage(v1::CULTIVATION_STAGE_TITLED);
  EXPECT_TRUE(StallsOf(product, last + 4000, 6).empty());
  product.set_stage(v1::CULTIVATION_STAGE_IDENTIFIED);
  product.clear_tasks();
  EXPECT_TRUE(StallsOf(product, last + 4000, 6).empty()) << "nobody has begun";
}

}  // namespace
}  // namespace gi::domain
