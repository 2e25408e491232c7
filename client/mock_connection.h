// A connection for tests of code that uses the client. Needs GoogleMock.
#ifndef GI_CLIENT_MOCK_CONNECTION_H_
#define GI_CLIENT_MOCK_CONNECTION_H_

#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/connection.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"

namespace gi::client {

class MockConnection : public Connection {
 public:
  MockConnection() {
    ON_CALL(*this, Call).WillByDefault(testing::Return(absl::UnimplementedError("no answer was set for this request")));
  }

  MOCK_METHOD(absl::Status, Call,
              (absl::string_view method, const google::protobuf::Message& request, google::protobuf::Message* response,
               const CallOptions& options),
              (override));

  // From now on, requests of this type are answered by `answer`:
  //   mock.Answer<GetEntityRequest, GetEntityResponse>([](const GetEntityRequest& request) { … });
  // Concurrent calls call it concurrently. EXPECT_CALL on Call takes precedence.
  template <class Request, class Response>
  void Answer(std::function<absl::StatusOr<Response>(const Request&)> answer) {
    const auto is_request = testing::ResultOf(
        [](const google::protobuf::Message& m) { return dynamic_cast<const Request*>(&m) != nullptr; },
        testing::IsTrue());
    ON_CALL(*this, Call(testing::_, is_request, testing::_, testing::_))
        .WillByDefault([answer = std::move(answer)](absl::string_view, const google::protobuf::Message& request,
                                                    google::protobuf::Message* response, const CallOptions&) {
          absl::StatusOr<Response> made = answer(dynamic_cast<const Request&>(request));
          if (made.ok()) response->CopyFrom(*made);
          return made.status();
        });
  }
};

}  // namespace gi::client

#endif  // GI_CLIENT_MOCK_CONNECTION_H_
