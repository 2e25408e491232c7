// A server on a free port with the methods of DivisionService and CheckService answered by the test, and a client that
// sends it whatever bytes the test likes.
#ifndef GI_TESTS_SERVER_RPC_TEST_SERVER_H_
#define GI_TESTS_SERVER_RPC_TEST_SERVER_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gi/registry/v1/check.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/rpc/v1/status.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "server/rpc/grpc_server.h"

namespace gi::rpc {

inline constexpr char kGet[] = "/gi.registry.v1.DivisionService/GetDivision";
inline constexpr char kCreate[] = "/gi.registry.v1.DivisionService/CreateDivision";
inline constexpr char kBatch[] = "/gi.registry.v1.CheckService/BatchCheckAuthorizations";
inline constexpr char kStream[] = "/gi.registry.v1.CheckService/StreamCheckAuthorizations";
inline constexpr char kCheck[] = "/gi.registry.v1.CheckService/CheckAuthorization";

// What the test lets the methods do. The default of each answers an empty response.
struct Handlers {
  std::function<absl::StatusOr<registry::v1::GetDivisionResponse>(const CallContext&,
                                                                  const registry::v1::GetDivisionRequest&)>
      get = [](const auto&, const auto&) { return registry::v1::GetDivisionResponse(); };
  std::function<void(const CallContext&, const registry::v1::CreateDivisionRequest&,
                     Answer<registry::v1::MutateDivisionResponse>)>
      create = [](const auto&, const auto&, auto answer) { answer(registry::v1::MutateDivisionResponse()); };
  std::function<absl::Status(const CallContext&, const registry::v1::CheckAuthorizationRequest&,
                             registry::v1::CheckAuthorizationResponse&)>
      check = [](const auto&, const auto&, auto&) { return absl::OkStatus(); };
  // Answers each item with its id.
  std::function<absl::Status(const CallContext&, const registry::v1::BatchCheckAuthorizationsRequest&,
                             registry::v1::BatchCheckAuthorizationsResponse&)>
      batch = [](const auto&, const auto& request, auto& response) {
        for (const auto& item : request.items()) response.add_results()->set_id(item.id());
        return absl::OkStatus();
      };
};

// Keeps the answers of CreateDivision until the test gives them.
class HeldAnswers {
 public:
  auto handler() {
    return [this](const auto&, const auto&, Answer<registry::v1::MutateDivisionResponse> answer) {
      const std::lock_guard<std::mutex> lock(mutex_);
      answers_.push_back(std::move(answer));
      arrived_.notify_all();
    };
  }
  void WaitFor(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    arrived_.wait(lock, [&] { return answers_.size() >= count; });
  }
  void AnswerAll() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto& answer : answers_) answer(registry::v1::MutateDivisionResponse());
    answers_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Answer<registry::v1::MutateDivisionResponse>> answers_;
};

template <class Request, class Response>
absl::StatusOr<Response> AnswerEmpty(const CallContext&, const Request&) {
  return Response();
}

inline MethodTable MakeTable(Handlers handlers = {}) {
  using namespace registry::v1;
  const std::string service = "gi.registry.v1.DivisionService/";
  MethodTable table;
  table.AddRead<GetDivisionRequest, GetDivisionResponse>(service + "GetDivision", handlers.get);
  table.AddRead<ListDivisionsRequest, ListDivisionsResponse>(service + "ListDivisions",
                                                             AnswerEmpty<ListDivisionsRequest, ListDivisionsResponse>);
  table.AddRead<ResolveDivisionRequest, ResolveDivisionResponse>(
      service + "ResolveDivision", AnswerEmpty<ResolveDivisionRequest, ResolveDivisionResponse>);
  table.AddWrite<CreateDivisionRequest, MutateDivisionResponse>(service + "CreateDivision", handlers.create);
  table.AddWrite<CorrectDivisionRequest, MutateDivisionResponse>(
      service + "CorrectDivision", [](const auto&, const auto&, auto answer) { answer(MutateDivisionResponse()); });
  const std::string check = "gi.registry.v1.CheckService/";
  table.AddHot<CheckAuthorizationRequest, CheckAuthorizationResponse>(check + "CheckAuthorization", Serving::kQueue,
                                                                      handlers.check);
  for (const char* method : {"BatchCheckAuthorizations", "StreamCheckAuthorizations"}) {
    table.AddHot<BatchCheckAuthorizationsRequest, BatchCheckAuthorizationsResponse>(check + method, Serving::kThreads,
                                                                                    handlers.batch);
  }
  table.AddRead<ListAuthorizedEntitiesRequest, ListAuthorizedEntitiesResponse>(
      check + "ListAuthorizedEntities", AnswerEmpty<ListAuthorizedEntitiesRequest, ListAuthorizedEntitiesResponse>);
  table.AddRead<ListAuthorizedIndicationsRequest, ListAuthorizedIndicationsResponse>(
      check + "ListAuthorizedIndications",
      AnswerEmpty<ListAuthorizedIndicationsRequest, ListAuthorizedIndicationsResponse>);
  return table;
}

