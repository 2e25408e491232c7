#include "server/rpc/raw_service.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "grpcpp/server_context.h"
#include "storage/base/status_macros.h"

namespace gi::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

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

// Takes the method's entry out of `left`.
absl::StatusOr<std::shared_ptr<const ServedMethod>> Take(const MethodDescriptor& descriptor, const CallLimits& limits,
                                                         MethodsByName& left) {
  const std::string& service = descriptor.service()->full_name();
  const std::string name = absl::StrCat(service, "/", descriptor.name());
  const auto found = left.find(name);
  if (found == left.end()) return Disagree(name, "is in the protos but nobody registered it");
  const Method& method = *found->second;
  const bool streams = descriptor.client_streaming() && descriptor.server_streaming();
  if (!streams && (descriptor.client_streaming() || descriptor.server_streaming())) {
    return Disagree(name, "streams in one direction only, which is not served");
  }
  if (streams && !method.fill) return Disagree(name, "streams, but is not registered with AddHot");
  if (method.request_prototype->GetDescriptor() != descriptor.input_type()) {
    return Disagree(name, absl::StrCat("is registered with ", method.request_prototype->GetTypeName(), ", but takes ",
                                       descriptor.input_type()->full_name()));
  }
  left.erase(found);
  return std::make_shared<const ServedMethod>(
      ServedMethod{method, absl::StrCat("/", name), service == limits.reserved_service, streams});
}

absl::StatusOr<std::unique_ptr<RawService>> MakeService(const std::string& name, const Adapter& adapter,
                                                        MethodsByName& left) {
  const ServiceDescriptor* service = DescriptorPool::generated_pool()->FindServiceByName(name);
  if (service == nullptr) return Disagree(left.begin()->first, "belongs to no service of the linked protos");
  std::vector<std::shared_ptr<const ServedMethod>> methods;
  for (int i = 0; i < service->method_count(); ++i) {
    ASSIGN_OR_RETURN(methods.emplace_back(), Take(*service->method(i), adapter.limits(), left));
  }
  return std::make_unique<RawService>(name, std::move(methods), adapter);
}

}  // namespace

RawService::RawService(std::string name, std::vector<std::shared_ptr<const ServedMethod>> methods,
                       const Adapter& adapter)
    : name_(std::move(name)), methods_(std::move(methods)) {
  using grpc::internal::RpcServiceMethod;
  for (size_t i = 0; i < methods_.size(); ++i) {
    const std::shared_ptr<const ServedMethod>& served = methods_[i];
    const int index = static_cast<int>(i);
    AddMethod(new RpcServiceMethod(served->path.c_str(),
                                   served->streams ? RpcServiceMethod::BIDI_STREAMING : RpcServiceMethod::NORMAL_RPC,
                                   nullptr));
    if (served->streams) {
      MarkMethodRawCallback(index, new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                                       [served, &adapter](grpc::CallbackServerContext* context) {
                                         return adapter.BeginStream(served, *context);
                                       }));
    } else if (served->method.serving == Serving::kQueue) {
      MarkMethodRaw(index);
      queued_.push_back(index);
    } else {
      MarkMethodRawCallback(index, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                                       [served, &adapter](grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
                                         return adapter.Begin(served, *context, *request, *response);
                                       }));
    }
  }
}

absl::StatusOr<std::vector<std::unique_ptr<RawService>>> MakeServices(const MethodTable& table,
                                                                      const Adapter& adapter) {
  ASSIGN_OR_RETURN(MethodsByName left, IndexByName(table));
  std::vector<std::unique_ptr<RawService>> services;
  std::map<std::string, bool> made;
  // What is left after a service was made belongs to other services, or to none.
  while (!left.empty()) {
    const std::string name = ServiceNameOf(left.begin()->first);
    if (!made.emplace(name, true).second) return Disagree(left.begin()->first, "is not a method of its service");
    ASSIGN_OR_RETURN(services.emplace_back(), MakeService(name, adapter, left));
  }
  return services;
}

}  // namespace gi::rpc
