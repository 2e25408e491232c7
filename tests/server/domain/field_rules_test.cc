#include "server/domain/field_rules.h"

#include <functional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/check.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/unknown_field_set.h"
#include "gtest/gtest.h"

namespace gi::domain {
namespace {

using google::protobuf::Message;
using registry::v1::CheckAuthorizationRequest;
using registry::v1::CorrectEntityRequest;
using registry::v1::CreateAuthorizationRequest;
using registry::v1::CreateDivisionRequest;
using registry::v1::CreateEntityRequest;
using registry::v1::CreateIndicationRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kUuid[] = "0b8e6d0a-6f0c-4d3e-9b1a-2f4c5d6e7f80";

// "path REASON" of each finding, without the common prefix of the reasons.
std::vector<std::string> Lines(const FieldViolations& violations) {
  std::vector<std::string> lines;
  for (const registry::v1::Violation& violation : violations.all()) {
    lines.push_back(absl::StrCat(violation.field(), " ", violation.reason().substr(sizeof("ERROR_REASON_") - 1)));
  }
  return lines;
}

std::vector<std::string> Check(const Message& request) {
  FieldViolations violations;
  CheckFields(request, violations);
  return Lines(violations);
}

std::vector<std::string> CheckMutation(const Message& request) {
  FieldViolations violations;
  CheckMutationFields(request, violations);
  return Lines(violations);
}

void SetDate(int year, int month, int day, registry::v1::Date& date) {
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
}

CheckAuthorizationRequest GoodCheck() {
  CheckAuthorizationRequest request;
  request.set_uscc("91500228MA00000000");
  request.set_indication("indications/liangping-pomelo");
  request.set_goods("梁平柚");
  SetDate(2023, 5, 1, *request.mutable_date());
  return request;
}

CreateEntityRequest GoodEntity() {
  CreateEntityRequest request;
  request.set_request_id(kUuid);
  registry::v1::Entity& entity = *request.mutable_entity();
  entity.set_uscc("91500228MA00000000");
  entity.set_display_name("梁平区示例合作社");
  entity.add_aliases("示例社");
  entity.mutable_source()->set_kind(registry::v1::SOURCE_KIND_SYNTHETIC);
  entity.mutable_source()->set_title("示例");
  return request;
}

template <typename Request>
Request With(Request request, const std::function<void(Request&)>& change) {
  change(request);
  return request;
}

std::vector<std::string> CheckEntity(const std::function<void(CreateEntityRequest&)>& change) {
  return Check(With(GoodEntity(), change));
}

TEST(CheckFieldsTest, GoodRequestsPass) {
  EXPECT_THAT(Check(GoodCheck()), IsEmpty());
  EXPECT_THAT(Check(GoodEntity()), IsEmpty());
  EXPECT_THAT(CheckMutation(GoodEntity()), IsEmpty());
}

TEST(CheckFieldsTest, RequiredFieldsInTheOrderOfDeclaration) {
  EXPECT_THAT(Check(CreateEntityRequest()), ElementsAre("entity FIELD_REQUIRED", "request_id FIELD_REQUIRED"));
  EXPECT_THAT(
      CheckEntity([](CreateEntityRequest& r) { r.mutable_entity()->Clear(); }),
      ElementsAre("entity.uscc FIELD_REQUIRED", "entity.display_name FIELD_REQUIRED", "entity.source FIELD_REQUIRED"));
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) { r.mutable_entity()->mutable_source()->clear_kind(); }),
              ElementsAre("entity.source.kind FIELD_REQUIRED"));
  EXPECT_THAT(Check(CheckAuthorizationRequest()), ElementsAre("indication FIELD_REQUIRED"));
}

TEST(CheckFieldsTest, ListsMayBeRequired) {
  CreateDivisionRequest request;
  request.set_request_id(kUuid);
  request.mutable_division()->set_code("500155");
  request.mutable_division()->mutable_source()->set_kind(registry::v1::SOURCE_KIND_SYNTHETIC);
  request.mutable_division()->mutable_source()->set_title("t");
  EXPECT_THAT(Check(request), ElementsAre("division.names FIELD_REQUIRED"));
  request.mutable_division()->add_names();
  EXPECT_THAT(Check(request), ElementsAre("division.names[0].display_name FIELD_REQUIRED"));
}

