#include "client/retry.h"

#include <memory>
#include <vector>

#include "client/mock_connection.h"
#include "gi/registry/v1/check.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/rpc/v1/status.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gi::client {
namespace {

namespace v1 = registry::v1;
using testing::_;
using testing::DoAll;
using testing::ElementsAre;
using testing::NiceMock;
using testing::Return;

constexpr char kCheck[] = "gi.registry.v1.CheckService/CheckAuthorization";
constexpr char kGet[] = "gi.registry.v1.EntityService/GetEntity";
constexpr char kCreate[] = "gi.registry.v1.EntityService/CreateEntity";

absl::Status Overloaded(absl::Duration delay) {
  absl::Status status = absl::ResourceExhaustedError("overloaded");
  rpc::v1::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(delay));
  status.SetPayload("type.googleapis.com/google.rpc.RetryInfo", absl::Cord(info.SerializeAsString()));
  return status;
}

class RetryTest : public testing::Test {
 protected:
  std::shared_ptr<Connection> Make(RetryOptions options = {}) {
    return MakeRetryConnection(mock_, options,
                               {[this] { return now_; },
                                [this](absl::Duration wait) {
                                  waits_.push_back(wait);
                                  now_ += wait;
                                },
                                [this] { return random_; }});
  }
  absl::Status Get(Connection& connection, absl::Duration timeout = absl::Seconds(10)) {
    v1::GetEntityResponse response;
    return connection.Call(kGet, v1::GetEntityRequest(), &response, {.timeout = timeout});
  }
  absl::Status Create(Connection& connection, const std::string& request_id) {
    v1::CreateEntityRequest request;
    request.set_request_id(request_id);
    v1::MutateEntityResponse response;
    return connection.Call(kCreate, request, &response, {});
  }

  std::shared_ptr<NiceMock<MockConnection>> mock_ = std::make_shared<NiceMock<MockConnection>>();
  absl::Time now_ = absl::FromUnixSeconds(1700000000);
  std::vector<absl::Duration> waits_;
  double random_ = 0.0;
};

TEST_F(RetryTest, ASuccessIsNotRepeated) {
  EXPECT_CALL(*mock_, Call).WillOnce(Return(absl::OkStatus()));
  EXPECT_TRUE(Get(*Make()).ok());
  EXPECT_TRUE(waits_.empty());
}

TEST_F(RetryTest, UnavailableReadIsRepeatedUntilItSucceeds) {
  EXPECT_CALL(*mock_, Call)
      .WillOnce(Return(absl::UnavailableError("1")))
      .WillOnce(Return(absl::UnavailableError("2")))
      .WillOnce(Return(absl::OkStatus()));
  EXPECT_TRUE(Get(*Make()).ok());
  EXPECT_EQ(waits_.size(), 2u);
}

TEST_F(RetryTest, OtherErrorsAreNotRepeated) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kUnknown, absl::StatusCode::kDeadlineExceeded, absl::StatusCode::kInternal,
        absl::StatusCode::kAborted, absl::StatusCode::kNotFound}) {
    EXPECT_CALL(*mock_, Call).WillOnce(Return(absl::Status(code, "no")));
    EXPECT_EQ(Get(*Make()).code(), code);
  }
  EXPECT_TRUE(waits_.empty());
}

TEST_F(RetryTest, ResourceExhaustedIsRepeatedOnlyWithRetryInfo) {
  EXPECT_CALL(*mock_, Call).WillOnce(Return(absl::ResourceExhaustedError("message too large")));
  EXPECT_TRUE(absl::IsResourceExhausted(Get(*Make())));
  EXPECT_CALL(*mock_, Call).WillOnce(Return(Overloaded(absl::Seconds(3)))).WillOnce(Return(absl::OkStatus()));
  EXPECT_TRUE(Get(*Make()).ok());
  EXPECT_THAT(waits_, ElementsAre(absl::Seconds(3)));
}

TEST_F(RetryTest, MutationIsRepeatedOnlyWithARequestId) {
  EXPECT_CALL(*mock_, Call).WillOnce(Return(absl::UnavailableError("")));
  EXPECT_TRUE(absl::IsUnavailable(Create(*Make(), "")));
  EXPECT_CALL(*mock_, Call).WillOnce(Return(absl::UnavailableError(""))).WillOnce(Return(absl::OkStatus()));
  EXPECT_TRUE(Create(*Make(), "00000000-0000-4000-8000-000000000001").ok());
}

