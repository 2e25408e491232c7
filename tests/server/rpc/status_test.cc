#include "server/rpc/status.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gi/rpc/v1/status.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/rpc/status_details.h"

namespace gi::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Status DetailsOf(const grpc::Status& status) {
  v1::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

std::vector<std::string> TypesOf(const grpc::Status& status) {
  std::vector<std::string> types;
  const v1::Status details = DetailsOf(status);
  for (const google::protobuf::Any& any : details.details()) {
    types.push_back(any.type_url().substr(std::string("type.googleapis.com/google.rpc.").size()));
  }
  return types;
}

template <class Detail>
Detail DetailAt(const grpc::Status& status, int index) {
  Detail detail;
  EXPECT_TRUE(detail.ParseFromString(DetailsOf(status).details(index).value()));
  return detail;
}

TEST(ToGrpcStatus, OkStaysOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus(), Language::kChinese).ok()); }

TEST(ToGrpcStatus, CarriesReasonAndLocalizedMessage) {
  const absl::Status error = MakeError(registry::v1::ERROR_REASON_ETAG_MISMATCH,
                                       {{"name", "divisions/500155"}, {"given", "a"}, {"current", "b"}});
  const grpc::Status status = ToGrpcStatus(error, Language::kChinese);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_THAT(TypesOf(status), ElementsAre("ErrorInfo", "LocalizedMessage"));
  EXPECT_EQ(DetailsOf(status).code(), status.error_code());
  EXPECT_EQ(DetailsOf(status).message(), status.error_message());
  const auto info = DetailAt<v1::ErrorInfo>(status, 0);
  EXPECT_EQ(info.reason(), "ERROR_REASON_ETAG_MISMATCH");
  EXPECT_EQ(info.domain(), "registry.gi");
  EXPECT_EQ(info.metadata().at("given"), "a");
  EXPECT_EQ(info.metadata().size(), 3u);
}

TEST(ToGrpcStatus, SpeaksTheCallersLanguage) {
  const absl::Status error = MakeError(registry::v1::ERROR_REASON_NOT_SERVING);
  const auto chinese = DetailAt<v1::LocalizedMessage>(ToGrpcStatus(error, Language::kChinese), 1);
  const auto english = DetailAt<v1::LocalizedMessage>(ToGrpcStatus(error, Language::kEnglish), 1);
  EXPECT_EQ(chinese.locale(), "zh-CN");
  EXPECT_EQ(chinese.message(), ErrorText(registry::v1::ERROR_REASON_NOT_SERVING, {}, Language::kChinese));
  EXPECT_EQ(english.locale(), "en");
  EXPECT_EQ(english.message(), error.message());
}

TEST(ToGrpcStatus, SaysWhenToRepeat) {
  for (const ErrorReason reason : {registry::v1::ERROR_REASON_OVERLOADED, registry::v1::ERROR_REASON_NOT_SERVING,
                                   registry::v1::ERROR_REASON_WRITES_STOPPED}) {
    const grpc::Status status = ToGrpcStatus(MakeError(reason), Language::kEnglish);
    EXPECT_THAT(TypesOf(status), ElementsAre("ErrorInfo", "LocalizedMessage", "RetryInfo"));
    EXPECT_GT(DetailAt<v1::RetryInfo>(status, 2).retry_delay().seconds(), 0);
  }
}

TEST(ToGrpcStatus, NamesTheResource) {
  const grpc::Status status = ToGrpcStatus(
      MakeError(registry::v1::ERROR_REASON_RESOURCE_NOT_FOUND, {{"name", "divisions/500155"}}), Language::kEnglish);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(TypesOf(status), ElementsAre("ErrorInfo", "LocalizedMessage", "ResourceInfo"));
  EXPECT_EQ(DetailAt<v1::ResourceInfo>(status, 2).resource_type(), "registry.gi/divisions");
  EXPECT_EQ(DetailAt<v1::ResourceInfo>(status, 2).resource_name(), "divisions/500155");
}

TEST(ToGrpcStatus, NamesTheFailedPrecondition) {
  const grpc::Status status = ToGrpcStatus(
      MakeError(registry::v1::ERROR_REASON_REFERENCE_NOT_FOUND, {{"field", "entity"}, {"name", "entities/1"}}),
      Language::kEnglish);
  EXPECT_THAT(TypesOf(status), ElementsAre("ErrorInfo", "LocalizedMessage", "PreconditionFailure"));
  const auto failure = DetailAt<v1::PreconditionFailure>(status, 2);
  ASSERT_EQ(failure.violations_size(), 1);
  EXPECT_EQ(failure.violations(0).type(), "ERROR_REASON_REFERENCE_NOT_FOUND");
  EXPECT_EQ(failure.violations(0).subject(), "entities/1");
}

