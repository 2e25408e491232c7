// Methods that fill their responses: on the completion queue, on gRPC's threads, and as streams.
#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "tests/server/rpc/test_server.h"

namespace gi::rpc {
namespace {

using registry::v1::BatchCheckAuthorizationsRequest;
using registry::v1::BatchCheckAuthorizationsResponse;
using registry::v1::CheckAuthorizationRequest;
using registry::v1::CheckAuthorizationResponse;

std::string CheckOf(const std::string& uscc) {
  CheckAuthorizationRequest request;
  request.set_uscc(uscc);
  request.set_indication("577");
  return request.SerializeAsString();
}

std::string BatchOf(const std::vector<std::string>& ids) {
  BatchCheckAuthorizationsRequest request;
  for (const std::string& id : ids) request.add_items()->set_id(id);
  return request.SerializeAsString();
}

Handlers Echo() {
  Handlers handlers;
  handlers.check = [](const CallContext&, const CheckAuthorizationRequest& request,
                      CheckAuthorizationResponse& response) -> absl::Status {
    if (request.uscc() == "refuse") return MakeError(registry::v1::ERROR_REASON_PAGE_TOKEN_INVALID);
    if (request.uscc() == "throw") throw std::runtime_error("x");
    response.set_uscc(request.uscc());
    return absl::OkStatus();
  };
  return handlers;
}

class HotCallsTest : public ::testing::Test {
 protected:
  void Start(Handlers handlers = Echo(), GrpcServerOptions options = {}) {
    server_ = StartServer(std::move(handlers), std::move(options));
    ASSERT_NE(server_, nullptr);
    client_.emplace(server_->addresses()[0]);
  }

  std::unique_ptr<GrpcServer> server_;
  std::optional<TestClient> client_;
};

TEST_F(HotCallsTest, TheQueueAnswersAndRefuses) {
  Start();
  const Reply reply = client_->Call(kCheck, CheckOf("a"));
  CheckAuthorizationResponse response;
  ASSERT_TRUE(reply.status.ok() && response.ParseFromString(reply.bytes)) << reply.status.error_message();
  EXPECT_EQ(response.uscc(), "a");
  EXPECT_EQ(client_->Call(kCheck, CheckOf("refuse")).summary(), "3 ERROR_REASON_PAGE_TOKEN_INVALID");
  EXPECT_EQ(client_->Call(kCheck, CheckOf("throw")).summary(), "13 ERROR_REASON_INTERNAL");
  EXPECT_EQ(client_->Call(kCheck, "\xff").summary(), "3 ERROR_REASON_REQUEST_UNDECODABLE");
  EXPECT_EQ(client_->Call(kCheck, CheckOf(std::string(2 << 20, 'x'))).summary(), "3 ERROR_REASON_REQUEST_TOO_LARGE");
  EXPECT_TRUE(client_->Call(kCheck, CheckOf("a")).status.ok());
}

TEST_F(HotCallsTest, ManyCallsAtATimeAllGetTheirOwnAnswer) {
  Start();
  constexpr int kCalls = 1000;  // more than are asked for beforehand
  std::vector<std::unique_ptr<TestClient::Pending>> pending;
  for (int i = 0; i < kCalls; ++i) pending.push_back(client_->Start(kCheck, CheckOf(std::to_string(i))));
  for (int i = 0; i < kCalls; ++i) {
    const Reply reply = pending[static_cast<size_t>(i)]->Wait();
    CheckAuthorizationResponse response;
    ASSERT_TRUE(reply.status.ok() && response.ParseFromString(reply.bytes)) << reply.status.error_message();
    ASSERT_EQ(response.uscc(), std::to_string(i));
  }
}

TEST_F(HotCallsTest, TheQueueClosesWithTheGate) {
  Start();
  server_->SetServing(false);
  EXPECT_EQ(client_->Call(kCheck, CheckOf("a")).summary(), "14 ERROR_REASON_NOT_SERVING");
  server_->SetServing(true);
  EXPECT_TRUE(client_->Call(kCheck, CheckOf("a")).status.ok());
}

TEST_F(HotCallsTest, StopsUnderLoad) {
  Start();
  std::atomic<bool> stop{false};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      TestClient client(server_->addresses()[0]);
      while (!stop) client.Call(kCheck, CheckOf("a"), {}, absl::Seconds(5));
    });
  }
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client_->Call(kCheck, CheckOf("a")).status.ok());
  server_->Shutdown(absl::Seconds(5));
  stop = true;
  for (std::thread& caller : callers) caller.join();
}

// A stream driven by hand.
class Stream {
 public:
  explicit Stream(const TestClient& client) : stub_(client.channel()) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    stream_ = stub_.PrepareCall(&context_, kStream, &queue_);
    stream_->StartCall(nullptr);
    Next();
  }

  // nullopt: the server has ended the stream.
  std::optional<BatchCheckAuthorizationsResponse> Ask(const std::string& bytes) {
    const grpc::Slice slice(bytes);
    stream_->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    if (!Next()) return std::nullopt;
    grpc::ByteBuffer buffer;
    stream_->Read(&buffer, nullptr);
    if (!Next()) return std::nullopt;
    grpc::Slice answer;
    BatchCheckAuthorizationsResponse response;
    EXPECT_TRUE(buffer.DumpToSingleSlice(&answer).ok() &&
                response.ParseFromArray(answer.begin(), static_cast<int>(answer.size())));
    return response;
  }

  Reply Finish(bool close = false) {
    if (close) {
      stream_->WritesDone(nullptr);
      Next();
    }
    Reply reply;
    stream_->Finish(&reply.status, nullptr);
    Next();
    return reply;
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

TEST_F(HotCallsTest, AStreamAnswersEveryMessageInOrder) {
  Start();
  Stream stream(*client_);
  for (int i = 0; i < 100; ++i) {
    // Small answers and large ones are kept in different ways.
    const std::string id = std::string(static_cast<size_t>(i) * 10, 'x') + std::to_string(i);
    const auto response = stream.Ask(BatchOf({id, "y"}));
    ASSERT_TRUE(response.has_value());
    ASSERT_EQ(response->results_size(), 2);
    EXPECT_EQ(response->results(0).id(), id);
  }
  EXPECT_EQ(stream.Finish(/*close=*/true).summary(), "OK");
  EXPECT_TRUE(client_->Call(kBatch, BatchOf({"a"})).status.ok());
}

TEST_F(HotCallsTest, AnErrorEndsTheStream) {
  Start();
  Stream undecodable(*client_);
  ASSERT_TRUE(undecodable.Ask(BatchOf({"a"})).has_value());
  EXPECT_FALSE(undecodable.Ask("\xff").has_value());
  EXPECT_EQ(undecodable.Finish().summary(), "3 ERROR_REASON_REQUEST_UNDECODABLE");
  Stream large(*client_);
  EXPECT_FALSE(large.Ask(BatchOf({std::string(2 << 20, 'x')})).has_value());
  EXPECT_EQ(large.Finish().summary(), "3 ERROR_REASON_REQUEST_TOO_LARGE");
}

TEST_F(HotCallsTest, OpenStreamsDoNotKeepTheServerFromStopping) {
  Start();
  Stream stream(*client_);
  ASSERT_TRUE(stream.Ask(BatchOf({"a"})).has_value());
  server_->Shutdown(absl::Seconds(5));
  EXPECT_FALSE(stream.Ask(BatchOf({"a"})).has_value());
  EXPECT_FALSE(stream.Finish().status.ok());
}

}  // namespace
}  // namespace gi::rpc
