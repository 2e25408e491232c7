#include "server/rpc/raw_service.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "storage/base/status_macros.h"

namespace gi::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// Health and reflection.
constexpr absl::string_view kBuiltIn = "grpc.";

using MethodsByName = std::map<std::string, const Method*>;

absl::Status Disagree(absl::string_view method, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("method table: ", method, " ", what));
}

absl::StatusOr<MethodsByName> IndexByName(const MethodTable& table) {
  MethodsByName methods;
  for (const Method& method : table.methods()) {
    if (!methods.emplace(method.full_name, &method).second) return Disagree(method.full_name, "is registered twice");
  }
  return methods;
}

std::string ServiceNameOf(const std::string& method) { return method.substr(0, method.find('/')); }

// What the proto says, if the method is registered for that.
absl::StatusOr<CallShape> ShapeOf(const MethodDescriptor& descriptor, const Method& method, const std::string& name) {
  if (descriptor.client_streaming() && descriptor.server_streaming()) {
    if (method.converse) return CallShape::kConversation;
    if (!method.fill) return Disagree(name, "streams, but is registered neither with AddHot nor with AddConversation");
    return CallShape::kStream;
  }
  if (descriptor.client_streaming()) return Disagree(name, "streams its requests only, which is not served");
  if (descriptor.server_streaming() != (method.subscribe != nullptr)) {
    return Disagree(name, "streams its answers, or is registered with AddWatch, but not both");
  }
  return descriptor.server_streaming() ? CallShape::kWatch : CallShape::kUnary;
}

// Takes the method's entry out of `left`.
absl::StatusOr<std::shared_ptr<const ServedMethod>> Take(const MethodDescriptor& descriptor, const CallLimits& limits,
                                                         MethodsByName& left) {
  const std::string& service = descriptor.service()->full_name();
  const std::string name = absl::StrCat(service, "/", descriptor.name());
  const auto found = left.find(name);
  if (found == left.end()) return Disagree(name, "is in the protos but nobody registered it");
  const Method& method = *found->second;
  ASSIGN_OR_RETURN(const CallShape shape, ShapeOf(descriptor, method, name));
  if (method.request_prototype->GetDescriptor() != descriptor.input_type()) {
    return Disagree(name, absl::StrCat("is registered with ", method.request_prototype->GetTypeName(), ", but takes ",
                                       descriptor.input_type()->full_name()));
  }
  left.erase(found);
  return std::make_shared<const ServedMethod>(ServedMethod{
      method, absl::StrCat("/", name), service == limits.reserved_service, absl::StartsWith(service, kBuiltIn), shape});
}

absl::StatusOr<std::unique_ptr<RawService>> MakeService(const std::string& name, const CallLimits& limits,
                                                        MethodsByName& left) {
  const ServiceDescriptor* service = DescriptorPool::generated_pool()->FindServiceByName(name);
  if (service == nullptr) return Disagree(left.begin()->first, "belongs to no service of the linked protos");
  std::vector<std::shared_ptr<const ServedMethod>> methods;
  for (int i = 0; i < service->method_count(); ++i) {
    ASSIGN_OR_RETURN(methods.emplace_back(), Take(*service->method(i), limits, left));
  }
  return std::make_unique<RawService>(name, std::move(methods));
}

}  // namespace

RawService::RawService(std::string name, std::vector<std::shared_ptr<const ServedMethod>> methods)
    : name_(std::move(name)), methods_(std::move(methods)) {
  using grpc::internal::RpcServiceMethod;
  for (size_t i = 0; i < methods_.size(); ++i) {
    const CallShape shape = methods_[i]->shape;
    const auto type = shape == CallShape::kUnary   ? RpcServiceMethod::NORMAL_RPC
                      : shape == CallShape::kWatch ? RpcServiceMethod::SERVER_STREAMING
                                                   : RpcServiceMethod::BIDI_STREAMING;
    AddMethod(new RpcServiceMethod(methods_[i]->path.c_str(), type, nullptr));
    MarkMethodRaw(static_cast<int>(i));
  }
}

absl::StatusOr<std::vector<std::unique_ptr<RawService>>> MakeServices(const MethodTable& table,
                                                                      const CallLimits& limits) {
  ASSIGN_OR_RETURN(MethodsByName left, IndexByName(table));
  std::vector<std::unique_ptr<RawService>> services;
  std::map<std::string, bool> made;
  // What is left after a service was made belongs to other services, or to none.
  while (!left.empty()) {
    const std::string name = ServiceNameOf(left.begin()->first);
    if (!made.emplace(name, true).second) return Disagree(left.begin()->first, "is not a method of its service");
    ASSIGN_OR_RETURN(services.emplace_back(), MakeService(name, limits, left));
  }
  return services;
}

}  // namespace gi::rpc
