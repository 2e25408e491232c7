#include "storage/base/error.h"

#include <set>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gi/rpc/v1/status.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/error_catalogue.h"

namespace gi {
namespace {

using registry::v1::ErrorReason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";

std::vector<ErrorReason> AllReasons() {
  std::vector<ErrorReason> reasons;
  const google::protobuf::EnumDescriptor* type = registry::v1::ErrorReason_descriptor();
  for (int i = 0; i < type->value_count(); ++i) reasons.push_back(static_cast<ErrorReason>(type->value(i)->number()));
  return reasons;
}

std::set<std::string> KeysOf(absl::string_view text) {
  std::set<std::string> keys;
  for (size_t open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
    keys.emplace(text.substr(open + 1, text.find('}', open) - open - 1));
  }
  return keys;
}

TEST(ErrorCatalogueTest, HasARowForEveryReason) {
  ASSERT_EQ(std::size(error_catalogue::kCatalogue), AllReasons().size());
  for (size_t i = 0; i < AllReasons().size(); ++i) EXPECT_EQ(error_catalogue::kCatalogue[i].reason, AllReasons()[i]);
}

TEST(ErrorCatalogueTest, BothLanguagesShowTheSameKeys) {
  for (const error_catalogue::CatalogueRow& row : error_catalogue::kCatalogue) {
    EXPECT_EQ(KeysOf(row.english), KeysOf(row.chinese)) << row.english;
    EXPECT_NE(row.code, absl::StatusCode::kOk) << row.english;
  }
}

TEST(ErrorCatalogueTest, GivesTheCanonicalCodes) {
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_FIELD_REQUIRED), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_USCC_INVALID), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_USCC_LEGACY_UNCONFIRMED), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_RESOURCE_NOT_FOUND), absl::StatusCode::kNotFound);
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_RESOURCE_EXISTS), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_ETAG_MISMATCH), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_HISTORY_MISMATCH), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_OVERLOADED), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_COMMIT_OUTCOME_UNKNOWN), absl::StatusCode::kUnknown);
  EXPECT_EQ(ErrorCode(registry::v1::ERROR_REASON_COMMIT_TOO_LARGE), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorCode(static_cast<ErrorReason>(9999)), absl::StatusCode::kInternal);
}

TEST(ErrorTextTest, FillsTheKeysIn) {
  const ErrorMetadata metadata = {{"field", "entity.uscc"}};
  EXPECT_EQ(ErrorText(registry::v1::ERROR_REASON_FIELD_REQUIRED, metadata, Language::kEnglish),
            "the field entity.uscc is required: give it a value");
  EXPECT_EQ(ErrorText(registry::v1::ERROR_REASON_FIELD_REQUIRED, metadata, Language::kChinese),
            "字段 entity.uscc 为必填项：请填写");
}

TEST(ErrorTextTest, ShowsMissingAndEmptyValuesAsSuch) {
  const std::string english = ErrorText(registry::v1::ERROR_REASON_REVISION_NOT_READABLE,
                                        {{"revision", "9"}, {"after", ""}}, Language::kEnglish);
  EXPECT_THAT(english, HasSubstr("revision 9 cannot"));
  EXPECT_THAT(english, HasSubstr("read ? before it or (none) after it"));
}

TEST(ErrorTextTest, DoesNotExpandValues) {
  EXPECT_THAT(ErrorText(registry::v1::ERROR_REASON_FIELD_REQUIRED, {{"field", "{field}{x"}}, Language::kEnglish),
              HasSubstr("the field {field}{x is"));
}

TEST(ErrorTextTest, PrefersTheChineseTwinOfAValue) {
  const ErrorMetadata metadata = {{"field", "f"}, {"value", "v"}, {"expected", "a UUID"}, {"expected_zh", "标识"}};
  const std::string chinese = ErrorText(registry::v1::ERROR_REASON_FIELD_MALFORMED, metadata, Language::kChinese);
  EXPECT_THAT(chinese, HasSubstr("标识"));
  EXPECT_THAT(chinese, Not(HasSubstr("a UUID")));
  EXPECT_THAT(ErrorText(registry::v1::ERROR_REASON_FIELD_MALFORMED, metadata, Language::kEnglish), HasSubstr("a UUID"));
}

