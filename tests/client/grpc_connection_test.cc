#include "client/grpc_connection.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "client/client.h"
#include "client/make_connection.h"
#include "gi/rpc/v1/status.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/error.h"
#include "tests/client/fake_server.h"

namespace gi::client {
namespace {

// What the server's edge makes of an error: its payloads become details.
std::string WireDetails(const absl::Status& status) {
  rpc::v1::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    google::protobuf::Any& any = *wire.add_details();
    any.set_type_url(std::string(url));
    any.set_value(std::string(payload));
  });
  return wire.SerializeAsString();
}

Client Connect(const FakeServer& server, CallOptions defaults = {}) {
  ConnectionOptions options;
  options.channel.target = server.target();
  options.channel.timeouts = {absl::Seconds(10), absl::Seconds(10), absl::Seconds(10)};
  options.defaults = std::move(defaults);
  return Client(MakeConnection(options));
}

TEST(StatusFromWireTest, KeepsReasonMetadataAndViolations) {
  FieldViolations violations;
  violations.Add("entity.uscc", v1::ERROR_REASON_USCC_INVALID,
                 {{"value", "1"}, {"verdict", "malformed"}, {"proposal", ""}});
  const absl::Status sent = violations.ToStatus();
  const absl::Status got = StatusFromWire(static_cast<int>(sent.code()), sent.message(), WireDetails(sent));
  EXPECT_EQ(got, sent);
  const auto detail = GetErrorDetail(got);
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, v1::ERROR_REASON_FIELDS_INVALID);
  ASSERT_EQ(detail->violations.size(), 1u);
  EXPECT_EQ(detail->violations[0].field(), "entity.uscc");
  EXPECT_EQ(detail->violations[0].message_zh(), violations.all()[0].message_zh());
}