TEST(CheckFieldsTest, TextCountsAsItIsStored) {
  const auto of_name = [](absl::string_view unit, int count) {
    return CheckEntity([&](CreateEntityRequest& r) {
      std::string name;
      for (int i = 0; i < count; ++i) absl::StrAppend(&name, unit);
      r.mutable_entity()->set_display_name(name);
    });
  };
  // In normal form two characters each: a letter and its nukta are never composed.
  EXPECT_THAT(of_name("\u0958", 100), IsEmpty());
  EXPECT_THAT(of_name("\u0958", 101), ElementsAre("entity.display_name FIELD_TOO_LONG"));
  // And one each here.
  EXPECT_THAT(of_name("e\u0301", 200), IsEmpty());
}

TEST(CheckFieldsTest, WhiteSpaceIsNotAName) {
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) { r.mutable_entity()->set_display_name(" \u3000"); }),
              ElementsAre("entity.display_name FIELD_REQUIRED"));
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) {
                r.mutable_entity()->add_aliases("");
                r.mutable_entity()->add_aliases("\u3000");
              }),
              ElementsAre("entity.aliases[1] FIELD_REQUIRED", "entity.aliases[2] FIELD_REQUIRED"));
}

TEST(CheckFieldsTest, LengthsAreInCodePoints) {
  const auto repeat = [](absl::string_view part, int times) {
    std::string text;
    while (times-- > 0) absl::StrAppend(&text, part);
    return text;
  };
  EXPECT_THAT(CheckEntity([&](CreateEntityRequest& r) { r.mutable_entity()->set_display_name(repeat("柚", 200)); }),
              IsEmpty());
  EXPECT_THAT(CheckEntity([&](CreateEntityRequest& r) { r.mutable_entity()->set_display_name(repeat("柚", 201)); }),
              ElementsAre("entity.display_name FIELD_TOO_LONG"));
  EXPECT_THAT(CheckEntity([&](CreateEntityRequest& r) { r.mutable_entity()->set_aliases(0, repeat("柚", 201)); }),
              ElementsAre("entity.aliases[0] FIELD_TOO_LONG"));  // by default
  EXPECT_THAT(
      CheckEntity([&](CreateEntityRequest& r) { r.mutable_entity()->mutable_source()->set_uri(repeat("u", 501)); }),
      ElementsAre("entity.source.uri FIELD_TOO_LONG"));
  EXPECT_THAT(CheckEntity([&](CreateEntityRequest& r) { r.mutable_entity()->set_uscc(repeat("9", 65)); }),
              ElementsAre("entity.uscc FIELD_TOO_LONG"));
}

TEST(CheckFieldsTest, ListsHaveALargestSize) {
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) {
                for (int i = 0; i < 19; ++i) r.mutable_entity()->add_aliases("a");
              }),
              IsEmpty());
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) {
                for (int i = 0; i < 20; ++i) r.mutable_entity()->add_aliases("");
              }),
              ElementsAre("entity.aliases FIELD_TOO_LONG"));
}

TEST(CheckFieldsTest, FreeTextHasNoControlCharacters) {
  for (const char* text : {"a\nb", "a\tb", "a\u202eb", "\ufeffa"}) {
    EXPECT_THAT(CheckEntity([&](CreateEntityRequest& r) { r.set_reason(text); }),
                ElementsAre("reason FIELD_MALFORMED"));
  }
}

TEST(CheckFieldsTest, TextMustBeUtf8) {
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) { r.mutable_entity()->set_uscc("\xff"); }),
              ElementsAre("entity.uscc FIELD_MALFORMED"));
}

TEST(CheckFieldsTest, IdentifiersArePrintableAscii) {
  for (const char* text : {"a b", "柚", "a\x7f", "a\t", "é"}) {
    EXPECT_THAT(CheckEntity([&](CreateEntityRequest& r) { r.set_entity_id(text); }),
                ElementsAre("entity_id FIELD_MALFORMED"));
  }
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) { r.set_entity_id("a-1.~!"); }), IsEmpty());
}

TEST(CheckFieldsTest, RequestIdsAreUuids) {
  for (const char* text : {"x", "0b8e6d0a6f0c4d3e9b1a2f4c5d6e7f80", "0b8e6d0a-6f0c-4d3e-9b1a-2f4c5d6e7f8",
                           "0b8e6d0a-6f0c-4d3e-9b1a-2f4c5d6e7f8g", "{b8e6d0a-6f0c-4d3e-9b1a-2f4c5d6e7f80",
                           "0b8e6d0a-6f0c-4d3e-9b1a2-f4c5d6e7f80"}) {
    EXPECT_THAT(CheckEntity([&](CreateEntityRequest& r) { r.set_request_id(text); }),
                ElementsAre("request_id FIELD_MALFORMED"));
  }
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) { r.set_request_id("0B8E6D0A-6F0C-4D3E-9B1A-2F4C5D6E7F80"); }),
              IsEmpty());
}