TEST(MakeErrorTest, EveryReasonReadsBack) {
  for (const ErrorReason reason : AllReasons()) {
    const absl::Status status = MakeError(reason, {{"name", "entities/a"}, {"field", "f"}});
    EXPECT_EQ(status.code(), ErrorCode(reason));
    EXPECT_EQ(GetErrorReason(status), reason);
    const std::optional<ErrorDetail> detail = GetErrorDetail(status);
    ASSERT_TRUE(detail.has_value());
    EXPECT_EQ(detail->reason, reason);
    EXPECT_THAT(detail->metadata, ElementsAre(Pair("field", "f"), Pair("name", "entities/a")));
    EXPECT_TRUE(detail->violations.empty());
    EXPECT_EQ(status.message(), ErrorText(reason, detail->metadata, Language::kEnglish));
  }
}

TEST(MakeErrorTest, CarriesGoogleErrorInfo) {
  const absl::Status status = MakeError(registry::v1::ERROR_REASON_ETAG_MISMATCH, {{"name", "n"}, {"given", "g"}});
  const auto payload = status.GetPayload(kErrorInfoUrl);
  ASSERT_TRUE(payload.has_value());
  rpc::v1::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(std::string(*payload)));
  EXPECT_EQ(info.reason(), "ERROR_REASON_ETAG_MISMATCH");
  EXPECT_EQ(info.domain(), "registry.gi");
  EXPECT_EQ(info.metadata().at("given"), "g");
}

TEST(MakeErrorTest, EqualErrorsCompareEqual) {
  const ErrorMetadata metadata = {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", "5"}, {"f", "6"}};
  const absl::Status first = MakeError(registry::v1::ERROR_REASON_INTERNAL, metadata);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(MakeError(registry::v1::ERROR_REASON_INTERNAL, metadata), first);
}

TEST(MakeErrorTest, BoundsAndCleansValues) {
  const absl::Status status =
      MakeError(registry::v1::ERROR_REASON_INTERNAL, {{"detail", absl::StrCat("a\nb\xff", std::string(5000, 'x'))}});
  EXPECT_LT(status.message().size(), 500u);
  EXPECT_THAT(std::string(status.message()), HasSubstr("a b?x"));
}

TEST(GetErrorDetailTest, IsEmptyForStatusesMadeElsewhere) {
  EXPECT_FALSE(GetErrorDetail(absl::OkStatus()).has_value());
  EXPECT_FALSE(GetErrorDetail(absl::InternalError("x")).has_value());
  EXPECT_EQ(GetErrorReason(absl::InternalError("x")), registry::v1::ERROR_REASON_UNSPECIFIED);

  rpc::v1::ErrorInfo foreign;
  foreign.set_reason("ERROR_REASON_INTERNAL");
  foreign.set_domain("example.com");
  absl::Status status = absl::InternalError("x");
  status.SetPayload(kErrorInfoUrl, absl::Cord(foreign.SerializeAsString()));
  EXPECT_FALSE(GetErrorDetail(status).has_value());
  status.SetPayload(kErrorInfoUrl, absl::Cord("\xff\xff"));
  EXPECT_FALSE(GetErrorDetail(status).has_value());
}

TEST(GetErrorDetailTest, KeepsTheMetadataOfAReasonFromANewerVersion) {
  rpc::v1::ErrorInfo info;
  info.set_reason("ERROR_REASON_OF_TOMORROW");
  info.set_domain("registry.gi");
  (*info.mutable_metadata())["name"] = "n";
  absl::Status status = absl::InternalError("x");
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, registry::v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_THAT(detail->metadata, ElementsAre(Pair("name", "n")));
}

TEST(FieldViolationsTest, NoFindingIsOk) {
  const FieldViolations violations;
  EXPECT_TRUE(violations.empty());
  EXPECT_TRUE(violations.ToStatus().ok());
}

TEST(FieldViolationsTest, ReadBackWithBothTexts) {
  FieldViolations violations;
  violations.Add("entity.uscc", registry::v1::ERROR_REASON_FIELD_REQUIRED);
  violations.Add("entity.aliases[2]", registry::v1::ERROR_REASON_FIELD_TOO_LONG, {{"size", "201"}, {"limit", "200"}});
  const absl::Status status = violations.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, registry::v1::ERROR_REASON_FIELDS_INVALID);
  EXPECT_THAT(detail->metadata,
              ElementsAre(Pair("count", "2"), Pair("detail", "the field entity.uscc is required: give it a value"),
                          Pair("detail_zh", "字段 entity.uscc 为必填项：请填写"), Pair("field", "entity.uscc")));
  ASSERT_EQ(detail->violations.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(detail->violations[i].SerializeAsString(), violations.all()[i].SerializeAsString());
  }
  EXPECT_EQ(detail->violations[1].reason(), "ERROR_REASON_FIELD_TOO_LONG");
  EXPECT_THAT(detail->violations[1].message_zh(), HasSubstr("entity.aliases[2] 有 201"));

  rpc::v1::BadRequest bad_request;
  ASSERT_TRUE(bad_request.ParseFromString(std::string(*status.GetPayload(kBadRequestUrl))));
  EXPECT_EQ(bad_request.field_violations(0).localized_message().locale(), "zh-CN");
}