// A server that serves already, or nullptr and a failed test.
inline std::unique_ptr<GrpcServer> StartServer(Handlers handlers = {}, GrpcServerOptions options = {}) {
  if (options.listen.empty()) options.listen = {"127.0.0.1:0"};
  absl::StatusOr<std::unique_ptr<GrpcServer>> server = GrpcServer::Start(MakeTable(std::move(handlers)), options);
  EXPECT_TRUE(server.ok()) << server.status();
  if (!server.ok()) return nullptr;
  (*server)->SetServing(true);
  return *std::move(server);
}

struct Reply {
  grpc::Status status;
  std::string bytes;

  v1::Status details() const {
    v1::Status message;
    EXPECT_TRUE(message.ParseFromString(status.error_details()));
    return message;
  }

  // The detail of google.rpc.{type}; nullopt if there is none, a failed test if there are two.
  template <class Detail>
  std::optional<Detail> detail(const std::string& type) const {
    std::optional<Detail> found;
    const v1::Status all = details();
    for (const google::protobuf::Any& any : all.details()) {
      if (any.type_url() != "type.googleapis.com/google.rpc." + type) continue;
      EXPECT_FALSE(found.has_value()) << type;
      EXPECT_TRUE(found.emplace().ParseFromString(any.value()));
    }
    return found;
  }

  v1::ErrorInfo info() const { return detail<v1::ErrorInfo>("ErrorInfo").value_or(v1::ErrorInfo()); }

  // "OK", or "CODE_NUMBER REASON".
  std::string summary() const {
    if (status.ok()) return "OK";
    return std::to_string(status.error_code()) + " " + info().reason();
  }
};

using Headers = std::multimap<std::string, std::string>;

class TestClient {
 public:
  explicit TestClient(const std::string& address,
                      std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials()) {
    grpc::ChannelArguments arguments;
    // Connections are shared between channels otherwise, and tests would share fates.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    channel_ = grpc::CreateCustomChannel(address, credentials, arguments);
  }

  std::shared_ptr<grpc::Channel> channel() const { return channel_; }

  // A call under way.
  struct Pending {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
    grpc::Status status;
    absl::Notification done;

    Reply Wait() {
      done.WaitForNotification();
      Reply reply{status, ""};
      grpc::Slice slice;
      if (response.Valid() && response.DumpToSingleSlice(&slice).ok()) {
        reply.bytes.assign(reinterpret_cast<const char*>(slice.begin()), slice.size());
      }
      return reply;
    }
  };

  std::unique_ptr<Pending> Start(const std::string& path, const std::string& bytes, const Headers& headers = {},
                                 absl::Duration timeout = absl::Seconds(20)) {
    auto pending = std::make_unique<Pending>();
    for (const auto& [key, value] : headers) pending->context.AddMetadata(key, value);
    if (timeout != absl::InfiniteDuration()) {
      pending->context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    }
    const grpc::Slice slice(bytes);
    pending->request = grpc::ByteBuffer(&slice, 1);
    grpc::GenericStub stub(channel_);
    stub.UnaryCall(&pending->context, path, {}, &pending->request, &pending->response,
                   [p = pending.get()](grpc::Status status) {
                     p->status = std::move(status);
                     p->done.Notify();
                   });
    return pending;
  }

  Reply Call(const std::string& path, const std::string& bytes = "", const Headers& headers = {},
             absl::Duration timeout = absl::Seconds(20)) {
    return Start(path, bytes, headers, timeout)->Wait();
  }

  // What health says of a service: "SERVING", "NOT_SERVING" or the error.
  std::string Health(const std::string& service) {
    // grpc.health.v1 is in no installed header: field 1 of the request is the name, field 1 of the answer the state.
    const std::string request = "\n" + std::string(1, static_cast<char>(service.size())) + service;
    const Reply reply = Call("/grpc.health.v1.Health/Check", request);
    if (!reply.status.ok()) return std::to_string(reply.status.error_code());
    if (reply.bytes == "\x08\x01") return "SERVING";
    return reply.bytes == "\x08\x02" ? "NOT_SERVING" : "?";
  }

 private:
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace gi::rpc

#endif  // GI_TESTS_SERVER_RPC_TEST_SERVER_H_
