// Soft checks: what is unusual about a record without being wrong. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_SURVEY_WARNINGS_H_
#define GI_SERVER_DOMAIN_SURVEY_WARNINGS_H_

#include "gi/registry/v1/ruleset.pb.h"
#include "gi/registry/v1/survey.pb.h"
#include "gi/registry/v1/survey_record.pb.h"

namespace gi::domain {

// What a record is held against. Nothing is owned.
struct WarningContext {
  const registry::v1::RuleSet* rules;
  // The township that it is counted under; nullptr: none.
  const registry::v1::TownshipAssignment* township = nullptr;
  // The record that it follows; nullptr: none.
  const registry::v1::SurveyRecord* previous = nullptr;
  // An accepted record of the same campaign about the same; nullptr: none.
  const registry::v1::SurveyRecord* twin = nullptr;
  // Every part of its place code is in the table of divisions.
  bool place_known = true;
};

// Replaces the warnings of the record, by the order of WarningKind; none is acknowledged.
void FindWarnings(const WarningContext& context, registry::v1::SurveyRecord& record);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SURVEY_WARNINGS_H_