TEST(ToGrpcStatus, ListsViolationsInTheCallersLanguage) {
  FieldViolations violations;
  violations.Add("division.code", registry::v1::ERROR_REASON_FIELD_REQUIRED);
  const grpc::Status chinese = ToGrpcStatus(violations.ToStatus(), Language::kChinese);
  EXPECT_THAT(TypesOf(chinese), ElementsAre("ErrorInfo", "LocalizedMessage", "BadRequest"));
  const auto bad_request = DetailAt<v1::BadRequest>(chinese, 2);
  ASSERT_EQ(bad_request.field_violations_size(), 1);
  const auto& violation = bad_request.field_violations(0);
  EXPECT_EQ(violation.field(), "division.code");
  EXPECT_EQ(violation.reason(), "ERROR_REASON_FIELD_REQUIRED");
  EXPECT_EQ(violation.description(), violations.all()[0].message_en());
  EXPECT_EQ(violation.localized_message().locale(), "zh-CN");
  EXPECT_EQ(violation.localized_message().message(), violations.all()[0].message_zh());
  const grpc::Status english = ToGrpcStatus(violations.ToStatus(), Language::kEnglish);
  EXPECT_EQ(DetailAt<v1::BadRequest>(english, 2).field_violations(0).localized_message().message(),
            violations.all()[0].message_en());
}

TEST(ToGrpcStatus, StaysSmallHoweverMuchIsWrong) {
  size_t largest = 0;
  for (int length = 0; length < 400; length += 7) {
    std::string text;
    for (int i = 0; i < length; ++i) text += "梁";
    FieldViolations violations;
    for (int i = 0; i < 40; ++i) {
      violations.Add("division.names[" + std::to_string(i) + "]." + text, registry::v1::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", text}, {"expected", text}});
    }
    for (const Language language : {Language::kChinese, Language::kEnglish}) {
      const grpc::Status status = ToGrpcStatus(violations.ToStatus(), language);
      largest = std::max(largest, status.error_details().size());
      EXPECT_LE(status.error_message().size(), 510u);
      EXPECT_THAT(TypesOf(status), ElementsAre("ErrorInfo", "LocalizedMessage", "BadRequest")) << length;
      EXPECT_EQ(DetailAt<v1::ErrorInfo>(status, 0).metadata().at("count"), "40");
    }
  }
  EXPECT_LE(largest, kMaxStatusBytes);
  EXPECT_GT(largest, kMaxStatusBytes - 500);
}

TEST(ToGrpcStatus, KeepsSixteenShortViolations) {
  FieldViolations violations;
  for (int i = 0; i < 20; ++i) violations.Add("f", registry::v1::ERROR_REASON_DATE_INVALID, {{"value", "x"}});
  const grpc::Status status = ToGrpcStatus(violations.ToStatus(), Language::kEnglish);
  const int kept = DetailAt<v1::BadRequest>(status, 2).field_violations_size();
  EXPECT_GE(kept, 4);
  EXPECT_LE(kept, 16);
  EXPECT_LE(status.error_details().size(), kMaxStatusBytes);
}

TEST(ToGrpcStatus, HidesTheTextOfErrorsWithoutReason) {
  const grpc::Status status = ToGrpcStatus(absl::NotFoundError("secret of a library"), Language::kEnglish);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(TypesOf(status), ElementsAre("ErrorInfo", "LocalizedMessage"));
  EXPECT_EQ(DetailAt<v1::ErrorInfo>(status, 0).reason(), "ERROR_REASON_INTERNAL");
  EXPECT_THAT(status.error_details() + status.error_message(), Not(HasSubstr("secret")));
}

TEST(ToGrpcStatus, EveryReasonHasExactlyOneErrorInfoAndItsCode) {
  const auto* reasons = registry::v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<ErrorReason>(reasons->value(i)->number());
    const grpc::Status status = ToGrpcStatus(MakeError(reason), Language::kChinese);
    EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(ErrorCode(reason))) << reasons->value(i)->name();
    EXPECT_EQ(DetailAt<v1::ErrorInfo>(status, 0).reason(), reasons->value(i)->name());
    EXPECT_THAT(TypesOf(status), ::testing::Contains("ErrorInfo").Times(1));
  }
}

TEST(PreferredLanguage, IsChineseUnlessEnglishComesFirst) {
  for (const char* header : {"", "zh-CN", "zh", "fr", "*", "zh,en", "zh;q=0.9, en;q=0.8", "en;q=0", "en;q=x", "eng",
                             "*,en", ";q=1", "en;q=0.5,zh-TW;q=0.6"}) {
    EXPECT_EQ(PreferredLanguage(header), Language::kChinese) << header;
  }
  for (const char* header :
       {"en", "EN-us", "en-US,en;q=0.9,zh;q=0.8", "fr, en;q=0.5", "zh;q=0.1, en; q=0.2", "en,zh"}) {
    EXPECT_EQ(PreferredLanguage(header), Language::kEnglish) << header;
  }
}

}  // namespace
}  // namespace gi::rpc
