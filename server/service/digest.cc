#include "server/service/digest.h"

#include <memory>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "storage/base/sha256.h"

namespace gi::service {

std::string RequestDigest(absl::string_view method, const google::protobuf::Message& request,
                          std::initializer_list<const char*> without) {
  const std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  for (const char* name : without) {
    if (const auto* field = copy->GetDescriptor()->FindFieldByName(name))
      copy->GetReflection()->ClearField(copy.get(), field);
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&coded);
  }
  return Sha256({method, absl::string_view("\0", 1), bytes});
}

}  // namespace gi::service
