// What applications and their events must have; the checklist.
#include "server/domain/application/application_rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/application/workflow.h"
#include "tests/server/domain/application/application_testing.h"
#include "tests/server/domain/clock/shipped_laws.h"

namespace gi::domain {
namespace {

using namespace registry::v1;
using testing::HasSubstr;
using testing::Not;

const LawLibrary& Laws() {
  static const LawLibrary* const laws = new LawLibrary(ShippedLaws());
  return *laws;
}

Application Complete(ApplicationKind kind, const std::string& law) {
  Application application = MakeApplication(kind, law, 1, {});
  application.mutable_goods(0)->set_nice_edition("12-2024");
  application.add_area_codes("500155");
  application.mutable_area_document()->set_kind(DOCUMENT_KIND_DECISION);
  application.mutable_standing()->set_kind(STANDING_KIND_ASSOCIATION);
  application.mutable_standing()->mutable_supervision()->set_kind(SUPERVISION_KIND_OWN);
  for (const MaterialGap& gap : MaterialGaps(application, Laws())) {
    Material& material = *application.add_materials();
    material.set_kind(gap.kind());
    material.set_present(true);
  }
  return application;
}

std::string Gaps(const Application& application) {
  std::string text;
  for (const MaterialGap& gap : MaterialGaps(application, Laws())) {
    absl::StrAppend(&text, ShortName(gap.kind()), gap.advisory() ? "?" : "", " ");
  }
  return text;
}

TEST(ApplicationRulesTest, TheChecklistIsThatOfTheKind) {
  Application collective = MakeApplication(APPLICATION_KIND_COLLECTIVE_MARK, "trademark-2019", 1, {});
  Application certification = MakeApplication(APPLICATION_KIND_CERTIFICATION_MARK, "trademark-2019", 1, {});
  EXPECT_THAT(Gaps(collective), HasSubstr("MEMBER_LIST "));
  EXPECT_THAT(Gaps(certification), Not(HasSubstr("MEMBER_LIST")));
  EXPECT_THAT(Gaps(certification), HasSubstr("SUPERVISION_ABILITY "));
  EXPECT_THAT(Gaps(certification), Not(HasSubstr("POWER_OF_ATTORNEY")));
  certification.set_agent("entities/agent");
  EXPECT_THAT(Gaps(certification), HasSubstr("POWER_OF_ATTORNEY "));
  EXPECT_THAT(Gaps(MakeApplication(APPLICATION_KIND_GI_PRODUCT, "gi-product-2024", 1, {})),
              HasSubstr("PRODUCT_STANDARD? "));
}

TEST(ApplicationRulesTest, AGapIsFilledOrWaived) {
  Application application = Complete(APPLICATION_KIND_COLLECTIVE_MARK, "trademark-2019");
  EXPECT_TRUE(CheckReadyToFile(application, Laws()).ok()) << CheckReadyToFile(application, Laws());
  Material& first = *application.mutable_materials(0);
  first.set_present(false);
  const absl::Status missing = CheckReadyToFile(application, Laws());
  EXPECT_EQ(GetErrorReason(missing), ERROR_REASON_MATERIALS_INCOMPLETE);
  EXPECT_THAT(std::string(missing.message()), HasSubstr(ShortName(first.kind())));
  first.set_waiver_reason("原件已在上次申请中提交");
  EXPECT_TRUE(CheckReadyToFile(application, Laws()).ok());
  // What is only general knowledge does not hold up filing.
  Application product = Complete(APPLICATION_KIND_GI_PRODUCT, "gi-product-2024");
  product.clear_materials();
  EXPECT_TRUE(CheckReadyToFile(product, Laws()).ok());
}

TEST(ApplicationRulesTest, FilingNeedsWhatTheLawAsksFor) {
  const auto refusal = [](absl::FunctionRef<void(Application&)> spoil) {
    Application application = Complete(APPLICATION_KIND_CERTIFICATION_MARK, "trademark-2019");
    spoil(application);
    const absl::Status status = CheckReadyToFile(application, Laws());
    return status.ok() ? std::string() : std::string(status.message());
  };
  EXPECT_EQ(refusal([](Application&) {}), "");
  EXPECT_THAT(refusal([](Application& one) { one.clear_goods(); }), HasSubstr("application.goods"));
  EXPECT_THAT(refusal([](Application& one) { one.mutable_goods(0)->clear_nice_edition(); }), HasSubstr("nice_edition"));
  EXPECT_THAT(refusal([](Application& one) { one.clear_area_codes(); }), HasSubstr("application.area_codes"));
  EXPECT_THAT(refusal([](Application& one) { one.clear_area_document(); }), HasSubstr("application.area_document"));
  EXPECT_THAT(refusal([](Application& one) { one.mutable_standing()->clear_supervision(); }), HasSubstr("supervision"));
}

// For every kind of event: taking away what it needs is found.
TEST(ApplicationRulesTest, EveryNeedOfEveryEventIsChecked) {
  const Application application = MakeApplication(APPLICATION_KIND_CERTIFICATION_MARK, "trademark-2019", 1, {});
  const auto findings = [&](const ApplicationEvent& event) {
    FieldViolations violations;
    CheckApplicationEvent(application, event, "trademark-2019", Laws(), "event", violations);
    std::string fields;
    for (const Violation& violation : violations.all()) absl::StrAppend(&fields, violation.field(), " ");
    return fields;
  };
  for (const EventNeeds& needs : AllEventNeeds()) {
    ApplicationEvent whole = Happened(needs.kind, "2025-01-06");
    if (needs.annuls) {
      whole.clear_date();
      whole.set_annuls("e1");
    }
    if (needs.service) whole = Notice(needs.kind, "2025-01-06");
    if (needs.number) whole.set_number("1");
    if (needs.registration_number) whole.set_registration_number("1");
    if (needs.note) whole.set_note("why");
    if (needs.law) whole.set_law("trademark-2026");
    EXPECT_EQ(findings(whole), "") << ShortName(needs.kind);
    const auto without = [&](bool needed, absl::FunctionRef<void(ApplicationEvent&)> spoil, const char* field) {
      ApplicationEvent spoilt = whole;
      spoil(spoilt);
      if (!needed) return;
      EXPECT_THAT(findings(spoilt), HasSubstr(field)) << ShortName(needs.kind);
    };
    without(
        !needs.annuls, [](ApplicationEvent& e) { e.clear_date(); }, "event.date");
    without(
        needs.annuls, [](ApplicationEvent& e) { e.clear_annuls(); }, "event.annuls");
    without(
        needs.service, [](ApplicationEvent& e) { e.clear_service(); }, "event.service");
    without(
        needs.number, [](ApplicationEvent& e) { e.clear_number(); }, "event.number");
    without(
        needs.registration_number, [](ApplicationEvent& e) { e.clear_registration_number(); },
        "event.registration_number");
    without(
        needs.note, [](ApplicationEvent& e) { e.clear_note(); }, "event.note");
    without(
        needs.law, [](ApplicationEvent& e) { e.clear_law(); }, "event.law");
    without(
        !needs.annuls, [](ApplicationEvent& e) { e.add_items("g9"); }, "event.items[0]");
  }
  EXPECT_THAT(findings(Happened(APPLICATION_EVENT_KIND_DIVIDED, "2025-01-06")), HasSubstr("event.kind"));
}

}  // namespace
}  // namespace gi::domain