TEST(StatusFromWireTest, SurvivesWhatAServerMaySend) {
  EXPECT_TRUE(StatusFromWire(0, "", "").ok());
  EXPECT_EQ(StatusFromWire(99, "strange", "").code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(StatusFromWire(-1, "strange", "").code(), absl::StatusCode::kUnknown);
  const absl::Status garbled = StatusFromWire(5, "text", "\xff\xff garbage");
  EXPECT_EQ(garbled.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(garbled.message(), "text");
}

TEST(GrpcConnectionTest, RequestAndAnswerArrive) {
  FakeServer server([](FakeCall& call) {
    EXPECT_EQ(call.method, "/gi.registry.v1.EntityService/GetEntity");
    v1::GetEntityResponse response;
    response.mutable_entity()->set_name(call.Request<v1::GetEntityRequest>().name());
    response.mutable_entity()->set_display_name("示例合作社");
    call.Answer(response);
    return grpc::Status::OK;
  });
  v1::GetEntityRequest request;
  request.set_name("entities/e1");
  const auto response = Connect(server).GetEntity(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->entity().name(), "entities/e1");
  EXPECT_EQ(response->entity().display_name(), "示例合作社");
}

TEST(GrpcConnectionTest, StreamsAnswerEveryMessageInOrder) {
  FakeServer server([](FakeCall& call) {
    EXPECT_EQ(call.method, "/gi.registry.v1.CheckService/StreamCheckAuthorizations");
    const auto request = call.Request<v1::BatchCheckAuthorizationsRequest>();
    if (request.items(0).id() == "bad") return grpc::Status(grpc::StatusCode::OUT_OF_RANGE, "no such revision");
    v1::BatchCheckAuthorizationsResponse response;
    response.add_results()->set_id(request.items(0).id());
    call.Answer(response);
    return grpc::Status::OK;
  });
  const Client client = Connect(server);
  absl::StatusOr<CheckStream> stream = client.OpenCheckStream();
  ASSERT_TRUE(stream.ok()) << stream.status();
  constexpr int kMessages = 500;
  const auto send = [&](const std::string& id) {
    v1::BatchCheckAuthorizationsRequest request;
    request.add_items()->set_id(id);
    return stream->Send(request);
  };
  std::thread sender([&] {
    for (int i = 0; i < kMessages; ++i) EXPECT_TRUE(send(std::to_string(i)));
  });
  v1::BatchCheckAuthorizationsResponse response;
  for (int i = 0; i < kMessages; ++i) {
    ASSERT_TRUE(stream->Receive(response));
    EXPECT_EQ(response.results(0).id(), std::to_string(i));
  }
  sender.join();
  EXPECT_TRUE(stream->Finish().ok());

  stream = client.OpenCheckStream();
  ASSERT_TRUE(stream.ok());
  EXPECT_TRUE(send("bad"));
  EXPECT_FALSE(stream->Receive(response));
  EXPECT_EQ(stream->Finish().code(), absl::StatusCode::kOutOfRange);
  // One that is given up does not hang.
  stream = client.OpenCheckStream();
  EXPECT_TRUE(send("1"));
}

TEST(GrpcConnectionTest, ErrorDetailsArrive) {
  const absl::Status error =
      MakeError(v1::ERROR_REASON_ETAG_MISMATCH, {{"name", "entities/e1"}, {"given", "a"}, {"current", "b"}});
  FakeServer server([&](FakeCall&) {
    return grpc::Status(grpc::StatusCode::ABORTED, std::string(error.message()), WireDetails(error));
  });
  const auto response = Connect(server).GetEntity({});
  EXPECT_TRUE(absl::IsAborted(response.status()));
  EXPECT_EQ(response.status(), error);
}

TEST(GrpcConnectionTest, HeadersArrive) {
  std::multimap<std::string, std::string> headers;
  FakeServer server([&](FakeCall& call) {
    headers = call.headers;
    call.Answer(v1::GetEntityResponse());
    return grpc::Status::OK;
  });
  ASSERT_TRUE(
      Connect(server, {.user = "u1", .case_id = "c1", .on_behalf_of = "b1", .language = "zh-CN"}).GetEntity({}).ok());
  const auto value = [&](const char* name) {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string("(none)") : found->second;
  };
  EXPECT_EQ(value("x-user"), "u1");
  EXPECT_EQ(value("x-case-id"), "c1");
  EXPECT_EQ(value("x-on-behalf-of"), "b1");
  EXPECT_EQ(value("accept-language"), "zh-CN");
  ASSERT_TRUE(Connect(server).GetEntity({}).ok());
  EXPECT_EQ(value("x-user"), "(none)");
}

TEST(GrpcConnectionTest, AHeaderThatGrpcCannotSendIsAnErrorAndNoCrash) {
  FakeServer server([](FakeCall&) { return grpc::Status::OK; });
  for (const char* user : {"张三", "a\nb", "\x7f"}) {
    const auto response = Connect(server, {.user = user}).GetEntity({});
    EXPECT_EQ(GetErrorReason(response.status()), v1::ERROR_REASON_CALLER_METADATA_INVALID);
  }
}

TEST(GrpcConnectionTest, ChecksHaveAConnectionOfTheirOwn) {
  std::set<std::string> check_peers, other_peers;
  FakeServer server([&](FakeCall& call) {
    const bool check = call.method == "/gi.registry.v1.CheckService/CheckAuthorization";
    (check ? check_peers : other_peers).insert(call.peer);
    if (check) {
      call.Answer(v1::CheckAuthorizationResponse());
    } else {
      call.Answer(v1::GetEntityResponse());
    }
    return grpc::Status::OK;
  });
  const Client client = Connect(server);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Check({}).ok());
    ASSERT_TRUE(client.GetEntity({}).ok());
  }
  ASSERT_EQ(check_peers.size(), 1u);
  ASSERT_EQ(other_peers.size(), 1u);
  EXPECT_NE(*check_peers.begin(), *other_peers.begin());
}

TEST(GrpcConnectionTest, NobodyListeningIsUnavailable) {
  ConnectionOptions options;
  {
    FakeServer server([](FakeCall&) { return grpc::Status::OK; });
    options.channel.target = server.target();
  }
  options.retry.max_attempts = 2;
  const auto response = Client(MakeConnection(options)).GetEntity({});
  EXPECT_TRUE(absl::IsUnavailable(response.status())) << response.status();
}

TEST(GrpcConnectionTest, TheDeadlineIsKept) {
  absl::Notification finished;
  FakeServer server([&](FakeCall&) {
    finished.WaitForNotification();
    return grpc::Status::OK;
  });
  const absl::Status status = Connect(server, {.timeout = absl::Milliseconds(50)}).GetEntity({}).status();
  finished.Notify();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
}

TEST(GrpcConnectionTest, IsThreadSafe) {
  FakeServer server([](FakeCall& call) {
    v1::GetEntityResponse response;
    response.mutable_entity()->set_name(call.Request<v1::GetEntityRequest>().name());
    call.Answer(response);
    return grpc::Status::OK;
  });
  const Client client = Connect(server);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&client, t] {
      for (int i = 0; i < 50; ++i) {
        v1::GetEntityRequest request;
        request.set_name("entities/" + std::to_string(t * 1000 + i));
        const auto response = client.GetEntity(request);
        ASSERT_TRUE(response.ok()) << response.status();
        EXPECT_EQ(response->entity().name(), request.name());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace gi::client
