// What the services see of RPC: the caller, and a table in which each method is registered under its full name. No gRPC
// here: the adapter (server/rpc/grpc_server) turns the table into gRPC services.
#ifndef GI_SERVER_RPC_METHOD_TABLE_H_
#define GI_SERVER_RPC_METHOD_TABLE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "storage/base/error.h"

namespace gi::rpc {

// Who calls, as far as the transport proves it and the caller's headers say.
struct Caller {
  // Name of the agency on the allow-list, or "loopback"; empty if the transport proves none.
  std::string agency;
  // x-user, x-on-behalf-of, x-case-id: pseudonymous ASCII ids of the agency, checked by the adapter.
  std::string user;
  std::string on_behalf_of;
  std::string case_id;
  bool may_write = false;
  // In which roles of the survey (domain::SurveyRoles): those of the allow-list, narrowed by x-role.
  uint32_t survey_roles = 0;
};

struct CallContext {
  Caller caller;
  // Full method name, e.g. "/gi.registry.v1.EntityService/CreateEntity".
  absl::string_view method;
  // When the caller stops waiting, capped by the server.
  absl::Time deadline;
  // Of the texts in errors.
  Language language = Language::kChinese;
};

// Answers one call, exactly once, from any thread. A response message or an error.
template <class Response>
using Answer = absl::AnyInvocable<void(absl::StatusOr<Response>)>;

enum class MethodKind { kRead, kWrite };

// On which threads a method runs. kQueue: one thread for all of them, at half the cost a call; for methods that take
// microseconds if their request is short (a long one runs on the other threads). kThreads: a few other threads.
enum class Serving { kThreads, kQueue };

// Takes what is to be told to one who watches, from any thread, also after the watching has ended.
using Publish = std::function<void(std::unique_ptr<google::protobuf::Message>)>;

// Answers one call or message with its types erased: exactly once, from any thread. The message need be valid only
// during the call.
using AnyAnswer = absl::AnyInvocable<void(absl::StatusOr<const google::protobuf::Message*>)>;

// What one caller says in a stream of messages. Take is called for one message after the other, on any thread, also
// while earlier ones are unanswered; each is answered once, from any thread, and the answers are sent in the order of
// the messages. An error ends the stream.
class Conversation {
 public:
  virtual ~Conversation() = default;
  // `context` is valid during this call.
  virtual void Take(const CallContext& context, std::shared_ptr<const google::protobuf::Message> message,
                    AnyAnswer answer) = 0;
};

// One method with its types erased.
struct Method {
  // Without leading slash: "gi.registry.v1.EntityService/CreateEntity".
  std::string full_name;
  MethodKind kind = MethodKind::kRead;
  const google::protobuf::Message* request_prototype = nullptr;
  // Takes a request of the prototype's type, valid until the answer is given.
  std::function<void(const CallContext&, const google::protobuf::Message&, AnyAnswer)> handle;

  // For what is asked often instead of `handle`: fills the response, which lies on the call's arena. Such a method may
  // also take and give streams: every message is answered by itself, in order.
  const google::protobuf::Message* response_prototype = nullptr;
  std::function<absl::Status(const CallContext&, const google::protobuf::Message&, google::protobuf::Message&)> fill;
  Serving serving = Serving::kThreads;

  // Instead of both, for a method that answers one request with news for as long as the caller stays: begins the
  // watching, which ends with the last reference to what it returns. nullptr: there are too many.
  std::function<std::shared_ptr<void>(const google::protobuf::Message&, Publish)> subscribe;

  // Instead of all these, for a stream of messages that belong together.
  std::function<std::shared_ptr<Conversation>()> converse;
};

// Filled at start, then read only.
class MethodTable {
 public:
  // A method that only reads: answered on the calling thread.
  template <class Request, class Response>
  void AddRead(std::string full_name, std::function<absl::StatusOr<Response>(const CallContext&, const Request&)> fn) {
    Add<Request>(
        std::move(full_name), MethodKind::kRead,
        [fn = std::move(fn)](const CallContext& context, const google::protobuf::Message& request, AnyAnswer answer) {
          absl::StatusOr<Response> response = fn(context, static_cast<const Request&>(request));
          Forward<Response>(response, answer);
        });
  }

  // A method that only reads, is short and is called often (a check): no allocation beyond its arena, no other thread.
  template <class Request, class Response>
  void AddHot(std::string full_name, Serving serving,
              std::function<absl::Status(const CallContext&, const Request&, Response&)> fn) {
    Add<Request>(std::move(full_name), MethodKind::kRead, nullptr);
    methods_.back().serving = serving;
    methods_.back().response_prototype = &Response::default_instance();
    methods_.back().fill = [fn = std::move(fn)](const CallContext& context, const google::protobuf::Message& request,
                                                google::protobuf::Message& response) {
      return fn(context, static_cast<const Request&>(request), static_cast<Response&>(response));
    };
  }

  // A method that changes the registry: refused by the adapter unless caller.may_write; answered when durable.
  template <class Request, class Response>
  void AddWrite(std::string full_name, std::function<void(const CallContext&, const Request&, Answer<Response>)> fn) {
    Add<Request>(
        std::move(full_name), MethodKind::kWrite,
        [fn = std::move(fn)](const CallContext& context, const google::protobuf::Message& request, AnyAnswer answer) {
          fn(context, static_cast<const Request&>(request),
             [answer = std::move(answer)](absl::StatusOr<Response> response) mutable {
               Forward<Response>(response, answer);
             });
        });
  }

  // A method that tells news (Method::subscribe).
  template <class Request>
  void AddWatch(std::string full_name, std::function<std::shared_ptr<void>(const Request&, Publish)> fn) {
    Add<Request>(std::move(full_name), MethodKind::kRead, nullptr);
    methods_.back().subscribe = [fn = std::move(fn)](const google::protobuf::Message& request, Publish publish) {
      return fn(static_cast<const Request&>(request), std::move(publish));
    };
  }

  // A stream of messages that belong together and change the registry (Method::converse).
  template <class Request>
  void AddConversation(std::string full_name, std::function<std::shared_ptr<Conversation>()> begin) {
    Add<Request>(std::move(full_name), MethodKind::kWrite, nullptr);
    methods_.back().converse = std::move(begin);
  }

  const std::vector<Method>& methods() const { return methods_; }

 private:
  template <class Request>
  void Add(std::string full_name, MethodKind kind, decltype(Method::handle) handle) {
    Method& method = methods_.emplace_back();
    method.full_name = std::move(full_name);
    method.kind = kind;
    method.request_prototype = &Request::default_instance();
    method.handle = std::move(handle);
  }
  template <class Response>
  static void Forward(const absl::StatusOr<Response>& response, AnyAnswer& answer) {
    if (response.ok()) {
      answer(&*response);
    } else {
      answer(response.status());
    }
  }

  std::vector<Method> methods_;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_METHOD_TABLE_H_
