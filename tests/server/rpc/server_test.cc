// Health, reflection, addresses, start and stop of the server.
#include <sys/stat.h>
#include <unistd.h>

#include <future>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "gtest/gtest.h"
#include "server/rpc/address.h"
#include "server/rpc/grpc_server.h"
#include "server/rpc/reflection.h"
#include "tests/server/rpc/test_server.h"

namespace gi::rpc {
namespace {

using registry::v1::GetDivisionRequest;
using registry::v1::GetDivisionResponse;
using registry::v1::ListDivisionsRequest;
using registry::v1::ListDivisionsResponse;
using ::testing::HasSubstr;

constexpr char kDivisions[] = "gi.registry.v1.DivisionService";
constexpr char kChecks[] = "gi.registry.v1.CheckService";

std::string StartError(const MethodTable& table, GrpcServerOptions options = {}) {
  if (options.listen.empty()) options.listen = {"127.0.0.1:0"};
  const auto server = GrpcServer::Start(table, options);
  const std::string message(server.status().message());
  EXPECT_FALSE(absl::StrContains(message, '\n')) << message;
  return server.ok() ? "started" : message;
}

std::string StartErrorOn(const std::string& address) {
  GrpcServerOptions options;
  options.listen = {address};
  return StartError(MakeTable(), options);
}

TEST(Server, HealthFollowsServing) {
  const auto server = StartServer();
  ASSERT_NE(server, nullptr);
  TestClient client(server->addresses()[0]);
  for (const char* name : {"", kDivisions, kChecks}) EXPECT_EQ(client.Health(name), "SERVING") << name;
  EXPECT_EQ(client.Health("gi.registry.v1.Nothing"), "5");
  server->SetServing(false);
  for (const char* name : {"", kDivisions, kChecks}) EXPECT_EQ(client.Health(name), "NOT_SERVING") << name;
}

TEST(Server, RefusesCallsUntilItServes) {
  GrpcServerOptions options;
  options.listen = {"127.0.0.1:0"};
  const auto server = GrpcServer::Start(MakeTable(), options);
  ASSERT_TRUE(server.ok()) << server.status();
  TestClient client((*server)->addresses()[0]);
  EXPECT_EQ(client.Health(kChecks), "NOT_SERVING");
  const Reply reply = client.Call(kGet);
  EXPECT_EQ(reply.summary(), "14 ERROR_REASON_NOT_SERVING");
  EXPECT_TRUE(reply.detail<v1::RetryInfo>("RetryInfo").has_value());
  (*server)->SetServing(true);
  EXPECT_EQ(client.Call(kGet).summary(), "OK");
}

// Somebody who watches the health of a service.
class HealthWatcher {
 public:
  HealthWatcher(const TestClient& client, const std::string& service) : stub_(client.channel()) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    stream_ = stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_);
    stream_->StartCall(nullptr);
    Next();
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    const std::string bytes = request.SerializeAsString();
    const grpc::Slice slice(bytes);
    stream_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    Next();
  }
  ~HealthWatcher() {
    context_.TryCancel();
    grpc::Status status;
    stream_->Finish(&status, nullptr);
    Next();
  }