TEST(CheckFieldsTest, PageSizesAreNotNegative) {
  registry::v1::ListEntitiesRequest request;
  for (const int size : {0, 1, 1000000}) {
    request.set_page_size(size);
    EXPECT_THAT(Check(request), IsEmpty());
  }
  request.set_page_size(-1);
  FieldViolations violations;
  CheckFields(request, violations);
  EXPECT_THAT(Lines(violations), ElementsAre("page_size FIELD_MALFORMED"));
  EXPECT_THAT(violations.all()[0].message_en(), HasSubstr("give 0 for the default"));
  EXPECT_THAT(violations.all()[0].message_zh(), HasSubstr("默认值"));
}

TEST(CheckFieldsTest, UnknownEnumNumbers) {
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) {
                r.mutable_entity()->mutable_source()->set_kind(static_cast<registry::v1::SourceKind>(99));
              }),
              ElementsAre("entity.source.kind ENUM_UNKNOWN"));
  EXPECT_THAT(Check(With<CheckAuthorizationRequest>(
                  GoodCheck(), [](auto& r) { r.set_view(static_cast<registry::v1::CheckView>(-1)); })),
              ElementsAre("view ENUM_UNKNOWN"));
}

void AddUnknown(int number, Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(number, 1);
}

TEST(CheckFieldsTest, UnknownFieldsOncePerNumber) {
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) {
                AddUnknown(777, r);
                AddUnknown(77, *r.mutable_entity()->mutable_source());
                AddUnknown(76, *r.mutable_entity()->mutable_source());
                AddUnknown(77, *r.mutable_entity()->mutable_source());
              }),
              ElementsAre("field number 777 FIELD_UNKNOWN", "entity.source: field number 76 FIELD_UNKNOWN",
                          "entity.source: field number 77 FIELD_UNKNOWN"));
  EXPECT_THAT(Check(With<CheckAuthorizationRequest>(GoodCheck(), [](auto& r) { AddUnknown(9, *r.mutable_date()); })),
              ElementsAre("date: field number 9 FIELD_UNKNOWN"));
}

TEST(CheckFieldsTest, OutputOnlyFieldsAreNotLookedAt) {
  EXPECT_THAT(CheckEntity([](CreateEntityRequest& r) {
                r.mutable_entity()->set_effective_name("not a name\n");
                r.mutable_entity()->set_state(static_cast<registry::v1::EntityState>(99));
                AddUnknown(5, *r.mutable_entity()->add_events());
                r.mutable_entity()->mutable_create_time()->set_nanos(-1);
              }),
              IsEmpty());
}

TEST(CheckFieldsTest, DatesMustExist) {
  const auto check = [](int year, int month, int day) {
    return Check(
        With<CheckAuthorizationRequest>(GoodCheck(), [&](auto& r) { SetDate(year, month, day, *r.mutable_date()); }));
  };
  EXPECT_THAT(check(2024, 2, 29), IsEmpty());
  EXPECT_THAT(check(2023, 2, 29), ElementsAre("date DATE_INVALID"));
  EXPECT_THAT(check(2023, 5, 0), ElementsAre("date DATE_INVALID"));
  EXPECT_THAT(check(2023, 0, 0), ElementsAre("date DATE_INVALID"));
  EXPECT_THAT(check(0, 0, 0), ElementsAre("date DATE_INVALID"));
  EXPECT_THAT(check(10000, 1, 1), ElementsAre("date DATE_INVALID"));
}

TEST(CheckFieldsTest, SomeDatesMayBePartial) {
  registry::v1::GrantAuthorizationRequest request;
  request.mutable_basis()->mutable_date()->set_year(2023);
  FieldViolations violations;
  CheckFields(request, violations);
  EXPECT_THAT(Lines(violations), testing::Not(testing::Contains(HasSubstr("basis.date"))));
  request.mutable_basis()->mutable_date()->set_month(13);
  EXPECT_THAT(Check(request), testing::Contains("basis.date DATE_INVALID"));

  registry::v1::Division division;
  registry::v1::DivisionName& name = *division.add_names();
  name.mutable_first_seen()->set_year(1980);
  name.mutable_last_seen()->set_day(3);
  division.add_successors()->mutable_since()->set_year(1995);
  const std::vector<std::string> lines = Check(division);
  EXPECT_THAT(lines, testing::Contains("names[0].last_seen DATE_INVALID"));
  EXPECT_THAT(lines, testing::Not(testing::Contains(HasSubstr("first_seen"))));
  EXPECT_THAT(lines, testing::Not(testing::Contains(HasSubstr("since"))));
}

