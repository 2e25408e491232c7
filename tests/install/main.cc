// Uses every part of what is installed: the client over a connection of its own, the transport, errors, dates and
// messages.
#include <iostream>
#include <memory>

#include "client/client.h"
#include "client/make_connection.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace {

namespace v1 = gi::registry::v1;

// Knows one entity.
class FakeConnection : public gi::client::Connection {
 public:
  absl::Status Call(absl::string_view, const google::protobuf::Message& request, google::protobuf::Message* response,
                    const gi::client::CallOptions&) override {
    const auto* check = dynamic_cast<const v1::CheckAuthorizationRequest*>(&request);
    if (check == nullptr) return gi::MakeError(v1::ERROR_REASON_CALLER_NOT_ALLOWED, {{"caller", "app"}});
    v1::CheckAuthorizationResponse answer;
    answer.set_verdict(check->uscc() == "93500155MA5TEXT11L" ? v1::VERDICT_AUTHORIZED : v1::VERDICT_NOT_AUTHORIZED);
    *answer.mutable_date() = check->date();
    response->CopyFrom(answer);
    return absl::OkStatus();
  }
};

bool Expect(bool condition, const char* what) {
  if (!condition) std::cerr << "not as expected: " << what << "\n";
  return condition;
}

}  // namespace

int main() {
  const gi::client::Client client(std::make_shared<FakeConnection>());
  const auto answer = client.Check("93500155MA5TEXT11L", "indications/a", gi::ParseDate("2023-05-01").value());
  bool good = Expect(answer.ok() && answer->verdict() == v1::VERDICT_AUTHORIZED, "the verdict");
  good &= Expect(answer.ok() && gi::FormatDate(answer->date()) == "2023-05-01", "the date");
  good &=
      Expect(gi::GetErrorReason(client.CreateEntity({}).status()) == v1::ERROR_REASON_CALLER_NOT_ALLOWED, "the reason");

  gi::client::ConnectionOptions options;
  options.channel.target = "127.0.0.1:1";
  options.retry.max_attempts = 1;
  const gi::client::Client unreachable(gi::client::MakeConnection(options));
  good &= Expect(absl::IsUnavailable(unreachable.GetEntity({}).status()), "the transport's error");
  if (good) std::cout << "the installed client works\n";
  return good ? 0 : 1;
}
