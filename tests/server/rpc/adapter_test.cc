// What a stranger may send, and what every call is held to, over a real connection.
#include "server/rpc/adapter.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/error.h"
#include "tests/server/rpc/test_server.h"

namespace gi::rpc {
namespace {

using registry::v1::CreateDivisionRequest;
using registry::v1::GetDivisionRequest;
using registry::v1::GetDivisionResponse;
using registry::v1::MutateDivisionResponse;
using ::testing::HasSubstr;
using ::testing::Not;

std::string GetRequest(const std::string& name) {
  GetDivisionRequest request;
  request.set_name(name);
  return request.SerializeAsString();
}

class AdapterTest : public ::testing::Test {
 protected:
  void Start(GrpcServerOptions options = {}) {
    server_ = StartServer(handlers_, std::move(options));
    ASSERT_NE(server_, nullptr);
    client_.emplace(server_->addresses()[0]);
  }

  HeldAnswers held_;
  Handlers handlers_;
  std::unique_ptr<GrpcServer> server_;
  std::optional<TestClient> client_;
};

TEST_F(AdapterTest, HandsRequestAndContextToTheHandlerAndItsAnswerBack) {
  CallContext seen;
  handlers_.get = [&](const CallContext& context, const GetDivisionRequest& request) {
    seen = context;
    GetDivisionResponse response;
    response.mutable_division()->set_display_name(request.name() + " 梁平区");
    return response;
  };
  Start();
  const Reply reply = client_->Call(kGet, GetRequest("divisions/500155"), {{"x-user", "u-1"}, {"x-case-id", "c/2"}});
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  GetDivisionResponse response;
  ASSERT_TRUE(response.ParseFromString(reply.bytes));
  EXPECT_EQ(response.division().display_name(), "divisions/500155 梁平区");
  EXPECT_EQ(seen.method, kGet);
  EXPECT_EQ(seen.caller.agency, "loopback");
  EXPECT_EQ(seen.caller.user, "u-1");
  EXPECT_EQ(seen.caller.case_id, "c/2");
  EXPECT_TRUE(seen.caller.may_write);
}

TEST_F(AdapterTest, RefusesBytesThatAreNoMessage) {
  Start();
  for (const std::string& bytes :
       {std::string("\xff\xff\xff\xff"), std::string("\x0a\x7f"), std::string(5000, '\x07')}) {
    const Reply reply = client_->Call(kGet, bytes);
    EXPECT_EQ(reply.summary(), "3 ERROR_REASON_REQUEST_UNDECODABLE");
    EXPECT_EQ(reply.info().metadata().at("type"), "gi.registry.v1.GetDivisionRequest");
  }
  EXPECT_EQ(client_->Call(kGet, GetRequest("divisions/1")).summary(), "OK");
}

TEST_F(AdapterTest, NamesTheFieldThatIsNotUtf8) {
  Start();
  Reply reply = client_->Call(kGet, std::string("\x0a\x02\xc3\x28"));
  EXPECT_EQ(reply.summary(), "3 ERROR_REASON_REQUEST_UNDECODABLE");
  EXPECT_THAT(reply.info().metadata().at("detail"), HasSubstr("the text of name is not UTF-8"));

  CreateDivisionRequest request;
  request.mutable_division()->add_names()->set_display_name("梁平县");
  request.mutable_division()->add_names()->set_display_name("XX");
  std::string bytes = request.SerializeAsString();
  bytes.replace(bytes.find("XX"), 2, "\xff\xfe");
  reply = client_->Call(kCreate, bytes);
  EXPECT_THAT(reply.info().metadata().at("detail"), HasSubstr("division.names[1].display_name"));
}

TEST_F(AdapterTest, LimitsTheSizeOfRequests) {
  Start();
  const std::string fits(static_cast<size_t>(1 << 20) - 100, 'x');
  EXPECT_EQ(client_->Call(kGet, GetRequest(fits)).summary(), "OK");
  const Reply reply = client_->Call(kGet, GetRequest(std::string(2'000'000, 'x')));
  EXPECT_EQ(reply.summary(), "3 ERROR_REASON_REQUEST_TOO_LARGE");
  EXPECT_EQ(reply.info().metadata().at("limit"), "1048576");
  EXPECT_EQ(reply.info().metadata().at("size"), absl::StrCat(GetRequest(std::string(2'000'000, 'x')).size()));
  // Beyond what gRPC itself takes.
  EXPECT_EQ(client_->Call(kGet, GetRequest(std::string(20'000'000, 'x'))).status.error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(client_->Call(kGet, GetRequest("divisions/1")).summary(), "OK");
}

// A few KB of compressed zeros would otherwise be a gigabyte in the server before any of its limits is asked.
TEST_F(AdapterTest, RefusesCompressedRequests) {
  Start();
  TestClient::Pending pending;
  pending.context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  const grpc::Slice slice(GetRequest(std::string(500'000, 'x')));
  pending.request = grpc::ByteBuffer(&slice, 1);
  grpc::GenericStub(client_->channel())
      .UnaryCall(&pending.context, kGet, {}, &pending.request, &pending.response, [&](grpc::Status status) {
        pending.status = std::move(status);
        pending.done.Notify();
      });
  EXPECT_EQ(pending.Wait().status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(client_->Call(kGet).summary(), "OK");
}

TEST_F(AdapterTest, AnswersUnknownMethodsAndServicesWithUnimplemented) {
  Start();
  EXPECT_EQ(client_->Call("/gi.registry.v1.DivisionService/Nothing").status.error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(client_->Call("/gi.registry.v1.Nothing/Get").status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(AdapterTest, CapsDeadlines) {
  absl::Duration left;
  handlers_.get = [&](const CallContext& context, const auto&) {
    left = context.deadline - absl::Now();
    return GetDivisionResponse();
  };
  GrpcServerOptions options;
  options.limits.max_deadline = absl::Seconds(10);
  Start(options);
  for (const absl::Duration timeout : {absl::Hours(1), absl::InfiniteDuration()}) {
    EXPECT_EQ(client_->Call(kGet, "", {}, timeout).summary(), "OK");
    EXPECT_GT(left, absl::Seconds(5));
    EXPECT_LE(left, absl::Seconds(10));
  }
  EXPECT_EQ(client_->Call(kGet, "", {}, absl::Seconds(5)).summary(), "OK");
  // gRPC rounds what a client sends upwards.
  EXPECT_GT(left, absl::Seconds(1));
  EXPECT_LE(left, absl::Seconds(6));
}

TEST(EffectiveDeadline, RefusesWhatHasPassed) {
  const absl::Time now = absl::FromUnixSeconds(1000);
  EXPECT_EQ(GetErrorReason(EffectiveDeadline(now, now, absl::Seconds(30)).status()),
            registry::v1::ERROR_REASON_DEADLINE_PASSED);
  EXPECT_EQ(*EffectiveDeadline(now + absl::Nanoseconds(1), now, absl::Seconds(30)), now + absl::Nanoseconds(1));
  EXPECT_EQ(*EffectiveDeadline(absl::InfiniteFuture(), now, absl::Seconds(30)), now + absl::Seconds(30));
}

TEST_F(AdapterTest, PassesErrorsOnWithTheirDetails) {
  handlers_.get = [](const auto&, const auto&) -> absl::StatusOr<GetDivisionResponse> {
    return MakeError(registry::v1::ERROR_REASON_RESOURCE_NOT_FOUND, {{"name", "divisions/梁平"}});
  };
  Start();
  const Reply chinese = client_->Call(kGet);
  EXPECT_EQ(chinese.summary(), "5 ERROR_REASON_RESOURCE_NOT_FOUND");
  EXPECT_EQ(chinese.detail<v1::LocalizedMessage>("LocalizedMessage")->locale(), "zh-CN");
  EXPECT_EQ(chinese.detail<v1::ResourceInfo>("ResourceInfo")->resource_name(), "divisions/梁平");
  const Reply english = client_->Call(kGet, "", {{"accept-language", "en-GB,en;q=0.9"}});
  EXPECT_EQ(english.detail<v1::LocalizedMessage>("LocalizedMessage")->locale(), "en");
}

TEST_F(AdapterTest, LargestErrorsReachTheCaller) {
  FieldViolations violations;
  std::string text;
  for (int i = 0; i < 130; ++i) text += "梁";
  for (int i = 0; i < 20; ++i) violations.Add(text, registry::v1::ERROR_REASON_FIELD_MALFORMED, {{"value", text}});
  handlers_.get = [&](const auto&, const auto&) -> absl::StatusOr<GetDivisionResponse> {
    return violations.ToStatus();
  };
  Start();
  EXPECT_EQ(client_->Call(kGet).summary(), "3 ERROR_REASON_FIELDS_INVALID");
}

TEST_F(AdapterTest, HidesErrorsWithoutReasonAndExceptions) {
  handlers_.get = [](const auto&, const GetDivisionRequest& request) -> absl::StatusOr<GetDivisionResponse> {
    if (request.name() == "int") throw 1;
    if (!request.name().empty()) throw std::runtime_error("secret");
    return absl::DataLossError("secret");
  };
  Start();
  for (const char* name : {"", "x", "int"}) {
    const Reply reply = client_->Call(kGet, GetRequest(name));
    EXPECT_EQ(reply.summary(), "13 ERROR_REASON_INTERNAL");
    EXPECT_THAT(reply.status.error_details() + reply.status.error_message(), Not(HasSubstr("secret")));
  }
}

TEST_F(AdapterTest, AnswersForAHandlerThatDropsItsAnswer) {
  handlers_.create = [](const auto&, const auto&, Answer<MutateDivisionResponse>) {};
  Start();
  EXPECT_EQ(client_->Call(kCreate).summary(), "13 ERROR_REASON_INTERNAL");
}

TEST_F(AdapterTest, IgnoresASecondAnswer) {
  handlers_.create = [](const auto&, const auto&, Answer<MutateDivisionResponse> answer) {
    answer(MutateDivisionResponse());
    answer(MakeError(registry::v1::ERROR_REASON_OVERLOADED));
    throw std::runtime_error("late");
  };
  Start();
  EXPECT_EQ(client_->Call(kCreate).summary(), "OK");
  EXPECT_EQ(client_->Call(kCreate).summary(), "OK");
}

TEST_F(AdapterTest, ShedsLoadButKeepsPlacesForChecks) {
  handlers_.create = held_.handler();
  GrpcServerOptions options;
  options.limits.max_calls_in_flight = 3;
  options.limits.reserved_calls = 1;
  Start(options);
  const auto first = client_->Start(kCreate, "");
  const auto second = client_->Start(kCreate, "");
  held_.WaitFor(2);
  const Reply refused = client_->Call(kGet);
  EXPECT_EQ(refused.summary(), "8 ERROR_REASON_OVERLOADED");
  EXPECT_TRUE(refused.detail<v1::RetryInfo>("RetryInfo").has_value());
  EXPECT_EQ(client_->Call(kCheck).summary(), "OK");
  held_.AnswerAll();
  EXPECT_EQ(first->Wait().summary(), "OK");
  EXPECT_EQ(second->Wait().summary(), "OK");
  EXPECT_EQ(client_->Call(kGet).summary(), "OK");
}

TEST_F(AdapterTest, SurvivesCallersThatLeave) {
  handlers_.create = held_.handler();
  Start();
  const auto pending = client_->Start(kCreate, "");
  held_.WaitFor(1);
  pending->context.TryCancel();
  EXPECT_EQ(pending->Wait().status.error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(client_->Call(kCreate, "", {}, absl::Milliseconds(100)).status.error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  held_.AnswerAll();
  EXPECT_EQ(client_->Call(kGet).summary(), "OK");
}

TEST_F(AdapterTest, SurvivesAnswersThatRaceWithCallersLeaving) {
  handlers_.create = held_.handler();
  Start();
  for (int round = 0; round < 20; ++round) {
    std::vector<std::unique_ptr<TestClient::Pending>> calls;
    for (int i = 0; i < 16; ++i) calls.push_back(client_->Start(kCreate, ""));
    held_.WaitFor(calls.size());
    std::thread answering([this] { held_.AnswerAll(); });
    for (const auto& call : calls) call->context.TryCancel();
    answering.join();
    for (const auto& call : calls) {
      const grpc::StatusCode code = call->Wait().status.error_code();
      EXPECT_TRUE(code == grpc::StatusCode::OK || code == grpc::StatusCode::CANCELLED) << code;
    }
  }
}

}  // namespace
}  // namespace gi::rpc