TEST(CheckFieldsTest, PeriodsRunForward) {
  registry::v1::Authorization row;
  const auto check = [&] {
    CreateAuthorizationRequest request;
    *request.mutable_authorization()->mutable_validity() = row.validity();
    std::vector<std::string> found;
    for (const std::string& line : Check(request)) {
      if (line.find("validity") != std::string::npos) found.push_back(line);
    }
    return found;
  };
  registry::v1::Period& period = *row.mutable_validity();
  EXPECT_THAT(check(), IsEmpty());
  SetDate(2023, 5, 2, *period.mutable_from());
  EXPECT_THAT(check(), IsEmpty());
  SetDate(2023, 5, 2, *period.mutable_to());
  EXPECT_THAT(check(), IsEmpty());
  SetDate(2023, 5, 1, *period.mutable_to());
  EXPECT_THAT(check(), ElementsAre("authorization.validity PERIOD_REVERSED"));
  SetDate(2022, 13, 1, *period.mutable_to());
  EXPECT_THAT(check(), ElementsAre("authorization.validity.to DATE_INVALID"));
}

TEST(CheckFieldsTest, TimestampsAreWithinTheCalendar) {
  const auto check = [](int64_t seconds, int32_t nanos) {
    return Check(With<CheckAuthorizationRequest>(GoodCheck(), [&](auto& r) {
      r.mutable_read_at()->mutable_record_time()->set_seconds(seconds);
      r.mutable_read_at()->mutable_record_time()->set_nanos(nanos);
    }));
  };
  EXPECT_THAT(check(0, 0), IsEmpty());
  EXPECT_THAT(check(253402300799, 999999999), IsEmpty());
  EXPECT_THAT(check(253402300800, 0), ElementsAre("read_at.record_time FIELD_MALFORMED"));
  EXPECT_THAT(check(-62135596801, 0), ElementsAre("read_at.record_time FIELD_MALFORMED"));
  EXPECT_THAT(check(0, -1), ElementsAre("read_at.record_time FIELD_MALFORMED"));
  EXPECT_THAT(check(0, 1000000000), ElementsAre("read_at.record_time FIELD_MALFORMED"));
}

CorrectEntityRequest GoodCorrection() {
  CorrectEntityRequest request;
  request.mutable_entity()->set_name("entities/e1");
  request.mutable_entity()->set_display_name("梁平区示例合作社");
  request.mutable_update_mask()->add_paths("display_name");
  request.set_etag("e");
  request.set_request_id(kUuid);
  return request;
}

TEST(CheckFieldsTest, ACorrectionNeedsOnlyTheFieldsInItsMask) {
  EXPECT_THAT(Check(GoodCorrection()), IsEmpty());
  EXPECT_THAT(Check(With<CorrectEntityRequest>(GoodCorrection(),
                                               [](auto& r) {
                                                 r.mutable_entity()->clear_display_name();
                                                 r.mutable_update_mask()->add_paths("source");
                                               })),
              ElementsAre("entity.display_name FIELD_REQUIRED", "entity.source FIELD_REQUIRED"));
  EXPECT_THAT(Check(With<CorrectEntityRequest>(GoodCorrection(),
                                               [](auto& r) {
                                                 r.mutable_entity()->set_display_name("a\n");
                                                 AddUnknown(9, *r.mutable_entity());
                                               })),
              ElementsAre("entity: field number 9 FIELD_UNKNOWN", "entity.display_name FIELD_MALFORMED"));
}

