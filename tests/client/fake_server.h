// A gRPC server on port 0 of the loopback interface that answers every message of every method with a function: what
// the client's transport is tested against without the real server.
#ifndef GI_TESTS_CLIENT_FAKE_SERVER_H_
#define GI_TESTS_CLIENT_FAKE_SERVER_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "google/protobuf/message.h"

namespace gi::client {

struct FakeCall {
  std::string method;  // "/gi.registry.v1.EntityService/GetEntity"
  std::multimap<std::string, std::string> headers;
  grpc::ByteBuffer request;
  std::string peer;
  grpc::ByteBuffer response;

  template <class Message>
  Message Request() {
    Message message;
    grpc::ByteBuffer bytes = request;
    (void)grpc::SerializationTraits<Message>::Deserialize(&bytes, &message);
    return message;
  }
  void Answer(const google::protobuf::Message& message) {
    bool own = false;
    (void)grpc::SerializationTraits<google::protobuf::Message>::Serialize(message, &response, &own);
  }
};

class FakeServer : private grpc::CallbackGenericService {
 public:
  using Handler = std::function<grpc::Status(FakeCall&)>;

  explicit FakeServer(Handler handler) : handler_(std::move(handler)) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
    target_ = "127.0.0.1:" + std::to_string(port);
  }
  ~FakeServer() override { server_->Shutdown(std::chrono::system_clock::now()); }

  const std::string& target() const { return target_; }

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(const Handler& handler, grpc::GenericCallbackServerContext* context) : handler_(handler) {
      call_.method = context->method();
      call_.peer = context->peer();
      for (const auto& [key, value] : context->client_metadata()) {
        call_.headers.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
      }
      StartRead(&call_.request);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      const grpc::Status status = handler_(call_);
      // An empty message, unless the handler made one; gRPC aborts on none.
      if (!call_.response.Valid()) call_.response = grpc::ByteBuffer(&empty_, 1);
      if (status.ok()) {
        StartWrite(&call_.response);
      } else {
        Finish(status);
      }
    }
    void OnWriteDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::CANCELLED);
      call_.request.Clear();
      call_.response.Clear();
      StartRead(&call_.request);
    }
    void OnDone() override { delete this; }

   private:
    const Handler& handler_;
    const grpc::Slice empty_;
    FakeCall call_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    return new Reactor(handler_, context);
  }

  const Handler handler_;
  std::unique_ptr<grpc::Server> server_;
  std::string target_;
};

}  // namespace gi::client

#endif  // GI_TESTS_CLIENT_FAKE_SERVER_H_
