// The tables of the procedures, walked as a whole.
#include "server/domain/application/workflow.h"

#include <set>
#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

constexpr Procedure kProcedures[] = {PROCEDURE_TRADEMARK, PROCEDURE_GI_OBJECTION_AT_ACCEPTANCE,
                                     PROCEDURE_GI_OBJECTION_AT_RECOGNITION};

// The states that events lead to, from a draft on.
std::set<ApplicationState> Reachable(Procedure procedure) {
  std::set<ApplicationState> reached = {APPLICATION_STATE_DRAFT};
  for (bool grew = true; grew;) {
    grew = false;
    for (const ApplicationTransition& row : ApplicationTransitions()) {
      if ((row.kinds & ProcedureBit(procedure)) == 0 || !reached.contains(row.from)) continue;
      if (row.to != APPLICATION_STATE_UNSPECIFIED) grew = reached.insert(row.to).second || grew;
    }
  }
  return reached;
}

TEST(WorkflowTest, NoStepIsTwofold) {
  for (const Procedure procedure : kProcedures) {
    std::set<std::pair<ApplicationState, ApplicationEventKind>> steps;
    for (const ApplicationTransition& row : ApplicationTransitions()) {
      if ((row.kinds & ProcedureBit(procedure)) == 0) continue;
      EXPECT_TRUE(steps.insert({row.from, row.event}).second) << ShortName(row.from) << " " << ShortName(row.event);
    }
  }
}

TEST(WorkflowTest, EveryStateOfItemsIsReachedInSomeProcedure) {
  std::set<ApplicationState> reached;
  for (const Procedure procedure : kProcedures) reached.merge(Reachable(procedure));
  for (int number = 1; number < APPLICATION_STATE_PARTIALLY_REFUSED; ++number) {
    if (!ApplicationState_IsValid(number)) continue;
    EXPECT_TRUE(reached.contains(static_cast<ApplicationState>(number)))
        << ApplicationState_Name(static_cast<ApplicationState>(number));
  }
}

TEST(WorkflowTest, WhatIsUnderWayCanGoOnAndWhatHasEndedCannot) {
  for (const Procedure procedure : kProcedures) {
    for (const ApplicationState state : Reachable(procedure)) {
      bool goes_on = false, is_taken_back = false, withdraws = false;
      for (const ApplicationTransition& row : ApplicationTransitions()) {
        if (row.from != state || (row.kinds & ProcedureBit(procedure)) == 0) continue;
        goes_on = true;
        is_taken_back = is_taken_back || row.event == APPLICATION_EVENT_KIND_REGISTRATION_NOTICE_REVOKED;
        withdraws = withdraws || row.event == APPLICATION_EVENT_KIND_WITHDRAWN;
      }
      EXPECT_EQ(withdraws, !HasEnded(state)) << ShortName(state);
      EXPECT_EQ(goes_on, !HasEnded(state) || is_taken_back) << ShortName(state);
    }
  }
}

TEST(WorkflowTest, OnlyStatesThatKeepWhatWasBeforeLeadBack) {
  for (const ApplicationTransition& row : ApplicationTransitions()) {
    EXPECT_EQ(row.to == APPLICATION_STATE_UNSPECIFIED,
              IsReturnedFrom(row.from) && row.event != APPLICATION_EVENT_KIND_WITHDRAWN &&
                  row.event != APPLICATION_EVENT_KIND_SUSPENDED &&
                  row.event != APPLICATION_EVENT_KIND_OBJECTION_UPHELD && row.event != APPLICATION_EVENT_KIND_OBJECTED)
        << ShortName(row.from) << " " << ShortName(row.event);
  }
}

TEST(WorkflowTest, EveryEventHasItsNeeds) {
  std::set<ApplicationEventKind> seen;
  for (const EventNeeds& needs : AllEventNeeds()) {
    EXPECT_TRUE(seen.insert(needs.kind).second) << ShortName(needs.kind);
    EXPECT_NE(needs.roles, 0u);
    EXPECT_FALSE(needs.source.empty()) << ShortName(needs.kind);
  }
  for (int number = 1; number < ApplicationEventKind_ARRAYSIZE; ++number) {
    const auto kind = static_cast<ApplicationEventKind>(number);
    EXPECT_EQ(seen.contains(kind), kind != APPLICATION_EVENT_KIND_DIVIDED) << ShortName(kind);
  }
}

}  // namespace
}  // namespace gi::domain