TEST(CheckFieldsTest, ACorrectionNeedsARowAndAMask) {
  EXPECT_THAT(Check(With<CorrectEntityRequest>(GoodCorrection(), [](auto& r) { r.clear_entity(); })),
              ElementsAre("entity FIELD_REQUIRED"));
  EXPECT_THAT(
      Check(With<CorrectEntityRequest>(GoodCorrection(), [](auto& r) { r.mutable_update_mask()->clear_paths(); })),
      ElementsAre("update_mask FIELD_REQUIRED"));
  EXPECT_THAT(Check(With<CorrectEntityRequest>(GoodCorrection(), [](auto& r) { r.clear_update_mask(); })),
              ElementsAre("update_mask FIELD_REQUIRED"));
  EXPECT_THAT(Check(With<CorrectEntityRequest>(GoodCorrection(),
                                               [](auto& r) {
                                                 for (int i = 0; i < 100; ++i)
                                                   r.mutable_update_mask()->add_paths("display_name");
                                               })),
              ElementsAre("update_mask FIELD_TOO_LONG"));
}

TEST(CheckMutationFieldsTest, FreeTextAndIdentifiersAreScanned) {
  const auto check = [](const std::function<void(CreateEntityRequest&)>& change) {
    return CheckMutation(With(GoodEntity(), change));
  };
  EXPECT_THAT(check([](auto& r) { r.set_reason("请致电13800138000"); }), ElementsAre("reason PERSONAL_DATA"));
  EXPECT_THAT(check([](auto& r) { r.set_entity_id("13800138000"); }), ElementsAre("entity_id PERSONAL_DATA"));
  EXPECT_THAT(check([](auto& r) { r.mutable_entity()->add_aliases("023-53222222"); }),
              ElementsAre("entity.aliases[1] PERSONAL_DATA"));
  EXPECT_THAT(check([](auto& r) { r.mutable_entity()->set_uscc("13800138000"); }), IsEmpty());  // left to its parser
  EXPECT_THAT(check([](auto& r) { r.mutable_entity()->set_effective_name("13800138000"); }), IsEmpty());  // output only
  EXPECT_THAT(Check(With<CreateEntityRequest>(GoodEntity(), [](auto& r) { r.set_reason("13800138000"); })), IsEmpty());
}

TEST(CheckMutationFieldsTest, FindingsShowNothingPersonal) {
  CreateEntityRequest request = GoodEntity();
  request.set_reason("请致电13800138000");
  request.set_entity_id("a 13912345678");
  request.mutable_entity()->mutable_source()->set_title("a\n13712345678");
  FieldViolations violations;
  CheckMutationFields(request, violations);
  ASSERT_EQ(violations.all().size(), 3u);
  for (const registry::v1::Violation& violation : violations.all()) {
    for (const char* number : {"13800138000", "13912345678", "13712345678"}) {
      EXPECT_THAT(violation.DebugString(), testing::Not(HasSubstr(number)));
    }
  }
  EXPECT_THAT(violations.all()[2].message_en(), HasSubstr("13*******00, which is shaped like a mobile number"));
  EXPECT_THAT(violations.all()[2].message_zh(), HasSubstr("手机号码"));
}

TEST(CheckFieldsTest, ThreadsShareThePlans) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([] {
      EXPECT_THAT(Check(GoodCheck()), IsEmpty());
      EXPECT_THAT(Check(GoodEntity()), IsEmpty());
      EXPECT_EQ(Check(CreateIndicationRequest()).size(), 2u);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(NormalizeStringsTest, TouchesFreeTextOnly) {
  CreateEntityRequest request = GoodEntity();
  request.set_reason(" e\u0301\n");
  request.set_entity_id(" x ");
  registry::v1::Entity& entity = *request.mutable_entity();
  entity.set_uscc(" 9 ");
  entity.set_aliases(0, "\u3000示例社 ");
  entity.set_name(" n ");
  entity.set_effective_name(" n ");
  entity.mutable_source()->set_title("  t");
  entity.mutable_source()->set_licence(" \xff");
  NormalizeStrings(request);
  EXPECT_EQ(request.reason(), "\u00e9");
  EXPECT_EQ(request.entity_id(), " x ");
  EXPECT_EQ(entity.uscc(), " 9 ");
  EXPECT_EQ(entity.aliases(0), "示例社");
  EXPECT_EQ(entity.name(), " n ");
  EXPECT_EQ(entity.effective_name(), " n ");
  EXPECT_EQ(entity.source().title(), "t");
  EXPECT_EQ(entity.source().licence(), " \xff");
}

TEST(NormalizeStringsTest, SetsNothingThatWasUnset) {
  CreateEntityRequest request;
  NormalizeStrings(request);
  EXPECT_FALSE(request.has_entity());
  EXPECT_EQ(request.ByteSizeLong(), 0u);
}

}  // namespace
}  // namespace gi::domain