TEST(FieldViolationsTest, CarriesAtMostSixteenAndCountsAll) {
  FieldViolations violations;
  for (int i = 0; i < 40; ++i) violations.Add(absl::StrCat("f", i), registry::v1::ERROR_REASON_FIELD_REQUIRED);
  EXPECT_EQ(violations.all().size(), 40u);
  const std::optional<ErrorDetail> detail = GetErrorDetail(violations.ToStatus());
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->violations.size(), kMaxViolations);
  EXPECT_EQ(detail->metadata[0].second, "40");
}

TEST(FieldViolationsTest, StaysSmallEnoughForATrailer) {
  FieldViolations violations;
  const std::string value(400, 'v');
  for (int i = 0; i < 5000; ++i) {
    violations.Add(absl::StrCat("f", i), registry::v1::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", value}, {"expected", value}});
  }
  EXPECT_LE(violations.all().size(), 1000u);
  const absl::Status status = violations.ToStatus();
  EXPECT_LE(status.GetPayload(kBadRequestUrl)->size(), 3072u);
  EXPECT_FALSE(GetErrorDetail(status)->violations.empty());
}

TEST(MaskTest, ShowsTwoCharactersAtEachEnd) {
  EXPECT_EQ(Mask(""), "");
  EXPECT_EQ(Mask("1234567"), "*******");
  EXPECT_EQ(Mask("12345678"), "12****78");
  EXPECT_EQ(Mask("梁平区示例合作社"), "梁平****作社");
  EXPECT_EQ(Mask("张三"), "**");
}

TEST(ExcerptTest, CutsAtACharacter) {
  EXPECT_EQ(Excerpt("short"), "short");
  EXPECT_EQ(Excerpt("梁平柚", 9), "梁平柚");
  EXPECT_EQ(Excerpt("梁平柚", 8), "梁平…");
  EXPECT_EQ(Excerpt(std::string(61, 'a')), std::string(60, 'a') + "…");
}

TEST(ExcerptTest, ReplacesWhatBreaksALogLine) {
  EXPECT_EQ(Excerpt(absl::string_view("a\n\x7f\0b", 5)), "a   b");
  EXPECT_EQ(Excerpt("a\u2028b\u0085"), "a b ");
  EXPECT_EQ(Excerpt("a\xe6\xa2"), "a?");
}

}  // namespace
}  // namespace gi