  // The name of the next status; "" if the stream has ended.
  std::string Read() {
    grpc::ByteBuffer buffer;
    stream_->Read(&buffer, nullptr);
    if (!Next()) return "";
    grpc::Slice slice;
    grpc::health::v1::HealthCheckResponse response;
    EXPECT_TRUE(buffer.DumpToSingleSlice(&slice).ok() &&
                response.ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
    return grpc::health::v1::HealthCheckResponse::ServingStatus_Name(response.status());
  }

 private:
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
};

TEST(Server, HealthTellsEveryChangeToThoseWhoWatch) {
  const auto server = StartServer();
  ASSERT_NE(server, nullptr);
  const TestClient client(server->addresses()[0]);
  HealthWatcher checks(client, kChecks), unknown(client, "gi.registry.v1.Nothing");
  EXPECT_EQ(unknown.Read(), "SERVICE_UNKNOWN");
  EXPECT_EQ(checks.Read(), "SERVING");
  server->SetServing(false);
  EXPECT_EQ(checks.Read(), "NOT_SERVING");
  { const HealthWatcher leaves(client, kChecks); }
  server->SetServing(true);
  EXPECT_EQ(checks.Read(), "SERVING");
  server->Shutdown(absl::ZeroDuration());
  EXPECT_EQ(checks.Read(), "NOT_SERVING");
  EXPECT_EQ(checks.Read(), "");
}

std::set<std::string> ReflectedServices(const TestClient& client, const std::string& version) {
  const std::string request("\x3a\x01*", 3);  // list_services = 7: "*"
  grpc::GenericStub stub(client.channel());
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto next = [&] { return queue.Next(&tag, &ok) && ok; };
  const auto stream = stub.PrepareCall(
      &context, absl::StrCat("/grpc.reflection.", version, ".ServerReflection/ServerReflectionInfo"), &queue);
  stream->StartCall(nullptr);
  EXPECT_TRUE(next());
  const grpc::Slice slice(request);
  stream->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  EXPECT_TRUE(next());
  grpc::ByteBuffer response;
  stream->Read(&response, nullptr);
  EXPECT_TRUE(next());
  grpc::Slice bytes;
  EXPECT_TRUE(response.DumpToSingleSlice(&bytes).ok());
  grpc::Status status;
  context.TryCancel();
  stream->Finish(&status, nullptr);
  EXPECT_TRUE(next());

  grpc::reflection::v1::ServerReflectionResponse answer;  // both versions are alike on the wire
  EXPECT_TRUE(answer.ParseFromArray(bytes.begin(), static_cast<int>(bytes.size())));
  std::set<std::string> names;
  for (const auto& service : answer.list_services_response().service()) names.insert(service.name());
  return names;
}

TEST(Server, ReflectsItsServices) {
  const auto server = StartServer();
  ASSERT_NE(server, nullptr);
  // Tools ask before anything is served, too.
  server->SetServing(false);
  for (const char* version : {"v1", "v1alpha"}) {
    const std::set<std::string> names = ReflectedServices(TestClient(server->addresses()[0]), version);
    for (const char* name : {kDivisions, kChecks, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"}) {
      EXPECT_TRUE(names.contains(name)) << version << " " << name;
    }
  }
}

template <class Fill>
grpc::reflection::v1::ServerReflectionResponse Reflected(Fill fill) {
  MethodTable methods;
  AddReflection({kChecks}, methods);
  grpc::reflection::v1::ServerReflectionRequest request;
  fill(request);
  grpc::reflection::v1::ServerReflectionResponse response;
  EXPECT_TRUE(methods.methods()[0].fill({}, request, response).ok());
  EXPECT_EQ(response.original_request().SerializeAsString(), request.SerializeAsString());
  return response;
}

TEST(Reflection, GivesFilesWithAllTheyImport) {
  const auto by_symbol = Reflected([](auto& request) { request.set_file_containing_symbol(kChecks); });
  const auto by_name = Reflected([](auto& request) { request.set_file_by_filename("gi/registry/v1/check.proto"); });
  EXPECT_EQ(by_symbol.file_descriptor_response().SerializeAsString(),
            by_name.file_descriptor_response().SerializeAsString());
  google::protobuf::DescriptorPool pool;
  const auto& files = by_name.file_descriptor_response().file_descriptor_proto();
  for (int i = files.size() - 1; i >= 0; --i) {
    google::protobuf::FileDescriptorProto file;
    ASSERT_TRUE(file.ParseFromString(files.Get(i)));
    if (i == 0) {
      EXPECT_EQ(file.name(), "gi/registry/v1/check.proto");
    }
  }
  EXPECT_GE(files.size(), 8);
  const auto extension = Reflected([](auto& request) {
    request.mutable_file_containing_extension()->set_containing_type("google.protobuf.FieldOptions");
    request.mutable_file_containing_extension()->set_extension_number(50155);
  });
  google::protobuf::FileDescriptorProto annotations;
  ASSERT_TRUE(annotations.ParseFromString(extension.file_descriptor_response().file_descriptor_proto(0)));
  EXPECT_EQ(annotations.name(), "gi/registry/v1/annotations.proto");
  const auto numbers =
      Reflected([](auto& request) { request.set_all_extension_numbers_of_type("google.protobuf.FieldOptions"); });
  EXPECT_THAT(numbers.all_extension_numbers_response().extension_number(), ::testing::Contains(50155));
  EXPECT_EQ(Reflected([](auto& request) { request.set_file_by_filename("no.proto"); }).error_response().error_code(),
            5);
  EXPECT_EQ(Reflected([](auto&) {}).error_response().error_code(), 12);
}

TEST(Server, RefusesATableThatDisagreesWithTheProtos) {
  const auto get = [](const CallContext&, const GetDivisionRequest&) { return GetDivisionResponse(); };
  const auto list = [](const CallContext&, const ListDivisionsRequest&) { return ListDivisionsResponse(); };
  MethodTable incomplete;
  incomplete.AddRead<GetDivisionRequest, GetDivisionResponse>(absl::StrCat(kDivisions, "/GetDivision"), get);
  EXPECT_THAT(StartError(incomplete), HasSubstr("CreateDivision is in the protos but nobody registered it"));
  MethodTable unknown_method = MakeTable();
  unknown_method.AddRead<GetDivisionRequest, GetDivisionResponse>(absl::StrCat(kDivisions, "/Nothing"), get);
  EXPECT_THAT(StartError(unknown_method), HasSubstr("DivisionService/Nothing is not a method of its service"));
  MethodTable unknown_service = MakeTable();
  unknown_service.AddRead<GetDivisionRequest, GetDivisionResponse>("no.Service/Get", get);
  EXPECT_THAT(StartError(unknown_service), HasSubstr("no.Service/Get belongs to no service"));
  MethodTable twice = MakeTable();
  twice.AddRead<GetDivisionRequest, GetDivisionResponse>(absl::StrCat(kDivisions, "/GetDivision"), get);
  EXPECT_THAT(StartError(twice), HasSubstr("GetDivision is registered twice"));
  MethodTable wrong_type;
  wrong_type.AddRead<ListDivisionsRequest, ListDivisionsResponse>(absl::StrCat(kChecks, "/CheckAuthorization"), list);
  EXPECT_THAT(StartError(wrong_type), HasSubstr("is registered with gi.registry.v1.ListDivisionsRequest, but takes"));
}

TEST(Server, SaysThatItsPortIsTaken) {
  const auto server = StartServer();
  ASSERT_NE(server, nullptr);
  const std::string address = absl::StrCat("127.0.0.1:", server->ports()[0]);
  EXPECT_EQ(StartErrorOn(address), absl::StrCat("cannot listen on ", address, ": Address already in use"));
  EXPECT_EQ(TestClient(address).Call(kGet).summary(), "OK");
}

TEST(Server, RefusesPlaintextForOtherMachines) {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example:0", "127.0.0.1.example:0"}) {
    EXPECT_THAT(StartErrorOn(address), HasSubstr("without TLS")) << address;
  }
  GrpcServerOptions options;
  options.listen = {"0.0.0.0:0"};
  options.plaintext_anywhere = true;
  EXPECT_EQ(StartError(MakeTable(), options), "started");
}

TEST(Server, RefusesMalformedAddresses) {
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:", ":50155", "127.0.0.1:65536", "127.0.0.1:-1", "::1:50155",
                              "[::1]", "unix:relative", "unix:", "dns:///x:1", "a b:1", "127.0.0.1:0x50"}) {
    EXPECT_THAT(StartErrorOn(address), HasSubstr("is not an address to listen on")) << address;
  }
}