TEST_F(RetryTest, WaitsGrowUpToTheLimitWithJitter) {
  EXPECT_CALL(*mock_, Call).WillRepeatedly(Return(absl::UnavailableError("")));
  const RetryOptions options{.max_attempts = 5,
                             .initial_backoff = absl::Milliseconds(100),
                             .max_backoff = absl::Milliseconds(300),
                             .max_tokens = 100};
  EXPECT_TRUE(absl::IsUnavailable(Get(*Make(options))));
  EXPECT_THAT(waits_, ElementsAre(absl::Milliseconds(50), absl::Milliseconds(100), absl::Milliseconds(150),
                                  absl::Milliseconds(150)));
  waits_.clear();
  random_ = 0.5;
  EXPECT_TRUE(absl::IsUnavailable(Get(*Make(options))));
  EXPECT_THAT(waits_, ElementsAre(absl::Milliseconds(75), absl::Milliseconds(150), absl::Milliseconds(225),
                                  absl::Milliseconds(225)));
}

TEST_F(RetryTest, GivesUpAfterMaxAttempts) {
  EXPECT_CALL(*mock_, Call).Times(4).WillRepeatedly(Return(absl::UnavailableError("")));
  EXPECT_TRUE(absl::IsUnavailable(Get(*Make())));
}

TEST_F(RetryTest, TheTimeoutCoversAllAttempts) {
  std::vector<absl::Duration> timeouts;
  EXPECT_CALL(*mock_, Call).WillRepeatedly([&](absl::string_view, const auto&, auto*, const CallOptions& options) {
    timeouts.push_back(options.timeout);
    now_ += absl::Milliseconds(30);
    return absl::UnavailableError("");
  });
  // 30 + 50 + 30 ms are used; the next wait of 100 ms would end after the deadline.
  EXPECT_TRUE(absl::IsUnavailable(Get(*Make(), absl::Milliseconds(200))));
  EXPECT_THAT(timeouts, ElementsAre(absl::Milliseconds(200), absl::Milliseconds(120)));
}

TEST_F(RetryTest, ADelayBeyondTheDeadlineIsNotWaitedFor) {
  EXPECT_CALL(*mock_, Call).WillOnce(Return(Overloaded(absl::Seconds(60))));
  EXPECT_TRUE(absl::IsResourceExhausted(Get(*Make())));
  EXPECT_TRUE(waits_.empty());
}

TEST_F(RetryTest, AnEmptyTimeoutIsTheDefaultOfTheMethod) {
  EXPECT_CALL(*mock_, Call(_, _, _, testing::Field(&CallOptions::timeout, absl::Milliseconds(500))))
      .WillOnce(Return(absl::OkStatus()));
  v1::CheckAuthorizationResponse response;
  EXPECT_TRUE(Make()->Call(kCheck, v1::CheckAuthorizationRequest(), &response, {}).ok());
}

TEST_F(RetryTest, TheBudgetStopsRepetitionsAndSuccessesRefillIt) {
  const RetryOptions options{.max_attempts = 3, .max_tokens = 6, .token_ratio = 1};
  const std::shared_ptr<Connection> connection = Make(options);
  int calls = 0;
  bool up = false;
  EXPECT_CALL(*mock_, Call).WillRepeatedly([&](absl::string_view, const auto&, auto*, const CallOptions&) {
    ++calls;
    return up ? absl::OkStatus() : absl::UnavailableError("");
  });
  EXPECT_TRUE(absl::IsUnavailable(Get(*connection)));  // 6 -> 5 -> 4 -> 3: three attempts, the budget is used up
  EXPECT_EQ(calls, 3);
  EXPECT_TRUE(absl::IsUnavailable(Get(*connection)));
  EXPECT_EQ(calls, 4);
  up = true;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Get(*connection).ok());
  up = false;
  calls = 0;
  EXPECT_TRUE(absl::IsUnavailable(Get(*connection)));
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace gi::client
