// Bytes of a caller into a message, and back. Thread-safe: free functions.
#ifndef GI_SERVER_RPC_DECODE_H_
#define GI_SERVER_RPC_DECODE_H_

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"

namespace gi::rpc {

// Parses the bytes into the empty message. REQUEST_UNDECODABLE, with the type and a hint that names the field whose
// text is not UTF-8, if they are not a message of its type; its content is then unspecified.
absl::Status Decode(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);

// The serialized message. INTERNAL if it is too large to be one (2 GiB).
absl::Status Encode(const google::protobuf::Message& message, grpc::ByteBuffer& bytes);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_DECODE_H_