TEST(Server, ListensOnSeveralAddressesAndUnixSockets) {
  const std::string path = absl::StrCat(::testing::TempDir(), "gi_server_test_", getpid());
  GrpcServerOptions options;
  options.listen = {"127.0.0.1:0", absl::StrCat("unix:", path)};
  auto server = StartServer({}, options);
  ASSERT_NE(server, nullptr);
  EXPECT_GT(server->ports()[0], 0);
  EXPECT_EQ(server->ports()[1], 0);
  for (const std::string& address : server->addresses()) EXPECT_EQ(TestClient(address).Call(kCreate).summary(), "OK");
  // gRPC alone would take the socket away from the server that listens on it.
  EXPECT_THAT(StartErrorOn(options.listen[1]), HasSubstr("another server is listening there"));
  EXPECT_EQ(TestClient(options.listen[1]).Call(kCreate).summary(), "OK");
  server.reset();
  EXPECT_EQ(StartErrorOn(options.listen[1]), "started");
  EXPECT_THAT(StartErrorOn("unix:/nonexistent/socket"), HasSubstr("No such file or directory"));
}

TEST(Address, KnowsPeersOfThisMachine) {
  for (const char* peer :
       {"ipv4:127.0.0.1:5", "ipv4:127.8.9.1:5", "ipv6:%5B::1%5D:5", "ipv6:[::1]:5", "unix:", "unix:/a"}) {
    EXPECT_TRUE(IsLocalPeer(peer)) << peer;
  }
  for (const char* peer : {"", "ipv4:", "ipv4:10.127.0.1:5", "ipv4:127.0.0.1.example:5", "ipv6:%5Bfe80::1%5D:5",
                           "ipv6:", "ipv6:[::2]:5", "127.0.0.1:5", "unknown"}) {
    EXPECT_FALSE(IsLocalPeer(peer)) << peer;
  }
}

class Shutdown : public ::testing::Test {
 protected:
  void SetUp() override {
    Handlers handlers;
    handlers.create = held_.handler();
    server_ = StartServer(handlers);
    ASSERT_NE(server_, nullptr);
    client_.emplace(server_->addresses()[0]);
    running_ = client_->Start(kCreate, "");
    held_.WaitFor(1);
  }

  HeldAnswers held_;
  std::unique_ptr<GrpcServer> server_;
  std::optional<TestClient> client_;
  std::unique_ptr<TestClient::Pending> running_;
};

TEST_F(Shutdown, LetsRunningCallsFinishAndRefusesNewOnes) {
  auto stopped = std::async(std::launch::async, [this] { server_->Shutdown(absl::Seconds(20)); });
  while (client_->Health("") != "NOT_SERVING") {
  }
  EXPECT_EQ(client_->Call(kGet).summary(), "14 ERROR_REASON_NOT_SERVING");
  held_.AnswerAll();
  EXPECT_EQ(running_->Wait().summary(), "OK");
  stopped.wait();
  EXPECT_EQ(client_->Call(kGet, "", {}, absl::Seconds(2)).status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Shutdown, CancelsWhatIsLeftAfterTheDrain) {
  server_->Shutdown(absl::Milliseconds(50));
  EXPECT_FALSE(running_->Wait().status.ok());
  server_.reset();
  // The handler answers when gRPC, the server and the caller are long gone.
  held_.AnswerAll();
}

TEST_F(Shutdown, TheDestructorStopsAtOnce) {
  server_.reset();
  EXPECT_FALSE(running_->Wait().status.ok());
  EXPECT_EQ(client_->Call(kGet, "", {}, absl::Seconds(2)).status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace gi::rpc
