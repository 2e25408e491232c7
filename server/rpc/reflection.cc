#include "server/rpc/reflection.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"

namespace gi::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

// The file and all that it imports, each once.
template <class FileResponse>
void AddFiles(const FileDescriptor& file, std::set<std::string>& added, FileResponse& response) {
  if (!added.insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  response.add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) AddFiles(*file.dependency(i), added, response);
}

template <class Request>
const FileDescriptor* FindFile(const Request& request) {
  switch (request.message_request_case()) {
    case Request::kFileByFilename:
      return Pool().FindFileByName(request.file_by_filename());
    case Request::kFileContainingSymbol:
      return Pool().FindFileContainingSymbol(request.file_containing_symbol());
    case Request::kFileContainingExtension: {
      const auto& extension = request.file_containing_extension();
      const Descriptor* type = Pool().FindMessageTypeByName(extension.containing_type());
      const FieldDescriptor* field =
          type == nullptr ? nullptr : Pool().FindExtensionByNumber(type, extension.extension_number());
      return field == nullptr ? nullptr : field->file();
    }
    default:
      return nullptr;
  }
}

template <class Request, class Response>
void Reflect(const std::vector<std::string>& services, const Request& request, Response& response) {
  constexpr int kNotFound = 5;
  constexpr int kUnimplemented = 12;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  const auto fail = [&response](int code, const char* message) {
    response.mutable_error_response()->set_error_code(code);
    response.mutable_error_response()->set_error_message(message);
  };
  switch (request.message_request_case()) {
    case Request::kListServices:
      for (const std::string& service : services) {
        response.mutable_list_services_response()->add_service()->set_name(service);
      }
      return;
    case Request::kAllExtensionNumbersOfType: {
      const Descriptor* type = Pool().FindMessageTypeByName(request.all_extension_numbers_of_type());
      if (type == nullptr) return fail(kNotFound, "no such type");
      auto& numbers = *response.mutable_all_extension_numbers_response();
      numbers.set_base_type_name(type->full_name());
      std::vector<const FieldDescriptor*> extensions;
      Pool().FindAllExtensions(type, &extensions);
      for (const FieldDescriptor* extension : extensions) numbers.add_extension_number(extension->number());
      return;
    }
    case Request::MESSAGE_REQUEST_NOT_SET:
      return fail(kUnimplemented, "nothing is asked");
    default: {
      const FileDescriptor* file = FindFile(request);
      if (file == nullptr) return fail(kNotFound, "no such file, symbol or extension");
      std::set<std::string> added;
      AddFiles(*file, added, *response.mutable_file_descriptor_response());
    }
  }
}

template <class Request, class Response>
void Add(const char* version, const std::vector<std::string>& services, MethodTable& methods) {
  methods.AddHot<Request, Response>(absl::StrCat("grpc.reflection.", version, ".ServerReflection/ServerReflectionInfo"),
                                    Serving::kThreads,
                                    [services](const CallContext&, const Request& request, Response& response) {
                                      Reflect(services, request, response);
                                      return absl::OkStatus();
                                    });
}

}  // namespace

void AddReflection(std::vector<std::string> services, MethodTable& methods) {
  for (const char* version : {"v1", "v1alpha"}) {
    services.push_back(absl::StrCat("grpc.reflection.", version, ".ServerReflection"));
  }
  namespace v1 = grpc::reflection::v1;
  namespace v1alpha = grpc::reflection::v1alpha;
  Add<v1::ServerReflectionRequest, v1::ServerReflectionResponse>("v1", services, methods);
  Add<v1alpha::ServerReflectionRequest, v1alpha::ServerReflectionResponse>("v1alpha", services, methods);
}

}  // namespace gi::rpc
